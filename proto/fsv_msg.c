/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_msg.h"

#include "fsv_msg_kinds.h"
#include "fsv_wire.h"

static enum fsv_kind kind_of_magic(uint32_t magic)
{
	switch (magic) {
	case FSV_MAGIC_HELLO: return FSV_HELLO;
	case FSV_MAGIC_HELLO_REPLY: return FSV_HELLO_REPLY;
	case FSV_MAGIC_OPEN: return FSV_OPEN;
	case FSV_MAGIC_OPEN_BDEV: return FSV_OPEN_BDEV;
	case FSV_MAGIC_FSOPEN: return FSV_FSOPEN;
	case FSV_MAGIC_SOURCE: return FSV_SOURCE;
	case FSV_MAGIC_MNTOPTS: return FSV_MNTOPTS;
	case FSV_MAGIC_MTABOPTS: return FSV_MTABOPTS;
	case FSV_MAGIC_MNTPT: return FSV_MNTPT;
	case FSV_MAGIC_MOUNT: return FSV_MOUNT;
	case FSV_MAGIC_UNMOUNT: return FSV_UNMOUNT;
	case FSV_MAGIC_BYE: return FSV_BYE;
	case FSV_MAGIC_FILE: return FSV_FILE;
	case FSV_MAGIC_REPLY: return FSV_REPLY;
	default: return FSV_NONE;
	}
}

uint32_t fsv_kind_magic(enum fsv_kind kind)
{
	switch (kind) {
	case FSV_HELLO: return FSV_MAGIC_HELLO;
	case FSV_HELLO_REPLY: return FSV_MAGIC_HELLO_REPLY;
	case FSV_OPEN: return FSV_MAGIC_OPEN;
	case FSV_OPEN_BDEV: return FSV_MAGIC_OPEN_BDEV;
	case FSV_FSOPEN: return FSV_MAGIC_FSOPEN;
	case FSV_SOURCE: return FSV_MAGIC_SOURCE;
	case FSV_MNTOPTS: return FSV_MAGIC_MNTOPTS;
	case FSV_MTABOPTS: return FSV_MAGIC_MTABOPTS;
	case FSV_MNTPT: return FSV_MAGIC_MNTPT;
	case FSV_MOUNT: return FSV_MAGIC_MOUNT;
	case FSV_UNMOUNT: return FSV_MAGIC_UNMOUNT;
	case FSV_BYE: return FSV_MAGIC_BYE;
	case FSV_FILE: return FSV_MAGIC_FILE;
	case FSV_REPLY: return FSV_MAGIC_REPLY;
	case FSV_NONE:
	case FSV_KINDS: break;
	}
	return 0;
}

const char *fsv_kind_name(enum fsv_kind kind)
{
	switch (kind) {
	case FSV_HELLO: return "HELLO";
	case FSV_HELLO_REPLY: return "HELLO_REPLY";
	case FSV_OPEN: return "OPEN";
	case FSV_OPEN_BDEV: return "OPEN_BDEV";
	case FSV_FSOPEN: return "FSOPEN";
	case FSV_SOURCE: return "SOURCE";
	case FSV_MNTOPTS: return "MNTOPTS";
	case FSV_MTABOPTS: return "MTABOPTS";
	case FSV_MNTPT: return "MNTPT";
	case FSV_MOUNT: return "MOUNT";
	case FSV_UNMOUNT: return "UNMOUNT";
	case FSV_BYE: return "BYE";
	case FSV_FILE: return "FILE";
	case FSV_REPLY: return "REPLY";
	case FSV_NONE:
	case FSV_KINDS: break;
	}
	return "?";
}

enum fsv_side fsv_kind_sender(enum fsv_kind kind)
{
	switch (kind) {
	case FSV_HELLO:
	case FSV_FILE:
	case FSV_REPLY: return FSV_HELPER;
	case FSV_HELLO_REPLY:
	case FSV_OPEN:
	case FSV_OPEN_BDEV:
	case FSV_FSOPEN:
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS:
	case FSV_MNTPT:
	case FSV_MOUNT:
	case FSV_UNMOUNT:
	case FSV_BYE: return FSV_SERVICE;
	case FSV_NONE:
	case FSV_KINDS: break;
	}
	return (enum fsv_side)0;
}

enum fsv_kind fsv_msg_kind(const void *buf, size_t len)
{
	struct fsv_reader r;
	uint32_t magic;

	fsv_reader_init(&r, buf, len);
	if (fsv_read_u32(&r, &magic))
		return FSV_NONE;
	return kind_of_magic(magic);
}

