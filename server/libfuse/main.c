/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "fsv_context.h"

static void print_help(struct fuse_args *args)
{
	printf("usage: %s [options] <mountpoint>\n\nFUSE options:\n", args->argv[0]);
	fuse_cmdline_help();
	fuse_lib_help(args);
}

static void print_version(void)
{
	printf("FUSE library version %s\n", fuse_pkgversion());
	fuse_lowlevel_version();
}

static int loop(
	struct fuse *fuse, const struct fuse_cmdline_opts *opts, struct fuse_loop_config *config)
{
	int ret = opts->singlethread ? fuse_loop(fuse) : fuse_loop_mt(fuse, config);

	/* A signal's number: it has asked for the end. An unmount that overtakes a request gives
	 * ECONNABORTED instead of ENODEV, which libfuse knows as the end. */
	return ret > 0 || ret == -ENODEV || ret == -ECONNABORTED ? 0 : ret;
}

/* Mount and serve; whatever can fail has been done. */
static int serve(struct fuse_service *sf, struct fuse *fuse, struct fuse_cmdline_opts *opts,
	struct fuse_loop_config *config)
{
	int ret;

	ret = fuse_service_session_mount(sf, fuse_get_session(fuse), 0, opts);
	if (ret)
		return ret;
	ret = fuse_service_send_goodbye(sf, 0);
	return ret ? ret : loop(fuse, opts, config);
}

static int run(struct fuse_service *sf, struct fuse *fuse, struct fuse_cmdline_opts *opts)
{
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	int ret;

	if (!config)
		return -ENOMEM;
	fuse_loop_cfg_set_clone_fd(config, (unsigned int)opts->clone_fd);
	if (opts->max_idle_threads != UINT_MAX) /* as libfuse says "not given" */
		fuse_loop_cfg_set_idle_threads(config, opts->max_idle_threads);
	fuse_loop_cfg_set_max_threads(config, opts->max_threads);
	ret = fuse_set_signal_handlers(fuse_get_session(fuse));
	if (!ret) {
		ret = serve(sf, fuse, opts, config);
		fuse_remove_signal_handlers(fuse_get_session(fuse));
	}
	fuse_loop_cfg_destroy(config);
	return ret;
}

static int create_and_run(struct fuse_service *sf, struct fuse_args *args,
	struct fuse_cmdline_opts *opts, const struct fuse_operations *op, size_t op_size,
	void *user_data)
{
	struct fuse *fuse;
	int ret;

	if (opts->show_version) {
		print_version();
		return 0;
	}
	if (opts->show_help) {
		print_help(args);
		return 0;
	}
	if (!opts->mountpoint) {
		fuse_log(FUSE_LOG_ERR, "fuse-service: no mount point was given\n");
		return -EINVAL;
	}
	fuse = fuse_new(args, op, op_size, user_data);
	if (!fuse)
		return -EINVAL;
	ret = run(sf, fuse, opts);
	fuse_destroy(fuse);
	return ret;
}

int fuse_service_main_sized(struct fuse_service *sf, struct fuse_args *args,
	const struct fuse_operations *op, size_t op_size, void *user_data)
{
	struct fuse_cmdline_opts opts;
	int ret;

	if (fuse_service_parse_cmdline_opts(args, &opts)) {
		(void)fuse_service_send_goodbye(sf, 1);
		return 1;
	}
	ret = create_and_run(sf, args, &opts, op, op_size, user_data);
	/* After a mount that has been served this does nothing. */
	(void)fuse_service_send_goodbye(sf, ret ? 1 : 0);
	free(opts.mountpoint);
	return ret ? 1 : 0;
}

/* For a function pointer, or a caller without the macro. */
int(fuse_service_main)(struct fuse_service *sf, struct fuse_args *args,
	const struct fuse_operations *op, void *user_data)
{
	return fuse_service_main_sized(sf, args, op, sizeof(*op), user_data);
}

int fuse_service_exit(int ret)
{
	/* systemd's log streams carry the unit's name in the stream itself, so that whatever has
	 * been written is attributed rightly however soon the process is gone. */
	(void)fflush(NULL);
	return ret ? 1 : 0;
}
