/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "peer.h"

#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "faulty_sys.h"
#include "fsv_args.h"

void peer_begin(struct peer *p)
{
	int pair[2];

	faulty_sys_reset();
	faulty_sys.null_is_fuse = 1;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	p->sock = pair[0];
	p->theirs = pair[1];
	p->said[0] = '\0';
}

void peer_end(struct peer *p)
{
	if (p->sock >= 0)
		close(p->sock);
	if (p->theirs >= 0)
		close(p->theirs);
	p->sock = p->theirs = -1;
}

void peer_send(struct peer *p, const void *data, size_t len, int fd)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;

	if (fd >= 0) {
		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	}
	assert_int_equal(sendmsg(p->sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT), len);
}

static void send_message(struct peer *p, const struct fsv_msg *msg, int fd)
{
	static uint8_t buf[65536];
	size_t len;

	assert_reason(fsv_msg_write(msg, buf, sizeof(buf), &len), FSV_OK);
	peer_send(p, buf, len, fd);
}

void peer_hello(struct peer *p, uint32_t flags)
{
	struct fsv_msg msg = { .kind = FSV_HELLO,
		.hello = { .min_version = 1, .max_version = 1, .flags = flags } };

	send_message(p, &msg, -1);
}

void peer_file(struct peer *p, const char *path, uint32_t error, int fd)
{
	struct fsv_msg msg = { .kind = FSV_FILE,
		.file = { .error = error, .path = fsv_str_of(path) } };

	send_message(p, &msg, fd);
}

void peer_reply(struct peer *p, uint32_t error)
{
	struct fsv_msg msg = { .kind = FSV_REPLY, .error = error };

	send_message(p, &msg, -1);
}

void peer_argv(struct peer *p, const char *const *words)
{
	static uint8_t blob[65536];
	uint32_t argc = 0;
	size_t size;
	int fd;

	while (words[argc])
		argc++;
	assert_reason(fsv_args_write(argc, words, blob, sizeof(blob), &size), FSV_OK);
	fd = memfd_create("argv", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, blob, size), size);
	peer_file(p, "argv", 0, fd);
	close(fd);
}

void peer_handshake(struct peer *p, const char *const *words)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	peer_hello(p, 1);
	peer_argv(p, words);
	peer_file(p, "fusedev", 0, fd);
	close(fd);
}

static void report(void *cookie, const char *line)
{
	struct peer *p = cookie;
	size_t used = strlen(p->said);

	(void)snprintf(p->said + used, sizeof(p->said) - used, "%s\n", line);
}

int peer_start(struct peer *p, struct fsv_service **s)
{
	int sock = p->theirs;

	p->theirs = -1;
	return fsv_service_start(sock, report, p, s);
}

enum fsv_kind peer_next(struct peer *p, struct fsv_msg *msg)
{
	ssize_t n = recv(p->sock, p->packet, sizeof(p->packet), MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return FSV_KINDS;
	assert_true(n >= 0);
	if (n == 0)
		return FSV_NONE;
	assert_reason(fsv_msg_parse(FSV_SERVICE, p->packet, (size_t)n, msg), FSV_OK);
	return msg->kind;
}

int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}
