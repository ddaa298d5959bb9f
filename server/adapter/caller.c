/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "caller.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fsv_wire.h"
#include "fsv_words.h"

/* mount(8)'s own words besides x-*; no FUSE server knows them. */
static const char mtab_words[] = "auto noauto user nouser users owner group nofail _netdev";
/* Names whose value is mount(8)'s, or the mount helper's alone, or nobody's. */
static const char mtab_names[] = "user comment uhelper helper";

/* Growing option lists. */
struct lists {
	FILE *options;
	FILE *mtab;
};

static void add(FILE *list, struct fsv_str token)
{
	if (ftell(list) > 0)
		fputc(',', list);
	fwrite(token.s, 1, token.len, list);
}

static int starts_with(struct fsv_str text, const char *start)
{
	size_t n = strlen(start);

	return text.len >= n && !memcmp(text.s, start, n);
}

static int set_fsname(struct caller *c, struct fsv_str value)
{
	char *copy = malloc(value.len + 1);
	size_t len;

	if (!copy || fsv_opt_unescape(value, copy, value.len + 1, &len)) {
		free(copy);
		return -ENOMEM;
	}
	free(c->fsname);
	c->fsname = copy;
	return 0;
}

/* The last one that the caller gave counts. */
static int set_value(struct caller *c, struct fsv_str name, struct fsv_str value)
{
	char *copy = malloc(value.len + 1);
	size_t i, len;

	if (!copy || fsv_opt_unescape(value, copy, value.len + 1, &len)) {
		free(copy);
		return -ENOMEM;
	}
	for (i = 0; i < c->values && !fsv_str_same(c->value[i].name, name); i++)
		;
	if (i == CALLER_VALUES_MAX) {
		free(copy);
		return -EINVAL;
	}
	if (i < c->values)
		free(c->value[i].text);
	else
		c->values++;
	c->value[i].name = name;
	c->value[i].text = copy;
	return 0;
}

static int take_option(
	struct caller *c, const struct profile *p, struct lists *lists, struct fsv_str token)
{
	struct fsv_str name, value;
	int valued = fsv_opt_split(token, &name, &value);

	if (token.len == 0 || fsv_str_is(token, "defaults") || starts_with(token, "X-"))
		return 0;
	if (valued && !profile_has(fsv_str_of("SRC MNT OPTS"), name) && profile_has_value(p, name))
		return set_value(c, name, value);
	/* These make the mount what it is; the server hears of "ro" once all has been read. */
	if (fsv_ms_lookup(token)) {
		fsv_ms_collect(token, &c->ms);
		return 0;
	}
	if (starts_with(token, "x-") ||
		profile_has(fsv_str_of(valued ? mtab_names : mtab_words), name)) {
		add(lists->mtab, token);
		return 0;
	}
	if (valued && fsv_str_is(name, "fsname"))
		return value.len ? set_fsname(c, value) : 0;
	if ((valued && fsv_str_is(name, "subtype")) || profile_has(p->drop, name))
		return 0;
	if (fsv_str_is(token, "allow_other") || fsv_str_is(token, "allow_root"))
		c->allow_other = 1;
	if (!profile_has(p->arguments, fsv_str_of("@OPTS@")))
		return -EINVAL;
	add(lists->options, token);
	return 0;
}

static int take_list(
	struct caller *c, const struct profile *p, struct lists *lists, struct fsv_str list)
{
	struct fsv_str token;
	struct fsv_opts o;
	int ret = 0;

	fsv_opts_init(&o, list);
	while (!ret && fsv_opts_next(&o, &token))
		ret = take_option(c, p, lists, token);
	return ret;
}

static int take_words(
	struct caller *c, const struct profile *p, struct lists *lists, const char **bad)
{
	enum fsv_word word;
	struct fsv_words w;
	struct fsv_str text;
	int index, ret;

	fsv_words_init(&w, c->argc, c->argv);
	while (fsv_words_next(&w, &word, &text, &index)) {
		if (word == FSV_WORD_LIST_FLAG)
			continue;
		if (word == FSV_WORD_LIST) {
			ret = take_list(c, p, lists, text);
			if (ret == -EINVAL)
				*bad = c->argv[index];
			if (ret)
				return ret;
		} else if (word != FSV_WORD_OPERAND ||
			   (index != c->source_index && index != c->mountpoint_index)) {
			*bad = c->argv[index];
			return -EINVAL;
		}
	}
	return 0;
}

