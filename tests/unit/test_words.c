/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The helper's command line: classes of words, names, and what a caller has named. */
#include "fsv_words.h"

#include <stdio.h>

#include "check.h"

#define WORDS_MAX 8

static int count_words(const char *const *argv)
{
	int n = 0;

	while (n < WORDS_MAX && argv[n])
		n++;
	return n;
}

/* One word alone, or behind the flag that takes it as its value. */
static const struct {
	const char *argv[3];
	enum fsv_word word;
	const char *text;
} classes[] = {
	{ { "x" }, FSV_WORD_OPERAND, "x" },
	{ { "" }, FSV_WORD_OPERAND, "" },
	{ { "/dev/sdb1" }, FSV_WORD_OPERAND, "/dev/sdb1" },
	{ { "a=b" }, FSV_WORD_OPERAND, "a=b" },
	{ { " -t" }, FSV_WORD_OPERAND, " -t" },
	{ { "-" }, FSV_WORD_OTHER, "-" },
	{ { "--" }, FSV_WORD_OTHER, "--" },
	{ { "-t" }, FSV_WORD_OTHER, "-t" },
	{ { "-o" }, FSV_WORD_OTHER, "-o" },
	{ { "-x" }, FSV_WORD_OTHER, "-x" },
	{ { "-=" }, FSV_WORD_OTHER, "-=" },
	{ { "--name" }, FSV_WORD_OTHER, "--name" },
	{ { "--check" }, FSV_WORD_OTHER, "--check" },
	{ { "--name=v" }, FSV_WORD_LONG, "v" },
	{ { "--name=" }, FSV_WORD_LONG, "" },
	{ { "--name=a=b" }, FSV_WORD_LONG, "a=b" },
	{ { "--=x" }, FSV_WORD_LONG, "x" },
	{ { "---=x" }, FSV_WORD_LONG, "x" },
	{ { "-J/dev/sdb1" }, FSV_WORD_SHORT, "/dev/sdb1" },
	{ { "-tX" }, FSV_WORD_SHORT, "X" },
	{ { "-t=ext4" }, FSV_WORD_SHORT, "=ext4" },
	{ { "-O-" }, FSV_WORD_SHORT, "-" },
	{ { "-oro" }, FSV_WORD_LIST, "ro" },
	{ { "-o=" }, FSV_WORD_LIST, "=" },
	{ { "-o," }, FSV_WORD_LIST, "," },
	{ { "-t", "ext4" }, FSV_WORD_TYPE, "ext4" },
	{ { "-t", "" }, FSV_WORD_TYPE, "" },
	{ { "-t", "-o" }, FSV_WORD_TYPE, "-o" },
	{ { "-t", "-t" }, FSV_WORD_TYPE, "-t" },
	{ { "-t", "--" }, FSV_WORD_TYPE, "--" },
	{ { "-o", "ro,rw" }, FSV_WORD_LIST, "ro,rw" },
	{ { "-o", "" }, FSV_WORD_LIST, "" },
	{ { "-o", "-t" }, FSV_WORD_LIST, "-t" },
	{ { "-o", "--a=/b" }, FSV_WORD_LIST, "--a=/b" },
};

static void test_classes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(classes); i++) {
		int argc = count_words(classes[i].argv), index, last = -1;
		struct fsv_words walk;
		enum fsv_word word = FSV_WORD_OTHER;
		struct fsv_str text = { NULL, 0 };

		fsv_words_init(&walk, argc, classes[i].argv);
		while (fsv_words_next(&walk, &word, &text, &index)) {
			assert_int_equal(index, last + 1);
			last = index;
		}
		assert_int_equal(last, argc - 1);
		assert_int_equal(word, classes[i].word);
		assert_view(text, fsv_str_of(classes[i].text));
	}
}

static void test_a_whole_line(void **state)
{
	static const char *const argv[] = { "-t", "fuse.x", "-o", "-t", "--", "-o", "ro", "/a" };
	static const enum fsv_word want[] = { FSV_WORD_TYPE_FLAG, FSV_WORD_TYPE, FSV_WORD_LIST_FLAG,
		FSV_WORD_LIST, FSV_WORD_OTHER, FSV_WORD_LIST_FLAG, FSV_WORD_LIST,
		FSV_WORD_OPERAND };
	struct fsv_words walk;
	struct fsv_str text;
	enum fsv_word word;
	int index;

	(void)state;
	fsv_words_init(&walk, (int)COUNT(argv), argv);
	for (int i = 0; i < (int)COUNT(argv); i++) {
		assert_int_equal(fsv_words_next(&walk, &word, &text, &index), 1);
		assert_int_equal(word, want[i]);
		assert_int_equal(index, i);
		assert_view(text, fsv_str_of(argv[i]));
	}
	index = 77;
	assert_int_equal(fsv_words_next(&walk, &word, &text, &index), 0);
	assert_int_equal(index, 77);
}

