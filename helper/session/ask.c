/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "ask.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "fsv_fd.h"

int ask_mounter(int chan, const struct mounter_request *request, const int *files,
	unsigned int count, struct mounter_answer *answer, int *mount)
{
	FSV_AUTO_FD got = -1;
	unsigned int came;

	memset(answer, 0, sizeof(*answer));
	if (mount)
		*mount = -1;
	if (mounter_send(chan, request, sizeof(*request), files, count) ||
		mounter_recv(chan, answer, sizeof(*answer), &got, 1, &came)) {
		/* No further request: an answer that is still on its way would be taken for the
		 * next one's. The mounter takes the mount away. */
		(void)shutdown(chan, SHUT_WR);
		return -ECONNABORTED;
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
