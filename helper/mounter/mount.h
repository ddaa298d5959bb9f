/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The mount itself, on open files only (fsopen(2), fsconfig(2), fsmount(2), move_mount(2)). */
#ifndef MOUNTER_MOUNT_H
#define MOUNTER_MOUNT_H

#include "fsv_mountinfo.h"
#include "policy.h"

/* Everything that one mount is made from. The files stay the caller's. */
struct mount_job {
	const struct mounter_facts *facts;
	const struct mounter_files *own;
	const struct mount_plan *plan;
	int fuse;
	int target; /* the mount point */
	int device; /* the block device of fuseblk, else -1 */
	struct mounter_answer *answer;
	/* found out about the mount point */
	unsigned int target_mode;
	uint64_t target_mount;
};

/*
 * Check files and mount point, make the mount and attach it. On 0 `*mount` is the caller's: a file
 * that refers to the attached mount. On failure nothing is mounted, `answer` says how far it came
 * and holds the kernel's message.
 */
int mount_make(struct mount_job *job, int *mount);

/* Take the mount away, wherever it is attached. 0 or a negative errno. */
int mount_detach(int mount);

#endif
