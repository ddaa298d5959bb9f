/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The session gives up what it will not need, before it reads the first word of the service. */
#ifndef SESSION_CONFINE_H
#define SESSION_CONFINE_H

#include "session.h"

/*
 * Landlock rules for the pinned files, for what fuse.conf allows and for the fuse device, then the
 * system-call filter. 0, or a negative errno: then the conversation must not begin.
 */
int session_confine(const struct session *s);

#endif
