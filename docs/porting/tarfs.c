/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* tarfs [options] IMAGE MOUNTPOINT: shows what is in a tar archive, read-only. */
#define FUSE_USE_VERSION 312

#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK	    512
#define ENTRIES_MAX 65536

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type;
	char link[100], magic[6], version[2], user[32], group[32], device[16], prefix[155], pad[12];
};

struct entry {
	char path[260];
	struct stat st;
	off_t data;
};

static char *image;
static int fd = -1;
static struct entry *entries;
static size_t entry_count;

/* 0 or -1; the number ends with a blank or a NUL, and fits. */
static int octal(const char *field, size_t size, long long *value)
{
	char text[13] = { 0 }, *end;

	memcpy(text, field, size);
	*value = strtoll(text, &end, 8);
	return end == text || (*end && *end != ' ') || *value < 0 ? -1 : 0;
}

static int checksum_is_right(const struct header *h)
{
	const unsigned char *bytes = (const unsigned char *)h;
	long long wanted, sum = 0;

	for (size_t i = 0; i < sizeof(*h); i++)
		sum += i >= 148 && i < 156 ? ' ' : bytes[i];
	return !octal(h->checksum, sizeof(h->checksum), &wanted) && sum == wanted;
}

static int read_entry(const struct header *h, off_t pos, struct entry *e)
{
	long long mode, mtime, size;

	if (memcmp(h->magic, "ustar", 5) || !checksum_is_right(h) ||
		octal(h->mode, sizeof(h->mode), &mode) ||
		octal(h->mtime, sizeof(h->mtime), &mtime) || octal(h->size, sizeof(h->size), &size))
		return -1;
	memset(e, 0, sizeof(*e));
	snprintf(e->path, sizeof(e->path), "/%.155s%s%.100s", h->prefix, *h->prefix ? "/" : "",
		h->name);
	if (!strncmp(e->path, "/./", 3))
		memmove(e->path, e->path + 2, strlen(e->path + 2) + 1);
	while (strlen(e->path) > 1 && e->path[strlen(e->path) - 1] == '/')
		e->path[strlen(e->path) - 1] = '\0';
	e->st.st_mode = (h->type == '5' ? S_IFDIR : S_IFREG) | (mode & 0555);
	e->st.st_nlink = 1;
	e->st.st_mtime = mtime;
	e->st.st_size = size;
	e->data = pos + BLOCK;
	return 0;
}

static int read_archive(void)
{
	struct header h;
	off_t pos = 0;

	entries = calloc(ENTRIES_MAX, sizeof(*entries));
	if (!entries)
		return -1;
	while (pread(fd, &h, sizeof(h), pos) == sizeof(h) && *h.name) {
		struct entry *e = &entries[entry_count];

		if (entry_count == ENTRIES_MAX || read_entry(&h, pos, e)) {
			fprintf(stderr, "tarfs: bad archive at byte %lld\n", (long long)pos);
			return -1;
		}
		pos += BLOCK + (e->st.st_size + BLOCK - 1) / BLOCK * BLOCK;
		if (h.type == '0' || h.type == '5')
			entry_count++;
	}
	return 0;
}

static const struct entry *find(const char *path)
{
	static const struct entry root = { .st = { .st_mode = S_IFDIR | 0555, .st_nlink = 1 } };

	for (size_t i = 0; i < entry_count; i++)
		if (!strcmp(entries[i].path, path))
			return &entries[i];
	return strcmp(path, "/") ? NULL : &root;
}

static int tar_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	const struct entry *e = find(path);

	(void)fi;
	if (e)
		*st = e->st;
	return e ? 0 : -ENOENT;
}

static int tar_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t pos,
	struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
	size_t length = strcmp(path, "/") ? strlen(path) : 0;

	(void)pos;
	(void)fi;
	(void)flags;
	fill(buf, ".", NULL, 0, 0);
	fill(buf, "..", NULL, 0, 0);
	for (size_t i = 0; i < entry_count; i++) {
		const char *name = entries[i].path + length + 1;

		if (!strncmp(entries[i].path, path, length) && name[-1] == '/' && *name &&
			!strchr(name, '/'))
			fill(buf, name, &entries[i].st, 0, 0);
	}
	return 0;
}

static int tar_read(const char *path, char *buf, size_t size, off_t pos, struct fuse_file_info *fi)
{
	const struct entry *e = find(path);
	ssize_t n;

	(void)fi;
	if (!e)
		return -ENOENT;
	if (pos >= e->st.st_size)
		return 0;
	if ((off_t)size > e->st.st_size - pos)
		size = (size_t)(e->st.st_size - pos);
	n = pread(fd, buf, size, e->data + pos);
	return n < 0 ? -errno : (int)n;
}

static const struct fuse_operations operations = {
	.getattr = tar_getattr,
	.readdir = tar_readdir,
	.read = tar_read,
};

/* The first operand is the image; everything else is libfuse's. */
static int take_image(void *data, const char *arg, int key, struct fuse_args *out)
{
	(void)data;
	(void)out;
	if (key != FUSE_OPT_KEY_NONOPT || image)
		return 1;
	image = strdup(arg);
	return image ? 0 : -1;
}

static int open_image(void)
{
	fd = open(image, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fprintf(stderr, "tarfs: %s: %s\n", image, strerror(errno));
	return fd < 0 ? -1 : 0;
}

int main(int argc, char *argv[])
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	int ret = 1;

	if (fuse_opt_parse(&args, NULL, NULL, take_image) == 0 &&
		(!image || (open_image() == 0 && read_archive() == 0)))
		ret = fuse_main(args.argc, args.argv, &operations, NULL);
	fuse_opt_free_args(&args);
	return ret;
}
