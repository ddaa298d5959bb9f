/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "mounter.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "kernel.h"
#include "mount.h"

struct mounter {
	const struct mounter_facts *facts;
	const struct mounter_files *files;
	int mount;	/* the mount that was made, or -1 */
	bool tried;	/* a MOUNT has been asked for */
	bool unmounted; /* an UNMOUNT has been asked for */
	bool finished;	/* KEEP: the mount is the system's now */
};

static int do_blocksize(struct mounter *m, const struct mounter_request *request, int device)
{
	struct statx stx;
	int ret;

	if (m->tried || !policy_blocksize_allowed(request->blksize))
		return -EINVAL;
	ret = kernel_statx(device, STATX_TYPE, &stx);
	if (ret || !S_ISBLK(stx.stx_mode))
		return ret ? ret : -ENOTBLK;
	/* Who may only read the device must not change how others see it. */
	ret = kernel_access_mode(device);
	if (ret != O_RDWR)
		return ret < 0 ? ret : -EACCES;
	return kernel_set_blocksize(device, request->blksize);
}

static int do_mount(struct mounter *m, const struct mounter_request *request, const int *fds,
	unsigned int count, struct mounter_answer *answer)
{
	bool blk = request->options & MOUNTER_OPT_FUSEBLK;
	struct mount_plan plan;
	struct mount_job job = { .facts = m->facts,
		.own = m->files,
		.plan = &plan,
		.fuse = fds[0],
		.target = fds[1],
		.device = fds[2],
		.answer = answer };
	int ret;

	if (m->tried || count != (blk ? 3u : 2u))
		return -EINVAL;
	ret = policy_plan(m->facts, request, &plan);
	if (ret)
		return ret;
	m->tried = true;
	return mount_make(&job, &m->mount);
}

static int do_unmount(struct mounter *m)
{
	int ret;

	if (m->mount < 0 || m->unmounted)
		return -EINVAL;
	m->unmounted = true;
	ret = mount_detach(m->mount);
	if (!ret) {
		(void)kernel_close(m->mount);
		m->mount = -1;
	}
	return ret;
}

static int do_keep(struct mounter *m)
{
	m->finished = m->mount >= 0 && !m->unmounted;
	return m->finished ? 0 : -EINVAL;
}

static int dispatch(struct mounter *m, const struct mounter_request *request, const int *fds,
	unsigned int count, struct mounter_answer *answer)
{
	if (request->op == MOUNTER_BLOCKSIZE && count == 1)
		return do_blocksize(m, request, fds[0]);
	if (request->op == MOUNTER_MOUNT)
		return do_mount(m, request, fds, count, answer);
	if (request->op == MOUNTER_UNMOUNT && count == 0)
		return do_unmount(m);
	if (request->op == MOUNTER_KEEP && count == 0)
		return do_keep(m);
	return -EINVAL;
}

/* One request and its answer. False when the conversation is over. */
static bool serve_one(struct mounter *m)
{
	struct mounter_answer answer;
	struct mounter_request request;
	int fds[MOUNTER_FILES];
	unsigned int i, count = 0;
	bool made;
	int ret;

	ret = mounter_recv(m->files->chan, &request, sizeof(request), fds, MOUNTER_FILES, &count);
	if (ret)
		return false;
	memset(&answer, 0, sizeof(answer));
	answer.error = dispatch(m, &request, fds, count, &answer);
	for (i = 0; i < MOUNTER_FILES; i++)
		if (fds[i] >= 0)
			(void)kernel_close(fds[i]);
	made = request.op == MOUNTER_MOUNT && !answer.error;
	ret = mounter_send(m->files->chan, &answer, sizeof(answer), &m->mount, made ? 1 : 0);
	if (ret)
		/* Nobody heard that the mount stays: it does not. */
		m->finished = false;
	return !ret && !m->finished;
}

void mounter_serve(const struct mounter_facts *facts, const struct mounter_files *files)
{
	struct mounter m = { .facts = facts, .files = files, .mount = -1 };

	while (serve_one(&m))
		;
	if (m.mount < 0)
		return;
	/* However the session ended: no mount stays that nobody answers for. */
	if (!m.finished)
		(void)mount_detach(m.mount);
	/* Before the channel: the session ends when that does, and then nothing may hold the mount.
	 */
	(void)kernel_close(m.mount);
	(void)kernel_close(files->chan);
}
