/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The argument blob (docs/protocol.md, "The argument blob"): the caller's command line on its way
 * to the service. Works on one private snapshot of the bytes; a memfd can be changed by its sender
 * while it is read, a snapshot cannot.
 */
#ifndef FSV_ARGS_H
#define FSV_ARGS_H

#include "fsv_cursor.h"

/* A checked blob. Borrows the snapshot, which must stay alive and unchanged. */
struct fsv_args {
	const uint8_t *blob;
	size_t size;
	uint32_t argc;
};

/*
 * Check the `size` bytes at `blob`: magic, argc ≥ 1, every string inside the blob and behind the
 * table, its only NUL in its last byte. Strings may overlap and leave gaps, but their lengths add
 * up to at most FSV_ARGS_MAX: otherwise a blob of 1 MiB could describe a command line of 60 GiB. On
 * FSV_OK `*args` is set, otherwise untouched: FSV_R_OVERSIZE, FSV_R_SHORT, FSV_R_MAGIC, FSV_R_EMPTY
 * (argc or a len of 0), FSV_R_RANGE, FSV_R_UNTERMINATED, FSV_R_INNER_NUL.
 */
FSV_MUST_USE enum fsv_reason fsv_args_parse(const void *blob, size_t size, struct fsv_args *args);

/* String `i` of a checked blob, NUL-terminated, possibly empty; an empty view for i ≥ argc. */
struct fsv_str fsv_args_get(const struct fsv_args *args, uint32_t i);

/*
 * The size of the blob for these strings, exactly as fsv_args_write() makes it. FSV_R_EMPTY for
 * argc 0, FSV_R_OVERSIZE over FSV_ARGS_MAX; then `*size` is untouched.
 */
FSV_MUST_USE enum fsv_reason fsv_args_size(uint32_t argc, const char *const *argv, size_t *size);

/*
 * Write the blob: head, table, then the strings in order without gaps. As fsv_args_size(), and
 * FSV_R_NO_SPACE where `cap` is too small; then `*size` is untouched and the buffer's content
 * undefined. On FSV_OK `*size` is the blob's size.
 */
FSV_MUST_USE enum fsv_reason fsv_args_write(
	uint32_t argc, const char *const *argv, void *buf, size_t cap, size_t *size);

#endif
