/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* For the tests of single parts on the real kernel: a folder to work in, and children. */
#ifndef REAL_H
#define REAL_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* The folder; the current directory lies in it between real_setup() and real_teardown(). */
static char real_folder[64];

static inline int real_setup(void **state)
{
	(void)state;
	snprintf(real_folder, sizeof(real_folder), "/tmp/scripted.XXXXXX");
	if (!mkdtemp(real_folder) || chdir(real_folder))
		return -1;
	return chmod(".", 0755);
}

static inline int real_teardown(void **state)
{
	char command[128];

	(void)state;
	if (chdir("/"))
		return -1;
	snprintf(command, sizeof(command), "rm -rf %s", real_folder);
	return system(command) ? -1 : 0;
}

static inline void real_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline void real_link(const char *target, const char *path)
{
	assert_int_equal(symlink(target, path), 0);
}

/* How many files this process has open. */
static inline int real_open_files(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* That an open file is the one at this path (a link itself, not where it leads). */
static inline void real_assert_same(int fd, const char *path)
{
	struct stat a, b;

	assert_int_equal(fstat(fd, &a), 0);
	assert_int_equal(lstat(path, &b), 0);
	assert_int_equal(a.st_dev, b.st_dev);
	assert_int_equal(a.st_ino, b.st_ino);
}

/*
 * Run `what` in a child. What it returns becomes the exit status; the result is that, or minus the
 * number of the signal that ended it.
 */
static inline int real_in_child(int (*what)(void *), void *arg)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(what(arg));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

#endif
