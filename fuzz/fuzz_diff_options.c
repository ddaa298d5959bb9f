/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: an option list, read by proto and by a plain second reader (tests/reference/). They see
 * the same tokens, the same text behind the escapes, the same kernel options or the same reason for
 * refusing them, and the same MS_* flags.
 */
#include "../tests/reference/options.h"
#include "fsv_options.h"
#include "fuzz.h"

static void same_tokens(const char *list, size_t size)
{
	char *ours = malloc(size + 1), *theirs = malloc(size + 1);
	struct fsv_opts walk;
	struct fsv_str token;
	size_t at = 0, len = 0;

	fsv_opts_init(&walk, (struct fsv_str){ list, size });
	must(ours && theirs);
	while (fsv_opts_next(&walk, &token)) {
		size_t end = ref_token_end(list, size, at);

		must(token.s == list + at && token.len == end - at);
		must(fsv_opt_unescape(token, ours, size + 1, &len) == FSV_OK);
		must(len == ref_unescape(list + at, end - at, theirs) &&
			!memcmp(ours, theirs, len));
		at = end + 1;
	}
	must(at == (size ? size + 1 : 0));
	free(ours), free(theirs);
}

static void same_kernel_opts(const char *list, size_t size)
{
	struct fsv_kernel_opts ours = { 0 };
	struct ref_kernel_opts theirs;
	int wrong = ref_kernel_opts(list, size, &theirs);

	must((int)fsv_kernel_opts_parse((struct fsv_str){ list, size }, &ours) == wrong);
	if (wrong)
		return;
	must(ours.default_permissions == theirs.default_permissions &&
		ours.allow_other == theirs.allow_other);
	must(ours.has_max_read == theirs.has_max_read && ours.max_read == theirs.max_read);
	must(ours.has_blksize == theirs.has_blksize && ours.blksize == theirs.blksize);
	for (int i = 0; i < FSV_CONTEXTS; i++)
		must(ours.context[i].s == theirs.context[i] &&
			ours.context[i].len == theirs.context_len[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *list = (const char *)data;
	struct fsv_ms_said said = { 0, 0 };
	uint32_t on, off;

	same_tokens(list, size);
	same_kernel_opts(list, size);
	fsv_ms_collect((struct fsv_str){ list, size }, &said);
	ref_ms_flags(list, size, &on, &off);
	must(said.on == on && said.off == off);
	return 0;
}
