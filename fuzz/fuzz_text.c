/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: somebody else's text. What is printed of it is printable ASCII, ends inside the buffer
 * whatever its size, and is whole where there is room for it; a text that comes out as it was holds
 * no control character.
 */
#include "draw.h"
#include "fsv_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size };
	size_t cap = 8u + draw_u8(&d), len;
	struct fsv_str text = draw_view(&d, d.left);
	char *buf = malloc(cap), *whole = malloc(4 * text.len + 8);

	must(buf && whole);
	len = fsv_text_escape(text, buf, cap);
	must(len < cap && buf[len] == '\0' && strlen(buf) == len);
	for (size_t i = 0; i < len; i++)
		must(buf[i] >= 0x20 && buf[i] <= 0x7e);
	len = fsv_text_escape(text, whole, 4 * text.len + 8);
	must(len >= text.len && len <= 4 * text.len);
	must(strlen(buf) == len ? strcmp(buf, whole) == 0
				: len >= cap && strcmp(buf + strlen(buf) - 3, "...") == 0);
	if (fsv_str_same((struct fsv_str){ whole, len }, text))
		must(!fsv_text_has_control(text));
	free(whole);
	free(buf);
	return 0;
}
