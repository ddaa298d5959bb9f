/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Packets: what is accepted and means what, every reason for refusing each kind, every length of
 * every packet, both directions, both sides of a guard page.
 */
#include "samples.h"

#include <stdlib.h>

#include "guard.h"

#define HEAD16 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static enum fsv_side other_side(enum fsv_side side)
{
	return side == FSV_HELPER ? FSV_SERVICE : FSV_HELPER;
}

/* Parse and expect this refusal, and that the output keeps the pattern that it had. */
static void assert_refused(enum fsv_side from, const void *buf, size_t len, enum fsv_reason want)
{
	struct fsv_msg msg, before;

	memset(&msg, 0xa5, sizeof(msg));
	memcpy(&before, &msg, sizeof(msg));
	assert_reason(fsv_msg_parse(from, buf, len, &msg), want);
	assert_memory_equal(&msg, &before, sizeof(msg));
}

static void every_kind_has_a_sample(void **state)
{
	uint32_t seen = 0;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(samples); i++)
		seen |= 1u << samples[i].msg.kind;
	assert_int_equal(seen, (1u << FSV_KINDS) - 2);
}

static void check_views(const struct sample *s, const struct fsv_msg *msg, const char *at)
{
	struct fsv_str view = { NULL, 0 };

	switch (msg->kind) {
	case FSV_OPEN:
	case FSV_OPEN_BDEV: view = msg->open.path; break;
	case FSV_MNTPT: view = msg->mntpt.path; break;
	case FSV_FILE: view = msg->file.path; break;
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: view = msg->text; break;
	default: return;
	}
	assert_ptr_equal(view.s, at + s->fixed);
	assert_int_equal(view.len, s->len - s->fixed - 1);
	assert_int_equal(view.s[view.len], 0);
}

static void accepts_and_understands(void **state)
{
	struct guard g = guard_new(256);
	size_t i;

	(void)state;
	for (i = 0; i < 2 * COUNT(samples); i++) {
		const struct sample *s = &samples[i / 2];
		const char *at =
			i % 2 ? guard_end(&g, s->bytes, s->len) : guard_begin(&g, s->bytes, s->len);
		enum fsv_side from = fsv_kind_sender(s->msg.kind);
		struct fsv_msg msg;

		assert_reason(fsv_msg_parse(from, at, s->len, &msg), FSV_OK);
		assert_same_msg(&msg, &s->msg);
		check_views(s, &msg, at);
		assert_int_equal(fsv_msg_kind(at, s->len), s->msg.kind);
	}
	guard_free(&g);
}

static void writes_the_same_bytes(void **state)
{
	uint8_t buf[256];
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(samples); i++) {
		assert_reason(fsv_msg_write(&samples[i].msg, buf, sizeof(buf), &len), FSV_OK);
		assert_int_equal(len, samples[i].len);
		assert_memory_equal(buf, samples[i].bytes, len);
	}
}

/* What is missing when only `len` bytes of a packet arrive. */
static enum fsv_reason reason_of_truncation(const struct sample *s, size_t len)
{
	if (!has_string(s) || len <= s->fixed)
		return FSV_R_SHORT;
	return FSV_R_UNTERMINATED;
}

static void refuses_every_truncation(void **state)
{
	struct guard g = guard_new(256);
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(samples); i++) {
		const struct sample *s = &samples[i];
		enum fsv_side from = fsv_kind_sender(s->msg.kind);

		for (len = 0; len < s->len; len++) {
			enum fsv_reason want = reason_of_truncation(s, len);

			assert_refused(from, guard_end(&g, s->bytes, len), len, want);
			assert_refused(from, guard_begin(&g, s->bytes, len), len, want);
		}
	}
	guard_free(&g);
}

static void refuses_every_longer_packet(void **state)
{
	uint8_t buf[256];
	size_t i, more;

	(void)state;
	for (i = 0; i < COUNT(samples); i++) {
		const struct sample *s = &samples[i];
		enum fsv_side from = fsv_kind_sender(s->msg.kind);

		memcpy(buf, s->bytes, s->len);
		for (more = 1; more <= 8; more++) {
			memset(buf + s->len, 'x', more);
			assert_refused(from, buf, s->len + more,
				has_string(s) ? FSV_R_UNTERMINATED : FSV_R_TRAILING);
			memset(buf + s->len, 0, more);
			assert_refused(from, buf, s->len + more,
				has_string(s) ? FSV_R_INNER_NUL : FSV_R_TRAILING);
		}
	}
}

