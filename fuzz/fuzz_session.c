/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: who calls, which call fails or ends a process, and what the service sends, to the helper's
 * session and mounter over the scripted kernel. Whatever happens: each command has one answer in
 * its order, no file goes to the service that the caller did not name, nothing is mounted but on
 * the caller's mount point and with nosuid and nodev, exit status 0 means a mount that stands, and
 * nothing is left open, mounted or waiting (tests/scripted/ checks that at each call).
 */
#include "draw_scenario.h"

static void check_mounts(const struct caller_row *caller)
{
	const char *attach = world_logged("attach"), *made = world_logged("fsmount");

	must(!attach || strncmp(attach, "attach /mnt\n", 12) == 0);
	must(!made || caller->uid == 0 || strstr(made, "nosuid,nodev"));
	must(!world_logged("fsopen fuseblk") || caller->uid == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	const struct caller_row *caller = &callers[draw_u8(&d) % 6u];
	struct scenario scenario = {
		.uid = caller->uid, .words = caller->words, .conf = caller->conf
	};
	const char *wrong;
	unsigned int i;

	world_begin();
	draw_circumstances(&d, &scenario);
	draw_fault(&d);
	for (i = 0; i < STEPS_MAX - 1 && d.left; i++)
		draw_step(&d, &scenario.step[i], caller);
	scenario.step[i].hang_up = true;
	(void)world_run_session(&scenario);
	world_end();
	wrong = world_judge(&scenario);
	if (wrong)
		fprintf(stderr, "%s\ncall %u (%s)\nsaid:\n%slog:\n%s", wrong, world.fail_at,
			world.failed_call, world.said, world.log);
	must(!wrong);
	check_mounts(caller);
	return 0;
}
