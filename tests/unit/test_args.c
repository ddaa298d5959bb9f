/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The argument blob: what is read from which bytes, every reason for a refusal, every truncation,
 * both sides of a guard page, and what the writer makes.
 */
#include "samples.h"

#include <stdlib.h>

#include "fsv_args.h"
#include "guard.h"

#define MAX 1048576u

struct row {
	const uint8_t *bytes;
	size_t len;
	enum fsv_reason reason;
	const char *strings[4]; /* of an accepted blob */
};

static const struct row rows[] = {
	/* the writer's form */
	{ BYTES("ARGS\0\0\0\1\0\0\0\x10\0\0\0\3fs\0"), FSV_OK, { "fs" } },
	{ BYTES("ARGS\0\0\0\2\0\0\0\x18\0\0\0\3\0\0\0\x1b\0\0\0\2fs\0m\0"), FSV_OK, { "fs", "m" } },
	{ BYTES("ARGS\0\0\0\2\0\0\0\x18\0\0\0\1\0\0\0\x19\0\0\0\1\0\0"), FSV_OK, { "", "" } },
	/* any order, gaps, unused bytes before, between and after */
	{ BYTES("ARGS\0\0\0\2\0\0\0\x1a\0\0\0\3\0\0\0\x18\0\0\0\2m\0fs\0"), FSV_OK, { "fs", "m" } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x12\0\0\0\3??fs\0"), FSV_OK, { "fs" } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x10\0\0\0\3fs\0??"), FSV_OK, { "fs" } },
	{ BYTES("ARGS\0\0\0\2\0\0\0\x18\0\0\0\3\0\0\0\x1d\0\0\0\2fs\0??m\0"), FSV_OK,
		{ "fs", "m" } },
	/* the same bytes more than once, and one string inside another's tail */
	{ BYTES("ARGS\0\0\0\2\0\0\0\x18\0\0\0\3\0\0\0\x18\0\0\0\3fs\0"), FSV_OK, { "fs", "fs" } },
	{ BYTES("ARGS\0\0\0\2\0\0\0\x18\0\0\0\3\0\0\0\x19\0\0\0\2fs\0"), FSV_OK, { "fs", "s" } },
	/* head */
	{ BYTES(""), FSV_R_SHORT, { NULL } },
	{ BYTES("ARG"), FSV_R_SHORT, { NULL } },
	{ BYTES("ARGS\0\0\0"), FSV_R_SHORT, { NULL } },
	{ BYTES("SGRA\0\0\0\1\0\0\0\x10\0\0\0\3fs\0"), FSV_R_MAGIC, { NULL } },
	{ BYTES("\0\0\0\0"), FSV_R_MAGIC, { NULL } },
	{ BYTES("ARGS\0\0\0\0"), FSV_R_EMPTY, { NULL } },
	{ BYTES("ARGS\0\0\0\1"), FSV_R_SHORT, { NULL } },
	{ BYTES("ARGS\0\0\0\2\0\0\0\x10\0\0\0\3fs\0"), FSV_R_SHORT, { NULL } },
	{ BYTES("ARGS\xff\xff\xff\xff\0\0\0\x10\0\0\0\3fs\0"), FSV_R_SHORT, { NULL } },
	{ BYTES("ARGS\x20\0\0\1\0\0\0\x10\0\0\0\3fs\0"), FSV_R_SHORT, { NULL } },
	/* entries */
	{ BYTES("ARGS\0\0\0\1\0\0\0\x10\0\0\0\0fs\0"), FSV_R_EMPTY, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\xf\0\0\0\4fs\0"), FSV_R_RANGE, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\0\0\0\0\3fs\0"), FSV_R_RANGE, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x10\0\0\0\4fs\0"), FSV_R_RANGE, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x11\0\0\0\3fs\0"), FSV_R_RANGE, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x13\0\0\0\1fs\0"), FSV_R_RANGE, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x14\0\0\0\1fs\0"), FSV_R_RANGE, { NULL } },
	{ BYTES("ARGS\0\0\0\1\xff\xff\xff\xff\0\0\0\1fs\0"), FSV_R_RANGE, { NULL } },
	{ BYTES("ARGS\0\0\0\1\xff\xff\xff\xf0\0\0\0\23fs\0"), FSV_R_RANGE, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x10\0\0\0\2fs\0"), FSV_R_UNTERMINATED, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x10\0\0\0\3fsx"), FSV_R_UNTERMINATED, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x10\0\0\0\4f\0s\0"), FSV_R_INNER_NUL, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x10\0\0\0\2\0\0"), FSV_R_INNER_NUL, { NULL } },
	/* a later entry is checked as well */
	{ BYTES("ARGS\0\0\0\2\0\0\0\x18\0\0\0\3\0\0\0\x1b\0\0\0\2fs\0"), FSV_R_RANGE, { NULL } },
	{ BYTES("ARGS\0\0\0\2\0\0\0\x18\0\0\0\3\0\0\0\x10\0\0\0\2fs\0"), FSV_R_RANGE, { NULL } },
	{ BYTES("ARGS\0\0\0\1\0\0\0\x10\377\377\377\377fs\0"), FSV_R_RANGE, { NULL } },
};

