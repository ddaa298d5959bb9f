/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* mountinfo: what counts as a FUSE mount, what is told of one that is looked for, in pieces of any
 * size. */
#include "samples.h"

#include "fsv_mountinfo.h"
#include "guard.h"

struct row {
	const char *line;
	uint32_t fuse;
};

static const struct row rows[] = {
	{ "36 35 98:0 / /mnt rw,noatime - fuse src rw,user_id=0\n", 1 },
	{ "36 35 98:0 / /mnt rw master:1 - fuse src rw\n", 1 },
	{ "36 35 98:0 / /mnt rw x -x - fuse src rw\n", 1 },
	{ "36 35 98:0 / /mnt rw shared:7 master:1 propagate_from:2 - fuse.sshfs h: rw\n", 1 },
	{ "36 35 98:0 / /mnt rw - fuseblk /dev/sdb1 rw\n", 1 },
	{ "36 35 98:0 / /mnt rw - fuseblk.ntfs /dev/sdb1 rw\n", 1 },
	{ "36 35 98:0 / /mnt rw - fuse. src rw\n", 1 },
	{ "36 35 98:0 / /mnt rw - fuse.a-subtype-of-some-length src rw\n", 1 },
	/* An empty source is shown as nothing between two blanks. */
	{ "36 35 98:0 / /mnt rw - fuse  rw\n", 1 },
	/* Other types, whatever they look like. */
	{ "36 35 98:0 / /mnt rw - ext4 /dev/sdb1 rw\n", 0 },
	{ "36 35 98:0 / /mnt rw - fusectl fusectl rw\n", 0 },
	{ "36 35 98:0 / /mnt rw - fuse-x src rw\n", 0 },
	{ "36 35 98:0 / /mnt rw - fuseblk2 src rw\n", 0 },
	{ "36 35 98:0 / /mnt rw - fuseblkx.y src rw\n", 0 },
	{ "36 35 98:0 / /mnt rw - fus src rw\n", 0 },
	{ "36 35 98:0 / /mnt rw - xfuse src rw\n", 0 },
	{ "36 35 98:0 / /mnt rw -  fuse src rw\n", 0 },
	{ "36 35 98:0 / /mnt rw - tmpfs fuse rw\n", 0 },
	{ "36 35 98:0 / /fuse rw - tmpfs - fuse\n", 0 },
	/* The kernel writes a blank in a name as \040: a name cannot forge fields. */
	{ "36 35 98:0 / /a\\040-\\040fuse rw - tmpfs x rw\n", 0 },
	/* Not of the documented form. */
	{ "\n", 0 },
	{ "36 35 98:0 / /mnt rw fuse src rw\n", 0 },
	{ "36 35 98:0 / /mnt - fuse src rw\n", 0 },
	{ "36 35 98:0 / /mnt rw - fuse src\n", 0 },
	{ "36 35 98:0 / /mnt rw - fuse\n", 0 },
	{ "36 35 98:0 / /mnt rw -\n", 0 },
	{ "x 35 98:0 / /mnt rw - fuse src rw\n", 0 },
	{ "36 x 98:0 / /mnt rw - fuse src rw\n", 0 },
	{ " 35 98:0 / /mnt rw - fuse src rw\n", 0 },
	{ "36  98:0 / /mnt rw - fuse src rw\n", 0 },
	{ "-36 35 98:0 / /mnt rw - fuse src rw\n", 0 },
	{ "36 35a 98:0 / /mnt rw - fuse src rw\n", 0 },
	{ "99999999999999999999 35 98:0 / /mnt rw - fuse src rw\n", 0 },
	/* Without its newline the line may not be all there. */
	{ "36 35 98:0 / /mnt rw - fuse src rw", 0 },
};

static void counts_as_the_table_says(void **state)
{
	struct guard g = guard_new(128);
	struct fsv_mountinfo m;
	size_t i;

	(void)state;
	for (i = 0; i < 2 * COUNT(rows); i++) {
		const struct row *row = &rows[i / 2];
		size_t len = strlen(row->line);

		fsv_mountinfo_init(&m, 0);
		fsv_mountinfo_feed(&m,
			i % 2 ? guard_end(&g, row->line, len) : guard_begin(&g, row->line, len),
			len);
		if (m.fuse != row->fuse)
			print_error("line: %s", row->line);
		assert_int_equal(m.fuse, row->fuse);
		assert_int_equal(m.found, 0);
	}
	guard_free(&g);
}

static const char text[] = "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
			   "23 22 0:21 / /proc rw shared:12 - proc proc rw\n"
			   "40 22 0:35 / /mnt/a rw - fuse.sshfs h:/ rw,user_id=0\n"
			   "garbage\n"
			   "41 40 0:36 / /mnt/a/b rw - fuseblk /dev/sdb1 rw\n"
			   "18446744073709551600 41 0:37 / /mnt/c rw - tmpfs t rw\n"
			   "43 18446744073709551600 0:38 / /sys/fs/fuse rw - fusectl c rw\n";

static void pieces_make_no_difference(void **state)
{
	struct fsv_mountinfo m;
	size_t size, at;

	(void)state;
	for (size = 1; size < sizeof(text); size++) {
		fsv_mountinfo_init(&m, 41);
		for (at = 0; at < sizeof(text) - 1; at += size) {
			size_t left = sizeof(text) - 1 - at;

			fsv_mountinfo_feed(&m, text + at, size < left ? size : left);
		}
		assert_int_equal(m.fuse, 2);
		assert_int_equal(m.found, 1);
		assert_int_equal(m.parent, 40);
	}
}

