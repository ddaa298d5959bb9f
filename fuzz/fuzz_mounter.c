/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: what the mounter knows of the caller, which call fails, and requests with files, to the
 * mounter over the scripted kernel. At most one answer a request; a mount is left only where KEEP
 * was granted; an ordinary user gets no fuseblk, no suid, no devices, and allow_other only where
 * fuse.conf lets him; nothing is left open or locked (tests/scripted/ checks that at each call).
 */
#include <errno.h>
#include <fcntl.h>

#include "../tests/scripted/world.h"
#include "draw.h"

#define CASES_MAX 5

static const char *const files[] = { "/dev/fuse", "/mnt", "/dev/sdb", "/img/disk", "/file",
	"/sticky", "/others", "/proc/self/fd", "/dev/null", "/mine", "/dev/rtc", "/img/dir" };

static void draw_facts(struct draw *d, struct mounter_facts *facts)
{
	uint8_t bits = draw_u8(d);

	memset(facts, 0, sizeof(*facts));
	facts->root = bits & 1;
	facts->uid = facts->root ? 0 : 1000;
	facts->gid = facts->uid;
	facts->user_allow_other = bits & 2;
	facts->said_allow_other = bits & 4;
	facts->mount_max = bits & 8 ? -1 : 10;
	facts->said_on = bits & 16 ? draw_u32(d) : 0;
	facts->said_off = bits & 32 ? draw_u32(d) : 0;
	facts->context[0] = bits & 64 ? "a:b:c" : NULL;
	strcpy(facts->subtype, "x");
}

static void draw_request(struct draw *d, struct mounter_request *request)
{
	struct fsv_str source;

	request->op = draw_u8(d) % 6u;
	request->ms_flags = draw_u32(d);
	request->options = draw_u16(d);
	request->max_read = draw_u16(d);
	request->blksize = draw_u16(d);
	source = draw_view(d, draw_u8(d));
	if (source.len)
		memcpy(request->source, source.s, source.len);
	/* Without its NUL, too. */
	if (source.len == MOUNTER_SOURCE_MAX)
		request->source[MOUNTER_SOURCE_MAX] = 'x';
}

static void draw_case(struct draw *d, struct mounter_case *c)
{
	uint8_t form = draw_u8(d), count;

	draw_request(d, &c->request);
	c->device_flags = form & 1 ? O_RDONLY : O_RDWR;
	c->cut = form >= 0xf8 ? form & 7u : 0;
	c->more = form >= 0xf0 && form < 0xf8 ? form & 7u : 0;
	count = draw_u8(d) % 6u;
	for (uint8_t i = 0; i < count; i++)
		c->files[i] = files[draw_u8(d) % (sizeof(files) / sizeof(files[0]))];
}

static void draw_world(struct draw *d)
{
	uint8_t bits = draw_u8(d);

	world.other_mounts = bits & 1 ? 10 : 0;
	world.taken_away = bits & 2;
	world.unwritable = bits & 4;
	world.parent_in_fact = bits & 8 ? 77 : 0;
	world.chunk = bits & 16 ? 5 : 0;
	world.fail_at = bits & 32 ? draw_u8(d) : 0;
	world.fail_errno = bits & 64 ? EACCES : ENOMEM;
}

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
