/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * For the person at the terminal: why something was refused, and what would allow it. What is
 * returned is escaped, and valid until the next call.
 */
#ifndef SESSION_EXPLAIN_H
#define SESSION_EXPLAIN_H

#include "session.h"

/* An OPEN that got this negative errno. */
const char *explain_open(struct session *s, const struct fsv_open *request, int error);

/* A command other than OPEN and MOUNT that got it. */
const char *explain_command(const struct session *s, const struct fsv_msg *msg, int error);

/* Print a line about a MOUNT that got it, with what the mounter has answered. */
void explain_mount(const struct session *s, const struct mounter_answer *answer, int error);

#endif
