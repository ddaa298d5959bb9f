/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Values from the front of an input. Where it has ended everything is 0, so any input will do. */
#ifndef FUZZ_DRAW_H
#define FUZZ_DRAW_H

#include "fuzz.h"

struct draw {
	const uint8_t *at;
	size_t left;
};

static inline uint8_t draw_u8(struct draw *d)
{
	if (!d->left)
		return 0;
	d->left--;
	return *d->at++;
}

static inline uint16_t draw_u16(struct draw *d)
{
	uint16_t high = draw_u8(d);

	return (uint16_t)(high * 256u + draw_u8(d));
}

static inline uint32_t draw_u32(struct draw *d)
{
	uint32_t high = draw_u16(d);

	return high * 65536u + draw_u16(d);
}

/* The next `len` bytes, or as many as there are. */
static inline struct fsv_str draw_view(struct draw *d, size_t len)
{
	struct fsv_str view = { (const char *)d->at, len < d->left ? len : d->left };

	d->at += view.len;
	d->left -= view.len;
	return view;
}

/* The same as a string of its own, which ends at the first NUL; free() it. */
static inline char *draw_string(struct draw *d, size_t len)
{
	struct fsv_str view = draw_view(d, len);
	char *text = calloc(1, view.len + 1);

	must(text);
	if (view.len)
		memcpy(text, view.s, view.len);
	return text;
}

/* What stands before the next NUL, or all that is left. The NUL is taken as well. */
static inline struct fsv_str draw_word(struct draw *d)
{
	const char *end = d->left ? memchr(d->at, 0, d->left) : NULL;
	struct fsv_str text = draw_view(d, end ? (size_t)(end - (const char *)d->at) : d->left);

	(void)draw_view(d, end != NULL);
	return text;
}

/* Words ended by NULs, at most `max`: how many. What stands behind the last NUL is left out. */
static inline int draw_words(struct draw *d, const char **argv, int max)
{
	int argc = 0;

	while (argc < max && d->left && memchr(d->at, 0, d->left))
		argv[argc++] = draw_word(d).s;
	return argc;
}

#endif
