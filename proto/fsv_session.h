/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What may follow what, what is once-only, what is required: one table that both ends of a
 * connection follow (docs/state-machine.md is printed from it). No fds, no buffers, no policy: the
 * state is a small struct that may be copied.
 *
 * Each end calls fsv_session_check() before it sends or handles a packet, fsv_session_pass() when
 * the packet has passed, and fsv_session_answer() when a FILE or REPLY to an earlier request has
 * passed. A command that was refused without being handled (bad body, wrong order) never enters the
 * state.
 */
#ifndef FSV_SESSION_H
#define FSV_SESSION_H

#include "fsv_msg.h"

enum fsv_phase {
	FSV_AT_START,	  /* nothing has passed; HELLO comes */
	FSV_AT_VERSION,	  /* HELLO_REPLY comes */
	FSV_AT_ARGV,	  /* FILE "argv" comes */
	FSV_AT_FUSEDEV,	  /* FILE "fusedev" comes */
	FSV_AT_SETUP,	  /* the service asks for files and describes its mount */
	FSV_AT_MOUNTED,	  /* MOUNT succeeded */
	FSV_AT_UNMOUNTED, /* the mount was taken away again */
	FSV_AT_END,	  /* BYE */
	FSV_PHASES
};

/* At most this many commands can wait for a REPLY at once: each kind but BYE is pending at most
 * once. */
#define FSV_PENDING_MAX 8

struct fsv_session {
	enum fsv_phase phase;
	uint32_t done;	/* bit per kind: succeeded */
	uint32_t asked; /* bit per kind: passed, its REPLY has not */
	uint32_t opens; /* OPEN and OPEN_BDEV without their FILE yet */
	uint8_t queue[FSV_PENDING_MAX];
	uint8_t queued;
};

void fsv_session_init(struct fsv_session *s);

/*
 * May a packet of this kind pass now? FSV_OK, or FSV_R_ORDER, FSV_R_REPEATED, FSV_R_LATE,
 * FSV_R_MISSING. For FILE and REPLY after the handshake: whether an answer of that form is due.
 */
FSV_MUST_USE enum fsv_reason fsv_session_check(const struct fsv_session *s, enum fsv_kind kind);

/*
 * It has passed: check again and move on; the same results, and the state is untouched on a
 * refusal. FILE moves the state here only in the handshake (argv, fusedev), REPLY never: it is
 * fsv_session_answer() that takes note of answers.
 */
FSV_MUST_USE enum fsv_reason fsv_session_pass(struct fsv_session *s, enum fsv_kind kind);

/*
 * A FILE or REPLY after the handshake has passed, with this error (0 = success). REPLYs answer the
 * commands in the order in which those passed; `*of`, if not NULL, is the kind that was answered
 * (FSV_OPEN for every FILE). FSV_R_ORDER if nothing of that form is due; then nothing changes.
 */
FSV_MUST_USE enum fsv_reason fsv_session_answer(
	struct fsv_session *s, enum fsv_kind kind, uint32_t error, enum fsv_kind *of);

/* The form of a command's answer: FSV_FILE, FSV_REPLY, FSV_HELLO_REPLY, or FSV_NONE where there is
 * none. */
enum fsv_kind fsv_session_answer_kind(enum fsv_kind kind);

/* The phase's name in words ("setup"); "?" outside the list. Never NULL. */
const char *fsv_phase_name(enum fsv_phase phase);

/* One row of the table, for tests and for printing docs/state-machine.md. */
struct fsv_rule {
	enum fsv_kind kind;
	enum fsv_side sender;
	uint32_t phases;       /* bit per fsv_phase in which it may pass */
	uint32_t needs;	       /* bit per kind that must have succeeded before */
	uint32_t not_after;    /* bit per kind that must not have succeeded, nor be pending */
	enum fsv_kind answer;  /* form of its answer */
	int once;	       /* not again after a success or while pending */
	int settled;	       /* only while no REPLY is due */
	enum fsv_phase enters; /* the phase after its success; FSV_PHASES = no change */
};

/* The rule for a kind, NULL for FSV_NONE and values outside the list. */
const struct fsv_rule *fsv_session_rule(enum fsv_kind kind);

#endif
