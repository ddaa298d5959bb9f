/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* From a connected socket to a service that knows its arguments and holds the FUSE device. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "fsv_argfile.h"
#include "fsv_fd.h"
#include "fsv_sys.h"
#include "fsv_talk.h"

/* /dev/fuse (the kernel's Documentation/admin-guide/devices.txt). */
#define FUSE_MAJOR 10
#define FUSE_MINOR 229

static int greet(struct fsv_service *s, long long deadline)
{
	struct fsv_msg reply = { .kind = FSV_HELLO_REPLY };
	FSV_AUTO_FD fd = -1;
	struct fsv_msg msg;
	int ret;

	ret = fsv_talk_recv(s, &msg, &fd, deadline);
	if (ret)
		return ret;
	if (fd >= 0 || fsv_session_pass(&s->session, msg.kind))
		return fsv_break(s, -EBADMSG, "the mount helper began with %s%s",
			fsv_kind_name(msg.kind), fd >= 0 ? " and a file" : "");
	s->hello_flags = msg.hello.flags;
	if (fsv_version_pick(
		    msg.hello.min_version, msg.hello.max_version, &reply.hello_reply.version))
		return fsv_break(s, -EPROTONOSUPPORT,
			"the mount helper speaks versions %u to %u of the protocol, not %u to %u",
			msg.hello.min_version, msg.hello.max_version, FSV_VERSION_MIN,
			FSV_VERSION_MAX);
	return fsv_talk_send(s, &reply, deadline);
}

/* One of the two files that come unasked. */
static int take_named(struct fsv_service *s, const char *name, int *fd, long long deadline)
{
	FSV_AUTO_FD file = -1;
	struct fsv_msg msg;
	int ret;

	ret = fsv_talk_recv(s, &msg, &file, deadline);
	if (ret)
		return ret;
	if (msg.kind != FSV_FILE || !fsv_str_is(msg.file.path, name) || msg.file.error ||
		file < 0 || fsv_session_pass(&s->session, msg.kind))
		return fsv_break(
			s, -EBADMSG, "the mount helper did not send the file \"%s\"", name);
	*fd = fsv_fd_take(&file);
	return 0;
}

static int take_arguments(struct fsv_service *s, long long deadline)
{
	FSV_AUTO_FD fd = -1;
	enum fsv_reason reason;
	size_t size;
	int ret;

	ret = take_named(s, FSV_NAME_ARGV, &fd, deadline);
	if (ret)
		return ret;
	ret = fsv_argfile_copy(fd, &s->blob, &size);
	if (ret)
		return fsv_break(s, ret, "cannot read the arguments from the mount helper: %s",
			strerror(-ret));
	reason = fsv_args_parse(s->blob, size, &s->args);
	if (reason)
		return fsv_break(s, -EBADMSG, "the arguments from the mount helper are bad: %s",
			fsv_reason_name(reason));
	return 0;
}

/*
 * Whatever is taken for the FUSE device is read from and written to for as long as the server
 * lives, so another file in its place would get the contents of every reply.
 */
static int take_fusedev(struct fsv_service *s, long long deadline)
{
	FSV_AUTO_FD fd = -1;
	struct stat st;
	int ret;

	ret = take_named(s, FSV_NAME_FUSEDEV, &fd, deadline);
	if (ret)
		return ret;
	ret = fsv_sys_fstat(fd, &st);
	if (ret || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(FUSE_MAJOR, FUSE_MINOR))
		return fsv_break(
			s, -ENODEV, "the file from the mount helper is not the FUSE device");
	s->fusedev = fsv_fd_take(&fd);
	return 0;
}

static int shake_hands(struct fsv_service *s)
{
	long long deadline = fsv_deadline(FSV_HANDSHAKE_MS);
	int ret;

	ret = greet(s, deadline);
	if (!ret)
		ret = take_arguments(s, deadline);
	if (!ret)
		ret = take_fusedev(s, deadline);
	return ret;
}

int fsv_service_start(int sock, fsv_report_fn report, void *cookie, struct fsv_service **sp)
{
	struct fsv_service *s = calloc(1, sizeof(*s));
	int ret;

	*sp = NULL;
	if (!s) {
		if (report)
			report(cookie, "out of memory");
		fsv_fd_close(&sock);
		return -ENOMEM;
	}
	s->sock = sock;
	s->fusedev = -1;
	s->report = report;
	s->report_cookie = cookie;
	fsv_session_init(&s->session);
	ret = shake_hands(s);
	if (ret) {
		/* Without a version there is no language to say goodbye in. */
		if (s->session.phase > FSV_AT_VERSION)
			(void)fsv_service_goodbye(s, 1);
		fsv_service_free(s);
		return ret;
	}
	*sp = s;
	return 0;
}

void fsv_service_stop_when(struct fsv_service *s, fsv_stopped_fn stopped, void *cookie)
{
	s->stopped = stopped;
	s->stop_cookie = cookie;
}

uint32_t fsv_service_hello_flags(const struct fsv_service *s)
{
	return s->hello_flags;
}

uint32_t fsv_service_argc(const struct fsv_service *s)
{
	return s->args.argc;
}

const char *fsv_service_arg(const struct fsv_service *s, uint32_t i)
{
	return fsv_args_get(&s->args, i).s;
}

int fsv_service_socket(const struct fsv_service *s)
{
	return s->sock;
}

int fsv_service_fusedev(const struct fsv_service *s)
{
	return s->fusedev;
}

int fsv_service_take_fusedev(struct fsv_service *s)
{
	return fsv_fd_take(&s->fusedev);
}

void fsv_service_close(struct fsv_service *s)
{
	if (!s)
		return;
	fsv_drop_requests(s);
	fsv_fd_close(&s->sock);
	fsv_fd_close(&s->fusedev);
}

void fsv_service_free(struct fsv_service *s)
{
	if (!s)
		return;
	fsv_service_close(s);
	free(s->blob);
	free(s);
}
