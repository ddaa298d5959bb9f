/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_msg_kinds.h"
#include "fsv_wire.h"

/*
 * The error fields: 0 or an errno. Negated and used as a result, a number over FSV_ERRNO_MAX could
 * come out as a success or as the address of something.
 */

/* FILE: u32 error, str path */

enum fsv_reason fsv_file_parse(struct fsv_reader *r, struct fsv_file *file)
{
	struct fsv_file f;
	enum fsv_reason reason;

	reason = fsv_read_u32(r, &f.error);
	if (reason)
		return reason;
	if (f.error > FSV_ERRNO_MAX)
		return FSV_R_ERRNO;
	reason = fsv_read_last_str(r, &f.path);
	if (reason)
		return reason;
	*file = f;
	return FSV_OK;
}

enum fsv_reason fsv_file_write(struct fsv_writer *w, const struct fsv_file *file)
{
	enum fsv_reason reason;

	if (file->error > FSV_ERRNO_MAX)
		return FSV_R_ERRNO;
	reason = fsv_write_u32(w, file->error);
	if (reason)
		return reason;
	return fsv_write_str(w, file->path);
}

/* REPLY: u32 error */

enum fsv_reason fsv_reply_parse(struct fsv_reader *r, uint32_t *error)
{
	enum fsv_reason reason;
	uint32_t value;

	reason = fsv_read_u32(r, &value);
	if (reason)
		return reason;
	if (value > FSV_ERRNO_MAX)
		return FSV_R_ERRNO;
	reason = fsv_read_end(r);
	if (reason)
		return reason;
	*error = value;
	return FSV_OK;
}

enum fsv_reason fsv_reply_write(struct fsv_writer *w, uint32_t error)
{
	if (error > FSV_ERRNO_MAX)
		return FSV_R_ERRNO;
	return fsv_write_u32(w, error);
}
