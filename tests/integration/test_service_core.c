/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The core of the server library, in-process, with a helper that has said everything beforehand. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_sys.h"
#include "fsv_wire.h"
#include "peer.h"

static const char *const words[] = { "subtype", "first", "", "-o", "a,b", NULL };

/* A peer and a service with the handshake behind them. */
static struct fsv_service *started(struct peer *p)
{
	struct fsv_service *s;
	struct fsv_msg msg;

	peer_begin(p);
	peer_handshake(p, words);
	assert_int_equal(peer_start(p, &s), 0);
	assert_int_equal(peer_next(p, &msg), FSV_HELLO_REPLY);
	assert_int_equal(msg.hello_reply.version, 1);
	return s;
}

static void finished(struct peer *p, struct fsv_service *s)
{
	fsv_service_free(s);
	peer_end(p);
}

static void assert_said(const struct peer *p, const char *part)
{
	int found = strstr(p->said, part) != NULL;

	if (!found)
		print_error("it said: %s", p->said);
	assert_true(found);
}

static int ask(struct fsv_service *s, const char *path)
{
	struct fsv_wanted wanted = { .path = path, .open_flags = O_RDONLY };

	return fsv_service_ask(s, &wanted);
}

/* --- the handshake */

static void test_handshake_gives_words_flags_and_device(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	uint32_t i;
	int fd;

	(void)state;
	assert_int_equal(fsv_service_hello_flags(s), FSV_HELLO_ALLOW_OTHER);
	assert_int_equal(fsv_service_argc(s), 5);
	for (i = 0; i < 5; i++)
		assert_string_equal(fsv_service_arg(s, i), words[i]);
	fd = fsv_service_fusedev(s);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fsv_service_take_fusedev(s), fd);
	assert_int_equal(fsv_service_fusedev(s), -1);
	close(fd);
	finished(&p, s);
}

static void test_handshake_takes_8_s_at_most(void **state)
{
	struct peer p;
	struct fsv_service *s = (struct fsv_service *)&p;
	long long begun;

	(void)state;
	peer_begin(&p);
	begun = faulty_sys.now_ms;
	assert_int_equal(peer_start(&p, &s), -ETIMEDOUT);
	assert_null(s);
	assert_int_equal(faulty_sys.now_ms - begun, 8000);
	assert_said(&p, "does not answer");
	peer_end(&p);
}

static struct peer *slow;
static int slow_step;

/* Two packets 3 s apart, and then nothing. */
static void dribble(void)
{
	if (slow_step == 2)
		return;
	faulty_sys.now_ms += 3000;
	if (slow_step++ == 0)
		peer_hello(slow, 0);
	else
		peer_argv(slow, words);
}

static void test_handshake_8_s_are_for_all_of_it(void **state)
{
	struct fsv_service *s;
	struct fsv_msg msg;
	long long begun;
	struct peer p;

	(void)state;
	peer_begin(&p);
	slow = &p;
	slow_step = 0;
	faulty_sys.on_wait = dribble;
	begun = faulty_sys.now_ms;
	assert_int_equal(peer_start(&p, &s), -ETIMEDOUT);
	assert_int_equal(faulty_sys.now_ms - begun, 8000);
	assert_int_equal(peer_next(&p, &msg), FSV_HELLO_REPLY);
	assert_int_equal(peer_next(&p, &msg), FSV_BYE);
	assert_int_equal(msg.exit_code, 1);
	assert_int_equal(peer_next(&p, &msg), FSV_NONE);
	peer_end(&p);
}

static void test_handshake_without_a_common_version_closes(void **state)
{
	static const uint8_t hello[] = { 'S', 'A', 'F', 'T', 0, 2, 0, 9, 0, 0, 0, 0 };
	struct fsv_service *s;
	struct fsv_msg msg;
	struct peer p;

	(void)state;
	peer_begin(&p);
	peer_send(&p, hello, sizeof(hello), -1);
	assert_int_equal(peer_start(&p, &s), -EPROTONOSUPPORT);
	assert_said(&p, "versions 2 to 9");
	assert_int_equal(peer_next(&p, &msg), FSV_NONE);
	peer_end(&p);
}