static void finds_the_parent(void **state)
{
	static const struct {
		uint64_t want;
		int found;
		uint64_t parent;
	} wants[] = {
		{ 22, 1, 1 },
		{ 40, 1, 22 },
		{ UINT64_C(18446744073709551600), 1, 41 },
		{ 43, 1, UINT64_C(18446744073709551600) },
		{ 1, 0, 0 },
		{ 4, 0, 0 },
		{ 400, 0, 0 },
		{ 0, 0, 0 },
	};
	struct fsv_mountinfo m;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(wants); i++) {
		fsv_mountinfo_init(&m, wants[i].want);
		fsv_mountinfo_feed(&m, text, sizeof(text) - 1);
		assert_int_equal(m.found, wants[i].found);
		assert_true(m.parent == wants[i].parent);
	}
}

static void tells_about_the_one_that_is_wanted(void **state)
{
	static const struct {
		const char *line;
		int is_fuse;
		int readonly;
	} lines[] = {
		{ "7 1 0:1 / /m rw,noatime shared:1 - fuse.x x rw,user_id=0\n", 1, 0 },
		{ "7 1 0:1 / /m ro,noatime shared:1 - fuse.x x rw,user_id=0\n", 1, 1 },
		{ "7 1 0:1 / /m rw - fuseblk.x x ro,user_id=0\n", 1, 1 },
		{ "7 1 0:1 / /m ro - fuse x ro\n", 1, 1 },
		{ "7 1 0:1 / /m ro - ext4 x rw\n", 0, 1 },
		{ "7 1 0:1 / /m rw - tmpfs x ro\n", 0, 1 },
		{ "7 1 0:1 / /m rw - ext4 x rw,ro\n", 0, 0 },
		{ "7 1 0:1 / /m rw,root,rox ro - ext4 ro rox ro\n", 0, 0 },
		{ "7 1 0:1 ro ro rw - ext4 ro rw\n", 0, 0 },
		{ "7 1 0:1 / /m r - ext4 x o\n", 0, 0 },
		{ "7 1 0:1 / /m rw - ext4 x rw ro\n", 0, 0 },
	};
	struct fsv_mountinfo m;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lines); i++) {
		fsv_mountinfo_init(&m, 7);
		/* Neither the line before nor the one behind is taken for it. */
		fsv_mountinfo_feed(&m, rows[0].line, strlen(rows[0].line));
		fsv_mountinfo_feed(&m, "8 1 0:1 / / ro - fuse x ro\n", 27);
		fsv_mountinfo_feed(&m, lines[i].line, strlen(lines[i].line));
		fsv_mountinfo_feed(&m, "9 1 0:1 / / ro - fuse x ro\n", 27);
		fsv_mountinfo_feed(&m, rows[9].line, strlen(rows[9].line));
		if (m.is_fuse != lines[i].is_fuse || m.readonly != lines[i].readonly)
			print_error("line: %s", lines[i].line);
		assert_int_equal(m.found, 1);
		assert_int_equal(m.is_fuse, lines[i].is_fuse);
		assert_int_equal(m.readonly, lines[i].readonly);
	}
}

static void mount_zero_is_never_wanted(void **state)
{
	static const char zero[] = "0 7 0:1 / / rw - fuse f rw\n";
	struct fsv_mountinfo m;

	(void)state;
	fsv_mountinfo_init(&m, 0);
	fsv_mountinfo_feed(&m, zero, sizeof(zero) - 1);
	assert_int_equal(m.found, 0);
	assert_int_equal(m.fuse, 1);
}

/* Words longer than anything that is kept of them. */
static void long_words_do_no_harm(void **state)
{
	static const char head[] = "36 35 0:1 / /", tail[] = " rw - fuse f rw\n";
	struct fsv_mountinfo m;
	int i;

	(void)state;
	fsv_mountinfo_init(&m, 36);
	fsv_mountinfo_feed(&m, head, sizeof(head) - 1);
	for (i = 0; i < 100000; i++)
		fsv_mountinfo_feed(&m, "x", 1);
	fsv_mountinfo_feed(&m, tail, sizeof(tail) - 1);
	assert_int_equal(m.fuse, 1);
	assert_int_equal(m.parent, 35);
	fsv_mountinfo_feed(&m, NULL, 0);
	assert_int_equal(m.fuse, 1);
}

static void the_count_does_not_wrap(void **state)
{
	struct fsv_mountinfo m;

	(void)state;
	fsv_mountinfo_init(&m, 0);
	m.fuse = UINT32_MAX;
	fsv_mountinfo_feed(&m, rows[0].line, strlen(rows[0].line));
	assert_int_equal(m.fuse, UINT32_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_as_the_table_says),
		cmocka_unit_test(pieces_make_no_difference),
		cmocka_unit_test(finds_the_parent),
		cmocka_unit_test(tells_about_the_one_that_is_wanted),
		cmocka_unit_test(mount_zero_is_never_wanted),
		cmocka_unit_test(long_words_do_no_harm),
		cmocka_unit_test(the_count_does_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
