/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "fsv_mountinfo.h"
#include "fsv_wire.h"
#include "kernel.h"

#define FUSE_MAJOR 10
#define FUSE_MINOR 229

/* How long the checks and the making of the file system may take: both can make the kernel wait,
 * for the file system that the mount point lies on, and for the service. */
#define ALARM_SECONDS 10
/* How long to wait for others who are counting their mounts. */
#define LOCK_TRIES   200
#define LOCK_WAIT_MS 10

#define IDS_AT_ONCE 512

/* Whether it is a device of this type; its number is in `*stx`. */
static int check_device(int fd, unsigned int type, struct statx *stx)
{
	int ret = kernel_statx(fd, STATX_TYPE, stx);

	return ret || (stx->stx_mode & S_IFMT) == type ? ret : -EINVAL;
}

static int check_fuse(const struct mount_job *j)
{
	struct statx stx;
	int ret = check_device(j->fuse, S_IFCHR, &stx);

	j->answer->step = MOUNTER_AT_CHECK;
	if (ret)
		return ret;
	return stx.stx_rdev_major == FUSE_MAJOR && stx.stx_rdev_minor == FUSE_MINOR ? 0 : -EINVAL;
}

static bool counts(const struct mount_job *j)
{
	return !j->facts->root && j->facts->mount_max >= 0;
}

/*
 * What can be said of the mount `want` without reading the whole table, which takes long where many
 * mounts are. All mounts are counted instead of the FUSE mounts, and where even those are not as
 * many as mount_max, neither are these. Both list the same, those below this process's root, and
 * the mount must be among them. `id`: its other id, or 0 for the mount that was made last. False
 * where only the table can say it. On FUSE that is so as well, for the sake of its flags.
 */
static bool ask_kernel(
	const struct mount_job *j, uint64_t id, uint64_t want, struct fsv_mountinfo *info)
{
	uint64_t ids[IDS_AT_ONCE], last = 0;
	struct kernel_mount mount;
	int i, n;

	fsv_mountinfo_init(info, want);
	do {
		n = kernel_list_mounts(last, ids, IDS_AT_ONCE);
		for (i = 0; i < n; i++, info->fuse++) {
			last = ids[i];
			info->found |= last == id;
		}
	} while (n == IDS_AT_ONCE);
	if (n < 0 || (id && !info->found) || kernel_stat_mount(id ? id : last, &mount))
		return false;
	info->found = 1;
	info->parent = mount.parent;
	return mount.id == want && (!id || mount.magic != FUSE_SUPER_MAGIC) &&
	       (!counts(j) || info->fuse < (uint32_t)j->facts->mount_max);
}

/* Count the FUSE mounts, or more than these where that is few enough, and look for the mount
 * `want`. `id`: see above. */
static int read_mounts(
	const struct mount_job *j, uint64_t id, uint64_t want, struct fsv_mountinfo *info)
{
	char text[4096];
	ssize_t n;
	int ret;

	if (ask_kernel(j, id, want, info))
		return 0;
	ret = kernel_rewind(j->own->mountinfo);
	if (ret)
		return ret;
	fsv_mountinfo_init(info, want);
	while ((n = kernel_read(j->own->mountinfo, text, sizeof(text))) > 0)
		fsv_mountinfo_feed(info, text, (size_t)n);
	return (int)n;
}

/*
 * On FUSE only what the kernel knows already: a server that has read a question and does not answer
 * it holds who asked, and not even SIGKILL would end this process.
 */
static int check_target_fuse(const struct mount_job *j, const struct statx *stx, bool readonly)
{
	unsigned int may = S_IWOTH;

	if (stx->stx_uid == j->facts->uid)
		may = S_IWUSR;
	else if (stx->stx_gid == j->facts->gid || kernel_in_group(stx->stx_gid))
		may = S_IWGRP;
	if (readonly)
		return -EROFS;
	return stx->stx_mode & may ? 0 : -EACCES;
}

/* What an ordinary user may mount on: what he could have emptied or overwritten himself. */
static int check_target_user(
	const struct mount_job *j, const struct statx *stx, const struct fsv_mountinfo *info)
{
	uint64_t type;
	int ret;

	/* In a sticky directory of somebody else (/tmp) nobody may remove what is not his; a mount
	 * on it would hide it all. */
	if (stx->stx_uid != j->facts->uid && (S_ISREG(stx->stx_mode) || (stx->stx_mode & S_ISVTX)))
		return -EPERM;
	if (info->is_fuse)
		return check_target_fuse(j, stx, info->readonly);
	/* A mount that is not in the table has been taken away, or is of another namespace. But
	 * after chroot(2) the one that the root lies on is not shown either. */
	if (!info->found && j->target_mount != j->own->root_mount)
		return -EINVAL;
	ret = kernel_fs_type(j->target, &type);
	if (ret)
		return ret;
	if (!policy_fs_allowed(type)) {
		j->answer->step = MOUNTER_AT_FILESYSTEM;
		return -EPERM;
	}
	return kernel_may_write(j->target);
}

