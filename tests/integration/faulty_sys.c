/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "faulty_sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fsv_sys.h"

struct faulty_sys faulty_sys;

void faulty_sys_reset(void)
{
	memset(&faulty_sys, 0, sizeof(faulty_sys));
	faulty_sys.now_ms = 1000000;
}

static int fault(void)
{
	return ++faulty_sys.calls == faulty_sys.fail_at ? -faulty_sys.fail_errno : 0;
}

int fsv_sys_close(int fd)
{
	return close(fd) ? -errno : 0;
}

ssize_t fsv_sys_sendmsg(int sock, const struct msghdr *msg, int flags)
{
	ssize_t n = fault();

	if (n)
		return n;
	n = sendmsg(sock, msg, flags);
	return n < 0 ? -errno : n;
}

ssize_t fsv_sys_recvmsg(int sock, struct msghdr *msg, int flags)
{
	ssize_t n = fault();

	if (n)
		return n;
	n = recvmsg(sock, msg, flags);
	return n < 0 ? -errno : n;
}

int fsv_sys_setsockopt(int sock, int level, int name, const void *value, socklen_t len)
{
	int ret = fault();

	if (ret)
		return ret;
	return setsockopt(sock, level, name, value, len) ? -errno : 0;
}

/* Nobody else acts while this process waits, but on_wait(). */
static int wait_for(int fd, short events, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int ret = fault();

	if (ret)
		return ret;
	if (timeout_ms) {
		faulty_sys.waits++;
		if (faulty_sys.waits == faulty_sys.raise_at)
			return -EINTR;
		if (faulty_sys.on_wait)
			faulty_sys.on_wait();
	}
	ret = poll(&p, 1, 0);
	if (ret == 0 && timeout_ms > 0)
		faulty_sys.now_ms += timeout_ms;
	return ret < 0 ? -errno : ret;
}

int fsv_sys_wait(int fd, short events, int timeout_ms)
{
	return wait_for(fd, events, timeout_ms);
}

int fsv_sys_pwait(int fd, short events, int timeout_ms, const sigset_t *mask)
{
	(void)mask;
	return wait_for(fd, events, timeout_ms);
}

long long fsv_sys_now_ms(void)
{
	return faulty_sys.now_ms;
}

int fsv_sys_memfd_create(const char *name, unsigned int flags)
{
	int fd = fault();

	if (fd)
		return fd;
	fd = memfd_create(name, flags);
	return fd < 0 ? -errno : fd;
}

int fsv_sys_fcntl(int fd, int cmd, int arg)
{
	int ret = fault();

	if (ret)
		return ret;
	ret = fcntl(fd, cmd, arg);
	return ret < 0 ? -errno : ret;
}

int fsv_sys_fstat(int fd, struct stat *st)
{
	int ret = fault();

	if (ret)
		return ret;
	if (fstat(fd, st))
		return -errno;
	if (faulty_sys.null_is_fuse && S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3))
		st->st_rdev = makedev(10, 229);
	return 0;
}

ssize_t fsv_sys_pread(int fd, void *buf, size_t len, off_t pos)
{
	ssize_t n = fault();

	if (n)
		return n;
	n = pread(fd, buf, len, pos);
	return n < 0 ? -errno : n;
}

int fsv_sys_ftruncate(int fd, off_t size)
{
	int ret = fault();

	if (ret)
		return ret;
	return ftruncate(fd, size) ? -errno : 0;
}

int fsv_sys_map(int fd, size_t size, void **map)
{
	int ret = fault();
	void *p;

	if (ret)
		return ret;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	*map = p;
	return 0;
}

int fsv_sys_unmap(void *map, size_t size)
{
	return munmap(map, size) ? -errno : 0;
}
