/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The system-call filters, tried call by call: a child installs one, makes one call with arguments
 * that can do no harm, and either comes back from it or is ended by SIGSYS.
 */
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "real.h"
#include "sandbox/filter.h"

/* No call of any architecture has a higher number yet. */
#define CALLS_MAX 512

struct attempt {
	enum filter_process process;
	long nr;
	long args[6];
};

static int make_call(void *arg)
{
	const struct attempt *a = arg;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || filter_install(a->process))
		return 99;
	(void)syscall(
		a->nr, a->args[0], a->args[1], a->args[2], a->args[3], a->args[4], a->args[5]);
	/* Not exit(3) and not return: nothing but this is allowed to all three. */
	syscall(SYS_exit_group, 0);
	return 98;
}

static bool is_killed(const struct attempt *a)
{
	int result = real_in_child(make_call, (void *)a);

	assert_int_not_equal(result, 99);
	return result == -SIGSYS;
}

static bool is_killed_with(enum filter_process process, long nr, long arg0, long arg1)
{
	struct attempt a = { process, nr, { arg0, arg1, -1, -1, -1, -1 } };

	return is_killed(&a);
}

#define EVERYONE                                                                         \
	SYS_sendmsg, SYS_recvmsg, SYS_close, SYS_exit_group, SYS_exit, SYS_rt_sigreturn, \
		SYS_restart_syscall

/* What each process must be able to do, and may do: nothing else. */
static const long session_calls[] = { EVERYONE,
#ifdef SYS_poll
	SYS_poll,
#endif
	SYS_ppoll, SYS_openat2, SYS_openat, SYS_statx, SYS_fstatfs, SYS_readlinkat, SYS_pread64,
	457 /* statmount */, SYS_write, SYS_shutdown, SYS_clock_gettime, SYS_rt_sigaction };
static const long probe_calls[] = { EVERYONE,
#ifdef SYS_poll
	SYS_poll,
#endif
	SYS_ppoll, SYS_fstatfs, SYS_statx, SYS_clock_gettime };
static const long mounter_calls[] = { EVERYONE,
#ifdef SYS_poll
	SYS_poll,
#endif
	SYS_ppoll,
#ifdef SYS_alarm
	SYS_alarm,
#endif
	SYS_setitimer, SYS_statx, SYS_fstatfs, SYS_faccessat2, SYS_getgroups, SYS_flock,
	SYS_clock_nanosleep, SYS_lseek, SYS_read, 457 /* statmount */, 458 /* listmount */,
	SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_move_mount, SYS_umount2 };

static const struct {
	const long *calls;
	size_t count;
} lists[] = {
	[FILTER_SESSION] = { session_calls, COUNT(session_calls) },
	[FILTER_PROBE] = { probe_calls, COUNT(probe_calls) },
	[FILTER_MOUNTER] = { mounter_calls, COUNT(mounter_calls) },
};

static bool is_listed(enum filter_process process, long nr)
{
	size_t i;

	for (i = 0; i < lists[process].count; i++)
		if (lists[process].calls[i] == nr)
			return true;
	return false;
}

/* For the kernel's own probes on programs: it lets these pass every filter, and itself refuses
 * whoever else calls them. */
static bool is_exempt(long nr)
{
#if defined(__x86_64__)
	return nr == 335 || nr == 336;
#else
	(void)nr;
	return false;
#endif
}

/* Every number there is: exactly the listed calls come back. */
static void test_process(void **state)
{
	enum filter_process process = *(const enum filter_process *)*state;
	long nr;

	for (nr = 0; nr < CALLS_MAX; nr++) {
		bool killed = is_killed_with(process, nr, -1, -1);

		if (is_exempt(nr))
			continue;
		if (killed == is_listed(process, nr))
			print_error("call %ld is %s\n", nr, killed ? "missing" : "let through");
		assert_int_not_equal(killed, is_listed(process, nr));
	}
}

/* Calls that do many things: only what is needed of them. */
static void test_arguments(void **state)
{
	static const struct {
		enum filter_process process;
		long nr, second;
		bool killed;
	} rows[] = {
		{ FILTER_SESSION, SYS_fcntl, F_GETFL, false },
		{ FILTER_SESSION, SYS_fcntl, F_SETFL, false },
		{ FILTER_SESSION, SYS_fcntl, F_DUPFD, true },
		{ FILTER_SESSION, SYS_fcntl, F_SETOWN, true },
		{ FILTER_SESSION, SYS_fcntl, F_SETSIG, true },
		{ FILTER_SESSION, SYS_fcntl, F_SETLEASE, true },
		{ FILTER_SESSION, SYS_fcntl, F_ADD_SEALS, true },
		{ FILTER_SESSION, SYS_ioctl, BLKBSZSET, true },
		{ FILTER_SESSION, SYS_ioctl, TIOCSTI, true },
		{ FILTER_MOUNTER, SYS_fcntl, F_GETFL, false },
		{ FILTER_MOUNTER, SYS_fcntl, F_SETFL, false },
		{ FILTER_MOUNTER, SYS_fcntl, F_SETOWN, true },
		{ FILTER_MOUNTER, SYS_fcntl, F_DUPFD, true },
		{ FILTER_MOUNTER, SYS_ioctl, (long)BLKBSZSET, false },
		{ FILTER_MOUNTER, SYS_ioctl, BLKROSET, true },
		{ FILTER_MOUNTER, SYS_ioctl, TIOCSTI, true },
		{ FILTER_MOUNTER, SYS_ioctl, FS_IOC_SETFLAGS, true },
		{ FILTER_PROBE, SYS_fcntl, F_GETFL, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		if (is_killed_with(rows[i].process, rows[i].nr, -1, rows[i].second) !=
			rows[i].killed)
			fail_msg("row %zu", i);
}

/* The numbers of another table mean other calls: 1 is write here and exit there. */
static int call_as_32_bit(void *arg)
{
	(void)arg;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || filter_install(FILTER_SESSION))
		return 99;
#if defined(__x86_64__)
	__asm__ volatile("int $0x80" : : "a"(1), "b"(0) : "memory");
#endif
	return 98;
}

static void test_other_tables(void **state)
{
	struct attempt x32 = { FILTER_SESSION, 0x40000000 + SYS_write, { -1, -1, -1, -1, -1, -1 } };
	int result;

	(void)state;
#if !defined(__x86_64__)
	print_message("# SKIP this machine has one table only\n");
	skip();
#endif
	result = real_in_child(call_as_32_bit, NULL);
	/* Without 32-bit support in the kernel the instruction itself is a fault. */
	assert_true(result == -SIGSYS || result == -SIGSEGV);
	assert_true(is_killed(&x32));
}

static int install_without_leave(void *arg)
{
	(void)arg;
	if (geteuid() == 0 && setuid(65534))
		return 97;
	return filter_install(FILTER_SESSION) == -EACCES ? 0 : 1;
}

/* A filter over a program that could gain privilege is refused by the kernel: not overlooked. */
static void test_refused(void **state)
{
	(void)state;
	assert_int_equal(real_in_child(install_without_leave, NULL), 0);
}

int main(void)
{
	static const enum filter_process processes[] = { FILTER_SESSION, FILTER_PROBE,
		FILTER_MOUNTER };
	const struct CMUnitTest tests[] = {
		{ "session", test_process, NULL, NULL, (void *)&processes[0] },
		{ "probe", test_process, NULL, NULL, (void *)&processes[1] },
		{ "mounter", test_process, NULL, NULL, (void *)&processes[2] },
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_other_tables),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
