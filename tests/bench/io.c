/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Reads and writes files in turn, a round of each and then the next, and prints for each file the
 * bytes per second of its best round: a line, a number a file.
 *
 * usage: io ROUNDS read|write sequential|random SIZE direct|cached FILE…
 *   SIZE    of one call, in bytes
 *   direct  O_DIRECT; cached: through the page cache, which holds nothing of the file at first, or
 *           no file system would be asked
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 8
/* In a round: a short one has a chance to meet nobody else on the machine. */
#define CALLS_MAX 1024

static char *buf;

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

__attribute__((noreturn)) static void fail(const char *what)
{
	perror(what);
	exit(1);
}

struct job {
	int writes, random, flags;
	size_t size;
};

/* Bytes per second. */
static double one_round(const struct job *job, const char *path)
{
	int fd = open(path, (job->writes ? O_RDWR : O_RDONLY) | job->flags | O_CLOEXEC);
	uint32_t state = 12345;
	struct stat st;
	size_t calls, i;
	int64_t begin;

	if (fd < 0 || fstat(fd, &st))
		fail(path);
	calls = (size_t)st.st_size / job->size;
	if (calls > CALLS_MAX)
		calls = CALLS_MAX;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	begin = now();
	for (i = 0; i < calls; i++) {
		size_t block = i;
		off_t pos;
		ssize_t n;

		state = state * 1664525 + 1013904223;
		if (job->random)
			block = (state >> 8) % ((size_t)st.st_size / job->size);
		pos = (off_t)(block * job->size);
		n = job->writes ? pwrite(fd, buf, job->size, pos) : pread(fd, buf, job->size, pos);
		if (n != (ssize_t)job->size)
			fail(path);
	}
	/* What is written counts when the file system has it. */
	if (close(fd))
		fail(path);
	return (double)(calls * job->size) * 1e9 / (double)(now() - begin);
}

int main(int argc, char **argv)
{
	double best[FILES_MAX] = { 0 };
	struct job job;
	int round, i;

	if (argc < 7 || argc - 6 > FILES_MAX)
		return 1;
	job.writes = strcmp(argv[2], "write") == 0;
	job.random = strcmp(argv[3], "random") == 0;
	job.size = (size_t)atol(argv[4]);
	job.flags = strcmp(argv[5], "direct") == 0 ? O_DIRECT : 0;
	if (posix_memalign((void **)&buf, 4096, job.size))
		return 1;
	memset(buf, 'x', job.size);
	for (round = 0; round < atoi(argv[1]); round++)
		for (i = 6; i < argc; i++) {
			double rate = one_round(&job, argv[i]);

			if (rate > best[i - 6])
				best[i - 6] = rate;
		}
	for (i = 6; i < argc; i++)
		printf("%.0f%c", best[i - 6], i == argc - 1 ? '\n' : ' ');
	return 0;
}
