/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What service_ll and service_hl share: one file, backed by a file or block device that the mount
 * helper opens. Include <fuse_lowlevel.h> first.
 */
#ifndef SINGLE_FILE_H
#define SINGLE_FILE_H

#include <pthread.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "fuse_service.h"

#define SINGLE_FILE_NAME "single_file"

/* As st_ino; FUSE's own root is 1. */
enum {
	ROOT_INO = 1,
	FILE_INO = 2
};

struct single_file {
	/* the command line */
	char *device;
	int operands;
	int require_bdev;
	int blkdev;
	int ro;
	int dio;
	int sync;
	uint64_t size_option;
	uint32_t block_size_option;
	unsigned int max_read; /* 0 if not given */

	/* the open backing */
	int fd;
	uint64_t size;
	uint32_t block_size;

	/* what chmod and utimens change */
	pthread_mutex_t lock;
	mode_t mode;
	struct timespec atime;
	struct timespec mtime;
	struct timespec ctime;
	struct timespec start;
};

/* What a server does once its command line is in order: print the help that was asked for, or mount
 * and serve. 0 or -1. */
typedef int (*single_file_run)(struct fuse_service *sf, struct single_file *f,
	struct fuse_args *args, struct fuse_cmdline_opts *opts);

/* main() of both servers: take the connection, check the command line, run, say goodbye. */
int single_file_main(int argc, char *argv[], single_file_run run);
/* Print the help text for its own options. */
void single_file_help(const char *program);
/* libfuse's loop over a session, or over a struct fuse. */
typedef int (*single_file_loop)(
	void *over, const struct fuse_cmdline_opts *opts, struct fuse_loop_config *config);

/* Open the backing, mount, and serve until the end. 0 after a clean one, or -1 after a message. */
int single_file_serve(struct single_file *f, struct fuse_service *sf, struct fuse_session *se,
	struct fuse_cmdline_opts *opts, single_file_loop loop, void *over);

/* What the init operation has to settle. */
void single_file_negotiate(const struct single_file *f, struct fuse_conn_info *conn);
void single_file_stat(struct single_file *f, ino_t ino, struct stat *st);
void single_file_statfs(const struct single_file *f, struct statvfs *st);
#ifdef HAS_STATX_OPERATION
void single_file_statx(struct single_file *f, ino_t ino, struct statx *stx);
#endif

/* Each: a count or 0, or a negative errno. */
int single_file_may_open(const struct single_file *f, int flags);
ssize_t single_file_read(const struct single_file *f, char *buf, size_t size, off_t pos);
ssize_t single_file_write(const struct single_file *f, const char *buf, size_t size, off_t pos);
int single_file_fsync(const struct single_file *f, int datasync);
/* As access(2): only a read-only file system says no. */
int single_file_may_access(const struct single_file *f, int mask);
/* Whether attributes of this inode may be changed at all. */
int single_file_may_change(const struct single_file *f, ino_t ino);
void single_file_chmod(struct single_file *f, mode_t mode);
/* As utimensat(2): UTIME_NOW and UTIME_OMIT count. */
void single_file_utimens(struct single_file *f, const struct timespec times[2]);

#endif
