/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fsv_fd.h"

int memory_open(struct memory *m, int listener, uint64_t id, uint32_t tid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/mem", tid);
	m->fd = open(path, O_RDWR | O_CLOEXEC);
	if (m->fd < 0)
		return -errno;
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id)) {
		fsv_fd_close(&m->fd);
		return -ENOENT;
	}
	return 0;
}

void memory_close(struct memory *m)
{
	fsv_fd_close(&m->fd);
}

int memory_string(const struct memory *m, uint64_t address, char *buf, size_t cap)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), have = 0;

	/* Page by page: the one behind the string need not be there. */
	while (have < cap) {
		size_t room = page - (size_t)((address + have) % page);
		ssize_t n;

		if (room > cap - have)
			room = cap - have;
		n = pread(m->fd, buf + have, room, (off_t)(address + have));
		if (n <= 0)
			return -EFAULT;
		if (memchr(buf + have, '\0', (size_t)n))
			return 0;
		have += (size_t)n;
	}
	return -ENAMETOOLONG;
}

int memory_read(const struct memory *m, uint64_t address, void *buf, size_t len)
{
	return pread(m->fd, buf, len, (off_t)address) == (ssize_t)len ? 0 : -EFAULT;
}

int memory_write(const struct memory *m, uint64_t address, const void *buf, size_t len)
{
	return pwrite(m->fd, buf, len, (off_t)address) == (ssize_t)len ? 0 : -EFAULT;
}
