/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: the fields of a message, of any value. What can be written can be read, and is the same
 * again; less room is too little; no byte behind the packet is touched; what cannot be
 * written leaves the length untouched, and is refused with the same reason whatever the room.
 */
#include "draw.h"
#include "fsv_wire.h"
#include "packets.h"

#define ROOM   (FSV_PACKET_MAX + 128)
#define CANARY 0xa5

/* Mostly allowed values: a flag word or an errno of 32 random bits would never be. */
static uint32_t draw_small(struct draw *d)
{
	uint8_t value = draw_u8(d);

	return value < 0xf0 ? value : draw_u32(d);
}

static void draw_open(struct draw *d, struct fsv_open *open)
{
	open->open_flags = draw_u32(d);
	open->create_mode = draw_u32(d);
	open->request_flags = draw_small(d) / 8;
	open->block_size = draw_small(d) / 8;
}

static void draw_message(struct draw *d, struct fsv_msg *msg)
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
static struct fsv_str draw_text(struct draw *d)
{
	static char letters[ROOM];

	if (draw_u8(d) != 0xff)
		return draw_view(d, FSV_PACKET_MAX + 1);
	memset(letters, 'x', sizeof(letters));
	return (struct fsv_str){ letters, FSV_PACKET_MAX - draw_u8(d) };
}

static void set_text(struct fsv_msg *msg, struct fsv_str text)
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

/* Message and packet are the same if the packet's message makes the packet again. */
static void check_written(const struct fsv_msg *msg, uint8_t *packet, size_t len, size_t room)
{
	static uint8_t again[ROOM];
	struct fsv_msg read;
	size_t size = 0;

	must(len <= FSV_PACKET_MAX && untouched(packet + len, CANARY, room - len));
	must(fsv_msg_parse(fsv_kind_sender(msg->kind), packet, len, &read) == FSV_OK);
	must(read.kind == msg->kind && fsv_str_same(text_of(&read), text_of(msg)));
	must(fsv_msg_write(&read, again, len, &size) == FSV_OK && size == len);
	must(memcmp(again, packet, len) == 0);
	size = 7;
	must(fsv_msg_write(msg, again, len - 1, &size) == FSV_R_NO_SPACE);
	for (size_t less = 0; less < len && less < 24; less++)
		must(fsv_msg_write(msg, again, less, &size) == FSV_R_NO_SPACE);
	must(size == 7);
}

/* What both sides agree on is a version that both know, if there is one. */
static void check_version(const struct fsv_hello *hello)
{
	uint16_t low = hello->min_version, high = hello->max_version, version = 7;

	if (fsv_version_pick(low, high, &version) == FSV_OK)
		must(low <= version && version <= high && version == FSV_VERSION_MAX);
	else
		must(version == 7 &&
			(low > high || low > FSV_VERSION_MAX || high < FSV_VERSION_MIN));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	static uint8_t packet[ROOM];
	enum fsv_reason reason;
	struct fsv_msg msg;
	size_t len = 7, room;

	draw_message(&d, &msg);
	set_text(&msg, draw_text(&d));
	if (msg.kind == FSV_HELLO)
		check_version(&msg.hello);
	room = text_of(&msg).len + 64;
	memset(packet, CANARY, room);
	reason = fsv_msg_write(&msg, packet, room, &len);
	if (reason == FSV_OK)
		check_written(&msg, packet, len, room);
	else
		must(len == 7 && fsv_msg_write(&msg, packet, ROOM, &len) == reason);
	return 0;
}
