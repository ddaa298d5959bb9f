/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * fsv_args.h: any blob is parsed; a blob is written from any strings into any space; and what a
 * blob that was accepted gives is readable. For the latter the entry is one of every {pos, len} in
 * turn, since Eva does not remember what was checked about bytes that it does not know.
 */
#include "eva.h"
#include "fsv_args.h"
#include "fsv_wire.h"

#define STEP SIZE(64, 1)

static uint8_t in[SIZE(128, 32)];
static uint8_t out[SIZE(4096, 36)];
static uint8_t one[22]; /* a blob with one string of up to 6 bytes */
static char first[4];
static char second[SIZE(1024, 4)];

static void get(uint32_t pos, uint32_t len)
{
	struct fsv_writer w;
	struct fsv_args args;

	UNKNOWN(one);
	fsv_writer_init(&w, one, sizeof(one));
	if (fsv_write_u32(&w, FSV_MAGIC_ARGS) || fsv_write_u32(&w, 1) || fsv_write_u32(&w, pos) ||
		fsv_write_u32(&w, len))
		return;
	if (fsv_args_parse(one, sizeof(one), &args))
		return;
	touch(fsv_args_get(&args, 0));
	touch(fsv_args_get(&args, 1));
}

static void write(size_t cap, size_t len)
{
	const char *argv[2];
	size_t size;

	argv[0] = first + (sizeof(first) - 1 - len);
	argv[1] = second;
	for (uint32_t argc = 0; argc <= 2; argc++)
		IGNORE(fsv_args_write(argc, argv, PART(out, cap), cap, &size));
	IGNORE(fsv_args_size(2, argv, &size));
	IGNORE(fsv_args_size(UINT32_MAX, argv, &size));
}

int main(void)
{
	struct fsv_args args;

	UNKNOWN(in);
	memset(first, 'x', sizeof(first) - 1);
	memset(second, 'x', sizeof(second) - 1);
	for (size_t len = 0; len <= sizeof(in); len += STEP)
		IGNORE(fsv_args_parse(in + (sizeof(in) - len), len, &args));
	IGNORE(fsv_args_parse(in, FSV_ARGS_MAX + 1, &args));
	EACH(cap, sizeof(out))
	{
		for (size_t len = 0; len < sizeof(first); len++)
			write(cap, len);
	}
	for (uint32_t pos = 0; pos <= sizeof(one) + 1; pos++)
		for (uint32_t len = 0; len <= sizeof(one) + 1; len++)
			get(pos, len);
	return 0;
}
