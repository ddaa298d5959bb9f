/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#define FUSE_USE_VERSION 319

#include <fuse_lowlevel.h>

#include "single_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define SECTOR	       512
#define BLOCK_SIZE_END (1ULL << 31)

enum {
	KEY_RO,
	KEY_RW,
	KEY_BLKDEV,
	KEY_REQUIRE_BDEV,
	KEY_DIO,
	KEY_NODIO,
	KEY_SYNC,
	KEY_NOSYNC,
	KEY_SIZE,
	KEY_BLOCK_SIZE,
	KEY_MAX_READ
};

/* FUSE_OPT_KEY() with a number that clang's -Wconversion lets through. */
#define OPTION(template, key)           \
	{                               \
		template, UINT_MAX, key \
	}

static const struct fuse_opt options[] = {
	OPTION("ro", KEY_RO),
	OPTION("-r", KEY_RO),
	OPTION("rw", KEY_RW),
	OPTION("blkdev", KEY_BLKDEV),
	OPTION("require_bdev", KEY_REQUIRE_BDEV),
	OPTION("dio", KEY_DIO),
	OPTION("nodio", KEY_NODIO),
	OPTION("sync", KEY_SYNC),
	OPTION("nosync", KEY_NOSYNC),
	OPTION("size=", KEY_SIZE),
	OPTION("blocksize=", KEY_BLOCK_SIZE),
	OPTION("max_read=", KEY_MAX_READ),
	FUSE_OPT_END,
};

static void init(struct single_file *f)
{
	memset(f, 0, sizeof(*f));
	f->fd = -1;
	f->dio = 1;
	f->mode = 0664;
	pthread_mutex_init(&f->lock, NULL);
	clock_gettime(CLOCK_REALTIME, &f->start);
	f->atime = f->mtime = f->ctime = f->start;
}

static void destroy(struct single_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	pthread_mutex_destroy(&f->lock);
	free(f->device);
}

static uint64_t suffix_factor(char c)
{
	switch (c) {
	case 's':
	case 'S': return SECTOR;
	case 'k':
	case 'K': return 1ULL << 10;
	case 'm':
	case 'M': return 1ULL << 20;
	case 'g':
	case 'G': return 1ULL << 30;
	case 't':
	case 'T': return 1ULL << 40;
	default: return 0;
	}
}

/* Digits and at most one suffix; what it stands for fits a file size. */
static int parse_number(const char *text, uint64_t *n)
{
	uint64_t value = 0, factor = 1;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return -1;
	if (p == text)
		return -1;
	if (*p)
		factor = suffix_factor(*p++);
	if (!factor || *p || __builtin_mul_overflow(value, factor, &value) || value > INT64_MAX)
		return -1;
	*n = value;
	return 0;
}

static int parse_size(struct single_file *f, const char *text)
{
	uint64_t n;

	if (parse_number(text, &n) || n == 0 || n % SECTOR) {
		fprintf(stderr,
			"size=%s: must be a positive multiple of 512, with at most one suffix of "
			"k, m, g, t, s\n",
			text);
		return -1;
	}
	f->size_option = n;
	return 0;
}

static int parse_block_size(struct single_file *f, const char *text)
{
	uint64_t n;

	if (parse_number(text, &n) || n < SECTOR || n >= BLOCK_SIZE_END || (n & (n - 1))) {
		fprintf(stderr, "blocksize=%s: must be a power of two, from 512 to 1g\n", text);
		return -1;
	}
	f->block_size_option = (uint32_t)n;
	return 0;
}

static int take_operand(struct single_file *f, const char *arg)
{
	switch (f->operands++) {
	case 0: f->device = strdup(arg); return f->device ? 0 : -1;
	case 1: return 1; /* the mount point, for fuse_service_parse_cmdline_opts() */
	default: fprintf(stderr, "%s: only DEVICE and MOUNTPOINT are expected\n", arg); return -1;
	}
}

