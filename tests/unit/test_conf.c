/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* fuse.conf: its lines, its walk, and its patterns. */
#include "fsv_conf.h"

#include <fnmatch.h>
#include <unistd.h>

#include "check.h"

static const struct {
	const char *text;
	enum fsv_conf_kind kind;
	enum fsv_reason reason;
	int mount_max;
	const char *subtype;
	const char *pattern;
	int rw;
} lines[] = {
	{ "", FSV_CONF_NOTHING, FSV_OK, 0, NULL, NULL, 0 },
	{ " \t\r", FSV_CONF_NOTHING, FSV_OK, 0, NULL, NULL, 0 },
	{ "#", FSV_CONF_NOTHING, FSV_OK, 0, NULL, NULL, 0 },
	{ "  # mount_max = 5", FSV_CONF_NOTHING, FSV_OK, 0, NULL, NULL, 0 },
	{ "#user_allow_other", FSV_CONF_NOTHING, FSV_OK, 0, NULL, NULL, 0 },

	{ "user_allow_other", FSV_CONF_ALLOW_OTHER, FSV_OK, 0, NULL, NULL, 0 },
	{ "\t user_allow_other \r", FSV_CONF_ALLOW_OTHER, FSV_OK, 0, NULL, NULL, 0 },
	{ "user_allow_other # yes", FSV_CONF_ALLOW_OTHER, FSV_OK, 0, NULL, NULL, 0 },
	{ "user_allow_other\t#", FSV_CONF_ALLOW_OTHER, FSV_OK, 0, NULL, NULL, 0 },
	{ "user_allow_other yes", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "user_allow_other=", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "user_allow_other = 1", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "user_allow_other#", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
	{ "user_allow_othe", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
	{ "user_allow_others", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
	{ "User_allow_other", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
	{ "user_allow_other\v", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
	{ "\xef\xbb\xbfuser_allow_other", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },

	{ "mount_max = 5", FSV_CONF_MOUNT_MAX, FSV_OK, 5, NULL, NULL, 0 },
	{ "mount_max=5", FSV_CONF_MOUNT_MAX, FSV_OK, 5, NULL, NULL, 0 },
	{ "mount_max= 5", FSV_CONF_MOUNT_MAX, FSV_OK, 5, NULL, NULL, 0 },
	{ "mount_max =5", FSV_CONF_MOUNT_MAX, FSV_OK, 5, NULL, NULL, 0 },
	{ "\tmount_max\t=\t5\t# five", FSV_CONF_MOUNT_MAX, FSV_OK, 5, NULL, NULL, 0 },
	{ "mount_max = 0", FSV_CONF_MOUNT_MAX, FSV_OK, 0, NULL, NULL, 0 },
	{ "mount_max = 010", FSV_CONF_MOUNT_MAX, FSV_OK, 10, NULL, NULL, 0 },
	{ "mount_max = -1", FSV_CONF_MOUNT_MAX, FSV_OK, -1, NULL, NULL, 0 },
	{ "mount_max = 2147483647", FSV_CONF_MOUNT_MAX, FSV_OK, INT32_MAX, NULL, NULL, 0 },
	{ "mount_max = 2147483648", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max = 4294967295", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max = 4294967301", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max = -2", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max = -0", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max = +5", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max = 0x5", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max = 5k", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max = five", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max = 5#", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max == 5", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "mount_max ==5", FSV_CONF_NOTHING, FSV_R_NUMBER, 0, NULL, NULL, 0 },
	{ "mount_max", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "mount_max 5", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "mount_max =", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "mount_max = # 5", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "mount_max = 5 6", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "mount_max = 5 = 6", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "mount_max = - 1", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },

	{ "service_open_path = ext4 /dev/sd?", FSV_CONF_OPEN_PATH, FSV_OK, 0, "ext4", "/dev/sd?",
		0 },
	{ "service_open_path=ext4 /dev/sd? rw", FSV_CONF_OPEN_PATH, FSV_OK, 0, "ext4", "/dev/sd?",
		1 },
	{ "service_open_path\t=\text4\t/a#b\trw\t#c", FSV_CONF_OPEN_PATH, FSV_OK, 0, "ext4", "/a#b",
		1 },
	{ "service_open_path = a.b+c /etc/.x/*.conf", FSV_CONF_OPEN_PATH, FSV_OK, 0, "a.b+c",
		"/etc/.x/*.conf", 0 },
	{ "service_open_path = x /a=b", FSV_CONF_OPEN_PATH, FSV_OK, 0, "x", "/a=b", 0 },
	{ "service_open_path = x /...", FSV_CONF_OPEN_PATH, FSV_OK, 0, "x", "/...", 0 },
	{ "service_open_path = x /* rw # all", FSV_CONF_OPEN_PATH, FSV_OK, 0, "x", "/*", 1 },
	{ "service_open_path = x /a ro", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
	{ "service_open_path = x /a RW", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
	{ "service_open_path = x /a /b", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
	{ "service_open_path = x /a rw rw", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "service_open_path = x /a b c d", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "service_open_path = x", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "service_open_path = x #/a", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "service_open_path =", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "service_open_path", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "service_open_path x /a", FSV_CONF_NOTHING, FSV_R_VALUE, 0, NULL, NULL, 0 },
	{ "service_open_path = fuse.x /a", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = .x /a", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = x/y /a", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = * /a", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = x a", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = x */a", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = x /", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = x /a/", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = x //a", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = x /a/./b", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = x /a/../b", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },
	{ "service_open_path = x /a/..", FSV_CONF_NOTHING, FSV_R_NAME, 0, NULL, NULL, 0 },

	{ "allow_other", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
	{ "= 5", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
	{ "mount_max\xc2\xa0= 5", FSV_CONF_NOTHING, FSV_R_UNKNOWN, 0, NULL, NULL, 0 },
};

static void assert_line(const struct fsv_conf_line *got, size_t i, struct fsv_str whole)
{
	assert_reason(got->reason, lines[i].reason);
	assert_int_equal(got->kind, lines[i].kind);
	assert_int_equal(got->mount_max, lines[i].mount_max);
	assert_int_equal(got->rw, lines[i].rw);
	assert_view(got->subtype, fsv_str_of(lines[i].subtype));
	assert_view(got->pattern, fsv_str_of(lines[i].pattern));
	if (got->kind != FSV_CONF_OPEN_PATH)
		return;
	assert_inside(got->subtype, whole);
	assert_inside(got->pattern, whole);
}

/* Each line alone, without a newline at its end, flush against both ends of memory. */
static void test_lines(void **state)
{
	struct guard g = guard_new(4096);

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(lines); i++) {
		const char *text = lines[i / 2].text;
		size_t len = strlen(text);
		char *p = i % 2 ? guard_end(&g, text, len) : guard_begin(&g, text, len);
		struct fsv_conf c;
		struct fsv_conf_line line;

		fsv_conf_init(&c, p, len);
		assert_int_equal(fsv_conf_next(&c, &line), len > 0);
		if (len == 0)
			continue;
		assert_int_equal(line.number, 1);
		assert_line(&line, i / 2, (struct fsv_str){ p, len });
		assert_int_equal(fsv_conf_next(&c, &line), 0);
	}
	guard_free(&g);
}

/* All of them in one file: no line leaves anything behind for the next one. */
static void test_a_file(void **state)
{
	char file[8192];
	size_t len = 0;
	struct fsv_conf c;
	struct fsv_conf_line line;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		size_t n = strlen(lines[i].text);

		memcpy(file + len, lines[i].text, n);
		len += n;
		file[len++] = '\n';
	}
	fsv_conf_init(&c, file, len);
	for (size_t i = 0; i < COUNT(lines); i++) {
		memset(&line, 0x5a, sizeof(line));
		assert_int_equal(fsv_conf_next(&c, &line), 1);
		assert_int_equal(line.number, i + 1);
		assert_line(&line, i, (struct fsv_str){ file, len });
	}
	line.number = 4711;
	assert_int_equal(fsv_conf_next(&c, &line), 0);
	assert_int_equal(fsv_conf_next(&c, &line), 0);
	assert_int_equal(line.number, 4711);
}

static const struct {
	const char *file;
	unsigned int lines;
} line_counts[] = {
	{ "", 0 },
	{ "\n", 1 },
	{ "\n\n", 2 },
	{ "a", 1 },
	{ "a\n", 1 },
	{ "a\nb", 2 },
	{ "a\r\n\r\nb\r\n", 3 },
	{ "\na", 2 },
};

static void test_line_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(line_counts); i++) {
		struct fsv_conf c;
		struct fsv_conf_line line = { .number = 0 };
		unsigned int n = 0;

		fsv_conf_init(&c, line_counts[i].file, strlen(line_counts[i].file));
		while (fsv_conf_next(&c, &line))
			n++;
		assert_int_equal(n, line_counts[i].lines);
		assert_int_equal(line.number, n);
	}
}

static void test_empty_buffer_may_be_null(void **state)
{
	struct fsv_conf c;
	struct fsv_conf_line line;

	(void)state;
	fsv_conf_init(&c, NULL, 0);
	assert_int_equal(fsv_conf_next(&c, &line), 0);
}

static void test_long_lines(void **state)
{
	char file[FSV_CONF_LINE_MAX + 64];
	struct fsv_conf c;
	struct fsv_conf_line line;

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		size_t len = FSV_CONF_LINE_MAX + extra;

		memset(file, 'x', len);
		file[0] = '#';
		memcpy(file + len, "\nmount_max=3", 12);
		fsv_conf_init(&c, file, len + 12);
		assert_int_equal(fsv_conf_next(&c, &line), 1);
		assert_reason(line.reason, extra ? FSV_R_OVERSIZE : FSV_OK);
		assert_int_equal(line.kind, FSV_CONF_NOTHING);
		assert_int_equal(fsv_conf_next(&c, &line), 1);
		assert_int_equal(line.number, 2);
		assert_int_equal(line.mount_max, 3);
	}
}

/* A NUL anywhere, in a comment too, takes its line out and no other. */
static void test_nul_in_a_line(void **state)
{
	const char *text = "mount_max=3 #c\n";
	size_t len = strlen(text);
	struct fsv_conf c;
	struct fsv_conf_line line;

	(void)state;
	for (size_t i = 0; i + 1 < len; i++) {
		char file[64];

		memcpy(file, text, len);
		memcpy(file + len, text, len);
		file[i] = '\0';
		fsv_conf_init(&c, file, 2 * len);
		assert_int_equal(fsv_conf_next(&c, &line), 1);
		assert_reason(line.reason, FSV_R_INNER_NUL);
		assert_int_equal(line.kind, FSV_CONF_NOTHING);
		assert_int_equal(fsv_conf_next(&c, &line), 1);
		assert_reason(line.reason, FSV_OK);
		assert_int_equal(line.mount_max, 3);
	}
}

static int same_line(const struct fsv_conf_line *a, const struct fsv_conf_line *b)
{
	return a->kind == b->kind && a->reason == b->reason && a->number == b->number &&
	       a->mount_max == b->mount_max && a->rw == b->rw &&
	       fsv_str_same(a->subtype, b->subtype) && fsv_str_same(a->pattern, b->pattern);
}

/* A file cut anywhere: nothing past the cut is read, and all whole lines mean what they meant. */
static void test_every_truncation(void **state)
{
	const char *text = "# all of it\n\nuser_allow_other\nmount_max = 20 # many\n"
			   "service_open_path = ext4 /dev/disk/*/? rw\nbad line\nmount_max=-1";
	struct guard g = guard_new(256);

	(void)state;
	for (size_t len = 0; len <= strlen(text); len++) {
		struct fsv_conf whole, cut;
		struct fsv_conf_line a, b;

		fsv_conf_init(&whole, text, strlen(text));
		fsv_conf_init(&cut, guard_end(&g, text, len), len);
		while (fsv_conf_next(&cut, &b)) {
			assert_int_equal(fsv_conf_next(&whole, &a), 1);
			if (cut.rest.len > 0 || text[len - 1] == '\n')
				assert_true(same_line(&a, &b));
		}
	}
	guard_free(&g);
}

static const struct {
	const char *pattern;
	const char *path;
	int match;
} matches[] = {
	{ "/dev/sda", "/dev/sda", 1 },
	{ "/dev/sda", "/dev/sdb", 0 },
	{ "/dev/sda", "/dev/sda1", 0 },
	{ "/dev/sda1", "/dev/sda", 0 },
	{ "/dev/sd?", "/dev/sda", 1 },
	{ "/dev/sd?", "/dev/sd", 0 },
	{ "/dev/sd?", "/dev/sda1", 0 },
	{ "/dev/sd*", "/dev/sd", 1 },
	{ "/dev/sd*", "/dev/sda1", 1 },
	{ "/dev/*", "/dev/disk/x", 0 },
	{ "/dev/*/x", "/dev/disk/x", 1 },
	{ "/dev/*/x", "/dev/x", 0 },
	{ "/*", "/a", 1 },
	{ "/*", "/a/b", 0 },
	{ "/a*b*c", "/abc", 1 },
	{ "/a*b*c", "/aXbXbYc", 1 },
	{ "/a*b*c", "/aXbXbY", 0 },
	{ "/*a", "/aaab", 0 },
	{ "/*a", "/aaaba", 1 },
	{ "/**", "/a", 1 },
	{ "/a**b", "/ab", 1 },
	{ "/a?*", "/a", 0 },
	{ "/a?*", "/ab", 1 },
	/* longer or shorter than the path */
	{ "/a/b", "/a", 0 },
	{ "/a", "/a/b", 0 },
	{ "/a/*", "/a", 0 },
	/* hidden names only where the dot is written */
	{ "/*", "/.a", 0 },
	{ "/?a", "/.a", 0 },
	{ "/*.a", "/.a", 0 },
	{ "/.*", "/.a", 1 },
	{ "/.?", "/.a", 1 },
	{ "/a*", "/a.b", 1 },
	{ "/a?b", "/a.b", 1 },
	{ "/x/*", "/x/.a", 0 },
	/* no other character is special */
	{ "/[a]", "/a", 0 },
	{ "/[a]", "/[a]", 1 },
	{ "/\\*", "/\\abc", 1 },
	{ "/\\*", "/*", 0 },
	{ "/a\\b", "/a\\b", 1 },
	{ "/{a,b}", "/a", 0 },
	{ "/a,b c", "/a,b c", 1 },
	{ "/?", "/ ", 1 },
	{ "/?", "/\xc3\xa4", 0 },
	{ "/A", "/a", 0 },
	/* paths that could mean something else than they say */
	{ "/*", "/.", 0 },
	{ "/*", "/..", 0 },
	{ "/.*", "/..", 0 },
	{ "/.?", "/..", 0 },
	{ "/a/*", "/a/", 0 },
	{ "/*/b", "//b", 0 },
	{ "/a/b", "/a//b", 0 },
	{ "/a/b", "/a/./b", 0 },
	{ "/a/*/c", "/a/../c", 0 },
	{ "/*", "/", 0 },
	{ "/*", "", 0 },
	{ "/*", "a", 0 },
	/* no patterns */
	{ "", "", 0 },
	{ "", "/a", 0 },
	{ "*", "/a", 0 },
	{ "/", "/", 0 },
	{ "a", "a", 0 },
};

static void test_match(void **state)
{
	struct guard g[2] = { guard_new(64), guard_new(64) };

	(void)state;
	for (size_t i = 0; i < COUNT(matches); i++) {
		struct fsv_str pattern = fsv_str_of(matches[i].pattern);
		struct fsv_str path = fsv_str_of(matches[i].path);

		pattern.s = guard_end(&g[0], pattern.s, pattern.len);
		path.s = guard_end(&g[1], path.s, path.len);
		assert_int_equal(fsv_conf_match(pattern, path), matches[i].match);
	}
	guard_free(&g[0]);
	guard_free(&g[1]);
}

/* The rule for paths, by text search. */
static int is_plain(const char *path)
{
	char closed[16] = "";

	strcat(strcpy(closed, path), "/");
	return path[0] == '/' && !strstr(closed, "//") && !strstr(closed, "/./") &&
	       !strstr(closed, "/../");
}

/* Against fnmatch(3), which says the same of these two wildcards. */
static void test_match_agrees_with_fnmatch(void **state)
{
	char pattern[8] = "/", path[8] = "/";

	(void)state;
	for (uint32_t i = 0; i < strings_up_to("a.*?/", 5); i++) {
		nth_string("a.*?/", i, pattern + 1);
		if (!is_plain(pattern))
			continue;
		for (uint32_t j = 0; j < strings_up_to("ab./", 4); j++) {
			int want;

			nth_string("ab./", j, path + 1);
			want = is_plain(path) &&
			       fnmatch(pattern, path, FNM_PATHNAME | FNM_PERIOD | FNM_NOESCAPE) ==
				       0;
			assert_int_equal(
				fsv_conf_match(fsv_str_of(pattern), fsv_str_of(path)), want);
		}
	}
}

/* A matcher that tries every way a `*` could be filled would not come back from these. */
static void test_hostile_patterns_end(void **state)
{
	char pattern[4096] = "/", path[4096] = "/";

	(void)state;
	for (size_t i = 1; i < sizeof(pattern); i++) {
		pattern[i] = i % 2 ? '*' : 'a';
		path[i] = 'a';
	}
	pattern[sizeof(pattern) - 1] = 'b';
	alarm(60);
	assert_false(fsv_conf_match((struct fsv_str){ pattern, sizeof(pattern) },
		(struct fsv_str){ path, sizeof(path) }));
	path[sizeof(path) - 1] = 'b';
	assert_true(fsv_conf_match((struct fsv_str){ pattern, sizeof(pattern) },
		(struct fsv_str){ path, sizeof(path) }));
	/* the same with a `*` in each of many components */
	for (size_t i = 1; i < sizeof(pattern); i++) {
		pattern[i] = i % 2 ? '*' : '/';
		path[i] = i % 2 ? 'a' : '/';
	}
	assert_false(fsv_conf_match((struct fsv_str){ pattern, sizeof(pattern) },
		(struct fsv_str){ path, sizeof(path) - 2 }));
	assert_true(fsv_conf_match((struct fsv_str){ pattern, sizeof(pattern) },
		(struct fsv_str){ path, sizeof(path) }));
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_a_file),
		cmocka_unit_test(test_line_numbers),
		cmocka_unit_test(test_empty_buffer_may_be_null),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_nul_in_a_line),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_match_agrees_with_fnmatch),
		cmocka_unit_test(test_hostile_patterns_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