static void test_no_words(void **state)
{
	struct fsv_names names;
	struct fsv_name name;

	(void)state;
	fsv_names_init(&names, 0, NULL, 1);
	assert_int_equal(fsv_names_next(&names, &name), 0);
	assert_int_equal(fsv_named(0, NULL, S("/a")), FSV_NOT_NAMED);
	assert_int_equal(fsv_said(0, NULL, S("")), 0);
}

/* All names of a line, written as "way:text" and a "~" where escapes are to be undone. */
static const struct {
	const char *argv[WORDS_MAX];
	const char *names;	/* absolute values only */
	const char *said_names; /* with relative values */
} name_lines[] = {
	{ { "/dev/sda", "/mnt" }, "0/dev/sda 1/mnt ", "0/dev/sda 1/mnt " },
	{ { "img", "" }, "0img 1 ", "0img 1 " },
	{ { "-t", "/x", "-o" }, "", "" },
	{ { "-oj=/a,k=b,/c,l=" }, "v0~/a ", "v0~/a v0~b v0~ " },
	{ { "-o", "j=/a,k=/b", "/m" }, "v1~/a v1~/b 2/m ", "v1~/a v1~/b 2/m " },
	{ { "-o", "j=/a\\,b" }, "v1~/a\\,b ", "v1~/a\\,b " },
	{ { "-o", "j=\\,/a" }, "", "v1~\\,/a " },
	{ { "-o", "=/a" }, "v1~/a ", "v1~/a " },
	{ { "-o", "/a" }, "", "" },
	{ { "-o", "" }, "", "" },
	{ { "--j=/a\\,b", "--k=c", "--l=" }, "v0/a\\,b ", "v0/a\\,b v1c v2 " },
	{ { "-J/a", "-Jb", "-t/c" }, "s0/a s2/c ", "s0/a s1b s2/c " },
	{ { "--", "-", "--x", "-x" }, "", "" },
	{ { "-o", "-o", "j=/a" }, "2j=/a ", "2j=/a " },
	{ { "-oa=/1", "-ob=/2", "-o", "c=/3" }, "v0~/1 v1~/2 v3~/3 ", "v0~/1 v1~/2 v3~/3 " },
};

static void write_names(const char *const *argv, int relative_values, char *out)
{
	static const char *const ways[] = { "?", "", "v", "s" };
	struct fsv_names walk;
	struct fsv_name name;

	*out = '\0';
	fsv_names_init(&walk, count_words(argv), argv, relative_values);
	while (fsv_names_next(&walk, &name))
		out += sprintf(out, "%s%d%s%.*s ", ways[name.way], name.index,
			name.escaped ? "~" : "", (int)name.text.len, name.text.s);
	name.index = 77;
	assert_int_equal(fsv_names_next(&walk, &name), 0);
	assert_int_equal(name.index, 77);
}

static void test_names(void **state)
{
	char out[256];

	(void)state;
	for (size_t i = 0; i < COUNT(name_lines); i++) {
		write_names(name_lines[i].argv, 0, out);
		assert_string_equal(out, name_lines[i].names);
		write_names(name_lines[i].argv, 1, out);
		assert_string_equal(out, name_lines[i].said_names);
	}
}

