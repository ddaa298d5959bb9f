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
#include "sys.h"

static void answer_questions(int chan)
{
	char question;
	size_t len;
	int mount;

	while (fsv_packet_recv(chan, &question, sizeof(question), &len, &mount, -1) == 0) {
		uint64_t type;
		int32_t error = sys_fs_type(mount, &type);

		fsv_fd_close(&mount);
		if (fsv_packet_send(chan, &error, sizeof(error), -1, -1))
			break;
	}
}

int probe_start(int *chan)
{
	int ret = child_start(chan);

	if (ret)
		return ret < 0 ? ret : 0;
	if (!filter_install(FILTER_PROBE))
		answer_questions(CHILD_CHAN);
	_exit(0);
}

int probe_ask(int chan, int mount, int sock)
{
	/* Not POLLIN: the service may have sent its next command already. */
	struct pollfd wait[2] = { { .fd = chan, .events = POLLIN }, { .fd = sock } };
	int32_t error = 0;
	size_t len = 0;
	int ret;

	ret = fsv_packet_send(chan, "?", 1, mount, -1);
	while (!ret && !wait[0].revents) {
		ret = sys_poll(wait, 2, -1);
		ret = ret == -EINTR || ret > 0 ? 0 : ret;
		if (!ret && wait[1].revents)
			return -ECONNRESET;
	}
	ret = ret ? ret : fsv_packet_recv(chan, &error, sizeof(error), &len, NULL, 0);
	if (ret)
		return ret;
	return len == sizeof(error) ? error : -EBADMSG;
}
