/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "linux68.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#elif defined(__i386__)
#define NATIVE_ARCH AUDIT_ARCH_I386
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define NATIVE_ARCH AUDIT_ARCH_S390X
#else
#error "name this architecture here: without it, calls of another one would pass under its numbers"
#endif

#ifdef FILTER_LOGS
#define OTHERWISE SECCOMP_RET_LOG
#else
#define OTHERWISE SECCOMP_RET_KILL_PROCESS
#endif

/* A call that is allowed: always (`arg` < 0), or only with this value in that argument. */
struct allowed {
	int nr;
	int arg;
	uint32_t value;
};

#define ALWAYS(name)              \
	{                         \
		SYS_##name, -1, 0 \
	}
#define ONLY(name, arg, value)                     \
	{                                          \
		SYS_##name, arg, (uint32_t)(value) \
	}

/* Every process of ours: talk on what is open, and end. */
#define COMMON                                                                             \
	ALWAYS(sendmsg), ALWAYS(recvmsg), ALWAYS(close), ALWAYS(exit_group), ALWAYS(exit), \
		ALWAYS(rt_sigreturn), ALWAYS(restart_syscall)
#ifdef SYS_poll
#define POLL ALWAYS(poll), ALWAYS(ppoll)
#else
#define POLL ALWAYS(ppoll)
#endif
#ifdef SYS_alarm
#define ALARM ALWAYS(alarm), ALWAYS(setitimer)
#else
#define ALARM ALWAYS(setitimer)
#endif

/*
 * The session opens files as the caller and hands them out. It makes no socket, no process and no
 * executable memory, changes no mode, owner or name, and of fcntl(2) knows only the status flags:
 * F_SETOWN and F_SETLEASE would reach other processes of the caller.
 */
static const struct allowed session_calls[] = {
	COMMON,
	POLL,
	ALWAYS(openat2),
	ALWAYS(openat),
	ALWAYS(statx),
	ALWAYS(fstatfs),
	ALWAYS(readlinkat),
	ALWAYS(pread64),
	ALWAYS(statmount),
	ONLY(fcntl, 1, F_GETFL),
	ONLY(fcntl, 1, F_SETFL),
	ALWAYS(write),
	ALWAYS(shutdown),
	ALWAYS(clock_gettime),
	ALWAYS(rt_sigaction),
};

/* The probe asks two questions of files that it is sent. */
static const struct allowed probe_calls[] = {
	COMMON,
	POLL,
	ALWAYS(fstatfs),
	ALWAYS(statx),
	ALWAYS(clock_gettime),
};

/*
 * The mounter mounts and unmounts on files that it is sent. It opens nothing, and has no call that
 * changes ids: its uid 0 is there to keep the caller away, not to be used.
 */
static const struct allowed mounter_calls[] = {
	COMMON,
	POLL,
	ALARM,
	ALWAYS(statx),
	ALWAYS(fstatfs),
	ALWAYS(faccessat2),
	ALWAYS(getgroups),
	ONLY(fcntl, 1, F_GETFL),
	ONLY(fcntl, 1, F_SETFL),
	ONLY(ioctl, 1, BLKBSZSET),
	ALWAYS(flock),
	ALWAYS(clock_nanosleep),
	ALWAYS(lseek),
	ALWAYS(read),
	ALWAYS(listmount),
	ALWAYS(statmount),
	ALWAYS(fsopen),
	ALWAYS(fsconfig),
	ALWAYS(fsmount),
	ALWAYS(move_mount),
	ALWAYS(umount2),
};

static const struct {
	const struct allowed *calls;
	unsigned int count;
} lists[] = {
	[FILTER_SESSION] = { session_calls, sizeof(session_calls) / sizeof(session_calls[0]) },
	[FILTER_PROBE] = { probe_calls, sizeof(probe_calls) / sizeof(probe_calls[0]) },
	[FILTER_MOUNTER] = { mounter_calls, sizeof(mounter_calls) / sizeof(mounter_calls[0]) },
};

