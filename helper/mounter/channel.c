/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The private socket pair between session and mounter: packets of one exact size. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel.h"
#include "mounter.h"

/* The most that unix(7) passes at once: with less room some surplus files could stay open unseen.
 */
#define SCM_FILES_MAX 253

int mounter_send(int chan, const void *packet, size_t size, const int *files, unsigned int count)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(MOUNTER_FILES * sizeof(int))];
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)packet, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (count) {
		struct cmsghdr *c = &control.align;

		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), files, count * sizeof(int));
		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	do {
		n = kernel_sendmsg(chan, &msg);
	} while (n == -EINTR);
	return n < 0 ? (int)n : 0;
}

/* All files of the control message into `files`; what is more than `max` is closed. How many came.
 */
static unsigned int take_files(struct msghdr *msg, int *files, unsigned int max)
{
	unsigned int count = 0;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t i, n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (i = 0; i < n; i++, count++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (count < max)
				files[count] = fd;
			else
				(void)kernel_close(fd);
		}
	}
	return count;
}

int mounter_recv(
	int chan, void *packet, size_t size, int *files, unsigned int max, unsigned int *count)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(SCM_FILES_MAX * sizeof(int))];
	} control;
	struct iovec iov = { .iov_base = packet, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	unsigned int i, got;
	ssize_t n;

	for (i = 0; i < max; i++)
		files[i] = -1;
	msg.msg_control = control.space;
	msg.msg_controllen = sizeof(control.space);
	do {
		n = kernel_recvmsg(chan, &msg);
	} while (n == -EINTR);
	if (n < 0)
		return (int)n;
	got = take_files(&msg, files, max);
	*count = got;
	if ((size_t)n == size && got <= max && !(msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return 0;
	for (i = 0; i < max && i < got; i++) {
		(void)kernel_close(files[i]);
		files[i] = -1;
	}
	return n == 0 ? -ECONNRESET : -EBADMSG;
}
