/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_packet.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "fsv_fd.h"
#include "fsv_sys.h"
#include "fsv_wire.h"

/* Since Linux 6.16; the C library's headers may be older than the kernel. */
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

/* The kernel passes at most 253 files at once (unix(7)). With less room a hostile sender's surplus
 * would be cut off with MSG_CTRUNC, after some of it has been installed here. */
#define FILES_MAX 253

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(FILES_MAX * sizeof(int))];
};

/* How long is left until `deadline`; -1 for ever. */
static int left_ms(int timeout_ms, long long deadline)
{
	long long left;

	if (timeout_ms <= 0)
		return timeout_ms;
	left = deadline - fsv_sys_now_ms();
	return left > 0 ? (int)left : 0;
}

static int wait_until(int sock, short events, int timeout_ms, long long deadline)
{
	int n = fsv_sys_wait(sock, events, left_ms(timeout_ms, deadline));

	if (n < 0)
		return n;
	return n ? 0 : -ETIMEDOUT;
}

static void attach_file(struct msghdr *msg, union control *control, int fd)
{
	struct cmsghdr *c;

	memset(control, 0, CMSG_SPACE(sizeof(int)));
	msg->msg_control = control->space;
	msg->msg_controllen = CMSG_SPACE(sizeof(int));
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
}

int fsv_packet_send(int sock, const void *buf, size_t len, int fd, int timeout_ms)
{
	long long deadline = fsv_sys_now_ms() + timeout_ms;
	struct iovec iov = { .iov_base = (void *)buf, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;

	if (len == 0 || len > FSV_PACKET_MAX)
		return -EMSGSIZE;
	if (fd >= 0)
		attach_file(&msg, &control, fd);
	for (;;) {
		ssize_t n = fsv_sys_sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
		int ret;

		if (n >= 0)
			return (size_t)n == len ? 0 : -EMSGSIZE;
		if (n != -EAGAIN)
			return (int)n;
		ret = wait_until(sock, POLLOUT, timeout_ms, deadline);
		if (ret)
			return ret;
	}
}

/* Every file in the control messages: the first goes to `*fd`, the rest is closed. How many there
 * were. */
static int take_files(struct msghdr *msg, int *fd)
{
	struct cmsghdr *c;
	int count = 0;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t i, n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			int got;

			memcpy(&got, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (count++ == 0)
				*fd = got;
			else
				fsv_fd_close(&got);
		}
	}
	return count;
}

static int recv_now(int sock, void *buf, size_t cap, size_t *len, int *fd)
{
	struct iovec iov = { .iov_base = buf, .iov_len = cap };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;
	FSV_AUTO_FD file = -1;
	ssize_t n;

	if (fd) {
		msg.msg_control = control.space;
		msg.msg_controllen = sizeof(control.space);
	}
	n = fsv_sys_recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	/* The other side closed with something of ours unread. The kernel says that first, and only
	 * then gives what was sent before. */
	if (n == -ECONNRESET)
		n = fsv_sys_recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return (int)n;
	/* Files first: whatever is wrong with the packet, none of them may stay open. */
	if (fd && take_files(&msg, &file) > 1)
		return -EBADMSG;
	if (n == 0)
		return -ECONNRESET;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	if (fd && (msg.msg_flags & MSG_CTRUNC))
		return -EBADMSG;
	*len = (size_t)n;
	if (fd)
		*fd = fsv_fd_take(&file);
	return 0;
}

int fsv_packet_recv(int sock, void *buf, size_t cap, size_t *len, int *fd, int timeout_ms)
{
	long long deadline = fsv_sys_now_ms() + timeout_ms;

	for (;;) {
		int ret = recv_now(sock, buf, cap, len, fd);

		if (ret != -EAGAIN)
			return ret;
		if (timeout_ms == 0)
			return -ETIMEDOUT;
		ret = wait_until(sock, POLLIN, timeout_ms, deadline);
		if (ret)
			return ret;
	}
}

void fsv_packet_refuse_files(int sock)
{
	int off = 0;

	(void)fsv_sys_setsockopt(sock, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof(off));
}
