/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "startup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/nsfs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "fsv_fd.h"
#include "sandbox/caps.h"
#include "say.h"

#define FUSE_DEVICE "/dev/fuse"

/* Less than this and the work could fail half-way: 256 pinned names and what goes with them; an
 * argument file of 1 MiB; the program itself. */
#define NEEDS_FILES  640
#define NEEDS_FSIZE  (1024 * 1024)
#define NEEDS_MEMORY (16 * 1024 * 1024)

/* A closed standard file would be the number of the next one opened, and a message would be written
 * into a disk image. */
static int open_standard_files(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", O_RDWR | O_NOCTTY) != fd)
			return -EBADF;
	}
	return 0;
}

/*
 * All of the standard ones, not just those that are known to matter: what a caller has ignored
 * stays ignored in a new program, and the next thing to rely on a signal would be the next hole.
 * Nothing here uses a real-time signal.
 */
static void reset_signals(void)
{
	struct sigaction deflt = { .sa_handler = SIG_DFL };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t none;
	int sig;

	/* SIGKILL and SIGSTOP cannot be changed by anybody. A file-size limit is an error of one
	 * write, not the end in the middle of the work. */
	for (sig = 1; sig <= SIGSYS; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			(void)sigaction(sig, sig == SIGXFSZ ? &ignore : &deflt, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void reset_timers(void)
{
	struct itimerval none = { 0 };

	(void)setitimer(ITIMER_REAL, &none, NULL);
	(void)setitimer(ITIMER_VIRTUAL, &none, NULL);
	(void)setitimer(ITIMER_PROF, &none, NULL);
}

static int raise_limit(int what, rlim_t need, const char *name)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)what, &limit))
		return -errno;
	if (limit.rlim_cur != limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit((__rlimit_resource_t)what, &limit))
			return -errno;
	}
	if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= need)
		return 0;
	say("the hard limit of %s is too low (ulimit -H): %llu, needed %llu", name,
		(unsigned long long)limit.rlim_max, (unsigned long long)need);
	return -EPERM;
}

static int raise_limits(void)
{
	struct rlimit no_core = { 0, 0 };
	int ret;

	(void)setrlimit(RLIMIT_CORE, &no_core);
	ret = raise_limit(RLIMIT_NOFILE, NEEDS_FILES, "open files");
	ret = ret ? ret : raise_limit(RLIMIT_FSIZE, NEEDS_FSIZE, "file size");
	ret = ret ? ret : raise_limit(RLIMIT_AS, NEEDS_MEMORY, "address space");
	ret = ret ? ret : raise_limit(RLIMIT_DATA, NEEDS_MEMORY / 4, "data");
	/* Too few processes are noticed by fork(2), before anything is connected. */
	ret = ret ? ret : raise_limit(RLIMIT_NPROC, 0, "processes");
	return ret ? ret : raise_limit(RLIMIT_CPU, 2, "CPU time");
}

/* In a user namespace of the caller's own the kernel grants capabilities that mean nothing here. */
static bool mounts_are_ours(void)
{
	FSV_AUTO_FD mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	FSV_AUTO_FD owner = mounts < 0 ? -1 : ioctl(mounts, NS_GET_USERNS);

	/* EPERM: the owner is not this user namespace and not one below it. */
	return owner >= 0 || errno != EPERM;
}

static enum privilege find_privilege(void)
{
	uid_t real, effective, saved;

	if (getresuid(&real, &effective, &saved))
		return PRIVILEGE_NONE;
	if (!caps_permitted(CAPS_BIT(CAP_SYS_ADMIN)) || !mounts_are_ours())
		return PRIVILEGE_NONE;
	if (real == 0 && effective == 0 && saved == 0)
		return PRIVILEGE_ROOT;
	if (effective == 0 && saved == 0)
		return PRIVILEGE_SETUID;
	return effective == real && saved == real && real != 0 ? PRIVILEGE_FILE : PRIVILEGE_NONE;
}

