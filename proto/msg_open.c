/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_msg_kinds.h"
#include "fsv_wire.h"

/*
 * OPEN and OPEN_BDEV: u32 open_flags, u32 create_mode, u32 request_flags, u32 block_size, str path
 *
 * Which open_flags and modes are allowed is the helper's policy, not a matter of form: a packet
 * that asks for too much is answered, one that is malformed never gets that far.
 */

static enum fsv_reason read_head(struct fsv_reader *r, struct fsv_open *open)
{
	enum fsv_reason reason;

	reason = fsv_read_u32(r, &open->open_flags);
	if (reason)
		return reason;
	reason = fsv_read_u32(r, &open->create_mode);
	if (reason)
		return reason;
	reason = fsv_read_u32(r, &open->request_flags);
	if (reason)
		return reason;
	return fsv_read_u32(r, &open->block_size);
}

static enum fsv_reason write_head(struct fsv_writer *w, const struct fsv_open *open)
{
	enum fsv_reason reason;

	reason = fsv_write_u32(w, open->open_flags);
	if (reason)
		return reason;
	reason = fsv_write_u32(w, open->create_mode);
	if (reason)
		return reason;
	reason = fsv_write_u32(w, open->request_flags);
	if (reason)
		return reason;
	return fsv_write_u32(w, open->block_size);
}

enum fsv_reason fsv_open_parse(struct fsv_reader *r, struct fsv_open *open)
{
	struct fsv_open o;
	enum fsv_reason reason;

	reason = read_head(r, &o);
	if (reason)
		return reason;
	if (o.request_flags & ~FSV_OPEN_FLAGS)
		return FSV_R_FLAGS;
	if (o.block_size)
		return FSV_R_BLOCK_SIZE;
	reason = fsv_read_last_str(r, &o.path);
	if (reason)
		return reason;
	*open = o;
	return FSV_OK;
}

enum fsv_reason fsv_open_write(struct fsv_writer *w, const struct fsv_open *open)
{
	enum fsv_reason reason;

	if (open->request_flags & ~FSV_OPEN_FLAGS)
		return FSV_R_FLAGS;
	if (open->block_size)
		return FSV_R_BLOCK_SIZE;
	reason = write_head(w, open);
	if (reason)
		return reason;
	return fsv_write_str(w, open->path);
}

enum fsv_reason fsv_open_bdev_parse(struct fsv_reader *r, struct fsv_open *open)
{
	struct fsv_open o;
	enum fsv_reason reason;

	reason = read_head(r, &o);
	if (reason)
		return reason;
	if (o.request_flags & ~FSV_OPEN_FLAGS)
		return FSV_R_FLAGS;
	reason = fsv_read_last_str(r, &o.path);
	if (reason)
		return reason;
	*open = o;
	return FSV_OK;
}

enum fsv_reason fsv_open_bdev_write(struct fsv_writer *w, const struct fsv_open *open)
{
	enum fsv_reason reason;

	if (open->request_flags & ~FSV_OPEN_FLAGS)
		return FSV_R_FLAGS;
	reason = write_head(w, open);
	if (reason)
		return reason;
	return fsv_write_str(w, open->path);
}

enum fsv_reason fsv_msg_open_path(const void *buf, size_t len, struct fsv_str *path)
{
	struct fsv_reader r;
	struct fsv_open o;
	uint32_t magic;
	enum fsv_reason reason;

	if (len > FSV_PACKET_MAX)
		return FSV_R_OVERSIZE;
	fsv_reader_init(&r, buf, len);
	reason = fsv_read_u32(&r, &magic);
	if (reason)
		return reason;
	if (magic != FSV_MAGIC_OPEN && magic != FSV_MAGIC_OPEN_BDEV)
		return FSV_R_MAGIC;
	reason = read_head(&r, &o);
	if (reason)
		return reason;
	return fsv_read_last_str(&r, path);
}
