/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A borrowed reader and a bounded writer: the only pointer arithmetic on packets that there is.
 *
 * Each call either moves the cursor and gives its value, or leaves cursor and output exactly as
 * they were and says why. Length tests are always "left < wanted": a sum could wrap around.
 */
#ifndef FSV_CURSOR_H
#define FSV_CURSOR_H

#include <stddef.h>
#include <stdint.h>

#include "fsv_reason.h"

#if defined(__GNUC__)
#define FSV_MUST_USE __attribute__((warn_unused_result))
#else
#define FSV_MUST_USE
#endif

/*
 * A view of text that lies inside somebody else's buffer and lives as long as that. `len` does not
 * count a terminating NUL. Views from packets and argument blobs are NUL-terminated and hold no
 * other NUL; views from the option tokeniser and fuse.conf are not terminated.
 */
struct fsv_str {
	const char *s;
	size_t len;
};

/* The view of a C string, NUL left out. `s` may be NULL: an empty view. */
struct fsv_str fsv_str_of(const char *s);
/* Whether a view holds exactly the characters of the C string `s`. */
int fsv_str_is(struct fsv_str view, const char *s);
/* Whether two views hold the same bytes. */
int fsv_str_same(struct fsv_str a, struct fsv_str b);

struct fsv_reader {
	const uint8_t *buf;
	size_t len;
	size_t pos;
};

/* A reader over `len` bytes at `buf`, which the caller keeps alive and unchanged. */
void fsv_reader_init(struct fsv_reader *r, const void *buf, size_t len);
/* Bytes not yet read. */
size_t fsv_reader_left(const struct fsv_reader *r);
/* Big-endian integers. FSV_R_SHORT where fewer bytes are left. */
FSV_MUST_USE enum fsv_reason fsv_read_u16(struct fsv_reader *r, uint16_t *value);
FSV_MUST_USE enum fsv_reason fsv_read_u32(struct fsv_reader *r, uint32_t *value);
/*
 * The packet's last field, a string: everything that is left, at least one character, the only NUL
 * in its last byte. FSV_R_SHORT, FSV_R_UNTERMINATED, FSV_R_INNER_NUL, FSV_R_EMPTY. The view lies
 * inside the reader's buffer, NUL-terminated.
 */
FSV_MUST_USE enum fsv_reason fsv_read_last_str(struct fsv_reader *r, struct fsv_str *value);
/* FSV_R_TRAILING unless everything was read. */
FSV_MUST_USE enum fsv_reason fsv_read_end(const struct fsv_reader *r);

struct fsv_writer {
	uint8_t *buf;
	size_t cap;
	size_t pos;
};

/* A writer into `cap` bytes at `buf`. Not a byte past `cap` is ever touched. */
void fsv_writer_init(struct fsv_writer *w, void *buf, size_t cap);
/* Big-endian integers. FSV_R_NO_SPACE where they do not fit. */
FSV_MUST_USE enum fsv_reason fsv_write_u16(struct fsv_writer *w, uint16_t value);
FSV_MUST_USE enum fsv_reason fsv_write_u32(struct fsv_writer *w, uint32_t value);
/* A string and its NUL. FSV_R_EMPTY, FSV_R_INNER_NUL, FSV_R_NO_SPACE. */
FSV_MUST_USE enum fsv_reason fsv_write_str(struct fsv_writer *w, struct fsv_str value);

#endif