/* 4 instructions in front, at most 5 a call, 2 for each group of calls. */
#define CALLS_MAX   32
#define GROUP	    4
#define PROGRAM_MAX (4 + 5 * CALLS_MAX + 2 * CALLS_MAX)

#define LOAD(offset) ((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset)))
#define RETURN(what) ((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, (what)))
#define SKIP_UNLESS(value, skip) \
	((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, (skip)))
#define SKIP_IF(value, skip) \
	((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), (skip), 0))

#define SKIP_FROM(value, skip) \
	((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (uint32_t)(value), (skip), 0))

/* The lower half of an argument: the kernel itself ignores the upper one of these ints. */
static size_t argument_offset(int arg)
{
	size_t offset = offsetof(struct seccomp_data, args) + (size_t)arg * sizeof(uint64_t);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	offset += sizeof(uint32_t);
#endif
	return offset;
}

_Static_assert(sizeof(session_calls) <= CALLS_MAX * sizeof(struct allowed) &&
		       sizeof(mounter_calls) <= CALLS_MAX * sizeof(struct allowed),
	"the program on the stack must hold every list");

static unsigned int add_call(struct sock_filter *program, const struct allowed *call)
{
	unsigned int n = 0;

	if (call->arg < 0) {
		program[n++] = SKIP_UNLESS(call->nr, 1);
		program[n++] = RETURN(SECCOMP_RET_ALLOW);
		return n;
	}
	program[n++] = SKIP_UNLESS(call->nr, 4);
	program[n++] = LOAD(argument_offset(call->arg));
	program[n++] = SKIP_UNLESS(call->value, 1);
	program[n++] = RETURN(SECCOMP_RET_ALLOW);
	program[n++] = LOAD(offsetof(struct seccomp_data, nr));
	return n;
}

/*
 * A search tree over the numbers, which are in order: the kernel runs a filter once for every call
 * that there is when it takes it, and for most that are made.
 */
static unsigned int add_calls(
	struct sock_filter *program, const struct allowed *calls, unsigned int count)
{
	unsigned int half = count / 2, left, i, n = 0;

	/* One call with several values stays together, or only the upper part would be found. */
	while (half > 0 && calls[half - 1].nr == calls[half].nr)
		half--;
	if (count > GROUP && half > 0) {
		left = add_calls(program + 1, calls, half);
		program[0] = SKIP_FROM(calls[half].nr, (uint8_t)left);
		return 1 + left + add_calls(program + 1 + left, calls + half, count - half);
	}
	for (i = 0; i < count; i++)
		n += add_call(program + n, &calls[i]);
	program[n++] = RETURN(OTHERWISE);
	return n;
}

/* In order of their numbers, which differ from machine to machine. */
static void sort_calls(struct allowed *sorted, const struct allowed *calls, unsigned int count)
{
	unsigned int i, at;

	for (i = 0; i < count; i++) {
		for (at = i; at > 0 && sorted[at - 1].nr > calls[i].nr; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = calls[i];
	}
}

int filter_install(enum filter_process process)
{
	struct sock_filter program[PROGRAM_MAX];
	struct sock_fprog prog = { .filter = program };
	struct allowed sorted[CALLS_MAX];
	unsigned int count = lists[process].count, n = 0;

	sort_calls(sorted, lists[process].calls, count);
	/* A call by another table of numbers (32-bit on a 64-bit kernel) is never one of ours. */
	program[n++] = LOAD(offsetof(struct seccomp_data, arch));
	program[n++] = SKIP_IF(NATIVE_ARCH, 1);
	program[n++] = RETURN(OTHERWISE);
	program[n++] = LOAD(offsetof(struct seccomp_data, nr));
	n += add_calls(program + n, sorted, count);
	prog.len = (unsigned short)n;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog))
		return -errno;
	return 0;
}

const char *filter_action_name(void)
{
	return OTHERWISE == SECCOMP_RET_LOG ? "log" : "kill";
}
