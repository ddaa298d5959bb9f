/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The bodies in msg_setup.c keep their contracts; the cursor's are proved in cursor.c. */
#include "kinds.h"

/*@
  assigns \nothing;
  exits \false;
  ensures \result != 0 <==> is_known(format);
*/
static int is_format(uint16_t format);

#include "../../msg_setup.c"
