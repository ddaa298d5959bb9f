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

#endif
