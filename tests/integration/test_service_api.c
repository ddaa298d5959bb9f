/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* fuse_service.h on the installed libfuse, in-process: options, arguments, sessions, ends. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_sys.h"
#include "fsv_context.h"
#include "fsv_mount_options.h"
#include "fsv_wire.h"
#include "peer.h"

#define ARGS_MAX 12

/* --- arguments ------------------------------------------------------------------------------- */

static int fail_add_at;

int __real_fuse_opt_add_arg(struct fuse_args *args, const char *arg);
int __wrap_fuse_opt_add_arg(struct fuse_args *args, const char *arg);

int __wrap_fuse_opt_add_arg(struct fuse_args *args, const char *arg)
{
	if (fail_add_at && --fail_add_at == 0)
		return -1;
	return __real_fuse_opt_add_arg(args, arg);
}

/* A service that has shaken hands, as fuse_service_accept() makes it. */
static struct fuse_service *accepted(struct peer *p, const char *const *words)
{
	struct fuse_service *sf = calloc(1, sizeof(*sf));
	struct fsv_msg msg;

	assert_non_null(sf);
	peer_begin(p);
	peer_handshake(p, words);
	assert_int_equal(peer_start(p, &sf->core), 0);
	assert_int_equal(peer_next(p, &msg), FSV_HELLO_REPLY);
	return sf;
}

static int count(const char *const *words)
{
	int n = 0;

	while (words[n])
		n++;
	return n;
}

static void assert_args(const struct fuse_args *args, const char *const *want)
{
	int i;

	assert_int_equal(args->argc, count(want));
	for (i = 0; i < args->argc; i++)
		assert_string_equal(args->argv[i], want[i]);
	assert_null(args->argv[args->argc]);
}

static const char *const caller[] = { "sub", "/image", "", "-o", "ro", "/mnt", NULL };

static void test_args_subtype_own_caller(void **state)
{
	static const char *const want[] = { "sub", "-o", "own", "/image", "", "-o", "ro", "/mnt",
		NULL };
	char prog[] = "/usr/bin/server", o[] = "-o", own[] = "own";
	char *argv[] = { prog, o, own, NULL };
	const char *const main_argv[] = { prog, o, own, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(3, argv);
	struct peer p;
	struct fuse_service *sf = accepted(&p, caller);
	char *line;

	(void)state;
	assert_int_equal(fuse_service_append_args(sf, &args), 0);
	assert_args(&args, want);
	line = fuse_service_cmdline(3, main_argv, &args);
	assert_string_equal(line, "/usr/bin/server -t sub -o own /image  -o ro /mnt");
	free(line);
	fuse_opt_free_args(&args);
	fuse_service_destroy(&sf);
	peer_end(&p);
}

static void test_args_are_as_they_were_after_a_failure(void **state)
{
	char prog[] = "server", own[] = "own";
	char *argv[] = { prog, own, NULL };
	int at;

	(void)state;
	for (at = 1; at <= 7; at++) {
		struct fuse_args args = FUSE_ARGS_INIT(2, argv);
		struct peer p;
		struct fuse_service *sf = accepted(&p, caller);

		fail_add_at = at;
		assert_int_equal(fuse_service_append_args(sf, &args), -ENOMEM);
		assert_int_equal(fail_add_at, 0);
		assert_int_equal(args.argc, 2);
		assert_ptr_equal(args.argv, argv);
		assert_int_equal(args.allocated, 0);
		fuse_service_destroy(&sf);
		peer_end(&p);
	}
}

static void test_cmdline_without_arguments(void **state)
{
	const char *const argv[] = { "server", NULL };
	struct fuse_args none = FUSE_ARGS_INIT(0, NULL);

	(void)state;
	assert_null(fuse_service_cmdline(1, argv, &none));
	assert_null(fuse_service_cmdline(0, argv, &none));
}

/* --- options --------------------------------------------------------------------------------- */

static struct fuse_args args_of(const char *const *words)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	int i;

	for (i = 0; words[i]; i++)
		assert_int_equal(fuse_opt_add_arg(&args, words[i]), 0);
	return args;
}

