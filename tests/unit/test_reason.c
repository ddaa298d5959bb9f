/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The names of the reasons: they stand in logs and in test vectors. */
#include "samples.h"

#include "fsv_reason.h"

static const char *const names[FSV_REASONS] = {
	[FSV_OK] = "ok",
	[FSV_R_SHORT] = "short",
	[FSV_R_OVERSIZE] = "oversize",
	[FSV_R_TRAILING] = "trailing",
	[FSV_R_MAGIC] = "magic",
	[FSV_R_DIRECTION] = "direction",
	[FSV_R_PADDING] = "padding",
	[FSV_R_FLAGS] = "flags",
	[FSV_R_ERRNO] = "errno",
	[FSV_R_FORMAT] = "format",
	[FSV_R_VERSION] = "version",
	[FSV_R_BLOCK_SIZE] = "block-size",
	[FSV_R_EMPTY] = "empty",
	[FSV_R_UNTERMINATED] = "unterminated",
	[FSV_R_INNER_NUL] = "inner-nul",
	[FSV_R_RANGE] = "range",
	[FSV_R_NO_SPACE] = "no-space",
	[FSV_R_ORDER] = "order",
	[FSV_R_REPEATED] = "repeated",
	[FSV_R_LATE] = "late",
	[FSV_R_MISSING] = "missing",
	[FSV_R_UNKNOWN] = "unknown",
	[FSV_R_VALUE] = "value",
	[FSV_R_NUMBER] = "number",
	[FSV_R_NAME] = "name",
};

static void every_reason_has_its_name(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < FSV_REASONS; i++)
		assert_string_equal(fsv_reason_name((enum fsv_reason)i), names[i]);
}

static void numbers_outside_have_none(void **state)
{
	(void)state;
	assert_string_equal(fsv_reason_name(FSV_REASONS), "?");
	assert_string_equal(fsv_reason_name((enum fsv_reason)(FSV_REASONS + 1)), "?");
	assert_string_equal(fsv_reason_name((enum fsv_reason) - 1), "?");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_its_name),
		cmocka_unit_test(numbers_outside_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
