/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* fsv_text.h: any text into any space. */
#include "eva.h"
#include "fsv_text.h"

static char text[SIZE(65536, 4)];
static char out[SIZE(65536, 12)];

int main(void)
{
	UNKNOWN(text);
	EACH(len, sizeof(text))
	{
		EACH(cap, sizeof(out))
		{
			IGNORE(fsv_text_escape(VIEW(text, len), PART(out, cap), cap));
		}
		IGNORE(fsv_text_has_control(VIEW(text, len)));
	}
	return 0;
}
