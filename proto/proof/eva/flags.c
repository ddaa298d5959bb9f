/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * fsv_options.h, what goes through a whole list: the kernel's options and the words for flags. Any
 * short list, and each of the options with any short text behind it.
 */
#include "eva.h"
#include "fsv_options.h"

static char text[3];
static char list[32];

static void read_list(struct fsv_str view)
{
	struct fsv_ms_said said = { (uint32_t)any_up_to(UINT32_MAX),
		(uint32_t)any_up_to(UINT32_MAX) };
	struct fsv_kernel_opts opts;

	if (fsv_kernel_opts_parse(view, &opts) == FSV_OK)
		for (int i = 0; i < FSV_CONTEXTS; i++)
			if (opts.context[i].s)
				touch(opts.context[i]);
	fsv_ms_collect(view, &said);
}

/* `name`, and `len` characters of any kind behind it: the list ends where its array does. */
static void behind(const char *name, size_t len)
{
	size_t head = strlen(name);
	char *begin = list + (sizeof(list) - (head + len));

	UNKNOWN(list);
	memcpy(begin, name, head);
	read_list((struct fsv_str){ begin, head + len });
}

static const char *const names[] = { "default_permissions", "allow_other", "max_read=", "blksize=",
	"context=", "fscontext=", "defcontext=", "rootcontext=", "max_read=1,", "ro,", "rw," };

int main(void)
{
	const struct fsv_ms_word *word;

	for (size_t len = 0; len <= sizeof(text); len++) {
		UNKNOWN(text);
		read_list(VIEW(text, len));
		word = fsv_ms_lookup(VIEW(text, len));
		if (word)
			touch(fsv_str_of(word->name));
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t len = 0; len <= 2; len++)
			behind(names[i], len);
	for (word = fsv_ms_words(); word->name; word++)
		touch(fsv_str_of(word->name));
	return 0;
}
