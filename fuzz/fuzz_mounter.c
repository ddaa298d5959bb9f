/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: what the mounter knows of the caller, which call fails, and requests with files, to the
 * mounter over the scripted kernel. At most one answer a request; a mount is left only where KEEP
 * was granted; an ordinary user gets no fuseblk, no suid, no devices, and allow_other only where
 * fuse.conf lets him; nothing is left open or locked (tests/scripted/ checks that at each call).
 */
#include "draw_requests.h"

static void check_log(const struct mounter_facts *facts)
{
	const char *made = world_logged("fsmount ");

	must(!world.mount.attached || world.kept || world.fail_at || world.detach_failed);
	if (facts->root)
		return;
	must(!world_logged("fsopen fuseblk"));
	must(!made || strstr(made, ",nosuid,nodev"));
	must(!world_logged("allow_other") || facts->user_allow_other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mounter_answer answers[CASES_MAX];
	struct mounter_case cases[CASES_MAX];
	struct draw d = { data, size };
	struct mounter_facts facts;
	unsigned int count = 0, answered;

	memset(cases, 0, sizeof(cases));
	world_begin();
	draw_facts(&d, &facts);
	draw_world(&d);
	while (count < CASES_MAX && d.left)
		draw_case(&d, &cases[count++]);
	answered = world_run_mounter(&facts, cases, count, answers);
	must(answered <= count);
	for (unsigned int i = 0; i < answered; i++)
		must(answers[i].error <= 0 && answers[i].error >= -4095);
	check_log(&facts);
	world_end();
	if (world.wrong[0])
		fprintf(stderr, "%s\nlog:\n%s", world.wrong, world.log);
	must(!world.wrong[0]);
	return 0;
}