static int check_target(struct mount_job *j)
{
	struct fsv_mountinfo info;
	struct statx stx, other;
	int ret;

	j->answer->step = MOUNTER_AT_MOUNTPOINT;
	ret = kernel_statx(
		j->target, STATX_TYPE | STATX_MODE | STATX_UID | STATX_GID | STATX_MNT_ID, &stx);
	if (ret)
		return ret;
	if (!S_ISDIR(stx.stx_mode) && !S_ISREG(stx.stx_mode))
		return -EINVAL;
	j->target_mode = stx.stx_mode;
	j->target_mount = stx.stx_mnt_id;
	if (j->facts->root)
		return 0;
	ret = kernel_statx(j->target, STATX_MNT_ID_UNIQUE, &other);
	ret = ret ? ret : read_mounts(j, other.stx_mnt_id, j->target_mount, &info);
	ret = ret ? ret : check_target_user(j, &stx, &info);
	if (ret)
		return ret;
	j->answer->step = MOUNTER_AT_COUNT;
	return counts(j) && info.fuse >= (uint32_t)j->facts->mount_max ? -ENOSPC : 0;
}

static int take_lock(int lock)
{
	int ret = 0, tries;

	for (tries = 0; tries < LOCK_TRIES && lock >= 0; tries++) {
		ret = kernel_lock(lock);
		if (ret != -EWOULDBLOCK)
			return ret;
		kernel_sleep_ms(LOCK_WAIT_MS);
	}
	return ret ? -EBUSY : 0;
}

/* One call of fsconfig(2); NO_SETTING is left out. */
struct setting {
	unsigned int cmd;
	const char *key;
	const char *value;
};

#define NO_SETTING	  ~0u
#define STRING_IF(wanted) ((wanted) ? FSCONFIG_SET_STRING : NO_SETTING)
#define FLAG_IF(wanted)	  ((wanted) ? FSCONFIG_SET_FLAG : NO_SETTING)

static int apply(int fs, const struct setting *settings, unsigned int count)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < count && !ret; i++)
		if (settings[i].cmd != NO_SETTING)
			ret = kernel_fsconfig(
				fs, settings[i].cmd, settings[i].key, settings[i].value);
	return ret;
}

static const char *decimal(char text[16], unsigned int value)
{
	snprintf(text, 16, "%u", value);
	return text;
}

/* Each of these is a call of its own: joined by commas, a source "x,allow_other" would be an
 * option. */
static int configure(const struct mount_job *j, int fs)
{
	const struct mounter_facts *facts = j->facts;
	const struct mounter_request *request = j->plan->request;
	uint32_t options = j->plan->options, flags = j->plan->ms_flags;
	char fd[16], uid[16], gid[16], max_read[16], blksize[16];
	const struct setting settings[] = {
		{ FSCONFIG_SET_STRING, "source", request->source },
		{ FSCONFIG_SET_STRING, "subtype", facts->subtype },
		{ FSCONFIG_SET_STRING, "fd", decimal(fd, (unsigned int)j->fuse) },
		{ FSCONFIG_SET_STRING, "rootmode", S_ISDIR(j->target_mode) ? "40000" : "100000" },
		{ FSCONFIG_SET_STRING, "user_id", decimal(uid, facts->uid) },
		{ FSCONFIG_SET_STRING, "group_id", decimal(gid, facts->gid) },
		{ FLAG_IF(options & MOUNTER_OPT_DEFAULT_PERMISSIONS), "default_permissions", NULL },
		{ FLAG_IF(options & MOUNTER_OPT_ALLOW_OTHER), "allow_other", NULL },
		{ FLAG_IF(flags & FSV_MS_RDONLY), "ro", NULL },
		{ FLAG_IF(flags & FSV_MS_SYNCHRONOUS), "sync", NULL },
		{ FLAG_IF(flags & FSV_MS_DIRSYNC), "dirsync", NULL },
		{ FLAG_IF(flags & FSV_MS_LAZYTIME), "lazytime", NULL },
		{ STRING_IF(options & MOUNTER_OPT_MAX_READ), "max_read",
			decimal(max_read, request->max_read) },
		{ STRING_IF(options & MOUNTER_OPT_BLKSIZE), "blksize",
			decimal(blksize, request->blksize) },
		{ STRING_IF(options & MOUNTER_OPT_CONTEXT), "context", facts->context[0] },
		{ STRING_IF(options & MOUNTER_OPT_CONTEXT << 1), "fscontext", facts->context[1] },
		{ STRING_IF(options & MOUNTER_OPT_CONTEXT << 2), "defcontext", facts->context[2] },
		{ STRING_IF(options & MOUNTER_OPT_CONTEXT << 3), "rootcontext", facts->context[3] },
		{ FSCONFIG_CMD_CREATE, NULL, NULL },
	};

	return apply(fs, settings, sizeof(settings) / sizeof(settings[0]));
}

