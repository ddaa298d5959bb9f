/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: packets' kinds, and errors of answers. What may not pass changes nothing; what passes was
 * allowed; a phase never comes back; a mount needs SOURCE and MNTPT, and nothing is asked for twice
 * after a success; answers are due for what was asked, and for no more.
 */
#include "draw.h"
#include "fsv_session.h"

struct count {
	unsigned int opens, files, commands, replies;
};

static void check_state(const struct fsv_session *s, const struct count *c)
{
	const uint32_t described = 1u << FSV_SOURCE | 1u << FSV_MNTPT;

	must(s->opens == c->opens - c->files && s->queued == c->commands - c->replies);
	must(s->phase < FSV_PHASES && s->queued <= FSV_PENDING_MAX);
	must(strcmp(fsv_phase_name(s->phase), "?") != 0);
	must(strcmp(fsv_phase_name((enum fsv_phase)(s->phase + FSV_PHASES)), "?") == 0);
	if (s->phase == FSV_AT_MOUNTED || (s->done & 1u << FSV_MOUNT))
		must((s->done & described) == described);
}

static void pass(struct fsv_session *s, enum fsv_kind kind, struct count *c)
{
	const struct fsv_session before = *s;
	enum fsv_reason may = fsv_session_check(s, kind);
	const struct fsv_rule *rule = fsv_session_rule(kind);

	must((fsv_session_answer_kind(kind) != FSV_NONE) == (rule && rule->answer != FSV_NONE));
	must((strcmp(fsv_kind_name(kind), "?") != 0) == (rule != NULL));
	must((fsv_kind_magic(kind) != 0) == (rule != NULL));
	must(fsv_session_pass(s, kind) == may);
	if (may != FSV_OK) {
		must(memcmp(s, &before, sizeof(before)) == 0);
		return;
	}
	must(rule && rule->sender == fsv_kind_sender(kind));
	must(rule->answer == fsv_session_answer_kind(kind) && s->phase >= before.phase);
	must(!rule->once || !(before.done & 1u << kind));
	c->opens += rule->answer == FSV_FILE;
	c->commands += rule->answer == FSV_REPLY;
}

static void answer(struct fsv_session *s, enum fsv_kind kind, uint32_t error, struct count *c)
{
	const struct fsv_session before = *s;
	struct fsv_session other = *s;
	enum fsv_kind of = FSV_NONE;

	/* Whom it answers need not be asked. */
	must(fsv_session_answer(&other, kind, error, NULL) ==
		fsv_session_answer(s, kind, error, &of));
	must(memcmp(s, &other, sizeof(other)) == 0);
	if (of == FSV_NONE) {
		must(memcmp(s, &before, sizeof(before)) == 0);
		return;
	}
	must(fsv_session_answer_kind(of) == kind);
	must(error == 0 || s->done == before.done);
	c->files += kind == FSV_FILE;
	c->replies += kind == FSV_REPLY;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	struct count c = { 0, 0, 0, 0 };
	struct fsv_session s;

	fsv_session_init(&s);
	while (d.left) {
		uint8_t what = draw_u8(&d);
		enum fsv_kind kind = (enum fsv_kind)(what % 32u);

		if (what & 32)
			answer(&s, kind, what >> 6, &c);
		else
			pass(&s, kind, &c);
		check_state(&s, &c);
		must((strcmp(fsv_reason_name((enum fsv_reason)what), "?") != 0) ==
			(what < FSV_REASONS));
	}
	return 0;
}
