/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The state table: what may pass in which phase, once-only, retry after a refusal, several commands
 * in flight, and that both ends of a connection always agree.
 */
#include "samples.h"

#include "fsv_session.h"

#define BIT(n)		  (1u << (n))
#define DESCRIPTION_KINDS 4
static const enum fsv_kind description[DESCRIPTION_KINDS] = { FSV_SOURCE, FSV_MNTPT, FSV_MNTOPTS,
	FSV_MTABOPTS };

static void pass(struct fsv_session *s, enum fsv_kind kind)
{
	assert_reason(fsv_session_check(s, kind), FSV_OK);
	assert_reason(fsv_session_pass(s, kind), FSV_OK);
}

static void answer(struct fsv_session *s, enum fsv_kind want, uint32_t error)
{
	enum fsv_kind of = FSV_NONE;
	enum fsv_kind form = fsv_session_answer_kind(want);

	assert_reason(fsv_session_check(s, form), FSV_OK);
	assert_reason(fsv_session_answer(s, form, error, &of), FSV_OK);
	assert_int_equal(of, want);
}

static void command(struct fsv_session *s, enum fsv_kind kind, uint32_t error)
{
	pass(s, kind);
	answer(s, kind, error);
}

/* Checked and passed: the same refusal, and nothing has changed. */
static void refuse(struct fsv_session *s, enum fsv_kind kind, enum fsv_reason want)
{
	struct fsv_session before;

	memcpy(&before, s, sizeof(before));
	assert_reason(fsv_session_check(s, kind), want);
	assert_reason(fsv_session_pass(s, kind), want);
	assert_memory_equal(&before, s, sizeof(before));
}

static void refuse_answer(struct fsv_session *s, enum fsv_kind kind)
{
	struct fsv_session before;
	enum fsv_kind of = FSV_HELLO;

	memcpy(&before, s, sizeof(before));
	assert_reason(fsv_session_answer(s, kind, 0, &of), FSV_R_ORDER);
	assert_memory_equal(&before, s, sizeof(before));
	assert_int_equal(of, FSV_HELLO);
}

/* A session that has come as far as `phase`, nothing pending. */
static struct fsv_session at(enum fsv_phase phase)
{
	struct fsv_session s;

	fsv_session_init(&s);
	if (phase >= FSV_AT_VERSION)
		pass(&s, FSV_HELLO);
	if (phase >= FSV_AT_ARGV)
		pass(&s, FSV_HELLO_REPLY);
	if (phase >= FSV_AT_FUSEDEV)
		pass(&s, FSV_FILE);
	if (phase >= FSV_AT_SETUP)
		pass(&s, FSV_FILE);
	if (phase >= FSV_AT_MOUNTED) {
		command(&s, FSV_SOURCE, 0);
		command(&s, FSV_MNTPT, 0);
		command(&s, FSV_MOUNT, 0);
	}
	if (phase >= FSV_AT_UNMOUNTED)
		command(&s, FSV_UNMOUNT, 0);
	if (phase >= FSV_AT_END)
		pass(&s, FSV_BYE);
	assert_int_equal(s.phase, phase);
	assert_int_equal(s.queued, 0);
	return s;
}

#define O FSV_R_ORDER
#define M FSV_R_MISSING
/* With nothing pending. Written out, so that a change of the rules has to be made twice. */
static const enum fsv_reason verdicts[FSV_KINDS][FSV_PHASES] = {
	/* start, version, argv, fusedev, setup, mounted, unmounted, end */
	[FSV_NONE] = { O, O, O, O, O, O, O, O },
	[FSV_HELLO] = { 0, O, O, O, O, O, O, O },
	[FSV_HELLO_REPLY] = { O, 0, O, O, O, O, O, O },
	[FSV_OPEN] = { O, O, O, O, 0, 0, 0, O },
	[FSV_OPEN_BDEV] = { O, O, O, O, 0, 0, 0, O },
	[FSV_FSOPEN] = { O, O, O, O, 0, O, O, O },
	[FSV_SOURCE] = { O, O, O, O, 0, O, O, O },
	[FSV_MNTOPTS] = { O, O, O, O, 0, O, O, O },
	[FSV_MTABOPTS] = { O, O, O, O, 0, O, O, O },
	[FSV_MNTPT] = { O, O, O, O, 0, O, O, O },
	[FSV_MOUNT] = { O, O, O, O, M, O, O, O },
	[FSV_UNMOUNT] = { O, O, O, O, O, 0, O, O },
	[FSV_BYE] = { O, O, O, O, 0, 0, 0, O },
	[FSV_FILE] = { O, O, 0, 0, O, O, O, O },
	[FSV_REPLY] = { O, O, O, O, O, O, O, O },
};
#undef O
#undef M

