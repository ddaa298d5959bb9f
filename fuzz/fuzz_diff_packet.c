/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: a packet, read by proto and by a plain second reader (tests/reference/). Both accept it or
 * neither does; the reason is a fault that the second one found, too; they agree on the kind, on
 * who sends it, and on every field.
 */
#include "../tests/reference/packet.h"
#include "fuzz.h"
#include "packets.h"

/* The fixed fields of a message in the order of the wire, padding left out. How many. */
static unsigned int numbers_of(const struct fsv_msg *msg, uint32_t number[REF_FIELDS])
{
	const uint32_t open[] = { msg->open.open_flags, msg->open.create_mode,
		msg->open.request_flags, msg->open.block_size };

	switch (msg->kind) {
	case FSV_HELLO:
		number[0] = msg->hello.min_version;
		number[1] = msg->hello.max_version;
		number[2] = msg->hello.flags;
		return 3;
	case FSV_OPEN:
	case FSV_OPEN_BDEV: memcpy(number, open, sizeof(open)); return 4;
	case FSV_HELLO_REPLY: number[0] = msg->hello_reply.version; return 1;
	case FSV_MNTPT: number[0] = msg->mntpt.expected_format; return 1;
	case FSV_FILE: number[0] = msg->file.error; return 1;
	case FSV_FSOPEN: number[0] = msg->fsopen_flags; return 1;
	case FSV_MOUNT: number[0] = msg->ms_flags; return 1;
	case FSV_BYE: number[0] = msg->exit_code; return 1;
	case FSV_REPLY: number[0] = msg->error; return 1;
	default: return 0;
	}
}

static void same_fields(const struct fsv_msg *msg, const struct ref_packet *ref, const char *bytes)
{
	uint32_t number[REF_FIELDS];
	struct fsv_str text = text_of(msg);

	must(strcmp(fsv_kind_name(msg->kind), ref->name) == 0);
	must(numbers_of(msg, number) == ref->numbers);
	must(memcmp(number, ref->number, ref->numbers * sizeof(*number)) == 0);
	must(text.len == ref->text_len && (!text.len || text.s == bytes + ref->text_at));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum fsv_reason as_helper, as_service, reason;
	struct ref_packet ref;
	struct fsv_msg msg;

	as_helper = fsv_msg_parse(FSV_HELPER, data, size, &msg);
	as_service = fsv_msg_parse(FSV_SERVICE, data, size, &msg);
	ref_packet_read(data, size, &ref);
	if (ref.name)
		must((ref.sender == 'h' ? as_service : as_helper) == FSV_R_DIRECTION);
	reason = ref.sender == 'h' ? as_helper : as_service;
	must((reason == FSV_OK) == (ref.faults == 0));
	must(reason == FSV_OK || (ref.faults & 1u << reason));
	if (reason == FSV_OK && fsv_msg_parse(ref.sender == 'h' ? FSV_HELPER : FSV_SERVICE, data,
					size, &msg) == FSV_OK)
		same_fields(&msg, &ref, (const char *)data);
	return 0;
}
