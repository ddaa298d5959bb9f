/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The bodies in msg_hello.c keep their contracts; the cursor's are proved in cursor.c. */
#include "kinds.h"

/*@
  requires \valid_read(hello);
  assigns \nothing;
  exits \false;
  ensures \result == FSV_OK <==>
    hello->min_version <= hello->max_version && (hello->flags & 0xfffffffc) == 0;
*/
static enum fsv_reason check_hello(const struct fsv_hello *hello);

#include "../../msg_hello.c"
