/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A build may say that it has none, to show what happens then. */
#ifdef FILTER_WITHOUT_TABLE
#define NATIVE_ARCH 0u
#elif defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#define NATIVE_ARCH 0u /* no table: see filter_supported() */
#endif

/* Linux 5.19. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif
/* x86-64's second table of calls (x32) has its own numbers. */
#define OTHER_TABLE 0x40000000u

static const struct notified calls[] = {
/* 32-bit machines lack some of these names; there is no table for them. */
#if defined(__LP64__)
	{ SYS_openat, CALL_OPEN, 0, 1, 2, 3 },
	{ SYS_openat2, CALL_OPEN_HOW, 0, 1, 2, -1 },
	{ SYS_newfstatat, CALL_STAT, 0, 1, -1, 2 },
	{ SYS_statx, CALL_STATX, 0, 1, 3, 4 },
	{ SYS_faccessat, CALL_ACCESS, 0, 1, 2, -1 },
	{ SYS_faccessat2, CALL_ACCESS, 0, 1, 2, -1 },
	{ SYS_readlinkat, CALL_READLINK, 0, 1, -1, -1 },
	{ SYS_mount, CALL_MOUNT, -1, 1, -1, -1 },
#endif
#ifdef SYS_open
	{ SYS_open, CALL_OPEN, -1, 0, 1, 2 },
	{ SYS_stat, CALL_STAT, -1, 0, -1, 1 },
	{ SYS_lstat, CALL_STAT, -1, 0, -1, 1 },
	{ SYS_access, CALL_ACCESS, -1, 0, 1, -1 },
	{ SYS_readlink, CALL_READLINK, -1, 0, -1, -1 },
#endif
};

/* Programs that know the new way to mount fall back to mount(2), which can be translated. */
static const int unknown[] = { SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_move_mount,
	SYS_open_tree, SYS_mount_setattr };

/*
 * The adapter runs as the server's own user, so the kernel would let a server that was taken over
 * read it, stop it or limit it. That it is not dumpable keeps only some of these away. What the
 * drop-in adapter.conf allows for the adapter's own sake goes again here.
 */
static const int forbidden[] = { SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
	SYS_process_madvise, SYS_pidfd_getfd, SYS_kill, SYS_tkill, SYS_pidfd_send_signal,
	SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_memfd_create };

/* What a program does that wants to be nobody, or the caller; in a unit it is neither already. */
static const int id_calls[] = { SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid,
	SYS_setresgid, SYS_setgroups };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
_Static_assert(
	6 + 2 * (COUNT(calls) + COUNT(unknown) + COUNT(forbidden) + COUNT(id_calls)) + 5 + 5 + 1 <=
		FILTER_MAX,
	"a filter fits");

#define LOAD(offset) ((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset)))
#define RETURN(what) ((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, (what)))
#define JUMP(test, value, yes, no) \
	((struct sock_filter)BPF_JUMP(BPF_JMP | (test) | BPF_K, (uint32_t)(value), (yes), (no)))
#define FAIL(error) (SECCOMP_RET_ERRNO | (uint32_t)(error))

struct program {
	struct sock_filter *code;
	unsigned short len;
};

int filter_supported(void)
{
	return NATIVE_ARCH != 0;
}

const struct notified *filter_call(int nr)
{
	size_t i;

	for (i = 0; i < COUNT(calls); i++)
		if (calls[i].nr == nr)
			return &calls[i];
	return NULL;
}

static void add(struct program *p, struct sock_filter instruction)
{
	p->code[p->len++] = instruction;
}

static void add_calls(struct program *p, const int *numbers, size_t count, uint32_t action)
{
	size_t i;

	for (i = 0; i < count; i++) {
		add(p, JUMP(BPF_JEQ, numbers[i], 0, 1));
		add(p, RETURN(action));
	}
}

/*
 * One call whose first argument decides: with `only` it must be `value`, else it must not be. It is
 * a pid; the kernel ignores the upper half. Both architectures are little-endian.
 */
static void add_pid_rule(struct program *p, int nr, pid_t value, int only)
{
	add(p, JUMP(BPF_JEQ, nr, 0, 4));
	add(p, LOAD(offsetof(struct seccomp_data, args)));
	add(p, only ? JUMP(BPF_JEQ, value, 1, 0) : JUMP(BPF_JEQ, value, 0, 1));
	add(p, RETURN(FAIL(EPERM)));
	add(p, RETURN(SECCOMP_RET_ALLOW));
}

unsigned short filter_build(struct sock_filter *code, pid_t adapter, int fake_ids)
{
	struct program program = { .code = code }, *p = &program;
	size_t i;

	/* By another table of numbers, nothing below would be what it seems. */
	add(p, LOAD(offsetof(struct seccomp_data, arch)));
	add(p, JUMP(BPF_JEQ, NATIVE_ARCH, 1, 0));
	add(p, RETURN(FAIL(ENOSYS)));
	add(p, LOAD(offsetof(struct seccomp_data, nr)));
	add(p, JUMP(BPF_JGE, OTHER_TABLE, 0, 1));
	add(p, RETURN(FAIL(ENOSYS)));
	for (i = 0; i < COUNT(calls); i++)
		add_calls(p, &calls[i].nr, 1, SECCOMP_RET_USER_NOTIF);
	add_calls(p, unknown, COUNT(unknown), FAIL(ENOSYS));
	add_calls(p, forbidden, COUNT(forbidden), FAIL(EPERM));
	if (fake_ids)
		add_calls(p, id_calls, COUNT(id_calls), FAIL(0));
	/* abort(3) and thread libraries need signals to threads, getrlimit(3) the first of these.
	 */
	add_pid_rule(p, SYS_tgkill, adapter, 0);
	add_pid_rule(p, SYS_prlimit64, 0, 1);
	add(p, RETURN(SECCOMP_RET_ALLOW));
	return p->len;
}

int filter_install(pid_t adapter, int fake_ids)
{
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
	struct sock_filter code[FILTER_MAX];
	struct sock_fprog prog = { .len = filter_build(code, adapter, fake_ids), .filter = code };
	long fd;

	/* Without it a signal makes the server ask again and again, as Go's clock does to it. */
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &prog);
	if (fd < 0 && errno == EINVAL)
		fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
	return fd < 0 ? -errno : (int)fd;
}
