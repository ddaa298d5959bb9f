/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Packets with files, the argument file, and open flags: all results, each call failing once. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "check.h"
#include "fsv_argfile.h"
#include "fsv_args.h"
#include "fsv_fd.h"
#include "fsv_oflags.h"
#include "fsv_packet.h"
#include "fsv_sys.h"
#include "fsv_wire.h"
#include "world.h"

static struct file *other_end;

/* A world with one socket, the number of which is the result. */
static int begin(void)
{
	struct file *pair[2];

	world_begin();
	world.filtered = true;
	world_socketpair(SESSION, MOUNTER, pair);
	other_end = pair[1];
	return world_install(pair[0]);
}

/* Nothing is open but the socket. */
static void end(int sock)
{
	world_check_open(SESSION, &sock, 1);
	if (other_end)
		world_put(other_end);
	other_end = NULL;
	world_end();
	assert_string_equal(world.wrong, "");
}

static void queue(size_t len, unsigned int files)
{
	static const uint8_t data[FSV_PACKET_MAX + 8] = { 'x' };
	struct file *list[253];
	unsigned int i;

	for (i = 0; i < files; i++)
		list[i] = world_open_node("/dev/null", O_RDWR);
	world_queue(other_end->peer, data, len, list, files);
}

/* --- receiving ------------------------------------------------------------------------------- */

static const struct {
	size_t len;
	unsigned int files;
	bool wanted; /* files are */
	size_t cap;
	int ret;
} received[] = {
	{ 1, 0, true, 1, 0 },
	{ 5, 0, false, 64, 0 },
	{ 5, 1, true, 64, 0 },
	{ 5, 2, true, 64, -EBADMSG },
	{ 5, 253, true, 64, -EBADMSG },
	{ 5, 1, false, 64, 0 },
	{ 5, 253, false, 64, 0 },
	{ 65, 0, true, 64, -EMSGSIZE },
	{ 65, 1, true, 64, -EMSGSIZE },
	{ 65, 0, false, 64, -EMSGSIZE },
	{ 0, 0, true, 64, -ECONNRESET },
	{ 0, 1, true, 64, -ECONNRESET },
	{ 0, 3, true, 64, -EBADMSG },
};

static void receive(size_t i, int want)
{
	static uint8_t buf[FSV_PACKET_MAX];
	int fd = -7, ret, sock;
	size_t len = 77;

	sock = begin();
	queue(received[i].len, received[i].files);
	world.fail_call = want == received[i].ret ? NULL : "recvmsg";
	world.fail_errno = -want;
	ret = fsv_packet_recv(
		sock, buf, received[i].cap, &len, received[i].wanted ? &fd : NULL, -1);
	assert_int_equal(ret, want);
	if (ret) {
		assert_int_equal(len, 77);
		assert_int_equal(fd, -7);
	} else {
		assert_int_equal(len, received[i].len);
		if (received[i].wanted && received[i].files)
			fsv_fd_close(&fd);
		else
			assert_int_equal(fd, received[i].wanted ? -1 : -7);
	}
	end(sock);
}

static void test_receive(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(received); i++) {
		receive(i, received[i].ret);
		receive(i, -ENOMEM);
		receive(i, -EPERM);
	}
}

/* How long it is waited for. */
static void test_receive_waits(void **state)
{
	static const struct {
		int timeout, ret;
		const char *fails;
		int error;
		long long clock;
	} rows[] = {
		{ 0, -ETIMEDOUT, NULL, 0, 0 },
		{ 100, -ETIMEDOUT, NULL, 0, 100 },
		{ 30000, -ETIMEDOUT, NULL, 0, 30000 },
		{ 100, -EINTR, "poll", EINTR, 0 },
		{ -1, -ENOMEM, "poll", ENOMEM, 0 },
	};
	size_t i, len = 0;
	char buf[8];

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		int sock = begin();

		world.fail_call = rows[i].fails;
		world.fail_errno = rows[i].error;
		assert_int_equal(
			fsv_packet_recv(sock, buf, sizeof(buf), &len, NULL, rows[i].timeout),
			rows[i].ret);
		assert_int_equal(world.clock, rows[i].clock);
		end(sock);
	}
}

