/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * fuse-service-adapter: a FUSE server of the distribution, unchanged, as a contained service
 * (docs/adapter.md).
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "adapter.h"
#include "filter.h"
#include "fsv_fd.h"
#include "fsv_sys.h"

static volatile sig_atomic_t told_to_end;

static void on_quit(int number)
{
	told_to_end = number;
}

static void on_child(int number)
{
	(void)number; /* it only ends the wait */
}

static int is_told_to_end(void *cookie)
{
	(void)cookie;
	return told_to_end != 0;
}

static void report(void *cookie, const char *line)
{
	(void)cookie;
	say("%s", line);
}

/* SIGCHLD comes only while the loop waits: elsewhere it would end a wait for the helper. */
static int catch_signals(void)
{
	struct sigaction quit = { .sa_handler = on_quit }, child = { .sa_handler = on_child };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigaction(SIGTERM, &quit, NULL) || sigaction(SIGINT, &quit, NULL) ||
		sigaction(SIGHUP, &quit, NULL) || sigaction(SIGCHLD, &child, NULL) ||
		sigprocmask(SIG_SETMASK, &set, NULL))
		return -errno;
	return 0;
}

static void hold_back(sigset_t *before)
{
	sigset_t quit;

	sigemptyset(&quit);
	sigaddset(&quit, SIGTERM);
	sigaddset(&quit, SIGINT);
	sigaddset(&quit, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &quit, before);
}

int ioctl_in_peace(int fd, unsigned long request, void *arg)
{
	sigset_t before;
	int ret, error;

	hold_back(&before);
	ret = ioctl(fd, request, arg);
	error = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return ret;
}

