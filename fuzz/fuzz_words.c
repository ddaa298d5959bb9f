/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: a command line, its words ended by NULs; the part behind the last NUL is left out. Each
 * word is walked once, in order, and what counts of it lies inside it; each name that is walked is
 * named and said, each is an operand or absolute; the summary agrees with the walk; a subtype can
 * be nothing but one file name.
 */
#include "draw.h"
#include "fsv_words.h"

#define WORDS_MAX 16

static void check_words(int argc, const char *const *argv)
{
	int index, seen = 0, operands = 0, last = -1;
	struct fsv_cmdline line;
	struct fsv_words walk;
	struct fsv_str text;
	enum fsv_word word;

	fsv_words_init(&walk, argc, argv);
	while (fsv_words_next(&walk, &word, &text, &index)) {
		must(index == seen++);
		must(inside(text, fsv_str_of(argv[index])));
		if (word == FSV_WORD_OPERAND)
			last = index;
		operands += word == FSV_WORD_OPERAND;
	}
	/* No word can hold a NUL. */
	must(!fsv_said(argc, argv, (struct fsv_str){ "\0", 1 }));
	fsv_cmdline_read(argc, argv, &line);
	must(seen == argc && line.operands == operands && line.mountpoint == last);
	must((line.source >= 0) == (operands > 1) && (line.only >= 0) == (line.others == 1));
}

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
	struct fsv_str subtype;

	check_words(argc, argv);
	check_names(argc, argv, 0);
	check_names(argc, argv, 1);
	for (int i = 0; i < argc; i++)
		if (fsv_subtype(fsv_str_of(argv[i]), &subtype) == FSV_OK)
			must(subtype.s[0] != '.' && !memchr(subtype.s, '/', subtype.len));
	return 0;
}
