/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fsv_words.h"

static bool begins(struct fsv_str text, const char *with)
{
	size_t len = strlen(with);

	return text.len >= len && memcmp(text.s, with, len) == 0;
}

/* mount(8) reads the words again: nothing that it could read in two ways. */
static bool acceptable(struct fsv_str word)
{
	size_t i;

	if (!begins(word, "x-") || begins(word, "x-mount."))
		return false;
	for (i = 0; i < word.len; i++)
		if (word.s[i] <= 0x20 || word.s[i] > 0x7e || strchr("\"'\\", word.s[i]))
			return false;
	return true;
}

void utab_words_collect(struct utab_words *words, int argc, const char *const *argv)
{
	struct fsv_words walk;
	struct fsv_str list;
	enum fsv_word word;
	int index;

	words->count = 0;
	fsv_words_init(&walk, argc, argv);
	while (fsv_words_next(&walk, &word, &list, &index)) {
		struct fsv_str token;
		struct fsv_opts tokens;

		if (word != FSV_WORD_LIST)
			continue;
		fsv_opts_init(&tokens, list);
		while (fsv_opts_next(&tokens, &token))
			if (words->count < UTAB_WORDS_MAX && acceptable(token))
				words->word[words->count++] = token;
	}
}

uint64_t utab_words_pick(const struct utab_words *words, struct fsv_str list, bool *none)
{
	struct fsv_str token;
	struct fsv_opts walk;
	uint64_t picked = 0;
	unsigned int i;

	*none = false;
	fsv_opts_init(&walk, list);
	while (fsv_opts_next(&walk, &token)) {
		if (fsv_str_is(token, "-n"))
			*none = true;
		for (i = 0; i < words->count; i++)
			if (fsv_str_same(token, words->word[i]))
				picked |= (uint64_t)1 << i;
	}
	return picked;
}

int utab_words_join(const struct utab_words *words, uint64_t picked, char *buf, size_t size)
{
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < words->count; i++) {
		struct fsv_str word = words->word[i];

		if (!(picked & (uint64_t)1 << i))
			continue;
		if (size - used < word.len + 2)
			return -ENAMETOOLONG;
		if (used)
			buf[used++] = ',';
		memcpy(buf + used, word.s, word.len);
		used += word.len;
	}
	if (!used)
		return -ENOENT;
	buf[used] = '\0';
	return 0;
}

static bool next_field(struct fsv_str *line, struct fsv_str *field)
{
	const char *space;

	if (!line->len)
		return false;
	space = memchr(line->s, ' ', line->len);
	field->s = line->s;
	field->len = space ? (size_t)(space - line->s) : line->len;
	line->s += field->len + (space ? 1 : 0);
	line->len -= field->len + (space ? 1 : 0);
	return true;
}

/* Undo `\ooo`. False where it does not fit. */
static bool copy_field(struct fsv_str field, char *out, size_t size)
{
	size_t i = 0, used = 0;

	while (i < field.len) {
		const char *s = field.s + i;

		if (used + 1 >= size)
			return false;
		if (s[0] == '\\' && field.len - i > 3) {
			out[used++] = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			i += 4;
		} else {
			out[used++] = s[0];
			i++;
		}
	}
	out[used] = '\0';
	return true;
}

static bool type_is(const char *type, const char *subtype)
{
	if (strncmp(type, "fuseblk.", 8) == 0)
		return strcmp(type + 8, subtype) == 0;
	return strncmp(type, "fuse.", 5) == 0 && strcmp(type + 5, subtype) == 0;
}

static bool has_option(struct fsv_str options, const char *wanted)
{
	struct fsv_str token;
	struct fsv_opts walk;

	fsv_opts_init(&walk, options);
	while (fsv_opts_next(&walk, &token))
		if (fsv_str_is(token, wanted))
			return true;
	return false;
}

bool utab_line(
	struct fsv_str line, uint64_t id, const char *subtype, uid_t uid, struct utab_mount *mount)
{
	struct fsv_str field = { NULL, 0 }, target = { NULL, 0 };
	char wanted[24], owner[32];
	unsigned int i;

	snprintf(wanted, sizeof(wanted), "%llu", (unsigned long long)id);
	snprintf(owner, sizeof(owner), "user_id=%u", uid);
	if (!next_field(&line, &field) || !fsv_str_is(field, wanted))
		return false;
	/* parent, device, root, mount point, options */
	for (i = 0; i < 5; i++) {
		if (!next_field(&line, &field))
			return false;
		if (i == 3)
			target = field;
	}
	do {
		if (!next_field(&line, &field))
			return false;
	} while (!fsv_str_is(field, "-"));
	if (!next_field(&line, &field) || !copy_field(field, mount->type, sizeof(mount->type)))
		return false;
	if (!next_field(&line, &field) || !copy_field(field, mount->source, sizeof(mount->source)))
		return false;
	return type_is(mount->type, subtype) && has_option(line, owner) &&
	       copy_field(target, mount->target, sizeof(mount->target));
}