/* 1 keeps an argument, 0 takes it out. */
static int take_argument(void *data, const char *arg, int key, struct fuse_args *out)
{
	struct single_file *f = data;

	(void)out;
	switch (key) {
	case FUSE_OPT_KEY_NONOPT: return take_operand(f, arg);
	case KEY_RO: f->ro = 1; return 1;
	case KEY_RW: f->ro = 0; return 1;
	case KEY_BLKDEV: f->blkdev = 1; return 1;
	case KEY_REQUIRE_BDEV: f->require_bdev = 1; return 0;
	case KEY_DIO: f->dio = 1; return 0;
	case KEY_NODIO: f->dio = 0; return 0;
	case KEY_SYNC: f->sync = 1; return 0;
	case KEY_NOSYNC: f->sync = 0; return 0;
	case KEY_SIZE: return parse_size(f, strchr(arg, '=') + 1);
	case KEY_BLOCK_SIZE: return parse_block_size(f, strchr(arg, '=') + 1);
	/* What it must be is checked by fuse_service_parse_cmdline_opts(). */
	case KEY_MAX_READ:
		f->max_read = (unsigned int)strtoul(strchr(arg, '=') + 1, NULL, 10);
		return 1;
	default: return 1;
	}
}

static uint32_t wanted_block_size(const struct single_file *f)
{
	return f->block_size_option ? f->block_size_option : (uint32_t)sysconf(_SC_PAGESIZE);
}

static int check_size_option(const struct single_file *f, uint32_t block_size)
{
	if (f->size_option % block_size == 0)
		return 0;
	fprintf(stderr, "size=%llu: must be a multiple of the block size, %u\n",
		(unsigned long long)f->size_option, block_size);
	return -1;
}

static int check_operands(const struct single_file *f, const struct fuse_cmdline_opts *opts)
{
	if (!f->device || !*f->device) {
		fprintf(stderr, "DEVICE is missing; see --help\n");
		return -1;
	}
	if (!opts->mountpoint || !*opts->mountpoint) {
		fprintf(stderr, "MOUNTPOINT is missing; see --help\n");
		return -1;
	}
	return 0;
}

/*
 * The whole command line: the caller's arguments, the options of its own, then the mount's and
 * libfuse's. Where help or the version is asked for, the rest is not judged.
 */
static int read_command_line(struct single_file *f, struct fuse_service *sf, struct fuse_args *args,
	struct fuse_cmdline_opts *opts)
{
	if (fuse_service_append_args(sf, args) || fuse_opt_parse(args, f, options, take_argument) ||
		fuse_service_parse_cmdline_opts(args, opts))
		return -1;
	if (opts->show_help || opts->show_version)
		return 0;
	if (check_operands(f, opts))
		return -1;
	return check_size_option(f, wanted_block_size(f));
}

void single_file_help(const char *program)
{
	printf("usage: %s [options] DEVICE MOUNTPOINT\n\n"
	       "One directory with one file, " SINGLE_FILE_NAME
	       ", which is DEVICE (a file or a block device).\n\n"
	       "    -o ro                  read-only\n"
	       "    -o require_bdev        DEVICE must be a block device\n"
	       "    -o dio | nodio         allow O_DIRECT (default) or not\n"
	       "    -o sync | nosync       fsync after each write, or not (default)\n"
	       "    -o size=N              size of the file (default: of DEVICE)\n"
	       "    -o blocksize=N         block size (default: the page size)\n"
	       "N: a number with at most one suffix of k, m, g, t, or s for sectors of 512\n\n",
		program);
}

/* One attempt. 0 and the file or the helper's refusal in `*fd`, or -1. */
static int request(const struct single_file *f, const struct fuse_service *sf, int *fd)
{
	/* With blkdev the kernel opens the device once more when it mounts, which an exclusive open
	 * of ours would forbid. */
	int flags = (f->ro ? O_RDONLY : O_RDWR) | (f->blkdev ? 0 : O_EXCL);
	int ret;

	if (f->require_bdev)
		ret = fuse_service_request_blockdev(
			sf, f->device, flags, 0, 0, f->block_size_option);
	else
		ret = fuse_service_request_file(sf, f->device, flags, 0, 0);
	if (!ret)
		ret = fuse_service_receive_file(sf, f->device, fd);
	return ret ? -1 : 0;
}