static void every_kind_in_every_phase(void **state)
{
	int kind, phase;

	(void)state;
	for (phase = 0; phase < FSV_PHASES; phase++) {
		for (kind = 0; kind < FSV_KINDS; kind++) {
			struct fsv_session s = at((enum fsv_phase)phase);
			enum fsv_reason want = verdicts[kind][phase];

			if (want)
				refuse(&s, (enum fsv_kind)kind, want);
			else
				pass(&s, (enum fsv_kind)kind);
		}
	}
}

static void no_answer_is_due_unasked(void **state)
{
	int kind, phase;

	(void)state;
	for (phase = 0; phase < FSV_PHASES; phase++) {
		for (kind = 0; kind <= FSV_KINDS; kind++) {
			struct fsv_session s = at((enum fsv_phase)phase);

			refuse_answer(&s, (enum fsv_kind)kind);
		}
	}
}

static void numbers_outside_are_no_kinds(void **state)
{
	struct fsv_session s = at(FSV_AT_SETUP);

	(void)state;
	refuse(&s, FSV_KINDS, FSV_R_ORDER);
	refuse(&s, (enum fsv_kind)4711, FSV_R_ORDER);
	refuse(&s, (enum fsv_kind) - 1, FSV_R_ORDER);
	assert_null(fsv_session_rule(FSV_NONE));
	assert_null(fsv_session_rule(FSV_KINDS));
	assert_null(fsv_session_rule((enum fsv_kind) - 1));
	assert_int_equal(fsv_session_answer_kind(FSV_NONE), FSV_NONE);
	assert_int_equal(fsv_session_answer_kind(FSV_KINDS), FSV_NONE);
	assert_string_equal(fsv_phase_name(FSV_PHASES), "?");
	assert_string_equal(fsv_phase_name((enum fsv_phase) - 1), "?");
}

static void phases_have_names(void **state)
{
	static const char *const names[FSV_PHASES] = { "start", "version", "argv", "fusedev",
		"setup", "mounted", "unmounted", "end" };
	int phase;

	(void)state;
	for (phase = 0; phase < FSV_PHASES; phase++)
		assert_string_equal(fsv_phase_name((enum fsv_phase)phase), names[phase]);
}

static void rules_agree_with_the_packets(void **state)
{
	int kind;

	(void)state;
	for (kind = FSV_NONE + 1; kind < FSV_KINDS; kind++) {
		const struct fsv_rule *rule = fsv_session_rule((enum fsv_kind)kind);

		assert_int_equal(rule->kind, kind);
		assert_int_equal(rule->sender, fsv_kind_sender((enum fsv_kind)kind));
		assert_int_equal(rule->answer, fsv_session_answer_kind((enum fsv_kind)kind));
		assert_true(rule->phases != 0 && rule->phases < BIT(FSV_PHASES));
		/* An answer comes from the other side. */
		if (rule->answer)
			assert_int_not_equal(rule->sender, fsv_kind_sender(rule->answer));
	}
}

static void answers_have_their_form(void **state)
{
	static const enum fsv_kind forms[FSV_KINDS] = {
		[FSV_HELLO] = FSV_HELLO_REPLY,
		[FSV_OPEN] = FSV_FILE,
		[FSV_OPEN_BDEV] = FSV_FILE,
		[FSV_FSOPEN] = FSV_REPLY,
		[FSV_SOURCE] = FSV_REPLY,
		[FSV_MNTOPTS] = FSV_REPLY,
		[FSV_MTABOPTS] = FSV_REPLY,
		[FSV_MNTPT] = FSV_REPLY,
		[FSV_MOUNT] = FSV_REPLY,
		[FSV_UNMOUNT] = FSV_REPLY,
	};
	int kind;

	(void)state;
	for (kind = 0; kind < FSV_KINDS; kind++)
		assert_int_equal(fsv_session_answer_kind((enum fsv_kind)kind), forms[kind]);
}

