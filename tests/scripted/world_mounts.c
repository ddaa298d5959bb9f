/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The mount table, and what the mounter does with it: mounter/kernel.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel.h"
#include "world.h"

#define MOUNT_ID  101
#define DISK_ID	  20
#define OTHERS_ID 500
/* The other ids, which are never given twice; ours is newer than those of others. */
#define UNIQUE	    0x100000000
#define OURS_UNIQUE 100000
#define NEWER_ID    300000

/* While the lock is held no call may wait for a file-system server. */
static void may_wait(const char *what)
{
	if (world.locked)
		world_wrong("mounter: holds the lock across %s", what);
}

/* A FUSE server that does not answer would hold this process for ever. */
static void asks(int fd)
{
	const struct file *file = world_get(fd);

	if (file && file->node && world.on_fuse)
		world_wrong("mounter: asks the server of %s", file->node->path);
}

int kernel_close(int fd)
{
	int fault = world_call("close"), ret = world_close(fd);

	return fault ? fault : ret;
}

/* The real ones try again by themselves. */
static int uninterrupted(const char *name)
{
	int ret = world_call(name);

	return ret == -EINTR ? 0 : ret;
}

ssize_t kernel_sendmsg(int sock, const struct msghdr *msg)
{
	int ret = uninterrupted("sendmsg");
	ssize_t n = ret ? ret : world_sendmsg(sock, msg);

	if (world.current == MOUNTER) {
		const struct mounter_answer *answer = msg->msg_iov->iov_base;

		if (n > 0 && world.last_op == MOUNTER_KEEP && answer->error == 0)
			world.kept = true;
		if (n > 0 && world.last_op == MOUNTER_MOUNT && !answer->error &&
			!world.mount.attached)
			world_wrong("mounter: says that it mounted, and has not");
		world.last_op = 0;
	}
	return n;
}

ssize_t kernel_recvmsg(int sock, struct msghdr *msg)
{
	int ret = uninterrupted("recvmsg");
	ssize_t n = ret ? ret : world_recvmsg(sock, msg, true);

	if (world.current == MOUNTER && n > 0)
		world.last_op = ((const struct mounter_request *)msg->msg_iov->iov_base)->op;
	return n;
}

int kernel_statx(int fd, unsigned int mask, struct statx *stx)
{
	int ret = world_call("statx");

	if (ret)
		return ret;
	if (mask)
		may_wait("statx");
	if (mask && world_get(fd) && world_get(fd)->kind == FILE_MOUNT)
		world_wrong("mounter: asks the new file system itself");
	ret = world_statx(fd, stx);
	if (mask & STATX_MNT_ID_UNIQUE)
		stx->stx_mnt_id += UNIQUE;
	return ret;
}

/* How many mounts of others there are now. */
static unsigned int count_others(void)
{
	return world.other_mounts + (world.mount.attached ? world.mounts_meanwhile : 0);
}

/* What the table and the list call the disk. */
static unsigned int disk_id(void)
{
	return world.hidden ? 19 : DISK_ID;
}

/* The mount with this place in the list: the disk, those of others, ours, a newer one. 0: none. */
static uint64_t listed_mount(unsigned int place)
{
	unsigned int others = count_others();

	if (place == 0)
		return disk_id();
	if (place <= others)
		return OTHERS_ID + place - 1;
	if (place == others + 1 && world.mount.attached)
		return world.mount.id + OURS_UNIQUE;
	return place == others + 2 && world.mount.attached && world.newer_mount ? NEWER_ID : 0;
}

int kernel_list_mounts(uint64_t after, uint64_t *ids, size_t count)
{
	int ret = world_call("listmount");
	unsigned int place;
	uint64_t id;
	size_t n = 0;

	if (ret || !world.statmount)
		return ret ? ret : -ENOSYS;
	for (place = 0; n < count && (id = listed_mount(place)) != 0; place++)
		if (UNIQUE + id > after)
			ids[n++] = UNIQUE + id;
	return (int)n;
}

int kernel_stat_mount(uint64_t id, struct kernel_mount *mount)
{
	int ret = world_call("statmount");

	if (ret || !world.statmount)
		return ret ? ret : -ENOSYS;
	memset(mount, 0, sizeof(*mount));
	mount->id = (uint32_t)(id - UNIQUE);
	mount->parent = DISK_ID;
	mount->magic = FUSE_SUPER_MAGIC;
	if (id == UNIQUE + DISK_ID) {
		mount->parent = 1;
		mount->magic = world.on_fuse ? FUSE_SUPER_MAGIC : EXT4_SUPER_MAGIC;
	} else if (id == UNIQUE + OURS_UNIQUE + world.mount.id) {
		mount->id = (uint32_t)world.mount.id;
		mount->parent = (uint32_t)world.mount.parent;
	}
	return 0;
}

