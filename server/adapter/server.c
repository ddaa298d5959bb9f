/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The server's processes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapter.h"
#include "filter.h"
#include "fsv_fd.h"
#include "fsv_packet.h"

/* Nothing of ours, and no locale or library path that somebody else chose. */
static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", home[] = "HOME=/",
	    language[] = "LANG=C.UTF-8";
static char *const environment[] = { path, home, language, NULL };

static void reset_signals(void)
{
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The child. What goes wrong is sent as its errno; a successful exec just closes `chan`. */
static void become_server(int chan, pid_t adapter, int fake_ids, char **argv)
{
	FSV_AUTO_FD listener = -1;
	int error;

	/* A session of its own: signals to "all of my group" do not reach the adapter. */
	(void)setsid();
	reset_signals();
	if (chdir("/") || syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC))
		error = -errno;
	else
		error = listener = filter_install(adapter, fake_ids);
	/* From here on calls may wait for the adapter, which waits for this packet. */
	if (error >= 0) {
		if (fsv_packet_send(chan, &error, sizeof(error), listener, -1))
			_exit(1);
		execve(argv[0], argv, environment);
		error = -errno;
	}
	(void)fsv_packet_send(chan, &error, sizeof(error), -1, -1);
	_exit(1);
}

static int take_listener(int chan, int *listener)
{
	size_t len;
	int error, ret;

	ret = fsv_packet_recv(chan, &error, sizeof(error), &len, listener, -1);
	if (!ret && *listener < 0)
		ret = len == sizeof(error) ? error : -EBADMSG;
	if (ret) {
		say("cannot start a filtered process: %s", strerror(-ret));
		return ret;
	}
	/* Closed by exec, or why that failed. */
	if (!fsv_packet_recv(chan, &error, sizeof(error), &len, NULL, -1)) {
		fsv_fd_close(listener);
		return error < 0 ? error : -EBADMSG;
	}
	return 0;
}

static int start(struct adapter *a, char **argv)
{
	FSV_AUTO_FD ours = -1;
	pid_t adapter = getpid(), child;
	int pair[2], ret;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	ours = pair[0];
	child = fork();
	if (child < 0)
		ret = -errno;
	else if (child == 0)
		become_server(pair[1], adapter, a->profile->fake_ids, argv);
	fsv_fd_close(&pair[1]);
	if (child < 0)
		return ret;
	a->first = child;
	ret = take_listener(ours, &a->listener);
	if (ret)
		say("cannot start %s: %s", quoted(argv[0]), strerror(-ret));
	return ret;
}

/* The highest number that the server can have for an open file. */
static int highest_file(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	return limit.rlim_cur > FD_SETSIZE ? FD_SETSIZE - 1 : (int)limit.rlim_cur - 1;
}

int server_start(struct adapter *a)
{
	char source[GRANT_PATH], **argv;
	int ret;

	ret = path_absolute("/", a->caller.argv[a->caller.source_index], source);
	if (ret)
		return ret;
	a->top = highest_file();
	argv = caller_arguments(&a->caller, a->profile, source, STAND_IN);
	if (!argv)
		return -ENOMEM;
	/* A server that goes into the background is still this process's to wait for. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L) ||
		prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L))
		ret = -errno;
	else
		ret = start(a, argv);
	free(argv);
	return ret;
}

int server_reap(const struct adapter *a, int *status)
{
	int one;
	pid_t pid;

	while ((pid = waitpid(-1, &one, WNOHANG)) > 0) {
		*status = one;
		/* Whatever it has left behind would keep the caller waiting for nothing. */
		if (pid == a->first && one && a->progress != SERVING)
			return 0;
	}
	return pid == 0;
}

/*
 * 0 where they cannot be known, since services have no /proc: there the unit ends all that is left
 * of it. Not by kill(2), which no service has either.
 */
static int signal_children(int number)
{
	char name[64];
	FILE *list;
	int pid;

	snprintf(name, sizeof(name), "/proc/self/task/%d/children", (int)getpid());
	list = fopen(name, "re");
	if (!list)
		return 0;
	while (fscanf(list, "%d", &pid) == 1)
		(void)tgkill(pid, pid, number);
	fclose(list);
	return 1;
}

void server_terminate(void)
{
	(void)signal_children(SIGTERM);
}

void server_kill(void)
{
	/* The children of one that has ended are ours from then on. */
	while (signal_children(SIGKILL) && waitpid(-1, NULL, 0) > 0)
		;
}
