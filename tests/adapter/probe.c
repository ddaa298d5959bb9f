/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A server that tries every call of which the adapter is told, in every situation that there is,
 * and what is forbidden. Usage: probe -o key=KEY SOURCE MOUNTPOINT [hangs|does|boxed]. A failed
 * check is a line "FAILED: …" on stderr; at the end there is a line "probed N".
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

/* The notified calls that take a path, each as what it is asked for: 0 or an errno. */
struct attempt {
	const char *name;
	long (*make)(int folder, const char *path);
	int relative; /* it knows of folders */
	int good;     /* what it says of a granted name */
};

static long close_it(long fd)
{
	return fd < 0 ? fd : close((int)fd);
}

static long by_openat(int folder, const char *path)
{
	return close_it(RAW(openat, folder, path, O_RDONLY));
}

static long by_openat2(int folder, const char *path)
{
	struct open_how how = { .flags = O_RDONLY };

	return close_it(RAW(openat2, folder, path, &how, sizeof(how)));
}

static long by_newfstatat(int folder, const char *path)
{
	struct stat st;

	return RAW(newfstatat, folder, path, &st, 0);
}

static long by_statx(int folder, const char *path)
{
	struct statx stx;

	return RAW(statx, folder, path, 0, STATX_SIZE, &stx);
}

static long by_faccessat(int folder, const char *path)
{
	return RAW(faccessat, folder, path, R_OK);
}

static long by_faccessat2(int folder, const char *path)
{
	return RAW(faccessat2, folder, path, R_OK, 0);
}

static long by_readlinkat(int folder, const char *path)
{
	char text[PATH_MAX];

	return RAW(readlinkat, folder, path, text, sizeof(text));
}

#ifdef SYS_open
static long by_open(int folder, const char *path)
{
	(void)folder;
	return close_it(RAW(open, path, O_RDONLY));
}

static long by_stat(int folder, const char *path)
{
	struct stat st;

	(void)folder;
	return RAW(stat, path, &st);
}

static long by_lstat(int folder, const char *path)
{
	struct stat st;

	(void)folder;
	return RAW(lstat, path, &st);
}

static long by_access(int folder, const char *path)
{
	(void)folder;
	return RAW(access, path, R_OK);
}

static long by_readlink(int folder, const char *path)
{
	char text[PATH_MAX];

	(void)folder;
	return RAW(readlink, path, text, sizeof(text));
}
#endif

static const struct attempt attempts[] = {
	{ "openat", by_openat, 1, 0 },
	{ "openat2", by_openat2, 1, 0 },
	{ "newfstatat", by_newfstatat, 1, 0 },
	{ "statx", by_statx, 1, 0 },
	{ "faccessat", by_faccessat, 1, 0 },
	{ "faccessat2", by_faccessat2, 1, 0 },
	{ "readlinkat", by_readlinkat, 1, EINVAL },
#ifdef SYS_open
	{ "open", by_open, 0, 0 },
	{ "stat", by_stat, 0, 0 },
	{ "lstat", by_lstat, 0, 0 },
	{ "access", by_access, 0, 0 },
	{ "readlink", by_readlink, 0, EINVAL },
#endif
};
#define ATTEMPTS (sizeof(attempts) / sizeof(attempts[0]))

/* 0 or the errno. RestrictSUIDSGID= lets nobody have openat2(2), since no filter sees its flags. */
static int outcome(const struct attempt *attempt, int folder, const char *path)
{
	return attempt->make(folder, path) < 0 ? errno : 0;
}

static int is_as(const struct attempt *attempt, int got, int wanted)
{
	if (boxed && attempt->make == by_openat2)
		wanted = ENOSYS;
	return got == wanted;
}

static void expect(
	const struct attempt *attempt, const char *what, int folder, const char *path, int wanted)
{
	int got = outcome(attempt, folder, path);

	checks++;
	if (is_as(attempt, got, wanted))
		return;
	failures++;
	fprintf(stderr, "FAILED: %s of %s: %s instead of %s\n", attempt->name, what, strerror(got),
		strerror(wanted));
}

