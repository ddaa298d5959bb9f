/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "scripted_sys.h"

#include <errno.h>
#include <poll.h>
#include <sys/sysmacros.h>

#include "fsv_msg.h"
#include "fsv_wire.h"

/* No number of a real file: what is closed for real would be noticed. */
#define FD_FIRST  100000
#define FD_MAX	  512
#define CALLS_MAX 20000

static struct {
	struct draw *d;
	unsigned int packet; /* of the handshake that comes next; 3: it is over */
	char kind[FD_MAX];   /* what is open: s(ocket), a(rgv), f(use device), o(ther), or 0 */
	unsigned int calls;
	long long clock;
	int said_bye;
	int over; /* something was given after which there is nothing to say but goodbye */
} sys;

static const uint8_t argv_blob[] = { 'A', 'R', 'G', 'S', 0, 0, 0, 1, 0, 0, 0, 16, 0, 0, 0, 2, 'x',
	0 };
static const int errnos[] = { -EAGAIN, -EAGAIN, -EINTR, -ECONNRESET, -ENOMEM, -EPIPE };

void scripted_sys_begin(struct draw *d, int shaken)
{
	memset(&sys, 0, sizeof(sys));
	sys.d = d;
	sys.packet = shaken ? 0 : 3;
}

static int open_file(char kind)
{
	for (int i = 0; i < FD_MAX; i++)
		if (!sys.kind[i]) {
			sys.kind[i] = kind;
			return FD_FIRST + i;
		}
	fputs("files are left open\n", stderr);
	abort();
}

static char *file(int fd)
{
	must(fd >= FD_FIRST && fd < FD_FIRST + FD_MAX && sys.kind[fd - FD_FIRST]);
	must(++sys.calls < CALLS_MAX);
	return &sys.kind[fd - FD_FIRST];
}

int scripted_sys_socket(void)
{
	return open_file('s');
}

unsigned int scripted_sys_open(void)
{
	unsigned int count = 0;

	for (int i = 0; i < FD_MAX; i++)
		count += sys.kind[i] != 0;
	return count;
}

char scripted_sys_kind(int fd)
{
	return *file(fd);
}

int fsv_sys_close(int fd)
{
	*file(fd) = 0;
	return 0;
}

ssize_t fsv_sys_sendmsg(int sock, const struct msghdr *msg, int flags)
{
	uint8_t fault = draw_u8(sys.d);
	struct fsv_msg sent;

	must(*file(sock) == 's' && (flags & MSG_NOSIGNAL) && !msg->msg_control);
	must(fsv_msg_parse(FSV_SERVICE, msg->msg_iov->iov_base, msg->msg_iov->iov_len, &sent) ==
		FSV_OK);
	must(!sys.said_bye && (!sys.over || sent.kind == FSV_BYE));
	if (fault >= 0xfa)
		return errnos[fault - 0xfa];
	sys.said_bye = sent.kind == FSV_BYE;
	return (ssize_t)msg->msg_iov->iov_len;
}

static void give_files(struct msghdr *msg, const char *kinds, unsigned int count)
{
	struct cmsghdr *c = msg->msg_control;

	if (!c || !count) {
		msg->msg_controllen = 0;
		return;
	}
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(count * sizeof(int));
	for (unsigned int i = 0; i < count; i++) {
		int fd = open_file(kinds[i]);

		memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof(fd));
	}
	msg->msg_controllen = CMSG_SPACE(count * sizeof(int));
}

static ssize_t give(struct msghdr *msg, const void *bytes, size_t len)
{
	size_t room = msg->msg_iov->iov_len;

	msg->msg_flags = len > room ? MSG_TRUNC : 0;
	if (len)
		memcpy(msg->msg_iov->iov_base, bytes, len < room ? len : room);
	return (ssize_t)(len < room ? len : room);
}

static ssize_t give_message(struct msghdr *msg, const struct fsv_msg *message)
{
	uint8_t packet[64];
	size_t len = 0;

	must(fsv_msg_write(message, packet, sizeof(packet), &len) == FSV_OK);
	return give(msg, packet, len);
}

static ssize_t give_handshake(struct msghdr *msg)
{
	static const struct fsv_msg messages[] = {
		{ .kind = FSV_HELLO, .hello = { 1, 1, 3 } },
		{ .kind = FSV_FILE, .file = { 0, { "argv", 4 } } },
		{ .kind = FSV_FILE, .file = { 0, { "fusedev", 7 } } },
	};
	static const char *const files[] = { "", "a", "f" };

	give_files(msg, files[sys.packet], sys.packet > 0);
	return give_message(msg, &messages[sys.packet++]);
}

