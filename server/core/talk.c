/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_talk.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fsv_fd.h"
#include "fsv_packet.h"
#include "fsv_sys.h"
#include "fsv_text.h"

const char *fsv_quote(struct fsv_str text, char buf[FSV_QUOTE_MAX])
{
	(void)fsv_text_escape(text, buf, FSV_QUOTE_MAX);
	return buf;
}

__attribute__((format(printf, 2, 0))) static void say(
	const struct fsv_service *s, const char *format, va_list ap)
{
	char line[512];

	if (!s->report)
		return;
	(void)vsnprintf(line, sizeof(line), format, ap);
	s->report(s->report_cookie, line);
}

void fsv_say(const struct fsv_service *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(s, format, ap);
	va_end(ap);
}

int fsv_break(struct fsv_service *s, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(s, format, ap);
	va_end(ap);
	s->broken = 1;
	return error;
}

long long fsv_deadline(int ms)
{
	return fsv_sys_now_ms() + ms;
}

/*
 * Wait until the socket is ready. The signals that end a server are held back while `stopped` is
 * asked and let through by the wait itself: otherwise one that is handled between the two would be
 * noticed only when the deadline has passed.
 */
static int wait_ready(struct fsv_service *s, short events, long long deadline)
{
	long long left = deadline - fsv_sys_now_ms();
	sigset_t quit, before;
	int n;

	if (left <= 0)
		return -ETIMEDOUT;
	sigemptyset(&quit);
	sigaddset(&quit, SIGHUP);
	sigaddset(&quit, SIGINT);
	sigaddset(&quit, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &quit, &before);
	if (s->stopped && s->stopped(s->stop_cookie))
		n = -EINTR;
	else
		n = fsv_sys_pwait(s->sock, events, (int)left, &before);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (n < 0)
		return n;
	return n ? 0 : -ETIMEDOUT;
}

static int check_usable(const struct fsv_service *s)
{
	if (s->sock >= 0 && !s->broken)
		return 0;
	fsv_say(s, "the conversation with the mount helper is over");
	return -ENOTCONN;
}

static int refuse_message(
	const struct fsv_service *s, const struct fsv_msg *msg, enum fsv_reason reason)
{
	fsv_say(s, "cannot send %s: %s", fsv_kind_name(msg->kind), fsv_reason_name(reason));
	return reason == FSV_R_OVERSIZE ? -ENAMETOOLONG : -EINVAL;
}

int fsv_talk_send(struct fsv_service *s, const struct fsv_msg *msg, long long deadline)
{
	enum fsv_reason reason;
	size_t len;
	int ret;

	ret = check_usable(s);
	if (ret)
		return ret;
	reason = fsv_session_check(&s->session, msg->kind);
	if (!reason)
		reason = fsv_msg_write(msg, s->buf, sizeof(s->buf), &len);
	if (reason)
		return refuse_message(s, msg, reason);
	do {
		ret = fsv_packet_send(s->sock, s->buf, len, -1, 0);
		if (ret == -ETIMEDOUT)
			ret = wait_ready(s, POLLOUT, deadline);
		else
			break;
	} while (!ret);
	if (ret == -EINTR)
		return ret;
	if (ret)
		return fsv_break(s, ret, "cannot send %s to the mount helper: %s",
			fsv_kind_name(msg->kind), strerror(-ret));
	return fsv_session_pass(&s->session, msg->kind) ? -EINVAL : 0;
}

static int recv_packet(struct fsv_service *s, size_t *len, int *fd, long long deadline)
{
	int ret;

	for (;;) {
		ret = fsv_packet_recv(s->sock, s->buf, sizeof(s->buf), len, fd, 0);
		if (ret != -ETIMEDOUT)
			return ret;
		ret = wait_ready(s, POLLIN, deadline);
		if (ret)
			return ret;
	}
}

static const char *recv_problem(int error)
{
	switch (error) {
	case -ECONNRESET: return "it has closed the connection";
	case -ETIMEDOUT: return "it does not answer";
	case -EMSGSIZE: return "it sent a packet over the limit";
	case -EBADMSG: return "it sent more than one file at once";
	default: return strerror(-error);
	}
}

int fsv_talk_recv(struct fsv_service *s, struct fsv_msg *msg, int *fd, long long deadline)
{
	FSV_AUTO_FD file = -1;
	enum fsv_reason reason;
	size_t len;
	int ret;

	ret = check_usable(s);
	if (ret)
		return ret;
	ret = recv_packet(s, &len, fd ? &file : NULL, deadline);
	if (ret == -EINTR) {
		fsv_say(s, "a signal ended the wait for the mount helper");
		return ret;
	}
	if (ret)
		return fsv_break(s, ret, "lost the mount helper: %s", recv_problem(ret));
	reason = fsv_msg_parse(FSV_HELPER, s->buf, len, msg);
	if (reason)
		return fsv_break(s, -EBADMSG, "the mount helper sent a bad %s packet: %s",
			fsv_kind_name(fsv_msg_kind(s->buf, len)), fsv_reason_name(reason));
	if (fd)
		*fd = fsv_fd_take(&file);
	return 0;
}
