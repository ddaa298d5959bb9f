/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What the command line says, and what of it the mounter is told. */
#include <errno.h>

#include "caller.h"
#include "check.h"
#include "fsv_wire.h"

#define WORDS_MAX 8

static int count_words(const char *const *words)
{
	int n = 0;

	while (n < WORDS_MAX && words[n])
		n++;
	return n;
}

static const struct {
	const char *words[WORDS_MAX];
	int ret;
	const char *subtype, *mountpoint, *only;
	unsigned int timeout;
	uint32_t on, off;
	bool allow_other;
} lines[] = {
	{ { "src", "/mnt", "-t", "x" }, 0, "x", "/mnt", NULL, 0, 0, 0, false },
	{ { "-t", "fuse.x", "/mnt" }, 0, "x", "/mnt", "/mnt", 0, 0, 0, false },
	{ { "/mnt", "-t", "fuseblk.x", "-t", "y" }, 0, "y", "/mnt", "/mnt", 0, 0, 0, false },
	{ { "/mnt" }, 0, "", "/mnt", "/mnt", 0, 0, 0, false },
	{ { NULL }, 0, "", NULL, NULL, 0, 0, 0, false },
	{ { "--check", "-t", "x" }, 0, "x", NULL, "--check", 0, 0, 0, false },
	{ { "--check", "--list" }, 0, "", NULL, NULL, 0, 0, 0, false },
	{ { "-t" }, -EINVAL },
	{ { "a", "-t" }, -EINVAL },
	{ { "-t", "" }, -EINVAL },
	{ { "-t", "a/b" }, -EINVAL },
	{ { "-t", ".." }, -EINVAL },
	{ { "-t", "-x" }, -EINVAL },
	{ { "-t", "fuse." }, -EINVAL },
	{ { "--timeout", "5", "m", "-t", "x" }, 0, "x", "m", "m", 5, 0, 0, false },
	{ { "--timeout", "0", "m" }, -EINVAL },
	{ { "--timeout", "-1", "m" }, -EINVAL },
	{ { "--timeout", "5s", "m" }, -EINVAL },
	{ { "--timeout", "", "m" }, -EINVAL },
	{ { "--timeout" }, 0, "", NULL, "--timeout", 0, 0, 0, false },
	{ { "m", "--timeout", "5" }, 0, "", "5", NULL, 0, 0, 0, false },
	{ { "m", "-o", "ro,noexec" }, 0, "", "m", NULL, 0, FSV_MS_RDONLY | FSV_MS_NOEXEC, 0,
		false },
	{ { "m", "-oro", "-o", "rw" }, 0, "", "m", NULL, 0, 0, FSV_MS_RDONLY, false },
	{ { "m", "-o", "suid,dev" }, 0, "", "m", NULL, 0, 0, FSV_MS_NOSUID | FSV_MS_NODEV, false },
	{ { "m", "-o", "a,allow_other" }, 0, "", "m", NULL, 0, 0, 0, true },
	{ { "m", "-o", "allow_other=1,xallow_other" }, 0, "", "m", NULL, 0, 0, 0, false },
	{ { "m", "ro", "-r", "--ro" }, 0, "", "ro", NULL, 0, 0, 0, false },
};

static void test_lines(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lines); i++) {
		struct caller caller = { .uid = 1000 };
		const char *only;

		assert_int_equal(caller_read(&caller, count_words(lines[i].words), lines[i].words),
			lines[i].ret);
		if (lines[i].ret)
			continue;
		assert_string_equal(caller.subtype, lines[i].subtype);
		assert_view(caller_mountpoint(&caller), fsv_str_of(lines[i].mountpoint));
		only = caller_only_word(&caller);
		assert_view(fsv_str_of(only), fsv_str_of(lines[i].only));
		assert_int_equal(caller.timeout, lines[i].timeout);
		assert_int_equal(caller.said.on, lines[i].on);
		assert_int_equal(caller.said.off, lines[i].off);
		assert_int_equal(caller.said_allow_other, lines[i].allow_other);
	}
}

/* LSM labels are taken from root only, with their escapes undone. */
static void test_contexts(void **state)
{
	static const char *const words[] = { "m", "-o", "context=a\\,b,rootcontext=c",
		"-odefcontext=,other=d,context" };
	struct caller root = { .uid = 0 }, user = { .uid = 1000 };
	int i;

	(void)state;
	assert_int_equal(caller_read(&root, COUNT(words), words), 0);
	assert_string_equal(root.context[FSV_CONTEXT], "a,b");
	assert_null(root.context[FSV_FSCONTEXT]);
	assert_string_equal(root.context[FSV_DEFCONTEXT], "");
	assert_string_equal(root.context[FSV_ROOTCONTEXT], "c");
	assert_int_equal(caller_read(&user, COUNT(words), words), 0);
	for (i = 0; i < MOUNTER_CONTEXTS; i++)
		assert_null(user.context[i]);
}

static void test_long_context(void **state)
{
	char list[400] = "context=";
	const char *words[] = { "m", "-o", list };
	struct caller root = { .uid = 0 };

	(void)state;
	memset(list + 8, 'a', 300);
	assert_int_equal(caller_read(&root, COUNT(words), words), 0);
	assert_null(root.context[FSV_CONTEXT]);
}

static void test_facts(void **state)
{
	static const char *const words[] = { "m", "-t", "sub", "-o",
		"ro,suid,allow_other,context=l" };
	struct caller caller = { .uid = 0, .gid = 7 };
	struct mounter_facts facts;

	(void)state;
	assert_int_equal(caller_read(&caller, COUNT(words), words), 0);
	caller_facts(&caller, true, 12, &facts);
	assert_int_equal(facts.uid, 0);
	assert_int_equal(facts.gid, 7);
	assert_true(facts.root);
	assert_true(facts.user_allow_other);
	assert_true(facts.said_allow_other);
	assert_int_equal(facts.mount_max, 12);
	assert_int_equal(facts.said_on, FSV_MS_RDONLY);
	assert_int_equal(facts.said_off, FSV_MS_NOSUID);
	assert_string_equal(facts.subtype, "sub");
	assert_string_equal(facts.context[FSV_CONTEXT], "l");
	caller.uid = 1000;
	caller_facts(&caller, false, -1, &facts);
	assert_false(facts.root);
	assert_false(facts.user_allow_other);
	assert_int_equal(facts.mount_max, -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_contexts),
		cmocka_unit_test(test_long_context),
		cmocka_unit_test(test_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
