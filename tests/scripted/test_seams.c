/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The seams as they are on the real kernel: that each call passes its arguments on and gives its
 * result or a negative errno, which is what the scripted kernel stands in for.
 */
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "fsv_sys.h"
#include "kernel.h"
#include "real.h"
#include "session/sys.h"

#define NONE 1000 /* a number that is not open */

static int make_tree(void **state)
{
	if (real_setup(state))
		return -1;
	real_file("file", "text");
	real_link("file", "link");
	return 0;
}

static void test_transport(void **state)
{
	struct stat st;
	char text[8];
	void *map = NULL;
	int fd, off = 0;

	(void)state;
	fd = fsv_sys_memfd_create("seams", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_true(fd >= 0);
	assert_int_equal(fsv_sys_ftruncate(fd, 4096), 0);
	assert_int_equal(fsv_sys_map(fd, 4096, &map), 0);
	memcpy(map, "text", 5);
	assert_int_equal(fsv_sys_unmap(map, 4096), 0);
	assert_int_equal(fsv_sys_fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	assert_int_equal(fsv_sys_fcntl(fd, F_GET_SEALS, 0), F_SEAL_WRITE);
	assert_int_equal(fsv_sys_fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 4096);
	assert_int_equal(fsv_sys_pread(fd, text, 4, 1), 4);
	assert_memory_equal(text, "ext", 4);
	assert_int_equal(fsv_sys_map(fd, 4096, &map), -EPERM);
	assert_int_equal(fsv_sys_close(fd), 0);
	assert_int_equal(fsv_sys_close(fd), -EBADF);
	assert_int_equal(fsv_sys_fcntl(fd, F_GETFD, 0), -EBADF);
	assert_int_equal(fsv_sys_fstat(fd, &st), -EBADF);
	assert_int_equal(fsv_sys_pread(fd, text, 4, 0), -EBADF);
	assert_int_equal(fsv_sys_ftruncate(fd, 0), -EBADF);
	assert_int_equal(fsv_sys_unmap((void *)1, 1), -EINVAL);
	assert_int_equal(fsv_sys_memfd_create("seams", ~0u), -EINVAL);
	assert_int_equal(
		fsv_sys_setsockopt(NONE, SOL_SOCKET, SO_RCVBUF, &off, sizeof(off)), -EBADF);
	assert_true(fsv_sys_now_ms() > 0);
}

static void test_sockets(void **state)
{
	char text[8] = "hello";
	struct iovec iov = { text, 5 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct pollfd wait = { .events = POLLIN };
	int pair[2], one = 1;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(fsv_sys_wait(pair[0], POLLIN, 0), 0);
	assert_int_equal(fsv_sys_recvmsg(pair[0], &msg, MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(fsv_sys_sendmsg(pair[1], &msg, MSG_NOSIGNAL), 5);
	assert_int_equal(fsv_sys_wait(pair[0], POLLIN, -1), 1);
	wait.fd = pair[0];
	assert_int_equal(sys_poll(&wait, 1, -1), 1);
	assert_int_equal(fsv_sys_recvmsg(pair[0], &msg, 0), 5);
	assert_int_equal(kernel_sendmsg(pair[0], &msg), 5);
	assert_int_equal(kernel_recvmsg(pair[1], &msg), 5);
	assert_int_equal(
		fsv_sys_setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)), 0);
	assert_int_equal(close(pair[1]), 0);
	/* Not SIGPIPE, which would end this test. */
	assert_int_equal(fsv_sys_sendmsg(pair[0], &msg, MSG_NOSIGNAL), -EPIPE);
	assert_int_equal(kernel_sendmsg(pair[0], &msg), -EPIPE);
	assert_int_equal(kernel_close(pair[0]), 0);
	assert_int_equal(kernel_close(pair[0]), -EBADF);
	assert_int_equal(kernel_recvmsg(NONE, &msg), -EBADF);
	assert_int_equal(fsv_sys_wait(-1, POLLIN, 0), 0);
}

static void note_signal(int sig)
{
	(void)sig;
}

static void test_wait_with_signals(void **state)
{
	struct sigaction action = { .sa_handler = note_signal };
	sigset_t none, usr1;
	int pair[2];

	(void)state;
	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	assert_int_equal(sigprocmask(SIG_BLOCK, &usr1, NULL), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(fsv_sys_pwait(pair[0], POLLIN, 1, &usr1), 0);
	assert_int_equal(fsv_sys_pwait(pair[0], POLLOUT, -1, &usr1), 1);
	/* It came before the wait, and ends it. */
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(fsv_sys_pwait(pair[0], POLLIN, -1, &none), -EINTR);
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &usr1, NULL), 0);
	close(pair[0]);
	close(pair[1]);
}

static void test_session(void **state)
{
	int dir = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY, 0);
	struct statx stx;
	uint64_t type = 0;
	char text[8];
	int fd;

	(void)state;
	assert_true(dir >= 0);
	assert_int_equal(fcntl(dir, F_GETFD), FD_CLOEXEC);
	assert_int_equal(sys_openat(dir, "missing", O_RDONLY, 0), -ENOENT);
	assert_int_equal(sys_openat2(dir, "link", O_PATH, 4 /* RESOLVE_NO_SYMLINKS */), -ELOOP);
	fd = sys_openat2(dir, "link", O_PATH | O_NOFOLLOW, 0);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(sys_statx(fd, STATX_TYPE, &stx), 0);
	assert_true(S_ISLNK(stx.stx_mode));
	assert_int_equal(sys_readlink(fd, text, sizeof(text)), 4);
	assert_memory_equal(text, "file", 4);
	assert_int_equal(sys_fs_type(fd, &type), 0);
	assert_int_not_equal(type, 0);
	assert_true(sys_statmount(fd) == 0 || sys_statmount(fd) == -ENOSYS);
	assert_int_equal(sys_statmount(NONE), -EBADF);
	assert_int_equal(sys_refresh(fd), 0);
	assert_int_equal(sys_close(fd), 0);
	fd = sys_openat(dir, "file", O_RDWR | O_NONBLOCK, 0);
	assert_int_equal(sys_set_flags(fd, 0), 0);
	assert_int_equal(sys_get_flags(fd) & (O_ACCMODE | O_NONBLOCK), O_RDWR);
	assert_int_equal(sys_readlink(fd, text, sizeof(text)), -ENOENT);
	sys_close(fd);
	sys_close(dir);
	assert_int_equal(sys_close(NONE), -EBADF);
	assert_int_equal(sys_statx(NONE, STATX_TYPE, &stx), -EBADF);
	assert_int_equal(sys_fs_type(NONE, &type), -EBADF);
	assert_int_equal(sys_get_flags(NONE), -EBADF);
	assert_int_equal(sys_set_flags(NONE, 0), -EBADF);
}

static void test_mounter_files(void **state)
{
	int fd = open("file", O_RDWR | O_CLOEXEC), again = open("file", O_RDONLY | O_CLOEXEC);
	uint64_t type = 0;
	struct statx stx;
	char text[8];

	(void)state;
	assert_int_equal(kernel_statx(fd, STATX_TYPE | STATX_MNT_ID, &stx), 0);
	assert_true(S_ISREG(stx.stx_mode));
	assert_int_not_equal(stx.stx_mnt_id, 0);
	stx.stx_mnt_id = 0;
	assert_int_equal(kernel_statx(fd, 0, &stx), 0);
	assert_int_not_equal(stx.stx_mnt_id, 0);
	assert_int_equal(kernel_fs_type(fd, &type), 0);
	assert_int_not_equal(type, 0);
	assert_int_equal(kernel_may_write(fd), 0);
	assert_int_equal(kernel_access_mode(fd), O_RDWR);
	assert_int_equal(kernel_access_mode(again), O_RDONLY);
	assert_int_equal(kernel_read(fd, text, sizeof(text)), 4);
	assert_int_equal(kernel_read(fd, text, sizeof(text)), 0);
	assert_int_equal(kernel_rewind(fd), 0);
	assert_int_equal(kernel_read(fd, text, sizeof(text)), 4);
	assert_int_equal(kernel_lock(fd), 0);
	assert_int_equal(kernel_lock(again), -EWOULDBLOCK);
	assert_int_equal(kernel_unlock(fd), 0);
	assert_int_equal(kernel_lock(again), 0);
	assert_int_equal(kernel_set_blocksize(fd, 512), -ENOTTY);
	kernel_close(fd);
	kernel_close(again);
	assert_int_equal(kernel_fs_type(NONE, &type), -EBADF);
	assert_int_equal(kernel_access_mode(NONE), -EBADF);
	assert_int_equal(kernel_may_write(NONE), -EBADF);
	assert_int_equal(kernel_rewind(NONE), -EBADF);
	assert_int_equal(kernel_unlock(NONE), -EBADF);
	assert_int_equal(kernel_statx(NONE, 0, &stx), -EBADF);
}

/* How many lines the mount table has, and whether one is about this mount. */
static int count_table(uint64_t id, unsigned int parent, bool *found)
{
	FILE *table = fopen("/proc/self/mountinfo", "re");
	unsigned int line_id, line_parent;
	int lines = 0;
	char *line = NULL;
	size_t size = 0;

	assert_non_null(table);
	for (; getline(&line, &size, table) > 0; lines++)
		if (sscanf(line, "%u %u", &line_id, &line_parent) == 2 && line_id == id)
			*found = line_parent == parent;
	free(line);
	fclose(table);
	return lines;
}

/* The list of mounts is as long as the table, however it is asked for, and tells the same. */
static void test_mount_list(void **state)
{
	int i, n, lines, fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statx plain = { 0 }, unique = { 0 };
	uint64_t ids[4096], one = 0;
	struct kernel_mount mount;
	bool found = false;

	(void)state;
	/* Once more where somebody mounts or unmounts meanwhile. */
	do {
		lines = count_table(0, 0, &found);
		n = kernel_list_mounts(0, ids, COUNT(ids));
	} while (count_table(0, 0, &found) != lines);
	if (n == -ENOSYS || n == -EPERM) {
		print_message("# SKIP this kernel has no listmount\n");
		skip();
	}
	assert_int_equal(n, lines);
	for (i = 0; i < n; i++) {
		assert_int_equal(kernel_list_mounts(one, &one, 1), 1);
		assert_int_equal(one, ids[i]);
	}
	assert_int_equal(kernel_statx(fd, 0, &plain), 0);
	assert_int_equal(kernel_statx(fd, STATX_MNT_ID_UNIQUE, &unique), 0);
	assert_int_equal(kernel_stat_mount(unique.stx_mnt_id, &mount), 0);
	assert_int_equal(mount.unique, unique.stx_mnt_id);
	assert_int_equal(mount.id, plain.stx_mnt_id);
	assert_int_not_equal(mount.magic, 0);
	(void)count_table(mount.id, mount.parent, &found);
	assert_true(found);
	assert_int_equal(kernel_stat_mount(ids[n - 1] + 1000000, &mount), -ENOENT);
	kernel_close(fd);
}

/* The mount calls, as far as they go without a mount. */
static void test_mounts(void **state)
{
	char text[256];
	int fs;

	(void)state;
	assert_int_equal(kernel_move_mount(NONE, NONE), -EBADF);
	assert_true(kernel_detach("no-such-name") < 0);
	fs = kernel_fsopen("fuse");
	if (fs == -EPERM) {
		print_message("# SKIP only root can make a mount context\n");
		skip();
	}
	if (fs == -ENODEV) {
		print_message("# SKIP the kernel has no FUSE\n");
		skip();
	}
	assert_true(fs >= 0);
	assert_int_equal(fcntl(fs, F_GETFD), FD_CLOEXEC);
	assert_int_equal(
		kernel_fsconfig(fs, 1 /* FSCONFIG_SET_STRING */, "no-such", "key"), -EINVAL);
	assert_true(kernel_read(fs, text, sizeof(text)) > 0);
	assert_int_equal(kernel_fsmount(fs, 0), -EINVAL);
	assert_int_equal(kernel_close(fs), 0);
	assert_int_equal(kernel_fsopen("no-such-type"), -ENODEV);
}

/* In a child: it waits to be ended by the other end of its lifeline. */
static int wait_for_the_end(int life, int ready)
{
	sigset_t set;

	if (fcntl(life, F_SETOWN, getpid()))
		return 99;
	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	kernel_deadly(life, 10);
	if (kernel_hung_up(life) || write(ready, "r", 1) != 1)
		return 98;
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	pause();
	return 97;
}

static void test_ends_with_the_lifeline(void **state)
{
	int life[2], ready[2], status;
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(life, O_CLOEXEC), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		close(life[1]);
		_exit(wait_for_the_end(life[0], ready[1]));
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_false(kernel_hung_up(life[0]));
	close(life[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGIO);
	assert_true(kernel_hung_up(life[0]));
	/* No longer deadly: nothing happens. */
	kernel_deadly(life[0], 0);
	close(life[0]);
	close(ready[0]);
	close(ready[1]);
}

static void test_groups(void **state)
{
	gid_t groups[64];
	int i, count = getgroups(64, groups);

	(void)state;
	for (i = 0; i < count; i++)
		assert_true(kernel_in_group(groups[i]));
	assert_false(kernel_in_group(987654321));
}

static void test_time(void **state)
{
	long long before = fsv_sys_now_ms();

	(void)state;
	kernel_sleep_ms(20);
	assert_true(fsv_sys_now_ms() >= before + 19);
	kernel_deadly(NONE, 1000);
	assert_in_range(alarm(0), 999, 1000);
	kernel_deadly(NONE, 1000);
	kernel_deadly(NONE, 0);
	assert_int_equal(alarm(0), 0);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, real_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_TREE(test_transport),
		IN_TREE(test_sockets),
		IN_TREE(test_wait_with_signals),
		IN_TREE(test_session),
		IN_TREE(test_mounter_files),
		IN_TREE(test_mount_list),
		IN_TREE(test_mounts),
		IN_TREE(test_ends_with_the_lifeline),
		IN_TREE(test_groups),
		IN_TREE(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
