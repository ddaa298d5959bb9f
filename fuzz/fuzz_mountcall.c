/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: what decides, and a FUSE server's mount(2): flags, type, data. What the adapter refuses
 * leaves the result untouched. What it translates has flags that a service may ask for, what the
 * caller said among them, nosuid and nodev unless the caller took them away; its options are those
 * of the data in their order, without those that are the helper's own; to translate it once more
 * changes nothing.
 */
#include "draw.h"
#include "fsv_wire.h"
#include "mountcall.h"

static void check_flags(const struct mountcall *call, const struct mountrules *rules)
{
	must(!(call->ms_flags & ~FSV_MS_FLAGS) && !(rules->ms.on & ~call->ms_flags));
	must((call->ms_flags & FSV_MS_NOSUID) || (rules->ms.off & FSV_MS_NOSUID));
	must((call->ms_flags & FSV_MS_NODEV) || (rules->ms.off & FSV_MS_NODEV));
	must((call->ms_flags & FSV_MS_RDONLY) || !rules->read_only);
	must(!call->fuseblk || rules->fuseblk);
}

static void check_options(
	const struct mountcall *call, const char *data, const struct mountrules *rules)
{
	struct fsv_str token, given, name, value;
	struct fsv_opts made, whole;

	fsv_opts_init(&made, fsv_str_of(call->options));
	fsv_opts_init(&whole, fsv_str_of(data));
	while (fsv_opts_next(&made, &token)) {
		do
			must(fsv_opts_next(&whole, &given));
		while (!fsv_str_same(given, token));
		(void)fsv_opt_split(token, &name, &value);
		must(token.len && !fsv_str_is(name, "fd") && !fsv_str_is(name, "user_id"));
		must(!fsv_str_is(name, "blksize") || call->fuseblk);
		must(!fsv_str_is(token, "allow_other") || rules->may_allow_other ||
			rules->said_allow_other);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	uint8_t bits = draw_u8(&d);
	struct mountrules rules = { bits & 1, bits & 2, bits & 4, bits & 8, { 0, 0 } };
	unsigned long flags = draw_u32(&d);
	char *on = draw_string(&d, bits >> 4), *type = draw_string(&d, draw_u8(&d) % 16u);
	char *options = draw_string(&d, d.left);
	struct mountcall call, again;

	fsv_ms_collect(fsv_str_of(on), &rules.ms);
	memset(&call, 0x5a, sizeof(call));
	if (mountcall_translate(type, flags, options, &rules, &call) != 0) {
		must(untouched(&call, 0x5a, sizeof(call)));
	} else {
		check_flags(&call, &rules);
		check_options(&call, options, &rules);
		must(mountcall_translate(type, call.ms_flags, call.options, &rules, &again) == 0);
		must(memcmp(&again, &call, sizeof(call)) == 0);
	}
	free(options), free(type), free(on);
	return 0;
}
