/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_conf.h"

#include <string.h>

#include "fsv_options.h"
#include "fsv_words.h"

/* Take the first `n` bytes off a view; `n` is at most its length. */
static struct fsv_str take(struct fsv_str *view, size_t n)
{
	struct fsv_str front = { view->s, n };

	*view = fsv_str_behind(*view, n);
	return front;
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct fsv_str *text)
{
	while (text->len > 0 && is_blank(text->s[0]))
		take(text, 1);
	//@ split text->len;
}

/* The next word between blanks; 0 if there is none. */
static int next_word(struct fsv_str *text, struct fsv_str *word)
{
	size_t n = 0;

	skip_blanks(text);
	if (text->len == 0)
		return 0;
	while (n < text->len && !is_blank(text->s[n]))
		n++;
	*word = take(text, n);
	//@ split n;
	//@ split text->len;
	return 1;
}

/* The line's first word, which a `=` ends as well as a blank does. */
static struct fsv_str take_keyword(struct fsv_str *text)
{
	size_t n = 0;

	while (n < text->len && !is_blank(text->s[n]) && text->s[n] != '=')
		n++;
	//@ split n;
	return take(text, n);
}

static int take_equals(struct fsv_str *text)
{
	skip_blanks(text);
	if (text->len == 0 || text->s[0] != '=')
		return 0;
	take(text, 1);
	return 1;
}

/* A `#` inside a word is part of it: path names may hold one. */
static struct fsv_str without_comment(struct fsv_str text)
{
	size_t n = 0;

	while (n < text.len) {
		if (text.s[n] == '#' && (n == 0 || is_blank(text.s[n - 1])))
			break;
		n++;
	}
	//@ split n;
	text.len = n;
	return text;
}

/*
 * Take the next component, "/" and what is before the next "/", off an absolute path. 0 at the end.
 * "/a/" has a second component, an empty one.
 */
static int next_component(struct fsv_str *path, struct fsv_str *component)
{
	size_t n = 0;

	if (path->len == 0)
		return 0;
	take(path, 1);
	while (n < path->len && path->s[n] != '/')
		n++;
	*component = take(path, n);
	//@ split n;
	return 1;
}

/* Absolute, and every component a name: what such a path means does not depend on other names. */
static int is_plain_path(struct fsv_str path)
{
	struct fsv_str component;

	if (path.len == 0 || path.s[0] != '/')
		return 0;
	while (next_component(&path, &component)) {
		if (component.len == 0)
			return 0;
		if (fsv_str_is(component, ".") || fsv_str_is(component, ".."))
			return 0;
	}
	return 1;
}

static enum fsv_reason parse_allow_other(struct fsv_str text, struct fsv_conf_line *line)
{
	skip_blanks(&text);
	if (text.len != 0)
		return FSV_R_VALUE;
	line->kind = FSV_CONF_ALLOW_OTHER;
	return FSV_OK;
}

static enum fsv_reason parse_mount_max(struct fsv_str text, struct fsv_conf_line *line)
{
	struct fsv_str word, more;
	uint32_t n = 0;
	int unlimited;

	if (!take_equals(&text) || !next_word(&text, &word) || next_word(&text, &more))
		return FSV_R_VALUE;
	unlimited = fsv_str_is(word, "-1");
	if (!unlimited && fsv_opt_number(word, &n) != FSV_OK)
		return FSV_R_NUMBER;
	if (n > INT32_MAX)
		return FSV_R_NUMBER;
	line->mount_max = unlimited ? -1 : (int32_t)n;
	line->kind = FSV_CONF_MOUNT_MAX;
	return FSV_OK;
}

/* Exactly a subtype: with "fuse." before it, it would be a type, and never be equal to one. */
static int is_subtype(struct fsv_str word)
{
	struct fsv_str subtype;

	return fsv_subtype(word, &subtype) == FSV_OK && subtype.len == word.len;
}

