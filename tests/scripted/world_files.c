/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The files on the disk, and what the session does with them: session/sys.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sandbox/landlock.h"
#include "session/sys.h"
#include "world.h"

#define USER 1000
#define EXT4 0xEF53
#define DISK 20 /* mount id of all that is here, but proc */

#define ON_DISK(at, kind, owner, ...)                                                              \
	{                                                                                          \
		.path = (at), .mode = (kind), .uid = (owner), .fs = EXT4, .mnt = DISK, __VA_ARGS__ \
	}
#define IN_DEV(at, kind, maj, min)                                                               \
	{                                                                                        \
		.path = (at), .mode = (kind), .major = (maj), .minor = (min), .fs = TMPFS_MAGIC, \
		.mnt = 21                                                                        \
	}
#define IN_PROC(at, kind)                                                       \
	{                                                                       \
		.path = (at), .mode = (kind), .fs = PROC_SUPER_MAGIC, .mnt = 22 \
	}

static const struct node usual[] = {
	ON_DISK("/", S_IFDIR | 0755, 0, ),
	IN_DEV("/dev", S_IFDIR | 0755, 0, 0),
	IN_DEV("/dev/fuse", S_IFCHR | 0666, 10, 229),
	IN_DEV("/dev/null", S_IFCHR | 0666, 1, 3),
	IN_DEV("/dev/rtc", S_IFCHR | 0660, 10, 135),
	IN_DEV("/dev/sdb", S_IFBLK | 0660, 8, 16),
	IN_DEV("/dev/sdc", S_IFBLK | 0660, 8, 32),
	IN_DEV("/dev/md", S_IFBLK | 0660, 9, 16),
	IN_DEV("/dev/tty", S_IFCHR | 0666, 5, 0),
	IN_PROC("/proc", S_IFDIR | 0555),
	IN_PROC("/proc/self", S_IFDIR | 0555),
	IN_PROC("/proc/self/fd", S_IFDIR | 0500),
	IN_PROC("/proc/switch", S_IFREG | 0644),
	ON_DISK("/img", S_IFDIR | 0755, USER, ),
	ON_DISK("/img/disk", S_IFREG | 0644, USER, ),
	ON_DISK("/img/second", S_IFREG | 0644, USER, ),
	ON_DISK("/img/a,b\\c", S_IFREG | 0644, USER, ),
	ON_DISK("/img/readonly", S_IFREG | 0444, 0, .write_error = EACCES),
	ON_DISK("/img/secret", S_IFREG | 0600, 0, .open_error = EACCES),
	ON_DISK("/img/dir", S_IFDIR | 0755, USER, ),
	ON_DISK("/img/pipe", S_IFIFO | 0644, USER, ),
	ON_DISK("/img/link", S_IFLNK | 0777, 0, .link = "disk"),
	ON_DISK("/img/absolute", S_IFLNK | 0777, 0, .link = "/img/disk"),
	ON_DISK("/img/others", S_IFLNK | 0777, USER, .link = "disk"),
	ON_DISK("/img/dangling", S_IFLNK | 0777, 0, .link = "nowhere"),
	ON_DISK("/img/loop", S_IFLNK | 0777, 0, .link = "loop"),
	ON_DISK("/mnt", S_IFDIR | 0755, USER, ),
	ON_DISK("/file", S_IFREG | 0644, USER, ),
	ON_DISK("/others", S_IFREG | 0666, 0, ),
	ON_DISK("/sticky", S_IFDIR | 01777, 0, ),
	ON_DISK("/shared", S_IFDIR | 0775, 0, ),
	ON_DISK("/mine", S_IFDIR | 01777, USER, ),
};

static void add_usual(void)
{
	memcpy(world.node, usual, sizeof(usual));
	world.nodes = sizeof(usual) / sizeof(usual[0]);
}

void world_begin(void)
{
	memset(&world, 0, sizeof(world));
	add_usual();
	world.current = SESSION;
	world.landlock = true;
}

void world_end(void)
{
	unsigned int i, p;

	for (p = 0; p < PROCESSES; p++)
		world_process_ends((enum process)p);
	for (i = 0; i < world.holds; i++)
		world_put(world.held[i]);
	if (world.service)
		world_put(world.service);
	for (i = 0; i < MAPS_MAX; i++)
		if (world.map[i].at && !world.session_killed && !world.interrupted)
			world_wrong("session: leaves memory mapped");
	if (world.files)
		world_wrong("the world lost track of a file");
	for (i = 0; i < world.nodes; i++)
		if (world.node[i].fresh)
			free((char *)world.node[i].path);
}

struct node *world_node(const char *path)
{
	unsigned int i;

	for (i = 0; i < world.nodes; i++)
		if (strcmp(world.node[i].path, path) == 0)
			return &world.node[i];
	return NULL;
}

struct file *world_open_node(const char *path, int flags)
{
	struct file *file = world_file(FILE_NODE);

