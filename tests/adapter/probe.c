/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A server that tries every call of which the adapter is told, and what is forbidden.
 * Usage: probe -o key=KEY SOURCE MOUNTPOINT [hangs|does|boxed]. A failed check is a line "FAILED:
 * …" on stderr; at the end there is a line "probed N".
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int checks, failures, boxed;
static const char *source, *key, *mountpoint;

static void check_at(int ok, const char *what, int line)
{
	int error = errno;

	checks++;
	if (ok)
		return;
	failures++;
	fprintf(stderr, "FAILED: line %d: %s (%s)\n", line, what, strerror(error));
}
#define CHECK(truth)	   check_at((truth), #truth, __LINE__)
#define FAILS(call, error) CHECK((call) == -1 && errno == (error))
#define SUCCEEDS(call)	   CHECK((call) >= 0)
#define RAW(name, ...)	   syscall(SYS_##name, __VA_ARGS__)

static int opens(long fd)
{
	char c;
	int ok = fd >= 0 && pread((int)fd, &c, 1, 0) == 1;

	if (fd >= 0)
		close((int)fd);
	return ok;
}

static void opening(void)
{
	struct open_how how = { .flags = O_RDONLY };
	long fd;

	CHECK(opens(RAW(openat, AT_FDCWD, source, O_RDONLY)));
	CHECK(opens(RAW(openat, AT_FDCWD, source + 1, O_RDONLY)));
	CHECK(opens(RAW(openat, 12345, source, O_RDONLY)));
	CHECK(opens(RAW(openat, AT_FDCWD, key, O_RDONLY)));
	/* RestrictSUIDSGID= lets nobody have it, since no filter sees into its flags. */
	if (boxed)
		FAILS(RAW(openat2, AT_FDCWD, source, &how, sizeof(how)), ENOSYS);
	else
		CHECK(opens(RAW(openat2, AT_FDCWD, source, &how, sizeof(how))));
#ifdef SYS_open
	CHECK(opens(RAW(open, source, O_RDONLY)));
	CHECK(opens(RAW(open, source, O_RDWR)));
#endif
	fd = RAW(openat, AT_FDCWD, source, O_RDONLY | O_CLOEXEC);
	CHECK(fcntl((int)fd, F_GETFD) == FD_CLOEXEC);
	close((int)fd);
	fd = RAW(openat, AT_FDCWD, source, O_RDONLY);
	CHECK(fcntl((int)fd, F_GETFD) == 0);
	FAILS(write((int)fd, "x", 1), EBADF);
	close((int)fd);
	fd = RAW(openat, AT_FDCWD, source, O_RDWR);
	CHECK(pwrite((int)fd, "probe", 5, 512) == 5);
	close((int)fd);
	FAILS(RAW(openat, AT_FDCWD, source, O_RDONLY | O_DIRECTORY), ENOTDIR);
	FAILS(RAW(openat, AT_FDCWD, source, O_RDWR | O_TRUNC), EINVAL);
	FAILS(RAW(openat2, AT_FDCWD, source, (void *)8, sizeof(how)), boxed ? ENOSYS : EFAULT);
	fd = RAW(openat, AT_FDCWD, "/etc/synthetic", O_RDONLY);
	CHECK(opens(fd));
	FAILS(RAW(openat, AT_FDCWD, "/etc/synthetic/x", O_RDONLY), ENOENT);
}

/* None of these is a granted name; the kernel says what it always says. */
static void foreign_names(void)
{
	char name[PATH_MAX];
	long root = RAW(openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);

	FAILS(RAW(openat, AT_FDCWD, "/etc/shadow", O_RDONLY), boxed ? ENOENT : EACCES);
	FAILS(RAW(openat, AT_FDCWD, "/does/not/exist", O_RDONLY), ENOENT);
	snprintf(name, sizeof(name), "%.*s", (int)strlen(source) - 1, source);
	SUCCEEDS(root);
	CHECK(!opens(RAW(openat, AT_FDCWD, name, O_RDONLY)));
	snprintf(name, sizeof(name), "%s/x", source);
	CHECK(!opens(RAW(openat, AT_FDCWD, name, O_RDONLY)));
	/* The kernel looks it up below the folder, where only the caller may look. */
	FAILS(RAW(openat, (int)root, source + 1, O_RDONLY), EACCES);
	close((int)root);
}

static int is_source(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size == 65536;
}