static void assert_refused(const void *blob, size_t len, enum fsv_reason want)
{
	struct fsv_args args, before;

	memset(&args, 0xa5, sizeof(args));
	memcpy(&before, &args, sizeof(args));
	assert_reason(fsv_args_parse(blob, len, &args), want);
	assert_memory_equal(&args, &before, sizeof(args));
}

static void check_strings(const struct row *row, const char *at)
{
	struct fsv_args args;
	uint32_t i;

	assert_reason(fsv_args_parse(at, row->len, &args), FSV_OK);
	for (i = 0; row->strings[i]; i++) {
		struct fsv_str s = fsv_args_get(&args, i);

		assert_true(fsv_str_is(s, row->strings[i]));
		assert_int_equal(s.s[s.len], 0);
		assert_true(s.s > at && s.s + s.len < at + row->len);
	}
	assert_int_equal(args.argc, i);
	assert_int_equal(fsv_args_get(&args, i).len, 0);
	assert_string_equal(fsv_args_get(&args, i).s, "");
	assert_int_equal(fsv_args_get(&args, UINT32_MAX).len, 0);
}

static void reads_as_the_table_says(void **state)
{
	struct guard g = guard_new(64);
	size_t i;

	(void)state;
	for (i = 0; i < 2 * COUNT(rows); i++) {
		const struct row *row = &rows[i / 2];
		const char *at = i % 2 ? guard_end(&g, row->bytes, row->len)
				       : guard_begin(&g, row->bytes, row->len);

		if (row->reason)
			assert_refused(at, row->len, row->reason);
		else
			check_strings(row, at);
	}
	guard_free(&g);
}

static void refuses_every_truncation(void **state)
{
	/* Three strings that end one after the other, the last one at the end of the blob. */
	static const char blob[] =
		"ARGS\0\0\0\3\0\0\0\x20\0\0\0\3\0\0\0\x23\0\0\0\1\0\0\0\x24\0\0\0\5"
		"fs\0\0-odm";
	struct guard g = guard_new(64);
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(blob); len++) {
		enum fsv_reason want = len < 32 ? FSV_R_SHORT : FSV_R_RANGE;

		assert_refused(guard_end(&g, blob, len), len, want);
		assert_refused(guard_begin(&g, blob, len), len, want);
	}
	check_strings(
		&(struct row){ (const uint8_t *)blob, sizeof(blob), FSV_OK, { "fs", "", "-odm" } },
		blob);
	guard_free(&g);
}

/* A struct that no parser has made: entries past its end are no strings. */
static void a_table_that_is_cut_yields_nothing(void **state)
{
	static const uint8_t blob[] = "ARGS\0\0\0\1\0\0\0\x10\0\0\0\3fs";
	struct guard g = guard_new(64);
	struct fsv_args args = { NULL, 0, 1 };

	(void)state;
	for (args.size = 8; args.size < 16; args.size++) {
		args.blob = (const uint8_t *)guard_end(&g, blob, args.size);
		assert_int_equal(fsv_args_get(&args, 0).len, 0);
	}
	guard_free(&g);
}

