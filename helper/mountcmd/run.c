/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fsv_text.h"
#include "say.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LINE_SIZE    1900
/* The statuses of fuservicemount3, and that of a child that could not become it. */
#define HELPER_MOUNTED	  0
#define HELPER_NO_SERVICE 2
#define NOT_STARTED	  127

static const int passed_on[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM };

void run_show(const char *path, const char *const *argv)
{
	char line[LINE_SIZE];
	size_t len = fsv_text_escape(fsv_str_of(path), line, sizeof(line));
	size_t i;

	for (i = 1; argv[0] && argv[i] && sizeof(line) - len > 16; i++) {
		line[len++] = ' ';
		len += fsv_text_escape(fsv_str_of(argv[i]), line + len, sizeof(line) - len);
	}
	(void)print_line(PROGRAM ": running %s", line);
}

static const char *const kept[] = {
	"FUSE_KERN_DEVICE=",
#ifdef SANITIZED
	"ASAN_OPTIONS=",
#endif
};

static bool is_kept(const char *variable)
{
	size_t i;

	for (i = 0; i < COUNT(kept); i++)
		if (strncmp(variable, kept[i], strlen(kept[i])) == 0)
			return true;
	return false;
}

/* fuservicemount3 empties its environment, but for this variable of root's; nothing else of the
 * caller's comes near a program that may be setuid. */
static char **helper_environment(void)
{
	static char *environment[COUNT(kept) + 1];
	size_t i, n = 0;

	for (i = 0; environ && environ[i] && n < COUNT(kept); i++)
		if (is_kept(environ[i]))
			environment[n++] = environ[i];
	return environment;
}

static void __attribute__((noreturn)) become_helper(const char *const *argv, const sigset_t *mask)
{
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	(void)execve(FUSERVICEMOUNT, (char *const *)argv, helper_environment());
	say(FUSERVICEMOUNT ": %s", said_error(errno));
	_exit(NOT_STARTED);
}

/* `*interrupted`: somebody asked this program to end. 0, or -errno where the end is not known. */
static int wait_for(pid_t child, const sigset_t *signals, int *status, bool *interrupted)
{
	pid_t ended;
	int sig;

	*interrupted = false;
	while ((ended = waitpid(child, status, WNOHANG)) == 0) {
		if (sigwait(signals, &sig) || sig == SIGCHLD)
			continue;
		*interrupted = true;
		/* From a terminal it has got the signal already; once more does no harm. */
		(void)kill(child, sig);
	}
	return ended < 0 ? -errno : 0;
}

static struct run_result result_of(int status, bool interrupted)
{
	struct run_result result = { .exit = MOUNTCMD_EXIT_FAILED };

	if (WIFEXITED(status) && WEXITSTATUS(status) == HELPER_MOUNTED)
		result.exit = MOUNTCMD_EXIT_OK;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED)
		result.exit = MOUNTCMD_EXIT_SYSTEM;
	else if (interrupted)
		result.exit = MOUNTCMD_EXIT_INTERRUPTED;
	else if (WIFSIGNALED(status))
		say(FUSERVICEMOUNT ": ended by signal %d", WTERMSIG(status));
	else
		result.no_service = WEXITSTATUS(status) == HELPER_NO_SERVICE;
	return result;
}

struct run_result run_helper(const char *const *argv)
{
	struct sigaction deflt = { .sa_handler = SIG_DFL };
	sigset_t signals, before;
	bool interrupted;
	int ret, status;
	size_t i;
	pid_t child;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	for (i = 0; i < COUNT(passed_on); i++)
		sigaddset(&signals, passed_on[i]);
	/* Ignored by whoever started this program, it would hide how the helper ends. */
	(void)sigaction(SIGCHLD, &deflt, NULL);
	(void)sigprocmask(SIG_BLOCK, &signals, &before);
	child = fork();
	if (child < 0) {
		say("cannot start a process: %s", said_error(errno));
		return (struct run_result){ .exit = MOUNTCMD_EXIT_SYSTEM };
	}
	if (child == 0)
		become_helper(argv, &before);
	ret = wait_for(child, &signals, &status, &interrupted);
	if (!ret)
		return result_of(status, interrupted);
	say("cannot wait for " FUSERVICEMOUNT ": %s", said_error(ret));
	return (struct run_result){ .exit = MOUNTCMD_EXIT_SYSTEM };
}

enum mountcmd_exit run_instead(const char *path, const char *const *argv)
{
	(void)execve(path, (char *const *)argv, environ);
	say("%s: %s", path, said_error(errno));
	return MOUNTCMD_EXIT_SYSTEM;
}
