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

static int take_option(
	struct caller *c, const struct profile *p, struct lists *lists, struct fsv_str token)
{
	struct fsv_str name, value;
	int valued = fsv_opt_split(token, &name, &value);

	if (token.len == 0 || fsv_str_is(token, "defaults") || starts_with(token, "X-"))
		return 0;
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
}

/* The words that one word of the profile becomes: at most two. */
static int expand(const struct caller *c, struct fsv_str word, const char *source,
	const char *mountpoint, struct fsv_str out[2])
{
	out[0] = word;
	if (fsv_str_is(word, "@SRC@"))
		out[0] = fsv_str_of(source);
	else if (fsv_str_is(word, "@MNT@"))
		out[0] = fsv_str_of(mountpoint);
	else if (fsv_str_is(word, "@OPTS@")) {
		out[0] = fsv_str_of("-o");
		out[1] = fsv_str_of(c->options);
		return *c->options ? 2 : 0;
	}
	return 1;
}

/* Count the words and their bytes, or write them where there is room for them. */
static void lay_out(const struct caller *c, const struct profile *p, const char *source,
	const char *mountpoint, char **argv, char *text, size_t *words, size_t *bytes)
{
	struct fsv_str rest = p->arguments, word = p->program, out[2];
	int i, n = 1;

	*words = *bytes = 0;
	out[0] = word;
	do {
		for (i = 0; i < n; i++) {
			if (argv) {
				argv[*words] = text + *bytes;
				memcpy(argv[*words], out[i].s, out[i].len);
			}
			++*words;
			*bytes += out[i].len + 1;
		}
		if (!profile_word(&rest, &word))
			break;
		n = expand(c, word, source, mountpoint, out);
	} while (1);
}

char **caller_arguments(
	const struct caller *c, const struct profile *p, const char *source, const char *mountpoint)
{
	size_t words, bytes;
	char **argv;

	lay_out(c, p, source, mountpoint, NULL, NULL, &words, &bytes);
	argv = calloc(1, (words + 1) * sizeof(*argv) + bytes);
	if (argv)
		lay_out(c, p, source, mountpoint, argv, (char *)(argv + words + 1), &words, &bytes);
	return argv;
}
