/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The connection that systemd passes, as sd_listen_fds(3) describes. Not by libsystemd: that and
 * the libraries that it wants would be most of the time that a service takes to start, and code in
 * its process that nothing there needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fsv_fd.h"
#include "fsv_service.h"

#define FIRST_PASSED 3
/* More are never opened here, and a number that is no number of files is refused. */
#define PASSED_MAX 4096

static void say(fsv_report_fn report, void *cookie, const char *line)
{
	if (report)
		report(cookie, line);
}

/*
 * A file that is received takes the lowest free number. Without this the disk image could become
 * stderr, and the first message would be written into it.
 */
static int fill_stdio(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return -errno;
	} while (fd <= STDERR_FILENO);
	return close(fd) ? -errno : 0;
}

/* A decimal number of at most `max` and nothing else. */
static int read_number(const char *text, long max, long *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*number = strtol(text, &end, 10);
	return errno || *end || *number > max ? -EINVAL : 0;
}

/* How many files were passed to this process, all made close-on-exec; 0 if to another or none. */
static int read_passed(const char *pid_text, const char *fds_text)
{
	long pid, count = 0, i;

	if (!pid_text || !fds_text)
		return 0;
	if (read_number(pid_text, INT_MAX, &pid))
		return -EINVAL;
	if (pid != getpid())
		return 0;
	if (read_number(fds_text, PASSED_MAX, &count) || count < 1)
		return -EINVAL;
	for (i = 0; i < count; i++)
		if (fcntl(FIRST_PASSED + (int)i, F_SETFD, FD_CLOEXEC))
			return -errno;
	return (int)count;
}

static int take_passed(void)
{
	int count = read_passed(getenv("LISTEN_PID"), getenv("LISTEN_FDS"));

	/* Or a child of this process would believe that it was activated. */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return count;
}

static int socket_option(int fd, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) ? -1 : value;
}

static int is_connection(int fd)
{
	struct sockaddr_un peer;
	socklen_t len = sizeof(peer);

	/* Not listening; an unconnected one has no peer. */
	return socket_option(fd, SO_DOMAIN) == AF_UNIX &&
	       socket_option(fd, SO_TYPE) == SOCK_SEQPACKET &&
	       socket_option(fd, SO_ACCEPTCONN) == 0 &&
	       !getpeername(fd, (struct sockaddr *)&peer, &len);
}

static void close_passed(int count)
{
	for (int i = 0; i < count; i++) {
		int fd = FIRST_PASSED + i;

		fsv_fd_close(&fd);
	}
}

static int check_passed(int count, fsv_report_fn report, void *cookie)
{
	int ret;

	if (count != 1) {
		say(report, cookie, "socket activation passed more than one file");
		return -EINVAL;
	}
	if (!is_connection(FIRST_PASSED)) {
		say(report, cookie,
			"socket activation did not pass a connected AF_UNIX SOCK_SEQPACKET "
			"socket (the socket unit needs ListenSequentialPacket= and Accept=yes)");
		return -EINVAL;
	}
	ret = fill_stdio();
	if (ret)
		say(report, cookie, "cannot open /dev/null in place of closed standard files");
	return ret;
}

int fsv_service_accept(fsv_report_fn report, void *cookie, struct fsv_service **sp)
{
	int count, ret;

	*sp = NULL;
	count = take_passed();
	if (count == 0)
		return 0;
	if (count < 0) {
		say(report, cookie, "LISTEN_PID or LISTEN_FDS of the socket activation is wrong");
		return count;
	}
	ret = check_passed(count, report, cookie);
	if (ret) {
		close_passed(count);
		return ret;
	}
	return fsv_service_start(FIRST_PASSED, report, cookie, sp);
}
