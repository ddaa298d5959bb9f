/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Which words of the caller may stand in utab, and the line of mountinfo that one belongs to. */
#ifndef UTAB_WORDS_H
#define UTAB_WORDS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fsv_options.h"

#define UTAB_WORDS_MAX 64

/* The x-… words that the caller typed. A request names them by bits: it brings no text. */
struct utab_words {
	unsigned int count;
	struct fsv_str word[UTAB_WORDS_MAX];
};

/*
 * The words of this command line that may go to utab: `x-` and printable ASCII without quotes and
 * backslashes; not `x-mount.`, which mount(8) would act upon as root.
 */
void utab_words_collect(struct utab_words *words, int argc, const char *const *argv);

/*
 * The words of a MTABOPTS list that the caller typed too, as bits. `*none`: a token `-n` asks for
 * no entry at all. Everything else in the list is left out.
 */
uint64_t utab_words_pick(const struct utab_words *words, struct fsv_str list, bool *none);

/* The picked words joined by commas into `buf`, NUL-terminated. 0, -ENOENT (none), -ENAMETOOLONG.
 */
int utab_words_join(const struct utab_words *words, uint64_t picked, char *buf, size_t size);

/* What utab must know of a mount; NUL-terminated, escapes of mountinfo undone. */
struct utab_mount {
	char type[128];
	char target[4096];
	char source[1024];
};

/*
 * Read one line of mountinfo (proc(5)). True if it is mount `id`, of type fuse.SUBTYPE or
 * fuseblk.SUBTYPE, and belongs to `uid`: a session that has been taken over must not name another.
 */
bool utab_line(
	struct fsv_str line, uint64_t id, const char *subtype, uid_t uid, struct utab_mount *mount);

#endif
