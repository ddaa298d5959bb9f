/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: numbers of any size, taken for kinds of packets, phases, reasons and contexts. Each has a
 * name exactly where it is one; a kind that is one has a sender, a magic and a rule, and the magic
 * says the kind again.
 */
#include "draw.h"
#include "fsv_options.h"
#include "fsv_session.h"

static void check_kind(enum fsv_kind kind)
{
	int known = kind > FSV_NONE && kind < FSV_KINDS;
	const struct fsv_rule *rule = fsv_session_rule(kind);
	uint32_t magic = fsv_kind_magic(kind);
	const uint8_t head[] = { (uint8_t)(magic >> 24), (uint8_t)(magic >> 16),
		(uint8_t)(magic >> 8), (uint8_t)magic };

	must((strcmp(fsv_kind_name(kind), "?") != 0) == known);
	must((magic != 0) == known && (rule != NULL) == known);
	must((fsv_kind_sender(kind) != 0) == known);
	must(fsv_msg_kind(head, sizeof(head)) == (known ? kind : FSV_NONE));
	must(fsv_session_answer_kind(kind) == (known ? rule->answer : FSV_NONE));
	must(!known || (rule->kind == kind && rule->sender == fsv_kind_sender(kind)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };

	while (d.left) {
		uint8_t first = draw_u8(&d);
		uint32_t n = first == 0xff ? draw_u32(&d) : first;

		check_kind((enum fsv_kind)n);
		must((strcmp(fsv_phase_name((enum fsv_phase)n), "?") != 0) == (n < FSV_PHASES));
		must((strcmp(fsv_reason_name((enum fsv_reason)n), "?") != 0) == (n < FSV_REASONS));
		must((strcmp(fsv_context_name((enum fsv_context)n), "?") != 0) ==
			(n < FSV_CONTEXTS));
	}
	return 0;
}