static void once_only_kinds(void **state)
{
	static const enum fsv_kind once[] = { FSV_FSOPEN, FSV_SOURCE, FSV_MNTOPTS, FSV_MTABOPTS,
		FSV_MNTPT };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(once); i++) {
		struct fsv_session s = at(FSV_AT_SETUP);

		pass(&s, once[i]);
		refuse(&s, once[i], FSV_R_REPEATED);
		answer(&s, once[i], 1);
		pass(&s, once[i]);
		answer(&s, once[i], 22);
		pass(&s, once[i]);
		answer(&s, once[i], 0);
		refuse(&s, once[i], FSV_R_REPEATED);
	}
}

static void fsopen_comes_first(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < DESCRIPTION_KINDS; i++) {
		struct fsv_session s = at(FSV_AT_SETUP);

		command(&s, FSV_OPEN, 0);
		pass(&s, description[i]);
		refuse(&s, FSV_FSOPEN, FSV_R_LATE);
		answer(&s, description[i], 1);
		command(&s, FSV_FSOPEN, 1);
		command(&s, description[i], 0);
		refuse(&s, FSV_FSOPEN, FSV_R_LATE);
	}
}

static void mount_needs_source_and_mntpt(void **state)
{
	struct fsv_session s = at(FSV_AT_SETUP);

	(void)state;
	refuse(&s, FSV_MOUNT, FSV_R_MISSING);
	command(&s, FSV_SOURCE, 0);
	refuse(&s, FSV_MOUNT, FSV_R_MISSING);
	command(&s, FSV_MNTPT, 20);
	refuse(&s, FSV_MOUNT, FSV_R_MISSING);
	pass(&s, FSV_MNTPT);
	refuse(&s, FSV_MOUNT, FSV_R_MISSING);
	answer(&s, FSV_MNTPT, 0);
	pass(&s, FSV_MOUNT);

	s = at(FSV_AT_SETUP);
	command(&s, FSV_MNTPT, 0);
	refuse(&s, FSV_MOUNT, FSV_R_MISSING);
}

static void mount_waits_for_the_answers(void **state)
{
	struct fsv_session s = at(FSV_AT_SETUP);

	(void)state;
	command(&s, FSV_SOURCE, 0);
	command(&s, FSV_MNTPT, 0);
	pass(&s, FSV_MNTOPTS);
	refuse(&s, FSV_MOUNT, FSV_R_ORDER);
	answer(&s, FSV_MNTOPTS, 1);
	/* Files are another matter. */
	pass(&s, FSV_OPEN);
	pass(&s, FSV_MOUNT);
}

static void nothing_describes_a_mount_under_way(void **state)
{
	struct fsv_session s = at(FSV_AT_SETUP);

	(void)state;
	command(&s, FSV_SOURCE, 0);
	command(&s, FSV_MNTPT, 0);
	pass(&s, FSV_MOUNT);
	refuse(&s, FSV_MOUNT, FSV_R_REPEATED);
	refuse(&s, FSV_FSOPEN, FSV_R_LATE);
	refuse(&s, FSV_MNTOPTS, FSV_R_LATE);
	refuse(&s, FSV_MTABOPTS, FSV_R_LATE);
	refuse(&s, FSV_SOURCE, FSV_R_REPEATED);
	refuse(&s, FSV_UNMOUNT, FSV_R_ORDER);
	command(&s, FSV_OPEN, 0);
	answer(&s, FSV_MOUNT, 16);
	/* It failed: all is as before. */
	assert_int_equal(s.phase, FSV_AT_SETUP);
	command(&s, FSV_MNTOPTS, 0);
	command(&s, FSV_MOUNT, 0);
	assert_int_equal(s.phase, FSV_AT_MOUNTED);
}

