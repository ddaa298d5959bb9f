/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_oflags.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>

#include "fsv_wire.h"

/* The kernel's value where the C library hides it. */
#ifndef FSV_HOST_LARGEFILE
#define FSV_HOST_LARGEFILE 0100000
#endif

/* O_SYNC before O_DSYNC, which is one of its bits. */
static const struct {
	uint32_t wire;
	int host;
} flag_table[] = {
	{ FSV_O_SYNC, O_SYNC },
	{ FSV_O_DSYNC, O_DSYNC },
	{ FSV_O_CREAT, O_CREAT },
	{ FSV_O_EXCL, O_EXCL },
	{ FSV_O_NOCTTY, O_NOCTTY },
	{ FSV_O_TRUNC, O_TRUNC },
	{ FSV_O_APPEND, O_APPEND },
	{ FSV_O_NONBLOCK, O_NONBLOCK },
	{ FSV_O_DIRECT, O_DIRECT },
	{ FSV_O_LARGEFILE, O_LARGEFILE ? O_LARGEFILE : FSV_HOST_LARGEFILE },
	{ FSV_O_DIRECTORY, O_DIRECTORY },
	{ FSV_O_NOFOLLOW, O_NOFOLLOW },
	{ FSV_O_NOATIME, O_NOATIME },
	{ FSV_O_CLOEXEC, O_CLOEXEC },
};

#define FLAGS (sizeof(flag_table) / sizeof(flag_table[0]))

int fsv_oflags_to_wire(int flags, uint32_t *wire)
{
	uint32_t out = (uint32_t)(flags & O_ACCMODE);
	int rest = flags & ~O_ACCMODE;
	size_t i;

	for (i = 0; i < FLAGS; i++) {
		if ((rest & flag_table[i].host) != flag_table[i].host)
			continue;
		out |= flag_table[i].wire;
		rest &= ~flag_table[i].host;
	}
	if (rest)
		return -EINVAL;
	*wire = out;
	return 0;
}

int fsv_oflags_from_wire(uint32_t wire, int *flags)
{
	int out = (int)(wire & FSV_O_ACCMODE);
	uint32_t rest = wire & ~FSV_O_ACCMODE;
	size_t i;

	for (i = 0; i < FLAGS; i++) {
		if ((rest & flag_table[i].wire) != flag_table[i].wire)
			continue;
		out |= flag_table[i].host;
		rest &= ~flag_table[i].wire;
	}
	if (rest)
		return -EINVAL;
	*flags = out;
	return 0;
}