static void test_handshake_ended_by_a_signal(void **state)
{
	struct fsv_service *s;
	struct peer p;

	(void)state;
	peer_begin(&p);
	faulty_sys.raise_at = 1;
	assert_int_equal(peer_start(&p, &s), -EINTR);
	peer_end(&p);
}

/* --- files */

static void test_files_come_in_any_order(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), got = 5;
	int before;

	(void)state;
	assert_int_equal(ask(s, "/a"), 0);
	assert_int_equal(ask(s, "/b"), 0);
	assert_int_equal(ask(s, "/c"), 0);
	peer_file(&p, "/c", ENOENT, -1);
	peer_file(&p, "/a", 0, fd);
	peer_file(&p, "/b", 4095, -1);
	close(fd);
	before = open_files();
	assert_int_equal(fsv_service_answer(s, "/b", &got), 0);
	assert_int_equal(got, -4095);
	assert_int_equal(open_files(), before + 1);
	assert_int_equal(fsv_service_answer(s, "/a", &got), 0);
	assert_true(got >= 0);
	assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
	close(got);
	assert_int_equal(fsv_service_answer(s, "/c", &got), 0);
	assert_int_equal(got, -ENOENT);
	assert_int_equal(fsv_service_answer(s, "/c", &got), -EINVAL);
	assert_int_equal(got, -ENOENT);
	finished(&p, s);
}

static void test_files_of_one_path_are_answered_in_order(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	int got;

	(void)state;
	assert_int_equal(ask(s, "/a"), 0);
	assert_int_equal(ask(s, "/b"), 0);
	assert_int_equal(ask(s, "/a"), 0);
	peer_file(&p, "/a", EACCES, -1);
	peer_file(&p, "/a", EROFS, -1);
	peer_file(&p, "/b", EIO, -1);
	assert_int_equal(fsv_service_answer(s, "/b", &got), 0);
	assert_int_equal(got, -EIO);
	assert_int_equal(fsv_service_answer(s, "/a", &got), 0);
	assert_int_equal(got, -EACCES);
	assert_int_equal(fsv_service_answer(s, "/a", &got), 0);
	assert_int_equal(got, -EROFS);
	finished(&p, s);
}

static void test_files_that_nobody_fetches_are_closed(void **state)
{
	int before = open_files();
	struct peer p;
	struct fsv_service *s = started(&p);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), got;

	(void)state;
	assert_int_equal(ask(s, "/a"), 0);
	assert_int_equal(ask(s, "/b"), 0);
	peer_file(&p, "/a", 0, fd);
	peer_file(&p, "/b", EIO, -1);
	close(fd);
	assert_int_equal(fsv_service_answer(s, "/b", &got), 0);
	finished(&p, s);
	assert_int_equal(open_files(), before);
}

static const struct {
	const char *name;
	const char *path;
	uint32_t error;
	int with_file;
	const char *message;
} bad_files[] = {
	{ "a path that was not asked for", "/b", 0, 1, "which was not asked for" },
	{ "a longer path", "/ab", 0, 1, "which was not asked for" },
	{ "no file and no error", "/a", 0, 0, "without an error or a file" },
	{ "a file and an error", "/a", EIO, 1, "both an error and a file" },
};

static void test_files_bad_answers_break_the_conversation(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad_files); i++) {
		int before = open_files(), got = 7;
		struct peer p;
		struct fsv_service *s = started(&p);
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		assert_int_equal(ask(s, "/a"), 0);
		peer_file(&p, bad_files[i].path, bad_files[i].error,
			bad_files[i].with_file ? fd : -1);
		close(fd);
		assert_int_equal(fsv_service_answer(s, "/a", &got), -EBADMSG);
		assert_int_equal(got, 7);
		assert_said(&p, bad_files[i].message);
		assert_int_equal(fsv_service_answer(s, "/a", &got), -ENOTCONN);
		assert_int_equal(ask(s, "/a"), -ENOTCONN);
		finished(&p, s);
		assert_int_equal(open_files(), before);
	}
}

