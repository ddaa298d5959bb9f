/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The process that asks a file system whether it answers, with real processes. */
#include <sys/socket.h>

#include "real.h"
#include "session/probe.h"

struct talk {
	int chan;
	int service[2];
};

static void begin(struct talk *t)
{
	assert_int_equal(probe_start(&t->chan), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, t->service), 0);
}

/* The process ends with its channel, and well. */
static void end(struct talk *t)
{
	int status;

	close(t->chan);
	close(t->service[0]);
	close(t->service[1]);
	assert_true(wait(&status) > 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_answers(void **state)
{
	int dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), files = real_open_files(), i;
	struct talk t;

	(void)state;
	begin(&t);
	for (i = 0; i < 3; i++)
		assert_int_equal(probe_ask(t.chan, dir, t.service[0], NULL), 0);
	end(&t);
	assert_int_equal(real_open_files(), files);
	close(dir);
}

/* The service has sent its next command already: the answer is waited for all the same. */
static void test_impatient(void **state)
{
	int dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct talk t;

	(void)state;
	begin(&t);
	assert_int_equal(send(t.service[1], "x", 1, 0), 1);
	assert_int_equal(probe_ask(t.chan, dir, t.service[0], NULL), 0);
	end(&t);
	close(dir);
}

static void test_service_gone(void **state)
{
	int dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct talk t;

	(void)state;
	begin(&t);
	close(t.service[1]);
	assert_int_equal(probe_ask(t.chan, dir, t.service[0], NULL), -ECONNRESET);
	t.service[1] = -1;
	end(&t);
	close(dir);
}

/* A file that cannot be asked, and none at all. */
static void test_errors(void **state)
{
	struct talk t;

	(void)state;
	begin(&t);
	assert_int_equal(probe_ask(t.chan, 1000, t.service[0], NULL), -EBADF);
	assert_int_equal(probe_ask(t.chan, -1, t.service[0], NULL), -EBADF);
	end(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_impatient),
		cmocka_unit_test(test_service_gone),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
