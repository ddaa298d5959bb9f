/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_cursor.h"

#include <string.h>

struct fsv_str fsv_str_of(const char *s)
{
	struct fsv_str view = { "", 0 };

	if (s) {
		view.s = s;
		view.len = strlen(s);
	}
	return view;
}

int fsv_str_same(struct fsv_str a, struct fsv_str b)
{
	if (a.len != b.len)
		return 0;
	/* An empty view may have no address at all, which memcmp() must not be given. */
	return a.len == 0 || memcmp(a.s, b.s, a.len) == 0;
}

int fsv_str_is(struct fsv_str view, const char *s)
{
	return fsv_str_same(view, fsv_str_of(s));
}

void fsv_reader_init(struct fsv_reader *r, const void *buf, size_t len)
{
	r->buf = buf;
	r->len = len;
	r->pos = 0;
}

size_t fsv_reader_left(const struct fsv_reader *r)
{
	return r->len - r->pos;
}

enum fsv_reason fsv_read_u16(struct fsv_reader *r, uint16_t *value)
{
	const uint8_t *b;

	if (r->len - r->pos < 2)
		return FSV_R_SHORT;
	b = r->buf + r->pos;
	*value = (uint16_t)(b[0] * 256u + b[1]);
	r->pos += 2;
	return FSV_OK;
}

enum fsv_reason fsv_read_u32(struct fsv_reader *r, uint32_t *value)
{
	const uint8_t *b;

	if (r->len - r->pos < 4)
		return FSV_R_SHORT;
	b = r->buf + r->pos;
	*value = b[0] * 16777216u + b[1] * 65536u + b[2] * 256u + b[3];
	r->pos += 4;
	return FSV_OK;
}

enum fsv_reason fsv_read_last_str(struct fsv_reader *r, struct fsv_str *value)
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

enum fsv_reason fsv_read_end(const struct fsv_reader *r)
{
	return r->pos == r->len ? FSV_OK : FSV_R_TRAILING;
}

void fsv_writer_init(struct fsv_writer *w, void *buf, size_t cap)
{
	w->buf = buf;
	w->cap = cap;
	w->pos = 0;
}

enum fsv_reason fsv_write_u16(struct fsv_writer *w, uint16_t value)
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

enum fsv_reason fsv_write_u32(struct fsv_writer *w, uint32_t value)
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

enum fsv_reason fsv_write_str(struct fsv_writer *w, struct fsv_str value)
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
