/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What fsv_conf makes of text, for tests that are not written in C:
 *
 *	conf_lines < FILE               "NUMBER KIND REASON" for each line of fuse.conf
 *	conf_lines PATTERN PATH         "yes" or "no"
 *
 * Exit 0 where it could tell, 1 on a usage or read error.
 */
#include <stdio.h>
#include <string.h>

#include "fsv_conf.h"

static int print_lines(const char *text, size_t len)
{
	static const char *const kinds[] = {
		[FSV_CONF_NOTHING] = "nothing",
		[FSV_CONF_ALLOW_OTHER] = "user_allow_other",
		[FSV_CONF_MOUNT_MAX] = "mount_max",
		[FSV_CONF_OPEN_PATH] = "service_open_path",
	};
	struct fsv_conf walk;
	struct fsv_conf_line line;

	fsv_conf_init(&walk, text, len);
	while (fsv_conf_next(&walk, &line))
		printf("%u %s %s\n", line.number, kinds[line.kind], fsv_reason_name(line.reason));
	return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	static char text[65536];
	size_t len;

	if (argc == 3) {
		puts(fsv_conf_match(fsv_str_of(argv[1]), fsv_str_of(argv[2])) ? "yes" : "no");
		return 0;
	}
	len = fread(text, 1, sizeof(text), stdin);
	if (argc != 1 || ferror(stdin) || len == sizeof(text)) {
		fputs("usage: conf_lines < FILE, or conf_lines PATTERN PATH\n", stderr);
		return 1;
	}
	return print_lines(text, len);
}