/* EACCES: only the caller may look into the folder of what is granted; in the box nobody. */
static void names(const struct attempt *t)
{
	char name[PATH_MAX];

	expect(t, "a granted name", AT_FDCWD, source, t->good);
	expect(t, "another granted name", AT_FDCWD, key, t->good);
	expect(t, "a granted name that begins with no /", AT_FDCWD, source + 1, t->good);
	snprintf(name, sizeof(name), "//usr/.././%s", source);
	expect(t, "a granted name written otherwise", AT_FDCWD, name, t->good);
	snprintf(name, sizeof(name), "%.*s", (int)strlen(source) - 1, source);
	expect(t, "a prefix of a granted name", AT_FDCWD, name, EACCES);
	snprintf(name, sizeof(name), "%sx", source);
	expect(t, "a granted name and a letter", AT_FDCWD, name, EACCES);
	snprintf(name, sizeof(name), "%s/x", source);
	expect(t, "a name below a granted one", AT_FDCWD, name, EACCES);
	expect(t, "a foreign name", AT_FDCWD, "/does/not/exist", ENOENT);
	expect(t, "no name", AT_FDCWD, "", ENOENT);
}

static void folders(const struct attempt *t)
{
	const char *last = strrchr(source, '/') + 1;
	char parent[PATH_MAX], name[PATH_MAX];
	int root, above, foreign, ends[2];

	snprintf(parent, sizeof(parent), "%.*s", (int)(last - source), source);
	root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	above = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	foreign = open("/usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(root >= 0 && above >= 0 && foreign >= 0 && !pipe(ends));
	expect(t, "a granted name in /", root, source + 1, t->good);
	expect(t, "a granted name in its folder", above, last, t->good);
	snprintf(name, sizeof(name), "./../%s%s", strrchr(parent, '/') - 4, last);
	expect(t, "the same by another way", above, name, t->good);
	expect(t, "a foreign name in that folder", above, "absent", ENOENT);
	expect(t, "a granted name in a foreign folder", foreign, source + 1, ENOENT);
	expect(t, "the same with a whole name", foreign, source, t->good);
	expect(t, "a name in what is no folder", ends[0], last, ENOTDIR);
	expect(t, "a name in what is not open", 999, last, EBADF);
	expect(t, "a whole name in what is not open", 999, source, t->good);
	close(root);
	close(above);
	close(foreign);
	close(ends[0]);
	close(ends[1]);
}

/* A path that ends where memory ends is read; one that does not end there is not. */
static void pointers(const struct attempt *t)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n = strlen(source) + 1;
	char *memory =
		mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *path, longest[PATH_MAX + 1];

	CHECK(memory != MAP_FAILED && !munmap(memory + 2 * page, page));
	path = memory + 2 * page - n;
	memcpy(path, source, n);
	expect(t, "a name at the end of memory", AT_FDCWD, path, t->good);
	path[n - 1] = 'x';
	expect(t, "a name without an end", AT_FDCWD, path, EFAULT);
	memcpy(memory + page - n / 2, source, n);
	expect(t, "a name on two pages", AT_FDCWD, memory + page - n / 2, t->good);
	expect(t, "NULL", AT_FDCWD, NULL, EFAULT);
	expect(t, "a number for a name", AT_FDCWD, (char *)8, EFAULT);
	expect(t, "the last address", AT_FDCWD, (char *)-1L, EFAULT);
	memset(longest, 'a', sizeof(longest));
	longest[PATH_MAX] = '\0';
	expect(t, "a name that is too long", AT_FDCWD, longest, ENAMETOOLONG);
	munmap(memory, 2 * page);
}

