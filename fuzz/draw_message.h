/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* A message of any kind, its fields of any value, from the front of an input. */
#ifndef FUZZ_DRAW_MESSAGE_H
#define FUZZ_DRAW_MESSAGE_H

#include "draw.h"
#include "fsv_wire.h"
#include "packets.h"

#define ROOM (FSV_PACKET_MAX + 128)

/* Mostly allowed values: a flag word or an errno of 32 random bits would never be. */
static inline uint32_t draw_small(struct draw *d)
{
	uint8_t value = draw_u8(d);

	return value < 0xf0 ? value : draw_u32(d);
}

static inline void draw_open(struct draw *d, struct fsv_open *open)
{
	open->open_flags = draw_u32(d);
	open->create_mode = draw_u32(d);
	open->request_flags = draw_small(d) / 8;
	open->block_size = draw_small(d) / 8;
}

static inline void draw_fields(struct draw *d, struct fsv_msg *msg)
{
	memset(msg, 0, sizeof(*msg));
	msg->kind = (enum fsv_kind)(draw_u8(d) % (FSV_KINDS + 2));
	switch (msg->kind) {
	case FSV_HELLO:
		msg->hello.min_version = draw_u16(d);
		msg->hello.max_version = draw_u16(d);
		msg->hello.flags = draw_small(d) / 4;
		break;
	case FSV_HELLO_REPLY: msg->hello_reply.version = draw_u16(d); break;
	case FSV_OPEN:
	case FSV_OPEN_BDEV: draw_open(d, &msg->open); break;
	case FSV_MNTPT: msg->mntpt.expected_format = (uint16_t)(draw_small(d) << 8); break;
	case FSV_FILE: msg->file.error = draw_small(d); break;
	default: msg->ms_flags = draw_small(d); break;
	}
}

/* The rest of the input, or a packet's worth of letters around the limit. */
static inline struct fsv_str draw_text(struct draw *d)
{
	static char letters[ROOM];

	if (draw_u8(d) != 0xff)
		return draw_view(d, FSV_PACKET_MAX + 1);
	memset(letters, 'x', sizeof(letters));
	return (struct fsv_str){ letters, FSV_PACKET_MAX - draw_u8(d) };
}

static inline void set_text(struct fsv_msg *msg, struct fsv_str text)
{
	if (msg->kind == FSV_OPEN || msg->kind == FSV_OPEN_BDEV)
		msg->open.path = text;
	else if (msg->kind == FSV_MNTPT)
		msg->mntpt.path = text;
	else if (msg->kind == FSV_FILE)
		msg->file.path = text;
	else if (msg->kind == FSV_SOURCE || msg->kind == FSV_MNTOPTS || msg->kind == FSV_MTABOPTS)
		msg->text = text;
}

static inline void draw_message(struct draw *d, struct fsv_msg *msg)
{
	draw_fields(d, msg);
	set_text(msg, draw_text(d));
}

#endif