/* There was something, and then there was not: the rest of the time is waited, not all of it. */
static void test_receive_again(void **state)
{
	char buf[8];
	size_t len;
	int sock = begin();

	(void)state;
	queue(3, 0);
	world.fail_call = "recvmsg";
	world.fail_errno = EAGAIN;
	assert_int_equal(fsv_packet_recv(sock, buf, sizeof(buf), &len, NULL, 50), 0);
	assert_int_equal(len, 3);
	end(sock);
}

/* The other side is gone: what it had sent is still there, then the end. */
static void test_receive_end(void **state)
{
	static const bool unread[] = { false, true };
	char buf[8];
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(unread); i++) {
		int sock = begin();

		queue(3, 0);
		if (unread[i])
			world_queue(other_end, "y", 1, NULL, 0);
		world_put(other_end);
		other_end = NULL;
		assert_int_equal(fsv_packet_recv(sock, buf, sizeof(buf), &len, NULL, 0), 0);
		assert_int_equal(
			fsv_packet_recv(sock, buf, sizeof(buf), &len, NULL, 0), -ECONNRESET);
		end(sock);
	}
}

/* --- sending --------------------------------------------------------------------------------- */

static void test_send(void **state)
{
	static const uint8_t data[FSV_PACKET_MAX + 1] = { 'x' };
	static uint8_t buf[FSV_PACKET_MAX];
	int sock = begin(), fd = world_install(world_open_node("/dev/null", O_RDWR));
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	(void)state;
	assert_int_equal(fsv_packet_send(sock, data, 0, -1, 0), -EMSGSIZE);
	assert_int_equal(fsv_packet_send(sock, data, FSV_PACKET_MAX + 1, -1, 0), -EMSGSIZE);
	assert_null(other_end->queue);
	assert_int_equal(fsv_packet_send(sock, data, 1, -1, 0), 0);
	assert_int_equal(fsv_packet_send(sock, data, FSV_PACKET_MAX, fd, 0), 0);
	/* The file stays the sender's. */
	assert_non_null(world_get(fd));
	world.current = MOUNTER;
	other_end->refs++;
	sock = world_install(other_end);
	assert_int_equal(world_recvmsg(sock, &msg, false), 1);
	assert_int_equal(msg.msg_flags, 0);
	assert_int_equal(world_recvmsg(sock, &msg, false), FSV_PACKET_MAX);
	assert_int_equal(msg.msg_flags, MSG_CTRUNC);
	world_close(sock);
	world.current = SESSION;
	world_close(fd);
	end(FD_FIRST);
}

