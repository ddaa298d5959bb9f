/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What reaches a terminal: one line in one write, and nothing in it that a terminal acts upon. */
#include "real.h"
#include "say.h"

/* Standard error and output go into a pipe of packets while a test prints. */
static int pipe_end[2], saved[3];

static void begin(void)
{
	int fd;

	fflush(stdout);
	assert_int_equal(pipe2(pipe_end, O_CLOEXEC | O_DIRECT | O_NONBLOCK), 0);
	for (fd = 1; fd <= 2; fd++) {
		saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
		assert_int_equal(dup2(pipe_end[1], fd), fd);
	}
}

/* What has been printed by one write; "" where there was none. */
static const char *end(void)
{
	static char text[8192];
	ssize_t n = read(pipe_end[0], text, sizeof(text) - 1);
	int fd;

	for (fd = 1; fd <= 2; fd++) {
		dup2(saved[fd], fd);
		close(saved[fd]);
	}
	close(pipe_end[0]);
	close(pipe_end[1]);
	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void test_line(void **state)
{
	(void)state;
	begin();
	say("%s is %d", "a", 1);
	assert_string_equal(end(), "fuservicemount3: a is 1\n");
}

static void test_escapes(void **state)
{
	(void)state;
	begin();
	say("%s", said(S("a\n\033[2J\x7f\0\xc2\x9b\\ b")));
	assert_string_equal(end(), "fuservicemount3: a\\x0a\\x1b[2J\\x7f\\x00\\xc2\\x9b\\ b\n");
}

/* However long it is, it is one line that ends. */
static void test_long(void **state)
{
	static char text[5000];
	const char *printed;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	begin();
	say("%s", text);
	printed = end();
	assert_in_range(strlen(printed), 1000, 2048);
	assert_ptr_equal(strchr(printed, '\n'), printed + strlen(printed) - 1);
	begin();
	say("%s.", said_text(text));
	printed = end();
	assert_in_range(strlen(printed), 400, 600);
	assert_string_equal(printed + strlen(printed) - 5, "....\n");
}

/* Four texts in one message. */
static void test_four(void **state)
{
	(void)state;
	begin();
	say("%s%s%s%s", said_text("a"), said_text("b"), said_text("c"), said_text("d"));
	assert_string_equal(end(), "fuservicemount3: abcd\n");
	assert_string_equal(said(fsv_str_of(NULL)), "");
}

static void test_errors(void **state)
{
	(void)state;
	assert_string_equal(said_error(-ENOENT), "No such file or directory");
	assert_string_equal(said_error(ENOENT), "No such file or directory");
	assert_string_equal(said_error(-4000), "Unknown error");
}

/* --help into a full disk is a failure. */
static void test_output(void **state)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), out, ret;

	(void)state;
	begin();
	assert_int_equal(print_line("%s", "a line"), 0);
	assert_string_equal(end(), "a line\n");
	assert_true(full >= 0);
	fflush(stdout);
	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	dup2(full, STDOUT_FILENO);
	ret = print_line("%s", "a line");
	dup2(out, STDOUT_FILENO);
	close(out);
	close(full);
	assert_int_equal(ret, -EIO);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_four),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