/* The kernel's own words about a failure, the last of them, without the "e " in front. */
static void read_message(int fs, struct mounter_answer *answer)
{
	char text[MOUNTER_MESSAGE_SIZE];
	ssize_t n;

	while ((n = kernel_read(fs, text, sizeof(text) - 1)) > 0) {
		text[n] = '\0';
		snprintf(answer->message, sizeof(answer->message), "%s",
			text[1] == ' ' ? text + 2 : text);
	}
}

/* The mount, made but not attached, into `*mount`. */
static int make_detached(const struct mount_job *j, int *mount)
{
	int fs, ret;

	j->answer->step = MOUNTER_AT_CREATE;
	fs = kernel_fsopen(j->plan->options & MOUNTER_OPT_FUSEBLK ? "fuseblk" : "fuse");
	if (fs < 0)
		return fs;
	ret = configure(j, fs);
	if (!ret)
		ret = kernel_fsmount(fs, policy_attributes(j->plan->ms_flags));
	if (ret < 0)
		read_message(fs, j->answer);
	(void)kernel_close(fs);
	*mount = ret;
	return ret < 0 ? ret : 0;
}

/* For fuseblk the kernel opened SOURCE by its name, which may have come to mean another device than
 * the one that the caller's own rights opened. */
static int check_superblock(const struct mount_job *j, int mount)
{
	struct statx dev, stx;
	int ret;

	if (j->device < 0)
		return 0;
	ret = check_device(j->device, S_IFBLK, &dev);
	ret = ret ? ret : kernel_statx(mount, 0, &stx);
	if (ret)
		return ret;
	if (stx.stx_dev_major != dev.stx_rdev_major || stx.stx_dev_minor != dev.stx_rdev_minor)
		return -EBUSY;
	return 0;
}

/* It must hang below the very mount that was checked, and not be one too many. */
static int check_attached(const struct mount_job *j, int mount)
{
	struct fsv_mountinfo info;
	struct statx stx;
	int ret;

	j->answer->step = MOUNTER_AT_PARENT;
	ret = kernel_statx(mount, 0, &stx);
	ret = ret ? ret : read_mounts(j, 0, stx.stx_mnt_id, &info);
	if (ret)
		return ret;
	if (!info.found || info.parent != j->target_mount)
		return -EBUSY;
	j->answer->step = MOUNTER_AT_COUNT;
	return counts(j) && info.fuse > (uint32_t)j->facts->mount_max ? -ENOSPC : 0;
}

/*
 * Two who mount at once may both see a free place before, and both attach. The lock makes them
 * count one after the other, and who counts one too many takes his own away before the other
 * counts. It is never held across a call that a file-system server could delay.
 */
static int attach(const struct mount_job *j, int mount)
{
	int ret, lock = counts(j) ? j->own->lock : -1;

	j->answer->step = MOUNTER_AT_ATTACH;
	ret = kernel_move_mount(mount, j->target);
	if (ret)
		return ret;
	j->answer->step = MOUNTER_AT_LOCK;
	ret = take_lock(lock);
	ret = ret ? ret : check_attached(j, mount);
	if (ret)
		(void)mount_detach(mount);
	if (lock >= 0)
		(void)kernel_unlock(lock);
	return ret;
}

int mount_make(struct mount_job *j, int *mount)
{
	int ret, made;

	/* Deadly: it ends this process, and with it all that it has made so far. Off before
	 * something is attached, which has to be taken away again. */
	kernel_deadly(j->own->life, ALARM_SECONDS);
	/* The session's end, which would end this too, may have come just before. */
	ret = kernel_hung_up(j->own->life) ? -ECONNRESET : check_fuse(j);
	ret = ret ? ret : check_target(j);
	ret = ret ? ret : make_detached(j, &made);
	kernel_deadly(j->own->life, 0);
	if (ret)
		return ret;
	ret = check_superblock(j, made);
	ret = ret ? ret : attach(j, made);
	if (ret) {
		(void)kernel_close(made);
		return ret;
	}
	j->answer->step = MOUNTER_DONE;
	*mount = made;
	return 0;
}

int mount_detach(int mount)
{
	char path[16];
	int ret;

	/* By number in /proc/self/fd: the name of the mount point may mean something else by now.
	 */
	snprintf(path, sizeof(path), "%d", mount);
	ret = kernel_detach(path);
	/* Once more: for want of memory just now, a mount would stay that nobody serves. */
	return ret ? kernel_detach(path) : 0;
}
