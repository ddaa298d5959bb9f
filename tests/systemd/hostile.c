/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A service that its image has taken over: it tries to get out of its box. It asks for the image,
 * and writes into it, one line for each attempt, how that ended: "name EPERM", or "name DONE".
 * Each attempt is made in a process of its own. Words "--victim=PID" name a process to attack.
 * As a stock server, "hostile stock [--victim=PID] IMAGE MOUNTPOINT", it does the same under the
 * adapter, which is its victim if there is no other.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fsv_service.h"

static int image;	   /* what it was handed */
static const char *opened; /* the caller's name of it */
static const char *own_path;
static pid_t victim;

/* 0 where a call that must not succeed did, else its errno. */
static int outcome(long ret)
{
	return ret < 0 ? errno : 0;
}

static int reading(const char *path)
{
	return outcome(open(path, O_RDONLY | O_CLOEXEC));
}

static int read_passwd(void)
{
	return reading("/etc/passwd");
}

static int read_home(void)
{
	return reading("/home");
}

static int read_root_home(void)
{
	return outcome(opendir("/root") ? 0 : -1);
}

static int read_proc(void)
{
	return outcome(opendir("/proc") ? 0 : -1);
}

static int read_init_root(void)
{
	return reading("/proc/1/root/etc/passwd");
}

static int read_own_memory(void)
{
	return reading("/proc/self/mem");
}

static int read_sysfs(void)
{
	return reading("/sys/kernel");
}

static int read_cgroups(void)
{
	return reading("/sys/fs/cgroup");
}

static int read_sockets(void)
{
	return reading("/run/filesystems");
}

static int read_journal(void)
{
	return reading("/run/systemd/journal");
}

static int read_image_by_name(void)
{
	return reading(opened);
}

static int read_shared_memory(void)
{
	return outcome(open("/dev/shm/x", O_RDWR | O_CREAT, 0600));
}

static int open_fuse(void)
{
	return outcome(open("/dev/fuse", O_RDWR));
}

static int open_memory_device(void)
{
	return outcome(open("/dev/mem", O_RDONLY));
}

static int open_loop_control(void)
{
	return outcome(open("/dev/loop-control", O_RDWR));
}

static int open_terminal(void)
{
	return outcome(open("/dev/ptmx", O_RDWR | O_NOCTTY));
}

static int make_device(void)
{
	return outcome(mknod("/tmp/null", S_IFCHR | 0666, makedev(1, 3)));
}

/* The image once more, with a right that it was not handed over with. */
static int reopen_image(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", image);
	return outcome(open(path, O_RDONLY));
}

static int reopen_image_by_thread(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", image);
	return outcome(open(path, O_RDONLY));
}

static int reopen_image_by_dev(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/fd/%d", image);
	return outcome(open(path, O_RDONLY));
}

static int own_image(void)
{
	return outcome(fchown(image, getuid(), getgid()));
}

static int setuid_image(void)
{
	return outcome(fchmod(image, 04755));
}

static int handle_of_image(void)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u = { .handle.handle_bytes = MAX_HANDLE_SZ };
	int mount_id;

	return outcome(name_to_handle_at(image, "", &u.handle, &mount_id, AT_EMPTY_PATH));
}

static int found_errno;

static int try_to_write(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	char file[4096];
	int fd;

	(void)ftw;
	if (type == FTW_D) {
		snprintf(file, sizeof(file), "%s/written", path);
		fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	} else if (type == FTW_F && S_ISREG(st->st_mode)) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
	} else {
		return 0;
	}
	found_errno = outcome(fd);
	return fd < 0 ? 0 : 1;
}

/* Into every folder and every file that it sees. */
static int write_anywhere(void)
{
	found_errno = EINVAL;
	return nftw("/", try_to_write, 32, FTW_PHYS) ? 0 : found_errno;
}

static int new_socket(int family, int type)
{
	return outcome(socket(family, type, 0));
}

static int socket_inet(void)
{
	return new_socket(AF_INET, SOCK_STREAM);
}

static int socket_inet6(void)
{
	return new_socket(AF_INET6, SOCK_DGRAM);
}

static int socket_unix(void)
{
	return new_socket(AF_UNIX, SOCK_STREAM);
}

static int socket_netlink(void)
{
	return new_socket(AF_NETLINK, SOCK_RAW);
}

static int socket_packet(void)
{
	return new_socket(AF_PACKET, SOCK_RAW);
}

static int socket_vsock(void)
{
	return new_socket(AF_VSOCK, SOCK_STREAM);
}

static int mount_tmpfs(void)
{
	return outcome(mount("tmpfs", "/var", "tmpfs", 0, NULL));
}

static int new_filesystem(void)
{
	return outcome(syscall(SYS_fsopen, "tmpfs", 0));
}