static void unmount_once(void **state)
{
	struct fsv_session s = at(FSV_AT_MOUNTED);

	(void)state;
	pass(&s, FSV_UNMOUNT);
	refuse(&s, FSV_UNMOUNT, FSV_R_REPEATED);
	answer(&s, FSV_UNMOUNT, 5);
	assert_int_equal(s.phase, FSV_AT_MOUNTED);
	command(&s, FSV_UNMOUNT, 0);
	assert_int_equal(s.phase, FSV_AT_UNMOUNTED);
	refuse(&s, FSV_UNMOUNT, FSV_R_ORDER);
	command(&s, FSV_OPEN, 1);
	pass(&s, FSV_BYE);
}

static void replies_come_in_order(void **state)
{
	struct fsv_session s = at(FSV_AT_SETUP);

	(void)state;
	pass(&s, FSV_FSOPEN);
	pass(&s, FSV_OPEN);
	pass(&s, FSV_SOURCE);
	pass(&s, FSV_MNTPT);
	pass(&s, FSV_OPEN_BDEV);
	pass(&s, FSV_MNTOPTS);
	pass(&s, FSV_MTABOPTS);
	answer(&s, FSV_FSOPEN, 0);
	answer(&s, FSV_SOURCE, 0);
	/* FILEs are matched by their path, so they need not keep their place. */
	answer(&s, FSV_OPEN, 0);
	answer(&s, FSV_MNTPT, 0);
	answer(&s, FSV_MNTOPTS, 1);
	answer(&s, FSV_MTABOPTS, 0);
	refuse_answer(&s, FSV_REPLY);
	answer(&s, FSV_OPEN, 2);
	refuse_answer(&s, FSV_FILE);
	assert_int_equal(s.done & BIT(FSV_MNTOPTS), 0);
	pass(&s, FSV_MOUNT);
	assert_reason(fsv_session_answer(&s, FSV_REPLY, 0, NULL), FSV_OK);
	assert_int_equal(s.phase, FSV_AT_MOUNTED);
}

static void many_opens_at_once(void **state)
{
	struct fsv_session s = at(FSV_AT_SETUP);
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		pass(&s, i % 2 ? FSV_OPEN : FSV_OPEN_BDEV);
	assert_int_equal(s.opens, 1000);
	for (i = 0; i < 1000; i++)
		answer(&s, FSV_OPEN, (uint32_t)i % 3);
	refuse_answer(&s, FSV_FILE);
}

static void counters_do_not_wrap(void **state)
{
	struct fsv_session s = at(FSV_AT_SETUP);

	(void)state;
	s.opens = UINT32_MAX;
	refuse(&s, FSV_OPEN, FSV_R_ORDER);
	refuse(&s, FSV_OPEN_BDEV, FSV_R_ORDER);
	s = at(FSV_AT_SETUP);
	s.queued = FSV_PENDING_MAX;
	refuse(&s, FSV_SOURCE, FSV_R_ORDER);
}

static void answers_do_not_pass_twice(void **state)
{
	struct fsv_session s = at(FSV_AT_SETUP), before;

	(void)state;
	pass(&s, FSV_OPEN);
	pass(&s, FSV_SOURCE);
	memcpy(&before, &s, sizeof(before));
	/* Allowed, but only fsv_session_answer() takes note of it. */
	pass(&s, FSV_FILE);
	pass(&s, FSV_REPLY);
	assert_memory_equal(&before, &s, sizeof(before));
}

static void bye_ends_all(void **state)
{
	int kind;

	(void)state;
	for (kind = 0; kind < FSV_KINDS; kind++) {
		struct fsv_session s = at(FSV_AT_SETUP);

		pass(&s, FSV_OPEN);
		pass(&s, FSV_SOURCE);
		pass(&s, FSV_BYE);
		refuse(&s, (enum fsv_kind)kind, FSV_R_ORDER);
		refuse_answer(&s, (enum fsv_kind)kind);
	}
}

/* The packets that may follow in a state, as a bit mask. */
static uint32_t allowed(const struct fsv_session *s)
{
	uint32_t mask = 0;
	int kind;

	for (kind = 1; kind < FSV_KINDS; kind++)
		if (fsv_session_check(s, (enum fsv_kind)kind) == FSV_OK)
			mask |= BIT(kind);
	return mask;
}

