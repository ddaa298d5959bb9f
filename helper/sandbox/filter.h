/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* System-call filters (seccomp(2)): an allow-list for each process, everything else ends it. */
#ifndef SANDBOX_FILTER_H
#define SANDBOX_FILTER_H

/* The processes that have one. */
enum filter_process {
	FILTER_SESSION,
	FILTER_PROBE,
	FILTER_MOUNTER
};

/*
 * Confine this process for good. no_new_privs must be set, or CAP_SYS_ADMIN held. 0 or a negative
 * errno; -ENOSYS where the kernel has no filters.
 */
int filter_install(enum filter_process process);

/* What a forbidden call does in this build: "kill" or "log". */
const char *filter_action_name(void);

#endif
