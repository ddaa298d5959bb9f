/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Starts a FUSE server in turn as a service and as an ordinary FUSE program (two builds of it), and
 * prints for each round how long it took from exec(2) to FUSE_INIT answered, and how long from
 * umount(2) to the end of its process: four numbers in nanoseconds, the service's first.
 *
 * As a service it gets a connection as systemd would pass it, and this program at the other end,
 * which answers at once and mounts. In both cases another thread waits for a change of the mount
 * table and then for statfs(2), which waits for FUSE_INIT.
 *
 * usage: starts ROUNDS SERVICE PROGRAM IMAGE MOUNTPOINT
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fsv_argfile.h"
#include "fsv_msg.h"
#include "fsv_packet.h"
#include "fsv_wire.h"

#define FUSE_MAGIC 0x65735546

static const char *service, *program, *image, *mountpoint;
static int mounts = -1;

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

__attribute__((noreturn)) static void fail(const char *what)
{
	fprintf(stderr, "starts: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* When the file system answered. */
static void *watch(void *answered)
{
	struct pollfd changed = { .fd = mounts, .events = POLLPRI };
	struct statfs fs = { 0 };

	while (fs.f_type != FUSE_MAGIC)
		if (poll(&changed, 1, 20000) != 1 || statfs(mountpoint, &fs))
			fail("waiting for the mount");
	*(int64_t *)answered = now();
	return NULL;
}

static void send_msg(int sock, const struct fsv_msg *msg, int fd)
{
	uint8_t buf[4096];
	size_t len;

	if (fsv_msg_write(msg, buf, sizeof(buf), &len) || fsv_packet_send(sock, buf, len, fd, 9000))
		fail("sending to the service");
}

static void send_file(int sock, const char *name, int fd)
{
	struct fsv_msg msg = { .kind = FSV_FILE, .file.path = fsv_str_of(name) };

	if (fd < 0)
		fail(name);
	send_msg(sock, &msg, fd);
}

static void do_mount(int fuse)
{
	char options[128];

	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	if (mount("service", mountpoint, "fuse.service", MS_NOSUID | MS_NODEV, options))
		fail("mount");
}

/* The helper's part, until BYE. */
static void answer(int sock, int fuse)
{
	struct fsv_msg msg, reply = { .kind = FSV_REPLY };
	uint8_t buf[4096];
	size_t len;

	for (;;) {
		if (fsv_packet_recv(sock, buf, sizeof(buf), &len, NULL, 9000) ||
			fsv_msg_parse(FSV_SERVICE, buf, len, &msg))
			fail("the service's next packet");
		if (msg.kind == FSV_BYE)
			return;
		if (msg.kind == FSV_HELLO_REPLY)
			continue;
		if (msg.kind == FSV_OPEN) {
			int fd = open(image, O_RDWR | O_CLOEXEC);

			send_file(sock, image, fd);
			close(fd);
			continue;
		}
		if (msg.kind == FSV_MOUNT)
			do_mount(fuse);
		send_msg(sock, &reply, -1);
	}
}

static void shake_hands(int sock, int fuse)
{
	const char *words[] = { "service", image, mountpoint };
	struct fsv_msg hello = { .kind = FSV_HELLO,
		.hello = { FSV_VERSION_MIN, FSV_VERSION_MAX, FSV_HELLO_FLAGS } };
	int args;

	if (fsv_argfile_make(3, words, &args))
		fail("arguments");
	send_msg(sock, &hello, -1);
	send_file(sock, FSV_NAME_ARGV, args);
	send_file(sock, FSV_NAME_FUSEDEV, fuse);
	close(args);
}

static pid_t start_service(int64_t *begin, int *sock)
{
	char pid_text[32], fds[] = "LISTEN_FDS=1", *environment[] = { pid_text, fds, NULL };
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		fail("socketpair");
	*begin = now();
	pid = fork();
	if (pid == 0) {
		snprintf(pid_text, sizeof(pid_text), "LISTEN_PID=%d", getpid());
		if (dup2(pair[1], 3) == 3)
			execle(service, service, (char *)NULL, environment);
		_exit(127);
	}
	close(pair[1]);
	*sock = pair[0];
	return pid;
}

static pid_t start_program(int64_t *begin)
{
	char *environment[] = { NULL };
	pid_t pid;

	*begin = now();
	pid = fork();
	if (pid == 0) {
		execle(program, program, "-f", image, mountpoint, (char *)NULL, environment);
		_exit(127);
	}
	return pid;
}

/* From umount(2) to the end of the process. */
static int64_t finish(pid_t pid)
{
	int64_t begin = now();
	int status;

	if (umount2(mountpoint, 0) || waitpid(pid, &status, 0) != pid)
		fail("the end");
	if (status) {
		fprintf(stderr, "starts: status %#x\n", (unsigned int)status);
		exit(1);
	}
	return now() - begin;
}

static void one_round(int as_service, int64_t *start, int64_t *end)
{
	int64_t begin, answered;
	pthread_t watcher;
	int sock, fuse;
	pid_t pid;

	if (pthread_create(&watcher, NULL, watch, &answered))
		fail("thread");
	if (as_service) {
		pid = start_service(&begin, &sock);
		fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
		shake_hands(sock, fuse);
		answer(sock, fuse);
		close(fuse);
		close(sock);
	} else {
		pid = start_program(&begin);
	}
	pthread_join(watcher, NULL);
	*start = answered - begin;
	*end = finish(pid);
	/* What this file has to say about that is not news for the next one. */
	(void)poll(&(struct pollfd){ .fd = mounts, .events = POLLPRI }, 1, 0);
}

int main(int argc, char **argv)
{
	int64_t t[4];
	int round;

	if (argc != 6)
		return 1;
	service = argv[2];
	program = argv[3];
	image = argv[4];
	mountpoint = argv[5];
	mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	for (round = 0; round < atoi(argv[1]); round++) {
		one_round(1, &t[0], &t[1]);
		one_round(0, &t[2], &t[3]);
		printf("%lld %lld %lld %lld\n", (long long)t[0], (long long)t[1], (long long)t[2],
			(long long)t[3]);
	}
	return 0;
}
