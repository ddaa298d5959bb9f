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
	/* Lists of words are gone through with this, and most words differ here already. */
	if (view.len > 0 && s && view.s[0] != s[0])
		return 0;
	return fsv_str_same(view, fsv_str_of(s));
}

/* The symbols of the inline functions, for callers that the compiler does not inline them into. */
extern inline struct fsv_str fsv_str_behind(struct fsv_str view, size_t n);
extern inline void fsv_reader_init(struct fsv_reader *r, const void *buf, size_t len);
extern inline size_t fsv_reader_left(const struct fsv_reader *r);
extern inline enum fsv_reason fsv_read_u16(struct fsv_reader *r, uint16_t *value);
extern inline enum fsv_reason fsv_read_u32(struct fsv_reader *r, uint32_t *value);
extern inline enum fsv_reason fsv_read_last_str(struct fsv_reader *r, struct fsv_str *value);
extern inline enum fsv_reason fsv_read_end(const struct fsv_reader *r);
extern inline void fsv_writer_init(struct fsv_writer *w, void *buf, size_t cap);
extern inline enum fsv_reason fsv_write_u16(struct fsv_writer *w, uint16_t value);
extern inline enum fsv_reason fsv_write_u32(struct fsv_writer *w, uint32_t value);
extern inline enum fsv_reason fsv_write_str(struct fsv_writer *w, struct fsv_str value);
