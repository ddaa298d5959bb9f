/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What each kind of packet promises: a body is accepted if and only if it is well-formed (the
 * *_body predicates, one for each line of docs/protocol.md), then every field is what its bytes
 * say, and otherwise the output is as it was. Writing accepts exactly what parsing does.
 */
/* clang-format off: it does not know contracts. */

#ifndef FSV_KINDS_H
#define FSV_KINDS_H

#include "contracts.h"
#include "fsv_msg_kinds.h"
#include "fsv_wire.h"

/*@
  predicate hello_body{L}(uint8_t *b, integer n) =
    n == 8 && be16(b) <= be16(b + 2) && (be32(b + 4) & 0xfffffffc) == 0;
  predicate hello_reply_body{L}(uint8_t *b, integer n) = n == 4 && be16(b + 2) == 0;
  predicate fsopen_body{L}(uint8_t *b, integer n) = n == 4 && (be32(b) & 0xfffffffe) == 0;
  predicate is_known(integer f) = f == 0 || f == 0x4000 || f == 0x8000;
  predicate mntpt_body{L}(uint8_t *b, integer n) =
    n >= 4 && is_known(be16(b)) && be16(b + 2) == 0 && last_str(b + 4, n - 4);
  predicate open_bdev_body{L}(uint8_t *b, integer n) =
    n >= 16 && (be32(b + 8) & 0xfffffffe) == 0 && last_str(b + 16, n - 16);
  predicate open_body{L}(uint8_t *b, integer n) =
    n >= 16 && (be32(b + 8) & 0xfffffffe) == 0 && be32(b + 12) == 0 && last_str(b + 16, n - 16);
  predicate file_body{L}(uint8_t *b, integer n) =
    n >= 4 && be32(b) <= 4095 && last_str(b + 4, n - 4);
  predicate reply_body{L}(uint8_t *b, integer n) = n == 4 && be32(b) <= 4095;

  predicate path{L}(struct fsv_str v) = v.len >= 1 && no_nul((uint8_t *)v.s, v.len);
*/

