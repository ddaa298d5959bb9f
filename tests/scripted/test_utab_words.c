/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Which words may stand in utab, and which line of mountinfo they belong to. */
#include <errno.h>
#include <stdio.h>

#include "check.h"
#include "utab/words.h"

/* The words that a list of the caller's leaves, and those that a service's list then picks. */
static const struct {
	const char *list, *kept, *sent, *picked;
	bool none;
} rows[] = {
	{ "x-a", "x-a", "x-a", "x-a", false },
	{ "x-a,x-b", "x-a,x-b", "x-b", "x-b", false },
	{ "x-a,x-b", "x-a,x-b", "x-b,x-a,x-a", "x-a,x-b", false },
	{ "x-a=1", "x-a=1", "x-a", NULL, false },
	{ "x-a=1", "x-a=1", "x-a=1,x-z", "x-a=1", false },
	{ "x-a", "x-a", "x-a,-n", "x-a", true },
	{ "x-a", "x-a", "-n", NULL, true },
	{ "x-a", "x-a", "x-a -n", NULL, false },
	{ "x-mount.mkdir,x-a", "x-a", "x-mount.mkdir", NULL, false },
	{ "x-mount.idmap=b:0:1,x-a", "x-a", "x-a", "x-a", false },
	{ "x-mountx,x-a", "x-mountx,x-a", "x-mountx", "x-mountx", false },
	{ "user,user=root,uhelper=x,loop,noauto,X-b,xa,x,x-a", "x-a",
		"user=root,uhelper=x,loop,noauto,X-b,xa,x,", NULL, false },
	{ "x-a b,x-c", "x-c", "x-a b", NULL, false },
	{ "x-\"a,x-'b,x-\\c,x-\x80,x-\x7f,x-d", "x-d", "x-\"a", NULL, false },
	{ "x-systemd.automount,x-gvfs-show", "x-systemd.automount,x-gvfs-show", "x-gvfs-show,fd=3",
		"x-gvfs-show", false },
	{ "", NULL, "x-a", NULL, false },
	{ "x-", "x-", "x-", "x-", false },
};

static void assert_joined(const struct utab_words *words, uint64_t picked, const char *want)
{
	char text[256];
	int ret = utab_words_join(words, picked, text, sizeof(text));

	assert_int_equal(ret, want ? 0 : -ENOENT);
	if (want)
		assert_string_equal(text, want);
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		const char *argv[] = { "m", "x-operand", "-o", rows[i].list, "--x-long=x-l",
			"-xx-s" };
		struct utab_words words;
		uint64_t picked;
		bool none;

		utab_words_collect(&words, COUNT(argv), argv);
		assert_joined(&words, UINT64_MAX, rows[i].kept);
		picked = utab_words_pick(&words, fsv_str_of(rows[i].sent), &none);
		assert_joined(&words, picked, rows[i].picked);
		assert_int_equal(none, rows[i].none);
	}
}

static void test_limits(void **state)
{
	static char list[UTAB_WORDS_MAX * 8 + 64];
	const char *argv[] = { "-o", list };
	struct utab_words words;
	uint64_t picked;
	char text[16];
	bool none;
	int i;

	(void)state;
	for (i = 0; i < UTAB_WORDS_MAX + 3; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "x-%d,", i);
	utab_words_collect(&words, COUNT(argv), argv);
	assert_int_equal(words.count, UTAB_WORDS_MAX);
	assert_int_equal(utab_words_pick(&words, S("x-63,x-64"), &none), (uint64_t)1 << 63);
	picked = utab_words_pick(&words, S("x-1,x-2,x-3"), &none);
	assert_int_equal(utab_words_join(&words, picked, text, 12), 0);
	assert_string_equal(text, "x-1,x-2,x-3");
	/* Too small by each number of bytes: nothing is cut in the middle. */
	for (i = 0; i < 12; i++)
		if (utab_words_join(&words, picked, text, (size_t)i) == 0)
			fail_msg("joined into %d bytes", i);
}

