/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_msg_kinds.h"

/* MOUNT: u32 ms_flags, any value; which of them are allowed is the helper's policy */

enum fsv_reason fsv_mount_parse(struct fsv_reader *r, uint32_t *ms_flags)
{
	enum fsv_reason reason;
	uint32_t value;

	reason = fsv_read_u32(r, &value);
	if (reason)
		return reason;
	reason = fsv_read_end(r);
	if (reason)
		return reason;
	*ms_flags = value;
	return FSV_OK;
}

enum fsv_reason fsv_mount_write(struct fsv_writer *w, uint32_t ms_flags)
{
	return fsv_write_u32(w, ms_flags);
}

/* BYE: u32 exit_code, any value */

enum fsv_reason fsv_bye_parse(struct fsv_reader *r, uint32_t *exit_code)
{
	enum fsv_reason reason;
	uint32_t value;

	reason = fsv_read_u32(r, &value);
	if (reason)
		return reason;
	reason = fsv_read_end(r);
	if (reason)
		return reason;
	*exit_code = value;
	return FSV_OK;
}

enum fsv_reason fsv_bye_write(struct fsv_writer *w, uint32_t exit_code)
{
	return fsv_write_u32(w, exit_code);
}
