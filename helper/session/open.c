/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "fsv_fd.h"
#include "fsv_oflags.h"
#include "fsv_wire.h"
#include "probe.h"
#include "sys.h"

#define ALLOWED_FLAGS                                                                         \
	(FSV_O_ACCMODE | FSV_O_EXCL | FSV_O_CREAT | FSV_O_DIRECT | FSV_O_SYNC | FSV_O_DSYNC | \
		FSV_O_NOATIME | FSV_O_NOFOLLOW | FSV_O_NONBLOCK | FSV_O_LARGEFILE | FSV_O_CLOEXEC)
/* Flags that re-opening a pin does not take: the name has been resolved and created already. */
#define NAME_FLAGS (O_CREAT | O_NOFOLLOW)

/* Files there are switches of the system, not somebody's data: even the caller's right to write to
 * them must not pass to a service. */
static const uint64_t system_fs_types[] = { PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC,
	CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC, SECURITYFS_MAGIC };

static int check_filesystem(int pin)
{
	uint64_t type;
	size_t i;
	int ret;

	ret = sys_fs_type(pin, &type);
	if (ret)
		return ret;
	for (i = 0; i < sizeof(system_fs_types) / sizeof(system_fs_types[0]); i++)
		if (type == system_fs_types[i])
			return -EPERM;
	return 0;
}

/* Judged on the pinned object: what the name means by now does not matter. */
static int check_object(int pin, bool bdev)
{
	struct statx stx;
	int ret;

	ret = sys_statx(pin, STATX_TYPE, &stx);
	if (ret)
		return ret;
	if (bdev && !S_ISBLK(stx.stx_mode))
		return -ENOTBLK;
	/* A directory would open all that is around it; a FIFO, socket or terminal would tie the
	 * service to other programs of the caller. */
	if (!S_ISBLK(stx.stx_mode) && !S_ISREG(stx.stx_mode))
		return -EPERM;
	return check_filesystem(pin);
}

/* Non-blocking while it opens, so that no lease, FIFO or terminal can stall or grab; then as asked.
 */
static int finish_open(int fd, int flags)
{
	int now;

	if (fd < 0 || (flags & O_NONBLOCK))
		return fd;
	now = sys_get_flags(fd);
	if (now >= 0)
		now = sys_set_flags(fd, now & ~O_NONBLOCK);
	if (now >= 0)
		return fd;
	(void)sys_close(fd);
	return now;
}

static int reopen(const struct session *s, int pin, int flags)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", pin);
	flags &= ~NAME_FLAGS;
	return finish_open(sys_openat(s->proc, number, flags | O_NONBLOCK | O_NOCTTY, 0), flags);
}

/* A missing file that the caller named, made in the directory that its name meant at the start. */
static int create(const struct session *s, struct pin *pin, int flags, mode_t mode, bool bdev)
{
	char path[PATH_MAX], number[16];
	const char *slash;
	int fd, ret;

	if (bdev)
		return -ENOTBLK;
	if (pin->parent < 0)
		return -ENOENT;
	ret = check_filesystem(pin->parent);
	ret = ret ? ret : pin_path(pin, path);
	if (ret)
		return ret;
	slash = strrchr(path, '/');
	flags |= O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	/* No set-id and sticky bits; the caller's umask is in force. */
	fd = sys_openat(pin->parent, slash ? slash + 1 : path, flags, mode & 0666);
	if (fd < 0)
		return fd;
	/* From now on the name means this file. */
	snprintf(number, sizeof(number), "%d", fd);
	pin->fd = sys_openat(s->proc, number, O_PATH, 0);
	pin->error = pin->fd < 0 ? pin->fd : 0;
	return fd;
}

static int open_pin(
	struct session *s, struct pin *pin, const struct fsv_open *request, int flags, bool bdev)
{
	bool creat = flags & O_CREAT;
	int ret;

	if (pin->error == -ENOENT && creat)
		return finish_open(
			create(s, pin, flags, (mode_t)request->create_mode, bdev), flags);
	if (pin->error)
		return pin->error;
	if (creat && (flags & O_EXCL))
		return -EEXIST;
	if ((flags & O_NOFOLLOW) && pin->link)
		return -ELOOP;
	ret = check_object(pin->fd, bdev);
	return ret ? ret : reopen(s, pin->fd, flags);
}

/* A path that nobody named, by a rule of fuse.conf. */
static int open_by_rule(struct session *s, const struct fsv_open *request, int flags, bool bdev)
{
	enum config_open rule = config_may_open(s->config, s->caller->subtype, request->path);
	bool link, writes = (flags & O_ACCMODE) != O_RDONLY;
	FSV_AUTO_FD pin = -1;
	int ret;

	if (rule == CONFIG_OPEN_NO || (flags & O_CREAT))
		return -EPERM;
	if (writes && rule != CONFIG_OPEN_RW)
		return -EACCES;
	ret = resolve(-EPERM, request->path.s, RESOLVE_ROOTS_LINKS, &pin, &link);
	if (ret)
		return ret;
	if ((flags & O_NOFOLLOW) && link)
		return -ELOOP;
	ret = check_object(pin, bdev);
	return ret ? ret : reopen(s, pin, flags);
}

static int convert_flags(const struct session *s, const struct fsv_open *request, int *flags)
{
	int ret;

	if (request->open_flags & ~ALLOWED_FLAGS)
		return -EINVAL;
	if ((request->open_flags & FSV_O_ACCMODE) == FSV_O_ACCMODE)
		return -EINVAL;
	ret = fsv_oflags_from_wire(request->open_flags, flags);
	if (ret)
		return ret;
	/* What the caller wants read-only must not reach the service in any other way. */
	if ((s->caller->said.on & FSV_MS_RDONLY) &&
		((*flags & O_ACCMODE) != O_RDONLY || (*flags & O_CREAT)))
		return -EACCES;
	return 0;
}

/* After MOUNT only the question is left whether the file system answers; no file crosses. */
static int ask_mounted(struct session *s, const struct fsv_open *request)
{
	int ret;

	if (!fsv_str_same(request->path, caller_mountpoint(s->caller)) || s->mount < 0)
		return -EPERM;
	ret = probe_ask(s->probe, s->mount, s->sock, s->terminal ? s->caller->subtype : NULL);
	return ret ? ret : -EISDIR;
}

int open_for_service(struct session *s, const struct fsv_open *request, bool bdev, int *fd)
{
	FSV_AUTO_FD file = -1;
	struct pin *pin;
	int flags, ret;

	if (s->state.phase != FSV_AT_SETUP)
		return bdev ? -EPERM : ask_mounted(s, request);
	if (++s->opens > OPENS_MAX)
		return -EMFILE;
	pin = pins_find(&s->pins, request->path);
	if (!pin && config_may_open(s->config, s->caller->subtype, request->path) == CONFIG_OPEN_NO)
		return -EPERM;
	ret = convert_flags(s, request, &flags);
	if (ret)
		return ret;
	file = pin ? open_pin(s, pin, request, flags, bdev) : open_by_rule(s, request, flags, bdev);
	if (file < 0)
		return file;
	if (bdev && request->block_size) {
		ret = ask_blocksize(s->chan, file, request->block_size);
		if (ret)
			return ret;
	}
	*fd = fsv_fd_take(&file);
	return 0;
}
