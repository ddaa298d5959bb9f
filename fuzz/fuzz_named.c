/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: a command line as in fuzz_words. Each name that is walked lies in its word, and is named
 * and said, its escapes undone; each is an operand or absolute, unless relative values count too;
 * what no word can hold was never said.
 */
#include "draw.h"
#include "fsv_words.h"

#define WORDS_MAX 16

static void check_name(int argc, const char *const *argv, const struct fsv_name *name)
{
	char *plain = malloc(name->text.len + 1);
	struct fsv_str text = name->text;

	must(plain && inside(text, fsv_str_of(argv[name->index])));
	if (name->escaped) {
		must(fsv_opt_unescape(text, plain, text.len + 1, &text.len) == FSV_OK);
		text.s = plain;
	}
	must(fsv_name_equals(name, text) && fsv_said(argc, argv, text));
	/* Relative values are said, but they are no path that a service may ask for. */
	if (name->way == FSV_OPERAND || (text.len && text.s[0] == '/'))
		must(fsv_named(argc, argv, text) != FSV_NOT_NAMED);
	free(plain);
}

static void check_names(int argc, const char *const *argv, int relative_values)
{
	struct fsv_names walk;
	struct fsv_name name;

	fsv_names_init(&walk, argc, argv, relative_values);
	while (fsv_names_next(&walk, &name)) {
		must(relative_values || name.way == FSV_OPERAND || name.text.s[0] == '/');
		check_name(argc, argv, &name);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	const char *argv[WORDS_MAX];
	int argc = draw_words(&d, argv, WORDS_MAX);

	check_names(argc, argv, 0);
	check_names(argc, argv, 1);
	must(!fsv_said(argc, argv, (struct fsv_str){ "\0", 1 }));
	return 0;
}
