/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A file system that goes wrong when a file of it is read: "memory" takes all there is, "words"
 * writes a last line and ends at once, "flood" writes ten thousand lines; "alive" reads as "yes".
 * When it is unmounted it says so as late as it can.
 */
#define FUSE_USE_VERSION 319

#include <errno.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuse_service.h"

static const char *const names[] = { "memory", "words", "flood", "alive" };

static int is_known(const char *path)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(path + 1, names[i]))
			return 1;
	return 0;
}

static int greedy_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	memset(st, 0, sizeof(*st));
	st->st_mode = strcmp(path, "/") ? S_IFREG | 0444 : S_IFDIR | 0555;
	st->st_size = 4;
	return strcmp(path, "/") && !is_known(path) ? -ENOENT : 0;
}

static void take_memory(void)
{
	for (;;) {
		char *p = malloc(1 << 20);

		if (p)
			memset(p, 1, 1 << 20);
	}
}

static void flood(void)
{
	for (int i = 0; i < 10000; i++)
		fprintf(stderr, "line %d of a flood\n", i);
}

static int greedy_read(
	const char *path, char *buf, size_t size, off_t pos, struct fuse_file_info *fi)
{
	(void)fi;
	if (!strcmp(path, "/memory"))
		take_memory();
	if (!strcmp(path, "/words")) {
		fputs("these are its last words\n", stderr);
		_exit(3);
	}
	if (!strcmp(path, "/flood"))
		flood();
	if (pos || size < 4)
		return 0;
	memcpy(buf, "yes\n", 4);
	return 4;
}

static const struct fuse_operations operations = {
	.getattr = greedy_getattr,
	.read = greedy_read,
};

int main(int argc, char *argv[])
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	struct fuse_service *sf = NULL;
	int ret = 1;

	if (fuse_service_accept(&sf) || !fuse_service_accepted(sf))
		return 1;
	if (!fuse_service_append_args(sf, &args))
		ret = fuse_service_main(sf, &args, &operations, NULL);
	fuse_service_destroy(&sf);
	fuse_opt_free_args(&args);
	/* Buffered, since it is no terminal. */
	printf("it ends with %d\n", ret);
	return fuse_service_exit(ret);
}
