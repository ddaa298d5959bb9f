/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What fuse_service.h gives a server, done by an ordinary FUSE program itself: it opens its files
 * and mounts. Linked with the sources of service_ll this is the same server without a helper, a
 * connection or activation, for tests/bench/starts.c to compare with.
 */
#define FUSE_USE_VERSION 319

#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <stddef.h>
#include <unistd.h>

#include "fuse_service.h"

static int nothing, file = -1;

int fuse_service_accept(struct fuse_service **sfp)
{
	*sfp = (struct fuse_service *)&nothing;
	return 0;
}

int fuse_service_append_args(struct fuse_service *sf, struct fuse_args *args)
{
	(void)sf;
	(void)args;
	return 0;
}

int fuse_service_parse_cmdline_opts(struct fuse_args *args, struct fuse_cmdline_opts *opts)
{
	return fuse_parse_cmdline(args, opts);
}

int fuse_service_request_file(const struct fuse_service *sf, const char *path, int open_flags,
	mode_t create_mode, unsigned int request_flags)
{
	(void)sf;
	(void)create_mode;
	(void)request_flags;
	file = open(path, (open_flags & ~O_EXCL) | O_CLOEXEC);
	return 0;
}

int fuse_service_request_blockdev(const struct fuse_service *sf, const char *path, int open_flags,
	mode_t create_mode, unsigned int request_flags, unsigned int block_size)
{
	(void)block_size;
	return fuse_service_request_file(sf, path, open_flags, create_mode, request_flags);
}

int fuse_service_receive_file(const struct fuse_service *sf, const char *path, int *fdp)
{
	(void)sf;
	(void)path;
	*fdp = file < 0 ? -ENOENT : file;
	return 0;
}

int fuse_service_finish_file_requests(const struct fuse_service *sf)
{
	(void)sf;
	return 0;
}

int fuse_service_session_mount(struct fuse_service *sf, struct fuse_session *se,
	mode_t expected_fmt, struct fuse_cmdline_opts *opts)
{
	(void)sf;
	(void)expected_fmt;
	return fuse_session_mount(se, opts->mountpoint);
}

int fuse_service_send_goodbye(struct fuse_service *sf, int exitcode)
{
	(void)sf;
	(void)exitcode;
	return 0;
}

void fuse_service_destroy(struct fuse_service **sfp)
{
	*sfp = NULL;
}

int fuse_service_exit(int ret)
{
	return ret ? 1 : 0;
}
