/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "memory.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* An address, of another process most often, as process_vm_readv(2) wants it. */
static struct iovec there(uint64_t address, size_t len)
{
	return (struct iovec){ .iov_base = (void *)(uintptr_t)address, .iov_len = len };
}

int memory_read(pid_t tid, uint64_t address, void *buf, size_t len)
{
	struct iovec here = { .iov_base = buf, .iov_len = len }, remote = there(address, len);
	ssize_t n = process_vm_readv(tid, &here, 1, &remote, 1, 0);

	if (n < 0)
		return -errno;
	return n == (ssize_t)len ? 0 : -EFAULT;
}

int memory_write(pid_t tid, uint64_t address, const void *buf, size_t len)
{
	/* It is only read from; struct iovec has no const. */
	struct iovec here = there((uintptr_t)buf, len), remote = there(address, len);
	ssize_t n = process_vm_writev(tid, &here, 1, &remote, 1, 0);

	if (n < 0)
		return -errno;
	return n == (ssize_t)len ? 0 : -EFAULT;
}

int memory_string(pid_t tid, uint64_t address, char *buf, size_t cap)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), have = 0;

	/* Page by page: the one behind the string need not be there. */
	while (have < cap) {
		size_t room = page - (size_t)((address + have) % page);
		int ret;

		if (room > cap - have)
			room = cap - have;
		ret = memory_read(tid, address + have, buf + have, room);
		if (ret)
			return ret;
		if (memchr(buf + have, '\0', room))
			return 0;
		have += room;
	}
	return -ENAMETOOLONG;
}
