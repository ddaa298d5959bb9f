/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Command lines: the caller's joined with the server's own, and what libfuse reads from them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsv_context.h"
#include "fsv_mount_options.h"

/* fuse_service_parse_cmdline_opts() knows no context, and fuse_service_session_mount() no args. */
static struct fsv_mount_options last_said;

const struct fsv_mount_options *fsv_mount_options_said(void)
{
	return &last_said;
}

void fsv_mount_options_forget(void)
{
	fsv_mount_options_clear(&last_said);
}

static int join_args(
	const struct fsv_service *core, const struct fuse_args *own, struct fuse_args *joined)
{
	uint32_t argc = fsv_service_argc(core), i;
	int k;

	if (fuse_opt_add_arg(joined, fsv_service_arg(core, 0)))
		return -ENOMEM;
	for (k = 1; k < own->argc; k++)
		if (fuse_opt_add_arg(joined, own->argv[k]))
			return -ENOMEM;
	for (i = 1; i < argc; i++)
		if (fuse_opt_add_arg(joined, fsv_service_arg(core, i)))
			return -ENOMEM;
	return 0;
}

int fuse_service_append_args(struct fuse_service *sf, struct fuse_args *args)
{
	struct fuse_args joined = FUSE_ARGS_INIT(0, NULL);
	int ret = join_args(sf->core, args, &joined);

	if (ret) {
		fuse_log(FUSE_LOG_ERR, "fuse-service: out of memory for the arguments\n");
		fuse_opt_free_args(&joined);
		return ret;
	}
	fuse_opt_free_args(args);
	*args = joined;
	return 0;
}

char *fuse_service_cmdline(int argc, const char *const *argv, struct fuse_args *args)
{
	char *text = NULL;
	size_t size;
	FILE *out;
	int i, bad;

	if (argc < 1 || args->argc < 1)
		return NULL;
	out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	fprintf(out, "%s -t %s", argv[0], args->argv[0]);
	for (i = 1; i < args->argc; i++)
		fprintf(out, " %s", args->argv[i]);
	bad = ferror(out);
	if (fclose(out) || bad) {
		free(text);
		return NULL;
	}
	return text;
}

/* Take the one operand out, so that libfuse does not look for it in the file system. */
static int take_mountpoint(void *data, const char *arg, int key, struct fuse_args *out)
{
	char **mountpoint = data;

	(void)out;
	if (key != FUSE_OPT_KEY_NONOPT)
		return 1;
	if (*mountpoint) {
		fuse_log(FUSE_LOG_ERR, "fuse-service: invalid argument `%s'\n", arg);
		return -1;
	}
	*mountpoint = strdup(arg);
	if (*mountpoint)
		return 0;
	fuse_log(FUSE_LOG_ERR, "fuse-service: out of memory\n");
	return -1;
}

/* fuse_opt_parse() leaves a `--` that nothing follows any more; what libfuse then appends would
 * count as an operand. */
static void drop_last_dashes(struct fuse_args *args)
{
	if (args->argc < 2 || strcmp(args->argv[args->argc - 1], "--"))
		return;
	args->argc--;
	free(args->argv[args->argc]);
	args->argv[args->argc] = NULL;
}

static int parse(struct fuse_args *args, struct fuse_cmdline_opts *opts, char **mountpoint,
	struct fsv_mount_options *said)
{
	if (fuse_opt_parse(args, mountpoint, NULL, take_mountpoint))
		return -1;
	drop_last_dashes(args);
	if (fuse_parse_cmdline(args, opts))
		return -1;
	/* Collected last: libfuse adds the default subtype. */
	return fsv_mount_options_collect(args, said);
}

int fuse_service_parse_cmdline_opts(struct fuse_args *args, struct fuse_cmdline_opts *opts)
{
	struct fsv_mount_options said;
	char *mountpoint = NULL;

	memset(opts, 0, sizeof(*opts));
	if (parse(args, opts, &mountpoint, &said)) {
		free(mountpoint);
		return -1;
	}
	opts->mountpoint = mountpoint;
	fsv_mount_options_forget();
	last_said = said;
	return 0;
}
