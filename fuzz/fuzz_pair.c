/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: who calls the helper, which of its system calls fails, and what a server does with its
 * library; both ends run, over the scripted kernel. They never wait for each other; what is so
 * after every session is so (tests/scripted/judge.c); a server that was told of a mount had one;
 * without a fault the helper's exit status says what the server said in its goodbye.
 */
#include <errno.h>

#include "../tests/scripted/world.h"
#include "pair_sys.h"
#include "service_calls.h"

static struct draw input;
static struct service_calls calls;
static int code;

static void server(int sock)
{
	if (fsv_service_start(sock, NULL, NULL, &calls.s) == 0)
		service_calls(&calls, &input, code);
}

static const char *const words[] = { "src /mnt -t x", "/img/disk /mnt -t x -o ro",
	"/dev/sdb /mnt -t fuseblk.x", "link /mnt -t x -o x-mark" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int errnos[] = { EPERM, ENOMEM, EINTR, EIO };
	struct scenario scenario = { .service = pair_acts, .conf = "" };
	const char *wrong;
	uint8_t who, fault;

	input = (struct draw){ data, size };
	calls = (struct service_calls){ .close_file = pair_close };
	who = draw_u8(&input);
	fault = draw_u8(&input);
	scenario.words = words[who % 4u];
	scenario.uid = who & 4 ? 1000 : 0;
	code = who & 8 ? 1 : 0;
	world_begin();
	world.fail_errno = errnos[who >> 4 & 3u];
	world.fail_at = fault;
	pair_begin(server);
	(void)world_run_session(&scenario);
	pair_end();
	world_end();
	wrong = world_judge(&scenario);
	if (wrong)
		fprintf(stderr, "%s\ncall %u (%s)\nsaid:\n%slog:\n%s", wrong, world.fail_at,
			world.failed_call, world.said, world.log);
	must(!wrong);
	must(!calls.mounted || world_logged("attach /mnt"));
	must(world.status != 0 || (calls.mounted && code == 0));
	return 0;
}
