/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The session with the mounter, over the scripted kernel: whatever a service does, it gets exactly
 * the answers of the tables, and the kernel is asked for exactly the mount that is in them.
 */
#include <errno.h>
#include <stdlib.h>

#include "scenarios.h"

static void test_table(void **state)
{
	const struct scenario_table *table = *state;

	scenarios_expect(table->rows, table->count);
}

/* What was written for the caller's x- words: which of them, and for which mount. */
static void test_utab(void **state)
{
	static const struct {
		const char *list;
		bool called;
		uint64_t picked;
	} rows[] = {
		{ "x-a", true, 1 },
		{ "x-b", true, 2 },
		{ "x-b,x-a", true, 3 },
		{ "x-c,user=root", false, 0 },
		{ "x-a,-n", false, 0 },
		{ "x-mount.mkdir", false, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct scenario scenario = { .name = rows[i].list,
			.uid = USER,
			.words = "src /mnt -t x -o x-a,x-b,x-mount.mkdir",
			.step = { { .msg = { .kind = FSV_MTABOPTS,
					    .text = fsv_str_of(rows[i].list) } },
				ALL_OF_IT } };

		scenario_expect(&scenario);
		assert_int_equal(world.utab_calls, rows[i].called);
		assert_int_equal(world.utab_picked, rows[i].picked);
		if (rows[i].called)
			assert_int_equal(world.utab_id, world.mount.id);
	}
}

/* A command line that does not fit into an argument file: refused before anything is sent. */
static void expect_too_long(char *words, size_t middle)
{
	struct scenario scenario = { .name = "a long command line",
		.uid = USER,
		.words = words,
		.step = { SOURCE("src", ENDS) },
		.status = 1,
		.say = "longer than 1 MiB" };

	strcpy(words + middle, " /mnt -t x");
	scenario_expect(&scenario);
	assert_int_equal(world.sent, 0);
}

static void test_long_command_line(void **state)
{
	size_t i, len = 1100000;
	char *words = malloc(len + 16);

	(void)state;
	assert_non_null(words);
	memset(words, 'a', len);
	expect_too_long(words, len);
	/* More words than there can be. */
	for (i = 0; i < 270000; i++)
		words[i] = i % 2 ? ' ' : 'a';
	expect_too_long(words, i);
	free(words);
}

/* 256 opens, and no more. */
static void test_many_opens(void **state)
{
	static const struct scenario scenario = { .name = "opens for ever",
		.uid = USER,
		.words = "/img/disk /mnt -t x",
		.step = { OPEN("/img/disk", 0, 0) },
		.flood = true,
		.status = 1 };
	unsigned int i;

	(void)state;
	scenario_expect(&scenario);
	assert_int_equal(world.answers, 4096);
	for (i = 0; i < world.answers; i++) {
		assert_int_equal(world.answer[i].error, i < 256 ? 0 : EMFILE);
		assert_int_equal(world.answer[i].file, i < 256);
	}
}

/* However many bad commands there are: a few lines, a count, and nothing that acts on a terminal.
 */
static void test_flood_is_quiet(void **state)
{
	static const struct scenario scenario = { .name = "bad names for ever",
		.uid = USER,
		.words = "src /mnt -t x",
		.step = { OPEN("/\033]0;x\a\n", 0, EPERM) },
		.flood = true,
		.status = 1,
		.say = "/\\x1b]0;x\\x07\\x0a" };

	(void)state;
	scenario_expect(&scenario);
	assert_int_equal(world.answers, 4096);
	assert_true(world.said_total < 2048);
}

int main(void)
{
	static const struct CMUnitTest more[] = {
		cmocka_unit_test(test_utab),
		cmocka_unit_test(test_long_command_line),
		cmocka_unit_test(test_many_opens),
		cmocka_unit_test(test_flood_is_quiet),
	};
	struct CMUnitTest *tests = calloc(scenario_table_count + COUNT(more), sizeof(*tests));
	size_t i;
	int failed;

	if (!tests)
		return 99;
	for (i = 0; i < scenario_table_count; i++) {
		tests[i].name = scenario_tables[i].name;
		tests[i].test_func = test_table;
		tests[i].initial_state = (void *)&scenario_tables[i];
	}
	memcpy(tests + i, more, sizeof(more));
	failed = _cmocka_run_group_tests("session", tests, i + COUNT(more), NULL, NULL);
	free(tests);
	return failed;
}
