/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: the versions of the protocol that the helper knows, from and to. What both sides agree on
 * is one that both know, and the newest; where there is none nothing is picked.
 */
#include "draw.h"
#include "fsv_msg.h"
#include "fsv_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	uint16_t low = draw_u16(&d), high = draw_u16(&d), version = 7;
	int none = low > high || low > FSV_VERSION_MAX || high < FSV_VERSION_MIN;

	must((fsv_version_pick(low, high, &version) != FSV_OK) == none);
	if (none) {
		must(version == 7);
		return 0;
	}
	must(low <= version && version <= high);
	must(version >= FSV_VERSION_MIN && version <= FSV_VERSION_MAX);
	must(version == high || version == FSV_VERSION_MAX);
	return 0;
}
