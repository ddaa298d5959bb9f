/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_mountinfo.h"

#include <string.h>

/* Fields are counted from 0: id, parent, major:minor, root, mount point, options, then any number
 * of optional ones, a dash, and at least type, source and super block options. */
enum {
	FIELD_ID = 0,
	FIELD_PARENT = 1,
	FIELD_OPTIONS = 5,
	FIELDS_BEFORE_DASH = 6,
	TYPE_AFTER_DASH = 1,
	OPTIONS_AFTER_DASH = 3,
	FIELDS_AFTER_DASH = 3
};

static void begin_word(struct fsv_mountinfo *m)
{
	m->len = 0;
	m->number = 0;
	m->number_ok = 1;
}

static void begin_line(struct fsv_mountinfo *m)
{
	m->field = 0;
	m->ids_ok = 1;
	m->after_dash = 0;
	m->fuse_here = 0;
	m->readonly_here = 0;
	begin_word(m);
}

void fsv_mountinfo_init(struct fsv_mountinfo *m, uint64_t want)
{
	memset(m, 0, sizeof(*m));
	m->want = want;
	begin_line(m);
}

/* Keeps no more of a word than it takes to tell whether it is a FUSE type. */
static void add_char(struct fsv_mountinfo *m, char c)
{
	if (m->len < sizeof(m->word))
		m->word[m->len++] = c;
	if (c < '0' || c > '9' || m->number > (UINT64_MAX - 9) / 10)
		m->number_ok = 0;
	else
		m->number = m->number * 10 + (uint64_t)(c - '0');
}

/* Whether the word is `type`, or `type` with a dot and a subtype behind it. */
static int is_type(const struct fsv_mountinfo *m, const char *type)
{
	size_t len = strlen(type);

	if (m->len < len || memcmp(m->word, type, len) != 0)
		return 0;
	return m->len == len || m->word[len] == '.';
}

/* Whether the word is a list of options that begins with "ro", where the kernel always says it. */
static int is_readonly(const struct fsv_mountinfo *m)
{
	if (m->len < 2 || memcmp(m->word, "ro", 2) != 0)
		return 0;
	return m->len == 2 || m->word[2] == ',';
}

static void end_id(struct fsv_mountinfo *m, uint64_t *id)
{
	if (!m->number_ok || m->len == 0)
		m->ids_ok = 0;
	*id = m->number;
}

static void end_word(struct fsv_mountinfo *m)
{
	if (m->after_dash) {
		if (m->after_dash == TYPE_AFTER_DASH)
			m->fuse_here = is_type(m, "fuse") || is_type(m, "fuseblk");
		if (m->after_dash == OPTIONS_AFTER_DASH)
			m->readonly_here |= is_readonly(m);
		if (m->after_dash <= FIELDS_AFTER_DASH)
			m->after_dash++;
	} else if (m->field < FIELDS_BEFORE_DASH) {
		if (m->field == FIELD_ID)
			end_id(m, &m->id);
		else if (m->field == FIELD_PARENT)
			end_id(m, &m->parent_here);
		else if (m->field == FIELD_OPTIONS)
			m->readonly_here = is_readonly(m);
		m->field++;
	} else if (m->len == 1 && m->word[0] == '-') {
		m->after_dash = 1;
	}
	begin_word(m);
}

static void end_line(struct fsv_mountinfo *m)
{
	if (m->ids_ok && m->after_dash > FIELDS_AFTER_DASH) {
		if (m->fuse_here && m->fuse < UINT32_MAX)
			m->fuse++;
		if (m->want && m->id == m->want) {
			m->found = 1;
			m->parent = m->parent_here;
			m->is_fuse = m->fuse_here;
			m->readonly = m->readonly_here;
		}
	}
	begin_line(m);
}

void fsv_mountinfo_feed(struct fsv_mountinfo *m, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		/* Every blank ends a field: an empty source is two blanks, and such a mount counts
		 * too. */
		if (text[i] == ' ' || text[i] == '\n')
			end_word(m);
		else
			add_char(m, text[i]);
		if (text[i] == '\n')
			end_line(m);
	}
}