static enum fsv_reason parse_open_path(struct fsv_str text, struct fsv_conf_line *line)
{
	struct fsv_str subtype, pattern, mode, more;
	int rw;

	if (!take_equals(&text) || !next_word(&text, &subtype) || !next_word(&text, &pattern))
		return FSV_R_VALUE;
	rw = next_word(&text, &mode);
	if (rw && next_word(&text, &more))
		return FSV_R_VALUE;
	if (rw && !fsv_str_is(mode, "rw"))
		return FSV_R_UNKNOWN;
	if (!is_subtype(subtype) || !is_plain_path(pattern))
		return FSV_R_NAME;
	line->subtype = subtype;
	line->pattern = pattern;
	line->rw = rw;
	line->kind = FSV_CONF_OPEN_PATH;
	return FSV_OK;
}

/* Fills `*line` only where the line counts. */
static enum fsv_reason parse_line(struct fsv_str text, struct fsv_conf_line *line)
{
	struct fsv_str keyword;

	if (text.len > FSV_CONF_LINE_MAX)
		return FSV_R_OVERSIZE;
	if (memchr(text.s, '\0', text.len))
		return FSV_R_INNER_NUL;
	text = without_comment(text);
	skip_blanks(&text);
	if (text.len == 0)
		return FSV_OK;
	keyword = take_keyword(&text);
	if (fsv_str_is(keyword, "user_allow_other"))
		return parse_allow_other(text, line);
	if (fsv_str_is(keyword, "mount_max"))
		return parse_mount_max(text, line);
	if (fsv_str_is(keyword, "service_open_path"))
		return parse_open_path(text, line);
	return FSV_R_UNKNOWN;
}

void fsv_conf_init(struct fsv_conf *c, const char *buf, size_t len)
{
	c->rest = (struct fsv_str){ buf, len };
	c->number = 0;
}

int fsv_conf_next(struct fsv_conf *c, struct fsv_conf_line *line)
{
	struct fsv_conf_line parsed = { 0 };
	struct fsv_str text;
	size_t n = 0;

	if (c->rest.len == 0)
		return 0;
	while (n < c->rest.len && c->rest.s[n] != '\n')
		n++;
	text = take(&c->rest, n);
	if (c->rest.len > 0)
		take(&c->rest, 1);
	c->number++;
	parsed.number = c->number;
	//@ split c->rest.len;
	parsed.reason = parse_line(text, &parsed);
	*line = parsed;
	return 1;
}

/*
 * One component against its pattern. Only the last `*` seen is ever tried again, one character
 * further on: an earlier one could not match more than it did. So no pattern takes longer than the
 * product of the two lengths.
 */
static int match_component(struct fsv_str pattern, struct fsv_str name)
{
	size_t p = 0, n = 0, star = 0, retry = 0;
	int seen = 0;

	/* Hidden names are matched only by who asks for them: the dot must be written. */
	if (name.len > 0 && name.s[0] == '.' && (pattern.len == 0 || pattern.s[0] != '.'))
		return 0;
	while (n < name.len) {
		if (p < pattern.len && pattern.s[p] == '*') {
			seen = 1;
			p++;
			star = p;
			retry = n;
		} else if (p < pattern.len && (pattern.s[p] == '?' || pattern.s[p] == name.s[n])) {
			p++;
			n++;
		} else if (seen) {
			retry++;
			p = star;
			n = retry;
		} else {
			return 0;
		}
	}
	while (p < pattern.len && pattern.s[p] == '*')
		p++;
	return p == pattern.len;
}

int fsv_conf_match(struct fsv_str pattern, struct fsv_str path)
{
	struct fsv_str want, have;

	if (!is_plain_path(path) || !is_plain_path(pattern))
		return 0;
	while (next_component(&path, &have)) {
		if (!next_component(&pattern, &want) || !match_component(want, have))
			return 0;
	}
	return pattern.len == 0;
}
