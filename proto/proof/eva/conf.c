/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * fsv_conf.h: any short file, lines of each keyword with any short text behind it, and any short
 * pattern on any short path.
 */
#include "eva.h"
#include "fsv_conf.h"

static char text[4];
static char file[28];
static char pattern[4];
static char path[3];

static void read_file(const char *begin, size_t len)
{
	struct fsv_conf_line line;
	struct fsv_conf c;

	fsv_conf_init(&c, begin, len);
	while (fsv_conf_next(&c, &line))
		touch(c.rest);
}

/* `head`, and `len` characters of any kind behind it: the file ends where its array does. */
static void behind(const char *head, size_t len)
{
	size_t n = strlen(head);
	char *begin = file + (sizeof(file) - (n + len));

	UNKNOWN(file);
	memcpy(begin, head, n);
	read_file(begin, n + len);
}

/* Keywords, and what gets furthest on the way to a line that counts. */
static const char *const heads[] = { "user_allow_other", "mount_max",
	"mount_max = ", "mount_max=21474836", "mount_max=429496729", "service_open_path",
	"service_open_path=/ /b", "service_open_path=fuse.x /", "service_open_path=a /",
	"service_open_path=a /b rw ", "#", "x\n" };

int main(void)
{
	for (size_t len = 0; len <= sizeof(text); len++) {
		UNKNOWN(text);
		read_file(PART(text, len), len);
	}
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		for (size_t len = 0; len <= 2; len++)
			behind(heads[i], len);
	UNKNOWN(pattern);
	UNKNOWN(path);
	for (size_t len = 0; len <= sizeof(pattern); len++)
		for (size_t length = 0; length <= sizeof(path); length++)
			IGNORE(fsv_conf_match(VIEW(pattern, len), VIEW(path, length)));
	return 0;
}
