/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_session.h"

#include <string.h>

#define BIT(n) (1u << (n))

#define AT_SETUP	  BIT(FSV_AT_SETUP)
#define AT_MOUNTED	  BIT(FSV_AT_MOUNTED)
#define FROM_SETUP_TO_BYE (BIT(FSV_AT_SETUP) | BIT(FSV_AT_MOUNTED) | BIT(FSV_AT_UNMOUNTED))

/* What describes the mount: FSOPEN must precede it, MOUNT must follow it. */
#define DESCRIPTION (BIT(FSV_SOURCE) | BIT(FSV_MNTPT) | BIT(FSV_MNTOPTS) | BIT(FSV_MTABOPTS))

/*
 * docs/protocol.md, "Sequence". Where several rules are broken at once, the first one in the order
 * of these columns speaks: phases, once, not_after, needs, settled.
 *
 * While MOUNT waits for its REPLY nothing more may describe the mount: whether that still counts
 * would depend on which of the two is quicker.
 */
static const struct fsv_rule rules[FSV_KINDS] = {
	[FSV_HELLO] = { .kind = FSV_HELLO,
		.sender = FSV_HELPER,
		.phases = BIT(FSV_AT_START),
		.answer = FSV_HELLO_REPLY,
		.enters = FSV_AT_VERSION },
	[FSV_HELLO_REPLY] = { .kind = FSV_HELLO_REPLY,
		.sender = FSV_SERVICE,
		.phases = BIT(FSV_AT_VERSION),
		.enters = FSV_AT_ARGV },
	[FSV_OPEN] = { .kind = FSV_OPEN,
		.sender = FSV_SERVICE,
		.phases = FROM_SETUP_TO_BYE,
		.answer = FSV_FILE,
		.enters = FSV_PHASES },
	[FSV_OPEN_BDEV] = { .kind = FSV_OPEN_BDEV,
		.sender = FSV_SERVICE,
		.phases = FROM_SETUP_TO_BYE,
		.answer = FSV_FILE,
		.enters = FSV_PHASES },
	[FSV_FSOPEN] = { .kind = FSV_FSOPEN,
		.sender = FSV_SERVICE,
		.phases = AT_SETUP,
		.not_after = DESCRIPTION | BIT(FSV_MOUNT),
		.answer = FSV_REPLY,
		.once = 1,
		.enters = FSV_PHASES },
	[FSV_SOURCE] = { .kind = FSV_SOURCE,
		.sender = FSV_SERVICE,
		.phases = AT_SETUP,
		.not_after = BIT(FSV_MOUNT),
		.answer = FSV_REPLY,
		.once = 1,
		.enters = FSV_PHASES },
	[FSV_MNTOPTS] = { .kind = FSV_MNTOPTS,
		.sender = FSV_SERVICE,
		.phases = AT_SETUP,
		.not_after = BIT(FSV_MOUNT),
		.answer = FSV_REPLY,
		.once = 1,
		.enters = FSV_PHASES },
	[FSV_MTABOPTS] = { .kind = FSV_MTABOPTS,
		.sender = FSV_SERVICE,
		.phases = AT_SETUP,
		.not_after = BIT(FSV_MOUNT),
		.answer = FSV_REPLY,
		.once = 1,
		.enters = FSV_PHASES },
	[FSV_MNTPT] = { .kind = FSV_MNTPT,
		.sender = FSV_SERVICE,
		.phases = AT_SETUP,
		.not_after = BIT(FSV_MOUNT),
		.answer = FSV_REPLY,
		.once = 1,
		.enters = FSV_PHASES },
	[FSV_MOUNT] = { .kind = FSV_MOUNT,
		.sender = FSV_SERVICE,
		.phases = AT_SETUP,
		.needs = BIT(FSV_SOURCE) | BIT(FSV_MNTPT),
		.answer = FSV_REPLY,
		.once = 1,
		.settled = 1,
		.enters = FSV_AT_MOUNTED },
	[FSV_UNMOUNT] = { .kind = FSV_UNMOUNT,
		.sender = FSV_SERVICE,
		.phases = AT_MOUNTED,
		.answer = FSV_REPLY,
		.once = 1,
		.enters = FSV_AT_UNMOUNTED },
	[FSV_BYE] = { .kind = FSV_BYE,
		.sender = FSV_SERVICE,
		.phases = FROM_SETUP_TO_BYE,
		.enters = FSV_AT_END },
	[FSV_FILE] = { .kind = FSV_FILE,
		.sender = FSV_HELPER,
		.phases = BIT(FSV_AT_ARGV) | BIT(FSV_AT_FUSEDEV) | FROM_SETUP_TO_BYE,
		.enters = FSV_PHASES },
	[FSV_REPLY] = { .kind = FSV_REPLY,
		.sender = FSV_HELPER,
		.phases = FROM_SETUP_TO_BYE,
		.enters = FSV_PHASES },
};

