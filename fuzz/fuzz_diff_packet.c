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