	file->node = world_node(path);
	file->flags = flags;
	if (!file->node)
		world_wrong("there is no %s", path);
	return file;
}

/* Cut the last component off. */
static void go_up(char *path)
{
	char *slash = strrchr(path, '/');

	slash[slash == path ? 1 : 0] = '\0';
}

static int walk(char *at, const char *rest, int flags, uint64_t resolve, unsigned int depth);

/* One component from `at`, a directory. */
static int walk_one(
	char *at, const char *name, int flags, uint64_t resolve, bool last, unsigned int depth)
{
	char next[PATH_MAX];
	const struct node *node;

	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0) {
		go_up(at);
		return 0;
	}
	if (strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	if (!world_node(at) || !S_ISDIR(world_node(at)->mode))
		return -ENOTDIR;
	snprintf(next, sizeof(next), "%s/%s", strcmp(at, "/") == 0 ? "" : at, name);
	node = world_node(next);
	if (!node)
		return -ENOENT;
	if (!S_ISLNK(node->mode) || (last && (flags & O_NOFOLLOW))) {
		strcpy(at, next);
		return 0;
	}
	if (resolve & RESOLVE_NO_SYMLINKS)
		return -ELOOP;
	return walk(at, node->link, flags, resolve, depth + 1);
}

static int walk(char *at, const char *rest, int flags, uint64_t resolve, unsigned int depth)
{
	char name[PATH_MAX];
	int ret = 0;

	if (depth > 40)
		return -ELOOP;
	if (rest[0] == '/')
		strcpy(at, "/");
	while (!ret && rest[strspn(rest, "/")]) {
		size_t len;

		rest += strspn(rest, "/");
		len = strcspn(rest, "/");
		memcpy(name, rest, len);
		name[len] = '\0';
		rest += len;
		ret = walk_one(at, name, flags, resolve, !rest[strspn(rest, "/")], depth);
	}
	return ret;
}

static int start_of(int dir, const char *path, char *at)
{
	const struct file *file;

	if (path[0] == '/')
		return 0;
	file = dir == AT_FDCWD ? NULL : world_get(dir);
	if (!file || !file->node)
		return -EBADF;
	strcpy(at, file->node->path);
	return 0;
}

/* Whether the rules of Landlock let this process open the node. */
static bool landlock_lets(const struct node *node, unsigned int wanted)
{
	char path[PATH_MAX];

	if (!world.confined)
		return true;
	strcpy(path, node->path);
	for (;;) {
		wanted &= ~world_node(path)->rights;
		if (!wanted)
			return true;
		if (strcmp(path, "/") == 0)
			return false;
		go_up(path);
	}
}

