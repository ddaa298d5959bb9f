/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The floor that the helper is measured against: the system calls that no mount through a service
 * can do without, in one static program, one process, without a single check. It believes every
 * answer and every packet. Never to be installed.
 *
 * usage: floor SOCKET TYPE SOURCE MOUNTPOINT
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "fsv_wire.h"

static char packet[FSV_PACKET_MAX];
static int sock, fuse;

static int connect_to(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		_exit(2);
	return fd;
}

static void put(char *at, uint32_t value)
{
	value = htonl(value);
	memcpy(at, &value, sizeof(value));
}

static void send_fd(const char *buf, size_t len, int fd)
{
	struct iovec iov = { (void *)buf, len };
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (sendmsg(sock, &msg, MSG_NOSIGNAL) < 0)
		_exit(1);
}

static void send_file(const char *name, int fd)
{
	static char file[FSV_PACKET_MAX];
	size_t len = strlen(name) + 1;

	put(file, FSV_MAGIC_FILE);
	memcpy(file + 8, name, len);
	send_fd(file, 8 + len, fd);
}

static void reply(void)
{
	char buf[8] = { 0 };

	put(buf, FSV_MAGIC_REPLY);
	if (send(sock, buf, sizeof(buf), MSG_NOSIGNAL) < 0)
		_exit(1);
}

static void send_arguments(const char *const *words, uint32_t count)
{
	char blob[4096];
	size_t pos = FSV_ARGS_HEAD + count * FSV_ARGS_ENTRY;
	int fd = memfd_create("args", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	uint32_t i;

	put(blob, FSV_MAGIC_ARGS);
	put(blob + 4, count);
	for (i = 0; i < count; i++) {
		size_t len = strlen(words[i]) + 1;

		put(blob + FSV_ARGS_HEAD + i * FSV_ARGS_ENTRY, (uint32_t)pos);
		put(blob + FSV_ARGS_HEAD + i * FSV_ARGS_ENTRY + 4, (uint32_t)len);
		memcpy(blob + pos, words[i], len);
		pos += len;
	}
	if (write(fd, blob, pos) != (ssize_t)pos)
		_exit(1);
	send_file(FSV_NAME_ARGV, fd);
}

static void handshake(const char *const *words, uint32_t count)
{
	char hello[12] = { 0 };

	put(hello, FSV_MAGIC_HELLO);
	put(hello + 4, FSV_VERSION_MIN << 16 | FSV_VERSION_MAX);
	if (send(sock, hello, sizeof(hello), MSG_NOSIGNAL) < 0 ||
		recv(sock, packet, sizeof(packet), 0) <= 0)
		_exit(1);
	send_arguments(words, count);
	send_file(FSV_NAME_FUSEDEV, fuse);
}

static void set(int fs, const char *key, const char *value)
{
	if (syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0))
		_exit(1);
}

static void mount_it(const char *type, const char *source, int where)
{
	char fd[16], uid[16], gid[16];
	int fs = (int)syscall(SYS_fsopen, "fuse", FSOPEN_CLOEXEC), mount;

	snprintf(fd, sizeof(fd), "%d", fuse);
	snprintf(uid, sizeof(uid), "%u", getuid());
	snprintf(gid, sizeof(gid), "%u", getgid());
	set(fs, "source", source);
	set(fs, "subtype", type);
	set(fs, "fd", fd);
	set(fs, "rootmode", "40000");
	set(fs, "user_id", uid);
	set(fs, "group_id", gid);
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		_exit(1);
	mount = (int)syscall(
		SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	if (syscall(SYS_move_mount, mount, "", where, "",
		    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH))
		_exit(1);
}

int main(int argc, char **argv)
{
	int where = -1;

	if (argc != 5)
		return 1;
	sock = connect_to(argv[1]);
	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	handshake((const char *const *)argv + 2, 3);
	while (recv(sock, packet, sizeof(packet), 0) > 0) {
		uint32_t magic;

		memcpy(&magic, packet, sizeof(magic));
		switch (ntohl(magic)) {
		case FSV_MAGIC_OPEN: {
			int fd = open(packet + 20, O_RDWR | O_CLOEXEC);

			send_file(packet + 20, fd);
			close(fd);
			break;
		}
		case FSV_MAGIC_BYE: return 0;
		case FSV_MAGIC_MNTPT:
			where = open(packet + 8, O_PATH | O_CLOEXEC);
			reply();
			break;
		case FSV_MAGIC_MOUNT:
			mount_it(argv[2], argv[3], where);
			reply();
			break;
		default: reply();
		}
	}
	return 1;
}
