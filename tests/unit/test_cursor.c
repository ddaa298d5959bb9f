/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The cursor: views, big-endian integers, the last string; every refusal leaves all as it was. */
#include "samples.h"

#include "fsv_cursor.h"
#include "guard.h"

static void views(void **state)
{
	struct fsv_str none = { NULL, 0 };
	struct fsv_str abc = { "abcdef", 3 };

	(void)state;
	assert_int_equal(fsv_str_of(NULL).len, 0);
	assert_non_null(fsv_str_of(NULL).s);
	assert_int_equal(fsv_str_of("").len, 0);
	assert_int_equal(fsv_str_of("abc").len, 3);
	assert_true(fsv_str_is(abc, "abc"));
	assert_false(fsv_str_is(abc, "abcdef"));
	assert_false(fsv_str_is(abc, "ab"));
	assert_false(fsv_str_is(abc, "abd"));
	assert_false(fsv_str_is(abc, ""));
	assert_true(fsv_str_is(none, ""));
	assert_true(fsv_str_is(none, NULL));
	assert_true(fsv_str_same(none, fsv_str_of("")));
	assert_true(fsv_str_same(abc, fsv_str_of("abc")));
	assert_false(fsv_str_same(abc, none));
	assert_false(fsv_str_same(abc, fsv_str_of("abC")));
}

static void reads_integers(void **state)
{
	struct fsv_reader r;
	uint16_t u16;
	uint32_t u32;

	(void)state;
	fsv_reader_init(&r, "\x12\x34\xfe\xdc\xba\x98\0\1\0\0\0\2", 12);
	assert_reason(fsv_read_u16(&r, &u16), FSV_OK);
	assert_int_equal(u16, 0x1234);
	assert_reason(fsv_read_u32(&r, &u32), FSV_OK);
	assert_int_equal(u32, 0xfedcba98);
	assert_int_equal(fsv_reader_left(&r), 6);
	assert_reason(fsv_read_end(&r), FSV_R_TRAILING);
	assert_reason(fsv_read_u16(&r, &u16), FSV_OK);
	assert_int_equal(u16, 1);
	assert_reason(fsv_read_u32(&r, &u32), FSV_OK);
	assert_int_equal(u32, 2);
	assert_reason(fsv_read_end(&r), FSV_OK);
}

static void short_reads_move_nothing(void **state)
{
	struct guard g = guard_new(16);
	size_t len, pos;

	(void)state;
	for (len = 0; len < 8; len++) {
		for (pos = 0; pos <= len; pos++) {
			struct fsv_reader r;
			uint16_t u16 = 0xa5a5;
			uint32_t u32 = 0xa5a5a5a5;

			fsv_reader_init(&r, guard_end(&g, "\1\2\3\4\5\6\7\10", len), len);
			r.pos = pos;
			if (len - pos < 2) {
				assert_reason(fsv_read_u16(&r, &u16), FSV_R_SHORT);
				assert_int_equal(u16, 0xa5a5);
				assert_int_equal(r.pos, pos);
			}
			if (len - pos < 4) {
				assert_reason(fsv_read_u32(&r, &u32), FSV_R_SHORT);
				assert_int_equal(u32, 0xa5a5a5a5);
				assert_int_equal(r.pos, pos);
			}
		}
	}
	guard_free(&g);
}

static void reads_last_string(void **state)
{
	static const struct {
		const uint8_t *bytes;
		size_t len;
		enum fsv_reason reason;
	} rows[] = {
		{ BYTES("a\0"), FSV_OK },
		{ BYTES("abc\0"), FSV_OK },
		{ BYTES("\xff\n\t \0"), FSV_OK },
		{ BYTES(""), FSV_R_SHORT },
		{ BYTES("\0"), FSV_R_EMPTY },
		{ BYTES("a"), FSV_R_UNTERMINATED },
		{ BYTES("abc"), FSV_R_UNTERMINATED },
		{ BYTES("\0abc"), FSV_R_UNTERMINATED },
		{ BYTES("\0\0"), FSV_R_INNER_NUL },
		{ BYTES("a\0\0"), FSV_R_INNER_NUL },
		{ BYTES("a\0b\0"), FSV_R_INNER_NUL },
		{ BYTES("\0abc\0"), FSV_R_INNER_NUL },
	};
	struct guard g = guard_new(16);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		const char *at = guard_end(&g, rows[i].bytes, rows[i].len);
		struct fsv_str s = { "untouched", 9 };
		struct fsv_reader r;

		fsv_reader_init(&r, at, rows[i].len);
		assert_reason(fsv_read_last_str(&r, &s), rows[i].reason);
		if (rows[i].reason == FSV_OK) {
			assert_ptr_equal(s.s, at);
			assert_int_equal(s.len, rows[i].len - 1);
			assert_int_equal(s.s[s.len], 0);
			assert_reason(fsv_read_end(&r), FSV_OK);
		} else {
			assert_string_equal(s.s, "untouched");
			assert_int_equal(s.len, 9);
			assert_int_equal(r.pos, 0);
		}
	}
	guard_free(&g);
}

static void writes(void **state)
{
	struct fsv_writer w;
	uint8_t buf[11];

	(void)state;
	fsv_writer_init(&w, buf, sizeof(buf));
	assert_reason(fsv_write_u16(&w, 0x1234), FSV_OK);
	assert_reason(fsv_write_u32(&w, 0xfedcba98), FSV_OK);
	assert_reason(fsv_write_str(&w, fsv_str_of("abcd")), FSV_OK);
	assert_int_equal(w.pos, 11);
	assert_memory_equal(buf,
		"\x12\x34\xfe\xdc\xba\x98"
		"abcd",
		11);
}

static void refused_writes_move_nothing(void **state)
{
	static const struct fsv_str inner = { "a\0b", 3 };
	static const struct fsv_str end = { "ab\0", 3 };
	struct guard g = guard_new(16);
	struct fsv_writer w;
	size_t cap;

	(void)state;
	for (cap = 0; cap < 4; cap++) {
		fsv_writer_init(&w, guard_end(&g, "\1\1\1\1", cap), cap);
		if (cap < 2)
			assert_reason(fsv_write_u16(&w, 7), FSV_R_NO_SPACE);
		assert_reason(fsv_write_u32(&w, 7), FSV_R_NO_SPACE);
		assert_reason(fsv_write_str(&w, fsv_str_of("abc")), FSV_R_NO_SPACE);
		assert_reason(fsv_write_str(&w, fsv_str_of("")), FSV_R_EMPTY);
		assert_reason(fsv_write_str(&w, inner), FSV_R_INNER_NUL);
		assert_reason(fsv_write_str(&w, end), FSV_R_INNER_NUL);
		assert_int_equal(w.pos, 0);
		assert_memory_equal(w.buf, "\1\1\1\1", cap);
	}
	/* A length near the end of the address space must not wrap around. */
	fsv_writer_init(&w, guard_end(&g, "\1\1\1\1", 4), 4);
	w.pos = 3;
	assert_reason(fsv_write_u32(&w, 7), FSV_R_NO_SPACE);
	assert_reason(fsv_write_str(&w, fsv_str_of("a")), FSV_R_NO_SPACE);
	guard_free(&g);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(views),
		cmocka_unit_test(reads_integers),
		cmocka_unit_test(short_reads_move_nothing),
		cmocka_unit_test(reads_last_string),
		cmocka_unit_test(writes),
		cmocka_unit_test(refused_writes_move_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
