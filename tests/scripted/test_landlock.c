/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Landlock on the real kernel: a confined child can open what was allowed, and nothing else. */
#include <linux/fs.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "real.h"
#include "sandbox/landlock.h"

static int make_tree(void **state)
{
	if (real_setup(state))
		return -1;
	assert_int_equal(mkdir("new", 0755), 0);
	assert_int_equal(mkdir("rule", 0755), 0);
	real_file("readable", "1");
	real_file("writable", "1");
	real_file("other", "1");
	real_file("rule/file", "1");
	return 0;
}

static int needs_landlock(int version)
{
	if (landlock_abi() >= version)
		return 0;
	print_message("# SKIP Landlock version %d, this kernel has %d\n", version, landlock_abi());
	skip();
	return -1;
}

static int allow(int ruleset, const char *path, unsigned int access)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	int ret = fd < 0 ? -errno : landlock_allow(ruleset, fd, access);

	close(fd);
	return ret;
}

/* The rules that a session has, for these files. */
static int confine(void)
{
	int ruleset, ret = landlock_begin(&ruleset);

	ret = ret ? ret : allow(ruleset, "readable", LANDLOCK_READ);
	ret = ret ? ret : allow(ruleset, "writable", LANDLOCK_READ | LANDLOCK_WRITE);
	ret = ret ? ret : allow(ruleset, "new", LANDLOCK_READ | LANDLOCK_WRITE | LANDLOCK_CREATE);
	ret = ret ? ret : allow(ruleset, "rule", LANDLOCK_READ);
	ret = ret ? ret : allow(ruleset, "/dev/null", LANDLOCK_READ | LANDLOCK_WRITE);
	ret = ret ? ret : allow(ruleset, "/dev/zero", LANDLOCK_READ | LANDLOCK_DEVICE);
	ret = ret ? ret : prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return ret ? ret : landlock_confine(ruleset);
}

/* What opening gives: 0, or the errno. */
static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	int ret = fd < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return ret;
}

/* Number of the first row that is not so, from 1; 0 if all are. */
static int open_confined(void *arg)
{
	static const struct {
		const char *path;
		int flags, want;
	} rows[] = {
		{ "readable", O_RDONLY, 0 },
		{ "readable", O_RDWR, EACCES },
		{ "readable", O_WRONLY, EACCES },
		{ "writable", O_RDWR, 0 },
		{ "other", O_RDONLY, EACCES },
		{ "other", O_WRONLY, EACCES },
		{ "other", O_PATH, 0 },
		{ "rule/file", O_RDONLY, 0 },
		{ "rule/file", O_RDWR, EACCES },
		{ "rule", O_RDONLY | O_DIRECTORY, EACCES },
		{ ".", O_RDONLY | O_DIRECTORY, EACCES },
		{ "/etc/passwd", O_RDONLY, EACCES },
		{ "new/file", O_RDWR | O_CREAT | O_EXCL, 0 },
		{ "created", O_RDWR | O_CREAT, EACCES },
		{ "rule/created", O_RDWR | O_CREAT, EACCES },
	};
	size_t i;

	(void)arg;
	if (confine())
		return 99;
	for (i = 0; i < COUNT(rows); i++)
		if (try_open(rows[i].path, rows[i].flags) != rows[i].want)
			return (int)i + 1;
	return 0;
}

static void test_opening(void **state)
{
	(void)state;
	if (!needs_landlock(1))
		assert_int_equal(real_in_child(open_confined, NULL), 0);
}

/* Names and kinds of files. */
static int change_confined(void *arg)
{
	(void)arg;
	if (confine())
		return 99;
	if (unlink("other") == 0 || errno != EACCES)
		return 1;
	if (unlink("new/none") == 0 || errno != ENOENT)
		return 2;
	if (mkdir("new/dir", 0700) == 0 || errno != EACCES)
		return 3;
	if (symlink("x", "new/link") == 0 || errno != EACCES)
		return 4;
	if (mkfifo("new/pipe", 0600) == 0 || errno != EACCES)
		return 5;
	if (rename("readable", "new/moved") == 0)
		return 6;
	if (link("other", "new/hard") == 0)
		return 7;
	return 0;
}

