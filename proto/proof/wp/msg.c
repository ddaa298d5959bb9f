/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Whole packets, fsv_msg.c: one is accepted if and only if it is neither too short nor too long,
 * its magic is that of a kind which this side sends, and its body is well-formed for that kind.
 * What the fields hold then, and that nothing is touched otherwise, is proved for each body.
 */
/* clang-format off: it does not know contracts. */
#include "kinds.h"

/*@
  logic integer kind_of(integer m) =
    m == FSV_MAGIC_HELLO ? FSV_HELLO : m == FSV_MAGIC_HELLO_REPLY ? FSV_HELLO_REPLY :
    m == FSV_MAGIC_OPEN ? FSV_OPEN : m == FSV_MAGIC_OPEN_BDEV ? FSV_OPEN_BDEV :
    m == FSV_MAGIC_FSOPEN ? FSV_FSOPEN : m == FSV_MAGIC_SOURCE ? FSV_SOURCE :
    m == FSV_MAGIC_MNTOPTS ? FSV_MNTOPTS : m == FSV_MAGIC_MTABOPTS ? FSV_MTABOPTS :
    m == FSV_MAGIC_MNTPT ? FSV_MNTPT : m == FSV_MAGIC_MOUNT ? FSV_MOUNT :
    m == FSV_MAGIC_UNMOUNT ? FSV_UNMOUNT : m == FSV_MAGIC_BYE ? FSV_BYE :
    m == FSV_MAGIC_FILE ? FSV_FILE : m == FSV_MAGIC_REPLY ? FSV_REPLY : FSV_NONE;

  logic integer sender_of(integer k) =
    k == FSV_HELLO || k == FSV_FILE || k == FSV_REPLY ? FSV_HELPER :
    FSV_HELLO_REPLY <= k <= FSV_BYE ? FSV_SERVICE : 0;

  predicate is_text(integer k) = FSV_SOURCE <= k <= FSV_MTABOPTS;

  predicate body{L}(integer k, uint8_t *b, integer n) =
    (k == FSV_HELLO && hello_body(b, n)) ||
    (k == FSV_HELLO_REPLY && hello_reply_body(b, n)) ||
    (k == FSV_OPEN && open_body(b, n)) ||
    (k == FSV_OPEN_BDEV && open_bdev_body(b, n)) ||
    (k == FSV_FSOPEN && fsopen_body(b, n)) ||
    (is_text(k) && last_str(b, n)) ||
    (k == FSV_MNTPT && mntpt_body(b, n)) ||
    (k == FSV_MOUNT && n == 4) ||
    (k == FSV_UNMOUNT && n == 0) ||
    (k == FSV_BYE && n == 4) ||
    (k == FSV_FILE && file_body(b, n)) ||
    (k == FSV_REPLY && reply_body(b, n));

  predicate packet{L}(integer from, uint8_t *b, integer n) =
    4 <= n <= 65536 && kind_of(be32(b)) != FSV_NONE && sender_of(kind_of(be32(b))) == from &&
    body(kind_of(be32(b)), b + 4, n - 4);
*/

/*@
  assigns \nothing;
  exits \false;
  ensures \result == kind_of(magic);
*/
static enum fsv_kind kind_of_magic(uint32_t magic);

/*@
  assigns \nothing;
  exits \false;
  ensures FSV_HELLO <= kind <= FSV_REPLY ==> kind_of(\result) == kind;
  ensures !(FSV_HELLO <= kind <= FSV_REPLY) ==> \result == 0;
*/
uint32_t fsv_kind_magic(enum fsv_kind kind);

/*@
  assigns \nothing;
  exits \false;
  ensures \result == sender_of(kind);
*/
enum fsv_side fsv_kind_sender(enum fsv_kind kind);

/*@
  requires \valid_read((uint8_t *)buf + (0 .. len - 1));
  assigns \nothing;
  exits \false;
  ensures \result == (len < 4 ? FSV_NONE : kind_of(be32((uint8_t *)buf)));
*/
enum fsv_kind fsv_msg_kind(const void *buf, size_t len);

/*@
  requires reader(r) && \valid(msg);
  requires \separated(msg, r, r->buf + (0 .. r->len - 1));
  assigns r->pos, *msg;
  exits \false;
  behavior ok:
    assumes body(kind, r->buf + r->pos, r->len - r->pos);
    ensures \result == FSV_OK;
  behavior bad:
    assumes !body(kind, r->buf + r->pos, r->len - r->pos);
    ensures \result != FSV_OK;
    ensures msg->kind == \old(msg->kind);
  complete behaviors;
  disjoint behaviors;
*/
static enum fsv_reason parse_body(struct fsv_reader *r, enum fsv_kind kind, struct fsv_msg *msg);

/*@
  requires \valid_read((uint8_t *)buf + (0 .. len - 1)) && \valid(msg);
  requires \separated(msg, (uint8_t *)buf + (0 .. len - 1));
  assigns *msg;
  exits \false;
  behavior ok:
    assumes packet(from, (uint8_t *)buf, len);
    ensures \result == FSV_OK;
    ensures msg->kind == kind_of(be32((uint8_t *)buf));
  behavior bad:
    assumes !packet(from, (uint8_t *)buf, len);
    ensures \result != FSV_OK;
    ensures msg->kind == \old(msg->kind);
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_msg_parse(enum fsv_side from, const void *buf, size_t len, struct fsv_msg *msg);

#include "../../fsv_msg.c"
