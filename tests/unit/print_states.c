/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Prints docs/state-machine.md from the table that both ends follow. */
#include <stdio.h>

#include "fsv_session.h"

#define BIT(n) (1u << (n))

/* REUSE-IgnoreStart */
static const char head[] =
	"<!-- SPDX-License-Identifier: MIT -->\n"
	"<!-- SPDX-FileCopyrightText: 2026 fuse-service -->\n"
	"<!-- Printed by tests/unit/print_states.c from proto/fsv_session.c; a test compares them. "
	"-->\n"
	"# The state machine of a connection\n"
	"\n"
	"Both ends follow this one table (`fsv_session.h`); what it means is said in\n"
	"[protocol.md](protocol.md), \"Sequence\". Whatever it does not allow is refused, and a "
	"packet that\n"
	"was refused changes nothing.\n";
/* REUSE-IgnoreEnd */

static const char tail[] =
	"\n"
	"- A packet *passes* when it is sent (at the sender's) or handled (at the receiver's). "
	"What is\n"
	"  answered by REPLY has its effect when a REPLY with error 0 passes; after any other "
	"error all is\n"
	"  as if it had not been asked.\n"
	"- REPLYs answer in the order in which the commands passed. FILEs repeat the path of their "
	"request\n"
	"  and may come in any order; one is due for each request. No answer passes that is not "
	"due.\n"
	"- FILE leads from `argv` to `fusedev` and from there to `setup`; later it is only an "
	"answer.\n"
	"- *Once*: not again after it succeeded, nor while its REPLY is due (`repeated`).\n"
	"- *Not after*: not once one of these succeeded, nor while its REPLY is due (`late`).\n"
	"- *Needs*: these must have succeeded (`missing`).\n"
	"- *Settled*: not while any REPLY is due (`order`).\n"
	"- In a phase that is not listed: `order`. Where several rules are broken, the first one "
	"counts, in\n"
	"  the order: phase, once, not after, needs, settled.\n";

/* "a, b" for the bits of a mask; a dash for none. */
static void print_kinds(uint32_t mask)
{
	const char *between = "";
	int kind;

	if (!mask)
		printf("–");
	for (kind = 0; kind < FSV_KINDS; kind++) {
		if (!(mask & BIT(kind)))
			continue;
		printf("%s%s", between, fsv_kind_name((enum fsv_kind)kind));
		between = ", ";
	}
}

static void print_phases(uint32_t mask)
{
	const char *between = "";
	int phase;

	for (phase = 0; phase < FSV_PHASES; phase++) {
		if (!(mask & BIT(phase)))
			continue;
		printf("%s%s", between, fsv_phase_name((enum fsv_phase)phase));
		between = ", ";
	}
}

static void print_rule(const struct fsv_rule *rule)
{
	printf("| %s | %s | ", fsv_kind_name(rule->kind),
		rule->sender == FSV_HELPER ? "helper" : "service");
	print_phases(rule->phases);
	printf(" | %s | ", rule->once ? "once" : "–");
	print_kinds(rule->not_after);
	printf(" | ");
	print_kinds(rule->needs);
	printf(" | %s | %s | %s |\n", rule->settled ? "settled" : "–",
		rule->answer ? fsv_kind_name(rule->answer) : "–",
		rule->enters == FSV_PHASES ? "–" : fsv_phase_name(rule->enters));
}

static void print_phase(enum fsv_phase phase)
{
	const char *between = "";
	int kind;

	printf("| %s | ", fsv_phase_name(phase));
	for (kind = FSV_NONE + 1; kind < FSV_KINDS; kind++) {
		if (!(fsv_session_rule((enum fsv_kind)kind)->phases & BIT(phase)))
			continue;
		printf("%s%s", between, fsv_kind_name((enum fsv_kind)kind));
		between = ", ";
	}
	printf(" |\n");
}

int main(void)
{
	int i;

	printf("%s\n## Packets\n\n"
	       "| packet | from | may pass in | once | not after | needs | settled | answer | "
	       "success leads to |\n"
	       "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
		head);
	for (i = FSV_NONE + 1; i < FSV_KINDS; i++)
		print_rule(fsv_session_rule((enum fsv_kind)i));
	printf("%s\n## Phases\n\n"
	       "| phase | what may pass |\n"
	       "| --- | --- |\n",
		tail);
	for (i = 0; i < FSV_PHASES; i++)
		print_phase((enum fsv_phase)i);
	return 0;
}
