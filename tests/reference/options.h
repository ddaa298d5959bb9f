/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A second reader of option lists, written from the rules alone (proto/fsv_options.h states them)
 * and as plainly as can be, to be compared with proto/fsv_options.c.
 */
#ifndef REFERENCE_OPTIONS_H
#define REFERENCE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* Where the token that begins at `at` ends: at the next comma that counts, or at the end. */
size_t ref_token_end(const char *list, size_t size, size_t at);
/* A token without its escapes; `plain` has room for all of it. Its length. */
size_t ref_unescape(const char *token, size_t len, char *plain);

struct ref_kernel_opts {
	int default_permissions, allow_other, has_max_read, has_blksize;
	uint32_t max_read, blksize;
	const char *context[4]; /* where the value stands, or NULL */
	size_t context_len[4];
};
/* 0, or the enum fsv_reason of the first option that is wrong. */
int ref_kernel_opts(const char *list, size_t size, struct ref_kernel_opts *opts);

/* The MS_* bits that a list says are on, and off. */
void ref_ms_flags(const char *list, size_t size, uint32_t *on, uint32_t *off);

#endif
