/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: packets' kinds, and errors of answers. What may not pass changes nothing; what passes was
 * allowed; a phase never comes back; a mount needs SOURCE and MNTPT, and nothing is asked for twice
 * after a success; answers are due for what was asked, and for no more.
 */
#include "fsv_session.h"
#include "fuzz.h"

/* Answers that are due. */
struct due {
	unsigned int files, replies;
};

static void check_state(const struct fsv_session *s, const struct due *due)
{
	must(s->opens == due->files && s->queued == due->replies && s->phase < FSV_PHASES);
	if (s->phase == FSV_AT_MOUNTED || (s->done & 1u << FSV_MOUNT))
		must((s->done & 1u << FSV_SOURCE) && (s->done & 1u << FSV_MNTPT));
}

static void pass(struct fsv_session *s, enum fsv_kind kind, struct due *due)
{
	const struct fsv_session before = *s;
	enum fsv_reason may = fsv_session_check(s, kind);
	const struct fsv_rule *rule = fsv_session_rule(kind);

	must(fsv_session_pass(s, kind) == may);
	must(may == FSV_OK || memcmp(s, &before, sizeof(before)) == 0);
	if (may != FSV_OK)
		return;
	must(rule && s->phase >= before.phase && !(rule->once && (before.done & 1u << kind)));
	due->files += rule->answer == FSV_FILE;
	due->replies += rule->answer == FSV_REPLY;
}

static void answer(struct fsv_session *s, enum fsv_kind kind, uint32_t error, struct due *due)
{
	const struct fsv_session before = *s;
	struct fsv_session other = *s;
	enum fsv_kind of = FSV_NONE;
	enum fsv_reason may = fsv_session_answer(s, kind, error, &of);

	/* Whom it answers need not be asked. */
	must(fsv_session_answer(&other, kind, error, NULL) == may);
	must(memcmp(s, &other, sizeof(other)) == 0);
	must(fsv_session_answer_kind(of) == (may == FSV_OK ? kind : FSV_NONE));
	must((may == FSV_OK || !memcmp(s, &before, sizeof(before))) &&
		(error == 0 || s->done == before.done));
	due->files -= may == FSV_OK && kind == FSV_FILE;
	due->replies -= may == FSV_OK && kind == FSV_REPLY;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct due due = { 0, 0 };
	struct fsv_session s;

	fsv_session_init(&s);
	for (size_t i = 0; i < size; i++) {
		if (data[i] & 32)
			answer(&s, (enum fsv_kind)(data[i] % 32u), data[i] >> 6, &due);
		else
			pass(&s, (enum fsv_kind)(data[i] % 32u), &due);
		check_state(&s, &due);
	}
	return 0;
}