static int step(struct fsv_session *s, enum fsv_kind kind, uint32_t error)
{
	if ((kind == FSV_FILE || kind == FSV_REPLY) && s->phase >= FSV_AT_SETUP)
		return (int)fsv_session_answer(s, kind, error, NULL);
	return (int)fsv_session_pass(s, kind);
}

/* One direction of a line that delays packets. */
struct line {
	enum fsv_kind kind[128];
	uint32_t error[128];
	unsigned int sent, arrived;
};

static void put(struct line *line, enum fsv_kind kind, uint32_t error)
{
	line->kind[line->sent] = kind;
	line->error[line->sent++] = error;
}

/* The helper takes the next command, and answers it. */
static void serve(
	struct fsv_session *helper, struct line *commands, struct line *answers, uint32_t error)
{
	enum fsv_kind kind = commands->kind[commands->arrived++];
	enum fsv_kind form = fsv_session_answer_kind(kind);

	assert_int_equal(step(helper, kind, 0), FSV_OK);
	if (!form)
		return;
	assert_int_equal(step(helper, form, error), FSV_OK);
	put(answers, form, error);
}

static void deliver(struct fsv_session *service, struct line *answers)
{
	unsigned int i = answers->arrived++;

	/* After its BYE the service listens no more. */
	if (service->phase != FSV_AT_END)
		assert_int_equal(step(service, answers->kind[i], answers->error[i]), FSV_OK);
}

/*
 * Random conversations: the service sends whatever its own state allows, however late the answers
 * are. The helper refuses none of it, and whenever nothing is under way both are in the same state.
 */
static void both_ends_stay_in_step(void **state)
{
	uint32_t seed = 4711, round, steps, ended = 0, mounted = 0;

	(void)state;
	for (round = 0; round < 3000; round++) {
		struct fsv_session helper = at(FSV_AT_SETUP), service = helper;
		struct line commands = { .sent = 0 }, answers = { .sent = 0 };

		for (steps = 0; steps < 100; steps++) {
			enum fsv_kind kind;

			seed = seed * 1664525 + 1013904223;
			kind = (enum fsv_kind)(FSV_OPEN + (seed >> 8) % (FSV_BYE - FSV_OPEN + 1));
			/* A BYE comes late, or hardly anything would be mounted. */
			if (kind == FSV_BYE && steps < 70)
				kind = FSV_MOUNT;
			if (seed >> 31 && fsv_session_check(&service, kind) == FSV_OK) {
				assert_int_equal(step(&service, kind, 0), FSV_OK);
				put(&commands, kind, 0);
			} else if (seed >> 30 & 1 && commands.arrived < commands.sent) {
				serve(&helper, &commands, &answers, (seed >> 16) % 4 == 0);
			} else if (answers.arrived < answers.sent) {
				deliver(&service, &answers);
			}
			if (commands.arrived == commands.sent && answers.arrived == answers.sent)
				assert_int_equal(allowed(&helper), allowed(&service));
		}
		mounted += helper.done / BIT(FSV_MOUNT) % 2;
		ended += helper.phase == FSV_AT_END;
	}
	/* The walk does get about. */
	assert_true(mounted > 300);
	assert_true(ended > 300);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_in_every_phase),
		cmocka_unit_test(no_answer_is_due_unasked),
		cmocka_unit_test(numbers_outside_are_no_kinds),
		cmocka_unit_test(phases_have_names),
		cmocka_unit_test(rules_agree_with_the_packets),
		cmocka_unit_test(answers_have_their_form),
		cmocka_unit_test(once_only_kinds),
		cmocka_unit_test(fsopen_comes_first),
		cmocka_unit_test(mount_needs_source_and_mntpt),
		cmocka_unit_test(mount_waits_for_the_answers),
		cmocka_unit_test(nothing_describes_a_mount_under_way),
		cmocka_unit_test(unmount_once),
		cmocka_unit_test(replies_come_in_order),
		cmocka_unit_test(many_opens_at_once),
		cmocka_unit_test(counters_do_not_wrap),
		cmocka_unit_test(answers_do_not_pass_twice),
		cmocka_unit_test(bye_ends_all),
		cmocka_unit_test(both_ends_stay_in_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