const struct fsv_rule *fsv_session_rule(enum fsv_kind kind)
{
	if (kind <= FSV_NONE || kind >= FSV_KINDS)
		return NULL;
	return &rules[kind];
}

enum fsv_kind fsv_session_answer_kind(enum fsv_kind kind)
{
	const struct fsv_rule *rule = fsv_session_rule(kind);

	return rule ? rule->answer : FSV_NONE;
}

const char *fsv_phase_name(enum fsv_phase phase)
{
	switch (phase) {
	case FSV_AT_START: return "start";
	case FSV_AT_VERSION: return "version";
	case FSV_AT_ARGV: return "argv";
	case FSV_AT_FUSEDEV: return "fusedev";
	case FSV_AT_SETUP: return "setup";
	case FSV_AT_MOUNTED: return "mounted";
	case FSV_AT_UNMOUNTED: return "unmounted";
	case FSV_AT_END: return "end";
	case FSV_PHASES: break;
	}
	return "?";
}

void fsv_session_init(struct fsv_session *s)
{
	memset(s, 0, sizeof(*s));
	s->phase = FSV_AT_START;
}

static int is_handshake(const struct fsv_session *s)
{
	return s->phase < FSV_AT_SETUP;
}

/* Whether the state can still count what it must remember of this packet. */
static int has_room(const struct fsv_session *s, const struct fsv_rule *rule)
{
	if (rule->answer == FSV_FILE)
		return s->opens < UINT32_MAX;
	if (rule->answer == FSV_REPLY)
		return s->queued < FSV_PENDING_MAX;
	return 1;
}

static enum fsv_reason check_request(const struct fsv_session *s, const struct fsv_rule *rule)
{
	uint32_t taken = s->done | s->asked;

	if (rule->once && (taken & BIT(rule->kind)))
		return FSV_R_REPEATED;
	if (taken & rule->not_after)
		return FSV_R_LATE;
	if (rule->needs & ~s->done)
		return FSV_R_MISSING;
	if (rule->settled && s->queued)
		return FSV_R_ORDER;
	return has_room(s, rule) ? FSV_OK : FSV_R_ORDER;
}

enum fsv_reason fsv_session_check(const struct fsv_session *s, enum fsv_kind kind)
{
	const struct fsv_rule *rule = fsv_session_rule(kind);

	if (!rule || !(rule->phases & BIT(s->phase)))
		return FSV_R_ORDER;
	if (kind == FSV_FILE)
		return is_handshake(s) || s->opens ? FSV_OK : FSV_R_ORDER;
	if (kind == FSV_REPLY)
		return s->queued ? FSV_OK : FSV_R_ORDER;
	return check_request(s, rule);
}

static void succeed(struct fsv_session *s, const struct fsv_rule *rule)
{
	s->done |= BIT(rule->kind);
	if (rule->enters != FSV_PHASES)
		s->phase = rule->enters;
}

enum fsv_reason fsv_session_pass(struct fsv_session *s, enum fsv_kind kind)
{
	const struct fsv_rule *rule = fsv_session_rule(kind);
	enum fsv_reason reason = fsv_session_check(s, kind);

	if (reason)
		return reason;
	if (kind == FSV_FILE && is_handshake(s)) {
		s->phase = s->phase == FSV_AT_ARGV ? FSV_AT_FUSEDEV : FSV_AT_SETUP;
	} else if (rule->answer == FSV_FILE) {
		s->opens++;
	} else if (rule->answer == FSV_REPLY) {
		s->asked |= BIT(kind);
		s->queue[s->queued++] = (uint8_t)kind;
	} else if (kind != FSV_FILE && kind != FSV_REPLY) {
		succeed(s, rule);
	}
	return FSV_OK;
}

/* Take the oldest command that waits for a REPLY off the queue. */
static enum fsv_kind next_asked(struct fsv_session *s)
{
	enum fsv_kind kind = (enum fsv_kind)s->queue[0];

	s->queued--;
	memmove(s->queue, s->queue + 1, s->queued);
	s->asked &= ~BIT(kind);
	return kind;
}

enum fsv_reason fsv_session_answer(
	struct fsv_session *s, enum fsv_kind kind, uint32_t error, enum fsv_kind *of)
{
	enum fsv_kind asked = FSV_OPEN;
	enum fsv_reason reason;

	if ((kind != FSV_FILE && kind != FSV_REPLY) || is_handshake(s))
		return FSV_R_ORDER;
	reason = fsv_session_check(s, kind);
	if (reason)
		return reason;
	if (kind == FSV_FILE) {
		s->opens--;
	} else {
		asked = next_asked(s);
		if (!error)
			succeed(s, &rules[asked]);
	}
	if (of)
		*of = asked;
	return FSV_OK;
}
