/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "adapter.h"
#include "fsv_text.h"

void say(const char *format, ...)
{
	static const char program[] = "fuse-service-adapter: ";
	char line[1024];
	size_t n = sizeof(program) - 1;
	va_list ap;

	memcpy(line, program, n);
	va_start(ap, format);
	(void)vsnprintf(line + n, sizeof(line) - n - 1, format, ap);
	va_end(ap);
	n = strlen(line);
	line[n++] = '\n';
	/* In one piece, so that the server's lines do not mix with it. */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}

const char *quote(struct fsv_str text)
{
	static char buf[4][256];
	static unsigned int turn;

	turn = (turn + 1) % 4;
	(void)fsv_text_escape(text, buf[turn], sizeof(buf[turn]));
	return buf[turn];
}

const char *quoted(const char *text)
{
	return quote(fsv_str_of(text));
}
