/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* fsv_cursor.h: every call on input of any length, and at any place in it. */
#include "eva.h"

static uint8_t in[SIZE(65536, 12)];
static uint8_t out[SIZE(65536, 12)];
static char text[SIZE(65536, 10)];
static char other[SIZE(4096, 10)];

static void read_all(size_t len)
{
	struct fsv_reader r;
	struct fsv_str last;
	uint16_t small;
	uint32_t big;

	fsv_reader_init(&r, PART(in, len), len);
	IGNORE(fsv_reader_left(&r));
	IGNORE(fsv_read_end(&r));
	if (maybe() && fsv_read_u16(&r, &small))
		return;
	if (maybe() && fsv_read_u32(&r, &big))
		return;
	IGNORE(fsv_reader_left(&r));
	IGNORE(fsv_read_end(&r));
	if (fsv_read_last_str(&r, &last) == FSV_OK)
		touch(last);
}

static void write_all(size_t cap, size_t len)
{
	struct fsv_writer w;

	fsv_writer_init(&w, PART(out, cap), cap);
	if (maybe() && fsv_write_u16(&w, (uint16_t)any_up_to(UINT16_MAX)))
		return;
	if (maybe() && fsv_write_u32(&w, (uint32_t)any_up_to(UINT32_MAX)))
		return;
	IGNORE(fsv_write_str(&w, VIEW(text, len)));
}

static void compare(size_t len)
{
	IGNORE(fsv_str_behind(VIEW(text, sizeof(text)), len));
	EACH(length, sizeof(other))
	{
		IGNORE(fsv_str_same(VIEW(text, len), VIEW(other, length)));
	}
	other[sizeof(other) - 1] = 0;
	EACH(length, sizeof(other) - 1)
	{
		IGNORE(fsv_str_is(VIEW(text, len), PART(other, length + 1)));
	}
	touch(fsv_str_of(other));
	IGNORE(fsv_str_is(VIEW(text, len), NULL));
}

int main(void)
{
	UNKNOWN(in);
	UNKNOWN(text);
	UNKNOWN(other);
	EACH(len, sizeof(in))
	{
		read_all(len);
	}
	EACH(cap, sizeof(out))
	{
		EACH(len, sizeof(text))
		{
			write_all(cap, len);
		}
	}
	EACH(len, sizeof(text))
	{
		compare(len);
	}
	return 0;
}
