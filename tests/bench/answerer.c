/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A service that answers at once: it asks for the first operand as a file, has a mount made on the
 * last one, says goodbye and keeps the FUSE device open, unserved, until the mount is gone. So what
 * a helper is measured against it for is its own.
 *
 * usage: answerer SOCKET running|instances|PAUSE_MS
 *   running    this one process, which is running already, serves every connection
 *   instances  it starts an instance of itself for each, as a socket unit with Accept=yes does
 *   PAUSE_MS   running, and waits so long before the goodbye, for who wants to look at the helper
 * SIGUSR1 prints a line: how many mounts it made, how many it still holds, its open files, and its
 * private memory in KiB.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "fsv_service.h"

#define HELD_MAX 4096

static struct pollfd held[1 + HELD_MAX];
static nfds_t count = 1;
static unsigned int made;
static volatile sig_atomic_t asked;

static void on_signal(int sig)
{
	(void)sig;
	asked = 1;
}

static int listen_on(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || chmod(path, 0666) ||
		listen(fd, 128)) {
		perror(path);
		exit(1);
	}
	return fd;
}

static int want_file(struct fsv_service *s, const char *path)
{
	struct fsv_wanted wanted = { .path = path, .open_flags = O_RDWR };
	int fd, ret = fsv_service_ask(s, &wanted);

	ret = ret ? ret : fsv_service_answer(s, path, &fd);
	if (ret)
		return ret;
	if (fd < 0)
		return fd;
	return close(fd);
}

static void report(void *cookie, const char *line)
{
	(void)cookie;
	fprintf(stderr, "answerer: %s\n", line);
}

/* The FUSE device of the mount that was made, or -1. */
static int serve(struct fsv_service *s, int pause_ms)
{
	struct fsv_mount mount = { .source = "bench", .format = S_IFDIR };
	int ret, device = -1;
	uint32_t argc;

	argc = fsv_service_argc(s);
	ret = argc < 3 ? -EINVAL : want_file(s, fsv_service_arg(s, 1));
	if (!ret) {
		mount.mountpoint = fsv_service_arg(s, argc - 1);
		ret = fsv_service_mount(s, &mount);
	}
	if (pause_ms)
		(void)poll(NULL, 0, pause_ms);
	(void)fsv_service_goodbye(s, ret ? 1 : 0);
	if (!ret)
		device = fsv_service_take_fusedev(s);
	fsv_service_free(s);
	return device;
}

static void serve_here(int sock, int pause_ms)
{
	struct fsv_service *s;
	int device;

	if (fsv_service_start(sock, report, NULL, &s))
		return;
	device = serve(s, pause_ms);
	if (device >= 0 && count <= HELD_MAX) {
		held[count++].fd = device;
		made++;
	}
}

/* As systemd does it: the connection is file 3. */
static void start_instance(int sock, char *program)
{
	char fds[] = "LISTEN_FDS=1", *words[] = { program, NULL };
	char listen_pid[32], *environment[] = { listen_pid, fds, NULL };

	if (fork() == 0) {
		snprintf(listen_pid, sizeof(listen_pid), "LISTEN_PID=%d", getpid());
		if (sock == 3 ? fcntl(3, F_SETFD, 0) == 0 : dup2(sock, 3) == 3)
			execve("/proc/self/exe", words, environment);
		_exit(1);
	}
	close(sock);
}

static int be_instance(void)
{
	struct fsv_service *s;
	struct pollfd device = { .fd = -1 };

	if (fsv_service_accept(report, NULL, &s) || !s)
		return 1;
	device.fd = serve(s, 0);
	/* Nobody sends it anything but the end. */
	return device.fd >= 0 && poll(&device, 1, -1) == 1 ? 0 : 1;
}

static void drop_gone(void)
{
	nfds_t i, kept = 1;

	for (i = 1; i < count; i++) {
		if (held[i].revents & POLLERR)
			close(held[i].fd);
		else
			held[kept++] = held[i];
	}
	count = kept;
}

static unsigned int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

static unsigned long private_kib(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "re");
	unsigned long kib, sum = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Private_%*[a-zA-Z]: %lu", &kib) == 1)
			sum += kib;
	if (f)
		fclose(f);
	return sum;
}

static void tell(void)
{
	asked = 0;
	printf("made %u held %lu files %u private %lu\n", made, (unsigned long)count - 1,
		open_files(), private_kib());
	fflush(stdout);
}

static void take_connection(char **argv)
{
	int sock = accept4(held[0].fd, NULL, NULL, SOCK_CLOEXEC);

	if (sock >= 0 && strcmp(argv[2], "instances") == 0)
		start_instance(sock, argv[0]);
	else if (sock >= 0)
		serve_here(sock, atoi(argv[2]));
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct rlimit files = { HELD_MAX + 64, HELD_MAX + 64 };

	if (getenv("LISTEN_FDS"))
		return be_instance();
	if (argc != 3)
		return 1;
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGCHLD, SIG_IGN);
	sigaction(SIGUSR1, &action, NULL);
	held[0] = (struct pollfd){ .fd = listen_on(argv[1]), .events = POLLIN };
	puts("ready");
	fflush(stdout);
	for (;;) {
		int n = poll(held, count, -1);

		if (asked)
			tell();
		if (n <= 0)
			continue;
		drop_gone();
		if (held[0].revents & POLLIN)
			take_connection(argv);
	}
}
