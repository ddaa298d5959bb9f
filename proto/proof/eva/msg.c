/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* fsv_msg.h: parse any bytes, ask what they are, write any struct into any space. */
#include "eva.h"
#include "fsv_msg.h"

static uint8_t in[SIZE(65537, 34)];
static uint8_t out[SIZE(65537, 25)];
static char text[SIZE(65537, 3)];

static void touch_msg(const struct fsv_msg *msg)
{
	switch (msg->kind) {
	case FSV_OPEN:
	case FSV_OPEN_BDEV: touch(msg->open.path); break;
	case FSV_MNTPT: touch(msg->mntpt.path); break;
	case FSV_FILE: touch(msg->file.path); break;
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: touch(msg->text); break;
	default: break;
	}
}

static void parse(size_t len)
{
	const uint8_t *packet = PART(in, len);
	struct fsv_str path;
	struct fsv_msg msg;

	IGNORE(fsv_msg_parse((enum fsv_side)any_up_to(UINT32_MAX), packet, len, &msg));
	IGNORE(fsv_msg_kind(packet, len));
	if (fsv_msg_open_path(packet, len, &path) == FSV_OK)
		touch(path);
}

/* The views of a packet of one kind: all of what they show is there. */
static void parse_kind(enum fsv_kind kind, size_t len)
{
	uint8_t *packet = PART(in, len);
	struct fsv_writer w;
	struct fsv_msg msg;

	UNKNOWN(in);
	fsv_writer_init(&w, packet, len);
	if (fsv_write_u32(&w, fsv_kind_magic(kind)))
		return;
	if (fsv_msg_parse(fsv_kind_sender(kind), packet, len, &msg) == FSV_OK)
		touch_msg(&msg);
}

static void write(enum fsv_kind kind, size_t cap, size_t len)
{
	struct fsv_msg msg;
	size_t size;

	Frama_C_make_unknown((char *)&msg, sizeof(msg));
	msg.kind = kind;
	switch (kind) {
	case FSV_OPEN:
	case FSV_OPEN_BDEV: msg.open.path = VIEW(text, len); break;
	case FSV_MNTPT: msg.mntpt.path = VIEW(text, len); break;
	case FSV_FILE: msg.file.path = VIEW(text, len); break;
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: msg.text = VIEW(text, len); break;
	default: break;
	}
	IGNORE(fsv_msg_write(&msg, PART(out, cap), cap, &size));
}

static void names(void)
{
	enum fsv_kind kind = (enum fsv_kind)any_up_to(UINT32_MAX);
	uint16_t version;

	IGNORE(fsv_kind_sender(kind));
	IGNORE(fsv_kind_magic(kind));
	IGNORE(fsv_kind_name(kind));
	IGNORE(fsv_reason_name((enum fsv_reason)any_up_to(UINT32_MAX)));
	IGNORE(fsv_version_pick(
		(uint16_t)any_up_to(UINT16_MAX), (uint16_t)any_up_to(UINT16_MAX), &version));
}

int main(void)
{
	UNKNOWN(text);
	EACH(len, sizeof(in))
	{
		UNKNOWN(in);
		parse(len);
	}
	for (int kind = FSV_NONE; kind <= FSV_KINDS; kind++) {
		EACH(len, sizeof(in))
		{
			parse_kind((enum fsv_kind)kind, len);
		}
		EACH(cap, sizeof(out))
		{
			EACH(len, sizeof(text))
			{
				write((enum fsv_kind)kind, cap, len);
			}
		}
	}
	names();
	return 0;
}
