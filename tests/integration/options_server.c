/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * An empty file system that adds the mount options in the variable ADD_OPTIONS to its command line,
 * each with fuse_opt_add_arg(): a service where it was activated, else an ordinary FUSE program.
 */
#define FUSE_USE_VERSION 319

#include <errno.h>
#include <fuse.h>
#include <stdlib.h>
#include <string.h>

#include "fuse_service.h"

static int root_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	memset(st, 0, sizeof(*st));
	st->st_mode = S_IFDIR | 0555;
	st->st_nlink = 2;
	return strcmp(path, "/") ? -ENOENT : 0;
}

/* libfuse has a server repeat this option to the kernel. */
static unsigned int max_read;

/* As FUSE_OPT_KEY(), with a number that clang's -Wconversion lets through. */
#define NO_OFFSET 0xffffffffUL

static const struct fuse_opt max_read_option[] = { { "max_read=%u", 0, 0 },
	{ "max_read=", NO_OFFSET, FUSE_OPT_KEY_KEEP }, FUSE_OPT_END };

static void *root_init(struct fuse_conn_info *conn, struct fuse_config *config)
{
	(void)config;
	conn->max_read = max_read;
	return NULL;
}

static const struct fuse_operations operations = { .init = root_init, .getattr = root_getattr };

static int add_options(struct fuse_args *args)
{
	const char *options = getenv("ADD_OPTIONS");

	if (!options)
		return 0;
	return fuse_opt_add_arg(args, "-o") || fuse_opt_add_arg(args, options) ? -ENOMEM : 0;
}

int main(int argc, char *argv[])
{
	struct fuse_args args = FUSE_ARGS_INIT(argc, argv);
	struct fuse_service *sf;
	int ret;

	if (fuse_service_accept(&sf))
		return fuse_service_exit(1);
	ret = fuse_service_accepted(sf) ? fuse_service_append_args(sf, &args) : 0;
	if (!ret)
		ret = add_options(&args);
	if (!ret)
		ret = fuse_opt_parse(&args, &max_read, max_read_option, NULL);
	if (!ret && fuse_service_accepted(sf))
		ret = fuse_service_main(sf, &args, &operations, NULL);
	else if (!ret)
		ret = fuse_main(args.argc, args.argv, &operations, NULL);
	fuse_service_destroy(&sf);
	fuse_opt_free_args(&args);
	return fuse_service_exit(ret);
}
