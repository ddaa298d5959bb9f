/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * fsv_words.h: two words, of any content and any short length, or one with an option in front; and
 * any subtype. What a walk gives back can be read.
 */
#include <limits.h>

#include "eva.h"
#include "fsv_words.h"

static char first[10];
static char second[4];

static void walk(int argc, const char *const *argv)
{
	struct fsv_words w;
	enum fsv_word word;
	struct fsv_str text;
	int index;

	fsv_words_init(&w, argc, argv);
	while (fsv_words_next(&w, &word, &text, &index))
		touch(text);
}

static void names(int argc, const char *const *argv, int relative)
{
	struct fsv_names n;
	struct fsv_name name;

	fsv_names_init(&n, argc, argv, relative);
	while (fsv_names_next(&n, &name)) {
		touch(name.text);
		IGNORE(fsv_name_equals(&name, VIEW(second, 1)));
	}
}

static void command_line(int argc, const char *const *argv)
{
	struct fsv_cmdline c;
	struct fsv_str path = VIEW(second, sizeof(second) - 1);

	walk(argc, argv);
	names(argc, argv, 0);
	names(argc, argv, 1);
	IGNORE(fsv_named(argc, argv, path));
	IGNORE(fsv_said(argc, argv, path));
	fsv_cmdline_read(argc, argv, &c);
}

/* A string of exactly `len` characters, the last bytes of its array. */
static const char *string(char *array, size_t size, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = Frama_C_char_interval(CHAR_MIN, CHAR_MAX);

		array[size - 1 - len + i] = c ? c : 'x';
	}
	array[size - 1] = 0;
	return array + (size - 1 - len);
}

static void subtype(void)
{
	struct fsv_str name;

	for (size_t len = 0; len <= sizeof(first); len++) {
		UNKNOWN(first);
		if (fsv_subtype(VIEW(first, len), &name) == FSV_OK)
			touch(name);
	}
}

int main(void)
{
	const char *argv[2];

	for (size_t len = 0; len < 5; len++)
		for (size_t length = 0; length < 4; length++) {
			argv[0] = string(first, sizeof(first), len);
			argv[1] = string(second, sizeof(second), length);
			command_line(2, argv);
		}
	subtype();
	return 0;
}
