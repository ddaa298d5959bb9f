/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The argument blob's checks in fsv_args.c keep their contracts: a blob is accepted if and only if
 * it is well-formed, what is given out afterwards lies inside it, and a refusal changes nothing.
 * What the loop needs is in annotations.patch. The cursor's contracts are proved in cursor.c.
 */
/* clang-format off: it does not know contracts. */
#include "contracts.h"
#include "fsv_args.h"
#include "fsv_wire.h"

/*@
  logic integer entry_pos{L}(uint8_t *b, integer i) = be32(b + (8 + 8 * i));
  logic integer entry_len{L}(uint8_t *b, integer i) = be32(b + (12 + 8 * i));

  // a string of n bytes at pos, behind the table and inside the blob, its only NUL at its end
  predicate string_at{L}(uint8_t *b, integer size, integer table, integer pos, integer n) =
    1 <= n && table <= pos && pos + n <= size && b[pos + (n - 1)] == 0 && no_nul(b + pos, n - 1);

  // bytes in the first n strings
  logic integer bytes{L}(uint8_t *b, integer n) =
    n <= 0 ? 0 : bytes(b, n - 1) + entry_len(b, n - 1);

  predicate strings{L}(uint8_t *b, integer size, integer table, integer n) =
    \forall integer i; 0 <= i < n ==>
      string_at(b, size, table, entry_pos(b, i), entry_len(b, i)) && bytes(b, i + 1) <= 1048576;

  predicate head{L}(uint8_t *b, integer size) =
    size >= 8 && be32(b) == 0x41524753 && 1 <= be32(b + 4) <= (size - 8) / 8;

  predicate blob{L}(uint8_t *b, integer size) =
    size <= 1048576 && head(b, size) && strings(b, size, 8 + 8 * be32(b + 4), be32(b + 4));
*/

/*@
  requires size <= 1048576 && table <= size;
  requires \valid_read(blob + (0 .. size - 1)) && \valid(room);
  requires \separated(room, blob + (0 .. size - 1));
  assigns *room;
  exits \false;
  behavior ok:
    assumes string_at(blob, size, table, pos, len) && len <= *room;
    ensures \result == FSV_OK && *room == \old(*room) - len;
  behavior bad:
    assumes !(string_at(blob, size, table, pos, len) && len <= *room);
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
static enum fsv_reason check_string(
	const uint8_t *blob, size_t size, size_t table, uint32_t pos, uint32_t len, size_t *room);

/*@
  requires 8 <= table <= size <= 1048576 && table % 8 == 0;
  requires \valid_read(blob + (0 .. size - 1));
  assigns \nothing;
  exits \false;
  ensures \result == FSV_OK <==> strings(blob, size, table, (table - 8) / 8);
*/
static enum fsv_reason check_strings(const uint8_t *blob, size_t size, size_t table);

/*@
  requires size <= 1048576;
  requires \valid_read((uint8_t *)blob + (0 .. size - 1)) && \valid(argc);
  requires \separated(argc, (uint8_t *)blob + (0 .. size - 1));
  assigns *argc;
  exits \false;
  behavior ok:
    assumes head((uint8_t *)blob, size);
    ensures \result == FSV_OK && *argc == be32((uint8_t *)blob + 4);
  behavior bad:
    assumes !head((uint8_t *)blob, size);
    assigns \nothing;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
static enum fsv_reason read_head(const void *blob, size_t size, uint32_t *argc);

/*@
  requires \valid_read((uint8_t *)blob + (0 .. size - 1)) && \valid(args);
  requires \separated(args, (uint8_t *)blob + (0 .. size - 1));
  assigns *args;
  exits \false;
  behavior ok:
    assumes blob((uint8_t *)blob, size);
    ensures \result == FSV_OK;
    ensures args->blob == (uint8_t *)blob && args->size == size;
    ensures args->argc == be32((uint8_t *)blob + 4);
  behavior bad:
    assumes !blob((uint8_t *)blob, size);
    assigns \nothing;
    ensures \result != FSV_OK;
  complete behaviors;
  disjoint behaviors;
*/
enum fsv_reason fsv_args_parse(const void *blob, size_t size, struct fsv_args *args);

/*@
  requires \valid_read(args) && \valid_read(args->blob + (0 .. args->size - 1));
  requires blob(args->blob, args->size) && args->argc == be32(args->blob + 4);
  assigns \nothing;
  exits \false;
  ensures i >= args->argc ==> \result.len == 0;
  ensures i < args->argc ==>
    (uint8_t *)\result.s == args->blob + entry_pos(args->blob, i) &&
    \result.len == entry_len(args->blob, i) - 1;
  ensures i < args->argc ==> \valid_read((uint8_t *)\result.s + (0 .. \result.len));
  ensures i < args->argc ==> ((uint8_t *)\result.s)[\result.len] == 0;
  ensures i < args->argc ==> no_nul((uint8_t *)\result.s, \result.len);
*/
struct fsv_str fsv_args_get(const struct fsv_args *args, uint32_t i);

#define memchr proof_memchr
#define memcpy proof_memcpy
#include "../../fsv_args.c"
