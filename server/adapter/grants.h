/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What the server may open beyond its sandbox: the names that the caller typed, opened by the mount
 * helper as the caller. Nothing here is a check: a name that is not granted is simply left to the
 * kernel, which knows only what the unit shows.
 */
#ifndef GRANTS_H
#define GRANTS_H

#include <stddef.h>
#include <sys/types.h>

#include "fsv_service.h"

/*
 * How often a name can be opened once the helper opens no more (after the mount): all names
 * together, one name, and one that the server writes. Each time the server gets an open file of its
 * own, since a copy of another would share its position. The helper opens 256 in all.
 */
#define GRANT_SPARES_ALL     128
#define GRANT_SPARES	     32
#define GRANT_SPARES_WRITTEN 8
#define GRANTS_MAX	     64
#define GRANT_PATH	     4096

struct grant {
	char *word;  /* as the caller typed it, for the helper */
	char *alias; /* the absolute name that the server knows it by */
	int look;    /* for stat(2) and the like; negative until it is needed */
	int opened;  /* the server has had it open */
	int written; /* the same, for writing */
	int spare[GRANT_SPARES];
};

struct grants {
	struct grant *list;
	size_t count;
};

/*
 * The names of a command line without its type, but for the mount point. Relative ones are
 * relative to "/", where the server starts. -ENOMEM; then there is nothing to free.
 */
int grants_init(struct grants *g, int argc, const char *const *argv, int mountpoint_index);
void grants_free(struct grants *g);

/* The grant of this absolute name, or NULL. */
struct grant *grants_find(const struct grants *g, const char *path);
/* Whether the name is a directory above a granted one. */
int grants_above(const struct grants *g, const char *path);

/* Open it anew through the helper. An fd, or the helper's negative errno. */
int grant_open(struct fsv_service *s, struct grant *grant, int flags, mode_t mode);
/* One that could never be opened: have the helper tell its caller why. */
void grant_explain(struct fsv_service *s, struct grant *grant);
/* A spare instead, in any order; -EMFILE when there is none left. */
int grant_take_spare(struct grant *grant);
/* Fill the spares: the last moment is just before the mount. */
void grants_fill_spares(struct fsv_service *s, struct grants *g);

/*
 * `path` as seen from the directory `base`, without empty components, `.` and `..`, into
 * GRANT_PATH bytes. -ENAMETOOLONG where it does not fit, -ENOENT for an empty one.
 */
int path_absolute(const char *base, const char *path, char *out);

#endif
