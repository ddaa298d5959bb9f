/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A profile: how one stock FUSE server is started (docs/adapter.md, "Profiles"). A few
 * `key = value` lines; `#` begins a comment where it stands first on its line.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "fsv_cursor.h"

#define PROFILE_FILES_MAX 8
#define PROFILE_SIZE_MAX  16384

/* Views lie in the buffer that was parsed; .s is NULL for what the profile does not say. */
struct profile {
	struct fsv_str about;			/* one line for --list */
	struct fsv_str package;			/* what to install */
	struct fsv_str program;			/* absolute */
	struct fsv_str arguments;		/* words with blanks to fill in: profile_blank() */
	struct fsv_str options;			/* an option list that the server always gets */
	struct fsv_str drop;			/* words: names of options that it never gets */
	struct fsv_str bind;			/* words: paths that its unit shows it besides */
	struct fsv_str file[PROFILE_FILES_MAX]; /* "PATH text": files that exist for it alone */
	size_t files;
	int read_only; /* the source is never opened for writing */
	int fake_ids;  /* set*id and setgroups seem to succeed and do nothing */
	int network;   /* its unit lets it use the network */
};

/*
 * Parse a whole profile. Otherwise `*p` is untouched and `*line` is where (0: as a whole):
 * FSV_R_UNKNOWN (key, or word of a closed list), FSV_R_VALUE (no `=`, or nothing behind it),
 * FSV_R_REPEATED, FSV_R_NAME (a path that is not absolute), FSV_R_OVERSIZE (too long, or too many
 * `file`), FSV_R_INNER_NUL, FSV_R_MISSING (program, or arguments with @SRC@ and @MNT@). What the
 * unit is made of (bind, network) is read by what writes the unit, with the same rules.
 */
FSV_MUST_USE enum fsv_reason profile_parse(
	const char *buf, size_t len, struct profile *p, unsigned int *line);

/* Take the next word between blanks off `*text`; 0 at the end. */
int profile_word(struct fsv_str *text, struct fsv_str *word);
/* Whether `word` is one of the words of `list`. */
int profile_has(struct fsv_str list, struct fsv_str word);
/*
 * Whether a word of the arguments has a blank to fill in: `front@name@end`, of which the outer
 * parts may be empty. The name is SRC or MNT, or that of an option of the caller, whose value goes
 * there; without that option the whole word is left out.
 */
int profile_blank(
	struct fsv_str word, struct fsv_str *front, struct fsv_str *name, struct fsv_str *end);
/* Whether there is such a word for this option. */
int profile_has_value(const struct profile *p, struct fsv_str option);

#endif