int kernel_fs_type(int fd, uint64_t *type)
{
	int ret = world_call("statfs");

	may_wait("statfs");
	asks(fd);
	return ret ? ret : world_fs_type(fd, type);
}

int kernel_may_write(int fd)
{
	int ret = world_call("faccessat2");

	may_wait("faccessat2");
	asks(fd);
	if (ret)
		return ret;
	return world.unwritable ? -EACCES : 0;
}

bool kernel_in_group(gid_t gid)
{
	return gid == world.group;
}

int kernel_access_mode(int fd)
{
	int ret = world_call("fcntl");

	return ret ? ret : world_get(fd)->flags & (O_ACCMODE | O_PATH);
}

int kernel_set_blocksize(int fd, uint32_t size)
{
	int ret = world_call("BLKBSZSET");

	if (ret)
		return ret;
	(void)world_get(fd);
	world_log("blocksize %u\n", size);
	return 0;
}

int kernel_lock(int fd)
{
	int ret = world_call("flock");

	if (ret)
		return ret;
	(void)world_get(fd);
	if (world.lock_busy) {
		world.lock_busy--;
		return -EWOULDBLOCK;
	}
	world.locked = true;
	return 0;
}

int kernel_unlock(int fd)
{
	(void)world_call("flock");
	(void)world_get(fd);
	world.locked = false;
	return 0;
}

void kernel_sleep_ms(unsigned int ms)
{
	world.clock += ms;
}

void kernel_deadly(int life, unsigned int seconds)
{
	const struct file *file = world_get(life);

	if (file && file->kind != FILE_SOCKET)
		world_wrong("mounter: listens to something else than the session");
	world.alarm = seconds;
}

bool kernel_hung_up(int life)
{
	const struct file *file = world_get(life);

	if (world_call("poll"))
		return true;
	return world.hangs_up || !file || file->shut || !file->peer;
}

static struct file *mountinfo(int fd)
{
	struct file *file = world_get(fd);

	if (file && file->kind != FILE_MOUNTINFO)
		world_wrong("reads something else for mountinfo");
	return file;
}

int kernel_rewind(int fd)
{
	int ret = world_call("lseek");

	if (ret)
		return ret;
	mountinfo(fd)->pos = 0;
	return 0;
}

/* What the mount table says now. */
static size_t table_text(char *text, size_t size)
{
	unsigned int i, count = count_others();
	size_t len;

	len = (size_t)snprintf(text, size, "%u 1 8:1 / / %s,relatime shared:1 - %s /dev/sda1 rw\n",
		disk_id(), world.on_readonly ? "ro" : "rw", world.on_fuse ? "fuse.low" : "ext4");
	for (i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, size - len,
			"%u 20 0:%u / /home/u/%u rw - fuse.%u x rw,user_id=1\n", OTHERS_ID + i, i,
			i, i);
	if (world.mount.attached)
		len += (size_t)snprintf(text + len, size - len,
			"%u %u %u:%u / /mnt rw,nosuid,nodev - %s.x y rw,user_id=1000\n",
			(unsigned int)world.mount.id, (unsigned int)world.mount.parent,
			world.mount.major, world.mount.minor,
			world.mount.block ? "fuseblk" : "fuse");
	return len;
}

static ssize_t give_text(
	const char *text, size_t size, size_t *pos, void *buf, size_t room, size_t most)
{
	size_t len = size - *pos;

	if (len > room)
		len = room;
	if (most && len > most)
		len = most;
	memcpy(buf, text + *pos, len);
	*pos += len;
	return (ssize_t)len;
}

/* A mount context gives one message at a time. */
static ssize_t read_context(struct file *file, void *buf, size_t len)
{
	const char *text = world.kernel_says ? world.kernel_says + file->pos : "";
	size_t line = strcspn(text, "\n");

	if (!line)
		return -ENODATA;
	if (line > len)
		return -EMSGSIZE;
	memcpy(buf, text, line);
	file->pos += line + (text[line] == '\n');
	return (ssize_t)line;
}

ssize_t world_read_table(int fd, void *buf, size_t len, size_t *at)
{
	static char text[131072];

	(void)mountinfo(fd);
	world.table_reads += world.current == MOUNTER && *at == 0;
	if (world.current == SESSION && world.taken_later)
		world.mount.attached = false;
	return give_text(text, table_text(text, sizeof(text)), at, buf, len, world.chunk);
}

