/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* FSOPEN … MOUNT, UNMOUNT and BYE. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "fsv_fd.h"
#include "fsv_packet.h"
#include "fsv_sys.h"
#include "fsv_talk.h"

/* After a refusal nothing depends on the answers to what was sent along with it; a helper that
 * gives them gives them at once. */
#define REST_MS 1000
/* A goodbye fits the socket's buffer unless the helper has stopped reading. */
#define BYE_MS 1000

/* FSOPEN, SOURCE, MNTPT, MNTOPTS, MTABOPTS */
#define DESCRIPTION_MAX 5

/* How the mount is described, in the order of the wire. How many messages there are. */
static int describe(const struct fsv_mount *m, struct fsv_msg msgs[DESCRIPTION_MAX])
{
	int n = 0;

	msgs[n++] = (struct fsv_msg){ .kind = FSV_FSOPEN,
		.fsopen_flags = m->fuseblk ? FSV_FSOPEN_FUSEBLK : 0 };
	msgs[n++] = (struct fsv_msg){ .kind = FSV_SOURCE, .text = fsv_str_of(m->source) };
	msgs[n++] = (struct fsv_msg){ .kind = FSV_MNTPT,
		.mntpt = { .expected_format = (uint16_t)m->format,
			.path = fsv_str_of(m->mountpoint) } };
	if (m->mntopts)
		msgs[n++] = (struct fsv_msg){ .kind = FSV_MNTOPTS, .text = fsv_str_of(m->mntopts) };
	if (m->mtabopts)
		msgs[n++] =
			(struct fsv_msg){ .kind = FSV_MTABOPTS, .text = fsv_str_of(m->mtabopts) };
	return n;
}

/* What the command is about; empty where it has no text. */
static struct fsv_str text_of(const struct fsv_msg *msg)
{
	switch (msg->kind) {
	case FSV_MNTPT: return msg->mntpt.path;
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: return msg->text;
	default: return fsv_str_of(NULL);
	}
}

static void say_refused(const struct fsv_service *s, const struct fsv_msg *msg, uint32_t error)
{
	struct fsv_str text = text_of(msg);
	char quoted[FSV_QUOTE_MAX];

	fsv_say(s, "the mount helper refused %s%s%s: %s", fsv_kind_name(msg->kind),
		text.len ? " " : "", fsv_quote(text, quoted), strerror((int)error));
}

/* Wait for the REPLY to `msg`. 0, the helper's refusal in `*error`; or what went wrong. */
static int await_reply(
	struct fsv_service *s, const struct fsv_msg *msg, uint32_t *error, int wait_ms)
{
	enum fsv_kind kind;
	int ret;

	do {
		ret = fsv_next_answer(s, &kind, error, fsv_deadline(wait_ms));
		if (ret)
			return ret;
	} while (kind != FSV_REPLY);
	if (*error)
		say_refused(s, msg, *error);
	return 0;
}

static int command(struct fsv_service *s, const struct fsv_msg *msg)
{
	uint32_t error;
	int ret;

	ret = fsv_talk_send(s, msg, fsv_deadline(FSV_ANSWER_MS));
	if (!ret)
		ret = await_reply(s, msg, &error, FSV_ANSWER_MS);
	return ret ? ret : -(int)error;
}

static int send_description(struct fsv_service *s, const struct fsv_mount *m)
{
	struct fsv_msg msgs[DESCRIPTION_MAX];
	int n = describe(m, msgs), refusal = 0, i, ret;

	for (i = 0; i < n; i++) {
		ret = fsv_talk_send(s, &msgs[i], fsv_deadline(FSV_ANSWER_MS));
		if (ret)
			return ret;
	}
	for (i = 0; i < n; i++) {
		uint32_t error;

		ret = await_reply(s, &msgs[i], &error, refusal ? REST_MS : FSV_ANSWER_MS);
		if (ret)
			return refusal ? refusal : ret;
		if (!refusal)
			refusal = -(int)error;
	}
	return refusal;
}

int fsv_service_mount(struct fsv_service *s, const struct fsv_mount *m)
{
	struct fsv_msg mount = { .kind = FSV_MOUNT, .ms_flags = m->ms_flags };
	int ret = send_description(s, m);

	return ret ? ret : command(s, &mount);
}

int fsv_service_unmount(struct fsv_service *s)
{
	struct fsv_msg msg = { .kind = FSV_UNMOUNT };

	return command(s, &msg);
}

/*
 * Close the connection so that the goodbye arrives: a unix(7) socket that is closed with packets
 * unread makes the other side's next call fail with ECONNRESET instead. First let nothing more in,
 * then read what is there.
 */
static void hang_up(struct fsv_service *s)
{
	size_t len;
	int ret;

	(void)shutdown(s->sock, SHUT_RD);
	do {
		ret = fsv_packet_recv(s->sock, s->buf, sizeof(s->buf), &len, NULL, 0);
	} while (!ret || ret == -EMSGSIZE);
	fsv_fd_close(&s->sock);
}

int fsv_service_goodbye(struct fsv_service *s, int code)
{
	struct fsv_msg msg = { .kind = FSV_BYE, .exit_code = (uint32_t)code };
	int mounted = s->session.phase == FSV_AT_MOUNTED;
	size_t len;
	int ret;

	if (s->sock < 0)
		return 0;
	/* Not through the state table: whatever the conversation has come to, this may be tried. */
	ret = fsv_msg_write(&msg, s->buf, sizeof(s->buf), &len) ? -EINVAL : 0;
	if (!ret)
		ret = fsv_packet_send(s->sock, s->buf, len, -1, BYE_MS);
	if (ret && !s->broken)
		fsv_say(s, "could not say goodbye to the mount helper: %s", strerror(-ret));
	hang_up(s);
	return mounted ? 0 : ret;
}
