/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What a command line says of the mount. libfuse parses the same options into a struct that only
 * its own mounting code can read, so they are collected here once more, for the helper.
 */
#ifndef FSV_MOUNT_OPTIONS_H
#define FSV_MOUNT_OPTIONS_H

#include <fuse_opt.h>

#include "fsv_options.h"

/* Owns its strings; all zero is "nothing said". */
struct fsv_mount_options {
	int blkdev;
	int allow_other;
	int default_permissions;
	char *max_read; /* the number's text, checked */
	char *blksize;
	char *context[FSV_CONTEXTS]; /* the value, escapes undone */
	char *fsname;
	char *subtype;
	char *mtab; /* the words for utab as an escaped list; NULL if none */
	struct fsv_ms_said ms;
};

/*
 * Collect into `*said`, and take out of `args` the options that libfuse would call unknown. 0, or
 * -1 after a message (fuse_log); then `*said` is untouched and `args` as it was.
 */
int fsv_mount_options_collect(struct fuse_args *args, struct fsv_mount_options *said);
/* Free the strings; nothing is said any more. */
void fsv_mount_options_clear(struct fsv_mount_options *said);

/* The kernel's options as MNTOPTS carries them, for free(); `*text` is NULL if there are none. 0,
 * -ENOMEM. */
int fsv_mount_options_kernel(const struct fsv_mount_options *said, char **text);
/* The MS_* flags for MOUNT: no suid and no devices unless that was said. */
uint32_t fsv_mount_options_flags(const struct fsv_mount_options *said);
/* SOURCE: fsname, else the subtype, else /dev/fuse. Never empty. */
const char *fsv_mount_options_source(const struct fsv_mount_options *said);

/* What the last fuse_service_parse_cmdline_opts() of this process collected. */
const struct fsv_mount_options *fsv_mount_options_said(void);
/* Forget it. */
void fsv_mount_options_forget(void);

#endif