/* Wait for the server's calls, the helper, or a signal. */
static void wait_for_work(const struct adapter *a, struct pollfd fds[2])
{
	struct timespec left = { 0 };
	sigset_t before, none;
	long long ms = a->deadline ? a->deadline - fsv_sys_now_ms() : 0;

	if (ms > 0)
		left = (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	sigemptyset(&none);
	hold_back(&before);
	fds[0].revents = fds[1].revents = 0;
	/* Asked while they are held back: one that came just before is not slept over. */
	if (!told_to_end)
		(void)ppoll(fds, 2, a->deadline ? &left : NULL, &none);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
}

/*
 * The helper has said something. Unasked it can only be its end; asked, it is the answer to
 * whether the file system answers: EISDIR says yes, and so does a file, which nobody needs.
 */
static int hear_helper(struct adapter *a)
{
	int fd = -1, ret;

	if (a->progress != MOUNTED) {
		say("the mount helper has gone");
		return -ECONNRESET;
	}
	ret = fsv_service_answer(a->service, a->caller.argv[a->caller.mountpoint_index], &fd);
	if (ret)
		return ret;
	if (fd < 0 && fd != -EISDIR) {
		say("the file system does not answer: %s", strerror(-fd));
		return fd;
	}
	fsv_fd_close(&fd);
	a->progress = SERVING;
	a->deadline = 0;
	return fsv_service_goodbye(a->service, 0);
}

/* One round of the loop. 0 to go on. */
static int serve_once(struct adapter *a, struct pollfd fds[2])
{
	/* Time and again: a process's parent may have had the signal, and left it to us after that.
	 */
	if (a->ending)
		server_terminate();
	wait_for_work(a, fds);
	if (fds[0].revents & POLLIN)
		calls_answer(a);
	else if (fds[0].revents & POLLHUP)
		fds[0].fd = -1; /* nobody is left to listen to; SIGCHLD tells the rest */
	/* POLLERR only says that a signal came while the kernel wanted to look. */
	if (fds[1].revents) {
		int ret = hear_helper(a);

		if (ret)
			return ret;
		fds[1].fd = -1;
	}
	if (a->deadline && fsv_sys_now_ms() > a->deadline) {
		say(a->progress == REFUSED ? "the server does not end without its mount"
					   : "the file system does not answer in time");
		return -ETIMEDOUT;
	}
	if (told_to_end && a->progress == SERVING) {
		told_to_end = 0;
		a->ending = 1;
	}
	return told_to_end ? -EINTR : 0;
}

/* Until the last process of the server has ended, or the mount has failed. */
static int serve(struct adapter *a)
{
	struct pollfd fds[2] = { { .fd = a->listener, .events = POLLIN },
		{ .fd = fsv_service_socket(a->service), .events = POLLIN } };
	int ret, status = 0;

	do {
		ret = serve_once(a, fds);
	} while (!ret && server_reap(a, &status));
	if (ret)
		return ret;
	if (a->progress != SERVING) {
		struct grant *source = adapter_source(a);

		if (source && a->progress == WAITING)
			grant_explain(a->service, source);
		say("the server has ended without serving (status %d)",
			WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		return -ECHILD;
	}
	/* Stock servers disagree on the status after an unmount, but none means to crash. */
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM) {
		say("the server was ended by signal %d", WTERMSIG(status));
		return -ECHILD;
	}
	return 0;
}

static int run_server(struct adapter *a)
{
	int ret;

	if (access(STAND_IN, R_OK | X_OK)) {
		say("%s: %s (the unit makes it: it lacks the drop-in adapter.conf)", STAND_IN,
			strerror(errno));
		return -ENOENT;
	}
	ret = server_start(a);
	if (!ret)
		ret = serve(a);
	/* With the listener gone no call waits for an answer any more. */
	fsv_fd_close(&a->listener);
	server_kill();
	return ret;
}

static int run_mount(struct adapter *a, const char **argv)
{
	const char *bad;
	int ret;

	ret = caller_read(a->profile, (int)fsv_service_argc(a->service), argv, &a->caller, &bad);
	if (ret == -EINVAL && bad)
		say("`%s' is not for this server: it takes a source, a mount point%s", quoted(bad),
			profile_has(a->profile->arguments, fsv_str_of("@OPTS@"))
				? " and -o options"
				: " and no options");
	else if (ret == -EINVAL)
		say("a source and a mount point are needed");
	if (ret)
		return ret;
	ret = grants_init(&a->grants, a->caller.argc, a->caller.argv, a->caller.mountpoint_index);
	if (!ret) {
		ret = run_server(a);
		while (a->folders > 0)
			free(a->folder[--a->folders]);
		grants_free(&a->grants);
	}
	caller_free(&a->caller);
	return ret;
}

static int run(const struct profile *profile)
{
	struct adapter a = { .profile = profile, .listener = -1 };
	const char **argv;
	uint32_t i, argc;
	int ret;

	/* The server runs as the same user, and must not reach into this process. */
	ret = prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) ? -errno : catch_signals();
	if (!ret)
		ret = fsv_service_accept(report, NULL, &a.service);
	if (!ret && !a.service) {
		say("not started by a socket unit (see --help)");
		return 1;
	}
	if (ret)
		return 1;
	fsv_service_stop_when(a.service, is_told_to_end, NULL);
	argc = fsv_service_argc(a.service);
	argv = calloc(argc, sizeof(*argv));
	for (i = 0; argv && i < argc; i++)
		argv[i] = fsv_service_arg(a.service, i);
	ret = argv ? run_mount(&a, argv) : -ENOMEM;
	free(argv);
	/* This takes a mount away again that nobody serves. After success it does nothing. */
	(void)fsv_service_goodbye(a.service, 1);
	fsv_service_free(a.service);
	return ret ? 1 : 0;
}

static int usage(int fd)
{
	return dprintf(fd,
		       "usage: fuse-service-adapter PROFILE | --list | --check PROFILE | --help\n"
		       "Runs a stock FUSE server as a contained service; systemd starts it.\n"
		       "PROFILE is a name in " PROFILE_DIR " or a path.\n"
		       "  --list   the profiles; which servers are installed, and usable by you\n"
		       "  --check  what a profile needs, and what is missing\n") < 0;
}

int main(int argc, char **argv)
{
	char path[GRANT_PATH], *text = NULL;
	struct profile profile;
	const char *name = argc > 1 ? argv[argc - 1] : "";
	int ret;

	if (argc == 2 && !strcmp(name, "--help"))
		return usage(STDOUT_FILENO);
	if (argc == 2 && !strcmp(name, "--list"))
		return check_list(PROFILE_DIR);
	if (argc < 2 || argc > 3 || *name == '-' || (argc == 3 && strcmp(argv[1], "--check")))
		return usage(STDERR_FILENO) + 2;
	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : PROFILE_DIR "/", name);
	if (argc == 3)
		return check_one(path, name);
	if (!filter_supported()) {
		say("there is no table of system calls for this architecture");
		return 1;
	}
	ret = profile_load(path, &profile, &text);
	if (ret == -ENOENT)
		say("no profile %s", quoted(path));
	ret = ret ? 1 : run(&profile);
	free(text);
	return ret;
}
