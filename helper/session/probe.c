/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "probe.h"

#include <errno.h>
#include <linux/close_range.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fsv_fd.h"
#include "fsv_packet.h"
#include "sandbox/filter.h"
#include "sys.h"

static void answer_questions(int chan)
{
	char question;
	size_t len;
	int mount;

	while (fsv_packet_recv(chan, &question, sizeof(question), &len, &mount, -1) == 0) {
		uint64_t type;
		int32_t error = sys_fs_type(mount, &type);

		fsv_fd_close(&mount);
		if (fsv_packet_send(chan, &error, sizeof(error), -1, -1))
			break;
	}
}

int probe_start(int *chan)
{
	int pair[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	child = fork();
	if (child == 0) {
		if (dup3(pair[1], 3, SOCK_CLOEXEC) < 0 && pair[1] != 3)
			_exit(1);
		if (!syscall(SYS_close_range, 4U, ~0U, 0U) && !filter_install(FILTER_PROBE))
			answer_questions(3);
		_exit(0);
	}
	fsv_fd_close(&pair[1]);
	if (child < 0) {
		fsv_fd_close(&pair[0]);
		return -EAGAIN;
	}
	*chan = pair[0];
	return 0;
}

int probe_ask(int chan, int mount, int sock)
{
	/* Not POLLIN: the service may have sent its next command already. */
	struct pollfd wait[2] = { { .fd = chan, .events = POLLIN }, { .fd = sock } };
	int32_t error = 0;
	size_t len = 0;
	int ret;

	ret = fsv_packet_send(chan, "?", 1, mount, -1);
	while (!ret && !wait[0].revents) {
		ret = sys_poll(wait, 2, -1);
		ret = ret == -EINTR || ret > 0 ? 0 : ret;
		if (!ret && wait[1].revents)
			return -ECONNRESET;
	}
	ret = ret ? ret : fsv_packet_recv(chan, &error, sizeof(error), &len, NULL, 0);
	if (ret)
		return ret;
	return len == sizeof(error) ? error : -EBADMSG;
}
