/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: an option list. Its tokens tile it, a comma between each two; each survives being
 * unescaped and escaped again, and does not fit where there is less room than it needs.
 */
#include "fsv_options.h"
#include "fuzz.h"

/* `room`: three times 2 * token.len + 1 bytes. */
static void check_token(struct fsv_str token, char *room)
{
	size_t cap = 2 * token.len + 1, plain_len = 0, len = 0;
	char *plain = room, *escaped = room + cap, *again = escaped + cap;
	struct fsv_str view;

	must(fsv_opt_unescape(token, plain, token.len + 1, &plain_len) == FSV_OK);
	view = (struct fsv_str){ plain, plain_len };
	must(plain_len <= token.len && fsv_opt_equals(token, view));
	must(fsv_opt_unescape(token, again, plain_len, &len) == FSV_R_NO_SPACE && len == 0);
	for (size_t less = 0; less <= plain_len; less++)
		must(fsv_opt_escape(view, again, less, &len) == FSV_R_NO_SPACE && len == 0);
	must(plain_len == 0 ||
		fsv_opt_unescape(token, again, plain_len / 2, &len) == FSV_R_NO_SPACE);
	must(fsv_opt_escape(view, escaped, cap, &len) == FSV_OK);
	must(fsv_opt_equals((struct fsv_str){ escaped, len }, view));
	must(fsv_opt_unescape((struct fsv_str){ escaped, len }, again, cap, &len) == FSV_OK);
	must(fsv_str_same((struct fsv_str){ again, len }, view));
}

static void check_tokens(struct fsv_str list)
{
	char *room = malloc(6 * list.len + 3);
	const char *place = list.s;
	struct fsv_opts walk;
	struct fsv_str token;

	must(room);
	fsv_opts_init(&walk, list);
	while (fsv_opts_next(&walk, &token)) {
		must(place == list.s || place[-1] == ',');
		must(token.s == place && inside(token, list));
		place += token.len + (walk.more != 0);
		check_token(token, room);
	}
	must(place == list.s + list.len);
	free(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_tokens((struct fsv_str){ (const char *)data, size });
	return 0;
}