static void test_files_an_answer_takes_60_s_at_most(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	long long begun = faulty_sys.now_ms;
	int got;

	(void)state;
	assert_int_equal(ask(s, "/a"), 0);
	assert_int_equal(fsv_service_answer(s, "/a", &got), -ETIMEDOUT);
	assert_int_equal(faulty_sys.now_ms - begun, 60000);
	peer_file(&p, "/a", EIO, -1);
	assert_int_equal(fsv_service_answer(s, "/a", &got), -ENOTCONN);
	finished(&p, s);
}

static void test_files_a_signal_ends_the_wait_and_it_can_go_on(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	int got;

	(void)state;
	assert_int_equal(ask(s, "/a"), 0);
	faulty_sys.raise_at = faulty_sys.waits + 1;
	assert_int_equal(fsv_service_answer(s, "/a", &got), -EINTR);
	assert_said(&p, "a signal");
	peer_file(&p, "/a", EIO, -1);
	assert_int_equal(fsv_service_answer(s, "/a", &got), 0);
	assert_int_equal(got, -EIO);
	finished(&p, s);
}

static int always(void *cookie)
{
	(void)cookie;
	return 1;
}

static void test_files_a_signal_before_the_wait_is_not_missed(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	int got, waits = faulty_sys.waits;

	(void)state;
	assert_int_equal(ask(s, "/a"), 0);
	fsv_service_stop_when(s, always, NULL);
	assert_int_equal(fsv_service_answer(s, "/a", &got), -EINTR);
	assert_int_equal(faulty_sys.waits, waits);
	finished(&p, s);
}

static void test_files_requests_that_cannot_be_sent(void **state)
{
	static char path[65536 - 4 - 16];
	struct fsv_wanted wanted = { .path = path };
	struct peer p;
	struct fsv_service *s = started(&p);
	struct fsv_msg msg;

	(void)state;
	memset(path, 'a', sizeof(path) - 1);
	assert_int_equal(ask(s, ""), -EINVAL);
	assert_int_equal(ask(s, NULL), -EINVAL);
	wanted.open_flags = O_PATH;
	assert_int_equal(fsv_service_ask(s, &wanted), -EINVAL);
	wanted.open_flags = O_RDWR;
	wanted.request_flags = 2;
	assert_int_equal(fsv_service_ask(s, &wanted), -EINVAL);
	wanted.request_flags = 0;
	wanted.block_size = 512;
	assert_int_equal(fsv_service_ask(s, &wanted), -EINVAL);
	assert_int_equal(peer_next(&p, &msg), FSV_KINDS);
	/* The longest that fits, and one more. */
	assert_int_equal(ask(s, path), 0);
	assert_int_equal(peer_next(&p, &msg), FSV_OPEN);
	assert_int_equal(msg.open.path.len, sizeof(path) - 1);
	{
		static char longer[sizeof(path) + 1];

		memset(longer, 'a', sizeof(longer) - 1);
		assert_int_equal(ask(s, longer), -ENAMETOOLONG);
	}
	assert_int_equal(peer_next(&p, &msg), FSV_KINDS);
	finished(&p, s);
}

static void test_files_request_fields_on_the_wire(void **state)
{
	struct fsv_wanted wanted = { .path = "/dev/sdb",
		.open_flags = O_RDWR | O_EXCL | O_DIRECT,
		.create_mode = 0640,
		.request_flags = FSV_OPEN_QUIET,
		.blockdev = 1,
		.block_size = 4096 };
	struct peer p;
	struct fsv_service *s = started(&p);
	struct fsv_msg msg;

	(void)state;
	assert_int_equal(fsv_service_ask(s, &wanted), 0);
	assert_int_equal(peer_next(&p, &msg), FSV_OPEN_BDEV);
	assert_int_equal(msg.open.open_flags, FSV_O_RDWR | FSV_O_EXCL | FSV_O_DIRECT);
	assert_int_equal(msg.open.create_mode, 0640);
	assert_int_equal(msg.open.request_flags, FSV_OPEN_QUIET);
	assert_int_equal(msg.open.block_size, 4096);
	assert_view(msg.open.path, S("/dev/sdb"));
	finished(&p, s);
}