ssize_t kernel_read(int fd, void *buf, size_t len)
{
	struct file *file = world_get(fd);
	int ret = world_call("read");

	if (ret)
		return ret;
	if (!file)
		return -EBADF;
	if (file->kind == FILE_CONTEXT)
		return read_context(file, buf, len);
	return world_read_table(fd, buf, len, &file->pos);
}

int kernel_fsopen(const char *type)
{
	int ret = world_call("fsopen");
	struct file *file;

	if (ret)
		return ret;
	may_wait("fsopen");
	world_log("fsopen %s\n", type);
	file = world_file(FILE_CONTEXT);
	file->block = strcmp(type, "fuseblk") == 0;
	return world_install(file);
}

/* The connection that the kernel would take is the one with this number in this process. */
static int check_connection(const char *number)
{
	const struct file *file = world_get(atoi(number));

	if (!file || !file->node || file->node->minor != 229 || (file->flags & O_PATH))
		return -EINVAL;
	return 0;
}

static int create(struct file *file)
{
	struct mount *mount = &world.mount;
	const struct node *device;

	world_log("create\n");
	if (!world.alarm)
		world_wrong("mounter: waits for the service without an alarm");
	if (mount->made)
		world_wrong("mounter: makes a second mount");
	file->created = true;
	*mount = (struct mount){ .id = MOUNT_ID, .minor = 50, .block = file->block };
	if (!file->block)
		return 0;
	device = world_node("/dev/sdb");
	mount->major = world.source_major ? world.source_major : device->major;
	mount->minor = world.source_major ? world.source_minor : device->minor;
	return 0;
}

int kernel_fsconfig(int fs, unsigned int cmd, const char *key, const char *value)
{
	struct file *file = world_get(fs);
	int ret = world_call("fsconfig");

	if (ret)
		return ret;
	may_wait("fsconfig");
	if (!file || file->kind != FILE_CONTEXT)
		return -EBADF;
	switch (cmd) {
	case FSCONFIG_CMD_CREATE: return create(file);
	case FSCONFIG_SET_FLAG: world_log("flag %s\n", key); return 0;
	case FSCONFIG_SET_STRING:
		/* Not its number, but that it is the fuse device is what matters of this file. */
		world_log("%s=%s\n", key, strcmp(key, "fd") == 0 ? "N" : value);
		return strcmp(key, "fd") == 0 ? check_connection(value) : 0;
	}
	world_wrong("fsconfig: unexpected command %u", cmd);
	return -EINVAL;
}

int kernel_fsmount(int fs, unsigned int attributes)
{
	static const char *const times[] = { "", ",noatime", ",strictatime" };
	struct file *context = world_get(fs), *file;
	int ret = world_call("fsmount");

	if (ret)
		return ret;
	if (!context || !context->created)
		return -EINVAL;
	world_log("fsmount %s%s%s%s%s%s%s\n", attributes & MOUNT_ATTR_RDONLY ? "ro" : "rw",
		attributes & MOUNT_ATTR_NOSUID ? ",nosuid" : "",
		attributes & MOUNT_ATTR_NODEV ? ",nodev" : "",
		attributes & MOUNT_ATTR_NOEXEC ? ",noexec" : "",
		attributes & MOUNT_ATTR_NODIRATIME ? ",nodiratime" : "",
		attributes & MOUNT_ATTR_NOSYMFOLLOW ? ",nosymfollow" : "",
		times[(attributes & MOUNT_ATTR__ATIME) >> 4]);
	world.mount.made = true;
	file = world_file(FILE_MOUNT);
	file->mount = &world.mount;
	return world_install(file);
}

int kernel_move_mount(int mount, int target)
{
	const struct file *what = world_get(mount), *where = world_get(target);
	int ret = world_call("move_mount");

	if (ret)
		return ret;
	if (!what || what->kind != FILE_MOUNT || !where || !where->node)
		return -EINVAL;
	if (world.alarm)
		world_wrong("mounter: could be killed with a mount attached");
	if (world.busy_point)
		world_hold_mounter();
	world_log("attach %s\n", where->node->path);
	world.mount.attached = !world.taken_away;
	world.mount.parent = world.parent_in_fact ? world.parent_in_fact : where->node->mnt;
	return 0;
}

int kernel_detach(const char *path)
{
	const struct file *file = world_get(atoi(path));
	int ret = world_call("umount2");

	if (ret) {
		world.detach_failed = true;
		return ret;
	}
	if (!file || file->kind != FILE_MOUNT)
		world_wrong("mounter: unmounts something else (%s)", path);
	if (world.vanishes)
		world.mount.attached = false;
	if (!world.mount.attached)
		return -EINVAL;
	world_log("detach\n");
	world.mount.attached = false;
	return 0;
}
