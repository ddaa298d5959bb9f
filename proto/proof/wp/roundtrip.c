/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * parse(write(x)) = x, kind by kind: what was written is accepted, and every field is what it was.
 * The text of a path is compared where it stands, which is nowhere that the functions write to.
 * SOURCE, MNTOPTS and MTABOPTS are one string (trip_text), and UNMOUNT is nothing. From the
 * contracts alone, which the other files here prove.
 */
/* clang-format off: it does not know contracts. */
#include "kinds.h"

/*@
  predicate same_text{L}(struct fsv_str a, struct fsv_str b) =
    a.len == b.len && same((uint8_t *)a.s, (uint8_t *)b.s, a.len);
*/

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> *y == x;
*/
int trip_mount(uint32_t x, uint32_t *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;

	fsv_writer_init(&w, buf, cap);
	if (fsv_mount_write(&w, x))
		return 2;
	//@ assert w.pos == 4;
	fsv_reader_init(&r, buf, w.pos);
	return fsv_mount_parse(&r, y) == FSV_OK;
}

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> *y == x;
*/
int trip_bye(uint32_t x, uint32_t *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;

	fsv_writer_init(&w, buf, cap);
	if (fsv_bye_write(&w, x))
		return 2;
	//@ assert w.pos == 4;
	fsv_reader_init(&r, buf, w.pos);
	return fsv_bye_parse(&r, y) == FSV_OK;
}

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> *y == x;
*/
int trip_fsopen(uint32_t x, uint32_t *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;

	fsv_writer_init(&w, buf, cap);
	if (fsv_fsopen_write(&w, x))
		return 2;
	//@ assert fsopen_body(buf, w.pos);
	fsv_reader_init(&r, buf, w.pos);
	return fsv_fsopen_parse(&r, y) == FSV_OK;
}

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> *y == x;
*/
int trip_reply(uint32_t x, uint32_t *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;

	fsv_writer_init(&w, buf, cap);
	if (fsv_reply_write(&w, x))
		return 2;
	//@ assert reply_body(buf, w.pos);
	fsv_reader_init(&r, buf, w.pos);
	return fsv_reply_parse(&r, y) == FSV_OK;
}

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  requires \valid_read(x) && \separated(x, y) && \separated(x, buf + (0 .. cap - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> y->min_version == \old(x->min_version);
  ensures \result == 1 ==> y->max_version == \old(x->max_version);
  ensures \result == 1 ==> y->flags == \old(x->flags);
*/
int trip_hello(const struct fsv_hello *x, struct fsv_hello *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;

	fsv_writer_init(&w, buf, cap);
	if (fsv_hello_write(&w, x))
		return 2;
	//@ assert hello_body(buf, w.pos);
	fsv_reader_init(&r, buf, w.pos);
	return fsv_hello_parse(&r, y) == FSV_OK;
}

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  requires \valid_read(x) && \separated(x, y) && \separated(x, buf + (0 .. cap - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> y->version == \old(x->version);
*/
int trip_hello_reply(
	const struct fsv_hello_reply *x, struct fsv_hello_reply *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;

	fsv_writer_init(&w, buf, cap);
	if (fsv_hello_reply_write(&w, x))
		return 2;
	//@ assert hello_reply_body(buf, w.pos);
	fsv_reader_init(&r, buf, w.pos);
	return fsv_hello_reply_parse(&r, y) == FSV_OK;
}

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  requires text(x) && \separated(y, (uint8_t *)x.s + (0 .. x.len - 1)) &&
    \separated(buf + (0 .. cap - 1), (uint8_t *)x.s + (0 .. x.len - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> same_text(*y, x);
*/
int trip_text(struct fsv_str x, struct fsv_str *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;
	enum fsv_reason reason;

	fsv_writer_init(&w, buf, cap);
	if (fsv_write_str(&w, x))
		return 2;
	//@ assert w.pos == x.len + 1;
	//@ assert same(buf, (uint8_t *)x.s, x.len);
	//@ assert last_str(buf, w.pos);
	fsv_reader_init(&r, buf, w.pos);
	reason = fsv_read_last_str(&r, y);
	//@ assert reason == FSV_OK;
	//@ assert (uint8_t *)y->s == buf && y->len == x.len;
	//@ assert same(buf, (uint8_t *)x.s, x.len);
	return reason == FSV_OK;
}

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  requires \valid_read(x) && \separated(x, y) && \separated(x, buf + (0 .. cap - 1));
  requires text(x->path) && \separated(y, (uint8_t *)x->path.s + (0 .. x->path.len - 1)) &&
    \separated(buf + (0 .. cap - 1), (uint8_t *)x->path.s + (0 .. x->path.len - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> y->expected_format == \old(x->expected_format);
  ensures \result == 1 ==> same_text(y->path, \old(x->path));
*/
int trip_mntpt(const struct fsv_mntpt *x, struct fsv_mntpt *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;
	enum fsv_reason reason;

	fsv_writer_init(&w, buf, cap);
	if (fsv_mntpt_write(&w, x))
		return 2;
	//@ assert w.pos == 4 + x->path.len + 1;
	//@ assert same(buf + 4, (uint8_t *)x->path.s, x->path.len);
	//@ assert last_str(buf + 4, w.pos - 4);
	//@ assert mntpt_body(buf, w.pos);
	fsv_reader_init(&r, buf, w.pos);
	reason = fsv_mntpt_parse(&r, y);
	//@ assert reason == FSV_OK;
	//@ assert (uint8_t *)y->path.s == buf + 4 && y->path.len == \at(x->path.len, Pre);
	//@ assert same(buf + 4, (uint8_t *)\at(x->path.s, Pre), \at(x->path.len, Pre));
	return reason == FSV_OK;
}

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  requires \valid_read(x) && \separated(x, y) && \separated(x, buf + (0 .. cap - 1));
  requires text(x->path) && \separated(y, (uint8_t *)x->path.s + (0 .. x->path.len - 1)) &&
    \separated(buf + (0 .. cap - 1), (uint8_t *)x->path.s + (0 .. x->path.len - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> y->error == \old(x->error);
  ensures \result == 1 ==> same_text(y->path, \old(x->path));
*/
int trip_file(const struct fsv_file *x, struct fsv_file *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;
	enum fsv_reason reason;

	fsv_writer_init(&w, buf, cap);
	if (fsv_file_write(&w, x))
		return 2;
	//@ assert w.pos == 4 + x->path.len + 1;
	//@ assert same(buf + 4, (uint8_t *)x->path.s, x->path.len);
	//@ assert last_str(buf + 4, w.pos - 4);
	//@ assert file_body(buf, w.pos);
	fsv_reader_init(&r, buf, w.pos);
	reason = fsv_file_parse(&r, y);
	//@ assert reason == FSV_OK;
	//@ assert (uint8_t *)y->path.s == buf + 4 && y->path.len == \at(x->path.len, Pre);
	//@ assert same(buf + 4, (uint8_t *)\at(x->path.s, Pre), \at(x->path.len, Pre));
	return reason == FSV_OK;
}

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  requires \valid_read(x) && \separated(x, y) && \separated(x, buf + (0 .. cap - 1));
  requires text(x->path) && \separated(y, (uint8_t *)x->path.s + (0 .. x->path.len - 1)) &&
    \separated(buf + (0 .. cap - 1), (uint8_t *)x->path.s + (0 .. x->path.len - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> y->open_flags == \old(x->open_flags);
  ensures \result == 1 ==> y->create_mode == \old(x->create_mode);
  ensures \result == 1 ==> y->request_flags == \old(x->request_flags);
  ensures \result == 1 ==> y->block_size == \old(x->block_size);
  ensures \result == 1 ==> same_text(y->path, \old(x->path));
*/
int trip_open(const struct fsv_open *x, struct fsv_open *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;
	enum fsv_reason reason;

	fsv_writer_init(&w, buf, cap);
	if (fsv_open_write(&w, x))
		return 2;
	//@ assert w.pos == 16 + x->path.len + 1;
	//@ assert same(buf + 16, (uint8_t *)x->path.s, x->path.len);
	//@ assert last_str(buf + 16, w.pos - 16);
	//@ assert open_body(buf, w.pos);
	fsv_reader_init(&r, buf, w.pos);
	reason = fsv_open_parse(&r, y);
	//@ assert reason == FSV_OK;
	//@ assert (uint8_t *)y->path.s == buf + 16 && y->path.len == \at(x->path.len, Pre);
	//@ assert same(buf + 16, (uint8_t *)\at(x->path.s, Pre), \at(x->path.len, Pre));
	return reason == FSV_OK;
}

/*@
  requires \valid(buf + (0 .. cap - 1)) && \valid(y) && \separated(y, buf + (0 .. cap - 1));
  requires \valid_read(x) && \separated(x, y) && \separated(x, buf + (0 .. cap - 1));
  requires text(x->path) && \separated(y, (uint8_t *)x->path.s + (0 .. x->path.len - 1)) &&
    \separated(buf + (0 .. cap - 1), (uint8_t *)x->path.s + (0 .. x->path.len - 1));
  assigns *y, buf[0 .. cap - 1];
  exits \false;
  ensures \result != 0;
  ensures \result == 1 ==> y->open_flags == \old(x->open_flags);
  ensures \result == 1 ==> y->create_mode == \old(x->create_mode);
  ensures \result == 1 ==> y->request_flags == \old(x->request_flags);
  ensures \result == 1 ==> y->block_size == \old(x->block_size);
  ensures \result == 1 ==> same_text(y->path, \old(x->path));
*/
int trip_open_bdev(const struct fsv_open *x, struct fsv_open *y, uint8_t *buf, size_t cap)
{
	struct fsv_writer w;
	struct fsv_reader r;
	enum fsv_reason reason;

	fsv_writer_init(&w, buf, cap);
	if (fsv_open_bdev_write(&w, x))
		return 2;
	//@ assert w.pos == 16 + x->path.len + 1;
	//@ assert same(buf + 16, (uint8_t *)x->path.s, x->path.len);
	//@ assert last_str(buf + 16, w.pos - 16);
	//@ assert open_bdev_body(buf, w.pos);
	fsv_reader_init(&r, buf, w.pos);
	reason = fsv_open_bdev_parse(&r, y);
	//@ assert reason == FSV_OK;
	//@ assert (uint8_t *)y->path.s == buf + 16 && y->path.len == \at(x->path.len, Pre);
	//@ assert same(buf + 16, (uint8_t *)\at(x->path.s, Pre), \at(x->path.len, Pre));
	return reason == FSV_OK;
}
