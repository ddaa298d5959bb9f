/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: an option list. What is refused as kernel options leaves the result untouched, what is
 * accepted has its views in the list; no MS_* bit is said to be both on and off, and none is said
 * that a service may not ask for.
 */
#include "fsv_options.h"
#include "fsv_wire.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fsv_str list = { (const char *)data, size };
	struct fsv_ms_said said = { 0, 0 };
	struct fsv_kernel_opts opts;

	fsv_ms_collect(list, &said);
	must((said.on & said.off) == 0 && ((said.on | said.off) & ~FSV_MS_FLAGS) == 0);
	memset(&opts, 0x5a, sizeof(opts));
	if (fsv_kernel_opts_parse(list, &opts) != FSV_OK) {
		must(untouched(&opts, 0x5a, sizeof(opts)));
		return 0;
	}
	for (int i = 0; i < FSV_CONTEXTS; i++)
		must(!opts.context[i].s || (opts.context[i].len && inside(opts.context[i], list)));
	return 0;
}