static void test_changing(void **state)
{
	(void)state;
	if (!needs_landlock(1))
		assert_int_equal(real_in_child(change_confined, NULL), 0);
}

/* Rights stay with an open file: who receives it can shorten it where writing was allowed. */
static int truncate_confined(void *arg)
{
	int fd;

	(void)arg;
	if (confine())
		return 99;
	fd = open("writable", O_RDWR | O_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0))
		return 1;
	if (truncate("readable", 0) == 0 || errno != EACCES)
		return 2;
	if (truncate("other", 0) == 0 || errno != EACCES)
		return 3;
	return 0;
}

static void test_truncating(void **state)
{
	(void)state;
	if (!needs_landlock(3))
		assert_int_equal(real_in_child(truncate_confined, NULL), 0);
}

/* A device's own requests, on a file that was opened under the rules. */
static int control_confined(void *arg)
{
	int with, without, value;

	(void)arg;
	if (confine())
		return 99;
	with = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	without = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (with < 0 || without < 0)
		return 1;
	if (ioctl(with, BLKBSZGET, &value) == 0 || errno != ENOTTY)
		return 2;
	if (ioctl(without, BLKBSZGET, &value) == 0 || errno != EACCES)
		return 3;
	return 0;
}

static void test_device_requests(void **state)
{
	(void)state;
	if (!needs_landlock(5))
		assert_int_equal(real_in_child(control_confined, NULL), 0);
}

static int connect_confined(void *arg)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)arg;
	if (fd < 0)
		return 97;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (confine())
		return 99;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 || errno != EACCES)
		return 1;
	address.sin_port = 0;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 || errno != EACCES)
		return 2;
	return 0;
}

static void test_network(void **state)
{
	(void)state;
	if (!needs_landlock(4))
		assert_int_equal(real_in_child(connect_confined, NULL), 0);
}

/* The parent's socket and the parent itself, both outside. */
static int reach_out_confined(void *arg)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || confine())
		return 99;
	if (connect(fd, arg, sizeof(struct sockaddr_un)) == 0 || errno != EPERM)
		return 1;
	if (kill(getppid(), 0) == 0 || errno != EPERM)
		return 2;
	return kill(getpid(), 0) ? 3 : 0;
}

static void test_scope(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	(void)state;
	if (needs_landlock(6))
		return;
	snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "%s", real_folder);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(real_in_child(reach_out_confined, &address), 0);
	close(fd);
}

/* A kernel without Landlock: the three calls do nothing, and say so by 0. */
static void test_without(void **state)
{
	(void)state;
	assert_int_equal(landlock_allow(-1, -1, LANDLOCK_READ), 0);
	assert_int_equal(landlock_confine(-1), 0);
}

static int confine_without_leave(void *arg)
{
	int ruleset;

	(void)arg;
	if (geteuid() == 0 && setuid(65534))
		return 97;
	if (landlock_begin(&ruleset))
		return 98;
	return landlock_confine(ruleset) == -EPERM ? 0 : 1;
}

/* What the kernel refuses is not overlooked. */
static void test_refused(void **state)
{
	int ruleset;

	(void)state;
	if (needs_landlock(1))
		return;
	assert_int_equal(landlock_begin(&ruleset), 0);
	assert_int_equal(landlock_allow(ruleset, -1, LANDLOCK_READ), -EBADF);
	/* A right of directories on a file. */
	assert_int_equal(allow(ruleset, "readable", LANDLOCK_CREATE), -EINVAL);
	close(ruleset);
	assert_int_equal(real_in_child(confine_without_leave, NULL), 0);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, real_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_TREE(test_opening),
		IN_TREE(test_changing),
		IN_TREE(test_truncating),
		IN_TREE(test_device_requests),
		IN_TREE(test_network),
		IN_TREE(test_scope),
		IN_TREE(test_without),
		IN_TREE(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
