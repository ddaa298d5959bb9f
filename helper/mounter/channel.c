/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The private socket pair between session and mounter: packets of one exact size. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel.h"
#include "mounter.h"

union control {
	struct cmsghdr head;
	char space[CMSG_SPACE(MOUNTER_FILES * sizeof(int))];
};

int mounter_send(int chan, const void *packet, size_t size, const int *files, unsigned int count)
{
	union control control = { 0 };
	struct iovec iov = { .iov_base = (void *)packet, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (count) {
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&control.head), files, count * sizeof(int));
		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
	}
	n = kernel_sendmsg(chan, &msg);
	return n < 0 ? (int)n : 0;
}

/* The files that came into `files`. How many there were. */
static unsigned int take_files(struct msghdr *msg, int *files)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return 0;
	memcpy(files, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	return (unsigned int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
}

int mounter_recv(
	int chan, void *packet, size_t size, int *files, unsigned int max, unsigned int *count)
{
	/* Not CMSG_SPACE(), which has room for one more than `max`. What does not fit is dropped by
	 * the kernel, which then says MSG_CTRUNC. */
	union control control;
	struct iovec iov = { .iov_base = packet, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = CMSG_LEN(max * sizeof(int)) };
	unsigned int i;
	ssize_t n;

	for (i = 0; i < max; i++)
		files[i] = -1;
	n = kernel_recvmsg(chan, &msg);
	if (n < 0)
		return (int)n;
	*count = take_files(&msg, files);
	if ((size_t)n == size && !(msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return 0;
	for (i = 0; i < max; i++)
		if (files[i] >= 0)
			(void)kernel_close(files[i]);
	return n == 0 ? -ECONNRESET : -EBADMSG;
}
