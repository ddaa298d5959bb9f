/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fsv_fd.h"

/* In the child: the two at their numbers, and nothing else. `pipe` is -1 where there is none. */
static int take_places(int sock, int pipe)
{
	unsigned int last = pipe < 0 ? CHILD_CHAN : CHILD_LIFE;

	/* Out of the way first: it may stand where the socket is to be. */
	if (pipe >= 0)
		pipe = fcntl(pipe, F_DUPFD_CLOEXEC, CHILD_LIFE);
	if (last == CHILD_LIFE && pipe < 0)
		return -errno;
	if (sock != CHILD_CHAN && dup3(sock, CHILD_CHAN, O_CLOEXEC) < 0)
		return -errno;
	if (pipe > CHILD_LIFE && dup3(pipe, CHILD_LIFE, O_CLOEXEC) < 0)
		return -errno;
	/* Whatever else was open could keep somebody waiting, or be used by mistake. */
	return syscall(SYS_close_range, last + 1U, ~0U, 0U) ? -errno : 0;
}

int child_start(int *chan, int *life)
{
	FSV_AUTO_FD ours = -1, theirs = -1, read_end = -1, write_end = -1;
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	ours = ends[0];
	theirs = ends[1];
	if (life) {
		if (pipe2(ends, O_CLOEXEC))
			return -errno;
		read_end = ends[0];
		write_end = ends[1];
	}
	pid = fork();
	if (pid < 0)
		return -EAGAIN;
	if (pid == 0) {
		if (take_places(theirs, read_end))
			_exit(1);
		/* Their numbers may be those of the two now. */
		(void)fsv_fd_take(&ours);
		(void)fsv_fd_take(&theirs);
		(void)fsv_fd_take(&read_end);
		(void)fsv_fd_take(&write_end);
		return 0;
	}
	*chan = fsv_fd_take(&ours);
	if (life)
		*life = fsv_fd_take(&write_end);
	return pid;
}
