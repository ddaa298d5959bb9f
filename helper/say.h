/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The one place that prints. Each message is one line on standard error, in one write(2). */
#ifndef SAY_H
#define SAY_H

#include "fsv_cursor.h"

#ifndef PROGRAM
#define PROGRAM "fuservicemount3"
#endif

/*
 * "fuservicemount3: " and the message. Text from anybody else goes through said() first. A message
 * that is too long is cut.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Text that is not ours (the service's, the caller's words, the kernel's), escaped, for one %s.
 * Valid until the fourth call from now.
 */
const char *said(struct fsv_str text);
const char *said_text(const char *text);

/* What an errno means, in words; `error` may be negative. */
const char *said_error(int error);

/* A line to standard output, for --help and the like. 0 or a negative errno. */
int print_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
