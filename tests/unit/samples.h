/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What the tests of packets share: one valid packet of each form as bytes, typed off the tables of
 * docs/protocol.md and not made by the code under test, with what it means.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "check.h"
#include "fsv_msg.h"
#include "fsv_wire.h"

/* A string literal as bytes and size, its own NUL left out. */
#define BYTES(literal) (const uint8_t *)(literal), sizeof(literal) - 1
#define VIEW(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

struct sample {
	const uint8_t *bytes;
	size_t len;
	size_t fixed; /* bytes before the string; the whole packet where there is none */
	struct fsv_msg msg;
};

static const struct sample samples[] = {
	{ BYTES("SAFT\0\1\0\1\0\0\0\0"), 12, { FSV_HELLO, { .hello = { 1, 1, 0 } } } },
	{ BYTES("SAFT\0\1\1\2\0\0\0\3"), 12, { FSV_HELLO, { .hello = { 1, 258, 3 } } } },
	{ BYTES("LAST\0\1\0\0"), 8, { FSV_HELLO_REPLY, { .hello_reply = { 1 } } } },
	{ BYTES("LAST\xfe\xdc\0\0"), 8, { FSV_HELLO_REPLY, { .hello_reply = { 0xfedc } } } },
	{ BYTES("OPEN\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a\0"), 20,
		{ FSV_OPEN, { .open = { 0, 0, 0, 0, VIEW("a") } } } },
	{ BYTES("OPEN\x12\x34\x56\x78\x9a\xbc\xde\xf0\0\0\0\1\0\0\0\0/dev/sdb1\0"), 20,
		{ FSV_OPEN, { .open = { 0x12345678, 0x9abcdef0, 1, 0, VIEW("/dev/sdb1") } } } },
	{ BYTES("BDEV\0\0\0\2\0\0\1\xa4\0\0\0\1\0\0\x10\0/dev/sdb1\0"), 20,
		{ FSV_OPEN_BDEV, { .open = { 2, 0644, 1, 4096, VIEW("/dev/sdb1") } } } },
	{ BYTES("TYPE\0\0\0\0"), 8, { FSV_FSOPEN, { .fsopen_flags = 0 } } },
	{ BYTES("TYPE\0\0\0\1"), 8, { FSV_FSOPEN, { .fsopen_flags = 1 } } },
	{ BYTES("NAME/dev/sdb1\0"), 4, { FSV_SOURCE, { .text = VIEW("/dev/sdb1") } } },
	{ BYTES("NAMEx\0"), 4, { FSV_SOURCE, { .text = VIEW("x") } } },
	{ BYTES("OPTSallow_other,max_read=65536\0"), 4,
		{ FSV_MNTOPTS, { .text = VIEW("allow_other,max_read=65536") } } },
	{ BYTES("MTAB-n\0"), 4, { FSV_MTABOPTS, { .text = VIEW("-n") } } },
	{ BYTES("MNTP\0\0\0\0m\0"), 8, { FSV_MNTPT, { .mntpt = { 0, VIEW("m") } } } },
	{ BYTES("MNTP\x40\0\0\0/mnt\0"), 8, { FSV_MNTPT, { .mntpt = { 0x4000, VIEW("/mnt") } } } },
	{ BYTES("MNTP\x80\0\0\0/mnt\xff\n\0"), 8,
		{ FSV_MNTPT, { .mntpt = { 0x8000, VIEW("/mnt\xff\n") } } } },
	{ BYTES("DOIT\1\2\3\4"), 8, { FSV_MOUNT, { .ms_flags = 0x01020304 } } },
	{ BYTES("DOIT\xff\xff\xff\xff"), 8, { FSV_MOUNT, { .ms_flags = 0xffffffff } } },
	{ BYTES("UMNT"), 4, { .kind = FSV_UNMOUNT } },
	{ BYTES("BYEE\0\0\0\0"), 8, { FSV_BYE, { .exit_code = 0 } } },
	{ BYTES("BYEE\xff\xff\xff\xff"), 8, { FSV_BYE, { .exit_code = 0xffffffff } } },
	{ BYTES("FILE\0\0\0\0argv\0"), 8, { FSV_FILE, { .file = { 0, VIEW("argv") } } } },
	{ BYTES("FILE\0\0\xf\xff/x\0"), 8, { FSV_FILE, { .file = { 4095, VIEW("/x") } } } },
	{ BYTES("REPL\0\0\0\0"), 8, { FSV_REPLY, { .error = 0 } } },
	{ BYTES("REPL\0\0\xf\xff"), 8, { FSV_REPLY, { .error = 4095 } } },
};

static inline int has_string(const struct sample *s)
{
	return s->len > s->fixed;
}

static inline void assert_same_str(struct fsv_str a, struct fsv_str b)
{
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.s, b.s, a.len);
}

static inline void assert_same_open(const struct fsv_open *a, const struct fsv_open *b)
{
	assert_int_equal(a->open_flags, b->open_flags);
	assert_int_equal(a->create_mode, b->create_mode);
	assert_int_equal(a->request_flags, b->request_flags);
	assert_int_equal(a->block_size, b->block_size);
	assert_same_str(a->path, b->path);
}

static inline void assert_same_msg(const struct fsv_msg *a, const struct fsv_msg *b)
{
	assert_int_equal(a->kind, b->kind);
	switch (a->kind) {
	case FSV_HELLO:
		assert_int_equal(a->hello.min_version, b->hello.min_version);
		assert_int_equal(a->hello.max_version, b->hello.max_version);
		assert_int_equal(a->hello.flags, b->hello.flags);
		break;
	case FSV_HELLO_REPLY:
		assert_int_equal(a->hello_reply.version, b->hello_reply.version);
		break;
	case FSV_OPEN:
	case FSV_OPEN_BDEV: assert_same_open(&a->open, &b->open); break;
	case FSV_FSOPEN: assert_int_equal(a->fsopen_flags, b->fsopen_flags); break;
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: assert_same_str(a->text, b->text); break;
	case FSV_MNTPT:
		assert_int_equal(a->mntpt.expected_format, b->mntpt.expected_format);
		assert_same_str(a->mntpt.path, b->mntpt.path);
		break;
	case FSV_MOUNT: assert_int_equal(a->ms_flags, b->ms_flags); break;
	case FSV_UNMOUNT: break;
	case FSV_BYE: assert_int_equal(a->exit_code, b->exit_code); break;
	case FSV_FILE:
		assert_int_equal(a->file.error, b->file.error);
		assert_same_str(a->file.path, b->file.path);
		break;
	case FSV_REPLY: assert_int_equal(a->error, b->error); break;
	case FSV_NONE:
	case FSV_KINDS: fail_msg("not a kind: %d", (int)a->kind);
	}
}

#endif