static void refuses_the_wrong_direction(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(samples); i++) {
		const struct sample *s = &samples[i];
		enum fsv_side from = other_side(fsv_kind_sender(s->msg.kind));

		assert_refused(from, s->bytes, s->len, FSV_R_DIRECTION);
		/* Before the body is looked at. */
		assert_refused(from, s->bytes, 4, FSV_R_DIRECTION);
		assert_refused((enum fsv_side)0, s->bytes, s->len, FSV_R_DIRECTION);
	}
}

static void refuses_every_other_magic(void **state)
{
	uint8_t buf[256];
	size_t i;
	int bit;

	(void)state;
	for (i = 0; i < COUNT(samples); i++) {
		const struct sample *s = &samples[i];

		for (bit = 0; bit < 32; bit++) {
			memcpy(buf, s->bytes, s->len);
			buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
			/* No two magics are that close to each other. */
			assert_int_equal(fsv_msg_kind(buf, s->len), FSV_NONE);
			assert_refused(FSV_HELPER, buf, s->len, FSV_R_MAGIC);
			assert_refused(FSV_SERVICE, buf, s->len, FSV_R_MAGIC);
		}
	}
	assert_refused(FSV_SERVICE, "\0\0\0\0", 4, FSV_R_MAGIC);
	assert_refused(FSV_SERVICE, "ARGS", 4, FSV_R_MAGIC);
	assert_refused((enum fsv_side)0, "ARGS", 4, FSV_R_MAGIC);
}

/* Single rules that the loops above and below do not reach. */
static const struct {
	const uint8_t *bytes;
	size_t len;
	enum fsv_reason reason;
} bad[] = {
	{ BYTES("SAFT\0\2\0\1\0\0\0\0"), FSV_R_VERSION },
	{ BYTES("SAFT\xff\xff\0\0\0\0\0\0"), FSV_R_VERSION },
	{ BYTES("OPEN" HEAD16 "\0"), FSV_R_EMPTY },
	{ BYTES("OPEN" HEAD16 "\0a\0"), FSV_R_INNER_NUL },
	{ BYTES("OPEN" HEAD16 "a\0b\0"), FSV_R_INNER_NUL },
	{ BYTES("OPEN\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0a\0"), FSV_R_BLOCK_SIZE },
	{ BYTES("OPEN\0\0\0\0\0\0\0\0\0\0\0\0\x80\0\0\0a\0"), FSV_R_BLOCK_SIZE },
	{ BYTES("BDEV" HEAD16 "\0"), FSV_R_EMPTY },
	{ BYTES("BDEV" HEAD16 "a\0b\0"), FSV_R_INNER_NUL },
	{ BYTES("NAME\0"), FSV_R_EMPTY },
	{ BYTES("NAMEa\0b\0"), FSV_R_INNER_NUL },
	{ BYTES("OPTS\0"), FSV_R_EMPTY },
	{ BYTES("OPTSa\0b\0"), FSV_R_INNER_NUL },
	{ BYTES("MTAB\0"), FSV_R_EMPTY },
	{ BYTES("MTABa\0b\0"), FSV_R_INNER_NUL },
	{ BYTES("MNTP\0\0\0\0\0"), FSV_R_EMPTY },
	{ BYTES("MNTP\0\0\0\0a\0b\0"), FSV_R_INNER_NUL },
	{ BYTES("FILE\0\0\0\0\0"), FSV_R_EMPTY },
	{ BYTES("FILE\0\0\0\0a\0b\0"), FSV_R_INNER_NUL },
	/* The first rule in the order of the fields speaks. */
	{ BYTES("SAFT\0\2\0\1\0\0\0\4x"), FSV_R_VERSION },
	{ BYTES("TYPE\0\0\0\2x"), FSV_R_FLAGS },
	{ BYTES("OPEN\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\1"), FSV_R_FLAGS },
	{ BYTES("MNTP\0\1\0\1"), FSV_R_FORMAT },
	{ BYTES("FILE\0\1\0\0"), FSV_R_ERRNO },
};

