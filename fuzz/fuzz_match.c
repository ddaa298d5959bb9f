/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: a pattern of fuse.conf, a NUL, a path. Proto and a plain second matcher
 * (tests/reference/) agree; what matches has as many components as its pattern; a pattern that may
 * stand in a fuse.conf matches itself, and without wildcards nothing else.
 */
#include "../tests/reference/match.h"
#include "draw.h"
#include "fsv_conf.h"

static size_t slashes(struct fsv_str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += text.s[i] == '/';
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	struct fsv_str pattern = draw_word(&d), path = draw_view(&d, d.left);
	int matches = fsv_conf_match(pattern, path);

	must(matches == ref_match(pattern.s, pattern.len, path.s, path.len));
	must(!matches || slashes(pattern) == slashes(path));
	if (!fsv_conf_match(pattern, pattern))
		must(!matches);
	else if (!memchr(pattern.s, '*', pattern.len) && !memchr(pattern.s, '?', pattern.len))
		must(matches == fsv_str_same(pattern, path));
	return 0;
}
