/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "linux68.h"

static int result(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}

int sys_openat2(int dir, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = { .flags = (unsigned int)flags | O_CLOEXEC, .resolve = resolve };

	return result(syscall(SYS_openat2, dir, path, &how, sizeof(how)));
}

int sys_openat(int dir, const char *path, int flags, mode_t mode)
{
	return result(openat(dir, path, flags | O_CLOEXEC, mode));
}

int sys_statx(int fd, unsigned int mask, struct statx *stx)
{
	/* A file system of somebody's may never answer, and what is asked here is known already. */
	return result(statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, mask, stx));
}

int sys_refresh(int fd)
{
	struct statx stx;

	return result(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stx));
}

int sys_fs_type(int fd, uint64_t *type)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return -errno;
	*type = (unsigned long)fs.f_type;
	return 0;
}

int sys_readlink(int fd, char *buf, size_t size)
{
	return result(readlinkat(fd, "", buf, size));
}

int sys_get_flags(int fd)
{
	return result(fcntl(fd, F_GETFL));
}

int sys_set_flags(int fd, int flags)
{
	return result(fcntl(fd, F_SETFL, flags));
}

int sys_statmount(int mount)
{
	struct mount_question question = { .size = sizeof(question), .param = STATMOUNT_MNT_BASIC };
	char answer[512];
	struct statx stx;

	if (statx(mount, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_MNT_ID_UNIQUE, &stx))
		return -errno;
	if (!(stx.stx_mask & STATX_MNT_ID_UNIQUE))
		return -ENOSYS;
	question.id = stx.stx_mnt_id;
	return result(syscall(SYS_statmount, &question, answer, sizeof(answer), 0));
}

ssize_t sys_pread(int fd, void *buf, size_t len, off_t at)
{
	return result(pread(fd, buf, len, at));
}

int sys_close(int fd)
{
	return result(close(fd));
}

int sys_poll(struct pollfd *fds, unsigned int count, int timeout_ms)
{
	return result(poll(fds, count, timeout_ms));
}