/*@
  requires reader(r) && \valid(hello);
  requires \separated(hello, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *hello;
  exits \false;
  behavior ok:
    assumes hello_body(r->buf + r->pos, r->len - r->pos);
    ensures \result == FSV_OK && r->pos == r->len;
    ensures hello->min_version == be16(r->buf + \old(r->pos));
    ensures hello->max_version == be16(r->buf + \old(r->pos) + 2);
    ensures hello->flags == be32(r->buf + \old(r->pos) + 4);
  behavior bad:
    assumes !(hello_body(r->buf + r->pos, r->len - r->pos));
    assigns r->pos;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_hello_parse(struct fsv_reader *r, struct fsv_hello *hello);

/*@
  requires reader(r) && \valid(reply);
  requires \separated(reply, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *reply;
  exits \false;
  behavior ok:
    assumes hello_reply_body(r->buf + r->pos, r->len - r->pos);
    ensures \result == FSV_OK && r->pos == r->len;
    ensures reply->version == be16(r->buf + \old(r->pos));
  behavior bad:
    assumes !(hello_reply_body(r->buf + r->pos, r->len - r->pos));
    assigns r->pos;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_hello_reply_parse(struct fsv_reader *r, struct fsv_hello_reply *reply);

/*@
  requires reader(r) && \valid(open);
  requires \separated(open, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *open;
  exits \false;
  behavior ok:
    assumes open_body(r->buf + r->pos, r->len - r->pos);
    ensures \result == FSV_OK && r->pos == r->len;
    ensures open->open_flags == be32(r->buf + \old(r->pos));
    ensures open->create_mode == be32(r->buf + \old(r->pos) + 4);
    ensures open->request_flags == be32(r->buf + \old(r->pos) + 8);
    ensures open->block_size == be32(r->buf + \old(r->pos) + 12);
    ensures (uint8_t *)open->path.s == r->buf + \old(r->pos) + 16;
    ensures open->path.len == r->len - \old(r->pos) - 16 - 1;
  behavior bad:
    assumes !(open_body(r->buf + r->pos, r->len - r->pos));
    assigns r->pos;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_open_parse(struct fsv_reader *r, struct fsv_open *open);

/*@
  requires reader(r) && \valid(open);
  requires \separated(open, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *open;
  exits \false;
  behavior ok:
    assumes open_bdev_body(r->buf + r->pos, r->len - r->pos);
    ensures \result == FSV_OK && r->pos == r->len;
    ensures open->open_flags == be32(r->buf + \old(r->pos));
    ensures open->create_mode == be32(r->buf + \old(r->pos) + 4);
    ensures open->request_flags == be32(r->buf + \old(r->pos) + 8);
    ensures open->block_size == be32(r->buf + \old(r->pos) + 12);
    ensures (uint8_t *)open->path.s == r->buf + \old(r->pos) + 16;
    ensures open->path.len == r->len - \old(r->pos) - 16 - 1;
  behavior bad:
    assumes !(open_bdev_body(r->buf + r->pos, r->len - r->pos));
    assigns r->pos;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_open_bdev_parse(struct fsv_reader *r, struct fsv_open *open);

/*@
  requires reader(r) && \valid(flags);
  requires \separated(flags, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *flags;
  exits \false;
  behavior ok:
    assumes fsopen_body(r->buf + r->pos, r->len - r->pos);
    ensures \result == FSV_OK && r->pos == r->len;
    ensures *flags == be32(r->buf + \old(r->pos));
  behavior bad:
    assumes !(fsopen_body(r->buf + r->pos, r->len - r->pos));
    assigns r->pos;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_fsopen_parse(struct fsv_reader *r, uint32_t *flags);

/*@
  requires reader(r) && \valid(mntpt);
  requires \separated(mntpt, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *mntpt;
  exits \false;
  behavior ok:
    assumes mntpt_body(r->buf + r->pos, r->len - r->pos);
    ensures \result == FSV_OK && r->pos == r->len;
    ensures mntpt->expected_format == be16(r->buf + \old(r->pos));
    ensures (uint8_t *)mntpt->path.s == r->buf + \old(r->pos) + 4;
    ensures mntpt->path.len == r->len - \old(r->pos) - 4 - 1;
  behavior bad:
    assumes !(mntpt_body(r->buf + r->pos, r->len - r->pos));
    assigns r->pos;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_mntpt_parse(struct fsv_reader *r, struct fsv_mntpt *mntpt);

/*@
  requires reader(r) && \valid(ms_flags);
  requires \separated(ms_flags, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *ms_flags;
  exits \false;
  behavior ok:
    assumes r->len - r->pos == 4;
    ensures \result == FSV_OK && r->pos == r->len;
    ensures *ms_flags == be32(r->buf + \old(r->pos));
  behavior bad:
    assumes !(r->len - r->pos == 4);
    assigns r->pos;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_mount_parse(struct fsv_reader *r, uint32_t *ms_flags);

/*@
  requires reader(r) && \valid(exit_code);
  requires \separated(exit_code, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *exit_code;
  exits \false;
  behavior ok:
    assumes r->len - r->pos == 4;
    ensures \result == FSV_OK && r->pos == r->len;
    ensures *exit_code == be32(r->buf + \old(r->pos));
  behavior bad:
    assumes !(r->len - r->pos == 4);
    assigns r->pos;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_bye_parse(struct fsv_reader *r, uint32_t *exit_code);

/*@
  requires reader(r) && \valid(file);
  requires \separated(file, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *file;
  exits \false;
  behavior ok:
    assumes file_body(r->buf + r->pos, r->len - r->pos);
    ensures \result == FSV_OK && r->pos == r->len;
    ensures file->error == be32(r->buf + \old(r->pos));
    ensures (uint8_t *)file->path.s == r->buf + \old(r->pos) + 4;
    ensures file->path.len == r->len - \old(r->pos) - 4 - 1;
  behavior bad:
    assumes !(file_body(r->buf + r->pos, r->len - r->pos));
    assigns r->pos;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_file_parse(struct fsv_reader *r, struct fsv_file *file);

/*@
  requires reader(r) && \valid(error);
  requires \separated(error, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *error;
  exits \false;
  behavior ok:
    assumes reply_body(r->buf + r->pos, r->len - r->pos);
    ensures \result == FSV_OK && r->pos == r->len;
    ensures *error == be32(r->buf + \old(r->pos));
  behavior bad:
    assumes !(reply_body(r->buf + r->pos, r->len - r->pos));
    assigns r->pos;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_reply_parse(struct fsv_reader *r, uint32_t *error);

/*@
  requires writer(w);
  requires \valid_read(hello) && \separated(hello, w);
  requires \separated(hello, w->buf + (0 .. w->cap - 1));
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes hello->min_version <= hello->max_version && (hello->flags & 0xfffffffc) == 0 &&
      w->cap - w->pos >= 8;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 8;
    ensures be16(w->buf + \old(w->pos)) == hello->min_version;
    ensures be16(w->buf + \old(w->pos) + 2) == hello->max_version;
    ensures be32(w->buf + \old(w->pos) + 4) == hello->flags;
  behavior bad:
    assumes !(
      hello->min_version <= hello->max_version && (hello->flags & 0xfffffffc) == 0 &&
      w->cap - w->pos >= 8);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_hello_write(struct fsv_writer *w, const struct fsv_hello *hello);

/*@
  requires writer(w);
  requires \valid_read(reply) && \separated(reply, w);
  requires \separated(reply, w->buf + (0 .. w->cap - 1));
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes w->cap - w->pos >= 4;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 4;
    ensures be16(w->buf + \old(w->pos)) == reply->version;
    ensures be16(w->buf + \old(w->pos) + 2) == 0;
  behavior bad:
    assumes !(
      w->cap - w->pos >= 4);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_hello_reply_write(struct fsv_writer *w, const struct fsv_hello_reply *reply);

/*@
  requires writer(w);
  requires \valid_read(open) && \separated(open, w);
  requires \separated(open, w->buf + (0 .. w->cap - 1));
  requires text(open->path) && apart(w, open->path);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes (open->request_flags & 0xfffffffe) == 0 && open->block_size == 0 && path(open->path) &&
      w->cap - w->pos >= 16 + open->path.len + 1;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 16 + open->path.len + 1;
    ensures be32(w->buf + \old(w->pos)) == open->open_flags;
    ensures be32(w->buf + \old(w->pos) + 4) == open->create_mode;
    ensures be32(w->buf + \old(w->pos) + 8) == open->request_flags;
    ensures be32(w->buf + \old(w->pos) + 12) == open->block_size;
    ensures same(w->buf + \old(w->pos) + 16, (uint8_t *)open->path.s, open->path.len);
    ensures last_str(w->buf + \old(w->pos) + 16, open->path.len + 1);
  behavior bad:
    assumes !(
      (open->request_flags & 0xfffffffe) == 0 && open->block_size == 0 && path(open->path) &&
      w->cap - w->pos >= 16 + open->path.len + 1);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_open_write(struct fsv_writer *w, const struct fsv_open *open);

/*@
  requires writer(w);
  requires \valid_read(open) && \separated(open, w);
  requires \separated(open, w->buf + (0 .. w->cap - 1));
  requires text(open->path) && apart(w, open->path);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes (open->request_flags & 0xfffffffe) == 0 && path(open->path) &&
      w->cap - w->pos >= 16 + open->path.len + 1;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 16 + open->path.len + 1;
    ensures be32(w->buf + \old(w->pos)) == open->open_flags;
    ensures be32(w->buf + \old(w->pos) + 4) == open->create_mode;
    ensures be32(w->buf + \old(w->pos) + 8) == open->request_flags;
    ensures be32(w->buf + \old(w->pos) + 12) == open->block_size;
    ensures same(w->buf + \old(w->pos) + 16, (uint8_t *)open->path.s, open->path.len);
    ensures last_str(w->buf + \old(w->pos) + 16, open->path.len + 1);
  behavior bad:
    assumes !(
      (open->request_flags & 0xfffffffe) == 0 && path(open->path) &&
      w->cap - w->pos >= 16 + open->path.len + 1);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_open_bdev_write(struct fsv_writer *w, const struct fsv_open *open);

/*@
  requires writer(w);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes (flags & 0xfffffffe) == 0 &&
      w->cap - w->pos >= 4;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 4;
    ensures be32(w->buf + \old(w->pos)) == flags;
  behavior bad:
    assumes !(
      (flags & 0xfffffffe) == 0 &&
      w->cap - w->pos >= 4);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_fsopen_write(struct fsv_writer *w, uint32_t flags);

/*@
  requires writer(w);
  requires \valid_read(mntpt) && \separated(mntpt, w);
  requires \separated(mntpt, w->buf + (0 .. w->cap - 1));
  requires text(mntpt->path) && apart(w, mntpt->path);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes is_known(mntpt->expected_format) && path(mntpt->path) &&
      w->cap - w->pos >= 4 + mntpt->path.len + 1;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 4 + mntpt->path.len + 1;
    ensures be16(w->buf + \old(w->pos)) == mntpt->expected_format;
    ensures be16(w->buf + \old(w->pos) + 2) == 0;
    ensures same(w->buf + \old(w->pos) + 4, (uint8_t *)mntpt->path.s, mntpt->path.len);
    ensures last_str(w->buf + \old(w->pos) + 4, mntpt->path.len + 1);
  behavior bad:
    assumes !(
      is_known(mntpt->expected_format) && path(mntpt->path) &&
      w->cap - w->pos >= 4 + mntpt->path.len + 1);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_mntpt_write(struct fsv_writer *w, const struct fsv_mntpt *mntpt);

/*@
  requires writer(w);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes w->cap - w->pos >= 4;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 4;
    ensures be32(w->buf + \old(w->pos)) == ms_flags;
  behavior bad:
    assumes !(
      w->cap - w->pos >= 4);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_mount_write(struct fsv_writer *w, uint32_t ms_flags);

/*@
  requires writer(w);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes w->cap - w->pos >= 4;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 4;
    ensures be32(w->buf + \old(w->pos)) == exit_code;
  behavior bad:
    assumes !(
      w->cap - w->pos >= 4);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_bye_write(struct fsv_writer *w, uint32_t exit_code);

/*@
  requires writer(w);
  requires \valid_read(file) && \separated(file, w);
  requires \separated(file, w->buf + (0 .. w->cap - 1));
  requires text(file->path) && apart(w, file->path);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes file->error <= 4095 && path(file->path) &&
      w->cap - w->pos >= 4 + file->path.len + 1;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 4 + file->path.len + 1;
    ensures be32(w->buf + \old(w->pos)) == file->error;
    ensures same(w->buf + \old(w->pos) + 4, (uint8_t *)file->path.s, file->path.len);
    ensures last_str(w->buf + \old(w->pos) + 4, file->path.len + 1);
  behavior bad:
    assumes !(
      file->error <= 4095 && path(file->path) &&
      w->cap - w->pos >= 4 + file->path.len + 1);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_file_write(struct fsv_writer *w, const struct fsv_file *file);

/*@
  requires writer(w);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes error <= 4095 &&
      w->cap - w->pos >= 4;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 4;
    ensures be32(w->buf + \old(w->pos)) == error;
  behavior bad:
    assumes !(
      error <= 4095 &&
      w->cap - w->pos >= 4);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_reply_write(struct fsv_writer *w, uint32_t error);

#endif
