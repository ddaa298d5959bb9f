/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The connection and its files, for users of libfuse. */
#include <errno.h>
#include <stdlib.h>

#include "fsv_context.h"
#include "fsv_mount_options.h"
#include "fsv_wire.h"

static void report(void *cookie, const char *line)
{
	(void)cookie;
	fuse_log(FUSE_LOG_ERR, "fuse-service: %s\n", line);
}

int fuse_service_accept(struct fuse_service **sfp)
{
	struct fsv_service *core;
	struct fuse_service *sf;
	int ret;

	*sfp = NULL;
	ret = fsv_service_accept(report, NULL, &core);
	if (ret || !core)
		return ret;
	sf = calloc(1, sizeof(*sf));
	if (!sf) {
		report(NULL, "out of memory");
		(void)fsv_service_goodbye(core, 1);
		fsv_service_free(core);
		return -ENOMEM;
	}
	sf->core = core;
	*sfp = sf;
	return 0;
}

bool fuse_service_can_allow_other(const struct fuse_service *sf)
{
	return fsv_service_hello_flags(sf->core) & FSV_HELLO_ALLOW_OTHER;
}

bool fuse_service_can_fuseblk(const struct fuse_service *sf)
{
	return fsv_service_hello_flags(sf->core) & FSV_HELLO_FUSEBLK;
}

int fuse_service_request_file(const struct fuse_service *sf, const char *path, int open_flags,
	mode_t create_mode, unsigned int request_flags)
{
	const struct fsv_wanted wanted = { .path = path,
		.open_flags = open_flags,
		.create_mode = create_mode,
		.request_flags = request_flags };

	return fsv_service_ask(sf->core, &wanted);
}

int fuse_service_request_blockdev(const struct fuse_service *sf, const char *path, int open_flags,
	mode_t create_mode, unsigned int request_flags, unsigned int block_size)
{
	const struct fsv_wanted wanted = { .path = path,
		.open_flags = open_flags,
		.create_mode = create_mode,
		.request_flags = request_flags,
		.blockdev = 1,
		.block_size = block_size };

	return fsv_service_ask(sf->core, &wanted);
}

int fuse_service_receive_file(const struct fuse_service *sf, const char *path, int *fdp)
{
	return fsv_service_answer(sf->core, path, fdp);
}

int fuse_service_finish_file_requests(const struct fuse_service *sf)
{
	fsv_service_refuse_files(sf->core);
	return 0;
}

int fuse_service_send_goodbye(struct fuse_service *sf, int exitcode)
{
	return fsv_service_goodbye(sf->core, exitcode);
}

void fuse_service_release(struct fuse_service *sf)
{
	if (!sf)
		return;
	fsv_service_close(sf->core);
	fsv_mount_options_forget();
}

void fuse_service_destroy(struct fuse_service **sfp)
{
	if (!*sfp)
		return;
	fuse_service_release(*sfp);
	fsv_service_free((*sfp)->core);
	free(*sfp);
	*sfp = NULL;
}
