/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What targets about packets share. */
#ifndef FUZZ_PACKETS_H
#define FUZZ_PACKETS_H

#include "fsv_msg.h"

/* The string of a message; .s is NULL where its kind has none. */
static inline struct fsv_str text_of(const struct fsv_msg *msg)
{
	switch (msg->kind) {
	case FSV_OPEN:
	case FSV_OPEN_BDEV: return msg->open.path;
	case FSV_MNTPT: return msg->mntpt.path;
	case FSV_FILE: return msg->file.path;
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: return msg->text;
	default: return (struct fsv_str){ 0 };
	}
}

#define NUMBERS_MAX 4

/* The fixed fields of a message in the order of the wire, padding left out. How many. */
static inline unsigned int numbers_of(const struct fsv_msg *msg, uint32_t number[NUMBERS_MAX])
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

#endif
