/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Makes as many mounts one after the other and then all at once, and prints for each round how long
 * either took: two numbers in nanoseconds. What was mounted is taken away in between.
 *
 * usage: crowd ROUNDS COUNT HELPER IMAGE FOLDER TYPE
 *   FOLDER  where the mount points are: FOLDER/0 … FOLDER/(COUNT-1)
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char **args;
static int count;

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static const char *mountpoint(int i)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%d", args[5], i);
	return path;
}

static void start(int i)
{
	const char *where = mountpoint(i);

	if (vfork() == 0) {
		execl(args[3], args[3], args[4], where, "-t", args[6], (char *)NULL);
		_exit(127);
	}
}

static void wait_one(void)
{
	int status;

	if (wait(&status) < 0 || status) {
		fprintf(stderr, "crowd: status %#x\n", (unsigned int)status);
		exit(1);
	}
}

static int64_t run(int at_once)
{
	int64_t begin = now(), end;
	int i;

	for (i = 0; i < count; i++) {
		start(i);
		if (!at_once)
			wait_one();
	}
	for (i = 0; at_once && i < count; i++)
		wait_one();
	end = now();
	for (i = 0; i < count; i++)
		if (umount2(mountpoint(i), MNT_DETACH)) {
			perror(mountpoint(i));
			exit(1);
		}
	return end - begin;
}

int main(int argc, char **argv)
{
	int round;

	if (argc != 7)
		return 1;
	args = argv;
	count = atoi(argv[2]);
	for (round = 0; round < atoi(argv[1]); round++) {
		int64_t one_by_one = run(0), at_once = run(1);

		printf("%lld %lld\n", (long long)one_by_one, (long long)at_once);
	}
	return 0;
}
