/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "probe.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "child.h"
#include "fsv_fd.h"
#include "fsv_packet.h"
#include "sandbox/filter.h"
#include "say.h"
#include "session.h"
#include "sys.h"

#define ASK_ANSWERS "?"
#define ASK_OWNER   "="

static void answer_questions(int chan)
{
	char question = 0;
	size_t len;
	int file;

	while (fsv_packet_recv(chan, &question, sizeof(question), &len, &file, -1) == 0) {
		uint64_t type;
		int32_t error =
			question == *ASK_OWNER ? sys_refresh(file) : sys_fs_type(file, &type);

		fsv_fd_close(&file);
		if (fsv_packet_send(chan, &error, sizeof(error), -1, -1))
			break;
	}
}

int probe_start(int *chan)
{
	int ret = child_start(chan, NULL);

	if (ret)
		return ret < 0 ? ret : 0;
	if (!filter_install(FILTER_PROBE))
		answer_questions(CHILD_CHAN);
	_exit(0);
}

static int take_answer(int chan, int timeout_ms)
{
	int32_t error = 0;
	size_t len = 0;
	int ret = fsv_packet_recv(chan, &error, sizeof(error), &len, NULL, timeout_ms);

	if (ret)
		return ret;
	return len == sizeof(error) ? error : -EBADMSG;
}

int probe_refresh(int chan, int file, int timeout_ms)
{
	int ret = fsv_packet_send(chan, ASK_OWNER, 1, file, -1);

	return ret ? ret : take_answer(chan, timeout_ms);
}

int probe_ask(int chan, int mount, int sock, const char *type)
{
	/* Not POLLIN: the service may have sent its next command already. */
	struct pollfd wait[2] = { { .fd = chan, .events = POLLIN }, { .fd = sock } };
	int ret = fsv_packet_send(chan, ASK_ANSWERS, 1, mount, -1);

	while (!ret && !wait[0].revents) {
		ret = sys_poll(wait, 2, type ? NOTICE_MS : -1);
		if (ret == 0) {
			say("%s: waiting for the mounted file system to answer", type);
			type = NULL;
		}
		ret = ret == -EINTR || ret > 0 ? 0 : ret;
		if (!ret && wait[1].revents)
			return -ECONNRESET;
	}
	return ret ? ret : take_answer(chan, 0);
}