static void put_u32(uint8_t *at, size_t value)
{
	int i;

	for (i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A blob of `size` bytes: `argc` entries that all name the last `len` bytes. */
static uint8_t *overlapping(size_t size, size_t argc, size_t len)
{
	uint8_t *blob = malloc(size);
	size_t i;

	assert_non_null(blob);
	memset(blob, 'x', size);
	memcpy(blob, "ARGS", 4);
	put_u32(blob + 4, argc);
	for (i = 0; i < argc; i++) {
		put_u32(blob + 8 + 8 * i, size - len);
		put_u32(blob + 12 + 8 * i, len);
	}
	blob[size - 1] = 0;
	return blob;
}

/* Overlaps may not add up to more text than a blob without them could hold. */
static void bounds_the_sum_of_lengths(void **state)
{
	struct fsv_args args;
	uint8_t *blob;

	(void)state;
	blob = overlapping(20000, 1024, 1024);
	assert_reason(fsv_args_parse(blob, 20000, &args), FSV_OK);
	assert_int_equal(fsv_args_get(&args, 1023).len, 1023);
	free(blob);
	blob = overlapping(20000, 1025, 1024);
	assert_refused(blob, 20000, FSV_R_OVERSIZE);
	free(blob);
	blob = overlapping(MAX, 65536, 500000);
	assert_refused(blob, MAX, FSV_R_OVERSIZE);
	free(blob);
}

static void bounds_the_blob(void **state)
{
	struct fsv_args args;
	uint8_t *blob = overlapping(MAX + 1, 1, 100);

	(void)state;
	assert_refused(blob, MAX + 1, FSV_R_OVERSIZE);
	free(blob);
	blob = overlapping(MAX, 1, 100);
	assert_reason(fsv_args_parse(blob, MAX, &args), FSV_OK);
	free(blob);
	/* As many empty strings as there can be. */
	blob = overlapping(MAX, (MAX - 8) / 8 - 1, 1);
	assert_reason(fsv_args_parse(blob, MAX, &args), FSV_OK);
	assert_int_equal(fsv_args_get(&args, args.argc - 1).len, 0);
	free(blob);
}

static const char *const command_line[] = { "ext4", "-o", "ro,x\\,y", "", "/dev/sdb1",
	"/mnt/\xff" };

static void writes_the_documented_bytes(void **state)
{
	static const char *const argv[] = { "fs", "", "m" };
	uint8_t buf[64];
	size_t size = 0;

	(void)state;
	assert_reason(fsv_args_size(3, argv, &size), FSV_OK);
	assert_int_equal(size, 32 + 3 + 1 + 2);
	size = 0;
	assert_reason(fsv_args_write(3, argv, buf, sizeof(buf), &size), FSV_OK);
	assert_int_equal(size, 38);
	assert_memory_equal(buf,
		"ARGS\0\0\0\3\0\0\0\x20\0\0\0\3\0\0\0\x23\0\0\0\1\0\0\0\x24\0\0\0\2"
		"fs\0\0m",
		38);
}

static void what_is_written_is_read(void **state)
{
	struct guard g = guard_new(256);
	uint8_t zero[256] = { 0 };
	struct fsv_args args;
	size_t size, written;
	uint32_t argc, i;

	(void)state;
	for (argc = 1; argc <= COUNT(command_line); argc++) {
		char *at;

		assert_reason(fsv_args_size(argc, command_line, &size), FSV_OK);
		at = guard_end(&g, zero, size);
		assert_reason(fsv_args_write(argc, command_line, at, size, &written), FSV_OK);
		assert_int_equal(written, size);
		assert_reason(fsv_args_parse(at, size, &args), FSV_OK);
		assert_int_equal(args.argc, argc);
		for (i = 0; i < argc; i++)
			assert_true(fsv_str_is(fsv_args_get(&args, i), command_line[i]));
	}
	guard_free(&g);
}

static void writer_stops_at_every_cap(void **state)
{
	uint8_t buf[256], pattern[256];
	size_t size, cap, written = 4711;

	(void)state;
	memset(pattern, 0xa5, sizeof(pattern));
	assert_reason(fsv_args_size(COUNT(command_line), command_line, &size), FSV_OK);
	for (cap = 0; cap < size; cap++) {
		memset(buf, 0xa5, sizeof(buf));
		assert_reason(fsv_args_write(COUNT(command_line), command_line, buf, cap, &written),
			FSV_R_NO_SPACE);
		assert_memory_equal(buf + cap, pattern, sizeof(buf) - cap);
		assert_int_equal(written, 4711);
	}
}

static void assert_unwritable(uint32_t argc, const char *const *argv, enum fsv_reason want)
{
	uint8_t buf[64];
	size_t size = 4711;

	assert_reason(fsv_args_size(argc, argv, &size), want);
	assert_reason(fsv_args_write(argc, argv, buf, sizeof(buf), &size), want);
	assert_int_equal(size, 4711);
}

static void writer_refuses_what_the_reader_would(void **state)
{
	static const char *many[131072];
	size_t size, i;
	char *text = malloc(MAX);
	const char *argv[2] = { text, "" };

	(void)state;
	assert_non_null(text);
	memset(text, 'x', MAX);
	assert_unwritable(0, argv, FSV_R_EMPTY);
	/* exactly full, and one more */
	text[MAX - 8 - 8 - 1] = 0;
	assert_reason(fsv_args_size(1, argv, &size), FSV_OK);
	assert_int_equal(size, MAX);
	assert_unwritable(2, argv, FSV_R_OVERSIZE);
	text[MAX - 8 - 8 - 1] = 'x';
	text[MAX - 8 - 8] = 0;
	assert_unwritable(1, argv, FSV_R_OVERSIZE);
	free(text);
	/* 9 bytes per empty string */
	for (i = 0; i < COUNT(many); i++)
		many[i] = "";
	assert_reason(fsv_args_size((MAX - 8) / 9, many, &size), FSV_OK);
	assert_unwritable((MAX - 8) / 9 + 1, many, FSV_R_OVERSIZE);
	assert_unwritable(131072, many, FSV_R_OVERSIZE);
	assert_unwritable(UINT32_MAX, many, FSV_R_OVERSIZE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_the_table_says),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(a_table_that_is_cut_yields_nothing),
		cmocka_unit_test(bounds_the_sum_of_lengths),
		cmocka_unit_test(bounds_the_blob),
		cmocka_unit_test(writes_the_documented_bytes),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(writer_stops_at_every_cap),
		cmocka_unit_test(writer_refuses_what_the_reader_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
