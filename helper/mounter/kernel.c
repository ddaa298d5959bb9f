/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* From <sys/mount.h>, which cannot be included together with <linux/mount.h> on older C libraries.
 */
int umount2(const char *path, int flags);
#define DETACH_FLAGS (1 /* MNT_FORCE */ | 2 /* MNT_DETACH */)

static int result(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}

int kernel_close(int fd)
{
	return result(close(fd));
}

ssize_t kernel_sendmsg(int sock, const struct msghdr *msg)
{
	return result(TEMP_FAILURE_RETRY(sendmsg(sock, msg, MSG_NOSIGNAL)));
}

ssize_t kernel_recvmsg(int sock, struct msghdr *msg)
{
	return result(TEMP_FAILURE_RETRY(recvmsg(sock, msg, MSG_CMSG_CLOEXEC)));
}

/* What listmount(2) and statmount(2) are asked with. */
static int ask_mounts(long call, uint64_t id, uint64_t param, void *answer, size_t size)
{
	struct mount_question question = { .size = sizeof(question), .id = id, .param = param };

	return result(syscall(call, &question, answer, size, 0));
}

int kernel_list_mounts(uint64_t after, uint64_t *ids, size_t count)
{
	return ask_mounts(SYS_listmount, LSMT_ROOT, after, ids, count);
}

int kernel_stat_mount(uint64_t id, struct kernel_mount *mount)
{
	return ask_mounts(
		SYS_statmount, id, STATMOUNT_SB_BASIC | STATMOUNT_MNT_BASIC, mount, sizeof(*mount));
}

int kernel_statx(int fd, unsigned int mask, struct statx *stx)
{
	return result(statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, mask, stx));
}

int kernel_fs_type(int fd, uint64_t *type)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return -errno;
	*type = (unsigned long)fs.f_type;
	return 0;
}

int kernel_may_write(int fd)
{
	return result(syscall(SYS_faccessat2, fd, "", W_OK, AT_EMPTY_PATH | AT_EACCESS));
}

bool kernel_in_group(gid_t gid)
{
	return group_member(gid);
}

int kernel_access_mode(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -errno : flags & (O_ACCMODE | O_PATH);
}

int kernel_set_blocksize(int fd, uint32_t size)
{
	int value = (int)size;

	return result(ioctl(fd, BLKBSZSET, &value));
}

int kernel_lock(int fd)
{
	return result(flock(fd, LOCK_EX | LOCK_NB));
}

int kernel_unlock(int fd)
{
	return result(flock(fd, LOCK_UN));
}

void kernel_sleep_ms(unsigned int ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

void kernel_deadly(int life, unsigned int seconds)
{
	/* Nothing but SIGIO tells of it while the kernel makes this process wait. */
	(void)fcntl(life, F_SETFL, seconds ? O_ASYNC : 0);
	alarm(seconds);
}

bool kernel_hung_up(int life)
{
	struct pollfd end = { .fd = life };

	return poll(&end, 1, 0) != 0;
}

int kernel_rewind(int fd)
{
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

ssize_t kernel_read(int fd, void *buf, size_t len)
{
	return result(read(fd, buf, len));
}

int kernel_fsopen(const char *type)
{
	return result(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC));
}

int kernel_fsconfig(int fs, unsigned int cmd, const char *key, const char *value)
{
	return result(syscall(SYS_fsconfig, fs, cmd, key, value, 0));
}

int kernel_fsmount(int fs, unsigned int attributes)
{
	return result(syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes));
}

int kernel_move_mount(int mount, int target)
{
	return result(syscall(SYS_move_mount, mount, "", target, "",
		MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

int kernel_detach(const char *path)
{
	return result(umount2(path, DETACH_FLAGS));
}
