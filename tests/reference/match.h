/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* A second matcher of fuse.conf's patterns, as plain as can be, to compare the first one with. */
#ifndef REFERENCE_MATCH_H
#define REFERENCE_MATCH_H

#include <stddef.h>

/*
 * Whether a path matches a pattern: both absolute, no component empty, "." or ".."; `*` and `?` do
 * not match a slash, nor the dot at a component's front.
 */
int ref_match(const char *pattern, size_t pattern_len, const char *path, size_t path_len);

#endif
