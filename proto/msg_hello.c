/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_msg_kinds.h"
#include "fsv_wire.h"

/* HELLO: u16 min_version, u16 max_version, u32 flags */

static enum fsv_reason check_hello(const struct fsv_hello *hello)
{
	if (hello->min_version > hello->max_version)
		return FSV_R_VERSION;
	if (hello->flags & ~FSV_HELLO_FLAGS)
		return FSV_R_FLAGS;
	return FSV_OK;
}

enum fsv_reason fsv_hello_parse(struct fsv_reader *r, struct fsv_hello *hello)
{
	struct fsv_hello h;
	enum fsv_reason reason;

	reason = fsv_read_u16(r, &h.min_version);
	if (reason)
		return reason;
	reason = fsv_read_u16(r, &h.max_version);
	if (reason)
		return reason;
	reason = fsv_read_u32(r, &h.flags);
	if (reason)
		return reason;
	reason = check_hello(&h);
	if (reason)
		return reason;
	reason = fsv_read_end(r);
	if (reason)
		return reason;
	*hello = h;
	return FSV_OK;
}

enum fsv_reason fsv_hello_write(struct fsv_writer *w, const struct fsv_hello *hello)
{
	enum fsv_reason reason;

	reason = check_hello(hello);
	if (reason)
		return reason;
	reason = fsv_write_u16(w, hello->min_version);
	if (reason)
		return reason;
	reason = fsv_write_u16(w, hello->max_version);
	if (reason)
		return reason;
	return fsv_write_u32(w, hello->flags);
}

/* HELLO_REPLY: u16 version, u16 pad */

enum fsv_reason fsv_hello_reply_parse(struct fsv_reader *r, struct fsv_hello_reply *reply)
{
	struct fsv_hello_reply h;
	enum fsv_reason reason;
	uint16_t pad;

	reason = fsv_read_u16(r, &h.version);
	if (reason)
		return reason;
	reason = fsv_read_u16(r, &pad);
	if (reason)
		return reason;
	if (pad)
		return FSV_R_PADDING;
	reason = fsv_read_end(r);
	if (reason)
		return reason;
	*reply = h;
	return FSV_OK;
}

enum fsv_reason fsv_hello_reply_write(struct fsv_writer *w, const struct fsv_hello_reply *reply)
{
	enum fsv_reason reason;

	reason = fsv_write_u16(w, reply->version);
	if (reason)
		return reason;
	return fsv_write_u16(w, 0);
}
