/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* fuse.conf as a file: what it may be, and what counts where it is not readable. */
#include "config.h"
#include "real.h"

static const struct {
	const char *text;
	bool allow_other;
	int32_t mount_max;
} files[] = {
	{ "", false, 1000 },
	{ "\n\n", false, 1000 },
	{ "# user_allow_other\n", false, 1000 },
	{ "user_allow_other", true, 1000 },
	{ "user_allow_other\nmount_max = 5\n", true, 5 },
	{ "mount_max=0", false, 0 },
	{ "mount_max = -1", false, -1 },
	{ "mount_max = -2", false, 1000 },
	{ "mount_max = many\nmount_max = 7\n", false, 7 },
	{ "mount_max = 7\nmount_max = 8\n", false, 8 },
	{ "nonsense\nuser_allow_other\n", true, 1000 },
	{ "user_allow_other yes\n", false, 1000 },
};

static void test_texts(void **state)
{
	struct config config;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(files); i++) {
		real_file("conf", files[i].text);
		config_read(&config, "conf");
		assert_false(config.unusable);
		assert_int_equal(config.user_allow_other, files[i].allow_other);
		assert_int_equal(config.mount_max, files[i].mount_max);
	}
}

static void assert_unusable(const char *path)
{
	struct config config;
	int open_files = real_open_files();

	config_read(&config, path);
	assert_true(config.unusable);
	assert_false(config.user_allow_other);
	assert_int_equal(config_may_open(&config, "x", S("/a")), CONFIG_OPEN_NO);
	assert_int_equal(real_open_files(), open_files);
}

static void test_missing(void **state)
{
	struct config config;

	(void)state;
	config_read(&config, "missing");
	assert_false(config.unusable);
	assert_int_equal(config.mount_max, 1000);
	assert_int_equal(config_may_open(&config, "x", S("/a")), CONFIG_OPEN_NO);
}

static void test_unusable(void **state)
{
	static char text[CONFIG_SIZE_MAX + 1];
	struct config config;

	(void)state;
	assert_int_equal(mkdir("folder", 0755), 0);
	assert_unusable("folder");
	/* Nobody writes to it: who opened it without care would wait for ever. */
	assert_int_equal(mkfifo("pipe", 0644), 0);
	assert_unusable("pipe");
	real_link("loop", "loop");
	assert_unusable("loop");
	real_file("file", "");
	assert_unusable("file/below");
	assert_unusable("/dev/zero");
	memset(text, '\n', CONFIG_SIZE_MAX);
	real_file("long", text);
	assert_unusable("long");
	text[CONFIG_SIZE_MAX - 1] = '\0';
	real_file("long", text);
	config_read(&config, "long");
	assert_false(config.unusable);
}

/* Only the owner may read it: an ordinary user gets nothing. */
static int read_as_nobody(void *arg)
{
	struct config config;

	(void)arg;
	if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
		return 1;
	config_read(&config, "private");
	return config.unusable ? 0 : 2;
}

static void test_private(void **state)
{
	(void)state;
	real_file("private", "user_allow_other\n");
	assert_int_equal(chmod("private", geteuid() == 0 ? 0600 : 0), 0);
	assert_int_equal(real_in_child(read_as_nobody, NULL), 0);
}

static void test_may_open(void **state)
{
	struct config config;

	(void)state;
	real_file("conf", "service_open_path = x /a\n"
			  "service_open_path = x /b/* rw\n"
			  "service_open_path = x /b/c\n"
			  "service_open_path = y /y rw\n"
			  "service_open_path = x relative\n");
	config_read(&config, "conf");
	assert_int_equal(config_may_open(&config, "x", S("/a")), CONFIG_OPEN_RO);
	assert_int_equal(config_may_open(&config, "x", S("/b/c")), CONFIG_OPEN_RW);
	assert_int_equal(config_may_open(&config, "x", S("/b/.c")), CONFIG_OPEN_NO);
	assert_int_equal(config_may_open(&config, "x", S("/b/c/d")), CONFIG_OPEN_NO);
	assert_int_equal(config_may_open(&config, "x", S("/y")), CONFIG_OPEN_NO);
	assert_int_equal(config_may_open(&config, "y", S("/y")), CONFIG_OPEN_RW);
	assert_int_equal(config_may_open(&config, "x", S("relative")), CONFIG_OPEN_NO);
	assert_int_equal(config_may_open(&config, "", S("/a")), CONFIG_OPEN_NO);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, real_setup, real_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_FOLDER(test_texts),
		IN_FOLDER(test_missing),
		IN_FOLDER(test_unusable),
		IN_FOLDER(test_private),
		IN_FOLDER(test_may_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
