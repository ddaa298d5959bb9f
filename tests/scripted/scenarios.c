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

static bool wants_answer(const struct step *step)
{
	return step->expect >= 0 && !step->hang_up && (step->raw || step->msg.kind);
}

static enum fsv_kind kind_of(const struct step *step)
{
	return step->raw ? fsv_msg_kind(step->raw, step->raw_len) : step->msg.kind;
}

/* The path that a FILE must repeat. */
static void path_of(const struct step *step, char *path, size_t size)
{
	struct fsv_str text = step->msg.open.path;

	if (step->expect_path)
		text = fsv_str_of(step->expect_path);
	else if (step->raw)
		text = S("?");
	snprintf(path, size, "%.*s", (int)text.len, text.s);
}

/* Whether an answer is of the form that is due for this step. */
static bool is_answer_of(const struct answer *answer, const struct step *step)
{
	enum fsv_kind kind = kind_of(step);
	char path[sizeof(answer->path)];

	if (kind != FSV_OPEN && kind != FSV_OPEN_BDEV)
		return answer->kind == FSV_REPLY;
	path_of(step, path, sizeof(path));
	return answer->kind == FSV_FILE && strcmp(answer->path, path) == 0;
}

/* Every command has one answer, in the order of the commands; the last ones may be missing. */
static bool answers_in_order(const struct scenario *scenario)
{
	unsigned int i, n = 0;

	if (scenario->flood || scenario->unread)
		return true;
	for (i = 0; i < STEPS_MAX && n < world.answers; i++) {
		const struct step *step = &scenario->step[i];

		if (wants_answer(step) && !is_answer_of(&world.answer[n++], step))
			return false;
		/* Where another call failed first, the session may not end here after all. */
		if (step->expect == ENDS && is_answer_of(&world.answer[n], step))
			n++;
	}
	return n == world.answers;
}

/* What is wrong with the mount at the end, or NULL. */
static const char *wrong_mount(void)
{
	bool attached = world.mount.attached;

	if (!world.session_killed && world.status == 0 && !(attached && world.kept))
		return "exit status 0 without a mount";
	/* Nobody is left to take it away. */
	if (world.mounter_killed)
		return NULL;
	if (world.session_killed)
		return attached == world.kept ? NULL : "a mount without KEEP, or KEEP without one";
	if (world.status != 0 && attached && !world.kept)
		return "a mount is left";
	/* Only where the answer to KEEP itself was lost can a mount stand behind a failure. */
	if (world.status != 0 && attached && world.failed_in != SESSION)
		return "a mount is left behind exit status 1";
	if (!world.fail_at && world.attached_at_exit != (world.status == 0))
		return "the mount is still there when the program has ended";
	return NULL;
}

void scenario_check(const struct scenario *scenario)
{
	const char *wrong;

	world_end();
	wrong = world.wrong[0] ? world.wrong : wrong_mount();
	if (!wrong && !answers_in_order(scenario))
		wrong = "the answers are not those to the commands";
	if (!wrong && world.status != 0 && world.status != 1)
		wrong = "another exit status than 0 and 1";
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
		if (!wants_answer(step))
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