static void refuses_broken_rules(void **state)
{
	struct guard g = guard_new(256);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		const char *at = guard_end(&g, bad[i].bytes, bad[i].len);

		assert_refused(fsv_kind_sender(fsv_msg_kind(at, bad[i].len)), at, bad[i].len,
			bad[i].reason);
	}
	guard_free(&g);
}

static void put_u32(uint8_t *at, uint32_t value)
{
	int i;

	for (i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* `packet` with the u32 at `offset` replaced, which `good` says is all right or not. */
static void check_u32(
	const char *packet, size_t len, size_t offset, uint32_t value, enum fsv_reason want)
{
	uint8_t buf[64];
	struct fsv_msg msg;
	enum fsv_side from;

	memcpy(buf, packet, len);
	put_u32(buf + offset, value);
	from = fsv_kind_sender(fsv_msg_kind(buf, len));
	if (want == FSV_OK)
		assert_reason(fsv_msg_parse(from, buf, len, &msg), FSV_OK);
	else
		assert_refused(from, buf, len, want);
}

static void knows_every_flag_bit(void **state)
{
	static const char hello[] = "SAFT\0\1\0\1\0\0\0";
	static const char open[] = "OPEN" HEAD16 "a";
	static const char bdev[] = "BDEV" HEAD16 "a";
	static const char fsopen[] = "TYPE\0\0\0";
	uint32_t bit;
	int i;

	(void)state;
	for (i = 0; i < 32; i++) {
		bit = 1u << i;
		check_u32(hello, sizeof(hello), 8, bit, bit & 3 ? FSV_OK : FSV_R_FLAGS);
		check_u32(open, sizeof(open), 12, bit, bit & 1 ? FSV_OK : FSV_R_FLAGS);
		check_u32(bdev, sizeof(bdev), 12, bit, bit & 1 ? FSV_OK : FSV_R_FLAGS);
		check_u32(fsopen, sizeof(fsopen), 4, bit, bit & 1 ? FSV_OK : FSV_R_FLAGS);
		/* Not for the parser to judge. */
		check_u32(open, sizeof(open), 4, bit, FSV_OK);
		check_u32(open, sizeof(open), 8, bit, FSV_OK);
		check_u32(bdev, sizeof(bdev), 16, bit, FSV_OK);
		check_u32(open, sizeof(open), 16, bit, FSV_R_BLOCK_SIZE);
		/* Next to a good bit as well. */
		check_u32(hello, sizeof(hello), 8, bit | 1, bit & 3 ? FSV_OK : FSV_R_FLAGS);
	}
}

static void bounds_errors(void **state)
{
	static const char reply[] = "REPL\0\0\0";
	static const char file[] = "FILE\0\0\0\0a";
	uint32_t error;
	int i;

	(void)state;
	for (error = 0; error < 5000; error++) {
		enum fsv_reason want = error <= 4095 ? FSV_OK : FSV_R_ERRNO;

		check_u32(reply, sizeof(reply), 4, error, want);
		check_u32(file, sizeof(file), 4, error, want);
	}
	for (i = 12; i < 32; i++) {
		check_u32(reply, sizeof(reply), 4, 1u << i, FSV_R_ERRNO);
		check_u32(file, sizeof(file), 4, 1u << i, FSV_R_ERRNO);
	}
	/* -EPERM, as a host that does not negate it would send it. */
	check_u32(reply, sizeof(reply), 4, 0xffffffff, FSV_R_ERRNO);
	check_u32(file, sizeof(file), 4, 0xffffffff, FSV_R_ERRNO);
}

static void knows_every_format_and_padding(void **state)
{
	static const char mntpt[] = "MNTP\0\0\0\0a";
	static const char reply[] = "LAST\0\1\0";
	uint32_t n;

	(void)state;
	for (n = 0; n <= 0xffff; n++) {
		int good = n == 0 || n == 0x4000 || n == 0x8000;

		check_u32(mntpt, sizeof(mntpt), 4, n << 16, good ? FSV_OK : FSV_R_FORMAT);
		if (n) {
			check_u32(mntpt, sizeof(mntpt), 4, 0x40000000 | n, FSV_R_PADDING);
			check_u32(reply, sizeof(reply), 4, 0x10000 | n, FSV_R_PADDING);
		}
	}
}

/* A packet of exactly `len` bytes of that kind, its string as long as it takes. */
static uint8_t *long_packet(const struct sample *s, size_t len)
{
	uint8_t *buf = malloc(len);

	assert_non_null(buf);
	memset(buf, 'x', len);
	memcpy(buf, s->bytes, s->fixed);
	buf[len - 1] = 0;
	return buf;
}

static void limits_packets_to_65536_bytes(void **state)
{
	uint8_t *copy = malloc(65536 + 1);
	size_t i, len;

	(void)state;
	assert_non_null(copy);
	for (i = 0; i < COUNT(samples); i++) {
		enum fsv_side from = fsv_kind_sender(samples[i].msg.kind);
		uint8_t *big = long_packet(&samples[i], 65537);
		struct fsv_msg msg;

		assert_refused(from, big, 65537, FSV_R_OVERSIZE);
		assert_refused(other_side(from), big, 65537, FSV_R_OVERSIZE);
		big[65535] = 0;
		if (has_string(&samples[i])) {
			assert_reason(fsv_msg_parse(from, big, 65536, &msg), FSV_OK);
			assert_reason(fsv_msg_write(&msg, copy, 65536, &len), FSV_OK);
			assert_int_equal(len, 65536);
			assert_memory_equal(copy, big, len);
		}
		free(big);
	}
	free(copy);
}

static void writer_refuses_over_65536_bytes(void **state)
{
	char *text = malloc(70000);
	uint8_t *buf = malloc(70000);
	size_t i, len = 4711;

	(void)state;
	assert_non_null(text);
	assert_non_null(buf);
	memset(text, 'x', 70000);
	for (i = 0; i < COUNT(samples); i++) {
		struct fsv_msg msg = samples[i].msg;
		struct fsv_str s = { text, 65536 - samples[i].fixed };

		if (!has_string(&samples[i]))
			continue;
		if (msg.kind == FSV_OPEN || msg.kind == FSV_OPEN_BDEV)
			msg.open.path = s;
		else if (msg.kind == FSV_MNTPT)
			msg.mntpt.path = s;
		else if (msg.kind == FSV_FILE)
			msg.file.path = s;
		else
			msg.text = s;
		assert_reason(fsv_msg_write(&msg, buf, 70000, &len), FSV_R_OVERSIZE);
		assert_reason(fsv_msg_write(&msg, buf, 0, &len), FSV_R_OVERSIZE);
		assert_int_equal(len, 4711);
	}
	free(text);
	free(buf);
}

static void writer_stops_at_every_cap(void **state)
{
	struct guard g = guard_new(256);
	uint8_t pattern[256];
	size_t i, cap, len;

	(void)state;
	memset(pattern, 0xa5, sizeof(pattern));
	for (i = 0; i < COUNT(samples); i++) {
		const struct sample *s = &samples[i];

		for (cap = 0; cap < s->len; cap++) {
			uint8_t buf[256];

			memset(buf, 0xa5, sizeof(buf));
			len = 4711;
			assert_reason(fsv_msg_write(&s->msg, buf, cap, &len), FSV_R_NO_SPACE);
			assert_int_equal(len, 4711);
			assert_memory_equal(buf + cap, pattern, sizeof(buf) - cap);
			assert_reason(
				fsv_msg_write(&s->msg, guard_end(&g, pattern, cap), cap, &len),
				FSV_R_NO_SPACE);
		}
		assert_reason(fsv_msg_write(&s->msg, guard_end(&g, pattern, s->len), s->len, &len),
			FSV_OK);
		assert_int_equal(len, s->len);
	}
	guard_free(&g);
}

static const struct {
	struct fsv_msg msg;
	enum fsv_reason reason;
} unwritable[] = {
	{ { .kind = FSV_NONE }, FSV_R_MAGIC },
	{ { .kind = FSV_KINDS }, FSV_R_MAGIC },
	{ { .kind = (enum fsv_kind)4711 }, FSV_R_MAGIC },
	{ { FSV_HELLO, { .hello = { 2, 1, 0 } } }, FSV_R_VERSION },
	{ { FSV_HELLO, { .hello = { 1, 1, 4 } } }, FSV_R_FLAGS },
	{ { FSV_OPEN, { .open = { 0, 0, 2, 0, VIEW("a") } } }, FSV_R_FLAGS },
	{ { FSV_OPEN, { .open = { 0, 0, 0, 512, VIEW("a") } } }, FSV_R_BLOCK_SIZE },
	{ { FSV_OPEN, { .open = { 0, 0, 0, 0, VIEW("") } } }, FSV_R_EMPTY },
	{ { FSV_OPEN, { .open = { 0, 0, 0, 0, { NULL, 0 } } } }, FSV_R_EMPTY },
	{ { FSV_OPEN, { .open = { 0, 0, 0, 0, VIEW("a\0b") } } }, FSV_R_INNER_NUL },
	{ { FSV_OPEN_BDEV, { .open = { 0, 0, 0x80000000, 0, VIEW("a") } } }, FSV_R_FLAGS },
	{ { FSV_OPEN_BDEV, { .open = { 0, 0, 0, 0, VIEW("") } } }, FSV_R_EMPTY },
	{ { FSV_OPEN_BDEV, { .open = { 0, 0, 0, 0, VIEW("a\0") } } }, FSV_R_INNER_NUL },
	{ { FSV_FSOPEN, { .fsopen_flags = 2 } }, FSV_R_FLAGS },
	{ { FSV_SOURCE, { .text = VIEW("") } }, FSV_R_EMPTY },
	{ { FSV_SOURCE, { .text = VIEW("\0a") } }, FSV_R_INNER_NUL },
	{ { FSV_MNTOPTS, { .text = VIEW("") } }, FSV_R_EMPTY },
	{ { FSV_MNTOPTS, { .text = VIEW("a\0b") } }, FSV_R_INNER_NUL },
	{ { FSV_MTABOPTS, { .text = VIEW("") } }, FSV_R_EMPTY },
	{ { FSV_MTABOPTS, { .text = VIEW("a\0b") } }, FSV_R_INNER_NUL },
	{ { FSV_MNTPT, { .mntpt = { 0x2000, VIEW("a") } } }, FSV_R_FORMAT },
	{ { FSV_MNTPT, { .mntpt = { 0, VIEW("") } } }, FSV_R_EMPTY },
	{ { FSV_MNTPT, { .mntpt = { 0, VIEW("a\0b") } } }, FSV_R_INNER_NUL },
	{ { FSV_FILE, { .file = { 4096, VIEW("a") } } }, FSV_R_ERRNO },
	{ { FSV_FILE, { .file = { 0, VIEW("") } } }, FSV_R_EMPTY },
	{ { FSV_FILE, { .file = { 0, VIEW("a\0b") } } }, FSV_R_INNER_NUL },
	{ { FSV_REPLY, { .error = 4096 } }, FSV_R_ERRNO },
	{ { FSV_REPLY, { .error = 0xffffffff } }, FSV_R_ERRNO },
};

static void writer_refuses_what_the_parser_would(void **state)
{
	uint8_t buf[256];
	size_t i, len = 4711;

	(void)state;
	for (i = 0; i < COUNT(unwritable); i++) {
		assert_reason(fsv_msg_write(&unwritable[i].msg, buf, sizeof(buf), &len),
			unwritable[i].reason);
		assert_int_equal(len, 4711);
	}
}

/* Samples with a few bytes changed: whatever still parses is written back to the same bytes. */
static void what_parses_is_written_back(void **state)
{
	uint32_t seed = 1, accepted = 0;
	uint8_t buf[256], back[256];
	struct fsv_msg msg;
	size_t round, len;

	(void)state;
	for (round = 0; round < 200000; round++) {
		const struct sample *s = &samples[round % COUNT(samples)];
		enum fsv_side from = fsv_kind_sender(s->msg.kind);

		memcpy(buf, s->bytes, s->len);
		seed = seed * 1664525 + 1013904223;
		buf[(seed >> 8) % s->len] = (uint8_t)(seed >> 24);
		seed = seed * 1664525 + 1013904223;
		buf[(seed >> 8) % s->len] ^= (uint8_t)(1u << (seed >> 29));
		if (fsv_msg_parse(from, buf, s->len, &msg) != FSV_OK)
			continue;
		accepted++;
		assert_reason(fsv_msg_write(&msg, back, sizeof(back), &len), FSV_OK);
		assert_int_equal(len, s->len);
		assert_memory_equal(back, buf, len);
	}
	assert_true(accepted > 20000);
}

static void says_kind_whatever_follows(void **state)
{
	struct guard g = guard_new(16);
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(samples); i++) {
		for (len = 0; len < 4; len++)
			assert_int_equal(
				fsv_msg_kind(guard_end(&g, samples[i].bytes, len), len), FSV_NONE);
		assert_int_equal(
			fsv_msg_kind(guard_end(&g, samples[i].bytes, 4), 4), samples[i].msg.kind);
	}
	guard_free(&g);
}

static void kinds_have_magic_name_and_sender(void **state)
{
	static const struct {
		uint32_t magic;
		const char *name;
		enum fsv_side sender;
	} want[FSV_KINDS + 1] = {
		[FSV_NONE] = { 0, "?", 0 },
		[FSV_HELLO] = { 0x53414654, "HELLO", FSV_HELPER },
		[FSV_HELLO_REPLY] = { 0x4c415354, "HELLO_REPLY", FSV_SERVICE },
		[FSV_OPEN] = { 0x4f50454e, "OPEN", FSV_SERVICE },
		[FSV_OPEN_BDEV] = { 0x42444556, "OPEN_BDEV", FSV_SERVICE },
		[FSV_FSOPEN] = { 0x54595045, "FSOPEN", FSV_SERVICE },
		[FSV_SOURCE] = { 0x4e414d45, "SOURCE", FSV_SERVICE },
		[FSV_MNTOPTS] = { 0x4f505453, "MNTOPTS", FSV_SERVICE },
		[FSV_MTABOPTS] = { 0x4d544142, "MTABOPTS", FSV_SERVICE },
		[FSV_MNTPT] = { 0x4d4e5450, "MNTPT", FSV_SERVICE },
		[FSV_MOUNT] = { 0x444f4954, "MOUNT", FSV_SERVICE },
		[FSV_UNMOUNT] = { 0x554d4e54, "UNMOUNT", FSV_SERVICE },
		[FSV_BYE] = { 0x42594545, "BYE", FSV_SERVICE },
		[FSV_FILE] = { 0x46494c45, "FILE", FSV_HELPER },
		[FSV_REPLY] = { 0x5245504c, "REPLY", FSV_HELPER },
		[FSV_KINDS] = { 0, "?", 0 },
	};
	int kind;

	(void)state;
	for (kind = 0; kind <= FSV_KINDS; kind++) {
		assert_int_equal(fsv_kind_magic((enum fsv_kind)kind), want[kind].magic);
		assert_string_equal(fsv_kind_name((enum fsv_kind)kind), want[kind].name);
		assert_int_equal(fsv_kind_sender((enum fsv_kind)kind), want[kind].sender);
	}
	assert_string_equal(fsv_kind_name((enum fsv_kind) - 1), "?");
	assert_int_equal(fsv_kind_magic((enum fsv_kind)4711), 0);
	assert_int_equal(fsv_kind_sender((enum fsv_kind)4711), 0);
}

/* A bad OPEN is answered with its path, where that can be read. */
static void finds_the_path_of_a_bad_open(void **state)
{
	static const struct {
		const uint8_t *bytes;
		size_t len;
		enum fsv_reason reason;
	} rows[] = {
		{ BYTES("OPEN" HEAD16 "/x\0"), FSV_OK },
		{ BYTES("BDEV" HEAD16 "/x\0"), FSV_OK },
		{ BYTES("OPEN\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0/x\0"), FSV_OK },
		{ BYTES("OPEN\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0/x\0"), FSV_OK },
		{ BYTES("OPEN" HEAD16), FSV_R_SHORT },
		{ BYTES("OPEN" HEAD16 "\0"), FSV_R_EMPTY },
		{ BYTES("OPEN" HEAD16 "/x"), FSV_R_UNTERMINATED },
		{ BYTES("OPEN" HEAD16 "/x\0y\0"), FSV_R_INNER_NUL },
		{ BYTES("OPEN\0\0\0\0\0\0\0\0/x\0"), FSV_R_SHORT },
		{ BYTES("OPEN"), FSV_R_SHORT },
		{ BYTES("OPE"), FSV_R_SHORT },
		{ BYTES(""), FSV_R_SHORT },
		{ BYTES("MNTP\0\0\0\0/x\0"), FSV_R_MAGIC },
		{ BYTES("????" HEAD16 "/x\0"), FSV_R_MAGIC },
	};
	struct guard g = guard_new(64);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct fsv_str path = { "untouched", 9 };
		const char *at = guard_end(&g, rows[i].bytes, rows[i].len);

		assert_reason(fsv_msg_open_path(at, rows[i].len, &path), rows[i].reason);
		assert_true(fsv_str_is(path, rows[i].reason ? "untouched" : "/x"));
		if (!rows[i].reason)
			assert_ptr_equal(path.s, at + 20);
	}
	guard_free(&g);
}

