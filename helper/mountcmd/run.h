/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Running another program, and mount(8)'s exit statuses. */
#ifndef MOUNTCMD_RUN_H
#define MOUNTCMD_RUN_H

#include <stdbool.h>

/* mount(8), "Exit status". */
enum mountcmd_exit {
	MOUNTCMD_EXIT_OK = 0,
	MOUNTCMD_EXIT_USAGE = 1,
	MOUNTCMD_EXIT_SYSTEM = 2,
	MOUNTCMD_EXIT_INTERRUPTED = 8,
	MOUNTCMD_EXIT_FAILED = 32
};

/* What fuservicemount3 ended with. */
struct run_result {
	enum mountcmd_exit exit; /* in mount(8)'s numbers */
	bool no_service;	 /* it said that there is no such service */
};

/*
 * Print the words of a command line to standard output, escaped and cut at a line's length.
 * `argv[0]` is left out for `path`.
 */
void run_show(const char *path, const char *const *argv);

/*
 * Run fuservicemount3 with these words (argv[0] included, ended by NULL) and wait for its end.
 * Signals that ask this program to end are passed on to it: it then takes its mount away.
 */
struct run_result run_helper(const char *const *argv);

/* Become another program, with the environment as it is. Returns, with a message, only on failure:
 * the exit status. */
enum mountcmd_exit run_instead(const char *path, const char *const *argv);

#endif
