/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * One packet of the mount-service protocol as a checked struct, in both directions
 * (docs/protocol.md, "Packets"). Parsing is strict: exact sizes, no trailing byte, no inner NUL,
 * zero padding, no unknown flag bit, errno fields 0…4095. What parses can be written back to the
 * same bytes.
 */
#ifndef FSV_MSG_H
#define FSV_MSG_H

#include <stddef.h>
#include <stdint.h>

#include "fsv_cursor.h"
#include "fsv_reason.h"

enum fsv_kind {
	FSV_NONE = 0, /* not a packet of this protocol */
	FSV_HELLO,
	FSV_HELLO_REPLY,
	FSV_OPEN,
	FSV_OPEN_BDEV,
	FSV_FSOPEN,
	FSV_SOURCE,
	FSV_MNTOPTS,
	FSV_MTABOPTS,
	FSV_MNTPT,
	FSV_MOUNT,
	FSV_UNMOUNT,
	FSV_BYE,
	FSV_FILE,
	FSV_REPLY,
	FSV_KINDS
};

/* Who sends. */
enum fsv_side {
	FSV_HELPER = 1,
	FSV_SERVICE = 2
};

struct fsv_hello {
	uint16_t min_version;
	uint16_t max_version;
	uint32_t flags; /* FSV_HELLO_* */
};

struct fsv_hello_reply {
	uint16_t version;
};

/* OPEN and OPEN_BDEV. Only the latter may have a block_size (bytes; 0 = leave alone). */
struct fsv_open {
	uint32_t open_flags; /* FSV_O_*; which of them are allowed is the helper's policy */
	uint32_t create_mode;
	uint32_t request_flags; /* FSV_OPEN_* */
	uint32_t block_size;
	struct fsv_str path;
};

struct fsv_mntpt {
	uint16_t expected_format; /* FSV_FORMAT_* */
	struct fsv_str path;
};

struct fsv_file {
	uint32_t error; /* 0 or a positive errno */
	struct fsv_str path;
};

/* A decoded packet; `kind` says which member counts (UNMOUNT has none). */
struct fsv_msg {
	enum fsv_kind kind;
	union {
		struct fsv_hello hello;
		struct fsv_hello_reply hello_reply;
		struct fsv_open open;
		struct fsv_mntpt mntpt;
		struct fsv_file file;
		struct fsv_str text;   /* SOURCE, MNTOPTS, MTABOPTS */
		uint32_t fsopen_flags; /* FSV_FSOPEN_* */
		uint32_t ms_flags;     /* MOUNT */
		uint32_t exit_code;    /* BYE */
		uint32_t error;	       /* REPLY: 0 or a positive errno */
	};
};

/*
 * Parse the packet of `len` bytes at `buf` that `from` sent. On FSV_OK `*msg` is complete and its
 * views lie inside `buf`, NUL-terminated; on anything else `*msg` is untouched. Checked in this
 * order: size limits (FSV_R_SHORT, FSV_R_OVERSIZE), FSV_R_MAGIC, FSV_R_DIRECTION, then the body
 * field by field, FSV_R_TRAILING last.
 */
FSV_MUST_USE enum fsv_reason fsv_msg_parse(
	enum fsv_side from, const void *buf, size_t len, struct fsv_msg *msg);

/*
 * Write `*msg` into at most `cap` bytes at `buf`; `*len` is the packet's size. Refuses what the
 * parser would refuse, with the same reason, a packet over FSV_PACKET_MAX with FSV_R_OVERSIZE, and
 * a buffer that is too small with FSV_R_NO_SPACE; then `*len` is untouched and the buffer's content
 * undefined.
 */
FSV_MUST_USE enum fsv_reason fsv_msg_write(
	const struct fsv_msg *msg, void *buf, size_t cap, size_t *len);

/*
 * The kind that a packet claims by its magic, whatever follows; FSV_NONE for an unknown magic and
 * for fewer than 4 bytes. It tells a bad command (answered) from no command at all (the end).
 */
enum fsv_kind fsv_msg_kind(const void *buf, size_t len);

/*
 * The path of an OPEN or OPEN_BDEV that did not parse, if the fixed fields are there and a
 * well-formed string ends the packet, so that the refusal can repeat it (docs/protocol.md,
 * "Sequence"). Otherwise `*path` is untouched and the result says why.
 */
FSV_MUST_USE enum fsv_reason fsv_msg_open_path(const void *buf, size_t len, struct fsv_str *path);

/* Which side sends this kind. 0 for FSV_NONE and values outside the list. */
enum fsv_side fsv_kind_sender(enum fsv_kind kind);
/* Its magic; 0 for FSV_NONE and values outside the list. */
uint32_t fsv_kind_magic(enum fsv_kind kind);
/* Its name as in docs/protocol.md ("OPEN_BDEV"); "?" outside the list. Never NULL. */
const char *fsv_kind_name(enum fsv_kind kind);

/*
 * The highest version in both min…max and ours. FSV_R_VERSION where there is none, or min > max;
 * then `*version` is untouched.
 */
FSV_MUST_USE enum fsv_reason fsv_version_pick(uint16_t min, uint16_t max, uint16_t *version);

#endif
