/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_text.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char cut_mark[] = "...";

static int is_printable(unsigned char c)
{
	return c >= 0x20 && c <= 0x7e;
}

/* `c` as one character or as `\xNN`; how many bytes that took. */
static size_t put_escaped(unsigned char c, char *at)
{
	if (is_printable(c)) {
		at[0] = (char)c;
		return 1;
	}
	at[0] = '\\';
	at[1] = 'x';
	at[2] = hex_digits[c / 16];
	at[3] = hex_digits[c % 16];
	return 4;
}

size_t fsv_text_escape(struct fsv_str text, char *buf, size_t cap)
{
	const unsigned char *in = (const unsigned char *)text.s;
	size_t i, need, pos = 0, cut = 0;

	if (cap < 8) {
		if (cap)
			buf[0] = 0;
		return 0;
	}
	for (i = 0; i < text.len; i++) {
		need = is_printable(in[i]) ? 1 : 4;
		if (cap - pos <= need) {
			memcpy(buf + cut, cut_mark, sizeof(cut_mark));
			return cut + sizeof(cut_mark) - 1;
		}
		pos += put_escaped(in[i], buf + pos);
		/* The last place where the mark still fits, should it be needed. */
		if (cap - pos >= sizeof(cut_mark))
			cut = pos;
	}
	buf[pos] = 0;
	return pos;
}

int fsv_text_has_control(struct fsv_str text)
{
	const unsigned char *in = (const unsigned char *)text.s;
	unsigned char c, before = 0;
	size_t i;

	for (i = 0; i < text.len; i++) {
		c = in[i];
		if (c < 0x20 || c == 0x7f)
			return 1;
		/* U+0080…U+009F are 0xc2 0x80…0xc2 0x9f in UTF-8. */
		if (before == 0xc2 && c >= 0x80 && c <= 0x9f)
			return 1;
		before = c;
	}
	return 0;
}
