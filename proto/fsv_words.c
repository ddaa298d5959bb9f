/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_words.h"

/* A UNIX socket address holds 108 bytes: this leaves room for "./" or a short folder before it. */
#define SUBTYPE_MAX 100u

static int begins(struct fsv_str view, const char *with)
{
	struct fsv_str w = fsv_str_of(with);

	if (view.len < w.len)
		return 0;
	return fsv_str_same((struct fsv_str){ view.s, w.len }, w);
}

void fsv_words_init(struct fsv_words *w, int argc, const char *const *argv)
{
	w->argc = argc;
	w->argv = argv;
	w->i = 0;
	w->expect = FSV_WORD_OTHER;
}

/* "--name=value": only the value counts. "--" and "--name" have none. */
static enum fsv_word long_word(struct fsv_str *text)
{
	struct fsv_str name, value;

	if (!fsv_opt_split(*text, &name, &value))
		return FSV_WORD_OTHER;
	*text = value;
	return FSV_WORD_LONG;
}

/* "-x" and what is attached to it. */
static enum fsv_word short_word(struct fsv_str *text)
{
	char letter;

	if (text->len < 3)
		return FSV_WORD_OTHER;
	letter = text->s[1];
	*text = fsv_str_behind(*text, 2);
	return letter == 'o' ? FSV_WORD_LIST : FSV_WORD_SHORT;
}

/* `last`: no word follows, so that "-t" and "-o" have no value to wait for. */
static enum fsv_word classify(struct fsv_str *text, int last)
{
	if (!begins(*text, "-"))
		return FSV_WORD_OPERAND;
	if (!last && fsv_str_is(*text, "-t"))
		return FSV_WORD_TYPE_FLAG;
	if (!last && fsv_str_is(*text, "-o"))
		return FSV_WORD_LIST_FLAG;
	if (begins(*text, "--"))
		return long_word(text);
	return short_word(text);
}

int fsv_words_next(struct fsv_words *w, enum fsv_word *word, struct fsv_str *text, int *index)
{
	if (w->i >= w->argc)
		return 0;
	*index = w->i;
	*text = fsv_str_of(w->argv[w->i]);
	//@ split text->len;
	w->i++;
	/* The value of -t or -o may look like anything, an option too: that decides before the
	 * form. */
	if (w->expect != FSV_WORD_OTHER)
		*word = w->expect;
	else
		*word = classify(text, w->i >= w->argc);
	w->expect = FSV_WORD_OTHER;
	if (*word == FSV_WORD_TYPE_FLAG)
		w->expect = FSV_WORD_TYPE;
	if (*word == FSV_WORD_LIST_FLAG)
		w->expect = FSV_WORD_LIST;
	//@ split text->len;
	return 1;
}

void fsv_names_init(struct fsv_names *n, int argc, const char *const *argv, int relative_values)
{
	fsv_words_init(&n->words, argc, argv);
	fsv_opts_init(&n->list, (struct fsv_str){ 0 });
	n->list_index = -1;
	n->relative_values = relative_values;
}

/* An absolute path is the same with and without its escapes in its first character. */
static int value_counts(const struct fsv_names *n, struct fsv_str value)
{
	return n->relative_values || begins(value, "/");
}

/* The next value in the option list that the walk stands in. */
static int next_in_list(struct fsv_names *n, struct fsv_name *name)
{
	struct fsv_str token, key, value;

	while (fsv_opts_next(&n->list, &token)) {
		if (!fsv_opt_split(token, &key, &value) || !value_counts(n, value))
			continue;
		*name = (struct fsv_name){ FSV_OPTION_VALUE, value, 1, n->list_index };
		return 1;
	}
	return 0;
}

/* In which way a word names what it holds. A list names only what its tokens do. */
static enum fsv_way way_of(enum fsv_word word)
{
	switch (word) {
	case FSV_WORD_OPERAND: return FSV_OPERAND;
	case FSV_WORD_LONG: return FSV_OPTION_VALUE;
	case FSV_WORD_SHORT: return FSV_SHORT_REST;
	case FSV_WORD_TYPE_FLAG:
	case FSV_WORD_TYPE:
	case FSV_WORD_LIST_FLAG:
	case FSV_WORD_LIST:
	case FSV_WORD_OTHER: break;
	}
	return FSV_NOT_NAMED;
}

