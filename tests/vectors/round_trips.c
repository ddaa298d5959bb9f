/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What is written is read as the same: packets and argument blobs with drawn contents, in plain C,
 * so that it runs wherever the library builds (tools/test-portable). The draw is the same
 * everywhere. Prints "N passed, N failed".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsv_args.h"
#include "fsv_msg.h"
#include "fsv_wire.h"

#define ROUNDS	 20000
#define TEXT_MAX 200

static uint32_t seed = 1;
static unsigned int passed, failed;

static uint32_t draw(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static void count(int good, const char *what)
{
	if (good) {
		passed++;
	} else {
		failed++;
		printf("FAILED %s\n", what);
	}
}

/* Between `least` and TEXT_MAX characters, any but NUL. */
static struct fsv_str draw_text(char *buf, size_t least)
{
	struct fsv_str text = { buf, least + draw() % (TEXT_MAX - least) };
	size_t i;

	for (i = 0; i < text.len; i++)
		buf[i] = (char)(1 + draw() % 255);
	buf[text.len] = 0;
	return text;
}

static void draw_hello(struct fsv_hello *hello)
{
	hello->max_version = (uint16_t)draw();
	hello->min_version = (uint16_t)(draw() % (hello->max_version + 1u));
	hello->flags = draw() & FSV_HELLO_FLAGS;
}

static void draw_open(struct fsv_open *open, enum fsv_kind kind, char *buf)
{
	open->open_flags = draw();
	open->create_mode = draw();
	open->request_flags = draw() & FSV_OPEN_FLAGS;
	open->block_size = kind == FSV_OPEN_BDEV ? draw() : 0;
	open->path = draw_text(buf, 1);
}

/* Every value that is allowed can be drawn. The text goes to `buf`. */
static void draw_msg(struct fsv_msg *msg, char *buf)
{
	static const uint16_t formats[] = { FSV_FORMAT_ANY, FSV_FORMAT_DIR, FSV_FORMAT_REG };

	msg->kind = (enum fsv_kind)(1 + draw() % (FSV_KINDS - 1));
	switch (msg->kind) {
	case FSV_HELLO: draw_hello(&msg->hello); break;
	case FSV_HELLO_REPLY: msg->hello_reply.version = (uint16_t)draw(); break;
	case FSV_OPEN:
	case FSV_OPEN_BDEV: draw_open(&msg->open, msg->kind, buf); break;
	case FSV_FSOPEN: msg->fsopen_flags = draw() & FSV_FSOPEN_FLAGS; break;
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: msg->text = draw_text(buf, 1); break;
	case FSV_MNTPT:
		msg->mntpt.expected_format = formats[draw() % 3];
		msg->mntpt.path = draw_text(buf, 1);
		break;
	case FSV_MOUNT: msg->ms_flags = draw(); break;
	case FSV_BYE: msg->exit_code = draw(); break;
	case FSV_FILE:
		msg->file.error = draw() % (FSV_ERRNO_MAX + 1);
		msg->file.path = draw_text(buf, 1);
		break;
	case FSV_REPLY: msg->error = draw() % (FSV_ERRNO_MAX + 1); break;
	default: break;
	}
}

static int same_open(const struct fsv_open *a, const struct fsv_open *b)
{
	return a->open_flags == b->open_flags && a->create_mode == b->create_mode &&
	       a->request_flags == b->request_flags && a->block_size == b->block_size &&
	       fsv_str_same(a->path, b->path);
}

static int same_msg(const struct fsv_msg *a, const struct fsv_msg *b)
{
	if (a->kind != b->kind)
		return 0;
	switch (a->kind) {
	case FSV_HELLO:
		return a->hello.min_version == b->hello.min_version &&
		       a->hello.max_version == b->hello.max_version &&
		       a->hello.flags == b->hello.flags;
	case FSV_HELLO_REPLY: return a->hello_reply.version == b->hello_reply.version;
	case FSV_OPEN:
	case FSV_OPEN_BDEV: return same_open(&a->open, &b->open);
	case FSV_FSOPEN: return a->fsopen_flags == b->fsopen_flags;
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: return fsv_str_same(a->text, b->text);
	case FSV_MNTPT:
		return a->mntpt.expected_format == b->mntpt.expected_format &&
		       fsv_str_same(a->mntpt.path, b->mntpt.path);
	case FSV_MOUNT: return a->ms_flags == b->ms_flags;
	case FSV_BYE: return a->exit_code == b->exit_code;
	case FSV_FILE:
		return a->file.error == b->file.error && fsv_str_same(a->file.path, b->file.path);
	case FSV_REPLY: return a->error == b->error;
	default: return a->kind == FSV_UNMOUNT;
	}
}

static void packet_round(void)
{
	char text[TEXT_MAX + 1];
	/* At an odd address, so that nothing relies on alignment. */
	uint8_t room[512], *buf = room + 1 + 2 * (draw() % 4);
	struct fsv_msg msg, back;
	size_t len;

	draw_msg(&msg, text);
	if (fsv_msg_write(&msg, buf, 400, &len)) {
		count(0, fsv_kind_name(msg.kind));
		return;
	}
	count(fsv_msg_parse(fsv_kind_sender(msg.kind), buf, len, &back) == FSV_OK &&
			same_msg(&msg, &back),
		fsv_kind_name(msg.kind));
}

static int same_args(const struct fsv_args *args, uint32_t argc, const char *const *argv)
{
	uint32_t i;

	if (args->argc != argc)
		return 0;
	for (i = 0; i < argc; i++)
		if (!fsv_str_is(fsv_args_get(args, i), argv[i]))
			return 0;
	return 1;
}

static void args_round(void)
{
	static char text[8][TEXT_MAX + 1];
	const char *argv[8];
	uint8_t room[4096], *buf = room + 1 + 2 * (draw() % 4);
	uint32_t i, argc = 1 + draw() % 8;
	struct fsv_args args;
	size_t size;

	for (i = 0; i < argc; i++)
		argv[i] = draw_text(text[i], 0).s;
	count(fsv_args_write(argc, argv, buf, 4000, &size) == FSV_OK &&
			fsv_args_parse(buf, size, &args) == FSV_OK && same_args(&args, argc, argv),
		"ARGS");
}

int main(void)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		packet_round();
		if (i % 16 == 0)
			args_round();
	}
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
