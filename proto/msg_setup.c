/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_msg_kinds.h"
#include "fsv_wire.h"

/* FSOPEN: u32 flags */

enum fsv_reason fsv_fsopen_parse(struct fsv_reader *r, uint32_t *flags)
{
	enum fsv_reason reason;
	uint32_t value;

	reason = fsv_read_u32(r, &value);
	if (reason)
		return reason;
	if (value & ~FSV_FSOPEN_FLAGS)
		return FSV_R_FLAGS;
	reason = fsv_read_end(r);
	if (reason)
		return reason;
	*flags = value;
	return FSV_OK;
}

enum fsv_reason fsv_fsopen_write(struct fsv_writer *w, uint32_t flags)
{
	if (flags & ~FSV_FSOPEN_FLAGS)
		return FSV_R_FLAGS;
	return fsv_write_u32(w, flags);
}

/* MNTPT: u16 expected_format, u16 pad, str path */

static int is_format(uint16_t format)
{
	return format == FSV_FORMAT_ANY || format == FSV_FORMAT_DIR || format == FSV_FORMAT_REG;
}

enum fsv_reason fsv_mntpt_parse(struct fsv_reader *r, struct fsv_mntpt *mntpt)
{
	struct fsv_mntpt m;
	enum fsv_reason reason;
	uint16_t pad;

	reason = fsv_read_u16(r, &m.expected_format);
	if (reason)
		return reason;
	if (!is_format(m.expected_format))
		return FSV_R_FORMAT;
	reason = fsv_read_u16(r, &pad);
	if (reason)
		return reason;
	if (pad)
		return FSV_R_PADDING;
	reason = fsv_read_last_str(r, &m.path);
	if (reason)
		return reason;
	*mntpt = m;
	return FSV_OK;
}

enum fsv_reason fsv_mntpt_write(struct fsv_writer *w, const struct fsv_mntpt *mntpt)
{
	enum fsv_reason reason;

	if (!is_format(mntpt->expected_format))
		return FSV_R_FORMAT;
	reason = fsv_write_u16(w, mntpt->expected_format);
	if (reason)
		return reason;
	reason = fsv_write_u16(w, 0);
	if (reason)
		return reason;
	return fsv_write_str(w, mntpt->path);
}
