/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: a profile of the adapter, a NUL, and a caller's words, each ended by a NUL.
 * A profile that is refused leaves the result untouched, and says a line that there is; an accepted
 * one has its views inside the text, and absolute paths. The server that is started for the
 * caller's words gets its source and its mount point, and no option that its profile drops.
 */
#include "caller.h"
#include "draw.h"

#define WORDS_MAX 12

static void check_profile(const struct profile *p, struct fsv_str text)
{
	must(inside(p->program, text) && p->program.s[0] == '/' && inside(p->arguments, text));
	must(!p->options.s || inside(p->options, text));
	must(!p->drop.s || inside(p->drop, text));
	must(p->files <= PROFILE_FILES_MAX);
	for (size_t i = 0; i < p->files; i++)
		must(inside(p->file[i], text) && p->file[i].s[0] == '/');
}

static void check_caller(const struct profile *p, int argc, const char **argv)
{
	const char *bad = argv[0];
	struct caller c;
	char **words;
	int source = 0, mountpoint = 0;

	if (caller_read(p, argc, argv, &c, &bad) != 0)
		return;
	must(!bad && c.source_index != c.mountpoint_index && (c.ms.on & c.ms.off) == 0);
	words = caller_arguments(&c, p, "SOURCE", "MOUNTPOINT");
	must(words && fsv_str_is(p->program, words[0]));
	for (int i = 1; words[i]; i++) {
		source += strstr(words[i], "SOURCE") != NULL;
		mountpoint += strstr(words[i], "MOUNTPOINT") != NULL;
	}
	must(source > 0 && mountpoint > 0);
	free(words);
	caller_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	const char *argv[WORDS_MAX];
	struct profile p;
	unsigned int line = 0;
	struct fsv_str text = draw_word(&d);
	enum fsv_reason reason;

	memset(&p, 0x5a, sizeof(p));
	reason = profile_parse(text.s, text.len, &p, &line);
	if (reason != FSV_OK) {
		must(untouched(&p, 0x5a, sizeof(p)) && line <= text.len + 1);
		return 0;
	}
	check_profile(&p, text);
	check_caller(&p, draw_words(&d, argv, WORDS_MAX), argv);
	return 0;
}
