/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: the fields of a message, of any value. What can be written can be read, and is the same
 * again; less room is too little; no byte behind the packet is touched; what cannot be
 * written leaves the length untouched, and is refused with the same reason whatever the room.
 */
#include "draw_message.h"

#define CANARY 0xa5

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	static uint8_t packet[ROOM];
	enum fsv_reason reason;
	struct fsv_msg msg;
	size_t len = 7, room;

	draw_message(&d, &msg);
	room = text_of(&msg).len + 64;
	memset(packet, CANARY, room);
	reason = fsv_msg_write(&msg, packet, room, &len);
	if (reason == FSV_OK)
		check_written(&msg, packet, len, room);
	else
		must(len == 7 && fsv_msg_write(&msg, packet, ROOM, &len) == reason);
	return 0;
}
