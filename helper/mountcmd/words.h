/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The option lists of mount(8) and fstab, word by word: which say something about the choice
 * between a service and a classic server, which are for mount(8) alone, and which go on. Pure.
 */
#ifndef MOUNTCMD_WORDS_H
#define MOUNTCMD_WORDS_H

#include "cmdline.h"
#include "fsv_options.h"

enum mountcmd_word {
	MOUNTCMD_WORD_PASS,    /* for the service or the helper */
	MOUNTCMD_WORD_DROP,    /* for mount(8), systemd and the like: no server knows it */
	MOUNTCMD_WORD_UTAB,    /* x-…: kept for tools that read utab, not with -n */
	MOUNTCMD_WORD_CHOICE,  /* service=… */
	MOUNTCMD_WORD_CLASSIC, /* only servers that are no services have it */
	MOUNTCMD_WORD_REMOUNT
};

/* What kind of word a token of a list is. */
enum mountcmd_word mountcmd_word(struct fsv_str token);

enum mountcmd_choice {
	MOUNTCMD_AS_INSTALLED, /* nothing said: what is installed decides */
	MOUNTCMD_REQUIRE,
	MOUNTCMD_PREFER,
	MOUNTCMD_NEVER
};

/* What the lists say together; the last service= counts. */
struct mountcmd_wishes {
	enum mountcmd_choice choice;
	bool classic; /* there is a word of MOUNTCMD_WORD_CLASSIC */
	bool remount;
};

/* MOUNTCMD_OK, or MOUNTCMD_CHOICE; then `*wishes` is untouched. */
enum mountcmd_fault mountcmd_wishes(
	const struct mountcmd_line *line, struct mountcmd_wishes *wishes);

/*
 * The option list for fuservicemount3 into `buf`, "" where there is nothing to say: all lists
 * joined, in their order and with their escapes as they stand, without what is not for it; then
 * what -r or -w says. False where it does not fit; mountcmd_options_size() is always enough.
 */
bool mountcmd_options(const struct mountcmd_line *line, char *buf, size_t cap);
size_t mountcmd_options_size(const struct mountcmd_line *line);

/*
 * Copy a list without its service= words, which no server knows. `buf` holds at least
 * strlen(list) + 1 bytes. False where the list holds none; then `buf` is untouched.
 */
bool mountcmd_without_choice(const char *list, char *buf);

#endif
