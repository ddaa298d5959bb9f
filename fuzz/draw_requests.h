/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Requests to the mounter, and the world that it finds, from the front of an input. */
#ifndef FUZZ_DRAW_REQUESTS_H
#define FUZZ_DRAW_REQUESTS_H

#include <errno.h>
#include <fcntl.h>

#include "../tests/scripted/world.h"
#include "draw.h"

#define CASES_MAX 5

static const char *const files[] = { "/dev/fuse", "/mnt", "/dev/sdb", "/img/disk", "/file",
	"/sticky", "/others", "/proc/self/fd", "/dev/null", "/mine", "/dev/rtc", "/img/dir" };

static inline void draw_facts(struct draw *d, struct mounter_facts *facts)
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

static inline void draw_request(struct draw *d, struct mounter_request *request)
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

static inline void draw_case(struct draw *d, struct mounter_case *c)
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

static inline void draw_world(struct draw *d)
{
	uint8_t bits = draw_u8(d);

	world.other_mounts = bits & 1 ? 10 : 0;
	world.taken_away = bits & 2;
	world.unwritable = bits & 4;
	world.parent_in_fact = bits & 8 ? 77 : 0;
	world.chunk = bits & 16 ? 5 : 0;
	world.fail_at = bits & 32 ? draw_u8(d) : 0;
	world.fail_errno = bits & 64 ? EACCES : ENOMEM;
	/* Then nobody may ask it anything. */
	world.on_fuse = bits & 128;
}

#endif