/* In a child of each kind; its status says whether it went well. */
static void children(const struct attempt *t)
{
	int status, ends[2];
	char byte = 1;
	pid_t pid;

	pid = vfork();
	if (pid == 0)
		_exit(!is_as(t, outcome(t, AT_FDCWD, source), t->good));
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	/* One whose parent has ended by then, as when a server goes into the background. */
	CHECK(!pipe(ends));
	pid = fork();
	if (pid == 0) {
		pid_t parent = getpid();

		if (fork() == 0) {
			while (getppid() == parent)
				usleep(100);
			byte = !is_as(t, outcome(t, AT_FDCWD, source), t->good);
			_exit(write(ends[1], &byte, 1) != 1);
		}
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(read(ends[0], &byte, 1) == 1 && byte == 0);
	close(ends[0]);
	close(ends[1]);
}

static void *make_often(void *arg)
{
	const struct attempt *t = arg;
	long bad = 0;
	int i;

	for (i = 0; i < 5; i++)
		bad += !is_as(t, outcome(t, AT_FDCWD, i & 1 ? key : source), t->good);
	return (void *)bad;
}

static void threads(const struct attempt *t)
{
	struct attempt copy = *t;
	pthread_t thread[8];
	void *bad;
	int i;

	for (i = 0; i < 8; i++)
		CHECK(!pthread_create(&thread[i], NULL, make_often, &copy));
	for (i = 0; i < 8; i++)
		CHECK(!pthread_join(thread[i], &bad) && !bad);
}

static void on_signal(int number)
{
	(void)number;
}

static void signals_come(int often)
{
	struct itimerval timer = { { 0, often ? 300 : 0 }, { 0, often ? 300 : 0 } };
	struct sigaction handler = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	CHECK(!sigaction(SIGALRM, &handler, NULL) && !setitimer(ITIMER_REAL, &timer, NULL));
}

static void interrupted(const struct attempt *t)
{
	int i, bad = 0;

	signals_come(1);
	for (i = 0; i < 10; i++)
		bad += !is_as(t, outcome(t, AT_FDCWD, key), t->good);
	signals_come(0);
	CHECK(!bad);
}

/*
 * Whoever waits for calls and for the ends of processes must not mix them up. (Not by opening: the
 * mount helper opens 256 files and no more.)
 */
static void processes_end_meanwhile(void)
{
	struct attempt often = { "statx", by_statx, 1, 0 };
	pthread_t thread[16];
	int i, k, status;
	void *bad;

	for (i = 0; i < 10; i++) {
		for (k = 0; k < 16; k++)
			CHECK(!pthread_create(&thread[k], NULL, make_often, &often));
		for (k = 0; k < 20; k++) {
			pid_t pid = fork();

			if (pid == 0) {
				/* An orphan is the adapter's. */
				(void)fork();
				_exit(0);
			}
			CHECK(waitpid(pid, &status, 0) == pid);
		}
		for (k = 0; k < 16; k++)
			CHECK(!pthread_join(thread[k], &bad) && !bad);
	}
}

static void every_call(void)
{
	size_t i;

	for (i = 0; i < ATTEMPTS; i++) {
		names(&attempts[i]);
		if (attempts[i].relative)
			folders(&attempts[i]);
		pointers(&attempts[i]);
		children(&attempts[i]);
		threads(&attempts[i]);
		interrupted(&attempts[i]);
	}
}

/* A program that the server runs: 0 where it can open what the server can. */
static void helper_programs(char *self)
{
	char *words[] = { self, NULL, NULL };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		words[1] = (char *)(uintptr_t)source;
		execv(self, words);
		_exit(9);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

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
	long fd;

	/* One call whose flags are in memory is as good as none in the box. */
	FAILS(RAW(openat2, AT_FDCWD, source, (void *)8, sizeof(struct open_how)),
		boxed ? ENOSYS : EFAULT);
#ifdef SYS_open
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
	FAILS(RAW(openat, AT_FDCWD, source, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	fd = RAW(openat, AT_FDCWD, "/etc/synthetic", O_RDONLY);
	CHECK(opens(fd));
	FAILS(RAW(openat, AT_FDCWD, "/etc/synthetic/x", O_RDONLY), ENOENT);
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
#ifdef SYS_stat
	CHECK(!RAW(stat, source, &st) && is_source(&st));
	CHECK(!RAW(lstat, source, &st) && is_source(&st));
#endif
	CHECK(realpath(source, real) && !strcmp(real, source));
	snprintf(parent, sizeof(parent), "%.*s", (int)(strrchr(source, '/') - source), source);
	CHECK(!stat(parent, &st) && S_ISDIR(st.st_mode));
	SUCCEEDS(access(parent, R_OK | X_OK));
	FAILS(RAW(newfstatat, AT_FDCWD, source, (void *)8, 0), EFAULT);
	FAILS(RAW(statx, AT_FDCWD, source, 0, STATX_SIZE, (void *)8), EFAULT);
	CHECK(RAW(openat, AT_FDCWD, parent, O_RDWR) < 0);
	CHECK(!stat("/dev/fuse", &st) && S_ISCHR(st.st_mode));
	CHECK(!RAW(newfstatat, 0, "", &st, AT_EMPTY_PATH));
	CHECK(!stat("/etc/synthetic", &st) && st.st_size == 12);
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
static const int table_of_i386[] = { 5, 295, 437, 300, 383, 307, 439, 305, 106, 107, 33, 85, 21 };

static void other_tables(void)
{
	/* Where a 32-bit call finds it. */
	char *low = mmap(NULL, PATH_MAX, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	size_t i;

	CHECK(low != MAP_FAILED);
	strcpy(low, source);
	for (i = 0; i <= sizeof(table_of_i386) / sizeof(table_of_i386[0]); i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0 && i == 0)
			_exit(syscall(0x40000000 | SYS_getpid) != -1 || errno != ENOSYS);
		if (pid == 0) {
			long result;

			__asm__ volatile("int $0x80"
					 : "=a"(result)
					 : "a"(table_of_i386[i - 1]), "b"(low), "c"(low), "d"(low)
					 : "memory", "r8", "r9", "r10", "r11");
			_exit(result != -ENOSYS);
		}
		CHECK(waitpid(pid, &status, 0) == pid);
		CHECK(boxed ? WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS : status == 0);
	}
	munmap(low, PATH_MAX);
}
#endif

static int mounts_tmpfs(void)
{
	return mount("x", mountpoint, "tmpfs", 0, NULL) ? errno : 0;
}

static void *mount_often(void *arg)
{
	long i, bad = 0;

	(void)arg;
	for (i = 0; i < 5; i++)
		bad += mounts_tmpfs() != EPERM;
	return (void *)bad;
}

/* mount(2) that asks for something else, or for what cannot be read: the kernel's to answer. */
static void mounting_otherwise(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *end = memory + page;
	pthread_t thread[4];
	int i, status;
	void *bad;
	pid_t pid;

	CHECK(memory != MAP_FAILED && !munmap(end, page));
	CHECK(mounts_tmpfs() == EPERM);
	FAILS(mount("/", mountpoint, "fuse", MS_BIND, NULL), EPERM);
	FAILS(RAW(mount, "x", mountpoint, (void *)8, 0, NULL), EFAULT);
	FAILS(RAW(mount, "x", mountpoint, "fuse", 0, (void *)8), EFAULT);
	FAILS(RAW(mount, "x", (void *)8, "fuse", 0, NULL), EFAULT);
	memcpy(end - 4, "fuse", 4);
	FAILS(RAW(mount, "x", mountpoint, end - 4, 0, NULL), EFAULT);
	memcpy(end - 6, "tmpfs", 6);
	FAILS(RAW(mount, "x", mountpoint, end - 6, 0, NULL), EPERM);
	pid = vfork();
	if (pid == 0)
		_exit(mounts_tmpfs() != EPERM);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	signals_come(1);
	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&thread[i], NULL, mount_often, NULL));
	for (i = 0; i < 4; i++)
		CHECK(!pthread_join(thread[i], &bad) && !bad);
	signals_come(0);
	munmap(memory, page);
}

static void *mount_it(void *data)
{
	return (void *)(long)mount(
		"/not/what/the/caller/said", "/not/there", "fuse.x", MS_NODEV, (char *)data);
}

/* How often a name can be opened; each time with a position of its own. */
static int opens_left(const char *path, int flags)
{
	int fd[256], n = 0, i, good;
	char c;

	while (n < 256 && (fd[n] = open(path, flags)) >= 0)
		n++;
	good = n < 256 && errno == EMFILE;
	for (i = 0; i < n; i++) {
		good &= lseek(fd[i], 0, SEEK_CUR) == 0 && read(fd[i], &c, 1) == 1;
		close(fd[i]);
	}
	return good ? n : -1;
}

/* From a thread, while signals come. */
static void mounting(void)
{
	int fuse = open("/dev/fuse", O_RDWR);
	struct stat st;
	char data[128];
	pthread_t thread;
	void *failed;

	SUCCEEDS(fuse);
	snprintf(data, sizeof(data), "fd=%d,rootmode=40000,user_id=0,group_id=0,subtype=x", fuse);
	signals_come(1);
	CHECK(!pthread_create(&thread, NULL, mount_it, data));
	CHECK(!pthread_join(thread, &failed) && !failed);
	signals_come(0);
	FAILS(mount("x", mountpoint, "fuse", 0, data), EPERM);
	CHECK(!stat(source, &st) && is_source(&st));
	CHECK(!stat(key, &st) && is_source(&st));
	/* One was opened for writing before, the other was not. */
	FAILS(open(key, O_RDWR), EROFS);
	FAILS(open(key, O_RDONLY | O_DIRECTORY), ENOTDIR);
	CHECK(opens_left(source, O_RDWR) == 8);
	CHECK(opens_left(key, O_RDONLY) == 32);
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
	if (argc == 2)
		return opens(open(argv[1], O_RDONLY)) ? 0 : 1;
	if (argc < 5 || strncmp(argv[2], "key=", 4))
		return 2;
	key = argv[2] + 4;
	source = argv[3];
	mountpoint = argv[4];
	boxed = argc == 6 && !strcmp(argv[5], "boxed");
	if (argc == 6 && !boxed)
		never_serve(argv[5]);
	every_call();
	processes_end_meanwhile();
	helper_programs(argv[0]);
	opening();
	looking();
	forbidden();
	mounting_otherwise();
#ifdef __x86_64__
	other_tables();
#endif
	mounting();
	fprintf(stderr, "probed %d\n", checks);
	return failures ? 1 : 0;
}
