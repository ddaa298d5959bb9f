/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

int fsv_sys_close(int fd)
{
	return close(fd) ? -errno : 0;
}

ssize_t fsv_sys_sendmsg(int sock, const struct msghdr *msg, int flags)
{
	ssize_t n = sendmsg(sock, msg, flags);

	return n < 0 ? -errno : n;
}

ssize_t fsv_sys_recvmsg(int sock, struct msghdr *msg, int flags)
{
	ssize_t n = recvmsg(sock, msg, flags);

	return n < 0 ? -errno : n;
}

int fsv_sys_setsockopt(int sock, int level, int name, const void *value, socklen_t len)
{
	return setsockopt(sock, level, name, value, len) ? -errno : 0;
}

int fsv_sys_wait(int fd, short events, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n = poll(&p, 1, timeout_ms);

	return n < 0 ? -errno : n;
}

int fsv_sys_pwait(int fd, short events, int timeout_ms, const sigset_t *mask)
{
	struct pollfd p = { .fd = fd, .events = events };
	struct timespec limit = { .tv_sec = timeout_ms / 1000,
		.tv_nsec = (long)(timeout_ms % 1000) * 1000000 };
	int n = ppoll(&p, 1, timeout_ms < 0 ? NULL : &limit, mask);

	return n < 0 ? -errno : n;
}

long long fsv_sys_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int fsv_sys_memfd_create(const char *name, unsigned int flags)
{
	int fd = memfd_create(name, flags);

	return fd < 0 ? -errno : fd;
}

int fsv_sys_fcntl(int fd, int cmd, int arg)
{
	int ret = fcntl(fd, cmd, arg);

	return ret < 0 ? -errno : ret;
}

int fsv_sys_fstat(int fd, struct stat *st)
{
	return fstat(fd, st) ? -errno : 0;
}

ssize_t fsv_sys_pread(int fd, void *buf, size_t len, off_t pos)
{
	ssize_t n = pread(fd, buf, len, pos);

	return n < 0 ? -errno : n;
}

int fsv_sys_ftruncate(int fd, off_t size)
{
	return ftruncate(fd, size) ? -errno : 0;
}

int fsv_sys_map(int fd, size_t size, void **map)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	*map = p;
	return 0;
}

int fsv_sys_unmap(void *map, size_t size)
{
	return munmap(map, size) ? -errno : 0;
}
