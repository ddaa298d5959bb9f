/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "connect.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "fsv_fd.h"
#include "fsv_words.h"
#include "say.h"

#define CONNECT_SECONDS 30
/* After this, somebody at a terminal is told what is being waited for. */
#define NOTICE_SECONDS 2

static int address(const char *subtype, struct sockaddr_un *addr)
{
	int n;

	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	n = snprintf(addr->sun_path, sizeof(addr->sun_path), "%s/%s", SERVICE_SOCKET_DIR, subtype);
	return n > 0 && (size_t)n < sizeof(addr->sun_path) ? 0 : -ENAMETOOLONG;
}

/* `seconds`: how long to wait while the queue of the socket is full, which connect(2) itself does;
 * 0 for not at all. -EAGAIN: it is full still. */
static int try_connect(const char *subtype, unsigned int seconds, int *sock)
{
	struct timeval limit = { .tv_sec = seconds };
	struct sockaddr_un addr;
	FSV_AUTO_FD fd = -1;
	int ret;

	ret = address(subtype, &addr);
	if (ret)
		return ret;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | (seconds ? 0 : SOCK_NONBLOCK), 0);
	if (fd < 0)
		return -errno;
	if (seconds && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)))
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return -errno;
	*sock = fsv_fd_take(&fd);
	return 0;
}

int connect_service(const char *subtype, bool wait, int *sock)
{
	int ret = try_connect(subtype, wait ? NOTICE_SECONDS : 0, sock);

	if (ret != -EAGAIN || !wait)
		return ret;
	if (isatty(STDERR_FILENO))
		say("%s: waiting for the service to take the connection", subtype);
	ret = try_connect(subtype, CONNECT_SECONDS - NOTICE_SECONDS, sock);
	return ret == -EAGAIN ? -ETIMEDOUT : ret;
}

int connect_check(const char *subtype)
{
	struct sockaddr_un addr;
	struct stat st;
	int ret;

	ret = address(subtype, &addr);
	if (ret)
		return ret;
	if (stat(addr.sun_path, &st))
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	return faccessat(AT_FDCWD, addr.sun_path, W_OK, AT_EACCESS) ? -errno : 0;
}

/* The group's name, from the file itself: name services would load code into this program. */
static void group_name(gid_t gid, char *name, size_t size)
{
	FILE *file = fopen("/etc/group", "re");
	struct group *group = NULL;

	snprintf(name, size, "%u", gid);
	while (file && (group = fgetgrent(file)))
		if (group->gr_gid == gid) {
			snprintf(name, size, "%s", group->gr_name);
			break;
		}
	if (file)
		(void)fclose(file);
}

void connect_explain_access(const char *subtype)
{
	struct sockaddr_un addr;
	char group[64];
	struct stat st;

	if (address(subtype, &addr) || stat(addr.sun_path, &st))
		return;
	group_name(st.st_gid, group, sizeof(group));
	if ((st.st_mode & S_IWGRP) && st.st_gid != getegid() && !group_member(st.st_gid))
		say("%s: the socket is for group '%s', and you are not in it", subtype,
			said_text(group));
	else
		say("%s: the socket has mode 0%o and group '%s' (SocketMode= and SocketGroup= of "
		    "%s.socket say who may use it)",
			subtype, st.st_mode & 0777, said_text(group), subtype);
}

int connect_list(void)
{
	DIR *dir = opendir(SERVICE_SOCKET_DIR);
	struct dirent *entry;
	int ret = 0;

	if (!dir)
		return -errno;
	while (!ret && (entry = readdir(dir))) {
		struct fsv_str name = fsv_str_of(entry->d_name), subtype;
		int may;

		if (fsv_subtype(name, &subtype) || !fsv_str_same(name, subtype))
			continue;
		may = connect_check(entry->d_name);
		if (may != -ENOTSOCK)
			ret = print_line("%s\t%s", entry->d_name, may ? said_error(may) : "usable");
	}
	(void)closedir(dir);
	return ret;
}
