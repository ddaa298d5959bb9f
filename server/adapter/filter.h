/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The filter under which the server runs, and the calls of which it tells the adapter
 * (seccomp_unotify(2)).
 */
#ifndef FILTER_H
#define FILTER_H

#include <linux/types.h>
#include <sys/types.h>

/* What a notified call does, and in which of its arguments what is (-1: it has none). */
enum call_kind {
	CALL_OPEN,
	CALL_OPEN_HOW,
	CALL_STAT,
	CALL_STATX,
	CALL_ACCESS,
	CALL_READLINK,
	CALL_MOUNT
};

struct notified {
	int nr;
	enum call_kind kind;
	int dirfd;
	int path;
	int extra; /* open flags, open_how, access mode, or the statx mask */
	int out;   /* where stat(2)'s answer goes; the mode of an open */
};

/*
 * The program: one for all calls, so that it can be looked at without a kernel. `code` has room for
 * FILTER_MAX instructions; their number.
 */
#define FILTER_MAX 128
struct sock_filter;
unsigned short filter_build(struct sock_filter *code, pid_t adapter, int fake_ids);

/* Whether there is a table for this machine; the kernel may still lack what it takes. */
int filter_supported(void);
/* The call of this number, or NULL. */
const struct notified *filter_call(int nr);

/*
 * Install the filter in the calling thread, for good and for all its children; `adapter` is the
 * process that they must leave alone. The listener (close-on-exec), or a negative errno: -EINVAL
 * from a kernel before 5.0, -EPERM without no_new_privs.
 */
int filter_install(pid_t adapter, int fake_ids);

#endif
