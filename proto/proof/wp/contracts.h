/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What the cursor promises, for WP: the two string functions that it calls (assumed), then every
 * reader and writer (proved). Text is looked at as uint8_t throughout, the type that the bytes of a
 * packet have.
 */
/* clang-format off: it does not know contracts. */

#ifndef FSV_CONTRACTS_H
#define FSV_CONTRACTS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*@
  logic integer be16{L}(uint8_t *b) = b[0] * 256 + b[1];
  logic integer be32{L}(uint8_t *b) = b[0] * 16777216 + b[1] * 65536 + b[2] * 256 + b[3];

  lemma be32_whole: \forall integer v; 0 <= v <= 0xffffffff ==>
    v == (v / 16777216) * 16777216 + ((v / 65536) % 256) * 65536 + ((v / 256) % 256) * 256 +
      v % 256;

  predicate no_nul{L}(uint8_t *b, integer n) = \forall integer i; 0 <= i < n ==> b[i] != 0;

  // n bytes here and n bytes there are the same
  predicate same{L}(uint8_t *a, uint8_t *b, integer n) =
    \forall integer i; 0 <= i < n ==> a[i] == b[i];

  // n bytes that are a string of at least one character, its only NUL at the end
  predicate last_str{L}(uint8_t *b, integer n) = 2 <= n && b[n - 1] == 0 && no_nul(b, n - 1);
*/

/* Assumed: these two are the C library's. */

/*@
  requires \valid_read((uint8_t *)s + (0 .. n - 1));
  requires c == 0;
  assigns \result \from s, ((uint8_t *)s)[0 .. n - 1];
  exits \false;
  ensures \result == \null <==> no_nul((uint8_t *)s, n);
*/
void *proof_memchr(const void *s, int c, size_t n);

/*@
  requires \valid_read((uint8_t *)from + (0 .. n - 1));
  requires \valid((uint8_t *)to + (0 .. n - 1));
  requires \separated((uint8_t *)to + (0 .. n - 1), (uint8_t *)from + (0 .. n - 1));
  assigns ((uint8_t *)to)[0 .. n - 1];
  exits \false;
  ensures same((uint8_t *)to, (uint8_t *)from, n);
*/
void proof_memcpy(void *to, const void *from, size_t n);

#define memchr proof_memchr
#define memcpy proof_memcpy
#include "fsv_cursor.h"
#undef memchr
#undef memcpy

/*@
  predicate reader{L}(struct fsv_reader *r) =
    \valid(r) && r->pos <= r->len && \valid_read(r->buf + (0 .. r->len - 1)) &&
    \separated(r, r->buf + (0 .. r->len - 1));

  predicate writer{L}(struct fsv_writer *w) =
    \valid(w) && w->pos <= w->cap && \valid(w->buf + (0 .. w->cap - 1)) &&
    \separated(w, w->buf + (0 .. w->cap - 1));

  predicate text{L}(struct fsv_str v) = \valid_read((uint8_t *)v.s + (0 .. v.len - 1));

  predicate apart{L}(struct fsv_writer *w, struct fsv_str v) =
    \separated(w, (uint8_t *)v.s + (0 .. v.len - 1)) &&
    \separated(w->buf + (0 .. w->cap - 1), (uint8_t *)v.s + (0 .. v.len - 1));
*/

/*@
  requires n <= view.len && text(view);
  assigns \nothing;
  exits \false;
  ensures (uint8_t *)\result.s == (uint8_t *)view.s + n && \result.len == view.len - n;
*/
struct fsv_str fsv_str_behind(struct fsv_str view, size_t n);

/*@
  requires \valid(r);
  assigns *r;
  exits \false;
  ensures r->buf == (uint8_t *)buf && r->len == len && r->pos == 0;
*/
void fsv_reader_init(struct fsv_reader *r, const void *buf, size_t len);

/*@
  requires reader(r);
  assigns \nothing;
  exits \false;
  ensures \result == r->len - r->pos;
*/
size_t fsv_reader_left(const struct fsv_reader *r);

