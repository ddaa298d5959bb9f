/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The bodies in msg_mount.c keep their contracts; the cursor's are proved in cursor.c. */
#include "kinds.h"

#include "../../msg_mount.c"
