/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What the server library takes from systemd: exactly one connected AF_UNIX SOCK_SEQPACKET socket.
 * Each case has a process of its own, since the files have to be 3 and those behind it.
 */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peer.h"

static const char *const words[] = { "subtype", "image", NULL };

struct row {
	const char *pid; /* LISTEN_PID; NULL: the process's own */
	const char *fds; /* LISTEN_FDS */
	int (*make)(void);
	int want;
	const char *said;
};

static void keep_line(void *cookie, const char *line)
{
	snprintf(cookie, 256, "%s", line);
}

/* Whether all is as it should be after the row's files were passed. */
static int takes(const struct row *row)
{
	struct fsv_service *s = (struct fsv_service *)(uintptr_t)row;
	char said[256] = "", pid[16];
	int ret, fd = row->make();

	if (fd != 3 && (dup2(fd, 3) != 3 || close(fd)))
		return 0;
	(void)dup2(3, 4);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (setenv("LISTEN_PID", row->pid ? row->pid : pid, 1) || setenv("LISTEN_FDS", row->fds, 1))
		return 0;
	ret = fsv_service_accept(keep_line, said, &s);
	if (ret != row->want || s || !strstr(said, row->said) || getenv("LISTEN_FDS")) {
		print_error("%d, said: %s\n", ret, said);
		return 0;
	}
	/* What was passed is closed, but where nothing was passed to this process. */
	return (fcntl(3, F_GETFD) < 0) == (ret == -EINVAL && *row->fds != 'x');
}

static int in_child(int (*check)(const struct row *), const struct row *row)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		exit(check(row) ? 0 : 1);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status == 0;
}

static int a_file(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int one_of_pair(int type)
{
	int pair[2];

	return socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair) ? -1 : pair[0];
}

static int a_stream(void)
{
	return one_of_pair(SOCK_STREAM);
}

static int a_connection(void)
{
	return one_of_pair(SOCK_SEQPACKET);
}

static int unconnected(void)
{
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
}

static int listening(void)
{
	struct sockaddr_un none = { .sun_family = AF_UNIX };
	int fd = unconnected();

	/* An address that the kernel chooses. */
	return bind(fd, (struct sockaddr *)&none, sizeof(none.sun_family)) || listen(fd, 1) ? -1
											    : fd;
}

static void test_what_is_no_connection(void **state)
{
	static const struct row rows[] = {
		{ "1", "1", a_file, 0, "" }, /* passed to another process */
		{ NULL, "x", a_file, -EINVAL, "LISTEN_FDS of the socket activation is wrong" },
		{ NULL, "2", a_connection, -EINVAL, "more than one file" },
		{ NULL, "1", a_file, -EINVAL, "did not pass a connected" },
		{ NULL, "1", a_stream, -EINVAL, "did not pass a connected" },
		{ NULL, "1", unconnected, -EINVAL, "did not pass a connected" },
		{ NULL, "1", listening, -EINVAL, "did not pass a connected" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!in_child(takes, &rows[i]))
			fail_msg("row %zu: %s", i, rows[i].said);
	}
}

static int takes_in_silence(const struct row *row)
{
	struct fsv_service *s;
	char pid[16];

	(void)row;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return dup2(a_file(), 3) == 3 && !setenv("LISTEN_PID", pid, 1) &&
	       !setenv("LISTEN_FDS", "1", 1) && fsv_service_accept(NULL, NULL, &s) == -EINVAL;
}

static void test_nobody_need_listen(void **state)
{
	(void)state;
	assert_true(in_child(takes_in_silence, NULL));
}

static struct peer peer;

/* With standard files closed, as a unit may have them. */
static int takes_connection(const struct row *row)
{
	struct fsv_service *s = NULL;
	char pid[16];
	int good;

	(void)row;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (dup2(peer.theirs, 3) != 3 || setenv("LISTEN_PID", pid, 1) ||
		setenv("LISTEN_FDS", "1", 1))
		return 0;
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	good = fsv_service_accept(NULL, NULL, &s) == 0 && s && fsv_service_argc(s) == 2 &&
	       fsv_service_fusedev(s) > STDERR_FILENO && fcntl(3, F_GETFD) == FD_CLOEXEC;
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		good = good && fcntl(fd, F_GETFD) == 0;
	fsv_service_free(s);
	return good;
}

static void test_a_connection_and_no_file_below_3(void **state)
{
	struct fsv_msg msg;

	(void)state;
	peer_begin(&peer);
	peer_handshake(&peer, words);
	assert_true(in_child(takes_connection, NULL));
	assert_int_equal(peer_next(&peer, &msg), FSV_HELLO_REPLY);
	peer_end(&peer);
}

static int no_number_is_left(const struct row *row)
{
	struct fsv_service *s = NULL;
	struct rlimit all, few;
	char pid[16];
	int ret;

	(void)row;
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (dup2(a_connection(), 3) != 3 || setenv("LISTEN_PID", pid, 1) ||
		setenv("LISTEN_FDS", "1", 1) || getrlimit(RLIMIT_NOFILE, &all))
		return 0;
	few = all;
	few.rlim_cur = 1;
	ret = setrlimit(RLIMIT_NOFILE, &few) ? 0 : fsv_service_accept(NULL, NULL, &s);
	return !setrlimit(RLIMIT_NOFILE, &all) && ret == -EMFILE && !s && fcntl(3, F_GETFD) < 0;
}

static void test_without_dev_null_it_does_not_begin(void **state)
{
	(void)state;
	assert_true(in_child(no_number_is_left, NULL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_no_connection),
		cmocka_unit_test(test_nobody_need_listen),
		cmocka_unit_test(test_a_connection_and_no_file_below_3),
		cmocka_unit_test(test_without_dev_null_it_does_not_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
