/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The bodies in msg_open.c keep their contracts; the cursor's are proved in cursor.c. */
#include "kinds.h"

/*@
  requires reader(r) && \valid(open);
  requires \separated(open, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, open->open_flags, open->create_mode, open->request_flags, open->block_size;
  exits \false;
  behavior ok:
    assumes r->len - r->pos >= 16;
    ensures \result == FSV_OK && r->pos == \old(r->pos) + 16;
    ensures open->open_flags == be32(r->buf + \old(r->pos));
    ensures open->create_mode == be32(r->buf + \old(r->pos) + 4);
    ensures open->request_flags == be32(r->buf + \old(r->pos) + 8);
    ensures open->block_size == be32(r->buf + \old(r->pos) + 12);
  behavior bad:
    assumes r->len - r->pos < 16;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
static enum fsv_reason read_head(struct fsv_reader *r, struct fsv_open *open);

/*@
  requires writer(w) && \valid_read(open);
  requires \separated(open, w) && \separated(open, w->buf + (0 .. w->cap - 1));
  assigns w->pos, w->buf[w->pos .. w->cap - 1];
  exits \false;
  behavior ok:
    assumes w->cap - w->pos >= 16;
    ensures \result == FSV_OK && w->pos == \old(w->pos) + 16;
    ensures be32(w->buf + \old(w->pos)) == open->open_flags;
    ensures be32(w->buf + \old(w->pos) + 4) == open->create_mode;
    ensures be32(w->buf + \old(w->pos) + 8) == open->request_flags;
    ensures be32(w->buf + \old(w->pos) + 12) == open->block_size;
    ensures \forall uint8_t *s, integer n;
      \separated(w->buf + (0 .. w->cap - 1), s + (0 .. n - 1)) ==>
      (no_nul{Old}(s, n) <==> no_nul{Post}(s, n));
  behavior bad:
    assumes w->cap - w->pos < 16;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
static enum fsv_reason write_head(struct fsv_writer *w, const struct fsv_open *open);

#include "../../msg_open.c"
