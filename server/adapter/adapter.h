/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* One instance: a connection, a server, and what the one is granted through the other. */
#ifndef ADAPTER_H
#define ADAPTER_H

#include <linux/seccomp.h>

#include "caller.h"
#include "fsv_service.h"
#include "grants.h"
#include "profile.h"

/*
 * The mount point that the server is given: an empty directory that it may look at, made by the
 * unit. The mount itself is made elsewhere, by the helper, where the caller said.
 */
#define STAND_IN "/mnt/fuse-service"

/* How far the mount has come. */
enum progress {
	WAITING, /* the server has not mounted yet */
	MOUNTED, /* it has, and the helper has been asked whether the file system answers */
	SERVING, /* it does, and the helper has gone */
	REFUSED	 /* the helper refused the mount */
};

/*
 * Folders above granted names that the server has open, so that names relative to them are known.
 * Each has a number near the limit, which the kernel gives to nothing else while a lower one is
 * free: where a number was opened is otherwise not to be seen from outside.
 */
#define FOLDERS_MAX 32

struct adapter {
	const struct profile *profile;
	struct fsv_service *service;
	struct caller caller;
	struct grants grants;
	enum progress progress;
	int refusal; /* the errno of REFUSED, negative */
	char *folder[FOLDERS_MAX];
	int folders;
	int top; /* the number of the first; the others are below */
	int listener;
	pid_t first;	    /* the process that was started */
	int ending;	    /* told to end while SERVING */
	long long deadline; /* of MOUNTED and REFUSED; 0 = none */
};

/* The grant of the caller's source, or NULL. */
struct grant *adapter_source(const struct adapter *a);

/*
 * ioctl(2) that no signal can end: an answer which was given by half would be a wrong one, and one
 * that is lost would leave its thread waiting for ever.
 */
int ioctl_in_peace(int fd, unsigned long request, void *arg);

/* calls.c: answer the call that the listener has, if any. */
void calls_answer(struct adapter *a);

/* server.c */

/*
 * Start the server under the filter. Its listener is then `a->listener`, and every process that
 * comes of it is a child sooner or later. A negative errno, which has been reported.
 */
int server_start(struct adapter *a);
/*
 * Collect those that have ended. 1 while there are others, unless the first of all has failed
 * before it served: one that goes into the background ends well. `*status` is of the last to end.
 */
int server_reap(const struct adapter *a, int *status);
/* Ask all to end. */
void server_terminate(void);
/* End all, and wait for it where they can be known; else their unit ends them. */
void server_kill(void);

/* say.c: one line on standard error; text that is not ours goes through quote() first. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Escaped, valid until the fourth call from now. */
const char *quote(struct fsv_str text);
const char *quoted(const char *text);

/* check.c: --list and --check; what main returns. */
int check_list(const char *folder);
int check_one(const char *path, const char *name);
/*
 * Read and parse a profile; `*buf` (free() it) holds its text. A negative errno, reported where it
 * is not -ENOENT.
 */
int profile_load(const char *path, struct profile *p, char **buf);

#endif
