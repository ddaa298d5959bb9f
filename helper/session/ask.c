/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "ask.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "fsv_fd.h"
#include "sys.h"

/* 0 when the answer, or the end, is there. A device may take its time to write what it has. */
static int wait_answer(int chan, enum mounter_op op)
{
	struct pollfd wait = { .fd = chan, .events = POLLIN };
	int ret = sys_poll(&wait, 1, op == MOUNTER_BLOCKSIZE ? -1 : MOUNTER_MS);

	if (ret < 0)
		return ret;
	return ret ? 0 : -ETIMEDOUT;
}

int ask_mounter(int chan, const struct mounter_request *request, const int *files,
	unsigned int count, struct mounter_answer *answer, int *mount)
{
	FSV_AUTO_FD got = -1;
	unsigned int came;
	int ret;

	memset(answer, 0, sizeof(*answer));
	if (mount)
		*mount = -1;
	ret = mounter_send(chan, request, sizeof(*request), files, count);
	ret = ret ? ret : wait_answer(chan, request->op);
	ret = ret ? ret : mounter_recv(chan, answer, sizeof(*answer), &got, 1, &came);
	if (ret) {
		/* No further request: an answer that is still on its way would be taken for the
		 * next one's. The mounter takes the mount away. */
		(void)shutdown(chan, SHUT_WR);
		return ret == -ETIMEDOUT ? ret : -ECONNABORTED;
	}
	answer->message[sizeof(answer->message) - 1] = '\0';
	if (mount && !answer->error)
		*mount = fsv_fd_take(&got);
	return answer->error;
}

int ask_simple(int chan, enum mounter_op op)
{
	struct mounter_request request = { .op = op };
	struct mounter_answer answer;

	return ask_mounter(chan, &request, NULL, 0, &answer, NULL);
}

int ask_blocksize(int chan, int device, uint32_t size)
{
	struct mounter_request request = { .op = MOUNTER_BLOCKSIZE, .blksize = size };
	struct mounter_answer answer;

	return ask_mounter(chan, &request, &device, 1, &answer, NULL);
}
