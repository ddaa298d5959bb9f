/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int child_start(int *chan)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	pid = fork();
	if (pid == 0) {
		if (pair[1] != CHILD_CHAN && dup3(pair[1], CHILD_CHAN, O_CLOEXEC) < 0)
			_exit(1);
		/* Whatever else was open could keep somebody waiting, or be used by mistake. */
		if (syscall(SYS_close_range, CHILD_CHAN + 1U, ~0U, 0U))
			_exit(1);
		return 0;
	}
	(void)close(pair[1]);
	if (pid < 0) {
		(void)close(pair[0]);
		return -EAGAIN;
	}
	*chan = pair[0];
	return pid;
}
