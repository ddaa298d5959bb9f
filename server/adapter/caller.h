/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What the caller said on the mount helper's command line: which words are for the server, which
 * for the mount, and which for mount(8).
 */
#ifndef CALLER_H
#define CALLER_H

#include "fsv_options.h"
#include "profile.h"

/* The most words with an option's value that a profile may have. */
#define CALLER_VALUES_MAX 8

struct caller {
	int argc; /* the command line without the type */
	const char **argv;
	int source_index, mountpoint_index;
	char *fsname;  /* what the mount table shows: fsname=, or else the source */
	char *options; /* for the server, profile's first; "" if none */
	char *mtab;    /* mount(8)'s own words; "" if none */
	/* Values of the options that have words of their own in the profile. */
	struct {
		struct fsv_str name;
		char *text;
	} value[CALLER_VALUES_MAX];
	size_t values;
	struct fsv_ms_said ms;
	int allow_other; /* the caller typed it */
};

/*
 * Sort the words. `argv[0]` is the type; the strings stay the owner's and live as long as `*c`.
 * -EINVAL where they are not one source, one mount point and -o lists (`*bad` is then the word that
 * was too much, or NULL: an -o list too, where the server takes none), -ENOMEM. caller_free() after
 * success only.
 */
int caller_read(
	const struct profile *p, int argc, const char **argv, struct caller *c, const char **bad);
void caller_free(struct caller *c);

/*
 * The server's argument vector, NULL-terminated: program, then the profile's arguments with the
 * names and options filled in. One block: free() it. NULL when out of memory.
 */
char **caller_arguments(const struct caller *c, const struct profile *p, const char *source,
	const char *mountpoint);

#endif
