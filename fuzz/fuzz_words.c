/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: a command line, its words ended by NULs; the part behind the last NUL is left out. Each
 * word is walked once, in order, and what counts of it lies inside it; the summary agrees with the
 * walk; a subtype can be nothing but one file name.
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
	fsv_cmdline_read(argc, argv, &line);
	must(seen == argc && line.operands == operands && line.mountpoint == last);
	must((line.source >= 0) == (operands > 1) && (line.only >= 0) == (line.others == 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	const char *argv[WORDS_MAX];
	int argc = draw_words(&d, argv, WORDS_MAX);
	struct fsv_str subtype;

	check_words(argc, argv);
	for (int i = 0; i < argc; i++)
		if (fsv_subtype(fsv_str_of(argv[i]), &subtype) == FSV_OK)
			must(subtype.s[0] != '.' && !memchr(subtype.s, '/', subtype.len));
	return 0;
}