static void no_path_of_an_over_long_open(void **state)
{
	struct fsv_str path = { "untouched", 9 };
	uint8_t *big = long_packet(&samples[4], 65537);

	(void)state;
	assert_int_equal(samples[4].msg.kind, FSV_OPEN);
	assert_reason(fsv_msg_open_path(big, 65537, &path), FSV_R_OVERSIZE);
	assert_true(fsv_str_is(path, "untouched"));
	big[65535] = 0;
	assert_reason(fsv_msg_open_path(big, 65536, &path), FSV_OK);
	assert_int_equal(path.len, 65536 - 21);
	free(big);
}

static void picks_the_highest_common_version(void **state)
{
	static const struct {
		uint16_t min, max;
		enum fsv_reason reason;
	} rows[] = {
		{ 1, 1, FSV_OK },
		{ 0, 1, FSV_OK },
		{ 1, 2, FSV_OK },
		{ 0, 65535, FSV_OK },
		{ 0, 0, FSV_R_VERSION },
		{ 2, 2, FSV_R_VERSION },
		{ 2, 65535, FSV_R_VERSION },
		{ 1, 0, FSV_R_VERSION },
		{ 2, 1, FSV_R_VERSION },
		{ 65535, 1, FSV_R_VERSION },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		uint16_t version = 4711;

		assert_reason(fsv_version_pick(rows[i].min, rows[i].max, &version), rows[i].reason);
		assert_int_equal(version, rows[i].reason ? 4711 : 1);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_sample),
		cmocka_unit_test(accepts_and_understands),
		cmocka_unit_test(writes_the_same_bytes),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(refuses_every_longer_packet),
		cmocka_unit_test(refuses_the_wrong_direction),
		cmocka_unit_test(refuses_every_other_magic),
		cmocka_unit_test(refuses_broken_rules),
		cmocka_unit_test(knows_every_flag_bit),
		cmocka_unit_test(bounds_errors),
		cmocka_unit_test(knows_every_format_and_padding),
		cmocka_unit_test(limits_packets_to_65536_bytes),
		cmocka_unit_test(writer_refuses_over_65536_bytes),
		cmocka_unit_test(writer_stops_at_every_cap),
		cmocka_unit_test(writer_refuses_what_the_parser_would),
		cmocka_unit_test(what_parses_is_written_back),
		cmocka_unit_test(says_kind_whatever_follows),
		cmocka_unit_test(kinds_have_magic_name_and_sender),
		cmocka_unit_test(finds_the_path_of_a_bad_open),
		cmocka_unit_test(no_path_of_an_over_long_open),
		cmocka_unit_test(picks_the_highest_common_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