#define DEFAULTS (FSV_MS_NOSUID | FSV_MS_NODEV)

static const struct {
	const char *words[ARGS_MAX]; /* after argv[0], which is "sub" */
	const char *source;
	const char *mntopts;
	const char *mtabopts;
	uint32_t flags;
	int blkdev;
} options[] = {
	{ { "/mnt" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "subtype=other" }, "other", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "fsname=/dev/sdb1" }, "/dev/sdb1", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "fsname=a,subtype=b,fsname=c" }, "c", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "fsname=a\\,b\\\\c" }, "a,b\\c", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "fsname=" }, "/dev/fuse", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "fsname=,subtype=b" }, "b", NULL, NULL, DEFAULTS, 0 },

	{ { "/mnt", "-o", "allow_other" }, "sub", "allow_other", NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "allow_root" }, "sub", "allow_other", NULL, DEFAULTS, 0 },
	{ { "/mnt", "-oallow_other", "-oallow_other" }, "sub", "allow_other", NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "default_permissions" }, "sub", "default_permissions", NULL, DEFAULTS,
		0 },
	{ { "/mnt", "-o", "max_read=8192,max_read=4096" }, "sub", "max_read=4096", NULL, DEFAULTS,
		0 },
	{ { "/mnt", "-o", "max_read=0" }, "sub", "max_read=0", NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "blkdev,blksize=512" }, "sub", "blksize=512", NULL, DEFAULTS, 1 },
	{ { "/mnt", "-o", "blksize=512" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "context=u:r:t:s0\\,c1" }, "sub", "context=u:r:t:s0\\,c1", NULL, DEFAULTS,
		0 },
	{ { "/mnt", "-o", "rootcontext=a,defcontext=b,fscontext=c" }, "sub",
		"fscontext=c,defcontext=b,rootcontext=a", NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "allow_other,max_read=1,default_permissions,context=x" }, "sub",
		"default_permissions,allow_other,max_read=1,context=x", NULL, DEFAULTS, 0 },

	{ { "/mnt", "-o", "ro" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_RDONLY, 0 },
	{ { "/mnt", "-r" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_RDONLY, 0 },
	{ { "/mnt", "-o", "ro,rw" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "suid" }, "sub", NULL, NULL, FSV_MS_NODEV, 0 },
	{ { "/mnt", "-o", "suid,dev" }, "sub", NULL, NULL, 0, 0 },
	{ { "/mnt", "-o", "suid,dev,nosuid,nodev" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "noexec" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_NOEXEC, 0 },
	{ { "/mnt", "-o", "noexec,exec" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "sync" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_SYNCHRONOUS, 0 },
	{ { "/mnt", "-o", "sync,async" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "dirsync" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_DIRSYNC, 0 },
	{ { "/mnt", "-o", "noatime" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_NOATIME, 0 },
	{ { "/mnt", "-o", "noatime,atime" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "nodiratime" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_NODIRATIME, 0 },
	{ { "/mnt", "-o", "nodiratime,diratime" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "relatime" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_RELATIME, 0 },
	{ { "/mnt", "-o", "relatime,norelatime" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "strictatime" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_STRICTATIME, 0 },
	{ { "/mnt", "-o", "strictatime,nostrictatime" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-o", "nosymfollow" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_NOSYMFOLLOW, 0 },
	{ { "/mnt", "-o", "nosymfollow,symfollow" }, "sub", NULL, NULL, DEFAULTS, 0 },

	{ { "/mnt", "-o", "x-a,x-b=c" }, "sub", NULL, "x-a,x-b=c", DEFAULTS, 0 },
	{ { "/mnt", "-o", "x-a=1\\,2" }, "sub", NULL, "x-a=1\\,2", DEFAULTS, 0 },
	{ { "/mnt", "-o", "X-a" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "/mnt", "-n" }, "sub", NULL, "-n", DEFAULTS, 0 },
	{ { "/mnt", "-o", "user=me,nofail,_netdev,noauto,auto,users,owner,group,nouser,user" },
		"sub", NULL, "user=me,nofail,_netdev,noauto,auto,users,owner,group,nouser,user",
		DEFAULTS, 0 },
	{ { "/mnt", "-o", "comment=hi,uhelper=h,helper=i" }, "sub", NULL,
		"comment=hi,uhelper=h,helper=i", DEFAULTS, 0 },
	{ { "/mnt", "-o", "defaults,auto_unmount" }, "sub", NULL, NULL, DEFAULTS, 0 },
	{ { "-o", "x-a", "/mnt", "-ox-b,allow_other", "-o", "ro", "-n" }, "sub", "allow_other",
		"x-a,x-b,-n", DEFAULTS | FSV_MS_RDONLY, 0 },
	{ { "-o", "ro", "--", "-mnt" }, "sub", NULL, NULL, DEFAULTS | FSV_MS_RDONLY, 0 },
};

/* Say which line of a table it was. */
static void assert_row(int good, size_t row)
{
	if (!good)
		print_error("line %zu of the table\n", row + 1);
	assert_true(good);
}

static int same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void assert_text(const char *got, const char *want)
{
	if (want)
		assert_string_equal(got, want);
	else
		assert_null(got);
}

/* Whether libfuse makes sense of what is left. */
static void assert_libfuse_takes(struct fuse_args *args)
{
	static const struct fuse_lowlevel_ops ops;
	struct fuse_session *se = fuse_session_new(args, &ops, sizeof(ops), NULL);

	assert_non_null(se);
	fuse_session_destroy(se);
}

static void test_options_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(options); i++) {
		struct fuse_args args = args_of(options[i].words);
		const struct fsv_mount_options *said = fsv_mount_options_said();
		struct fuse_cmdline_opts opts;
		char *kernel = NULL;

		assert_int_equal(fuse_opt_insert_arg(&args, 0, "sub"), 0);
		assert_int_equal(fuse_service_parse_cmdline_opts(&args, &opts), 0);
		assert_non_null(strstr(opts.mountpoint, "mnt"));
		assert_row(same(fsv_mount_options_source(said), options[i].source), i);
		assert_int_equal(fsv_mount_options_kernel(said, &kernel), 0);
		assert_row(same(kernel, options[i].mntopts), i);
		assert_row(same(said->mtab, options[i].mtabopts), i);
		assert_row(fsv_mount_options_flags(said) == options[i].flags, i);
		assert_row(said->blkdev == options[i].blkdev, i);
		assert_libfuse_takes(&args);
		free(kernel);
		free(opts.mountpoint);
		fuse_opt_free_args(&args);
	}
	fsv_mount_options_forget();
}

/* Every word that the protocol has, one at a time. */
static void test_options_every_ms_word(void **state)
{
	const struct fsv_ms_word *w;

	(void)state;
	for (w = fsv_ms_words(); w->name; w++) {
		const char *words[] = { "sub", "-o", w->name, "mnt", NULL };
		struct fuse_args args = args_of(words);
		struct fuse_cmdline_opts opts;

		assert_int_equal(fuse_service_parse_cmdline_opts(&args, &opts), 0);
		assert_int_equal(fsv_mount_options_flags(fsv_mount_options_said()),
			(DEFAULTS & ~w->clear) | w->set);
		assert_libfuse_takes(&args);
		free(opts.mountpoint);
		fuse_opt_free_args(&args);
	}
	fsv_mount_options_forget();
}

static void test_options_the_last_call_counts(void **state)
{
	static const char *const first[] = { "sub", "-o", "ro,x-a,fsname=a,context=b", NULL };
	static const char *const second[] = { "sub", NULL };
	static const char *const bad[] = { "sub", "-o", "ro,max_read=x", NULL };
	struct fuse_cmdline_opts opts;
	struct fuse_args args;

	(void)state;
	args = args_of(first);
	assert_int_equal(fuse_service_parse_cmdline_opts(&args, &opts), 0);
	assert_null(opts.mountpoint);
	fuse_opt_free_args(&args);
	args = args_of(second);
	assert_int_equal(fuse_service_parse_cmdline_opts(&args, &opts), 0);
	fuse_opt_free_args(&args);
	assert_string_equal(fsv_mount_options_source(fsv_mount_options_said()), "sub");
	args = args_of(bad);
	assert_int_equal(fuse_service_parse_cmdline_opts(&args, &opts), -1);
	assert_null(opts.mountpoint);
	fuse_opt_free_args(&args);
	assert_int_equal(fsv_mount_options_flags(fsv_mount_options_said()), DEFAULTS);
	fsv_mount_options_forget();
}

static const struct {
	const char *words[ARGS_MAX];
	const char *mountpoint;
	const char *left[ARGS_MAX]; /* what is left in args */
	struct fuse_cmdline_opts opts;
} command_lines[] = {
	{ { "/a/sub", "../x/./y/" }, "../x/./y/", { "/a/sub", "subtype=sub" },
		{ .max_idle_threads = UINT_MAX, .max_threads = 10 } },
	{ { "sub", "/dev/fd/7" }, "/dev/fd/7", { "sub", "subtype=sub" },
		{ .max_idle_threads = UINT_MAX, .max_threads = 10 } },
	{ { "sub", "-s", "m", "-f" }, "m", { "sub", "subtype=sub" },
		{ .singlethread = 1,
			.foreground = 1,
			.max_idle_threads = UINT_MAX,
			.max_threads = 10 } },
	{ { "sub", "-d" }, NULL, { "sub", "subtype=sub", "-d" },
		{ .debug = 1, .foreground = 1, .max_idle_threads = UINT_MAX, .max_threads = 10 } },
	{ { "sub", "-h" }, NULL, { "sub", "subtype=sub" },
		{ .show_help = 1, .max_idle_threads = UINT_MAX, .max_threads = 10 } },
	{ { "sub", "--version", "m" }, "m", { "sub", "subtype=sub" },
		{ .show_version = 1, .max_idle_threads = UINT_MAX, .max_threads = 10 } },
	{ { "sub", "-o", "clone_fd,max_idle_threads=3,max_threads=4", "m" }, "m",
		{ "sub", "subtype=sub" },
		{ .clone_fd = 1, .max_idle_threads = 3, .max_threads = 4 } },
	{ { "sub", "-o", "fsname=a", "m" }, "m", { "sub", "-o", "fsname=a" },
		{ .nodefault_subtype = 1, .max_idle_threads = UINT_MAX, .max_threads = 10 } },
	{ { "sub", "-o", "subtype=b", "m" }, "m", { "sub", "-o", "subtype=b" },
		{ .nodefault_subtype = 1, .max_idle_threads = UINT_MAX, .max_threads = 10 } },
};

static void test_command_lines(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(command_lines); i++) {
		const struct fuse_cmdline_opts *want = &command_lines[i].opts;
		struct fuse_args args = args_of(command_lines[i].words);
		struct fuse_cmdline_opts opts;
		int k, n = count(command_lines[i].left);

		assert_int_equal(fuse_service_parse_cmdline_opts(&args, &opts), 0);
		assert_text(opts.mountpoint, command_lines[i].mountpoint);
		assert_int_equal(opts.singlethread, want->singlethread);
		assert_int_equal(opts.foreground, want->foreground);
		assert_int_equal(opts.debug, want->debug);
		assert_int_equal(opts.nodefault_subtype, want->nodefault_subtype);
		assert_int_equal(opts.show_version, want->show_version);
		assert_int_equal(opts.show_help, want->show_help);
		assert_int_equal(opts.clone_fd, want->clone_fd);
		assert_int_equal(opts.max_idle_threads, want->max_idle_threads);
		assert_int_equal(opts.max_threads, want->max_threads);
		/* In whatever order libfuse leaves them. */
		for (k = 0; k < n; k++) {
			int at = 0;

			while (at < args.argc && strcmp(args.argv[at], command_lines[i].left[k]))
				at++;
			assert_true(at < args.argc);
		}
		free(opts.mountpoint);
		fuse_opt_free_args(&args);
	}
	fsv_mount_options_forget();
}

static const char *const bad_lines[][ARGS_MAX] = {
	{ "sub", "a", "b" },
	{ "sub", "-o", "max_read=" },
	{ "sub", "-o", "max_read=-1" },
	{ "sub", "-o", "max_read=4294967296" },
	{ "sub", "-o", "blkdev,blksize=x" },
	{ "sub", "-o", "max_threads=x" },
};

static void test_bad_command_lines(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad_lines); i++) {
		struct fuse_args args = args_of(bad_lines[i]);
		struct fuse_cmdline_opts opts;

		assert_int_equal(fuse_service_parse_cmdline_opts(&args, &opts), -1);
		assert_null(opts.mountpoint);
		fuse_opt_free_args(&args);
	}
}

/* --- sessions -------------------------------------------------------------------------------- */

struct server {
	struct peer peer;
	struct fuse_service *sf;
	struct fuse_args args;
	struct fuse_session *se;
	struct fuse_cmdline_opts opts;
};

static void server_begin(struct server *s, const char *const *words)
{
	static const struct fuse_lowlevel_ops ops;

	s->sf = accepted(&s->peer, caller);
	s->args = args_of(words);
	assert_int_equal(fuse_service_parse_cmdline_opts(&s->args, &s->opts), 0);
	s->se = fuse_session_new(&s->args, &ops, sizeof(ops), NULL);
	assert_non_null(s->se);
}

static void server_end(struct server *s)
{
	fuse_session_destroy(s->se);
	fuse_service_destroy(&s->sf);
	assert_null(s->sf);
	fuse_service_destroy(&s->sf);
	fuse_opt_free_args(&s->args);
	free(s->opts.mountpoint);
	peer_end(&s->peer);
}

static const char *const plain[] = { "sub", "../mnt", NULL };

static void test_session_mount(void **state)
{
	int before = open_files(), device, i;
	struct fsv_msg msg;
	struct server s;
	char cwd[100];

	(void)state;
	server_begin(&s, plain);
	device = fsv_service_fusedev(s.sf->core);
	assert_int_equal(chdir("/usr"), 0);
	for (i = 0; i < 4; i++)
		peer_reply(&s.peer, 0);
	assert_int_equal(fuse_service_session_mount(s.sf, s.se, S_IFDIR, &s.opts), 0);
	assert_int_equal(s.opts.foreground, 1);
	assert_string_equal(getcwd(cwd, sizeof(cwd)), "/");
	assert_int_equal(fuse_session_fd(s.se), device);
	assert_int_equal(fsv_service_fusedev(s.sf->core), -1);
	assert_int_equal(peer_next(&s.peer, &msg), FSV_FSOPEN);
	assert_int_equal(peer_next(&s.peer, &msg), FSV_SOURCE);
	assert_int_equal(peer_next(&s.peer, &msg), FSV_MNTPT);
	assert_int_equal(msg.mntpt.expected_format, FSV_FORMAT_DIR);
	assert_view(msg.mntpt.path, S("../mnt"));
	assert_int_equal(peer_next(&s.peer, &msg), FSV_MOUNT);
	peer_reply(&s.peer, EBUSY);
	assert_int_equal(fuse_service_session_unmount(s.sf), -EBUSY);
	peer_reply(&s.peer, 0);
	assert_int_equal(fuse_service_session_unmount(s.sf), 0);
	assert_int_equal(fuse_service_send_goodbye(s.sf, 0), 0);
	assert_int_equal(fuse_service_send_goodbye(s.sf, 1), 0);
	assert_int_equal(fuse_service_session_unmount(s.sf), -ENOTCONN);
	server_end(&s);
	assert_int_equal(open_files(), before);
}

static const struct {
	mode_t told, expected;
	int format; /* on the wire, or a negative errno */
} formats[] = {
	{ 0, 0, FSV_FORMAT_ANY },
	{ S_IFDIR, 0, FSV_FORMAT_DIR },
	{ S_IFREG, 0, FSV_FORMAT_REG },
	{ 0, S_IFREG, FSV_FORMAT_REG },
	{ S_IFDIR, S_IFREG, FSV_FORMAT_DIR },
	{ S_IFLNK, 0, -EINVAL },
	{ 0, S_IFDIR | 0755, -EINVAL },
};

static void test_session_mount_formats(void **state)
{
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < COUNT(formats); i++) {
		struct fsv_msg msg;
		struct server s;
		int ret;

		server_begin(&s, plain);
		for (k = 0; k < 4; k++)
			peer_reply(&s.peer, 0);
		fuse_service_expect_mount_format(s.sf, formats[i].expected);
		ret = fuse_service_session_mount(s.sf, s.se, formats[i].told, &s.opts);
		if (formats[i].format < 0) {
			assert_int_equal(ret, formats[i].format);
			assert_int_equal(peer_next(&s.peer, &msg), FSV_KINDS);
		} else {
			assert_int_equal(ret, 0);
			while (peer_next(&s.peer, &msg) != FSV_MNTPT)
				continue;
			assert_int_equal(msg.mntpt.expected_format, formats[i].format);
		}
		server_end(&s);
	}
}

static void test_session_mount_that_fails_can_be_destroyed(void **state)
{
	int before = open_files(), at, k;

	(void)state;
	for (at = 0; at < 4; at++) {
		struct server s;

		server_begin(&s, plain);
		for (k = 0; k < 4; k++)
			peer_reply(&s.peer, k == at ? EPERM : 0);
		assert_int_equal(fuse_service_session_mount(s.sf, s.se, S_IFDIR, &s.opts), -EPERM);
		assert_int_equal(s.opts.foreground, 0);
		assert_int_equal(fuse_service_session_mount(s.sf, s.se, S_IFDIR, &s.opts), -EBADF);
		assert_int_equal(fuse_service_send_goodbye(s.sf, 1), 0);
		server_end(&s);
		assert_int_equal(open_files(), before);
	}
}

static void test_session_mount_without_mountpoint(void **state)
{
	static const char *const words[] = { "sub", NULL };
	int before = open_files();
	struct fsv_msg msg;
	struct server s;

	(void)state;
	server_begin(&s, words);
	assert_int_equal(fuse_service_session_mount(s.sf, s.se, 0, &s.opts), -EINVAL);
	assert_int_equal(peer_next(&s.peer, &msg), FSV_KINDS);
	server_end(&s);
	assert_int_equal(open_files(), before);
}

static void test_session_mount_after_a_signal_was_handled(void **state)
{
	struct fsv_msg msg;
	struct server s;

	(void)state;
	server_begin(&s, plain);
	fuse_session_exit(s.se);
	assert_int_equal(fuse_service_session_mount(s.sf, s.se, 0, &s.opts), -EINTR);
	while (peer_next(&s.peer, &msg) != FSV_KINDS)
		assert_int_not_equal(msg.kind, FSV_MOUNT);
	server_end(&s);
}

static void test_session_mount_with_all_answers_there_and_a_signal_handled(void **state)
{
	struct fsv_msg msg;
	struct server s;
	int i;

	(void)state;
	server_begin(&s, plain);
	for (i = 0; i < 4; i++)
		peer_reply(&s.peer, 0);
	fuse_session_exit(s.se);
	assert_int_equal(fuse_service_session_mount(s.sf, s.se, 0, &s.opts), -EINTR);
	assert_int_equal(s.opts.foreground, 0);
	assert_int_equal(fuse_service_send_goodbye(s.sf, 1), 0);
	while (peer_next(&s.peer, &msg) != FSV_BYE)
		continue;
	assert_int_equal(msg.exit_code, 1);
	server_end(&s);
}

/* --- fuse_service_main ----------------------------------------------------------------------- */

static int loop_result;

int __wrap_fuse_loop(struct fuse *f);

int __wrap_fuse_loop(struct fuse *f)
{
	(void)f;
	return loop_result;
}

/* A whole service in one thread, whose helper takes everything. */
static int main_of_a_service(struct peer *p, const char *const *words)
{
	static const struct fuse_operations operations;
	struct fuse_args args = args_of(words);
	struct fuse_service *sf = accepted(p, caller);
	int ret, i;

	for (i = 0; i < 4; i++)
		peer_reply(p, 0);
	ret = fuse_service_main(sf, &args, &operations, NULL);
	fuse_service_destroy(&sf);
	fuse_opt_free_args(&args);
	return ret;
}

static uint32_t goodbye_of(struct peer *p)
{
	struct fsv_msg msg;

	while (peer_next(p, &msg) != FSV_BYE)
		assert_int_not_equal(msg.kind, FSV_KINDS);
	return msg.exit_code;
}

static void test_main_knows_the_clean_ends_of_a_loop(void **state)
{
	static const char *const words[] = { "sub", "-s", "/mnt", NULL };
	static const struct {
		int result, ret;
	} ends[] = { { 0, 0 }, { SIGTERM, 0 }, { -ENODEV, 0 }, { -ECONNABORTED, 0 }, { -EIO, 1 },
		{ -EINVAL, 1 } };
	int before = open_files();
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(ends); i++) {
		struct peer p;

		loop_result = ends[i].result;
		assert_row(main_of_a_service(&p, words) == ends[i].ret, i);
		/* Whatever comes later: it was mounted and serving. */
		assert_int_equal(goodbye_of(&p), 0);
		peer_end(&p);
		assert_int_equal(open_files(), before);
	}
}

static void test_main_says_goodbye_without_a_mount(void **state)
{
	static const struct {
		const char *words[ARGS_MAX];
		uint32_t code;
	} rows[] = { { { "sub", "--help", "/mnt" }, 0 }, { { "sub", "--version" }, 0 },
		{ { "sub", "-s" }, 1 }, { { "sub", "-o", "unknown", "/mnt" }, 1 },
		{ { "sub", "-o", "max_read=x", "/mnt" }, 1 } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct fsv_msg msg;
		struct peer p;

		assert_row(main_of_a_service(&p, rows[i].words) == (int)rows[i].code, i);
		assert_row(peer_next(&p, &msg) == FSV_BYE, i);
		assert_row(msg.exit_code == rows[i].code, i);
		peer_end(&p);
	}
}

/* --- files, flags, ends ---------------------------------------------------------------------- */

static void test_files(void **state)
{
	int before = open_files(), got = 9, fd;
	struct peer p;
	struct fuse_service *sf = accepted(&p, caller);
	struct fsv_msg msg;

	(void)state;
	assert_int_equal(
		fuse_service_request_file(sf, "/a", O_RDWR, 0600, FUSE_SERVICE_REQUEST_FILE_QUIET),
		0);
	assert_int_equal(fuse_service_request_blockdev(sf, "/b", O_RDONLY, 0, 0, 512), 0);
	assert_int_equal(peer_next(&p, &msg), FSV_OPEN);
	assert_int_equal(msg.open.create_mode, 0600);
	assert_int_equal(msg.open.request_flags, FSV_OPEN_QUIET);
	assert_int_equal(peer_next(&p, &msg), FSV_OPEN_BDEV);
	assert_int_equal(msg.open.block_size, 512);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	peer_file(&p, "/b", 0, fd);
	peer_file(&p, "/a", EACCES, -1);
	close(fd);
	assert_int_equal(fuse_service_receive_file(sf, "/a", &got), 0);
	assert_int_equal(got, -EACCES);
	assert_int_equal(fuse_service_receive_file(sf, "/b", &got), 0);
	assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
	close(got);
	assert_int_equal(fuse_service_finish_file_requests(sf), 0);
	peer_end(&p);
	assert_int_equal(fuse_service_request_file(sf, "/a", O_RDWR, 0, 0), -EPIPE);
	fuse_service_release(sf);
	fuse_service_release(sf);
	fuse_service_release(NULL);
	fuse_service_destroy(&sf);
	assert_int_equal(open_files(), before);
}

static void test_flags(void **state)
{
	struct peer p;
	struct fuse_service *sf = accepted(&p, caller);

	(void)state;
	assert_true(fuse_service_accepted(sf));
	assert_false(fuse_service_accepted(NULL));
	assert_true(fuse_service_can_allow_other(sf));
	assert_false(fuse_service_can_fuseblk(sf));
	fuse_service_destroy(&sf);
	peer_end(&p);
}

static void test_accept_without_activation(void **state)
{
	struct fuse_service *sf = (struct fuse_service *)state;

	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	assert_int_equal(fuse_service_accept(&sf), 0);
	assert_null(sf);
}

/* In a child, where file 3 is the connection. 0 if all is as it should be, else a line number. */
static int accept_in_child(struct peer *p)
{
	struct fuse_service *sf;
	char pid[20];

	if (dup2(p->theirs, 3) != 3)
		return __LINE__;
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (setenv("LISTEN_PID", pid, 1) || setenv("LISTEN_FDS", "1", 1) ||
		setenv("LISTEN_FDNAMES", "connection", 1))
		return __LINE__;
	if (fuse_service_accept(&sf) || !sf)
		return __LINE__;
	if (getenv("LISTEN_PID") || getenv("LISTEN_FDS") || getenv("LISTEN_FDNAMES"))
		return __LINE__;
	if (fcntl(3, F_GETFD) != FD_CLOEXEC)
		return __LINE__;
	fuse_service_destroy(&sf);
	/* Nobody is activated twice. */
	if (fuse_service_accept(&sf) || sf)
		return __LINE__;
	return 0;
}

static void test_accept_takes_the_connection_and_its_environment(void **state)
{
	struct peer p;
	int status;
	pid_t pid;

	(void)state;
	peer_begin(&p);
	peer_handshake(&p, caller);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int line = accept_in_child(&p);

		if (line)
			fprintf(stderr, "line %d\n", line);
		_exit(line ? 1 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	peer_end(&p);
}

static void test_exit(void **state)
{
	(void)state;
	assert_int_equal(fuse_service_exit(0), 0);
	assert_int_equal(fuse_service_exit(1), 1);
	assert_int_equal(fuse_service_exit(-5), 1);
	assert_int_equal(fuse_service_exit(77), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_args_subtype_own_caller),
		cmocka_unit_test(test_args_are_as_they_were_after_a_failure),
		cmocka_unit_test(test_cmdline_without_arguments),
		cmocka_unit_test(test_options_table),
		cmocka_unit_test(test_options_every_ms_word),
		cmocka_unit_test(test_options_the_last_call_counts),
		cmocka_unit_test(test_command_lines),
		cmocka_unit_test(test_bad_command_lines),
		cmocka_unit_test(test_session_mount),
		cmocka_unit_test(test_session_mount_formats),
		cmocka_unit_test(test_session_mount_that_fails_can_be_destroyed),
		cmocka_unit_test(test_session_mount_without_mountpoint),
		cmocka_unit_test(test_session_mount_after_a_signal_was_handled),
		cmocka_unit_test(test_session_mount_with_all_answers_there_and_a_signal_handled),
		cmocka_unit_test(test_main_knows_the_clean_ends_of_a_loop),
		cmocka_unit_test(test_main_says_goodbye_without_a_mount),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_accept_without_activation),
		cmocka_unit_test(test_accept_takes_the_connection_and_its_environment),
		cmocka_unit_test(test_exit),
	};

	return cmocka_run_group_tests_name("fuse_service.h", tests, NULL, NULL);
}
