/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: a packet. Whatever it is:
 * - a refused one leaves the result untouched, and of an accepted one only one side is the sender;
 * - an accepted one is written back as the very same bytes (fuzz_roundtrip.c: never into fewer);
 * - its string lies inside the packet and ends with the packet's NUL;
 * - the path that answers a bad OPEN lies inside it, too.
 */
#include "fsv_wire.h"
#include "fuzz.h"
#include "packets.h"

NOT_FOLLOWED static void write_back(const struct fsv_msg *msg, struct fsv_str packet)
{
	/* What it ends with is the end of the array, behind which a sanitizer sees every byte. */
	static uint8_t room[FSV_PACKET_MAX];
	uint8_t *again = room + sizeof(room) - packet.len;
	size_t len = 0;

	must(fsv_msg_write(msg, again, packet.len, &len) == FSV_OK);
	must(len == packet.len && memcmp(again, packet.s, len) == 0);
}

NOT_FOLLOWED static void check_accepted(
	enum fsv_side from, const struct fsv_msg *msg, struct fsv_str packet)
{
	struct fsv_str text = text_of(msg);
	struct fsv_msg other;

	must(msg->kind == fsv_msg_kind(packet.s, packet.len));
	must(fsv_kind_sender(msg->kind) == from);
	must(fsv_msg_parse(from == FSV_HELPER ? FSV_SERVICE : FSV_HELPER, packet.s, packet.len,
		     &other) == FSV_R_DIRECTION);
	must(!text.s || (inside(text, packet) && text.len > 0));
	must(!text.s || text.s + text.len + 1 == packet.s + packet.len);
	must(!text.s || strlen(text.s) == text.len);
	write_back(msg, packet);
}

NOT_FOLLOWED int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fsv_str packet = { (const char *)data, size }, path;
	enum fsv_side from = FSV_HELPER;
	enum fsv_reason reason;
	struct fsv_msg msg;

	memset(&msg, 0x5a, sizeof(msg));
	reason = fsv_msg_parse(from, data, size, &msg);
	if (reason == FSV_R_DIRECTION) {
		from = FSV_SERVICE;
		reason = fsv_msg_parse(from, data, size, &msg);
	}
	if (reason == FSV_OK)
		check_accepted(from, &msg, packet);
	else
		must(untouched(&msg, 0x5a, sizeof(msg)));
	if (from == FSV_SERVICE && fsv_msg_open_path(data, size, &path) == FSV_OK)
		must(inside(path, packet) && strlen(path.s) == path.len);
	return 0;
}
