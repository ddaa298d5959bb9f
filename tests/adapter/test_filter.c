/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The filter of stock servers, instruction by instruction, without a kernel: what it says of every
 * call number by every table. So it can be looked at for a machine that is not here. Prints TAP.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "filter.h"

#if defined(__x86_64__)
#define OURS AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OURS AUDIT_ARCH_AARCH64
#else
#define OURS 0u
#endif
#define ADAPTER	      1234
#define NUMBERS	      1024
#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))
#define DENIED(error) (SECCOMP_RET_ERRNO | (uint32_t)(error))
#define NOTHING	      0xffffffffu /* not what a filter says */

static const int notified[] = { SYS_openat, SYS_openat2, SYS_statx, SYS_faccessat, SYS_faccessat2,
	SYS_readlinkat, SYS_mount,
#ifdef SYS_newfstatat
	SYS_newfstatat,
#endif
#ifdef SYS_open
	SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink
#endif
};
static const int unknown[] = { SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_move_mount,
	SYS_open_tree, SYS_mount_setattr };
static const int forbidden[] = { SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
	SYS_process_madvise, SYS_pidfd_getfd, SYS_kill, SYS_tkill, SYS_pidfd_send_signal,
	SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_memfd_create };
static const int ids[] = { SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid,
	SYS_setresgid, SYS_setgroups };

static struct sock_filter code[FILTER_MAX];
static unsigned short length;
static int cases, failures;

static int is_in(const int *list, size_t count, int nr)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i] == nr)
			return 1;
	return 0;
}
#define IN(list, nr) is_in(list, COUNT(list), (nr))

/* What the program says: the instructions that it may be made of, and no others. */
static uint32_t verdict(const struct seccomp_data *data)
{
	uint32_t a = 0;
	unsigned int pc;

	for (pc = 0; pc < length; pc++) {
		const struct sock_filter *i = &code[pc];
		int yes;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k > sizeof(*data) - sizeof(a) || i->k % sizeof(a))
				return NOTHING;
			memcpy(&a, (const char *)data + i->k, sizeof(a));
			continue;
		case BPF_RET | BPF_K: return i->k;
		case BPF_JMP | BPF_JEQ | BPF_K: yes = a == i->k; break;
		case BPF_JMP | BPF_JGE | BPF_K: yes = a >= i->k; break;
		default: return NOTHING;
		}
		pc += yes ? i->jt : i->jf;
	}
	return NOTHING;
}

static uint32_t of_call(int nr, uint32_t arch, uint64_t first)
{
	struct seccomp_data data = { .nr = nr, .arch = arch, .args = { first } };

	return verdict(&data);
}

static void report(const char *what, int ok)
{
	cases++;
	failures += !ok;
	printf("%sok %d - %s\n", ok ? "" : "not ", cases, what);
}

/* What it is to say of a call that names no process. */
static uint32_t wanted(int nr, int fake_ids)
{
	if (IN(notified, nr))
		return SECCOMP_RET_USER_NOTIF;
	if (IN(unknown, nr))
		return DENIED(ENOSYS);
	if (IN(forbidden, nr))
		return DENIED(EPERM);
	if (fake_ids && IN(ids, nr))
		return DENIED(0);
	return SECCOMP_RET_ALLOW;
}

static int every_number(int fake_ids)
{
	int nr, ok = 1;

	length = filter_build(code, ADAPTER, fake_ids);
	for (nr = 0; nr < NUMBERS; nr++)
		if (nr != SYS_tgkill && nr != SYS_prlimit64 &&
			of_call(nr, OURS, 0) != wanted(nr, fake_ids)) {
			printf("# call %d: %#x instead of %#x\n", nr, of_call(nr, OURS, 0),
				wanted(nr, fake_ids));
			ok = 0;
		}
	return ok;
}

static int other_tables(void)
{
	static const uint32_t others[] = { AUDIT_ARCH_I386, AUDIT_ARCH_ARM, AUDIT_ARCH_X86_64,
		AUDIT_ARCH_AARCH64, 0, ~0u };
	size_t i;
	int nr;

	for (i = 0; i < COUNT(others); i++)
		for (nr = 0; nr < NUMBERS && others[i] != OURS; nr++)
			if (of_call(nr, others[i], 0) != DENIED(ENOSYS))
				return 0;
	for (nr = 0; nr < NUMBERS; nr++)
		if (of_call(0x40000000 | nr, OURS, 0) != DENIED(ENOSYS) ||
			of_call(INT32_MIN | nr, OURS, 0) != DENIED(ENOSYS))
			return 0;
	return 1;
}

/* The upper half of a register is not part of a pid for the kernel either. */
static int signals_and_limits(void)
{
	const uint64_t junk = 0xfeull << 32;

	return of_call(SYS_tgkill, OURS, ADAPTER) == DENIED(EPERM) &&
	       of_call(SYS_tgkill, OURS, junk | ADAPTER) == DENIED(EPERM) &&
	       of_call(SYS_tgkill, OURS, ADAPTER + 1) == SECCOMP_RET_ALLOW &&
	       of_call(SYS_prlimit64, OURS, 0) == SECCOMP_RET_ALLOW &&
	       of_call(SYS_prlimit64, OURS, junk) == SECCOMP_RET_ALLOW &&
	       of_call(SYS_prlimit64, OURS, ADAPTER) == DENIED(EPERM) &&
	       of_call(SYS_prlimit64, OURS, ADAPTER + 1) == DENIED(EPERM);
}

/* Whoever answers a call knows where its arguments are. */
static int answers(void)
{
	int nr, found = 0;

	for (nr = 0; nr < NUMBERS; nr++) {
		const struct notified *call = filter_call(nr);

		if (!!call != IN(notified, nr))
			return 0;
		if (!call)
			continue;
		found++;
		if (call->nr != nr || call->path < 0 || call->path > 1 || call->dirfd > 0 ||
			call->extra > 3 || call->out > 4)
			return 0;
	}
	return found == (int)COUNT(notified);
}

int main(void)
{
	if (!OURS) {
		report("a machine without a table is known as such", !filter_supported());
		printf("1..%d\n", cases);
		return failures ? 1 : 0;
	}
	report("this machine has a table", filter_supported());
	report("each call is notified, unknown, forbidden, or as without the filter",
		every_number(0));
	report("with `ids = pretend` so are those that change ids, which succeed", every_number(1));
	report("numbers of other tables are no calls", other_tables());
	report("signals to the adapter, and limits of others, are denied", signals_and_limits());
	report("each notified call, and no other, has an answer", answers());
	printf("1..%d\n", cases);
	return failures ? 1 : 0;
}