/* One line of mountinfo. */
static const struct {
	const char *line;
	bool found;
	const char *type, *target, *source;
} mounts[] = {
	{ "36 20 0:50 / /mnt rw,nosuid - fuse.x src rw,user_id=1000,group_id=1000", true, "fuse.x",
		"/mnt", "src" },
	{ "36 20 0:50 / /mnt rw shared:1 master:2 - fuse.x src rw,user_id=1000", true, "fuse.x",
		"/mnt", "src" },
	{ "36 20 8:16 / /mnt rw - fuseblk.x /dev/sdb rw,user_id=1000", true, "fuseblk.x", "/mnt",
		"/dev/sdb" },
	{ "36 20 0:50 / /a\\040b\\011\\134c rw - fuse.x s\\012t rw,user_id=1000", true, "fuse.x",
		"/a b\t\\c", "s\nt" },
	{ "36 20 0:50 / /mnt rw - fuse.x  rw,user_id=1000", true, "fuse.x", "/mnt", "" },
	{ "37 20 0:50 / /mnt rw - fuse.x src rw,user_id=1000", false },
	{ "361 20 0:50 / /mnt rw - fuse.x src rw,user_id=1000", false },
	{ "36 20 0:50 / /mnt rw - fuse.y src rw,user_id=1000", false },
	{ "36 20 0:50 / /mnt rw - fuse src rw,user_id=1000", false },
	{ "36 20 0:50 / /mnt rw - fuseblk.y src rw,user_id=1000", false },
	{ "36 20 0:50 / /mnt rw - ext4 fuse.x rw,user_id=1000", false },
	{ "36 20 0:50 / /mnt rw - fuse.x src rw,user_id=1001", false },
	{ "36 20 0:50 / /mnt rw - fuse.x src rw,user_id=10001", false },
	{ "36 20 0:50 / /mnt rw - fuse.x src rw", false },
	{ "36 20 0:50 / /mnt rw,user_id=1000 - fuse.x src rw", false },
	{ "36 20 0:50 / /mnt rw - fuse.x", false },
	{ "36 20 0:50 / /mnt rw -", false },
	{ "36 20 0:50 / /mnt rw", false },
	{ "36 20 0:50 /", false },
	{ "36", false },
	{ "", false },
};

static void test_mounts(void **state)
{
	struct utab_mount mount;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(mounts); i++) {
		bool found = utab_line(fsv_str_of(mounts[i].line), 36, "x", 1000, &mount);

		if (found != mounts[i].found)
			print_error("%s\n", mounts[i].line);
		assert_int_equal(found, mounts[i].found);
		if (!found)
			continue;
		assert_string_equal(mount.type, mounts[i].type);
		assert_string_equal(mount.target, mounts[i].target);
		assert_string_equal(mount.source, mounts[i].source);
	}
}

/* Every prefix of a line is no line; nothing behind its end is read. */
static void test_cut_lines(void **state)
{
	static const char line[] = "36 20 0:50 / /m\\040t rw - fuse.x s rw,user_id=1000";
	struct guard guard = guard_new(4096);
	struct utab_mount mount;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(line) - 1; len++) {
		struct fsv_str text = { guard_end(&guard, line, len), len };

		assert_false(utab_line(text, 36, "x", 1000, &mount));
	}
	guard_free(&guard);
}

static void test_long_fields(void **state)
{
	static char line[8192];
	struct utab_mount mount;
	char filler[5000];

	(void)state;
	memset(filler, 'a', sizeof(filler));
	snprintf(
		line, sizeof(line), "36 1 0:1 / /%.*s rw - fuse.x s rw,user_id=1000", 4094, filler);
	assert_true(utab_line(fsv_str_of(line), 36, "x", 1000, &mount));
	snprintf(
		line, sizeof(line), "36 1 0:1 / /%.*s rw - fuse.x s rw,user_id=1000", 4095, filler);
	assert_false(utab_line(fsv_str_of(line), 36, "x", 1000, &mount));
	snprintf(line, sizeof(line), "36 1 0:1 / / rw - fuse.x %.*s rw,user_id=1000", 1024, filler);
	assert_false(utab_line(fsv_str_of(line), 36, "x", 1000, &mount));
	snprintf(line, sizeof(line), "36 1 0:1 / / rw - fuse.%.*s s rw,user_id=1000", 130, filler);
	assert_false(utab_line(fsv_str_of(line), 36, "x", 1000, &mount));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_mounts),
		cmocka_unit_test(test_cut_lines),
		cmocka_unit_test(test_long_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