/*@
  requires reader(r) && \valid(value);
  requires \separated(value, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *value;
  exits \false;
  behavior ok:
    assumes r->len - r->pos >= 2;
    ensures \result == FSV_OK;
    ensures r->pos == \old(r->pos) + 2;
    ensures *value == be16(r->buf + \old(r->pos));
  behavior bad:
    assumes r->len - r->pos < 2;
    assigns \nothing;
    ensures \result == FSV_R_SHORT;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_read_u16(struct fsv_reader *r, uint16_t *value);

/*@
  requires reader(r) && \valid(value);
  requires \separated(value, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *value;
  exits \false;
  behavior ok:
    assumes r->len - r->pos >= 4;
    ensures \result == FSV_OK;
    ensures r->pos == \old(r->pos) + 4;
    ensures *value == be32(r->buf + \old(r->pos));
  behavior bad:
    assumes r->len - r->pos < 4;
    assigns \nothing;
    ensures \result == FSV_R_SHORT;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_read_u32(struct fsv_reader *r, uint32_t *value);

/*@
  requires reader(r) && \valid(value);
  requires \separated(value, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *value;
  exits \false;
  behavior ok:
    assumes last_str(r->buf + r->pos, r->len - r->pos);
    ensures \result == FSV_OK;
    ensures r->pos == r->len;
    ensures (uint8_t *)value->s == r->buf + \old(r->pos);
    ensures value->len == r->len - \old(r->pos) - 1;
  behavior bad:
    assumes !last_str(r->buf + r->pos, r->len - r->pos);
    assigns \nothing;
    ensures \result != FSV_OK;
    ensures \result == FSV_R_SHORT <==> r->len == r->pos;
    ensures \result == FSV_R_UNTERMINATED <==> r->len != r->pos && r->buf[r->len - 1] != 0;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_read_last_str(struct fsv_reader *r, struct fsv_str *value);

/*@
  requires reader(r);
  assigns \nothing;
  exits \false;
  ensures \result == FSV_OK <==> r->pos == r->len;
  ensures \result == FSV_OK || \result == FSV_R_TRAILING;
*/
enum fsv_reason fsv_read_end(const struct fsv_reader *r);

/*@
  requires \valid(w);
  assigns *w;
  exits \false;
  ensures w->buf == (uint8_t *)buf && w->cap == cap && w->pos == 0;
*/
void fsv_writer_init(struct fsv_writer *w, void *buf, size_t cap);

/*@
  requires writer(w);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes w->cap - w->pos >= 2;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 2;
    ensures be16(w->buf + \old(w->pos)) == value;
    ensures \forall uint8_t *s, integer n;
      \separated(w->buf + (0 .. w->cap - 1), s + (0 .. n - 1)) ==>
      (no_nul{Old}(s, n) <==> no_nul{Post}(s, n));
  behavior bad:
    assumes w->cap - w->pos < 2;
    assigns \nothing;
    ensures \result == FSV_R_NO_SPACE;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_write_u16(struct fsv_writer *w, uint16_t value);

/*@
  requires writer(w);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes w->cap - w->pos >= 4;
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + 4;
    ensures be32(w->buf + \old(w->pos)) == value;
    ensures \forall uint8_t *s, integer n;
      \separated(w->buf + (0 .. w->cap - 1), s + (0 .. n - 1)) ==>
      (no_nul{Old}(s, n) <==> no_nul{Post}(s, n));
  behavior bad:
    assumes w->cap - w->pos < 4;
    assigns \nothing;
    ensures \result == FSV_R_NO_SPACE;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_write_u32(struct fsv_writer *w, uint32_t value);

/*@
  requires writer(w) && text(value);
  requires apart(w, value);
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes 1 <= value.len < w->cap - w->pos && no_nul((uint8_t *)value.s, value.len);
    ensures \result == FSV_OK;
    ensures w->pos == \old(w->pos) + value.len + 1;
    ensures same(w->buf + \old(w->pos), (uint8_t *)value.s, value.len);
    ensures last_str(w->buf + \old(w->pos), value.len + 1);
  behavior bad:
    assumes !(1 <= value.len < w->cap - w->pos && no_nul((uint8_t *)value.s, value.len));
    assigns \nothing;
    ensures \result != FSV_OK;
    ensures \result == FSV_R_EMPTY <==> value.len == 0;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_write_str(struct fsv_writer *w, struct fsv_str value);

#endif
