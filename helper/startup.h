/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The first thing that runs: a setuid program inherits whatever its caller likes to leave it, and
 * nothing of that may matter afterwards (environ(7), credentials(7), execve(2)).
 */
#ifndef STARTUP_H
#define STARTUP_H

#include "caller.h"

/*
 * Clean slate: standard files open, all others closed, environment empty, signals, timers, umask,
 * limits and personality known, not dumpable. Then find out who calls and where the privilege to
 * mount comes from, and go on with the caller's effective ids: raising them is the exception. Sets
 * ids, privilege, umask, fuse_device and start_dir of `caller`. 0, or a negative errno after a
 * message.
 */
int startup(struct caller *caller);

/* Say why there is no privilege to mount, and what to do about it. */
void startup_explain_no_privilege(void);

/*
 * Give up every id and capability that is not the caller's own, for good, and verify it. A root
 * caller keeps the capabilities that opening files as root takes. 0, or a negative errno after a
 * message.
 */
int startup_drop_privilege(const struct caller *caller);

#endif