static enum fsv_reason parse_body(struct fsv_reader *r, enum fsv_kind kind, struct fsv_msg *msg)
{
	switch (kind) {
	case FSV_HELLO: return fsv_hello_parse(r, &msg->hello);
	case FSV_HELLO_REPLY: return fsv_hello_reply_parse(r, &msg->hello_reply);
	case FSV_OPEN: return fsv_open_parse(r, &msg->open);
	case FSV_OPEN_BDEV: return fsv_open_bdev_parse(r, &msg->open);
	case FSV_FSOPEN: return fsv_fsopen_parse(r, &msg->fsopen_flags);
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: return fsv_read_last_str(r, &msg->text);
	case FSV_MNTPT: return fsv_mntpt_parse(r, &msg->mntpt);
	case FSV_MOUNT: return fsv_mount_parse(r, &msg->ms_flags);
	case FSV_UNMOUNT: return fsv_read_end(r);
	case FSV_BYE: return fsv_bye_parse(r, &msg->exit_code);
	case FSV_FILE: return fsv_file_parse(r, &msg->file);
	case FSV_REPLY: return fsv_reply_parse(r, &msg->error);
	case FSV_NONE:
	case FSV_KINDS: break;
	}
	return FSV_R_MAGIC;
}

enum fsv_reason fsv_msg_parse(enum fsv_side from, const void *buf, size_t len, struct fsv_msg *msg)
{
	struct fsv_reader r;
	uint32_t magic;
	enum fsv_kind kind;
	enum fsv_reason reason;

	if (len > FSV_PACKET_MAX)
		return FSV_R_OVERSIZE;
	fsv_reader_init(&r, buf, len);
	reason = fsv_read_u32(&r, &magic);
	if (reason)
		return reason;
	kind = kind_of_magic(magic);
	if (kind != FSV_NONE && fsv_kind_sender(kind) != from)
		return FSV_R_DIRECTION;
	reason = parse_body(&r, kind, msg);
	if (reason)
		return reason;
	msg->kind = kind;
	return FSV_OK;
}

static enum fsv_reason write_body(struct fsv_writer *w, const struct fsv_msg *msg)
{
	switch (msg->kind) {
	case FSV_HELLO: return fsv_hello_write(w, &msg->hello);
	case FSV_HELLO_REPLY: return fsv_hello_reply_write(w, &msg->hello_reply);
	case FSV_OPEN: return fsv_open_write(w, &msg->open);
	case FSV_OPEN_BDEV: return fsv_open_bdev_write(w, &msg->open);
	case FSV_FSOPEN: return fsv_fsopen_write(w, msg->fsopen_flags);
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: return fsv_write_str(w, msg->text);
	case FSV_MNTPT: return fsv_mntpt_write(w, &msg->mntpt);
	case FSV_MOUNT: return fsv_mount_write(w, msg->ms_flags);
	case FSV_UNMOUNT: return FSV_OK;
	case FSV_BYE: return fsv_bye_write(w, msg->exit_code);
	case FSV_FILE: return fsv_file_write(w, &msg->file);
	case FSV_REPLY: return fsv_reply_write(w, msg->error);
	case FSV_NONE:
	case FSV_KINDS: break;
	}
	return FSV_R_MAGIC;
}

/* Whether the string alone makes the packet too long: the magic, the fixed fields and the NUL count
 * too. */
static int is_too_long(const struct fsv_msg *msg)
{
	switch (msg->kind) {
	case FSV_OPEN:
	case FSV_OPEN_BDEV: return msg->open.path.len > FSV_PACKET_MAX - (4 + 16 + 1);
	case FSV_MNTPT: return msg->mntpt.path.len > FSV_PACKET_MAX - (4 + 4 + 1);
	case FSV_FILE: return msg->file.path.len > FSV_PACKET_MAX - (4 + 4 + 1);
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: return msg->text.len > FSV_PACKET_MAX - (4 + 1);
	default: return 0;
	}
}

enum fsv_reason fsv_msg_write(const struct fsv_msg *msg, void *buf, size_t cap, size_t *len)
{
	struct fsv_writer w;
	enum fsv_reason reason;

	if (is_too_long(msg))
		return FSV_R_OVERSIZE;
	fsv_writer_init(&w, buf, cap);
	reason = fsv_write_u32(&w, fsv_kind_magic(msg->kind));
	if (reason)
		return reason;
	reason = write_body(&w, msg);
	if (reason)
		return reason;
	*len = w.pos;
	return FSV_OK;
}

enum fsv_reason fsv_version_pick(uint16_t min, uint16_t max, uint16_t *version)
{
	if (min > max || min > FSV_VERSION_MAX || max < FSV_VERSION_MIN)
		return FSV_R_VERSION;
	*version = max < FSV_VERSION_MAX ? max : (uint16_t)FSV_VERSION_MAX;
	return FSV_OK;
}
