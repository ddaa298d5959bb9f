/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Comma-separated option lists: the one tokeniser that all of the project uses, with the escapes
 * that libfuse's fuse_opt_add_opt_escaped() writes (`\,` and `\\`; any other backslash stands for
 * itself), the kernel's FUSE mount options as a struct, and the words for MS_* flags.
 */
#ifndef FSV_OPTIONS_H
#define FSV_OPTIONS_H

#include "fsv_cursor.h"

/* Walks a list from left to right. Holds no state but its place; may be copied. */
struct fsv_opts {
	struct fsv_str rest;
	int more;
};

/* A walk over `list`, which stays alive and unchanged. An empty list has no tokens. */
void fsv_opts_init(struct fsv_opts *o, struct fsv_str list);
/*
 * The next token as it stands in the list, escapes and all, possibly empty ("a,,b" has three). 0 at
 * the end; then `*token` is untouched. Tokens joined by commas are the list again, byte for byte.
 */
int fsv_opts_next(struct fsv_opts *o, struct fsv_str *token);

/*
 * A token without its escapes into `buf`, NUL-terminated; `*len` without the NUL. FSV_R_NO_SPACE
 * where it does not fit; then `*len` is untouched.
 */
FSV_MUST_USE enum fsv_reason fsv_opt_unescape(
	struct fsv_str token, char *buf, size_t cap, size_t *len);
/* The reverse: `plain` with `\` before every comma and backslash. As above. */
FSV_MUST_USE enum fsv_reason fsv_opt_escape(
	struct fsv_str plain, char *buf, size_t cap, size_t *len);
/* Whether a token, its escapes undone, is exactly `plain`. */
int fsv_opt_equals(struct fsv_str token, struct fsv_str plain);
/*
 * Split a token at its first `=`. 1 if there is one: `*name` before, `*value` behind it (may be
 * empty). 0 if there is none: `*name` is the whole token, `*value` empty.
 */
int fsv_opt_split(struct fsv_str token, struct fsv_str *name, struct fsv_str *value);
/* A decimal number without sign or blanks, at most UINT32_MAX. FSV_R_NUMBER; then `*n` is
 * untouched. */
FSV_MUST_USE enum fsv_reason fsv_opt_number(struct fsv_str text, uint32_t *n);

/* The LSM context options, in this order. */
enum fsv_context {
	FSV_CONTEXT,
	FSV_FSCONTEXT,
	FSV_DEFCONTEXT,
	FSV_ROOTCONTEXT,
	FSV_CONTEXTS
};

/* The kernel's FUSE mount options that may cross the boundary (fuse(4);
 * Documentation/filesystems/fuse). */
struct fsv_kernel_opts {
	int default_permissions;
	int allow_other;
	int has_max_read;
	uint32_t max_read;
	int has_blksize;
	uint32_t blksize;
	struct fsv_str context[FSV_CONTEXTS]; /* escaped as it stood; .s is NULL where not given */
};

/*
 * Parse the text of MNTOPTS. Empty tokens are skipped, the last of a repeated one counts. On FSV_OK
 * `*opts` is complete and its views lie in `list`; otherwise it is untouched: FSV_R_UNKNOWN for any
 * other option, FSV_R_VALUE for a value too many or too few, FSV_R_NUMBER.
 */
FSV_MUST_USE enum fsv_reason fsv_kernel_opts_parse(
	struct fsv_str list, struct fsv_kernel_opts *opts);

/* The name of an LSM context option ("fscontext"); "?" outside the list. */
const char *fsv_context_name(enum fsv_context which);

/* What an MS_* word means: `set` and `clear` are FSV_MS_* bits, one of them 0. */
struct fsv_ms_word {
	const char *name;
	uint32_t set;
	uint32_t clear;
};

/* The word's meaning ("noexec", "rw", …), NULL if it is none. `token` is compared with escapes
 * undone. */
const struct fsv_ms_word *fsv_ms_lookup(struct fsv_str token);
/* All of them, ended by a NULL name. */
const struct fsv_ms_word *fsv_ms_words(void);

/* What a list says of MS_* flags, later words over earlier ones. Adds to what is there already. */
struct fsv_ms_said {
	uint32_t on;  /* said to be set */
	uint32_t off; /* said to be clear */
};
void fsv_ms_collect(struct fsv_str list, struct fsv_ms_said *said);

#endif
