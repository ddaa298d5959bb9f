/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * fsv_options.h: any list, any token, any space. A walk is shown one call at a time, on any list:
 * what one call leaves is a list again, all of which can be read, so the next call is covered too.
 */
#include "eva.h"
#include "fsv_options.h"

static char text[SIZE(65536, 6)];
static char other[SIZE(65536, 6)];
static char out[SIZE(65536, 12)];

static void walk(size_t len)
{
	struct fsv_opts o;
	struct fsv_str token;

	fsv_opts_init(&o, VIEW(text, len));
	if (!fsv_opts_next(&o, &token))
		return;
#ifdef EXACT
	touch(token);
	touch(o.rest);
#endif
	IGNORE(fsv_opts_next(&o, &token));
}

static void take_apart(size_t len)
{
	struct fsv_str name, value;
	uint32_t n;

	IGNORE(fsv_opt_split(VIEW(text, len), &name, &value));
#ifdef EXACT
	touch(name);
	touch(value);
#endif
	IGNORE(fsv_opt_number(VIEW(text, len), &n));
	EACH(length, sizeof(other))
	{
		IGNORE(fsv_opt_equals(VIEW(text, len), VIEW(other, length)));
	}
}

static void escapes(size_t len)
{
	size_t size;

	EACH(cap, sizeof(out))
	{
		IGNORE(fsv_opt_escape(VIEW(text, len), PART(out, cap), cap, &size));
		IGNORE(fsv_opt_unescape(VIEW(text, len), PART(out, cap), cap, &size));
	}
}

int main(void)
{
	UNKNOWN(text);
	UNKNOWN(other);
	EACH(len, sizeof(text))
	{
		walk(len);
		take_apart(len);
		escapes(len);
	}
	IGNORE(fsv_context_name((enum fsv_context)any_up_to(UINT32_MAX)));
	return 0;
}
