/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_options.h"

#include "fsv_wire.h"

/*
 * The character at `pos` (less than text.len) with its escape undone; returns how many bytes stand
 * for it, 1 or 2. A backslash before anything but a comma or a backslash is an ordinary character.
 */
static size_t char_at(struct fsv_str text, size_t pos, char *c)
{
	*c = text.s[pos];
	if (*c != '\\' || text.len - pos < 2)
		return 1;
	if (text.s[pos + 1] != ',' && text.s[pos + 1] != '\\')
		return 1;
	*c = text.s[pos + 1];
	return 2;
}

/* Bytes before the first comma that is not escaped, or all of them. */
static size_t token_len(struct fsv_str list)
{
	size_t n = 0;

	while (n < list.len) {
		char c;
		size_t step = char_at(list, n, &c);

		if (step == 1 && c == ',')
			break;
		n += step;
	}
	return n;
}

void fsv_opts_init(struct fsv_opts *o, struct fsv_str list)
{
	o->rest = list;
	o->more = list.len > 0;
}

int fsv_opts_next(struct fsv_opts *o, struct fsv_str *token)
{
	size_t n;

	if (!o->more)
		return 0;
	n = token_len(o->rest);
	//@ split n;
	*token = (struct fsv_str){ o->rest.s, n };
	/* A comma at the very end still has a token behind it, an empty one. */
	o->more = n < o->rest.len;
	o->rest = fsv_str_behind(o->rest, o->more ? n + 1 : n);
	//@ split o->rest.len;
	return 1;
}

enum fsv_reason fsv_opt_unescape(struct fsv_str token, char *buf, size_t cap, size_t *len)
{
	size_t in = 0, out = 0;

	while (in < token.len) {
		char c;

		in += char_at(token, in, &c);
		if (out >= cap)
			return FSV_R_NO_SPACE;
		buf[out++] = c;
	}
	if (out >= cap)
		return FSV_R_NO_SPACE;
	buf[out] = '\0';
	*len = out;
	return FSV_OK;
}

enum fsv_reason fsv_opt_escape(struct fsv_str plain, char *buf, size_t cap, size_t *len)
{
	size_t out = 0;

	for (size_t in = 0; in < plain.len; in++) {
		char c = plain.s[in];
		int special = c == ',' || c == '\\';

		if (cap - out < (special ? 2u : 1u))
			return FSV_R_NO_SPACE;
		if (special)
			buf[out++] = '\\';
		buf[out++] = c;
	}
	if (out >= cap)
		return FSV_R_NO_SPACE;
	buf[out] = '\0';
	*len = out;
	return FSV_OK;
}

int fsv_opt_equals(struct fsv_str token, struct fsv_str plain)
{
	size_t in = 0, out = 0;

	while (in < token.len) {
		char c;

		in += char_at(token, in, &c);
		if (out >= plain.len || plain.s[out] != c)
			return 0;
		out++;
	}
	return out == plain.len;
}

int fsv_opt_split(struct fsv_str token, struct fsv_str *name, struct fsv_str *value)
{
	size_t n = 0;

	while (n < token.len && token.s[n] != '=')
		n++;
	//@ split n;
	*name = (struct fsv_str){ token.s, n };
	if (n >= token.len) {
		*value = fsv_str_of(NULL);
		return 0;
	}
	*value = fsv_str_behind(token, n + 1);
	return 1;
}

enum fsv_reason fsv_opt_number(struct fsv_str text, uint32_t *n)
{
	uint32_t value = 0;

	if (text.len == 0)
		return FSV_R_NUMBER;
	for (size_t i = 0; i < text.len; i++) {
		uint32_t digit;

		if (text.s[i] < '0' || text.s[i] > '9')
			return FSV_R_NUMBER;
		digit = (uint32_t)(text.s[i] - '0');
		if (value > (UINT32_MAX - digit) / 10)
			return FSV_R_NUMBER;
		value = value * 10 + digit;
	}
	*n = value;
	return FSV_OK;
}

const char *fsv_context_name(enum fsv_context which)
{
	switch (which) {
	case FSV_CONTEXT: return "context";
	case FSV_FSCONTEXT: return "fscontext";
	case FSV_DEFCONTEXT: return "defcontext";
	case FSV_ROOTCONTEXT: return "rootcontext";
	case FSV_CONTEXTS: break;
	}
	return "?";
}

/* One option, taken apart. */
struct option {
	struct fsv_str name;
	struct fsv_str value;
	int has_value;
};

static enum fsv_reason set_flag(const struct option *opt, int *flag)
{
	if (opt->has_value)
		return FSV_R_VALUE;
	*flag = 1;
	return FSV_OK;
}