static int copy_mount(void)
{
	return outcome(syscall(SYS_open_tree, AT_FDCWD, "/", 1));
}

static int unmount(void)
{
	return outcome(umount2("/var", MNT_DETACH));
}

static int change_root(void)
{
	return outcome(chroot("/usr"));
}

static int new_user_namespace(void)
{
	return outcome(unshare(CLONE_NEWUSER));
}

static int new_mount_namespace(void)
{
	return outcome(unshare(CLONE_NEWNS));
}

static int clone_user_namespace(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

	if (!pid)
		_exit(0);
	return outcome(pid);
}

static int signal_victim(void)
{
	return outcome(kill(victim, 0));
}

static int signal_victims_thread(void)
{
	return outcome(syscall(SYS_tgkill, victim, victim, 0));
}

static int signal_init(void)
{
	return outcome(syscall(SYS_tgkill, 1, 1, 0));
}

static int queue_signal_to_victim(void)
{
	return outcome(sigqueue(victim, 0, (union sigval){ 0 }));
}

static int trace_victim(void)
{
	return outcome(ptrace(PTRACE_SEIZE, victim, NULL, NULL));
}

static int read_victim(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)(uintptr_t)opened, 1 };

	/* That nothing is mapped there is said only to those who may know. */
	return process_vm_readv(victim, &here, 1, &there, 1, 0) < 0 && errno != EFAULT ? errno : 0;
}

static int pidfd_of_victim(void)
{
	return outcome(syscall(SYS_pidfd_open, victim, 0));
}

static int limit_victim(void)
{
	struct rlimit limit = { 0, 0 };

	return outcome(prlimit(victim, RLIMIT_CORE, &limit, NULL));
}

static int become_root(void)
{
	return outcome(setresuid(0, 0, 0));
}

static int join_group(void)
{
	gid_t group = 0;

	return outcome(syscall(SYS_setgroups, 1, &group));
}

/* Where this works it does not come back: what is run ends with 0, this program too if told so. */
static int run(const char *path)
{
	char again[] = "again", *argv[] = { again, again, NULL };

	execv(path, argv);
	return errno;
}

static int run_shell(void)
{
	execl("/bin/sh", "sh", "-c", "exit 0", NULL);
	return errno;
}

static int run_true(void)
{
	return run("/usr/bin/true");
}

static int run_itself_by_proc(void)
{
	return run("/proc/self/exe");
}

static int run_from_memory(void)
{
	return outcome(memfd_create("x", 0));
}

static int run_open_file(void)
{
	char again[] = "again", *argv[] = { again, again, NULL };
	int fd = open(own_path, O_PATH | O_CLOEXEC);

	syscall(SYS_execveat, fd, "", argv, argv + 2, AT_EMPTY_PATH);
	return errno;
}

static int code_in_data(void)
{
	void *p = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int ring(void)
{
	struct io_uring_params params = { 0 };

	return outcome(syscall(SYS_io_uring_setup, 1, &params));
}

static int fault_handler(void)
{
	return outcome(syscall(SYS_userfaultfd, O_CLOEXEC));
}

static int keyring(void)
{
	return outcome(syscall(SYS_add_key, "user", "x", "x", 1, -2));
}

static int program_kernel(void)
{
	char attr[64] = { 0 };

	return outcome(syscall(SYS_bpf, 0, attr, sizeof(attr)));
}

static int performance_events(void)
{
	char attr[128] = { 0 };

	return outcome(syscall(SYS_perf_event_open, attr, 0, -1, -1, 0));
}

static int kernel_log(void)
{
	return outcome(klogctl(10, NULL, 0));
}

static int host_name(void)
{
	return outcome(sethostname("hostile", 7));
}

static int higher_priority(void)
{
	return outcome(setpriority(PRIO_PROCESS, 0, -5));
}

static int real_time(void)
{
	struct sched_param param = { .sched_priority = 1 };

	return outcome(sched_setscheduler(0, SCHED_FIFO, &param));
}

static int more_files(void)
{
	struct rlimit limit = { 1U << 14, 1U << 14 };

	return outcome(setrlimit(RLIMIT_NOFILE, &limit));
}

static int other_personality(void)
{
	return outcome(syscall(SYS_personality, 0x0400000)); /* READ_IMPLIES_EXEC */
}

static int many_processes(void)
{
	int count = 0;

	while (count < 200) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (!pid) {
			pause();
			_exit(0);
		}
		count++;
	}
	/* They end with the unit: nobody else can have them signalled. */
	return count < 100 ? errno : 0;
}

#define ATTEMPT(name)       \
	{                   \
#name, name \
	}

