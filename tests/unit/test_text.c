/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Text of strangers: what reaches a terminal or a log, and what is refused as a name. */
#include "samples.h"

#include <stdio.h>

#include "fsv_text.h"
#include "guard.h"

static void escapes(void **state)
{
	static const struct {
		struct fsv_str text;
		const char *want;
	} rows[] = {
		{ VIEW(""), "" },
		{ VIEW("plain text, ~!"), "plain text, ~!" },
		{ VIEW("a\nb"), "a\\x0ab" },
		{ VIEW("\x1b[2J"), "\\x1b[2J" },
		{ VIEW("\0\x1f\x7f\x80\xff"), "\\x00\\x1f\\x7f\\x80\\xff" },
		{ VIEW("gr\xc3\xbc\xc3\x9f"), "gr\\xc3\\xbc\\xc3\\x9f" },
		{ VIEW("\\"), "\\" },
	};
	struct guard g = guard_new(64);
	char buf[64];
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct fsv_str text = rows[i].text;

		text.s = guard_end(&g, text.s, text.len);
		len = fsv_text_escape(text, buf, sizeof(buf));
		assert_string_equal(buf, rows[i].want);
		assert_int_equal(len, strlen(buf));
	}
	guard_free(&g);
}

static void every_byte_comes_out_printable(void **state)
{
	char c, buf[8], want[8];
	int i;

	(void)state;
	for (i = 0; i < 256; i++) {
		struct fsv_str text = { &c, 1 };

		c = (char)i;
		fsv_text_escape(text, buf, sizeof(buf));
		if (i >= 0x20 && i < 0x7f)
			snprintf(want, sizeof(want), "%c", i);
		else
			snprintf(want, sizeof(want), "\\x%02x", (unsigned int)i);
		assert_string_equal(buf, want);
	}
}

static void cuts_at_whole_characters(void **state)
{
	static const struct {
		struct fsv_str text;
		size_t cap;
		const char *want;
	} rows[] = {
		{ VIEW("1234567"), 8, "1234567" },
		{ VIEW("12345678"), 8, "1234..." },
		{ VIEW("123\n"), 8, "123\\x0a" },
		{ VIEW("1234\n"), 8, "1234..." },
		{ VIEW("\n\n"), 8, "\\x0a..." },
		{ VIEW("1\n\n"), 8, "1..." },
		{ VIEW("\n\n"), 9, "\\x0a\\x0a" },
		{ VIEW("\n\n\n"), 11, "\\x0a..." },
		{ VIEW("\n\n\n"), 12, "\\x0a\\x0a..." },
	};
	struct guard g = guard_new(64);
	char room[64] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		char *buf = guard_end(&g, room, rows[i].cap);
		size_t len = fsv_text_escape(rows[i].text, buf, rows[i].cap);

		assert_string_equal(buf, rows[i].want);
		assert_int_equal(len, strlen(buf));
	}
	guard_free(&g);
}

/* Whatever the size: terminated, within bounds, a prefix of the whole or marked as cut. */
static void every_size_is_safe(void **state)
{
	static const struct fsv_str text = VIEW("ab\ncd\x1b\xff xyz\n\n\n0123456789");
	struct guard g = guard_new(128);
	char whole[128], room[128] = { 0 };
	size_t cap, len, full = fsv_text_escape(text, whole, sizeof(whole));

	(void)state;
	for (cap = 8; cap < sizeof(whole); cap++) {
		char *buf = guard_end(&g, room, cap);

		len = fsv_text_escape(text, buf, cap);
		assert_int_equal(buf[len], 0);
		assert_int_equal(strlen(buf), len);
		if (full < cap) {
			assert_string_equal(buf, whole);
			continue;
		}
		assert_string_equal(buf + len - 3, "...");
		assert_memory_equal(buf, whole, len - 3);
	}
	guard_free(&g);
}

static void too_small_a_buffer_stays_empty(void **state)
{
	struct guard g = guard_new(8);
	size_t cap;

	(void)state;
	for (cap = 0; cap < 8; cap++) {
		char *buf = guard_end(&g, "xxxxxxx", cap);

		assert_int_equal(fsv_text_escape(fsv_str_of("a"), buf, cap), 0);
		if (cap)
			assert_int_equal(buf[0], 0);
	}
	guard_free(&g);
}

static void finds_control_characters(void **state)
{
	static const struct {
		struct fsv_str text;
		int has;
	} rows[] = {
		{ VIEW(""), 0 },
		{ VIEW("/dev/disk/by-label/My Disk~"), 0 },
		{ VIEW("gr\xc3\xbc\xc3\x9f"), 0 },
		{ VIEW("\xe2\x82\xac \xf0\x9f\x98\x80"), 0 },
		{ VIEW("\xc2\xa0\xc2\xa9\xc3\x80\xc3\x9f"), 0 },
		{ VIEW("\x80\x9f"), 0 },
		{ VIEW("\xc2"), 0 },
		{ VIEW("\xc2~"), 0 },
		{ VIEW("a\n"), 1 },
		{ VIEW("\0"), 1 },
		{ VIEW("\x1f"), 1 },
		{ VIEW("\x7f"), 1 },
		{ VIEW("a\x1b[2J"), 1 },
		{ VIEW("\xc2\x80"), 1 },
		{ VIEW("\xc2\x9b"
		       "2J"),
			1 },
		{ VIEW("\xc2\x9f"), 1 },
		{ VIEW("\xc2\xc2\x9f"), 1 },
	};
	struct guard g = guard_new(64);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct fsv_str s = rows[i].text;

		s.s = guard_end(&g, s.s, s.len);
		assert_int_equal(!!fsv_text_has_control(s), rows[i].has);
	}
	guard_free(&g);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test(every_byte_comes_out_printable),
		cmocka_unit_test(cuts_at_whole_characters),
		cmocka_unit_test(every_size_is_safe),
		cmocka_unit_test(too_small_a_buffer_stays_empty),
		cmocka_unit_test(finds_control_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
