/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What each command of the service does (docs/protocol.md, "Sequence"). */
#ifndef SESSION_COMMANDS_H
#define SESSION_COMMANDS_H

#include "session.h"

/*
 * Carry out a command that parsed and that the state table lets pass, all but OPEN, OPEN_BDEV and
 * BYE, which are answered in another form. 0 or a negative errno: the answer.
 */
int command_run(struct session *s, const struct fsv_msg *msg);

#endif
