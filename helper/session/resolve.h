/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* From a name to a file, without opening it (openat2(2), path_resolution(7)). */
#ifndef SESSION_RESOLVE_H
#define SESSION_RESOLVE_H

#include <stdbool.h>

enum resolve_links {
	RESOLVE_ANY_LINKS,  /* every symbolic link that the caller himself could follow */
	RESOLVE_ROOTS_LINKS /* only symbolic links that root owns */
};

/*
 * Resolve `path` from `dir` (a directory, or a negative errno that is the result for relative
 * paths) with the caller's rights, never through a magic link of /proc. On 0 `*fd` is an O_PATH
 * file, the caller's, and `*link` says whether the last component was a symbolic link. A negative
 * errno otherwise; -ELOOP for a link that may not be followed.
 */
int resolve(int dir, const char *path, enum resolve_links links, int *fd, bool *link);

/*
 * The directory in which the last component of `path` would be created, into `*parent`, and where
 * that component begins in `path`. -EINVAL for a path that does not end in a plain name.
 */
int resolve_parent(
	int dir, const char *path, enum resolve_links links, int *parent, const char **base);

#endif