static void test_send_waits(void **state)
{
	static const struct {
		int timeout, ret;
		bool full;
		const char *fails;
		int error;
		long long clock;
	} rows[] = {
		{ 100, -ETIMEDOUT, true, NULL, 0, 100 },
		{ 0, -ETIMEDOUT, true, NULL, 0, 0 },
		{ 100, -EINTR, true, "poll", EINTR, 0 },
		{ 100, 0, false, "sendmsg", EAGAIN, 0 },
		{ 100, -EPERM, false, "sendmsg", EPERM, 0 },
		{ 100, -ETOOMANYREFS, false, "sendmsg", ETOOMANYREFS, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		int sock = begin();

		world.stall_after = world.sent = rows[i].full;
		world.fail_call = rows[i].fails;
		world.fail_errno = rows[i].error;
		assert_int_equal(fsv_packet_send(sock, "x", 1, -1, rows[i].timeout), rows[i].ret);
		assert_int_equal(world.clock, rows[i].clock);
		end(sock);
	}
}

static void test_send_gone(void **state)
{
	int sock = begin();

	(void)state;
	world_put(other_end);
	other_end = NULL;
	assert_int_equal(fsv_packet_send(sock, "x", 1, -1, 0), -EPIPE);
	end(sock);
}

/* Kernels that do not know the option. */
static void test_refuse_files(void **state)
{
	int sock = begin();

	(void)state;
	world.fail_call = "setsockopt";
	world.fail_errno = ENOPROTOOPT;
	fsv_packet_refuse_files(sock);
	end(sock);
}

/* --- owned files ----------------------------------------------------------------------------- */

static void test_owner(void **state)
{
	int sock = begin(), none = -1, taken;
	int fd = world_install(world_open_node("/dev/null", O_RDWR));

	(void)state;
	errno = ENOTTY;
	fsv_fd_close(&none);
	taken = fsv_fd_take(&fd);
	assert_int_equal(fd, -1);
	fsv_fd_close(&fd);
	assert_non_null(world_get(taken));
	{
		FSV_AUTO_FD owned = taken;

		assert_true(owned >= 0);
	}
	assert_int_equal(errno, ENOTTY);
	end(sock);
}

/* --- the argument file ----------------------------------------------------------------------- */

static const char *const words[] = { "x", "/img/disk", "", "-o", "a=b" };

static void test_make(void **state)
{
	int sock = begin(), fd = -7;
	struct fsv_args args;
	void *copy;
	size_t len;

	(void)state;
	assert_int_equal(fsv_argfile_make(0, words, &fd), -EINVAL);
	assert_int_equal(fd, -7);
	assert_int_equal(fsv_argfile_make(COUNT(words), words, &fd), 0);
	assert_int_equal(
		world_get(fd)->seals, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	assert_int_equal(fsv_argfile_copy(fd, &copy, &len), 0);
	assert_reason(fsv_args_parse(copy, len, &args), FSV_OK);
	assert_int_equal(args.argc, COUNT(words));
	assert_view(fsv_args_get(&args, 1), S("/img/disk"));
	free(copy);
	fsv_fd_close(&fd);
	end(sock);
}

static void test_make_too_long(void **state)
{
	static char word[FSV_ARGS_MAX];
	const char *argv[] = { word };
	int sock = begin(), fd = -7;

	(void)state;
	memset(word, 'a', sizeof(word) - 1);
	assert_int_equal(fsv_argfile_make(1, argv, &fd), -E2BIG);
	assert_int_equal(fd, -7);
	end(sock);
}

/* Each call fails once. */
static void test_make_fails(void **state)
{
	unsigned int n;
	int ret = -1;

	(void)state;
	for (n = 1; ret; n++) {
		int sock = begin(), fd = -7;

		world.fail_at = n;
		world.fail_errno = ENOSPC;
		ret = fsv_argfile_make(COUNT(words), words, &fd);
		assert_int_equal(ret, world.calls < n ? 0 : -ENOSPC);
		if (ret)
			assert_int_equal(fd, -7);
		else
			fsv_fd_close(&fd);
		end(sock);
	}
	assert_true(n > 5);
}

static void shrink(void)
{
	world.shrinks = 3;
}
static void in_pieces(void)
{
	world.chunk = 2;
}
static void interrupted(void)
{
	world.fail_call = "pread";
	world.fail_errno = EINTR;
}
static void broken(void)
{
	world.fail_call = "pread";
	world.fail_errno = EIO;
}
static void nameless(void)
{
	world.fail_call = "fstat";
	world.fail_errno = EOVERFLOW;
}

static const struct {
	const char *node; /* something else than a memory file */
	size_t size;
	void (*prepare)(void);
	int ret;
	size_t len;
} copies[] = {
	{ NULL, 5, NULL, 0, 5 },
	{ NULL, 1, NULL, 0, 1 },
	{ NULL, FSV_ARGS_MAX, NULL, 0, FSV_ARGS_MAX },
	{ NULL, FSV_ARGS_MAX + 1, NULL, -EFBIG, 0 },
	{ NULL, 0, NULL, -EINVAL, 0 },
	{ "/img/dir", 0, NULL, -EINVAL, 0 },
	{ "/img/pipe", 0, NULL, -EINVAL, 0 },
	{ NULL, 5, shrink, 0, 3 },
	{ NULL, 5, in_pieces, 0, 5 },
	{ NULL, 5, interrupted, 0, 5 },
	{ NULL, 5, broken, -EIO, 0 },
	{ NULL, 5, nameless, -EOVERFLOW, 0 },
};

static void test_copy(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(copies); i++) {
		int sock = begin(), fd;
		void *copy = &fd;
		size_t len = 77;

		if (copies[i].node) {
			fd = world_install(world_open_node(copies[i].node, O_RDONLY));
		} else {
			fd = world_install(world_file(FILE_MEMORY));
			assert_int_equal(fsv_sys_ftruncate(fd, (off_t)copies[i].size), 0);
		}
		if (copies[i].prepare)
			copies[i].prepare();
		assert_int_equal(fsv_argfile_copy(fd, &copy, &len), copies[i].ret);
		if (copies[i].ret) {
			assert_ptr_equal(copy, &fd);
			assert_int_equal(len, 77);
		} else {
			assert_int_equal(len, copies[i].len);
			free(copy);
		}
		world_close(fd);
		end(sock);
	}
}

/* --- open flags ------------------------------------------------------------------------------ */

static const struct {
	uint32_t wire;
	int host;
} flags[] = {
	{ FSV_O_RDONLY, O_RDONLY },
	{ FSV_O_WRONLY, O_WRONLY },
	{ FSV_O_RDWR, O_RDWR },
	{ FSV_O_CREAT, O_CREAT },
	{ FSV_O_EXCL, O_EXCL },
	{ FSV_O_NOCTTY, O_NOCTTY },
	{ FSV_O_TRUNC, O_TRUNC },
	{ FSV_O_APPEND, O_APPEND },
	{ FSV_O_NONBLOCK, O_NONBLOCK },
	{ FSV_O_DSYNC, O_DSYNC },
	{ FSV_O_SYNC, O_SYNC },
	{ FSV_O_DIRECT, O_DIRECT },
	{ FSV_O_DIRECTORY, O_DIRECTORY },
	{ FSV_O_NOFOLLOW, O_NOFOLLOW },
	{ FSV_O_NOATIME, O_NOATIME },
	{ FSV_O_CLOEXEC, O_CLOEXEC },
	{ FSV_O_RDWR | FSV_O_SYNC | FSV_O_CREAT | FSV_O_DIRECT,
		O_RDWR | O_SYNC | O_CREAT | O_DIRECT },
};

static void test_flags(void **state)
{
	uint32_t wire;
	size_t i;
	int host;

	(void)state;
	for (i = 0; i < COUNT(flags); i++) {
		assert_int_equal(fsv_oflags_from_wire(flags[i].wire, &host), 0);
		assert_int_equal(host, flags[i].host);
		assert_int_equal(fsv_oflags_to_wire(flags[i].host, &wire), 0);
		assert_int_equal(wire, flags[i].wire);
	}
	/* C libraries of 64-bit machines have no name for it; the bit is there all the same. */
	assert_int_equal(fsv_oflags_from_wire(FSV_O_LARGEFILE, &host), 0);
	assert_int_not_equal(host, 0);
	assert_int_equal(fsv_oflags_to_wire(host, &wire), 0);
	assert_int_equal(wire, FSV_O_LARGEFILE);
}

/* Every other bit is none. */
static void test_no_flags(void **state)
{
	static const uint32_t known = 0007777703;
	uint32_t bit, wire = 77;
	int host = 77;

	(void)state;
	for (bit = 1; bit; bit <<= 1) {
		bool alone = (known & bit) && bit != 020000 && bit != 04000000;

		assert_int_equal(fsv_oflags_from_wire(bit, &host), alone ? 0 : -EINVAL);
		if (alone)
			host = 77;
		assert_int_equal(host, 77);
	}
	assert_int_equal(fsv_oflags_to_wire(O_PATH, &wire), -EINVAL);
	assert_int_equal(fsv_oflags_to_wire(O_RDWR | O_ASYNC, &wire), -EINVAL);
	assert_int_equal(fsv_oflags_to_wire(O_TMPFILE & ~O_DIRECTORY, &wire), -EINVAL);
	assert_int_equal(wire, 77);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_receive),
		cmocka_unit_test(test_receive_waits),
		cmocka_unit_test(test_receive_again),
		cmocka_unit_test(test_receive_end),
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_send_waits),
		cmocka_unit_test(test_send_gone),
		cmocka_unit_test(test_refuse_files),
		cmocka_unit_test(test_owner),
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_make_too_long),
		cmocka_unit_test(test_make_fails),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_no_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
