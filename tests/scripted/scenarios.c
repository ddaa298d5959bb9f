/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "scenarios.h"

#include <stdio.h>

void scenario_run(const struct scenario *scenario, void (*fault)(void))
{
	world_begin();
	if (scenario->prepare)
		scenario->prepare();
	if (fault)
		fault();
	(void)world_run_session(scenario);
}

static void explain(const struct scenario *scenario, const char *what)
{
	print_error("%s: %s; status %d, %u calls, call %u (%s) failed with %d, signal %d at %u, "
		    "killed %d at %u\nsaid:\n%slog:\n%s",
		scenario->name, what, world.status, world.calls, world.fail_at, world.failed_call,
		world.fail_errno, world.signal, world.signal_at, (int)world.victim, world.kill_at,
		world.said, world.log);
}

void scenario_check(const struct scenario *scenario)
{
	const char *wrong;

	world_end();
	wrong = world_judge(scenario);
	if (!wrong)
		return;
	explain(scenario, wrong);
	fail();
}

static void expect_answers(const struct scenario *scenario)
{
	unsigned int i, n = 0;

	for (i = 0; i < STEPS_MAX && !scenario->flood && !scenario->unread; i++) {
		const struct step *step = &scenario->step[i];
		const struct answer *answer = &world.answer[n];

		if (step->expect == ENDS)
			break;
		if (!step_wants_answer(step))
			continue;
		if (n++ == world.answers || (int)answer->error != step->expect) {
			explain(scenario, "a wrong answer");
			print_error(
				"step %u: %d instead of %d\n", i, (int)answer->error, step->expect);
			fail();
		}
		if (step->flags)
			assert_int_equal(answer->flags, step->flags);
	}
	if (!scenario->flood && !scenario->unread)
		assert_int_equal(n, world.answers);
}

void scenario_expect(const struct scenario *scenario)
{
	scenario_run(scenario, NULL);
	scenario_check(scenario);
	expect_answers(scenario);
	if (world.status != scenario->status ||
		(scenario->log && strcmp(world.log, scenario->log) != 0) ||
		(scenario->say && !strstr(world.said, scenario->say))) {
		explain(scenario, "another status, log or text than wanted");
		print_error("wanted status %d, text \"%s\", log:\n%s", scenario->status,
			scenario->say ? scenario->say : "", scenario->log ? scenario->log : "");
		fail();
	}
}

void scenarios_expect(const struct scenario *scenarios, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		scenario_expect(&scenarios[i]);
}
