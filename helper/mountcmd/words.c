/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "words.h"

#include <string.h>

enum form {
	BARE,  /* name */
	VALUE, /* name=value */
	BOTH,
	PREFIX /* name… */
};

/* The first entry that fits counts. Words of mount(8) are told from a server's option of the same
 * name by whether they take a value. */
static const struct known {
	const char *name;
	enum form form;
	enum mountcmd_word word;
} known[] = {
	{ "", BARE, MOUNTCMD_WORD_DROP },
	{ "defaults", BARE, MOUNTCMD_WORD_DROP },
	{ "auto", BARE, MOUNTCMD_WORD_DROP },
	{ "noauto", BARE, MOUNTCMD_WORD_DROP },
	/* What these imply (noexec, nosuid, nodev) mount(8) has put into the list. */
	{ "user", BOTH, MOUNTCMD_WORD_DROP },
	{ "nouser", BARE, MOUNTCMD_WORD_DROP },
	{ "users", BARE, MOUNTCMD_WORD_DROP },
	{ "nousers", BARE, MOUNTCMD_WORD_DROP },
	{ "owner", BARE, MOUNTCMD_WORD_DROP },
	{ "noowner", BARE, MOUNTCMD_WORD_DROP },
	{ "group", BARE, MOUNTCMD_WORD_DROP },
	{ "nogroup", BARE, MOUNTCMD_WORD_DROP },
	{ "nofail", BARE, MOUNTCMD_WORD_DROP },
	{ "_netdev", BARE, MOUNTCMD_WORD_DROP },
	{ "comment", VALUE, MOUNTCMD_WORD_DROP },
	{ "helper", VALUE, MOUNTCMD_WORD_DROP },
	{ "uhelper", VALUE, MOUNTCMD_WORD_DROP },
	{ "X-", PREFIX, MOUNTCMD_WORD_DROP },
	/* Orders to mount(8), which has carried them out; they are in no mount's entry. */
	{ "x-mount.", PREFIX, MOUNTCMD_WORD_DROP },
	{ "x-", PREFIX, MOUNTCMD_WORD_UTAB },
	{ "service", VALUE, MOUNTCMD_WORD_CHOICE },
	{ "setuid", VALUE, MOUNTCMD_WORD_CLASSIC },
	{ "drop_privileges", BARE, MOUNTCMD_WORD_CLASSIC },
	{ "pass_fuse_fd", BARE, MOUNTCMD_WORD_CLASSIC },
	{ "remount", BARE, MOUNTCMD_WORD_REMOUNT },
};

static bool is_known(const struct known *k, struct fsv_str token)
{
	struct fsv_str name, value;
	int has_value = fsv_opt_split(token, &name, &value);
	size_t len = strlen(k->name);

	if (k->form == PREFIX)
		return token.len > len && memcmp(token.s, k->name, len) == 0;
	if (k->form != BOTH && has_value != (k->form == VALUE))
		return false;
	return fsv_str_is(name, k->name);
}

enum mountcmd_word mountcmd_word(struct fsv_str token)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (is_known(&known[i], token))
			return known[i].word;
	return MOUNTCMD_WORD_PASS;
}

static bool read_choice(struct fsv_str token, enum mountcmd_choice *choice)
{
	struct fsv_str name, value;

	(void)fsv_opt_split(token, &name, &value);
	if (fsv_str_is(value, "require"))
		*choice = MOUNTCMD_REQUIRE;
	else if (fsv_str_is(value, "prefer"))
		*choice = MOUNTCMD_PREFER;
	else if (fsv_str_is(value, "never"))
		*choice = MOUNTCMD_NEVER;
	else
		return false;
	return true;
}

static enum mountcmd_fault read_wish(struct fsv_str token, struct mountcmd_wishes *wishes)
{
	enum mountcmd_word word = mountcmd_word(token);

	if (word == MOUNTCMD_WORD_CHOICE && !read_choice(token, &wishes->choice))
		return MOUNTCMD_CHOICE;
	if (word == MOUNTCMD_WORD_CLASSIC)
		wishes->classic = true;
	if (word == MOUNTCMD_WORD_REMOUNT)
		wishes->remount = true;
	return MOUNTCMD_OK;
}

enum mountcmd_fault mountcmd_wishes(
	const struct mountcmd_line *line, struct mountcmd_wishes *wishes)
{
	struct mountcmd_wishes found = { .choice = MOUNTCMD_AS_INSTALLED };
	enum mountcmd_fault fault = MOUNTCMD_OK;
	struct fsv_opts walk;
	struct fsv_str token;
	int i;

	for (i = 0; i < line->lists && !fault; i++) {
		fsv_opts_init(&walk, fsv_str_of(mountcmd_list_text(line, i)));
		while (!fault && fsv_opts_next(&walk, &token))
			fault = read_wish(token, &found);
	}
	if (!fault)
		*wishes = found;
	return fault;
}

/* A list being written: `len` bytes so far, always room for a NUL. */
struct joined {
	char *buf;
	size_t cap;
	size_t len;
};

static bool join(struct joined *out, struct fsv_str token)
{
	size_t comma = out->len > 0 ? 1 : 0;

	if (out->cap - out->len <= token.len + comma)
		return false;
	if (comma)
		out->buf[out->len++] = ',';
	memcpy(out->buf + out->len, token.s, token.len);
	out->len += token.len;
	out->buf[out->len] = '\0';
	return true;
}

static bool goes_on(const struct mountcmd_line *line, struct fsv_str token)
{
	switch (mountcmd_word(token)) {
	case MOUNTCMD_WORD_PASS: return true;
	case MOUNTCMD_WORD_UTAB: return !line->no_mtab;
	case MOUNTCMD_WORD_DROP:
	case MOUNTCMD_WORD_CHOICE:
	case MOUNTCMD_WORD_CLASSIC:
	case MOUNTCMD_WORD_REMOUNT: break;
	}
	return false;
}

bool mountcmd_options(const struct mountcmd_line *line, char *buf, size_t cap)
{
	struct joined out = { .buf = buf, .cap = cap };
	struct fsv_opts walk;
	struct fsv_str token;
	int i;

	if (cap == 0)
		return false;
	buf[0] = '\0';
	for (i = 0; i < line->lists; i++) {
		fsv_opts_init(&walk, fsv_str_of(mountcmd_list_text(line, i)));
		while (fsv_opts_next(&walk, &token))
			if (goes_on(line, token) && !join(&out, token))
				return false;
	}
	return !line->access || join(&out, fsv_str_of(line->access));
}

size_t mountcmd_options_size(const struct mountcmd_line *line)
{
	size_t size = sizeof(",rw");
	int i;

	for (i = 0; i < line->lists; i++)
		size += strlen(mountcmd_list_text(line, i)) + 1;
	return size;
}

bool mountcmd_without_choice(const char *list, char *buf)
{
	struct joined out = { .buf = buf, .cap = strlen(list) + 1 };
	struct fsv_opts walk;
	struct fsv_str token;
	bool found = false;

	fsv_opts_init(&walk, fsv_str_of(list));
	while (fsv_opts_next(&walk, &token))
		found = found || mountcmd_word(token) == MOUNTCMD_WORD_CHOICE;
	if (!found)
		return false;
	buf[0] = '\0';
	fsv_opts_init(&walk, fsv_str_of(list));
	while (fsv_opts_next(&walk, &token))
		if (mountcmd_word(token) != MOUNTCMD_WORD_CHOICE)
			(void)join(&out, token); /* it fits: each is a part of the list */
	return true;
}
