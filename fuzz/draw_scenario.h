/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* A session over the scripted kernel (tests/scripted/world.h), from the front of an input. */
#ifndef FUZZ_DRAW_SCENARIO_H
#define FUZZ_DRAW_SCENARIO_H

#include <errno.h>
#include <signal.h>

#include "../tests/scripted/world.h"
#include "draw.h"
#include "fsv_msg.h"

/* `files` may go to the service, until it is mounted: the caller named them, or fuse.conf does. */
static const struct caller_row {
	uid_t uid;
	const char *words, *files[2], *conf;
} callers[] = {
	{ 1000, "src /mnt -t x", { NULL }, "" },
	{ 0, "src /mnt -t x -o allow_other,noexec,context=a_t", { NULL }, "" },
	{ 1000, "/img/disk /mnt -t x -o ro", { "/img/disk" }, "" },
	{ 1000, "link /mnt -t x -o x-mark,image=/img/second", { "link", "/img/second" }, "" },
	{ 0, "/dev/sdb /mnt -t fuseblk.x", { "/dev/sdb" }, "" },
	{ 1000, "/dev/sdb /mnt -t x", { "/dev/sdb", "/dev/sdc" },
		"service_open_path = x /dev/sd? rw\n" },
};
static const int errnos[] = { EPERM, ENOMEM, EINTR, EAGAIN, EACCES, EIO, ENOENT, EMFILE };
static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGALRM };

static inline void draw_fault(struct draw *d)
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

static inline void draw_circumstances(struct draw *d, struct scenario *scenario)
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

static inline void expect_open(
	struct step *step, struct fsv_str packet, const struct caller_row *caller)
{
	struct fsv_str path;
	unsigned int i;

	step->expect = EPERM;
	for (i = 0; !step->raw && i < 2 && caller->files[i]; i++)
		if (fsv_str_is(step->msg.open.path, caller->files[i]))
			step->late = true;
	if (fsv_msg_open_path(packet.s, packet.len, &path) == FSV_OK)
		step->expect_path = path.s;
}

static inline void draw_step(struct draw *d, struct step *step, const struct caller_row *caller)
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

#endif