static void looking(void)
{
	char parent[PATH_MAX], real[PATH_MAX];
	struct stat st;
	struct statx stx = { 0 };

	CHECK(!RAW(newfstatat, AT_FDCWD, source, &st, 0) && is_source(&st));
	CHECK(!RAW(statx, AT_FDCWD, source, 0, STATX_SIZE, &stx) && stx.stx_size == 65536);
	SUCCEEDS(RAW(faccessat, AT_FDCWD, source, R_OK | W_OK));
	SUCCEEDS(RAW(faccessat2, AT_FDCWD, source, F_OK, 0));
	FAILS(RAW(readlinkat, AT_FDCWD, source, real, sizeof(real)), EINVAL);
#ifdef SYS_stat
	CHECK(!RAW(stat, source, &st) && is_source(&st));
	CHECK(!RAW(lstat, source, &st) && is_source(&st));
	SUCCEEDS(RAW(access, source, R_OK));
	FAILS(RAW(readlink, source, real, sizeof(real)), EINVAL);
#endif
	CHECK(realpath(source, real) && !strcmp(real, source));
	snprintf(parent, sizeof(parent), "%.*s", (int)(strrchr(source, '/') - source), source);
	CHECK(!stat(parent, &st) && S_ISDIR(st.st_mode));
	SUCCEEDS(access(parent, R_OK | X_OK));
	FAILS(RAW(newfstatat, AT_FDCWD, source, (void *)8, 0), EFAULT);
	FAILS(RAW(statx, AT_FDCWD, source, 0, STATX_SIZE, (void *)8), EFAULT);
	FAILS(RAW(newfstatat, AT_FDCWD, "/does/not/exist", &st, 0), ENOENT);
	CHECK(!stat("/dev/fuse", &st) && S_ISCHR(st.st_mode));
	CHECK(!RAW(newfstatat, 0, "", &st, AT_EMPTY_PATH));
	CHECK(!stat("/etc/synthetic", &st) && st.st_size == 12);
}

/* A path that ends where memory ends is read; one that does not end there is not. */
static void bad_pointers(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = strlen(source) + 1;
	char *memory =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *path, longest[PATH_MAX + 1];

	CHECK(memory != MAP_FAILED && !munmap(memory + page, page));
	path = memory + page - n;
	memcpy(path, source, n);
	CHECK(opens(RAW(openat, AT_FDCWD, path, O_RDONLY)));
	path[n - 1] = 'x';
	FAILS(RAW(openat, AT_FDCWD, path, O_RDONLY), EFAULT);
	FAILS(RAW(openat, AT_FDCWD, NULL, O_RDONLY), EFAULT);
	FAILS(RAW(openat, AT_FDCWD, (void *)-1L, O_RDONLY), EFAULT);
	FAILS(RAW(mount, "x", mountpoint, (void *)8, 0, NULL), EFAULT);
	FAILS(RAW(mount, "x", mountpoint, "fuse", 0, (void *)8), EFAULT);
	memset(longest, 'a', sizeof(longest));
	longest[PATH_MAX] = '\0';
	FAILS(RAW(openat, AT_FDCWD, longest, O_RDONLY), ENAMETOOLONG);
	CHECK(!munmap(memory, page));
	/* Across two pages. */
	memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(memory + page - n / 2, source, n);
	CHECK(opens(RAW(openat, AT_FDCWD, memory + page - n / 2, O_RDONLY)));
	munmap(memory, 2 * page);
}

static void *open_often(void *arg)
{
	long bad = 0;
	int i;

	(void)arg;
	for (i = 0; i < 20; i++)
		bad += !opens(open(key, O_RDONLY));
	return (void *)bad;
}

static void on_signal(int number)
{
	(void)number;
}

