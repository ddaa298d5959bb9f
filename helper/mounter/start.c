/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "child.h"
#include "sandbox/caps.h"
#include "sandbox/filter.h"

#define LOCK_PATH "/run/" LOCK_NAME
#define LOCK_NAME "fuservicemount3.lock"

/* Limits of the caller's choice would let him end this process in the middle of a mount. */
static void lift_limits(void)
{
	static const __rlimit_resource_t which[] = { RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_AS,
		RLIMIT_DATA, RLIMIT_STACK, RLIMIT_RTTIME };
	struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	size_t i;

	for (i = 0; i < sizeof(which) / sizeof(which[0]); i++)
		(void)setrlimit(which[i], &none);
}

/* 0600 in a directory of root's: nobody else can hold the lock and keep others from mounting. */
static int open_lock(void)
{
	return open(LOCK_PATH, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
}

/* Its own session, deaf to all but its own alarm and the end of the lifeline: ^C and ^Z reach
 * the whole group of the caller. */
static int leave_terminal(void)
{
	sigset_t all;
	int null, fd;

	sigfillset(&all);
	sigdelset(&all, SIGALRM);
	sigdelset(&all, SIGIO);
	if (sigprocmask(SIG_SETMASK, &all, NULL) || setsid() < 0)
		return -errno;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return -errno;
	for (fd = 0; fd <= 2; fd++)
		if (dup2(null, fd) < 0)
			return -errno;
	return close(null) ? -errno : 0;
}

/*
 * Real and saved uid 0: the caller may neither signal, trace nor limit this process (kill(2),
 * ptrace(2), prlimit(2) compare with those). Effective uid of the caller: what it does to files is
 * done with his rights.
 */
static int take_ids(const struct mounter_facts *facts, bool setuid)
{
	uid_t r, e, s;

	if (setuid && (setresuid(0, facts->uid, 0) || getresuid(&r, &e, &s) || r != 0 ||
			      e != facts->uid || s != 0))
		return -EPERM;
	return caps_keep(CAPS_BIT(CAP_SYS_ADMIN));
}

/* The current directory becomes this process's own list of open files, and surely that. */
static int enter_fd_directory(void)
{
	struct statfs fs;

	if (chdir("/proc/self/fd") || statfs(".", &fs))
		return -errno;
	return fs.f_type == PROC_SUPER_MAGIC ? 0 : -EPERM;
}

static int prepare(const struct mounter_facts *facts, bool setuid, struct mounter_files *files)
{
	struct statx root;
	int ret;

	if (setuid && seteuid(0))
		return -errno;
	lift_limits();
	files->lock = open_lock();
	ret = leave_terminal();
	ret = ret ? ret : enter_fd_directory();
	if (ret)
		return ret;
	if (statx(AT_FDCWD, "/", AT_STATX_DONT_SYNC, 0, &root) ||
		fcntl(files->life, F_SETOWN, getpid()))
		return -errno;
	files->root_mount = root.stx_mnt_id;
	files->mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (files->mountinfo < 0)
		return -errno;
	if (take_ids(facts, setuid) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -EPERM;
	/* After the last change of credentials, which makes the kernel reset it; verified, since a
	 * debugger on this process would be root. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return -EPERM;
	return filter_install(FILTER_MOUNTER);
}

int mounter_start(const struct mounter_facts *facts, bool setuid, int *chan, int *life)
{
	struct mounter_files files = { .chan = CHILD_CHAN, .life = CHILD_LIFE };
	int ret = child_start(chan, life);

	if (ret)
		return ret < 0 ? ret : 0;
	if (prepare(facts, setuid, &files))
		_exit(1);
	mounter_serve(facts, &files);
	_exit(0);
}
