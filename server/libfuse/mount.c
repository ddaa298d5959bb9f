/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* A libfuse session on the helper's FUSE device, mounted by the helper. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fsv_context.h"
#include "fsv_mount_options.h"

void fuse_service_expect_mount_format(struct fuse_service *sf, mode_t expected_fmt)
{
	sf->format = expected_fmt;
}

static int stopped(void *se)
{
	return fuse_session_exited(se);
}

static int complain(int error, const char *what)
{
	fuse_log(FUSE_LOG_ERR, "fuse-service: %s: %s\n", what, strerror(-error));
	return error;
}

/*
 * libfuse takes a mount point /dev/fd/N for "mounted already, this is the FUSE device"; from then
 * on the session owns the file.
 */
static int bind_device(struct fuse_service *sf, struct fuse_session *se)
{
	char path[32];

	if (fsv_service_fusedev(sf->core) < 0)
		return complain(-EBADF, "the FUSE device has been given to a session already");
	(void)snprintf(path, sizeof(path), "/dev/fd/%d", fsv_service_fusedev(sf->core));
	if (fuse_session_mount(se, path))
		return complain(-EBADF, "libfuse does not take the FUSE device");
	(void)fsv_service_take_fusedev(sf->core);
	return 0;
}

static int mount_said(struct fuse_service *sf, mode_t format, const char *mountpoint)
{
	const struct fsv_mount_options *said = fsv_mount_options_said();
	struct fsv_mount m = { .fuseblk = said->blkdev,
		.source = fsv_mount_options_source(said),
		.mountpoint = mountpoint,
		.format = format,
		.mtabopts = said->mtab,
		.ms_flags = fsv_mount_options_flags(said) };
	char *mntopts = NULL;
	int ret;

	ret = fsv_mount_options_kernel(said, &mntopts);
	if (ret)
		return complain(ret, "the mount options");
	m.mntopts = mntopts;
	ret = fsv_service_mount(sf->core, &m);
	free(mntopts);
	return ret;
}

int fuse_service_session_mount(struct fuse_service *sf, struct fuse_session *se,
	mode_t expected_fmt, struct fuse_cmdline_opts *opts)
{
	mode_t format = expected_fmt ? expected_fmt : sf->format;
	int ret;

	if (format && format != S_IFDIR && format != S_IFREG)
		return complain(-EINVAL, "the expected format of the mount point");
	if (!opts->mountpoint || !*opts->mountpoint)
		return complain(-EINVAL, "no mount point was given");
	/* Before the mount, after which nothing may fail: a directory that the server stays in
	 * keeps the file system under it busy. */
	if (chdir("/"))
		return complain(-errno, "cannot change to /");
	ret = bind_device(sf, se);
	if (ret)
		return ret;
	fsv_service_stop_when(sf->core, stopped, se);
	ret = mount_said(sf, format, opts->mountpoint);
	fsv_service_stop_when(sf->core, NULL, NULL);
	/* A signal may have come with the last answer. While the helper is there it can take the
	 * mount away; once it is gone nobody would. */
	if (!ret && stopped(se))
		ret = complain(-EINTR, "told to end");
	if (!ret)
		opts->foreground = 1;
	return ret;
}

int fuse_service_session_unmount(struct fuse_service *sf)
{
	return fsv_service_unmount(sf->core);
}