static void test_files_that_are_refused_are_not_taken(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), before, got;

	(void)state;
	assert_int_equal(ask(s, "/a"), 0);
	peer_file(&p, "/a", 0, fd);
	close(fd);
	before = open_files();
	fsv_service_refuse_files(s);
	assert_int_equal(fsv_service_answer(s, "/a", &got), 0);
	assert_int_equal(got, -EBADF);
	assert_int_equal(open_files(), before);
	/* Questions may still be asked: whether the mount point answers, for one. */
	assert_int_equal(ask(s, "/mnt"), 0);
	peer_file(&p, "/mnt", EISDIR, -1);
	assert_int_equal(fsv_service_answer(s, "/mnt", &got), 0);
	assert_int_equal(got, -EISDIR);
	finished(&p, s);
}

/* --- the mount */

static const struct fsv_mount whole = { .source = "source",
	.mountpoint = "mnt",
	.format = S_IFDIR,
	.mntopts = "allow_other",
	.mtabopts = "x-a",
	.ms_flags = FSV_MS_NOSUID };
static const enum fsv_kind in_order[] = { FSV_FSOPEN, FSV_SOURCE, FSV_MNTPT, FSV_MNTOPTS,
	FSV_MTABOPTS, FSV_MOUNT };

static void test_mount_in_the_order_of_the_wire(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	struct fsv_msg msg;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(in_order); i++)
		peer_reply(&p, 0);
	assert_int_equal(fsv_service_mount(s, &whole), 0);
	for (i = 0; i < COUNT(in_order); i++)
		assert_int_equal(peer_next(&p, &msg), in_order[i]);
	assert_int_equal(msg.ms_flags, FSV_MS_NOSUID);
	peer_reply(&p, 0);
	assert_int_equal(fsv_service_unmount(s), 0);
	assert_int_equal(peer_next(&p, &msg), FSV_UNMOUNT);
	assert_int_equal(fsv_service_unmount(s), -EINVAL);
	finished(&p, s);
}

static void test_mount_without_options_says_nothing_of_them(void **state)
{
	struct fsv_mount bare = { .fuseblk = 1, .source = "a", .mountpoint = "b" };
	struct peer p;
	struct fsv_service *s = started(&p);
	struct fsv_msg msg;
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		peer_reply(&p, 0);
	assert_int_equal(fsv_service_mount(s, &bare), 0);
	assert_int_equal(peer_next(&p, &msg), FSV_FSOPEN);
	assert_int_equal(msg.fsopen_flags, FSV_FSOPEN_FUSEBLK);
	assert_int_equal(peer_next(&p, &msg), FSV_SOURCE);
	assert_int_equal(peer_next(&p, &msg), FSV_MNTPT);
	assert_int_equal(msg.mntpt.expected_format, 0);
	assert_int_equal(peer_next(&p, &msg), FSV_MOUNT);
	finished(&p, s);
}

static void test_mount_each_command_refused(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(in_order); i++) {
		struct peer p;
		struct fsv_service *s = started(&p);
		struct fsv_msg msg;
		size_t last = i == 5 ? 6 : 5;

		for (k = 0; k < last; k++)
			peer_reply(&p, k == i ? EPERM : 0);
		assert_int_equal(fsv_service_mount(s, &whole), -EPERM);
		assert_said(&p, fsv_kind_name(in_order[i]));
		for (k = 0; k < last; k++)
			assert_int_equal(peer_next(&p, &msg), in_order[k]);
		assert_int_equal(fsv_service_goodbye(s, 1), 0);
		assert_int_equal(peer_next(&p, &msg), FSV_BYE);
		assert_int_equal(peer_next(&p, &msg), FSV_NONE);
		finished(&p, s);
	}
}

static void test_mount_the_first_of_several_refusals_counts(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);

	(void)state;
	peer_reply(&p, 0);
	peer_reply(&p, EINVAL);
	peer_reply(&p, EPERM);
	peer_reply(&p, 0);
	peer_reply(&p, EIO);
	assert_int_equal(fsv_service_mount(s, &whole), -EINVAL);
	finished(&p, s);
}