static int read_all(
	struct caller *c, const struct profile *p, struct lists *lists, const char **bad)
{
	struct fsv_cmdline line;
	int ret;

	fsv_cmdline_read(c->argc, c->argv, &line);
	if (line.source < 0 || line.mountpoint < 0)
		return -EINVAL;
	c->source_index = line.source;
	c->mountpoint_index = line.mountpoint;
	ret = set_fsname(c, (struct fsv_str){ "", 0 });
	if (p->options.s)
		add(lists->options, p->options);
	if (!ret)
		ret = take_words(c, p, lists, bad);
	if (c->ms.on & FSV_MS_RDONLY)
		add(lists->options, fsv_str_of("ro"));
	return ret;
}

int caller_read(
	const struct profile *p, int argc, const char **argv, struct caller *c, const char **bad)
{
	struct caller found = { .argc = argc - 1, .argv = argv + 1 };
	size_t options_len = 0, mtab_len = 0;
	struct lists lists;
	int ret = -ENOMEM;

	*bad = NULL;
	lists.options = open_memstream(&found.options, &options_len);
	lists.mtab = open_memstream(&found.mtab, &mtab_len);
	if (lists.options && lists.mtab)
		ret = read_all(&found, p, &lists, bad);
	if (lists.options && fclose(lists.options))
		ret = -ENOMEM;
	if (lists.mtab && fclose(lists.mtab))
		ret = -ENOMEM;
	if (ret)
		caller_free(&found);
	else
		*c = found;
	return ret;
}

void caller_free(struct caller *c)
{
	free(c->fsname);
	free(c->options);
	free(c->mtab);
	while (c->values > 0)
		free(c->value[--c->values].text);
}

/* Words one behind the other: counted, and written where there is room for them. */
struct layout {
	char **argv;
	char *text;
	size_t words, bytes;
};

/* A word of up to three pieces. */
static void lay_word(
	struct layout *l, struct fsv_str front, struct fsv_str middle, struct fsv_str end)
{
	const struct fsv_str pieces[] = { front, middle, end };
	size_t i;

	if (l->argv)
		l->argv[l->words] = l->text + l->bytes;
	l->words++;
	for (i = 0; i < 3; i++) {
		if (l->argv && pieces[i].len)
			memcpy(l->text + l->bytes, pieces[i].s, pieces[i].len);
		l->bytes += pieces[i].len;
	}
	l->bytes++;
}

/* What stands for a name between two `@`, NULL where the word is then left out. */
static const char *meaning(
	const struct caller *c, struct fsv_str name, const char *source, const char *mountpoint)
{
	size_t i;

	if (fsv_str_is(name, "SRC"))
		return source;
	if (fsv_str_is(name, "MNT"))
		return mountpoint;
	for (i = 0; i < c->values; i++)
		if (fsv_str_same(c->value[i].name, name))
			return c->value[i].text;
	return NULL;
}

static void lay_out(const struct caller *c, const struct profile *p, const char *source,
	const char *mountpoint, struct layout *l)
{
	const struct fsv_str nothing = { "", 0 };
	struct fsv_str rest = p->arguments, word, front, name, end;
	const char *text;

	l->words = l->bytes = 0;
	lay_word(l, p->program, nothing, nothing);
	while (profile_word(&rest, &word)) {
		if (fsv_str_is(word, "@OPTS@")) {
			if (!*c->options)
				continue;
			lay_word(l, fsv_str_of("-o"), nothing, nothing);
			lay_word(l, fsv_str_of(c->options), nothing, nothing);
		} else if (profile_blank(word, &front, &name, &end)) {
			text = meaning(c, name, source, mountpoint);
			if (text)
				lay_word(l, front, fsv_str_of(text), end);
		} else {
			lay_word(l, word, nothing, nothing);
		}
	}
}

char **caller_arguments(
	const struct caller *c, const struct profile *p, const char *source, const char *mountpoint)
{
	struct layout l = { .argv = NULL };
	char **argv;

	lay_out(c, p, source, mountpoint, &l);
	argv = calloc(1, (l.words + 1) * sizeof(*argv) + l.bytes);
	if (argv) {
		l.argv = argv;
		l.text = (char *)(argv + l.words + 1);
		lay_out(c, p, source, mountpoint, &l);
	}
	return argv;
}
