/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Who calls, and what his command line says. */
#ifndef CALLER_H
#define CALLER_H

#include <stdbool.h>
#include <sys/types.h>

#include "fsv_options.h"
#include "fsv_words.h"
#include "mounter/mounter.h"

/* Where the privilege to mount comes from. */
enum privilege {
	PRIVILEGE_NONE,
	PRIVILEGE_SETUID, /* started setuid root by an ordinary user */
	PRIVILEGE_ROOT,	  /* started by root */
	PRIVILEGE_FILE	  /* cap_sys_admin on the file */
};

struct caller {
	enum privilege privilege;
	uid_t uid;
	gid_t gid;
	mode_t umask;
	const char *fuse_device; /* FUSE_KERN_DEVICE of a root caller, else /dev/fuse */
	int argc;		 /* without the program's name */
	const char *const *argv;
	struct fsv_cmdline line;
	unsigned int timeout; /* seconds; 0 = none */
	char subtype[MOUNTER_SUBTYPE_MAX + 1];
	struct fsv_ms_said said;
	bool said_allow_other;
	char context_text[MOUNTER_CONTEXTS][256];
	const char *context[MOUNTER_CONTEXTS];
	int start_dir; /* O_PATH of the current directory, or a negative errno */
};

/* Whether the caller is root. */
bool caller_is_root(const struct caller *caller);

/*
 * Read the command line into `caller` (everything but ids, privilege, umask and start_dir, which
 * are startup's). 0, or -EINVAL after a message where there is no subtype to go by.
 */
int caller_read(struct caller *caller, int argc, const char *const *argv);

/* The word that stands alone on the command line, but for -t: "--check" and the like; NULL if none.
 */
const char *caller_only_word(const struct caller *caller);

/* The mount-point operand, an empty view where there is none. */
struct fsv_str caller_mountpoint(const struct caller *caller);

/* Fill what the mounter must know of this caller. The strings stay the caller's. */
void caller_facts(const struct caller *caller, bool user_allow_other, int32_t mount_max,
	struct mounter_facts *facts);

#endif