static void test_mount_after_a_refusal_the_rest_is_not_waited_for_long(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	long long begun = faulty_sys.now_ms;
	struct fsv_msg msg;
	int i;

	(void)state;
	peer_reply(&p, ENODEV);
	assert_int_equal(fsv_service_mount(s, &whole), -ENODEV);
	assert_true(faulty_sys.now_ms - begun <= 1000);
	for (i = 0; i < 5; i++)
		assert_int_not_equal(peer_next(&p, &msg), FSV_MOUNT);
	(void)fsv_service_goodbye(s, 1);
	assert_int_equal(peer_next(&p, &msg), FSV_BYE);
	assert_int_equal(msg.exit_code, 1);
	finished(&p, s);
}

static void test_mount_waits_60_s_for_each_answer(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	long long begun = faulty_sys.now_ms;
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		peer_reply(&p, 0);
	assert_int_equal(fsv_service_mount(s, &whole), -ETIMEDOUT);
	assert_int_equal(faulty_sys.now_ms - begun, 60000);
	finished(&p, s);
}

static void test_mount_files_that_are_still_due_may_come_between(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	int i, got;

	(void)state;
	assert_int_equal(ask(s, "/late"), 0);
	for (i = 0; i < 6; i++) {
		if (i == 3)
			peer_file(&p, "/late", ENOENT, -1);
		peer_reply(&p, 0);
	}
	assert_int_equal(fsv_service_mount(s, &whole), 0);
	assert_int_equal(fsv_service_answer(s, "/late", &got), 0);
	assert_int_equal(got, -ENOENT);
	finished(&p, s);
}

static void test_mount_a_reply_that_is_not_due_breaks_the_conversation(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	int got;

	(void)state;
	assert_int_equal(ask(s, "/a"), 0);
	peer_reply(&p, 0);
	assert_int_equal(fsv_service_answer(s, "/a", &got), -EBADMSG);
	assert_said(&p, "not due");
	finished(&p, s);
}

static void test_mount_strings_that_do_not_fit(void **state)
{
	static char text[65536 - 4];
	struct fsv_mount m = whole;
	struct peer p;
	struct fsv_service *s = started(&p);
	struct fsv_msg msg;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	m.source = text; /* the longest that fits */
	m.mountpoint = text;
	assert_int_equal(fsv_service_mount(s, &m), -ENAMETOOLONG);
	assert_int_equal(peer_next(&p, &msg), FSV_FSOPEN);
	assert_int_equal(peer_next(&p, &msg), FSV_SOURCE);
	assert_int_equal(msg.text.len, sizeof(text) - 1);
	assert_int_equal(peer_next(&p, &msg), FSV_KINDS);
	finished(&p, s);
}

/* --- goodbye */

static void test_goodbye_arrives_though_packets_are_unread(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	struct fsv_msg msg;

	(void)state;
	peer_reply(&p, 0);
	peer_reply(&p, 0);
	assert_int_equal(fsv_service_goodbye(s, 3), 0);
	assert_int_equal(peer_next(&p, &msg), FSV_BYE);
	assert_int_equal(msg.exit_code, 3);
	assert_int_equal(peer_next(&p, &msg), FSV_NONE);
	assert_int_equal(fsv_service_goodbye(s, 0), 0);
	assert_int_equal(ask(s, "/a"), -ENOTCONN);
	finished(&p, s);
}

static void test_goodbye_that_cannot_be_delivered(void **state)
{
	struct peer p;
	struct fsv_service *s = started(&p);
	int i;

	(void)state;
	peer_end(&p);
	assert_int_equal(fsv_service_goodbye(s, 0), -EPIPE);
	fsv_service_free(s);

	s = started(&p);
	for (i = 0; i < 6; i++)
		peer_reply(&p, 0);
	assert_int_equal(fsv_service_mount(s, &whole), 0);
	peer_end(&p);
	assert_int_equal(fsv_service_goodbye(s, 0), 0);
	fsv_service_free(s);
}

static void test_closing_and_freeing_twice(void **state)
{
	int before = open_files();
	struct peer p;
	struct fsv_service *s = started(&p);

	(void)state;
	fsv_service_close(s);
	fsv_service_close(s);
	assert_int_equal(fsv_service_goodbye(s, 0), 0);
	fsv_service_free(s);
	fsv_service_free(NULL);
	fsv_service_close(NULL);
	peer_end(&p);
	assert_int_equal(open_files(), before);
}

