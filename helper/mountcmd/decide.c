/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "decide.h"

static enum mountcmd_way choose(const struct mountcmd_facts *facts)
{
	switch (facts->wishes.choice) {
	case MOUNTCMD_REQUIRE: return MOUNTCMD_SERVICE;
	case MOUNTCMD_NEVER: return MOUNTCMD_CLASSIC;
	case MOUNTCMD_PREFER:
		return facts->possible && facts->socket && !facts->wishes.classic
			       ? MOUNTCMD_SERVICE
			       : MOUNTCMD_CLASSIC;
	case MOUNTCMD_AS_INSTALLED: break;
	}
	/* The socket is not looked at: it goes away when the service is made to fail. */
	return facts->possible && facts->installed && !facts->wishes.classic ? MOUNTCMD_SERVICE
									     : MOUNTCMD_CLASSIC;
}

static enum mountcmd_fault find_fault(const struct mountcmd_facts *facts)
{
	if (facts->wishes.classic)
		return MOUNTCMD_CLASH;
	if (!facts->possible)
		return MOUNTCMD_NEVER_SERVICE;
	return facts->wishes.remount ? MOUNTCMD_REMOUNT : MOUNTCMD_OK;
}

struct mountcmd_decision mountcmd_decide(const struct mountcmd_facts *facts)
{
	struct mountcmd_decision decision = { .way = choose(facts) };

	if (decision.way != MOUNTCMD_SERVICE)
		return decision;
	decision.fault = find_fault(facts);
	if (decision.fault)
		decision.way = MOUNTCMD_NEITHER;
	return decision;
}