int fsv_names_next(struct fsv_names *n, struct fsv_name *name)
{
	enum fsv_word word;
	struct fsv_str text;
	int index;

	for (;;) {
		enum fsv_way way;

		if (next_in_list(n, name))
			return 1;
		if (!fsv_words_next(&n->words, &word, &text, &index))
			return 0;
		if (word == FSV_WORD_LIST) {
			fsv_opts_init(&n->list, text);
			n->list_index = index;
		}
		way = way_of(word);
		if (way == FSV_OPERAND || (way != FSV_NOT_NAMED && value_counts(n, text))) {
			*name = (struct fsv_name){ way, text, 0, index };
			//@ split n->list.rest.len;
			return 1;
		}
	}
}

int fsv_name_equals(const struct fsv_name *name, struct fsv_str plain)
{
	if (name->escaped)
		return fsv_opt_equals(name->text, plain);
	return fsv_str_same(name->text, plain);
}

enum fsv_way fsv_named(int argc, const char *const *argv, struct fsv_str path)
{
	enum fsv_way found = FSV_NOT_NAMED;
	struct fsv_names walk;
	struct fsv_name name;

	fsv_names_init(&walk, argc, argv, 0);
	while (fsv_names_next(&walk, &name)) {
		if (!fsv_name_equals(&name, path))
			continue;
		if (name.way == FSV_OPERAND)
			return FSV_OPERAND;
		if (found == FSV_NOT_NAMED)
			found = name.way;
	}
	return found;
}

int fsv_said(int argc, const char *const *argv, struct fsv_str text)
{
	struct fsv_names walk;
	struct fsv_name name;

	fsv_names_init(&walk, argc, argv, 1);
	while (fsv_names_next(&walk, &name))
		if (fsv_name_equals(&name, text))
			return 1;
	return 0;
}

static void read_operand(struct fsv_cmdline *c, int index)
{
	/* The first operand is a source only once a second one shows up. */
	if (c->operands == 1)
		c->source = c->mountpoint;
	c->mountpoint = index;
	c->operands++;
}

void fsv_cmdline_read(int argc, const char *const *argv, struct fsv_cmdline *c)
{
	struct fsv_words walk;
	enum fsv_word word;
	struct fsv_str text;
	int index;

	*c = (struct fsv_cmdline){ .type = -1, .source = -1, .mountpoint = -1, .only = -1 };
	fsv_words_init(&walk, argc, argv);
	while (fsv_words_next(&walk, &word, &text, &index)) {
		if (word == FSV_WORD_TYPE_FLAG)
			continue;
		if (word == FSV_WORD_TYPE) {
			c->type = index;
			continue;
		}
		if (word == FSV_WORD_OTHER && fsv_str_is(text, "-t")) {
			c->bare_type = 1;
			continue;
		}
		if (word == FSV_WORD_OPERAND)
			read_operand(c, index);
		c->others++;
		c->only = c->others == 1 ? index : -1;
	}
}

static int subtype_char(char c)
{
	if (c >= 'a' && c <= 'z')
		return 1;
	if (c >= 'A' && c <= 'Z')
		return 1;
	if (c >= '0' && c <= '9')
		return 1;
	return c == '.' || c == '_' || c == '+' || c == '-';
}

enum fsv_reason fsv_subtype(struct fsv_str type, struct fsv_str *subtype)
{
	if (begins(type, "fuseblk."))
		type = fsv_str_behind(type, 8);
	else if (begins(type, "fuse."))
		type = fsv_str_behind(type, 5);
	//@ split type.len;
	if (type.len == 0 || type.len > SUBTYPE_MAX)
		return FSV_R_NAME;
	/* It becomes a file name below the socket folder: nothing hidden, no way out, no option. */
	if (type.s[0] == '.' || type.s[0] == '-')
		return FSV_R_NAME;
	for (size_t i = 0; i < type.len; i++)
		if (!subtype_char(type.s[i]))
			return FSV_R_NAME;
	*subtype = type;
	return FSV_OK;
}