/* --- everything fails once */

/* A whole session. 0 or the first error. */
static int whole_session(struct peer *p)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), got = -1, ret, i;
	struct fsv_service *s;

	peer_handshake(p, words);
	ret = peer_start(p, &s);
	if (ret) {
		assert_null(s);
		close(fd);
		return ret;
	}
	peer_file(p, "/a", 0, fd);
	close(fd);
	ret = ask(s, "/a");
	if (!ret)
		ret = fsv_service_answer(s, "/a", &got);
	if (!ret)
		close(got);
	fsv_service_refuse_files(s);
	for (i = 0; i < 6; i++)
		peer_reply(p, 0);
	if (!ret)
		ret = fsv_service_mount(s, &whole);
	i = fsv_service_goodbye(s, ret ? 1 : 0);
	fsv_service_free(s);
	return ret ? ret : i;
}

static void test_each_system_call_fails_once(void **state)
{
	static const int errors[] = { EIO, EINTR, ENOMEM, EPIPE };
	int before = open_files(), failures = 0, at, calls;
	struct peer p;
	size_t e;

	(void)state;
	peer_begin(&p);
	assert_int_equal(whole_session(&p), 0);
	calls = faulty_sys.calls;
	peer_end(&p);
	assert_true(calls > 20);
	for (e = 0; e < COUNT(errors); e++) {
		for (at = 1; at <= calls; at++) {
			peer_begin(&p);
			faulty_sys.fail_at = at;
			faulty_sys.fail_errno = errors[e];
			failures += whole_session(&p) != 0;
			peer_end(&p);
			assert_int_equal(open_files(), before);
		}
	}
	/* Only what may fail unnoticed does: the socket option, BYE after the mount, the reading
	 * up after it, and a read(2) that a signal interrupts. */
	assert_true(failures >= (calls - 5) * (int)COUNT(errors));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshake_gives_words_flags_and_device),
		cmocka_unit_test(test_handshake_takes_8_s_at_most),
		cmocka_unit_test(test_handshake_8_s_are_for_all_of_it),
		cmocka_unit_test(test_handshake_without_a_common_version_closes),
		cmocka_unit_test(test_handshake_ended_by_a_signal),
		cmocka_unit_test(test_files_come_in_any_order),
		cmocka_unit_test(test_files_of_one_path_are_answered_in_order),
		cmocka_unit_test(test_files_that_nobody_fetches_are_closed),
		cmocka_unit_test(test_files_bad_answers_break_the_conversation),
		cmocka_unit_test(test_files_an_answer_takes_60_s_at_most),
		cmocka_unit_test(test_files_a_signal_ends_the_wait_and_it_can_go_on),
		cmocka_unit_test(test_files_a_signal_before_the_wait_is_not_missed),
		cmocka_unit_test(test_files_requests_that_cannot_be_sent),
		cmocka_unit_test(test_files_request_fields_on_the_wire),
		cmocka_unit_test(test_files_that_are_refused_are_not_taken),
		cmocka_unit_test(test_mount_in_the_order_of_the_wire),
		cmocka_unit_test(test_mount_without_options_says_nothing_of_them),
		cmocka_unit_test(test_mount_each_command_refused),
		cmocka_unit_test(test_mount_the_first_of_several_refusals_counts),
		cmocka_unit_test(test_mount_after_a_refusal_the_rest_is_not_waited_for_long),
		cmocka_unit_test(test_mount_waits_60_s_for_each_answer),
		cmocka_unit_test(test_mount_files_that_are_still_due_may_come_between),
		cmocka_unit_test(test_mount_a_reply_that_is_not_due_breaks_the_conversation),
		cmocka_unit_test(test_mount_strings_that_do_not_fit),
		cmocka_unit_test(test_goodbye_arrives_though_packets_are_unread),
		cmocka_unit_test(test_goodbye_that_cannot_be_delivered),
		cmocka_unit_test(test_closing_and_freeing_twice),
		cmocka_unit_test(test_each_system_call_fails_once),
	};

	return cmocka_run_group_tests_name("service core", tests, NULL, NULL);
}