/* Only a root caller may choose another device; everybody else gets the kernel's. */
static void take_environment(struct caller *caller)
{
	const char *device = caller->uid == 0 ? getenv("FUSE_KERN_DEVICE") : NULL;

	caller->fuse_device = device && *device ? device : FUSE_DEVICE;
	/* Emptied, not filtered: the next library to read a variable would be the next hole. The
	 * strings themselves stay where the kernel put them. */
	(void)clearenv();
}

static int clean(struct caller *caller)
{
	int ret;

	/* No core file and no debugger: this memory decides about mounts. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return -errno;
	ret = open_standard_files();
	if (ret)
		return ret;
	if (syscall(SYS_close_range, 3U, ~0U, 0U))
		return -errno;
	reset_signals();
	reset_timers();
	take_environment(caller);
	caller->umask = umask(077);
	(void)personality(PER_LINUX);
	return raise_limits();
}

static bool uids_are(uid_t uid)
{
	uid_t r, e, s;

	return getresuid(&r, &e, &s) == 0 && r == uid && e == uid && s == uid;
}

static bool gids_are(gid_t gid)
{
	gid_t r, e, s;

	return getresgid(&r, &e, &s) == 0 && r == gid && e == gid && s == gid;
}

int startup(struct caller *caller)
{
	int ret;

	caller->uid = getuid();
	caller->gid = getgid();
	ret = clean(caller);
	if (ret) {
		say("cannot start: %s", said_error(ret));
		return ret;
	}
	caller->privilege = find_privilege();
	/* From here on the caller's own rights, but for the mounter and the utab writer. Nobody in
	 * a user namespace can set even the ids that he has. */
	if ((!gids_are(caller->gid) && setresgid(caller->gid, caller->gid, caller->gid)) ||
		(caller->privilege == PRIVILEGE_SETUID &&
			setresuid((uid_t)-1, caller->uid, (uid_t)-1))) {
		ret = -errno;
		say("cannot take on the caller's ids: %s", said_error(ret));
		return ret;
	}
	ret = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	caller->start_dir = ret < 0 ? -errno : ret;
	return 0;
}

/* Whether a line of this file begins with `key` and goes on with `value`. */
static bool file_says(const char *path, const char *key, const char *value)
{
	FILE *file = fopen(path, "re");
	char line[256];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		if (strncmp(line, key, strlen(key)) == 0)
			found = strcmp(line + strlen(key), value) == 0;
	if (file)
		(void)fclose(file);
	return found;
}

void startup_explain_no_privilege(void)
{
	static const char *const what = "no privilege to mount";
	struct stat st;
	bool set_up = stat("/proc/self/exe", &st) == 0 && (st.st_mode & S_ISUID);

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		say("%s: this process runs with no_new_privs (a container or a sandbox sets it), "
		    "so "
		    "that neither setuid nor a file capability has an effect",
			what);
	else if (!file_says("/proc/self/status", "TracerPid:\t", "0\n"))
		say("%s: the program is being traced", what);
	else if (!file_says("/proc/self/uid_map", "         0          0 ", "4294967295\n"))
		say("%s: this is a user namespace of its own, which has no say over these mounts",
			what);
	else if (set_up)
		say("%s: the program is setuid, but not root's or on a file system mounted nosuid",
			what);
	else
		say("%s: install the program setuid root (chown root, chmod 4755) or with the file "
		    "capability cap_sys_admin, or run it as root",
			what);
}

int startup_drop_privilege(const struct caller *caller)
{
	uint64_t keep = 0;
	uid_t uid = caller->uid;
	int ret;

	if (!uids_are(uid) && (setresuid(uid, uid, uid) || !uids_are(uid))) {
		say("cannot give up privilege: %s", said_error(-EPERM));
		return -EPERM;
	}
	/* Opening files as root takes these two; nothing else of root is needed to talk. */
	if (caller_is_root(caller))
		keep = CAPS_BIT(CAP_DAC_OVERRIDE) | CAPS_BIT(CAP_DAC_READ_SEARCH);
	if (!caps_permitted(keep))
		keep = 0;
	ret = caps_keep(keep);
	if (!ret && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		ret = -errno;
	/* The kernel resets this at each change of credentials. */
	if (!ret && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		ret = -errno;
	if (ret)
		say("cannot give up privilege: %s", said_error(ret));
	return ret;
}