/* A packet as it should be, or any bytes; with files. */
static ssize_t give_packet(struct msghdr *msg, uint8_t form)
{
	static const char *const paths[] = { "/img/disk", "/dev/sdb", "link", "/mnt" };
	uint32_t error = form & 0x20 ? draw_u8(sys.d) : 0;
	struct fsv_msg reply = { .kind = FSV_REPLY, .error = error };
	struct fsv_msg answer = { .kind = FSV_FILE,
		.file = { error, fsv_str_of(paths[form % 4u]) } };
	struct fsv_str bytes;

	give_files(msg, &"oafo"[form & 1u], form >> 2 & 3u);
	if ((form & 0xc0) == 0) {
		sys.over |= msg->msg_controllen > 0;
		return give_message(msg, &reply);
	}
	if ((form & 0x40) != 0) {
		ssize_t len = give_message(msg, &answer);

		sys.over |= form >= 0xc0;
		msg->msg_flags = form >= 0xc0 ? MSG_TRUNC : 0;
		return len;
	}
	bytes = draw_view(sys.d, draw_u8(sys.d));
	return give(msg, bytes.s, bytes.len);
}

ssize_t fsv_sys_recvmsg(int sock, struct msghdr *msg, int flags)
{
	uint8_t form;

	must(*file(sock) == 's' && (!msg->msg_control || (flags & MSG_CMSG_CLOEXEC)));
	if (sys.packet < 3)
		return give_handshake(msg);
	if (!sys.d->left)
		return give_files(msg, "", 0), 0;
	form = draw_u8(sys.d);
	if (form >= 0xfa)
		return errnos[form - 0xfa];
	return give_packet(msg, form);
}

int fsv_sys_setsockopt(int sock, int level, int name, const void *value, socklen_t len)
{
	(void)level, (void)name, (void)value, (void)len;
	must(*file(sock) == 's');
	return -ENOPROTOOPT;
}

int fsv_sys_wait(int fd, short events, int timeout_ms)
{
	uint8_t how = draw_u8(sys.d);

	must(*file(fd) == 's' && (events == POLLIN || events == POLLOUT) && timeout_ms >= 0);
	if (how == 1)
		return -EINTR;
	if (how != 2)
		return 1;
	sys.clock += timeout_ms;
	return 0;
}

int fsv_sys_pwait(int fd, short events, int timeout_ms, const sigset_t *mask)
{
	must(mask != NULL);
	return fsv_sys_wait(fd, events, timeout_ms);
}

long long fsv_sys_now_ms(void)
{
	return sys.clock;
}

int fsv_sys_fstat(int fd, struct stat *st)
{
	char kind = *file(fd);

	memset(st, 0, sizeof(*st));
	st->st_mode = kind == 'a' ? S_IFREG : S_IFCHR;
	st->st_rdev = makedev(10, kind == 'f' ? 229 : 3);
	st->st_size = sizeof(argv_blob);
	return 0;
}

ssize_t fsv_sys_pread(int fd, void *buf, size_t len, off_t pos)
{
	uint8_t fault = sys.packet == 2 ? 0 : draw_u8(sys.d);
	size_t at = (size_t)pos;

	must(*file(fd) == 'a' && at <= sizeof(argv_blob));
	if (fault >= 0xfa)
		return errnos[fault - 0xfa];
	if (len > sizeof(argv_blob) - at)
		len = sizeof(argv_blob) - at;
	if (fault && len > fault)
		len = fault;
	memcpy(buf, argv_blob + at, len);
	return (ssize_t)len;
}

/* The helper alone makes argument files. */
int fsv_sys_memfd_create(const char *name, unsigned int flags)
{
	(void)name, (void)flags;
	abort();
}
int fsv_sys_fcntl(int fd, int cmd, int arg)
{
	(void)fd, (void)cmd, (void)arg;
	abort();
}
int fsv_sys_ftruncate(int fd, off_t size)
{
	(void)fd, (void)size;
	abort();
}
int fsv_sys_map(int fd, size_t size, void **map)
{
	(void)fd, (void)size, (void)map;
	abort();
}
int fsv_sys_unmap(void *map, size_t size)
{
	(void)map, (void)size;
	abort();
}