static const struct {
	const char *argv[WORDS_MAX];
	const char *path;
	enum fsv_way way;
	int said;
} asked[] = {
	/* operands, byte for byte */
	{ { "/dev/sda", "/mnt" }, "/dev/sda", FSV_OPERAND, 1 },
	{ { "/dev/sda", "/mnt" }, "/mnt", FSV_OPERAND, 1 },
	{ { "/dev/sda", "/mnt" }, "/mnt/", FSV_NOT_NAMED, 0 },
	{ { "/dev/sda", "/mnt" }, "/dev//sda", FSV_NOT_NAMED, 0 },
	{ { "/dev/sda", "/mnt" }, "/dev/sd", FSV_NOT_NAMED, 0 },
	{ { "/dev/sda", "/mnt" }, "/dev/sdaa", FSV_NOT_NAMED, 0 },
	{ { "/dev/sda", "/mnt" }, "dev/sda", FSV_NOT_NAMED, 0 },
	{ { "img", "mnt/" }, "img", FSV_OPERAND, 1 },
	{ { "img", "mnt/" }, "mnt", FSV_NOT_NAMED, 0 },
	{ { "" }, "", FSV_OPERAND, 1 },
	{ { "a\\,b" }, "a\\,b", FSV_OPERAND, 1 },
	{ { "a\\,b" }, "a,b", FSV_NOT_NAMED, 0 },
	{ { "--", "/a" }, "/a", FSV_OPERAND, 1 },
	/* the -t value names nothing */
	{ { "-t", "/a" }, "/a", FSV_NOT_NAMED, 0 },
	{ { "-t", "ext4" }, "ext4", FSV_NOT_NAMED, 0 },
	{ { "-t", "/a", "/a" }, "/a", FSV_OPERAND, 1 },
	/* values in lists, escapes undone */
	{ { "-o", "j=/a" }, "/a", FSV_OPTION_VALUE, 1 },
	{ { "-oj=/a" }, "/a", FSV_OPTION_VALUE, 1 },
	{ { "-oj=/a\\,b" }, "/a,b", FSV_OPTION_VALUE, 1 },
	{ { "-oj=/a\\,b" }, "/a\\,b", FSV_NOT_NAMED, 0 },
	{ { "-oj=/a\\\\b" }, "/a\\b", FSV_OPTION_VALUE, 1 },
	{ { "-oj=/a\\b" }, "/a\\b", FSV_OPTION_VALUE, 1 },
	{ { "-oj=/a,b" }, "/a,b", FSV_NOT_NAMED, 0 },
	{ { "-oj=/a=b" }, "/a=b", FSV_OPTION_VALUE, 1 },
	{ { "-oj=a" }, "a", FSV_NOT_NAMED, 1 },
	{ { "-oj=" }, "", FSV_NOT_NAMED, 1 },
	{ { "-o/a" }, "/a", FSV_NOT_NAMED, 0 },
	{ { "-oro" }, "ro", FSV_NOT_NAMED, 0 },
	{ { "-o", "-o", "j=/a" }, "/a", FSV_NOT_NAMED, 0 },
	/* long words, as they stand */
	{ { "--j=/a" }, "/a", FSV_OPTION_VALUE, 1 },
	{ { "--j=/a\\,b" }, "/a,b", FSV_NOT_NAMED, 0 },
	{ { "--j=/a\\,b" }, "/a\\,b", FSV_OPTION_VALUE, 1 },
	{ { "--j=a" }, "a", FSV_NOT_NAMED, 1 },
	{ { "--j", "/a" }, "/a", FSV_OPERAND, 1 },
	/* rests, as they stand */
	{ { "-J/a" }, "/a", FSV_SHORT_REST, 1 },
	{ { "-Ja" }, "a", FSV_NOT_NAMED, 1 },
	{ { "-J/a\\,b" }, "/a,b", FSV_NOT_NAMED, 0 },
	{ { "-xJ/a" }, "/a", FSV_NOT_NAMED, 0 },
	{ { "-J=/a" }, "/a", FSV_NOT_NAMED, 0 },
	/* several ways: an operand first, whichever side of the others it is on */
	{ { "-J/a", "/a" }, "/a", FSV_OPERAND, 1 },
	{ { "/a", "-J/a" }, "/a", FSV_OPERAND, 1 },
	{ { "-oj=/a", "-J/a", "/a" }, "/a", FSV_OPERAND, 1 },
	{ { "-J/a", "-oj=/a" }, "/a", FSV_SHORT_REST, 1 },
};

static void test_named_and_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(asked); i++) {
		int argc = count_words(asked[i].argv);
		struct fsv_str path = fsv_str_of(asked[i].path);

		assert_int_equal(fsv_named(argc, asked[i].argv, path), asked[i].way);
		assert_int_equal(fsv_said(argc, asked[i].argv, path), asked[i].said);
	}
}

