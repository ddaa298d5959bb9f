/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "match.h"

#define PATH_LEN_MAX 4096

/* Absolute, and each component a name. */
static int is_path(const char *s, size_t len)
{
	size_t i = 0;

	if (len == 0)
		return 0;
	while (i < len) {
		size_t n = 0;

		if (s[i++] != '/')
			return 0;
		while (i + n < len && s[i + n] != '/')
			n++;
		if (n == 0 || (n == 1 && s[i] == '.') || (n == 2 && s[i] == '.' && s[i + 1] == '.'))
			return 0;
		i += n;
	}
	return 1;
}

/* A dot at the front of a component, which has to be written at the front of the pattern's. */
static int is_hidden(const char *s, size_t i)
{
	return s[i] == '.' && s[i - 1] == '/';
}

/* Whether one character of the pattern stands for one of the path; behind their first slash. */
static int fits(const char *pattern, size_t i, const char *path, size_t j)
{
	if (is_hidden(path, j))
		return is_hidden(pattern, i);
	if (pattern[i] == '*' || pattern[i] == '?')
		return path[j] != '/';
	return pattern[i] == path[j];
}

/* Row by row: reach[j] says whether the pattern so far matches the first j characters. */
int ref_match(const char *pattern, size_t pattern_len, const char *path, size_t path_len)
{
	char reach[PATH_LEN_MAX + 1] = { 0 };

	if (!is_path(pattern, pattern_len) || !is_path(path, path_len) || path_len > PATH_LEN_MAX)
		return 0;
	reach[1] = 1;
	for (size_t i = 1; i < pattern_len; i++) {
		char before = 0;

		for (size_t j = 1; j <= path_len; j++) {
			int from = pattern[i] == '*' ? reach[j - 1] : before;
			int stays = pattern[i] == '*' && reach[j];

			before = reach[j];
			reach[j] =
				(char)(stays || (j > 1 && from && fits(pattern, i, path, j - 1)));
		}
	}
	return reach[path_len];
}
