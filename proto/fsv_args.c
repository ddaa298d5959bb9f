/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_args.h"

#include <string.h>

#include "fsv_wire.h"

/*
 * One string: `len` bytes at `pos`, behind the table and inside the blob, a NUL in the last one and
 * nowhere else. `*room` is how long it may be, and afterwards what is left of that.
 */
static enum fsv_reason check_string(
	const uint8_t *blob, size_t size, size_t table, uint32_t pos, uint32_t len, size_t *room)
{
	if (len < 1)
		return FSV_R_EMPTY;
	if (pos < table || pos > size)
		return FSV_R_RANGE;
	//@ split pos;
	if (size - pos < len)
		return FSV_R_RANGE;
	/* Before the string is looked at, so that the time for all of them is bounded too. */
	if (*room < len)
		return FSV_R_OVERSIZE;
	*room -= len;
	if (blob[pos + (len - 1)] != 0)
		return FSV_R_UNTERMINATED;
	if (memchr(blob + pos, 0, len - 1))
		return FSV_R_INNER_NUL;
	return FSV_OK;
}

/* All strings of the table, which is the first `table` bytes; the blob holds it. */
static enum fsv_reason check_strings(const uint8_t *blob, size_t size, size_t table)
{
	size_t room = FSV_ARGS_MAX;
	struct fsv_reader r;
	uint32_t pos, len;
	enum fsv_reason reason;

	fsv_reader_init(&r, blob, table);
	r.pos = FSV_ARGS_HEAD;
	while (!fsv_read_u32(&r, &pos) && !fsv_read_u32(&r, &len)) {
		reason = check_string(blob, size, table, pos, len, &room);
		if (reason)
			return reason;
	}
	return FSV_OK;
}

static enum fsv_reason read_head(const void *blob, size_t size, uint32_t *argc)
{
	struct fsv_reader r;
	uint32_t magic, n;
	enum fsv_reason reason;

	fsv_reader_init(&r, blob, size);
	reason = fsv_read_u32(&r, &magic);
	if (reason)
		return reason;
	if (magic != FSV_MAGIC_ARGS)
		return FSV_R_MAGIC;
	reason = fsv_read_u32(&r, &n);
	if (reason)
		return reason;
	if (n < 1)
		return FSV_R_EMPTY;
	if (fsv_reader_left(&r) / FSV_ARGS_ENTRY < n)
		return FSV_R_SHORT;
	*argc = n;
	return FSV_OK;
}

enum fsv_reason fsv_args_parse(const void *blob, size_t size, struct fsv_args *args)
{
	enum fsv_reason reason;
	uint32_t argc;

	if (size > FSV_ARGS_MAX)
		return FSV_R_OVERSIZE;
	reason = read_head(blob, size, &argc);
	if (reason)
		return reason;
	reason = check_strings(blob, size, FSV_ARGS_HEAD + argc * FSV_ARGS_ENTRY);
	if (reason)
		return reason;
	args->blob = blob;
	args->size = size;
	args->argc = argc;
	return FSV_OK;
}

struct fsv_str fsv_args_get(const struct fsv_args *args, uint32_t i)
{
	struct fsv_str string = { "", 0 };
	struct fsv_reader r;
	uint32_t pos, len;

	if (i >= args->argc)
		return string;
	fsv_reader_init(&r, args->blob, args->size);
	r.pos = FSV_ARGS_HEAD + i * FSV_ARGS_ENTRY;
	if (fsv_read_u32(&r, &pos) || fsv_read_u32(&r, &len))
		return string;
	string.s = (const char *)(args->blob + pos);
	string.len = len - 1;
	return string;
}

enum fsv_reason fsv_args_size(uint32_t argc, const char *const *argv, size_t *size)
{
	size_t room = FSV_ARGS_MAX - FSV_ARGS_HEAD;
	uint32_t i;

	if (argc < 1)
		return FSV_R_EMPTY;
	if (room / FSV_ARGS_ENTRY < argc)
		return FSV_R_OVERSIZE;
	room -= argc * FSV_ARGS_ENTRY;
	for (i = 0; i < argc; i++) {
		size_t len = strlen(argv[i]);

		if (room <= len)
			return FSV_R_OVERSIZE;
		room -= len + 1;
	}
	*size = FSV_ARGS_MAX - room;
	return FSV_OK;
}

/* One string at `*pos` and its entry in the table; `*pos` moves behind it. */
static enum fsv_reason write_string(struct fsv_writer *table, const char *s, size_t *pos)
{
	size_t len = strlen(s) + 1;
	enum fsv_reason reason;

	reason = fsv_write_u32(table, (uint32_t)*pos);
	if (reason)
		return reason;
	reason = fsv_write_u32(table, (uint32_t)len);
	if (reason)
		return reason;
	if (table->cap < *pos || table->cap - *pos < len)
		return FSV_R_NO_SPACE;
	memcpy(table->buf + *pos, s, len);
	*pos += len;
	return FSV_OK;
}

enum fsv_reason fsv_args_write(
	uint32_t argc, const char *const *argv, void *buf, size_t cap, size_t *size)
{
	struct fsv_writer table;
	size_t total, pos;
	uint32_t i;
	enum fsv_reason reason;

	reason = fsv_args_size(argc, argv, &total);
	if (reason)
		return reason;
	fsv_writer_init(&table, buf, cap);
	reason = fsv_write_u32(&table, FSV_MAGIC_ARGS);
	if (reason)
		return reason;
	reason = fsv_write_u32(&table, argc);
	if (reason)
		return reason;
	pos = FSV_ARGS_HEAD + argc * FSV_ARGS_ENTRY;
	for (i = 0; i < argc; i++) {
		reason = write_string(&table, argv[i], &pos);
		if (reason)
			return reason;
	}
	*size = total;
	return FSV_OK;
}