static const struct {
	const char *argv[WORDS_MAX];
	struct fsv_cmdline want;
} lines[] = {
	/* type, source, mountpoint, operands, others, only, bare_type */
	{ { NULL }, { -1, -1, -1, 0, 0, -1, 0 } },
	{ { "/m" }, { -1, -1, 0, 1, 1, 0, 0 } },
	{ { "/m", "-t", "x" }, { 2, -1, 0, 1, 1, 0, 0 } },
	{ { "/d", "/m", "-t", "x" }, { 3, 0, 1, 2, 2, -1, 0 } },
	{ { "-t", "x", "/d", "/e", "/m" }, { 1, 2, 4, 3, 3, -1, 0 } },
	{ { "-t", "x", "-t", "y", "/m" }, { 3, -1, 4, 1, 1, 4, 0 } },
	{ { "-t", "x", "--check" }, { 1, -1, -1, 0, 1, 2, 0 } },
	{ { "--check", "-t", "x" }, { 2, -1, -1, 0, 1, 0, 0 } },
	{ { "--check", "/m" }, { -1, -1, 1, 1, 2, -1, 0 } },
	{ { "-o", "--check", "/m" }, { -1, -1, 2, 1, 3, -1, 0 } },
	{ { "-o", "ro", "-oa", "--", "" }, { -1, -1, 4, 1, 5, -1, 0 } },
	{ { "-t" }, { -1, -1, -1, 0, 0, -1, 1 } },
	{ { "/m", "-t" }, { -1, -1, 0, 1, 1, 0, 1 } },
	{ { "-t", "-t" }, { 1, -1, -1, 0, 0, -1, 0 } },
	{ { "-t", "x", "-t" }, { 1, -1, -1, 0, 0, -1, 1 } },
	{ { "-o", "-t" }, { -1, -1, -1, 0, 2, -1, 0 } },
	{ { "-tx", "/m" }, { -1, -1, 1, 1, 2, -1, 0 } },
};

static void test_cmdline(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		const struct fsv_cmdline *want = &lines[i].want;
		struct fsv_cmdline c;

		memset(&c, 0x5a, sizeof(c));
		fsv_cmdline_read(count_words(lines[i].argv), lines[i].argv, &c);
		assert_int_equal(c.type, want->type);
		assert_int_equal(c.source, want->source);
		assert_int_equal(c.mountpoint, want->mountpoint);
		assert_int_equal(c.operands, want->operands);
		assert_int_equal(c.others, want->others);
		assert_int_equal(c.only, want->only);
		assert_int_equal(c.bare_type, want->bare_type);
	}
}

/* Whether a list, spelled without escapes, has a token that gives `path` as its value. */
static int reference_in_list(const char *list, const char *path)
{
	char copy[32], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", list);
	for (char *token = strtok_r(copy, ",", &save); token; token = strtok_r(NULL, ",", &save)) {
		char *value = strchr(token, '=');

		if (value && strcmp(value + 1, path) == 0)
			return 1;
	}
	return 0;
}

/* The rule once more, by index instead of by state. */
static enum fsv_way reference_named(int argc, const char *const *argv, const char *path)
{
	enum fsv_way way = FSV_NOT_NAMED;

	for (int i = 0; i < argc; i++) {
		const char *w = argv[i];
		enum fsv_way this = FSV_NOT_NAMED;

		if (strcmp(w, "-t") == 0)
			i++;
		else if (strcmp(w, "-o") == 0)
			this = ++i < argc && reference_in_list(argv[i], path) ? FSV_OPTION_VALUE
									      : this;
		else if (strncmp(w, "-o", 2) == 0)
			this = reference_in_list(w + 2, path) ? FSV_OPTION_VALUE : this;
		else if (strncmp(w, "--", 2) == 0)
			this = strchr(w, '=') && strcmp(strchr(w, '=') + 1, path) == 0
				       ? FSV_OPTION_VALUE
				       : this;
		else if (w[0] == '-')
			this = w[1] && strcmp(w + 2, path) == 0 ? FSV_SHORT_REST : this;
		else if (strcmp(w, path) == 0)
			return FSV_OPERAND;
		if (way == FSV_NOT_NAMED)
			way = this;
	}
	return way;
}

static const char *const vocabulary[] = { "-t", "-o", "/a", "-oj=/a", "j=/a,/b", "k=/b,j=/a",
	"--j=/a", "-J/a", "--", "-", "", "x", "-t/a", "/b", "-v" };

/* Every line of up to four of these words: one class a word, in order, and the names agree. */
static void test_every_short_line(void **state)
{
	const size_t base = COUNT(vocabulary);

	(void)state;
	for (size_t number = 0; number < base * base * base * base; number++) {
		const char *argv[4];
		size_t rest = number;
		int argc = (int)(number % 4) + 1;

		for (int i = 0; i < 4; i++, rest /= base)
			argv[i] = vocabulary[rest % base];
		assert_int_equal(fsv_named(argc, argv, S("/a")), reference_named(argc, argv, "/a"));
		assert_int_equal(fsv_said(argc, argv, S("/a")),
			reference_named(argc, argv, "/a") != FSV_NOT_NAMED);
	}
}