static enum fsv_reason set_number(const struct option *opt, int *has, uint32_t *n)
{
	enum fsv_reason reason;

	if (opt->value.len == 0)
		return FSV_R_VALUE;
	reason = fsv_opt_number(opt->value, n);
	if (reason == FSV_OK)
		*has = 1;
	return reason;
}

static enum fsv_reason set_context(const struct option *opt, struct fsv_kernel_opts *opts)
{
	for (int i = 0; i < FSV_CONTEXTS; i++) {
		if (!fsv_str_is(opt->name, fsv_context_name((enum fsv_context)i)))
			continue;
		if (opt->value.len == 0)
			return FSV_R_VALUE;
		opts->context[i] = opt->value;
		return FSV_OK;
	}
	return FSV_R_UNKNOWN;
}

/* The closed list: what is not named here cannot reach the kernel, however it is spelled. */
static enum fsv_reason set_option(const struct option *opt, struct fsv_kernel_opts *opts)
{
	if (fsv_str_is(opt->name, "default_permissions"))
		return set_flag(opt, &opts->default_permissions);
	if (fsv_str_is(opt->name, "allow_other"))
		return set_flag(opt, &opts->allow_other);
	if (fsv_str_is(opt->name, "max_read"))
		return set_number(opt, &opts->has_max_read, &opts->max_read);
	if (fsv_str_is(opt->name, "blksize"))
		return set_number(opt, &opts->has_blksize, &opts->blksize);
	return set_context(opt, opts);
}

enum fsv_reason fsv_kernel_opts_parse(struct fsv_str list, struct fsv_kernel_opts *opts)
{
	struct fsv_kernel_opts parsed = { 0 };
	struct fsv_opts walk;
	struct fsv_str token;

	fsv_opts_init(&walk, list);
	while (fsv_opts_next(&walk, &token)) {
		struct option opt;
		enum fsv_reason reason;

		if (token.len == 0)
			continue;
		opt.has_value = fsv_opt_split(token, &opt.name, &opt.value);
		reason = set_option(&opt, &parsed);
		if (reason != FSV_OK)
			return reason;
	}
	*opts = parsed;
	return FSV_OK;
}

static const struct fsv_ms_word ms_words[] = {
	{ "ro", FSV_MS_RDONLY, 0 },
	{ "rw", 0, FSV_MS_RDONLY },
	{ "nosuid", FSV_MS_NOSUID, 0 },
	{ "suid", 0, FSV_MS_NOSUID },
	{ "nodev", FSV_MS_NODEV, 0 },
	{ "dev", 0, FSV_MS_NODEV },
	{ "noexec", FSV_MS_NOEXEC, 0 },
	{ "exec", 0, FSV_MS_NOEXEC },
	{ "sync", FSV_MS_SYNCHRONOUS, 0 },
	{ "async", 0, FSV_MS_SYNCHRONOUS },
	{ "dirsync", FSV_MS_DIRSYNC, 0 },
	{ "nosymfollow", FSV_MS_NOSYMFOLLOW, 0 },
	{ "symfollow", 0, FSV_MS_NOSYMFOLLOW },
	{ "noatime", FSV_MS_NOATIME, 0 },
	{ "atime", 0, FSV_MS_NOATIME },
	{ "nodiratime", FSV_MS_NODIRATIME, 0 },
	{ "diratime", 0, FSV_MS_NODIRATIME },
	{ "relatime", FSV_MS_RELATIME, 0 },
	{ "norelatime", 0, FSV_MS_RELATIME },
	{ "strictatime", FSV_MS_STRICTATIME, 0 },
	{ "nostrictatime", 0, FSV_MS_STRICTATIME },
	{ "lazytime", FSV_MS_LAZYTIME, 0 },
	{ "nolazytime", 0, FSV_MS_LAZYTIME },
	{ NULL, 0, 0 },
};

const struct fsv_ms_word *fsv_ms_words(void)
{
	return ms_words;
}

const struct fsv_ms_word *fsv_ms_lookup(struct fsv_str token)
{
	/* No word holds a comma or a backslash, so a token with an escape equals none of them. */
	for (const struct fsv_ms_word *w = ms_words; w->name; w++)
		if (fsv_str_is(token, w->name))
			return w;
	return NULL;
}

void fsv_ms_collect(struct fsv_str list, struct fsv_ms_said *said)
{
	struct fsv_opts walk;
	struct fsv_str token;

	fsv_opts_init(&walk, list);
	while (fsv_opts_next(&walk, &token)) {
		const struct fsv_ms_word *w = fsv_ms_lookup(token);

		if (!w)
			continue;
		said->on = (said->on | w->set) & ~w->clear;
		said->off = (said->off | w->clear) & ~w->set;
	}
}
