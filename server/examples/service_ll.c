/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* A contained file system on libfuse's low-level API: one file, see single_file.h. */
#define FUSE_USE_VERSION 319

#include <errno.h>
#include <fuse_lowlevel.h>
#include <stdlib.h>
#include <string.h>

#include "fuse_service.h"
#include "single_file.h"

static struct single_file *file_of(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static void ll_init(void *data, struct fuse_conn_info *conn)
{
	single_file_negotiate(data, conn);
}

static void ll_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry = { .ino = FILE_INO };

	if (parent != ROOT_INO || strcmp(name, SINGLE_FILE_NAME)) {
		fuse_reply_err(req, parent == ROOT_INO ? ENOENT : ENOTDIR);
		return;
	}
	single_file_stat(file_of(req), FILE_INO, &entry.attr);
	fuse_reply_entry(req, &entry);
}

static void reply_attr(fuse_req_t req, fuse_ino_t ino)
{
	struct stat st;

	single_file_stat(file_of(req), ino, &st);
	fuse_reply_attr(req, &st, 0);
}

static void ll_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	(void)fi;
	reply_attr(req, ino);
}

static struct timespec wanted_time(struct timespec value, int to_set, int set, int now)
{
	if (to_set & now)
		value.tv_nsec = UTIME_NOW;
	else if (!(to_set & set))
		value.tv_nsec = UTIME_OMIT;
	return value;
}

static void ll_setattr(
	fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set, struct fuse_file_info *fi)
{
	struct single_file *f = file_of(req);
	struct timespec times[2] = { wanted_time(attr->st_atim, to_set, FUSE_SET_ATTR_ATIME,
					     FUSE_SET_ATTR_ATIME_NOW),
		wanted_time(attr->st_mtim, to_set, FUSE_SET_ATTR_MTIME, FUSE_SET_ATTR_MTIME_NOW) };
	int error;

	(void)fi;
	if (to_set & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID | FUSE_SET_ATTR_SIZE)) {
		fuse_reply_err(req, EPERM);
		return;
	}
	error = single_file_may_change(f, ino);
	if (error) {
		fuse_reply_err(req, -error);
		return;
	}
	if (to_set & FUSE_SET_ATTR_MODE)
		single_file_chmod(f, attr->st_mode);
	single_file_utimens(f, times);
	reply_attr(req, ino);
}

static void ll_access(fuse_req_t req, fuse_ino_t ino, int mask)
{
	(void)ino;
	fuse_reply_err(req, -single_file_may_access(file_of(req), mask));
}

static void ll_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	int error = ino == FILE_INO ? single_file_may_open(file_of(req), fi->flags) : -EISDIR;

	if (error)
		fuse_reply_err(req, -error);
	else
		fuse_reply_open(req, fi);
}

static void ll_read(
	fuse_req_t req, fuse_ino_t ino, size_t size, off_t pos, struct fuse_file_info *fi)
{
	char *buf = malloc(size);
	ssize_t n;

	(void)ino;
	(void)fi;
	n = buf ? single_file_read(file_of(req), buf, size, pos) : -ENOMEM;
	if (n < 0)
		fuse_reply_err(req, (int)-n);
	else
		fuse_reply_buf(req, buf, (size_t)n);
	free(buf);
}

static void ll_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t pos,
	struct fuse_file_info *fi)
{
	ssize_t n = single_file_write(file_of(req), buf, size, pos);

	(void)ino;
	(void)fi;
	if (n < 0)
		fuse_reply_err(req, (int)-n);
	else
		fuse_reply_write(req, (size_t)n);
}

static void ll_fsync(fuse_req_t req, fuse_ino_t ino, int datasync, struct fuse_file_info *fi)
{
	(void)ino;
	(void)fi;
	fuse_reply_err(req, -single_file_fsync(file_of(req), datasync));
}

static void ll_readdir(
	fuse_req_t req, fuse_ino_t ino, size_t size, off_t pos, struct fuse_file_info *fi)
{
	static const struct {
		const char *name;
		ino_t ino;
	} entries[] = { { ".", ROOT_INO }, { "..", ROOT_INO }, { SINGLE_FILE_NAME, FILE_INO } };
	size_t count = sizeof(entries) / sizeof(entries[0]), used = 0, i;
	char buf[512];

	(void)fi;
	if (ino != ROOT_INO) {
		fuse_reply_err(req, ENOTDIR);
		return;
	}
	if (size > sizeof(buf))
		size = sizeof(buf);
	for (i = (size_t)pos; i < count; i++) {
		struct stat st;
		size_t need;

		single_file_stat(file_of(req), entries[i].ino, &st);
		need = fuse_add_direntry(
			req, buf + used, size - used, entries[i].name, &st, (off_t)i + 1);
		if (need > size - used)
			break;
		used += need;
	}
	fuse_reply_buf(req, buf, used);
}

static void ll_statfs(fuse_req_t req, fuse_ino_t ino)
{
	struct statvfs st;

	(void)ino;
	single_file_statfs(file_of(req), &st);
	fuse_reply_statfs(req, &st);
}

#ifdef HAS_STATX_OPERATION
static void ll_statx(fuse_req_t req, fuse_ino_t ino, int flags, int mask, struct fuse_file_info *fi)
{
	struct statx stx;

	(void)flags;
	(void)mask;
	(void)fi;
	single_file_statx(file_of(req), ino, &stx);
	fuse_reply_statx(req, 0, &stx, 0);
}
#endif

static const struct fuse_lowlevel_ops operations = {
	.init = ll_init,
	.lookup = ll_lookup,
	.getattr = ll_getattr,
	.setattr = ll_setattr,
	.access = ll_access,
	.open = ll_open,
	.read = ll_read,
	.write = ll_write,
	.fsync = ll_fsync,
	.readdir = ll_readdir,
	.statfs = ll_statfs,
#ifdef HAS_STATX_OPERATION
	.statx = ll_statx,
#endif
};

static void print_help(struct fuse_args *args)
{
	single_file_help(args->argv[0]);
	fuse_cmdline_help();
	fuse_lowlevel_help();
}

static int loop(void *se, const struct fuse_cmdline_opts *opts, struct fuse_loop_config *config)
{
	return opts->singlethread ? fuse_session_loop(se) : fuse_session_loop_mt(se, config);
}

static int run(struct fuse_service *sf, struct single_file *f, struct fuse_args *args,
	struct fuse_cmdline_opts *opts)
{
	struct fuse_session *se;
	int ret;

	if (opts->show_help) {
		print_help(args);
		return 0;
	}
	se = fuse_session_new(args, &operations, sizeof(operations), f);
	if (!se)
		return -1;
	ret = single_file_serve(f, sf, se, opts, loop, se);
	fuse_session_destroy(se);
	return ret;
}

int main(int argc, char *argv[])
{
	return single_file_main(argc, argv, run);
}