static int is_denied(int error)
{
	return error == -EACCES || error == -EPERM || error == -EROFS;
}

static int measure(const struct single_file *f, uint64_t *size, uint32_t *logical)
{
	struct stat st;
	int sector = SECTOR;

	if (fstat(f->fd, &st))
		return -1;
	if (S_ISBLK(st.st_mode)) {
		if (ioctl(f->fd, BLKGETSIZE64, size) || ioctl(f->fd, BLKSSZGET, &sector))
			return -1;
	} else if (S_ISREG(st.st_mode) && !f->require_bdev) {
		*size = (uint64_t)st.st_size;
	} else {
		errno = f->require_bdev ? ENOTBLK : EINVAL;
		return -1;
	}
	*logical = (uint32_t)sector;
	return 0;
}

static int judge_size(struct single_file *f)
{
	uint32_t logical;
	uint64_t backing;

	if (measure(f, &backing, &logical)) {
		fprintf(stderr, "%s: %s\n", f->device, strerror(errno));
		return -1;
	}
	f->block_size = wanted_block_size(f);
	if (f->block_size < logical)
		f->block_size = logical;
	if (check_size_option(f, f->block_size))
		return -1;
	if (f->size_option > backing) {
		fprintf(stderr, "size=%llu: larger than %s, which has %llu bytes\n",
			(unsigned long long)f->size_option, f->device, (unsigned long long)backing);
		return -1;
	}
	f->size = f->size_option ? f->size_option : backing - backing % f->block_size;
	if (f->size)
		return 0;
	fprintf(stderr, "%s: holds less than one block of %u bytes\n", f->device, f->block_size);
	return -1;
}

static int open_backing(struct single_file *f, const struct fuse_service *sf)
{
	int fd;

	if (request(f, sf, &fd))
		return -1;
	if (is_denied(fd) && !f->ro) {
		f->ro = 1;
		if (request(f, sf, &fd))
			return -1;
	}
	if (fd < 0) {
		fprintf(stderr, "%s: %s\n", f->device, strerror(-fd));
		return -1;
	}
	f->fd = fd;
	if (f->ro)
		f->mode = 0444;
	return judge_size(f);
}

void single_file_negotiate(const struct single_file *f, struct fuse_conn_info *conn)
{
	/* Nobody but this server changes the file, and its size never. Otherwise the kernel, which
	 * is to keep no attributes, would ask for them before each read. */
	conn->want &= ~(unsigned int)FUSE_CAP_AUTO_INVAL_DATA;
	/* libfuse demands the mount option's value here, too. */
	if (f->max_read)
		conn->max_read = f->max_read;
}

void single_file_stat(struct single_file *f, ino_t ino, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_ino = ino;
	st->st_blksize = (blksize_t)f->block_size;
	st->st_atim = st->st_mtim = st->st_ctim = f->start;
	if (ino == ROOT_INO) {
		st->st_mode = S_IFDIR | 0555;
		st->st_nlink = 2;
		return;
	}
	st->st_nlink = 1;
	st->st_size = (off_t)f->size;
	st->st_blocks = (blkcnt_t)(f->size / SECTOR);
	pthread_mutex_lock(&f->lock);
	st->st_mode = S_IFREG | f->mode;
	st->st_atim = f->atime;
	st->st_mtim = f->mtime;
	st->st_ctim = f->ctime;
	pthread_mutex_unlock(&f->lock);
}

