/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * fsv_session.h by induction: one call of any kind on any state that keeps the invariant below.
 * fsv_session_init() makes such a state and every call leaves one, so all that is shown here holds
 * for packets in any order and any number.
 *
 * The invariant: at most FSV_PENDING_MAX commands are queued, and what is queued are kinds. The
 * rest of the state is arbitrary. The form (interval, exact) makes no difference: no lengths.
 */
#include "eva.h"
#include "fsv_session.h"

static void check_state(const struct fsv_session *s)
{
	//@ assert s->phase <= FSV_PHASES;
	//@ assert s->queued <= FSV_PENDING_MAX;
	for (int i = 0; i < s->queued; i++) {
		//@ assert FSV_NONE < s->queue[i] < FSV_KINDS;
	}
}

static struct fsv_session any_state(enum fsv_phase phase, uint8_t queued, uint32_t opens)
{
	struct fsv_session s;

	s.phase = phase;
	s.done = (uint32_t)any_up_to(UINT32_MAX);
	s.asked = (uint32_t)any_up_to(UINT32_MAX);
	s.opens = opens;
	for (int i = 0; i < FSV_PENDING_MAX; i++)
		s.queue[i] = (uint8_t)Frama_C_unsigned_int_interval(FSV_NONE + 1, FSV_KINDS - 1);
	s.queued = queued;
	return s;
}

static void one_step(enum fsv_phase phase, uint8_t queued, uint32_t opens, enum fsv_kind kind)
{
	struct fsv_session s = any_state(phase, queued, opens);
	enum fsv_kind of;

	IGNORE(fsv_session_check(&s, kind));
	IGNORE(fsv_phase_name(s.phase));
	IGNORE(fsv_session_pass(&s, kind));
	check_state(&s);
	s = any_state(phase, queued, opens);
	IGNORE(fsv_session_answer(&s, kind, (uint32_t)any_up_to(UINT32_MAX), maybe() ? &of : NULL));
	check_state(&s);
	IGNORE(fsv_session_rule(kind));
	IGNORE(fsv_session_answer_kind(kind));
}

static void each_kind(enum fsv_phase phase, uint8_t queued, uint32_t opens)
{
	for (int kind = FSV_NONE; kind < FSV_KINDS; kind++)
		one_step(phase, queued, opens, (enum fsv_kind)kind);
	one_step(phase, queued, opens,
		(enum fsv_kind)Frama_C_unsigned_int_interval(FSV_KINDS, UINT32_MAX));
}

static void each_phase(uint32_t opens)
{
	unsigned int handshake = Frama_C_unsigned_int_interval(0, FSV_AT_SETUP - 1);
	unsigned int later = Frama_C_unsigned_int_interval(FSV_AT_SETUP, FSV_PHASES);

	for (uint8_t queued = 0; queued <= FSV_PENDING_MAX; queued++) {
		each_kind((enum fsv_phase)handshake, queued, opens);
		each_kind((enum fsv_phase)later, queued, opens);
	}
}

int main(void)
{
	struct fsv_session s;

	fsv_session_init(&s);
	check_state(&s);
	each_phase(0);
	each_phase(Frama_C_unsigned_int_interval(1, UINT32_MAX - 1));
	each_phase(UINT32_MAX);
	IGNORE(fsv_phase_name((enum fsv_phase)any_up_to(UINT32_MAX)));
	return 0;
}
