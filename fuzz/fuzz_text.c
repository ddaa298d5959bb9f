/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: somebody else's text. What is printed of it is printable ASCII, ends inside the buffer
 * whatever its size, and is whole where there is room for it (a room of less than 8 bytes holds
 * nothing); a text with a control character does not come out as it was.
 */
#include "draw.h"
#include "fsv_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	size_t cap = 1u + draw_u8(&d), len, all;
	struct fsv_str text = draw_view(&d, d.left);
	char *buf = malloc(cap), *whole = malloc(4 * text.len + 8);

	must(buf && whole && fsv_text_escape(text, NULL, 0) == 0);
	len = fsv_text_escape(text, buf, cap);
	must(len < cap && buf[len] == '\0' && strlen(buf) == len);
	for (size_t i = 0; i < len; i++)
		must(buf[i] >= 0x20 && buf[i] <= 0x7e);
	all = fsv_text_escape(text, whole, 4 * text.len + 8);
	must(all >= text.len && all <= 4 * text.len && strlen(whole) == all);
	if (cap < 8)
		must(len == 0);
	else if (all < cap)
		must(strcmp(buf, whole) == 0);
	else
		must(strncmp(buf, whole, len - 3) == 0 && strcmp(buf + len - 3, "...") == 0);
	must(!fsv_text_has_control(text) || !fsv_str_same((struct fsv_str){ whole, all }, text));
	free(whole);
	free(buf);
	return 0;
}
