/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The session with the mounter, over the scripted kernel: whatever a service does, it gets exactly
 * the answers of the tables, and the kernel is asked for exactly the mount that is in them.
 */
#include <stdlib.h>

#include "scenarios.h"

static void test_table(void **state)
{
	const struct scenario_table *table = *state;

	scenarios_expect(table->rows, table->count);
}

int main(void)
{
	struct CMUnitTest *tests = calloc(scenario_table_count, sizeof(*tests));
	size_t i;
	int failed;

	if (!tests)
		return 99;
	for (i = 0; i < scenario_table_count; i++) {
		tests[i].name = scenario_tables[i].name;
		tests[i].test_func = test_table;
		tests[i].initial_state = (void *)&scenario_tables[i];
	}
	failed = _cmocka_run_group_tests("session", tests, scenario_table_count, NULL, NULL);
	free(tests);
	return failed;
}
