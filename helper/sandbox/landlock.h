/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Landlock (landlock(7)): the session can open exactly what policy allows, whatever it is made to
 * do. Where the kernel has none, nothing happens and landlock_abi() says 0.
 */
#ifndef SANDBOX_LANDLOCK_H
#define SANDBOX_LANDLOCK_H

#include <stdbool.h>

/* What may be done with a file. */
enum landlock_access {
	LANDLOCK_READ = 1,
	LANDLOCK_WRITE = 2,
	LANDLOCK_DEVICE =
		4, /* ioctl(2) of devices, on the file as opened: its receiver needs it too */
	LANDLOCK_CREATE = 8 /* new regular files in a directory */
};

/* The version that the kernel has; 0 for none. */
int landlock_abi(void);

/* Begin a list of rules. `*ruleset` is the caller's; -1 where the kernel has no Landlock. 0 or
 * -errno. */
int landlock_begin(int *ruleset);

/*
 * Allow this access to a file, or to all below a directory; `fd` may be O_PATH. Nothing happens for
 * a `ruleset` of -1. 0 or a negative errno.
 */
int landlock_allow(int ruleset, int fd, unsigned int access);

/*
 * Confine this process to the rules for good: no other file, no TCP port, no abstract socket and no
 * signal beyond. no_new_privs must be set. 0 or a negative errno.
 */
int landlock_confine(int ruleset);

#endif
