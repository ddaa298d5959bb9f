/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Runs programs in turn (A B A B …) and prints for each run how long it took from exec(2) to its
 * end, and the processor time of all its processes, in nanoseconds and microseconds: a line a
 * round, two numbers a program. Between two runs the mount that a program has made is taken away
 * and its last process is waited for; none of that is measured.
 *
 * usage: pairs ROUNDS UID MOUNTPOINT -- [ns=FILE] PROGRAM WORD… [-- [ns=FILE] PROGRAM WORD…]…
 *   MOUNTPOINT  where each program mounts; "-": it mounts nothing
 *   ns=FILE     the mount namespace that it runs in (/proc/PID/ns/mnt)
 * Exit status 1 as soon as a program fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROGRAMS_MAX 8

struct program {
	char **words;
	int ns; /* its mount namespace, or -1 */
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long cpu_us(const struct rusage *u)
{
	return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000000 + u->ru_utime.tv_usec +
	       u->ru_stime.tv_usec;
}

/* The raw calls: the C library's would change all threads, and in a child of vfork(2) there is
 * nothing but its parent's memory. */
static void become(uid_t uid)
{
	if (!uid)
		return;
	if (syscall(SYS_setgroups, 0, NULL) || syscall(SYS_setresgid, uid, uid, uid) ||
		syscall(SYS_setresuid, uid, uid, uid))
		_exit(126);
}

static void enter(const struct program *p)
{
	char directory[4096];

	if (p->ns < 0)
		return;
	/* setns(2) goes to the root of the namespace. */
	if (!getcwd(directory, sizeof(directory)) || setns(p->ns, CLONE_NEWNS) || chdir(directory))
		_exit(125);
}

/* In the program's namespace, which this process itself must not enter. */
static int unmount(const struct program *p, const char *mountpoint)
{
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		enter(p);
		_exit(umount2(mountpoint, MNT_DETACH) ? 1 : 0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
		return 0;
	fprintf(stderr, "pairs: %s: not mounted\n", mountpoint);
	return -1;
}

/* From just before exec(2) to the end. The parent sleeps in vfork(2) until the exec. */
static int run(const struct program *p, uid_t uid, int64_t *ns, long *us)
{
	static volatile int64_t begin;
	struct rusage usage;
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		enter(p);
		become(uid);
		begin = now();
		execv(p->words[0], p->words);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return -1;
	*ns = now() - begin;
	*us = cpu_us(&usage);
	/* The other processes of the helper: they have ended, and are ours now. */
	while (wait4(-1, NULL, 0, &usage) > 0)
		*us += cpu_us(&usage);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "pairs: %s: status %#x\n", p->words[0], (unsigned int)status);
		return -1;
	}
	return 0;
}

static int round_of(const struct program *programs, int count, uid_t uid, const char *mountpoint)
{
	int i;

	for (i = 0; i < count; i++) {
		int64_t ns;
		long us;

		if (run(&programs[i], uid, &ns, &us))
			return 1;
		if (strcmp(mountpoint, "-") != 0 && unmount(&programs[i], mountpoint))
			return 1;
		printf("%lld %ld%c", (long long)ns, us, i == count - 1 ? '\n' : ' ');
	}
	return 0;
}

static struct program read_program(char **words)
{
	struct program p = { words, -1 };

	if (strncmp(words[0], "ns=", 3) != 0)
		return p;
	p.words = words + 1;
	p.ns = open(words[0] + 3, O_RDONLY | O_CLOEXEC);
	if (p.ns < 0) {
		perror(words[0]);
		exit(1);
	}
	return p;
}

int main(int argc, char **argv)
{
	struct program programs[PROGRAMS_MAX];
	int i, count = 0;
	long round, rounds;
	uid_t uid;

	if (argc < 6)
		return 1;
	rounds = atol(argv[1]);
	uid = (uid_t)atol(argv[2]);
	for (i = 4; i < argc - 1; i++)
		if (strcmp(argv[i], "--") == 0 && count < PROGRAMS_MAX) {
			argv[i] = NULL;
			programs[count++] = read_program(argv + i + 1);
		}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (round = 0; round < rounds; round++)
		if (round_of(programs, count, uid, argv[3]))
			return 1;
	return 0;
}
