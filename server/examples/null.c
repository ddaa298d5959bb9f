/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Mounts over a regular file: reads are zeros, writes go nowhere. An ordinary FUSE program, and a
 * contained service where systemd starts it for a mount helper.
 */
#define FUSE_USE_VERSION 319

#include <errno.h>
#include <fuse.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuse_service.h"

#define NULL_SIZE (4LL << 30)

static int is_service;
static struct timespec started;

static void *null_init(struct fuse_conn_info *conn, struct fuse_config *config)
{
	(void)conn;
	/* Past the page cache, or what has been written could be read back from there. */
	config->direct_io = 1;
	return NULL;
}

static int null_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	if (strcmp(path, "/"))
		return -ENOENT;
	memset(st, 0, sizeof(*st));
	st->st_nlink = 1;
	st->st_size = NULL_SIZE;
	st->st_mode = S_IFREG | (is_service ? 0666 : 0644);
	st->st_uid = getuid();
	st->st_gid = getgid();
	st->st_atim = st->st_mtim = st->st_ctim = started;
	return 0;
}

static int null_open(const char *path, struct fuse_file_info *fi)
{
	(void)path;
	(void)fi;
	return 0;
}

static int null_read(const char *path, char *buf, size_t size, off_t pos, struct fuse_file_info *fi)
{
	(void)path;
	(void)fi;
	if (pos >= NULL_SIZE)
		return 0;
	if ((off_t)size > NULL_SIZE - pos)
		size = (size_t)(NULL_SIZE - pos);
	memset(buf, 0, size);
	return (int)size;
}

static int null_write(
	const char *path, const char *buf, size_t size, off_t pos, struct fuse_file_info *fi)
{
	(void)path;
	(void)buf;
	(void)pos;
	(void)fi;
	return (int)size;
}

static int null_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	(void)path;
	(void)size;
	(void)fi;
	return 0;
}

static const struct fuse_operations operations = {
	.init = null_init,
	.getattr = null_getattr,
	.open = null_open,
	.read = null_read,
	.write = null_write,
	.truncate = null_truncate,
};

int main(int argc, char *argv[])
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	struct fuse_service *sf;
	int ret;

	clock_gettime(CLOCK_REALTIME, &started);
	if (fuse_service_accept(&sf))
		return fuse_service_exit(1);
	is_service = fuse_service_accepted(sf);
	if (!is_service)
		return fuse_main(argc, argv, &operations, NULL);
	fuse_service_expect_mount_format(sf, S_IFREG);
	ret = fuse_service_append_args(sf, &args);
	if (!ret)
		ret = fuse_service_main(sf, &args, &operations, NULL);
	fuse_service_send_goodbye(sf, ret ? 1 : 0);
	fuse_service_destroy(&sf);
	fuse_opt_free_args(&args);
	return fuse_service_exit(ret);
}
