/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "landlock.h"

#include <errno.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The C library's headers may be older than the kernel: what came later, by its number. */
#define FS_ABI1	     0x1fffULL
#define FS_REFER     (1ULL << 13)
#define FS_TRUNCATE  (1ULL << 14)
#define FS_IOCTL_DEV (1ULL << 15)
#define NET_TCP	     3ULL /* bind, connect */
#define SCOPE_ALL    3ULL /* abstract sockets, signals */

struct ruleset_attr {
	uint64_t fs;
	uint64_t net;	/* ABI 4 */
	uint64_t scope; /* ABI 6 */
};

int landlock_abi(void)
{
	static long abi = -1;

	/* Asked once: it does not change while the kernel runs. */
	if (abi < 0)
		abi = syscall(
			SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 0)
		abi = 0;
	return (int)abi;
}

/* Every right that this kernel can withhold. */
static uint64_t handled(int abi)
{
	uint64_t fs = FS_ABI1;

	if (abi >= 2)
		fs |= FS_REFER;
	if (abi >= 3)
		fs |= FS_TRUNCATE;
	if (abi >= 5)
		fs |= FS_IOCTL_DEV;
	return fs;
}

int landlock_begin(int *ruleset)
{
	struct ruleset_attr attr = { 0 };
	size_t size = sizeof(attr.fs);
	int abi = landlock_abi();
	long fd;

	*ruleset = -1;
	if (abi == 0)
		return 0;
	attr.fs = handled(abi);
	if (abi >= 4) {
		attr.net = NET_TCP;
		size = offsetof(struct ruleset_attr, scope);
	}
	if (abi >= 6) {
		attr.scope = SCOPE_ALL;
		size = sizeof(attr);
	}
	fd = syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (fd < 0)
		return -errno;
	*ruleset = (int)fd;
	return 0;
}

int landlock_allow(int ruleset, int fd, unsigned int access)
{
	struct landlock_path_beneath_attr attr = { .parent_fd = fd };
	uint64_t fs = 0;

	if (ruleset < 0)
		return 0;
	if (access & LANDLOCK_READ)
		fs |= LANDLOCK_ACCESS_FS_READ_FILE;
	/* Truncation sticks to the open file, and a server that may write may also shorten. */
	if (access & LANDLOCK_WRITE)
		fs |= LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE;
	if (access & LANDLOCK_DEVICE)
		fs |= FS_IOCTL_DEV;
	if (access & LANDLOCK_CREATE)
		fs |= LANDLOCK_ACCESS_FS_MAKE_REG;
	attr.allowed_access = fs & handled(landlock_abi());
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr, 0))
		return -errno;
	return 0;
}

int landlock_confine(int ruleset)
{
	if (ruleset < 0)
		return 0;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0))
		return -errno;
	return 0;
}