static int open_node(struct node *node, int flags)
{
	bool writes = (flags & O_ACCMODE) != O_RDONLY;
	unsigned int wanted = writes ? LANDLOCK_WRITE : 0;
	struct file *file;

	if (flags & O_DIRECTORY && !S_ISDIR(node->mode))
		return -ENOTDIR;
	if (!(flags & O_PATH)) {
		if (S_ISDIR(node->mode))
			world_wrong("opens the directory %s", node->path);
		if (flags & O_TRUNC)
			world_wrong("truncates %s", node->path);
		if ((flags & (O_NONBLOCK | O_NOCTTY)) != (O_NONBLOCK | O_NOCTTY))
			world_wrong("opens %s so that it could stall", node->path);
		if ((flags & O_ACCMODE) != O_WRONLY)
			wanted |= LANDLOCK_READ;
		if (node->open_error)
			return -node->open_error;
		if (writes && node->write_error)
			return -node->write_error;
		if (!landlock_lets(node, wanted))
			return -EACCES;
	}
	file = world_file(FILE_NODE);
	file->node = node;
	file->flags = flags & ~(O_NOCTTY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return world_install(file);
}

int sys_openat2(int dir, const char *path, int flags, uint64_t resolve)
{
	char at[PATH_MAX] = "/";
	int ret = world_call("openat2");

	if (ret)
		return ret;
	if (!(flags & O_PATH) ||
		(resolve & ~(uint64_t)(RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)))
		world_wrong("openat2(%s): an unexpected form", path);
	if (!path[0])
		return -ENOENT;
	ret = start_of(dir, path, at);
	ret = ret ? ret : walk(at, path, flags, resolve, 0);
	return ret ? ret : open_node(world_node(at), flags);
}

static int create_node(const char *dir, const char *name, int flags, mode_t mode)
{
	char path[PATH_MAX];
	struct node *node = &world.node[world.nodes];
	struct file *file;

	snprintf(path, sizeof(path), "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, name);
	if (!(flags & O_EXCL) || !(flags & O_NOFOLLOW) || strchr(name, '/') || mode & ~0666u)
		world_wrong("creates %s in an unsafe way", path);
	if (world_node(path))
		return -EEXIST;
	if (!landlock_lets(world_node(dir), LANDLOCK_CREATE))
		return -EACCES;
	*node = (struct node){ .path = strdup(path),
		.mode = S_IFREG | mode,
		.uid = USER,
		.fs = EXT4,
		.mnt = DISK,
		.fresh = true };
	world.nodes++;
	file = world_file(FILE_NODE);
	file->node = node;
	file->flags = flags & (O_ACCMODE | O_NONBLOCK);
	return world_install(file);
}

int sys_openat(int dir, const char *path, int flags, mode_t mode)
{
	const struct file *base = dir == AT_FDCWD ? NULL : world_get(dir);
	const struct file *pin;
	int ret = world_call("openat");

	if (ret)
		return ret;
	if (!base)
		return world_node(path) ? open_node(world_node(path), flags) : -ENOENT;
	if (flags & O_CREAT)
		return create_node(base->node->path, path, flags, mode);
	if (strcmp(base->node->path, "/proc/self/fd") == 0 && strcmp(path, "../mountinfo") == 0)
		return world_install(world_file(FILE_MOUNTINFO));
	if (strcmp(base->node->path, "/proc/self/fd") != 0)
		world_wrong("opens %s by name in %s", path, base->node->path);
	pin = world_get(atoi(path));
	return pin && pin->node ? open_node(pin->node, flags) : -ENOENT;
}

static void fill_statx(const struct file *file, struct statx *stx)
{
	memset(stx, 0, sizeof(*stx));
	if (file->kind == FILE_MOUNT) {
		stx->stx_mode = S_IFDIR;
		stx->stx_mnt_id = file->mount->id;
		stx->stx_dev_major = file->mount->major;
		stx->stx_dev_minor = file->mount->minor;
	} else if (file->node) {
		stx->stx_mode = (uint16_t)file->node->mode;
		stx->stx_uid = file->node->uid;
		stx->stx_gid = file->node->gid;
		stx->stx_rdev_major = file->node->major;
		stx->stx_rdev_minor = file->node->minor;
		stx->stx_mnt_id = file->node->mnt;
		stx->stx_dev_major = 8;
		stx->stx_dev_minor = 1;
	}
}

int world_statx(int fd, struct statx *stx)
{
	const struct file *file = world_get(fd);

	if (!file)
		return -EBADF;
	fill_statx(file, stx);
	return 0;
}

int sys_statx(int fd, unsigned int mask, struct statx *stx)
{
	int ret = world_call("statx");

	if (ret)
		return ret;
	if (mask && world_get(fd) && world_get(fd)->kind == FILE_MOUNT)
		world_wrong("session: asks the new file system itself");
	return world_statx(fd, stx);
}

int world_fs_type(int fd, uint64_t *type)
{
	const struct file *file = world_get(fd);

	if (!file || !file->node)
		return -EBADF;
	*type = file->node->fs;
	return 0;
}

int sys_fs_type(int fd, uint64_t *type)
{
	int ret = world_call("statfs");

	return ret ? ret : world_fs_type(fd, type);
}

int sys_refresh(int fd)
{
	(void)fd;
	world_wrong("session: asks what only the probe may ask");
	return -EINVAL;
}

int sys_readlink(int fd, char *buf, size_t size)
{
	const struct file *file = world_get(fd);
	int ret = world_call("readlink");
	size_t len;

	if (ret)
		return ret;
	if (!file || !file->node->link)
		return -EINVAL;
	len = strlen(file->node->link);
	if (len > size)
		len = size;
	memcpy(buf, file->node->link, len);
	return (int)len;
}

int sys_get_flags(int fd)
{
	const struct file *file = world_get(fd);
	int ret = world_call("fcntl");

	if (ret)
		return ret;
	return file ? file->flags : -EBADF;
}

int sys_set_flags(int fd, int flags)
{
	struct file *file = world_get(fd);
	int ret = world_call("fcntl");

	if (ret)
		return ret;
	if (!file)
		return -EBADF;
	file->flags = (file->flags & ~O_NONBLOCK) | (flags & O_NONBLOCK);
	return 0;
}

int sys_statmount(int mount)
{
	const struct file *file = world_get(mount);
	int ret = world_call("statmount");

	if (ret || !world.statmount)
		return ret ? ret : -ENOSYS;
	if (world.taken_later)
		world.mount.attached = false;
	return file && file->kind == FILE_MOUNT && world.mount.attached ? 0 : -ENOENT;
}

ssize_t sys_pread(int fd, void *buf, size_t len, off_t at)
{
	int ret = world_call("pread");
	size_t pos = (size_t)at;

	return ret ? ret : world_read_table(fd, buf, len, &pos);
}

int sys_close(int fd)
{
	int fault = world_call("close"), ret = world_close(fd);

	/* As in Linux: the file is closed all the same. */
	return fault ? fault : ret;
}

int sys_poll(struct pollfd *fds, unsigned int count, int timeout_ms)
{
	int ret = world_call("poll");

	return ret ? ret : world_poll(fds, count, timeout_ms);
}