static const struct {
	const char *name;
	int (*make)(void);
} attempts[] = {
	ATTEMPT(read_passwd),
	ATTEMPT(read_home),
	ATTEMPT(read_root_home),
	ATTEMPT(read_proc),
	ATTEMPT(read_init_root),
	ATTEMPT(read_own_memory),
	ATTEMPT(read_sysfs),
	ATTEMPT(read_cgroups),
	ATTEMPT(read_sockets),
	ATTEMPT(read_journal),
	ATTEMPT(read_image_by_name),
	ATTEMPT(read_shared_memory),
	ATTEMPT(open_fuse),
	ATTEMPT(open_memory_device),
	ATTEMPT(open_loop_control),
	ATTEMPT(open_terminal),
	ATTEMPT(make_device),
	ATTEMPT(reopen_image),
	ATTEMPT(reopen_image_by_thread),
	ATTEMPT(reopen_image_by_dev),
	ATTEMPT(own_image),
	ATTEMPT(setuid_image),
	ATTEMPT(handle_of_image),
	ATTEMPT(write_anywhere),
	ATTEMPT(socket_inet),
	ATTEMPT(socket_inet6),
	ATTEMPT(socket_unix),
	ATTEMPT(socket_netlink),
	ATTEMPT(socket_packet),
	ATTEMPT(socket_vsock),
	ATTEMPT(mount_tmpfs),
	ATTEMPT(new_filesystem),
	ATTEMPT(copy_mount),
	ATTEMPT(unmount),
	ATTEMPT(change_root),
	ATTEMPT(new_user_namespace),
	ATTEMPT(new_mount_namespace),
	ATTEMPT(clone_user_namespace),
	ATTEMPT(signal_victim),
	ATTEMPT(signal_victims_thread),
	ATTEMPT(signal_init),
	ATTEMPT(queue_signal_to_victim),
	ATTEMPT(trace_victim),
	ATTEMPT(read_victim),
	ATTEMPT(pidfd_of_victim),
	ATTEMPT(limit_victim),
	ATTEMPT(become_root),
	ATTEMPT(join_group),
	ATTEMPT(run_shell),
	ATTEMPT(run_true),
	ATTEMPT(run_itself_by_proc),
	ATTEMPT(run_from_memory),
	ATTEMPT(run_open_file),
	ATTEMPT(code_in_data),
	ATTEMPT(ring),
	ATTEMPT(fault_handler),
	ATTEMPT(keyring),
	ATTEMPT(program_kernel),
	ATTEMPT(performance_events),
	ATTEMPT(kernel_log),
	ATTEMPT(host_name),
	ATTEMPT(higher_priority),
	ATTEMPT(real_time),
	ATTEMPT(more_files),
	ATTEMPT(other_personality),
	ATTEMPT(many_processes),
};

/* "DONE", or the name of the error. */
static const char *how(int (*make)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		int error = make();

		_exit(error);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return "NOT-TRIED";
	if (WIFSIGNALED(status))
		return "KILLED";
	return WEXITSTATUS(status) ? strerrorname_np(WEXITSTATUS(status)) : "DONE";
}

static int say(const char *name, const char *result)
{
	char line[128];
	int n = snprintf(line, sizeof(line), "%s %s\n", name, result);

	return write(image, line, (size_t)n) == n ? 0 : -1;
}

static int try_all(void)
{
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		if (say(attempts[i].name, how(attempts[i].make)))
			return -1;
	return say("end", "reached");
}

static int is_victim(const char *word)
{
	if (strncmp(word, "--victim=", 9) != 0)
		return 0;
	victim = (pid_t)strtol(word + 9, NULL, 10);
	return 1;
}

/* Where the adapter answers for the helper. It fails, and leaves processes behind. */
static int as_stock_server(char **words)
{
	victim = getppid();
	if (is_victim(words[0]))
		words++;
	opened = words[0];
	image = open(opened, O_WRONLY | O_CLOEXEC);
	return image < 0 || try_all() ? 2 : 1;
}

int main(int argc, char *argv[])
{
	struct fsv_service *s;
	struct fsv_wanted wanted = { .open_flags = O_WRONLY };

	own_path = argv[0];
	if (argc > 3 && !strcmp(argv[1], "stock"))
		return as_stock_server(argv + 2);
	if (argc > 1)
		return 0;
	if (fsv_service_accept(NULL, NULL, &s) || !s || fsv_service_argc(s) < 3)
		return 1;
	opened = wanted.path = fsv_service_arg(s, 1);
	for (uint32_t i = 2; i < fsv_service_argc(s); i++)
		(void)is_victim(fsv_service_arg(s, i));
	if (fsv_service_ask(s, &wanted) || fsv_service_answer(s, opened, &image) || image < 0)
		return 1;
	if (try_all())
		return 1;
	fsv_service_goodbye(s, 1);
	fsv_service_free(s);
	return 0;
}