static void processes(void)
{
	pthread_t threads[8];
	int i, status;
	void *result;
	pid_t pid;

	for (i = 0; i < 8; i++)
		CHECK(!pthread_create(&threads[i], NULL, open_often, NULL));
	for (i = 0; i < 8; i++)
		CHECK(!pthread_join(threads[i], &result) && !result);
	pid = vfork();
	if (pid == 0)
		_exit(open(source, O_RDONLY) >= 0 ? 0 : 1);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void interrupted(void)
{
	struct itimerval often = { { 0, 300 }, { 0, 300 } }, never = { 0 };
	struct sigaction handler = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	int i, bad = 0;

	CHECK(!sigaction(SIGALRM, &handler, NULL) && !setitimer(ITIMER_REAL, &often, NULL));
	for (i = 0; i < 20; i++)
		bad += !opens(open(key, O_RDONLY));
	CHECK(!setitimer(ITIMER_REAL, &never, NULL) && !bad);
}

static void forbidden(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };
	struct iovec iov = { &program, sizeof(program) };
	struct rlimit limit = { 1, 1 };
	pid_t adapter = getppid();
	char name[64];

	FAILS(RAW(fsopen, "fuse", 0), ENOSYS);
	FAILS(RAW(fsconfig, 0, 0, NULL, NULL, 0), ENOSYS);
	FAILS(RAW(fsmount, 0, 0, 0), ENOSYS);
	FAILS(RAW(move_mount, 0, "", 0, "", 0), ENOSYS);
	FAILS(RAW(open_tree, AT_FDCWD, "/", 0), ENOSYS);
	FAILS(mount("x", mountpoint, "tmpfs", 0, NULL), EPERM);
	FAILS(mount("/", mountpoint, "fuse", MS_BIND, NULL), EPERM);
	FAILS(kill(adapter, 0), EPERM);
	FAILS(kill(-1, 0), EPERM);
	FAILS(RAW(tkill, adapter, 0), EPERM);
	FAILS(RAW(tgkill, adapter, adapter, 0), EPERM);
	SUCCEEDS(RAW(tgkill, getpid(), getpid(), 0));
	FAILS(RAW(rt_sigqueueinfo, adapter, 0, NULL), EPERM);
	FAILS(RAW(rt_tgsigqueueinfo, adapter, adapter, 0, NULL), EPERM);
	FAILS(RAW(pidfd_send_signal, 0, 0, NULL, 0), EPERM);
	FAILS(RAW(pidfd_getfd, 0, 0, 0), EPERM);
	FAILS(RAW(ptrace, PTRACE_ATTACH, adapter, 0, 0), EPERM);
	FAILS(RAW(process_vm_readv, adapter, &iov, 1, &iov, 1, 0), EPERM);
	FAILS(RAW(process_vm_writev, adapter, &iov, 1, &iov, 1, 0), EPERM);
	FAILS(RAW(prlimit64, adapter, RLIMIT_NOFILE, &limit, NULL), EPERM);
	SUCCEEDS(RAW(prlimit64, 0, RLIMIT_NOFILE, NULL, &limit));
	FAILS(RAW(memfd_create, "x", 0), EPERM);
	FAILS(RAW(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program),
		EBUSY);
	snprintf(name, sizeof(name), "/proc/%d/mem", adapter);
	FAILS(open(name, O_RDONLY), EACCES);
	snprintf(name, sizeof(name), "/proc/%d/fd/3", adapter);
	FAILS(open(name, O_RDONLY), EACCES);
}

#ifdef __x86_64__
/* The same calls by the numbers of another table: no such call, and in a unit the end. */
static void other_tables(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		long result;

		__asm__ volatile("int $0x80"
				 : "=a"(result)
				 : "a"(20)
				 : "memory", "r8", "r9", "r10", "r11");
		_exit(result == -ENOSYS && syscall(0x40000000 | SYS_getpid) == -1 && errno == ENOSYS
				? 0
				: 1);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(boxed ? WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS : status == 0);
}
#endif

static void mounting(void)
{
	int fuse = open("/dev/fuse", O_RDWR), i, got = 0;
	struct stat st;
	char data[128];

	SUCCEEDS(fuse);
	snprintf(data, sizeof(data), "fd=%d,rootmode=40000,user_id=0,group_id=0,subtype=x", fuse);
	SUCCEEDS(mount("/not/what/the/caller/said", "/not/there", "fuse.x", MS_NODEV, data));
	FAILS(mount("x", mountpoint, "fuse", 0, data), EPERM);
	/* From now on there are spares. */
	CHECK(!stat(source, &st) && is_source(&st));
	for (i = 0; i < 10; i++)
		got += open(source, O_RDWR) >= 0;
	CHECK(got == 4);
	FAILS(open(source, O_RDONLY), EMFILE);
	CHECK(opens(open(key, O_RDONLY)));
}

/* Before its mount, or with a mount that does not answer. */
static void never_serve(const char *how)
{
	if (strcmp(how, "hangs"))
		mounting();
	fprintf(stderr, "now it %s\n", how);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (argc < 5 || strncmp(argv[2], "key=", 4))
		return 2;
	key = argv[2] + 4;
	source = argv[3];
	mountpoint = argv[4];
	boxed = argc == 6 && !strcmp(argv[5], "boxed");
	if (argc == 6 && !boxed)
		never_serve(argv[5]);
	opening();
	foreign_names();
	looking();
	bad_pointers();
	processes();
	interrupted();
	forbidden();
#ifdef __x86_64__
	other_tables();
#endif
	mounting();
	fprintf(stderr, "probed %d\n", checks);
	return failures ? 1 : 0;
}
