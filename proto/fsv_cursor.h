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
#include <string.h>

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
/* What stands behind the first `n` bytes of a view, where `n` is at most its length. */
inline struct fsv_str fsv_str_behind(struct fsv_str view, size_t n)
{
	view.s += n;
	view.len -= n;
	return view;
}

struct fsv_reader {
	const uint8_t *buf;
	size_t len;
	size_t pos; /* never over len */
};

/*
 * These bodies stand here and not in the library alone, because a call per field would take three
 * times as long as parsing the packet (C11 inline functions; fsv_cursor.c has the symbols).
 */

/* A reader over `len` bytes at `buf`, which the caller keeps alive and unchanged. */
inline void fsv_reader_init(struct fsv_reader *r, const void *buf, size_t len)
{
	r->buf = (const uint8_t *)buf;
	r->len = len;
	r->pos = 0;
}

/* Bytes not yet read. */
inline size_t fsv_reader_left(const struct fsv_reader *r)
{
	return r->len - r->pos;
}

/* A big-endian integer. FSV_R_SHORT where fewer bytes are left. */
FSV_MUST_USE inline enum fsv_reason fsv_read_u16(struct fsv_reader *r, uint16_t *value)
{
	const uint8_t *b;

	if (r->len - r->pos < 2)
		return FSV_R_SHORT;
	b = r->buf + r->pos;
	*value = (uint16_t)(b[0] * 256u + b[1]);
	r->pos += 2;
	return FSV_OK;
}

/* As above. */
FSV_MUST_USE inline enum fsv_reason fsv_read_u32(struct fsv_reader *r, uint32_t *value)
{
	const uint8_t *b;

	if (r->len - r->pos < 4)
		return FSV_R_SHORT;
	b = r->buf + r->pos;
	*value = b[0] * 16777216u + b[1] * 65536u + b[2] * 256u + b[3];
	r->pos += 4;
	return FSV_OK;
}

/*
 * The packet's last field, a string: everything that is left, at least one character, the only NUL
 * in its last byte. FSV_R_SHORT, FSV_R_UNTERMINATED, FSV_R_INNER_NUL, FSV_R_EMPTY. The view lies
 * inside the reader's buffer, NUL-terminated.
 */
FSV_MUST_USE inline enum fsv_reason fsv_read_last_str(struct fsv_reader *r, struct fsv_str *value)
{
	size_t left = r->len - r->pos;
	const uint8_t *b;

	if (left < 1)
		return FSV_R_SHORT;
	b = r->buf + r->pos;
	if (b[left - 1] != 0)
		return FSV_R_UNTERMINATED;
	/* With a NUL inside, C code would see another string than the one that was checked. */
	if (memchr(b, 0, left - 1))
		return FSV_R_INNER_NUL;
	if (left < 2)
		return FSV_R_EMPTY;
	value->s = (const char *)b;
	value->len = left - 1;
	r->pos = r->len;
	return FSV_OK;
}

/* FSV_R_TRAILING unless everything was read. */
FSV_MUST_USE inline enum fsv_reason fsv_read_end(const struct fsv_reader *r)
{
	return r->pos == r->len ? FSV_OK : FSV_R_TRAILING;
}

struct fsv_writer {
	uint8_t *buf;
	size_t cap;
	size_t pos; /* never over cap */
};

/* A writer into `cap` bytes at `buf`. Not a byte past `cap` is ever touched. */
inline void fsv_writer_init(struct fsv_writer *w, void *buf, size_t cap)
{
	w->buf = (uint8_t *)buf;
	w->cap = cap;
	w->pos = 0;
}

/* A big-endian integer. FSV_R_NO_SPACE where it does not fit. */
FSV_MUST_USE inline enum fsv_reason fsv_write_u16(struct fsv_writer *w, uint16_t value)
{
	uint8_t *b;

	if (w->cap - w->pos < 2)
		return FSV_R_NO_SPACE;
	b = w->buf + w->pos;
	b[0] = (uint8_t)(value / 256u);
	b[1] = (uint8_t)(value % 256u);
	w->pos += 2;
	return FSV_OK;
}

/* As above. */
FSV_MUST_USE inline enum fsv_reason fsv_write_u32(struct fsv_writer *w, uint32_t value)
{
	uint8_t *b;

	if (w->cap - w->pos < 4)
		return FSV_R_NO_SPACE;
	b = w->buf + w->pos;
	b[0] = (uint8_t)(value / 16777216u);
	b[1] = (uint8_t)(value / 65536u % 256u);
	b[2] = (uint8_t)(value / 256u % 256u);
	b[3] = (uint8_t)(value % 256u);
	w->pos += 4;
	return FSV_OK;
}

/* A string and its NUL. FSV_R_EMPTY, FSV_R_INNER_NUL, FSV_R_NO_SPACE. */
FSV_MUST_USE inline enum fsv_reason fsv_write_str(struct fsv_writer *w, struct fsv_str value)
{
	uint8_t *b;

	if (value.len < 1)
		return FSV_R_EMPTY;
	if (memchr(value.s, 0, value.len))
		return FSV_R_INNER_NUL;
	/* "<=": the NUL needs a byte as well. */
	if (w->cap - w->pos <= value.len)
		return FSV_R_NO_SPACE;
	b = w->buf + w->pos;
	memcpy(b, value.s, value.len);
	b[value.len] = 0;
	w->pos += value.len + 1;
	return FSV_OK;
}

#endif
