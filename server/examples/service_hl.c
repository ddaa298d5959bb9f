/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* A contained file system on libfuse's high-level API: one file, see single_file.h. */
#define FUSE_USE_VERSION 319

#include <errno.h>
#include <fuse.h>
#include <fuse_lowlevel.h>
#include <string.h>

#include "fuse_service.h"
#include "single_file.h"

static struct single_file *file(void)
{
	return fuse_get_context()->private_data;
}

/* 0 for a path that is not there. */
static ino_t ino_of(const char *path)
{
	if (!strcmp(path, "/"))
		return ROOT_INO;
	return strcmp(path, "/" SINGLE_FILE_NAME) ? 0 : FILE_INO;
}

static void *hl_init(struct fuse_conn_info *conn, struct fuse_config *config)
{
	single_file_negotiate(file(), conn);
	config->use_ino = 1;
	config->attr_timeout = 0;
	config->entry_timeout = 0;
	config->negative_timeout = 0;
	return file();
}

static int hl_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	ino_t ino = ino_of(path);

	(void)fi;
	if (!ino)
		return -ENOENT;
	single_file_stat(file(), ino, st);
	return 0;
}

static int hl_chmod(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	int ret = single_file_may_change(file(), ino_of(path));

	(void)fi;
	if (!ret)
		single_file_chmod(file(), mode);
	return ret;
}

static int hl_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *fi)
{
	int ret = single_file_may_change(file(), ino_of(path));

	(void)fi;
	if (!ret)
		single_file_utimens(file(), times);
	return ret;
}

static int hl_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *fi)
{
	(void)path;
	(void)uid;
	(void)gid;
	(void)fi;
	return -EPERM;
}

static int hl_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	(void)path;
	(void)size;
	(void)fi;
	return -EPERM;
}

static int hl_access(const char *path, int mask)
{
	(void)path;
	return single_file_may_access(file(), mask);
}

static int hl_open(const char *path, struct fuse_file_info *fi)
{
	if (ino_of(path) != FILE_INO)
		return -ENOENT;
	return single_file_may_open(file(), fi->flags);
}

static int hl_read(const char *path, char *buf, size_t size, off_t pos, struct fuse_file_info *fi)
{
	(void)path;
	(void)fi;
	return (int)single_file_read(file(), buf, size, pos);
}

static int hl_write(
	const char *path, const char *buf, size_t size, off_t pos, struct fuse_file_info *fi)
{
	(void)path;
	(void)fi;
	return (int)single_file_write(file(), buf, size, pos);
}

static int hl_fsync(const char *path, int datasync, struct fuse_file_info *fi)
{
	(void)path;
	(void)fi;
	return single_file_fsync(file(), datasync);
}

static int hl_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t pos,
	struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
	struct stat st;

	(void)pos;
	(void)fi;
	(void)flags;
	if (ino_of(path) != ROOT_INO)
		return -ENOENT;
	single_file_stat(file(), ROOT_INO, &st);
	fill(buf, ".", &st, 0, 0);
	fill(buf, "..", &st, 0, 0);
	single_file_stat(file(), FILE_INO, &st);
	fill(buf, SINGLE_FILE_NAME, &st, 0, 0);
	return 0;
}

static int hl_statfs(const char *path, struct statvfs *st)
{
	(void)path;
	single_file_statfs(file(), st);
	return 0;
}

#ifdef HAS_STATX_OPERATION
static int hl_statx(
	const char *path, int flags, int mask, struct statx *stx, struct fuse_file_info *fi)
{
	ino_t ino = ino_of(path);

	(void)flags;
	(void)mask;
	(void)fi;
	if (!ino)
		return -ENOENT;
	single_file_statx(file(), ino, stx);
	return 0;
}
#endif

static const struct fuse_operations operations = {
	.init = hl_init,
	.getattr = hl_getattr,
	.chmod = hl_chmod,
	.utimens = hl_utimens,
	.chown = hl_chown,
	.truncate = hl_truncate,
	.access = hl_access,
	.open = hl_open,
	.read = hl_read,
	.write = hl_write,
	.fsync = hl_fsync,
	.readdir = hl_readdir,
	.statfs = hl_statfs,
#ifdef HAS_STATX_OPERATION
	.statx = hl_statx,
#endif
};

static void print_help(struct fuse_args *args)
{
	single_file_help(args->argv[0]);
	fuse_cmdline_help();
	fuse_lib_help(args);
}

static int loop(void *fuse, const struct fuse_cmdline_opts *opts, struct fuse_loop_config *config)
{
	return opts->singlethread ? fuse_loop(fuse) : fuse_loop_mt(fuse, config);
}

static int run(struct fuse_service *sf, struct single_file *f, struct fuse_args *args,
	struct fuse_cmdline_opts *opts)
{
	struct fuse *fuse;
	int ret;

	if (opts->show_help) {
		print_help(args);
		return 0;
	}
	fuse = fuse_new(args, &operations, sizeof(operations), f);
	if (!fuse)
		return -1;
	ret = single_file_serve(f, sf, fuse_get_session(fuse), opts, loop, fuse);
	fuse_destroy(fuse);
	return ret;
}

int main(int argc, char *argv[])
{
	return single_file_main(argc, argv, run);
}
