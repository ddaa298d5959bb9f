/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What the mounter allows: closed lists, judged on its own facts. No system calls here. */
#ifndef MOUNTER_POLICY_H
#define MOUNTER_POLICY_H

#include "mounter.h"

/* A mount as the mounter itself has composed it from a request and its facts. */
struct mount_plan {
	uint32_t ms_flags;		       /* FSV_MS_* */
	uint32_t options;		       /* MOUNTER_OPT_* */
	const struct mounter_request *request; /* for the fields that are taken as they came */
};

/*
 * Judge a MOUNT request and compose the mount: unknown bits, options without a value that they
 * need, and a source of a forbidden form are -EINVAL, what only root may have is -EPERM. What the
 * caller typed is added whatever the request says. `*plan` borrows the request's source; untouched
 * on failure.
 */
int policy_plan(const struct mounter_facts *facts, const struct mounter_request *request,
	struct mount_plan *plan);

/* Whether ordinary users may mount on a file system with this f_type (statfs(2)). */
bool policy_fs_allowed(uint64_t f_type);

/* The attributes of fsmount(2) for these FSV_MS_* flags. */
unsigned int policy_attributes(uint32_t ms_flags);

/* Whether a block size may be set: a power of two, 512 … 65536 bytes. */
bool policy_blocksize_allowed(uint32_t size);

#endif