void single_file_statfs(const struct single_file *f, struct statvfs *st)
{
	memset(st, 0, sizeof(*st));
	st->f_bsize = f->block_size;
	st->f_frsize = f->block_size;
	st->f_blocks = f->size / f->block_size;
	st->f_files = 1;
	st->f_namemax = 255;
}

int single_file_may_open(const struct single_file *f, int flags)
{
	if (f->ro && (flags & O_ACCMODE) != O_RDONLY)
		return -EACCES;
	if (!f->dio && (flags & O_DIRECT))
		return -EINVAL;
	/* libfuse has the kernel leave truncation to open. */
	return flags & O_TRUNC ? -EPERM : 0;
}

/* How much of `size` bytes at `pos` lies within the file. */
static size_t within(const struct single_file *f, size_t size, off_t pos)
{
	uint64_t left;

	if (pos < 0 || (uint64_t)pos >= f->size)
		return 0;
	left = f->size - (uint64_t)pos;
	return left < size ? (size_t)left : size;
}

ssize_t single_file_read(const struct single_file *f, char *buf, size_t size, off_t pos)
{
	size_t want = within(f, size, pos), done = 0;

	while (done < want) {
		ssize_t n = pread(f->fd, buf + done, want - done, pos + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return done ? (ssize_t)done : -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t single_file_write(const struct single_file *f, const char *buf, size_t size, off_t pos)
{
	size_t want = within(f, size, pos), done = 0;

	if (f->ro)
		return -EROFS;
	if (size && !want)
		return -EFBIG;
	while (done < want) {
		ssize_t n = pwrite(f->fd, buf + done, want - done, pos + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && !done)
			return -errno;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (f->sync && fsync(f->fd))
		return -errno;
	return (ssize_t)done;
}

int single_file_fsync(const struct single_file *f, int datasync)
{
	return (datasync ? fdatasync(f->fd) : fsync(f->fd)) ? -errno : 0;
}

int single_file_may_access(const struct single_file *f, int mask)
{
	return f->ro && (mask & W_OK) ? -EROFS : 0;
}

int single_file_may_change(const struct single_file *f, ino_t ino)
{
	if (f->ro)
		return -EROFS;
	return ino == FILE_INO ? 0 : -EPERM;
}

void single_file_chmod(struct single_file *f, mode_t mode)
{
	pthread_mutex_lock(&f->lock);
	f->mode = mode & 07777;
	clock_gettime(CLOCK_REALTIME, &f->ctime);
	pthread_mutex_unlock(&f->lock);
}

static void set_time(struct timespec *slot, const struct timespec *wanted)
{
	if (wanted->tv_nsec == UTIME_NOW)
		clock_gettime(CLOCK_REALTIME, slot);
	else if (wanted->tv_nsec != UTIME_OMIT)
		*slot = *wanted;
}

void single_file_utimens(struct single_file *f, const struct timespec times[2])
{
	pthread_mutex_lock(&f->lock);
	set_time(&f->atime, &times[0]);
	set_time(&f->mtime, &times[1]);
	clock_gettime(CLOCK_REALTIME, &f->ctime);
	pthread_mutex_unlock(&f->lock);
}

/* Its files: the backing, no more from the helper, and none for a child, should one ever be made.
 */
static int prepare(struct single_file *f, const struct fuse_service *sf)
{
	int fd;

	if (open_backing(f, sf) || fuse_service_finish_file_requests(sf))
		return -1;
	for (fd = 0; fd <= STDERR_FILENO; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

static struct fuse_loop_config *loop_config(const struct fuse_cmdline_opts *opts)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();

	if (!config)
		return NULL;
	fuse_loop_cfg_set_clone_fd(config, (unsigned int)opts->clone_fd);
	if (opts->max_idle_threads != UINT_MAX) /* as libfuse says "not given" */
		fuse_loop_cfg_set_idle_threads(config, opts->max_idle_threads);
	fuse_loop_cfg_set_max_threads(config, opts->max_threads);
	return config;
}

int single_file_serve(struct single_file *f, struct fuse_service *sf, struct fuse_session *se,
	struct fuse_cmdline_opts *opts, single_file_loop loop, void *over)
{
	struct fuse_loop_config *config;
	int ret = -1;

	if (prepare(f, sf))
		return -1;
	config = loop_config(opts);
	if (!config)
		return -1;
	if (!fuse_set_signal_handlers(se)) {
		if (!fuse_service_session_mount(sf, se, S_IFDIR, opts) &&
			!fuse_service_send_goodbye(sf, 0))
			ret = loop(over, opts, config);
		fuse_remove_signal_handlers(se);
	}
	fuse_loop_cfg_destroy(config);
	/* A signal's number; or an unmount, which gives ECONNABORTED when it overtakes a request.
	 */
	return ret >= 0 || ret == -ENODEV || ret == -ECONNABORTED ? 0 : -1;
}

#ifdef HAS_STATX_OPERATION
void single_file_statx(struct single_file *f, ino_t ino, struct statx *stx)
{
	struct statx backing;
	struct stat st;

	single_file_stat(f, ino, &st);
	memset(stx, 0, sizeof(*stx));
	stx->stx_mask = STATX_BASIC_STATS;
	stx->stx_ino = st.st_ino;
	stx->stx_mode = (uint16_t)st.st_mode;
	stx->stx_nlink = (uint32_t)st.st_nlink;
	stx->stx_blksize = (uint32_t)st.st_blksize;
	stx->stx_size = (uint64_t)st.st_size;
	stx->stx_blocks = (uint64_t)st.st_blocks;
	stx->stx_atime.tv_sec = st.st_atim.tv_sec;
	stx->stx_atime.tv_nsec = (uint32_t)st.st_atim.tv_nsec;
	stx->stx_mtime.tv_sec = st.st_mtim.tv_sec;
	stx->stx_mtime.tv_nsec = (uint32_t)st.st_mtim.tv_nsec;
	stx->stx_ctime.tv_sec = st.st_ctim.tv_sec;
	stx->stx_ctime.tv_nsec = (uint32_t)st.st_ctim.tv_nsec;
	if (ino != FILE_INO)
		return;
	stx->stx_attributes_mask = STATX_ATTR_IMMUTABLE;
	if (f->ro)
		stx->stx_attributes = STATX_ATTR_IMMUTABLE;
	if (f->dio && !statx(f->fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &backing) &&
		(backing.stx_mask & STATX_DIOALIGN)) {
		stx->stx_mask |= STATX_DIOALIGN;
		stx->stx_dio_mem_align = backing.stx_dio_mem_align;
		stx->stx_dio_offset_align = backing.stx_dio_offset_align;
	}
}
#endif

static int serve_caller(struct fuse_service *sf, int argc, char *argv[], single_file_run run)
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	struct fuse_cmdline_opts opts = { 0 };
	struct single_file f;
	int ret;

	init(&f);
	ret = read_command_line(&f, sf, &args, &opts);
	if (!ret && opts.show_version) {
		printf("FUSE library version %s\n", fuse_pkgversion());
		fuse_lowlevel_version();
	} else if (!ret) {
		ret = run(sf, &f, &args, &opts);
	}
	destroy(&f);
	fuse_opt_free_args(&args);
	free(opts.mountpoint);
	return ret;
}

int single_file_main(int argc, char *argv[], single_file_run run)
{
	struct fuse_service *sf;
	int ret;

	if (fuse_service_accept(&sf))
		return fuse_service_exit(1);
	if (!fuse_service_accepted(sf)) {
		fprintf(stderr, "%s: is started by systemd for a mount helper\n", argv[0]);
		return fuse_service_exit(1);
	}
	ret = serve_caller(sf, argc, argv, run);
	/* After a mount that has been served this does nothing. */
	(void)fuse_service_send_goodbye(sf, ret ? 1 : 0);
	fuse_service_destroy(&sf);
	return fuse_service_exit(ret);
}
