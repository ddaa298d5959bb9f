/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The connection that systemd passes (sd_listen_fds(3)). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "fsv_fd.h"
#include "fsv_service.h"

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

static int is_connection(int fd)
{
	struct sockaddr_un peer;
	socklen_t len = sizeof(peer);

	/* Not listening; an unconnected one has no peer. */
	return sd_is_socket(fd, AF_UNIX, SOCK_SEQPACKET, 0) > 0 &&
	       !getpeername(fd, (struct sockaddr *)&peer, &len);
}

static void close_passed(int count)
{
	for (int i = 0; i < count; i++) {
		int fd = SD_LISTEN_FDS_START + i;

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
	if (!is_connection(SD_LISTEN_FDS_START)) {
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
	count = sd_listen_fds(1);
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
	return fsv_service_start(SD_LISTEN_FDS_START, report, cookie, sp);
}
