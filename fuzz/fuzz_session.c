/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: who calls, which call fails or ends a process, and what the service sends, to the helper's
 * session and mounter over the scripted kernel. Whatever happens: each command has one answer in
 * its order, no file goes to the service that the caller did not name, nothing is mounted but on
 * the caller's mount point and with nosuid and nodev, exit status 0 means a mount that stands, and
 * nothing is left open, mounted or waiting (tests/scripted/ checks that at each call).
 */
#include <errno.h>
#include <signal.h>

#include "../tests/scripted/world.h"
#include "draw.h"
#include "fsv_msg.h"

static const struct caller_row {
	uid_t uid;
	const char *words, *file, *conf;
} callers[] = {
	{ 1000, "src /mnt -t x", "", "" },
	{ 0, "src /mnt -t x -o allow_other,noexec,context=a_t", "", "" },
	{ 1000, "/img/disk /mnt -t x -o ro", "/img/disk", "" },
	{ 1000, "link /mnt -t x -o x-mark,image=/img/second", "link", "" },
	{ 0, "/dev/sdb /mnt -t fuseblk.x", "/dev/sdb", "" },
	{ 1000, "/dev/sdb /mnt -t x", "/dev/sdb", "service_open_path = x /dev/sd? rw\n" },
};
static const int errnos[] = { EPERM, ENOMEM, EINTR, EAGAIN, EACCES, EIO, ENOENT, EMFILE };
static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGALRM };

static void draw_fault(struct draw *d)
{
	uint8_t what = draw_u8(d) % 8, which = draw_u8(d);
	unsigned int call = draw_u16(d) % 256u;

	world.fail_errno = errnos[which % 8];
	world.signal = signals[which % 4];
	world.victim = which % 2 ? SESSION : MOUNTER;
	if (what == 1)
		world.fail_at = call;
	else if (what == 2)
		world.signal_at = call;
	else if (what == 3)
		world.kill_at = call;
}

static void draw_circumstances(struct draw *d, struct scenario *scenario)
{
	uint8_t bits = draw_u8(d);

	scenario->at_once = bits & 1;
	scenario->allow_other = bits & 2;
	world.landlock = !(bits & 4);
	world.terminal = bits & 8;
	world.other_mounts = bits & 16 ? 1000 : 0;
	world.taken_away = bits & 32;
	world.probe_error = bits & 64 ? -EACCES : 0;
	world.parent_in_fact = bits & 128 ? 77 : 0;
}

static void expect_open(struct step *step, struct fsv_str packet, const struct caller_row *caller)
{
	struct fsv_str path;

	step->expect = EPERM;
	if (!step->raw && (fsv_str_is(step->msg.open.path, caller->file) ||
				  fsv_str_is(step->msg.open.path, "/img/second")))
		step->expect = 0;
	if (fsv_msg_open_path(packet.s, packet.len, &path) == FSV_OK)
		step->expect_path = path.s;
}

static void draw_step(struct draw *d, struct step *step, const struct caller_row *caller)
{
	uint8_t files = draw_u8(d) % 4u, len = draw_u8(d);
	struct fsv_str packet = draw_view(d, len);
	enum fsv_kind kind = fsv_msg_kind(packet.s, packet.len);

	step->files = files;
	if (fsv_msg_parse(FSV_SERVICE, packet.s, packet.len, &step->msg) != FSV_OK) {
		step->raw = packet.s;
		step->raw_len = packet.len;
	}
	if (fsv_kind_sender(kind) != FSV_SERVICE || kind == FSV_HELLO_REPLY)
		step->expect = ENDS;
	else if (kind == FSV_BYE && !step->raw)
		step->expect = SILENT;
	else if (kind == FSV_OPEN || kind == FSV_OPEN_BDEV)
		expect_open(step, packet, caller);
}

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
