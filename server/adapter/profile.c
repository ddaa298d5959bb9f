/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "profile.h"

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

static struct fsv_str trim(struct fsv_str text)
{
	while (text.len > 0 && is_blank(text.s[0]))
		text = fsv_str_behind(text, 1);
	while (text.len > 0 && is_blank(text.s[text.len - 1]))
		text.len--;
	return text;
}

/* What is before the next `c` or the end; `*text` is what is behind it. */
static struct fsv_str take_until(struct fsv_str *text, char c)
{
	struct fsv_str front = *text;
	const char *end = text->len ? memchr(text->s, c, text->len) : NULL;

	if (end)
		front.len = (size_t)(end - text->s);
	*text = fsv_str_behind(*text, end ? front.len + 1 : front.len);
	return front;
}

int profile_word(struct fsv_str *text, struct fsv_str *word)
{
	struct fsv_str rest = trim(*text);
	size_t n = 0;

	if (rest.len == 0)
		return 0;
	while (n < rest.len && !is_blank(rest.s[n]))
		n++;
	*word = (struct fsv_str){ rest.s, n };
	*text = fsv_str_behind(rest, n);
	return 1;
}

int profile_has(struct fsv_str list, struct fsv_str word)
{
	struct fsv_str one;

	while (profile_word(&list, &one))
		if (fsv_str_same(one, word))
			return 1;
	return 0;
}

int profile_blank(
	struct fsv_str word, struct fsv_str *front, struct fsv_str *name, struct fsv_str *end)
{
	struct fsv_str rest = word, before, inside;
	size_t i;

	before = take_until(&rest, '@');
	if (before.len == word.len)
		return 0;
	i = rest.len;
	inside = take_until(&rest, '@');
	/* No second one, or nothing in between. */
	if (inside.len == i || inside.len == 0)
		return 0;
	for (i = 0; i < inside.len; i++)
		if (!is_name_character(inside.s[i]))
			return 0;
	*front = before;
	*name = inside;
	*end = rest;
	return 1;
}

int profile_has_value(const struct profile *p, struct fsv_str option)
{
	struct fsv_str rest = p->arguments, word, front, name, end;

	while (profile_word(&rest, &word))
		if (profile_blank(word, &front, &name, &end) && fsv_str_same(name, option))
			return 1;
	return 0;
}

static enum fsv_reason set_text(struct fsv_str *slot, struct fsv_str value)
{
	if (slot->s)
		return FSV_R_REPEATED;
	*slot = value;
	return FSV_OK;
}

static enum fsv_reason set_path(struct fsv_str *slot, struct fsv_str value)
{
	return value.s[0] == '/' ? set_text(slot, value) : FSV_R_NAME;
}

static enum fsv_reason set_paths(struct fsv_str *slot, struct fsv_str value)
{
	struct fsv_str rest = value, path;

	while (profile_word(&rest, &path))
		if (path.s[0] != '/')
			return FSV_R_NAME;
	return set_text(slot, value);
}

static enum fsv_reason add_file(struct profile *p, struct fsv_str value)
{
	if (p->files == PROFILE_FILES_MAX)
		return FSV_R_OVERSIZE;
	if (value.s[0] != '/')
		return FSV_R_NAME;
	p->file[p->files++] = value;
	return FSV_OK;
}

/* A key that has only one value beside its default. */
static enum fsv_reason set_flag(int *flag, struct fsv_str value, const char *word)
{
	if (!fsv_str_is(value, word))
		return FSV_R_UNKNOWN;
	*flag = 1;
	return FSV_OK;
}

static enum fsv_reason set(struct profile *p, struct fsv_str key, struct fsv_str value)
{
	if (fsv_str_is(key, "about"))
		return set_text(&p->about, value);
	if (fsv_str_is(key, "package"))
		return set_text(&p->package, value);
	if (fsv_str_is(key, "program"))
		return set_path(&p->program, value);
	if (fsv_str_is(key, "arguments"))
		return set_text(&p->arguments, value);
	if (fsv_str_is(key, "options"))
		return set_text(&p->options, value);
	if (fsv_str_is(key, "drop"))
		return set_text(&p->drop, value);
	if (fsv_str_is(key, "bind"))
		return set_paths(&p->bind, value);
	if (fsv_str_is(key, "file"))
		return add_file(p, value);
	if (fsv_str_is(key, "access"))
		return set_flag(&p->read_only, value, "read-only");
	if (fsv_str_is(key, "ids"))
		return set_flag(&p->fake_ids, value, "pretend");
	if (fsv_str_is(key, "network"))
		return set_flag(&p->network, value, "yes");
	return FSV_R_UNKNOWN;
}

static enum fsv_reason parse_line(struct profile *p, struct fsv_str text)
{
	struct fsv_str key;
	size_t whole;

	text = trim(text);
	if (text.len == 0 || text.s[0] == '#')
		return FSV_OK;
	whole = text.len;
	key = take_until(&text, '=');
	if (key.len == whole)
		return FSV_R_VALUE;
	text = trim(text);
	return text.len ? set(p, trim(key), text) : FSV_R_VALUE;
}

static enum fsv_reason check_whole(const struct profile *p)
{
	if (!p->program.s || !profile_has_value(p, fsv_str_of("SRC")) ||
		!profile_has_value(p, fsv_str_of("MNT")))
		return FSV_R_MISSING;
	return FSV_OK;
}

enum fsv_reason profile_parse(const char *buf, size_t len, struct profile *p, unsigned int *line)
{
	struct fsv_str rest = { buf, len };
	struct profile parsed = { 0 };
	enum fsv_reason reason = FSV_OK;

	*line = 0;
	if (len > PROFILE_SIZE_MAX)
		return FSV_R_OVERSIZE;
	if (len && memchr(buf, '\0', len))
		return FSV_R_INNER_NUL;
	while (rest.len > 0 && !reason) {
		++*line;
		reason = parse_line(&parsed, take_until(&rest, '\n'));
	}
	if (reason)
		return reason;
	*line = 0;
	reason = check_whole(&parsed);
	if (!reason)
		*p = parsed;
	return reason;
}
