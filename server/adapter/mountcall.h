/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* A FUSE server's mount(2), translated into what the mount helper is asked for. */
#ifndef MOUNTCALL_H
#define MOUNTCALL_H

#include "fsv_options.h"

#define MOUNTCALL_OPTIONS_MAX 4096

/* What decides besides the call itself. */
struct mountrules {
	int may_allow_other;  /* the helper will accept it */
	int said_allow_other; /* the caller typed it */
	int fuseblk;	      /* the helper will accept it, and the source is a block device */
	int read_only;
	struct fsv_ms_said ms; /* the caller's own ro, noexec, … */
};

struct mountcall {
	int fuseblk;
	uint32_t ms_flags;
	char options[MOUNTCALL_OPTIONS_MAX]; /* for MNTOPTS; may be empty */
};

/*
 * 0; -ENODEV where the type is not FUSE's, -EINVAL where a flag asks for something else than a new
 * mount, -E2BIG where `data` is too long: then `*call` is untouched, and the call is one that the
 * kernel itself may refuse.
 */
int mountcall_translate(const char *fstype, unsigned long flags, const char *data,
	const struct mountrules *rules, struct mountcall *call);

#endif
