/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fsv_text.h"

#define LINE_SIZE 2048
#define SAID_SIZE 512
#define SAID_MAX  4

__attribute__((format(printf, 3, 0))) static int write_line(
	int fd, const char *prefix, const char *format, va_list args)
{
	char line[LINE_SIZE];
	size_t len = strlen(prefix);
	int n;

	memcpy(line, prefix, len);
	n = vsnprintf(line + len, sizeof(line) - len - 1, format, args);
	if (n < 0)
		return -EINVAL;
	len = strlen(line);
	line[len++] = '\n';
	/* One write: lines of several processes on one terminal stay whole. */
	return write(fd, line, len) == (ssize_t)len ? 0 : -EIO;
}

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)write_line(STDERR_FILENO, PROGRAM ": ", format, args);
	va_end(args);
}

int print_line(const char *format, ...)
{
	va_list args;
	int ret;

	va_start(args, format);
	ret = write_line(STDOUT_FILENO, "", format, args);
	va_end(args);
	return ret;
}

const char *said(struct fsv_str text)
{
	static char slots[SAID_MAX][SAID_SIZE];
	static unsigned int next;
	char *slot = slots[next++ % SAID_MAX];

	(void)fsv_text_escape(text, slot, SAID_SIZE);
	return slot;
}

const char *said_text(const char *text)
{
	return said(fsv_str_of(text));
}

const char *said_error(int error)
{
	/* Not strerror(): it would load message catalogues of the caller's choice. */
	const char *text = strerrordesc_np(error < 0 ? -error : error);

	return text ? text : "Unknown error";
}
