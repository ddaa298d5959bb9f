/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * fsv_mountinfo.h: any text, in any number of pieces. In the exact form one piece, on a state where
 * all is arbitrary but the length of the word, which is at most its room; the interval form, which
 * feeds pieces without end, shows that this is what there can be.
 */
#include "eva.h"
#include "fsv_mountinfo.h"

static char text[SIZE(4096, 8)];

#ifdef EXACT
int main(void)
{
	struct fsv_mountinfo m;

	fsv_mountinfo_init(&m, Frama_C_unsigned_long_long_interval(0, UINT64_MAX));
	EACH(len, sizeof(text))
	{
		UNKNOWN(text);
		Frama_C_make_unknown((char *)&m, sizeof(m));
		m.len = (unsigned int)any_up_to(sizeof(m.word));
		fsv_mountinfo_feed(&m, PART(text, len), len);
	}
	return 0;
}
#else
int main(void)
{
	struct fsv_mountinfo m;

	fsv_mountinfo_init(&m, Frama_C_unsigned_long_long_interval(0, UINT64_MAX));
	while (maybe()) {
		UNKNOWN(text);
		fsv_mountinfo_feed(&m, text, any_up_to(sizeof(text)));
	}
	return 0;
}
#endif
