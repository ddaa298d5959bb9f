/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "utab.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "mounter/mounter.h"
#include "sandbox/caps.h"

#define MOUNT_PROGRAM "/bin/mount"
/* mount(8) waits for the lock of utab with all signals blocked, and anybody may hold that lock. */
#define MOUNT_SECONDS 5

struct request {
	uint64_t id;
	uint64_t words;
};

static int find_mount(uint64_t id, const char *subtype, uid_t uid, struct utab_mount *mount)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	size_t size = 0;
	char *line = NULL;
	int ret = -ENOENT;
	ssize_t n;

	if (!file)
		return -errno;
	while (ret && (n = getline(&line, &size, file)) > 0) {
		struct fsv_str text = { line, (size_t)n - (line[n - 1] == '\n') };

		if (utab_line(text, id, subtype, uid, mount))
			ret = 0;
	}
	free(line);
	(void)fclose(file);
	return ret;
}

/* Fake mode: the mount is there already, and only the table is written. */
static int run_mount(const struct utab_mount *mount, const char *options)
{
	const char *const argv[] = { "mount", "-i", "-f", "--no-canonicalize", "-t", mount->type,
		"-o", options, "--", mount->source, mount->target, NULL };
	static char *const no_environment[] = { NULL };
	int status;
	pid_t pid;

	/* The end of this process, and with it of the one that it starts. */
	alarm(MOUNT_SECONDS);
	pid = fork();
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		execve(MOUNT_PROGRAM, (char *const *)argv, no_environment);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -EAGAIN;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

/* Uid 0 that is only a name: without the two bits an exec would give it all capabilities again. */
static int become_powerless(bool setuid)
{
	int bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE;
	int null, fd;

	if (setuid && seteuid(0))
		return -errno;
	if (setsid() < 0 || prctl(PR_SET_SECUREBITS, bits) || setgroups(0, NULL) ||
		setresgid(0, 0, 0) || setresuid(0, 0, 0) || chdir("/"))
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return -errno;
	for (fd = 0; fd <= 2; fd++)
		if (dup2(null, fd) < 0)
			return -errno;
	(void)close(null);
	(void)umask(022);
	return caps_keep(0);
}

static int serve(const struct utab_words *words, const char *subtype, uid_t uid,
	const struct request *request)
{
	struct utab_mount mount;
	char options[4096];
	int ret;

	ret = utab_words_join(words, request->words, options, sizeof(options));
	ret = ret ? ret : find_mount(request->id, subtype, uid, &mount);
	return ret ? ret : run_mount(&mount, options);
}

static void run(const struct utab_words *words, const char *subtype, uid_t uid, bool setuid)
{
	struct request request;
	unsigned int count;
	int32_t error;

	if (become_powerless(setuid))
		_exit(1);
	if (mounter_recv(CHILD_CHAN, &request, sizeof(request), NULL, 0, &count))
		_exit(0);
	error = serve(words, subtype, uid, &request);
	(void)mounter_send(CHILD_CHAN, &error, sizeof(error), NULL, 0);
	_exit(0);
}

int utab_start(
	const struct utab_words *words, const char *subtype, uid_t uid, bool setuid, int *chan)
{
	int ret = child_start(chan, NULL);

	if (ret == 0)
		run(words, subtype, uid, setuid);
	return ret < 0 ? ret : 0;
}

int utab_write(int chan, uint64_t id, uint64_t picked)
{
	struct request request = { .id = id, .words = picked };
	unsigned int count;
	int32_t error;
	int ret;

	ret = mounter_send(chan, &request, sizeof(request), NULL, 0);
	ret = ret ? ret : mounter_recv(chan, &error, sizeof(error), NULL, 0, &count);
	return ret ? ret : error;
}