static void test_words_at_the_end_of_memory(void **state)
{
	struct guard g[2] = { guard_new(64), guard_new(64) };
	char word[16];

	(void)state;
	for (uint32_t i = 0; i < strings_up_to("-ot=/,\\", 4); i++) {
		size_t len = nth_string("-ot=/,\\", i, word);
		const char *argv[2] = { guard_end(&g[0], word, len + 1),
			guard_end(&g[1], word, len + 1) };
		struct fsv_cmdline c;

		fsv_cmdline_read(2, argv, &c);
		assert_in_range(c.others, 0, 2);
		if (fsv_named(2, argv, S("/")))
			assert_true(fsv_said(2, argv, S("/")));
	}
	guard_free(&g[0]);
	guard_free(&g[1]);
}

static const struct {
	const char *type;
	const char *subtype; /* NULL: refused */
} types[] = {
	{ "ext4", "ext4" },
	{ "fuse.ext4", "ext4" },
	{ "fuseblk.ext4", "ext4" },
	{ "fuse.fuse.ext4", "fuse.ext4" },
	{ "fuse.fuseblk.ext4", "fuseblk.ext4" },
	{ "fuseblk.fuse.ext4", "fuse.ext4" },
	{ "fuse", "fuse" },
	{ "fuseblk", "fuseblk" },
	{ "fusex.y", "fusex.y" },
	{ "Fuse.x", "Fuse.x" },
	{ "a.b_c+d-e", "a.b_c+d-e" },
	{ "_", "_" },
	{ "+", "+" },
	{ "0", "0" },
	{ "a.", "a." },
	{ "a..b", "a..b" },
	{ "", NULL },
	{ ".", NULL },
	{ "..", NULL },
	{ ".hidden", NULL },
	{ "-t", NULL },
	{ "fuse.", NULL },
	{ "fuseblk.", NULL },
	{ "fuse..x", NULL },
	{ "fuse.-x", NULL },
	{ "fuse.fuse.", "fuse." },
	{ "a/b", NULL },
	{ "../x", NULL },
	{ "a b", NULL },
	{ "a\n", NULL },
	{ "ext4@1", NULL },
	{ "a%s", NULL },
	{ "\xc3\xa4", NULL },
};

static void test_subtype(void **state)
{
	struct guard g = guard_new(32);

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		size_t len = strlen(types[i].type);
		struct fsv_str type = { guard_end(&g, types[i].type, len), len };
		struct fsv_str subtype = { NULL, 77 };

		assert_reason(fsv_subtype(type, &subtype), types[i].subtype ? FSV_OK : FSV_R_NAME);
		if (types[i].subtype) {
			assert_view(subtype, fsv_str_of(types[i].subtype));
			assert_inside(subtype, type);
		} else {
			assert_int_equal(subtype.len, 77);
		}
	}
	guard_free(&g);
}

static void test_subtype_characters(void **state)
{
	const char *good = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-";

	(void)state;
	for (int c = 0; c < 256; c++) {
		char word[2] = { 'x', (char)c };
		struct fsv_str subtype;
		int fits = c != 0 && strchr(good, c) != NULL;

		assert_reason(fsv_subtype((struct fsv_str){ word, 2 }, &subtype),
			fits ? FSV_OK : FSV_R_NAME);
		fits = fits && c != '.' && c != '-';
		assert_reason(fsv_subtype((struct fsv_str){ word + 1, 1 }, &subtype),
			fits ? FSV_OK : FSV_R_NAME);
	}
}

static void test_subtype_length(void **state)
{
	char word[128];
	struct fsv_str subtype;

	(void)state;
	memset(word, 'x', sizeof(word));
	assert_reason(fsv_subtype((struct fsv_str){ word, 100 }, &subtype), FSV_OK);
	assert_reason(fsv_subtype((struct fsv_str){ word, 101 }, &subtype), FSV_R_NAME);
	/* It is the subtype that must fit, not what stood before it. */
	memcpy(word, "fuseblk.", 8);
	assert_reason(fsv_subtype((struct fsv_str){ word, 108 }, &subtype), FSV_OK);
	assert_int_equal(subtype.len, 100);
	assert_reason(fsv_subtype((struct fsv_str){ word, 109 }, &subtype), FSV_R_NAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_a_whole_line),
		cmocka_unit_test(test_no_words),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_named_and_said),
		cmocka_unit_test(test_cmdline),
		cmocka_unit_test(test_every_short_line),
		cmocka_unit_test(test_words_at_the_end_of_memory),
		cmocka_unit_test(test_subtype),
		cmocka_unit_test(test_subtype_characters),
		cmocka_unit_test(test_subtype_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
