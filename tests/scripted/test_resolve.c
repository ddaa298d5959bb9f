/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* From names to files on a real disk: links, their owners, magic links, and pins that stay. */
#include <limits.h>

#include "real.h"
#include "session/pins.h"

static int make_tree(void **state)
{
	char name[32], target[80];
	int i;

	if (real_setup(state))
		return -1;
	assert_int_equal(mkdir("dir", 0755), 0);
	assert_int_equal(mkdir("dir/deep", 0755), 0);
	real_file("file", "1");
	real_file("dir/file", "2");
	real_file("a,b\\c", "3");
	real_link("file", "link");
	real_link("dir", "dirlink");
	real_link("../file", "dir/up");
	real_link("link", "second");
	real_link("loop", "loop");
	real_link("nowhere", "dangling");
	snprintf(target, sizeof(target), "%s/file", real_folder);
	real_link(target, "absolute");
	/* 40 links in a row are followed, 41 are not (path_resolution(7)). */
	real_link("file", "chain1");
	for (i = 2; i <= 41; i++) {
		snprintf(name, sizeof(name), "chain%d", i);
		snprintf(target, sizeof(target), "chain%d", i - 1);
		real_link(target, name);
	}
	return 0;
}

/* What a name means. */
struct row {
	const char *path;
	int any, roots;	  /* the results for each kind of caller, where links are not root's */
	const char *file; /* the file that it is, if there is one */
	bool link;
};

static const struct row rows[] = {
	{ "file", 0, 0, "file", false },
	{ "dir", 0, 0, "dir", false },
	{ "dir/", 0, 0, "dir", false },
	{ "./dir//file", 0, 0, "dir/file", false },
	{ "dir/../file", 0, 0, "file", false },
	{ ".", 0, 0, ".", false },
	{ "", -ENOENT, -ENOENT, NULL, false },
	{ "missing", -ENOENT, -ENOENT, NULL, false },
	{ "dir/missing/file", -ENOENT, -ENOENT, NULL, false },
	{ "file/below", -ENOTDIR, -ENOTDIR, NULL, false },
	{ "file/", -ENOTDIR, -ENOTDIR, NULL, false },
	{ "link", 0, -ELOOP, "file", true },
	{ "second", 0, -ELOOP, "file", true },
	{ "absolute", 0, -ELOOP, "file", true },
	{ "dirlink", 0, -ELOOP, "dir", true },
	{ "dirlink/file", 0, -ELOOP, "dir/file", false },
	{ "dirlink/up", 0, -ELOOP, "file", true },
	{ "dir/up", 0, -ELOOP, "file", true },
	{ "dangling", -ENOENT, -ELOOP, NULL, false },
	{ "loop", -ELOOP, -ELOOP, NULL, false },
	{ "chain40", 0, -ELOOP, "file", true },
	{ "chain41", -ELOOP, -ELOOP, NULL, false },
	{ "/proc/self/exe", -ELOOP, -ELOOP, NULL, false },
	{ "/proc/self/root/etc", -ELOOP, -ELOOP, NULL, false },
	{ "/proc/self/cwd", -ELOOP, -ELOOP, NULL, false },
	{ "/proc/self/task/../cwd/file", -ELOOP, -ELOOP, NULL, false },
};

static void try(const char *path, enum resolve_links links, int want, const struct row *row)
{
	int dir = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int ret, fd = -1, files = real_open_files();
	bool link = !row->link;

	assert_true(dir >= 0);
	ret = resolve(dir, path, links, &fd, &link);
	if (ret != want)
		print_error("%s: %d instead of %d\n", path, ret, want);
	assert_int_equal(ret, want);
	if (!ret) {
		real_assert_same(fd, row->file);
		assert_int_equal(link, row->link);
		assert_int_equal(fcntl(fd, F_GETFL) & O_PATH, O_PATH);
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		close(fd);
	}
	assert_int_equal(real_open_files(), files);
	close(dir);
}

static void try_both_ways(const struct row *row, enum resolve_links links, int want)
{
	char path[PATH_MAX];

	try(row->path, links, want, row);
	if (row->path[0] == '/' || !row->path[0])
		return;
	snprintf(path, sizeof(path), "%s/%s", real_folder, row->path);
	try(path, links, want, row);
}

static void test_any_links(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		try_both_ways(&rows[i], RESOLVE_ANY_LINKS, rows[i].any);
}

/* The links of the tree belong to somebody else than root. */
static void give_links_away(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		(void)!lchown(rows[i].path, 1, 1);
}

static void test_others_links(void **state)
{
	size_t i;

	(void)state;
	if (geteuid() == 0)
		give_links_away();
	for (i = 0; i < COUNT(rows); i++)
		try_both_ways(&rows[i], RESOLVE_ROOTS_LINKS, rows[i].roots);
}

/* With links of root's, the careful walk does what the kernel does, with one exception below. */
static void test_roots_links(void **state)
{
	size_t i;

	(void)state;
	if (geteuid() != 0) {
		print_message("# SKIP only root can make links of root's\n");
		skip();
	}
	for (i = 0; i < COUNT(rows); i++)
		try_both_ways(&rows[i], RESOLVE_ROOTS_LINKS, rows[i].any);
}

/* A link in the middle that is somebody else's, below one that is root's. */
static void test_mixed_links(void **state)
{
	struct row row = { "second", 0, 0, NULL, false };

	(void)state;
	if (geteuid() != 0) {
		print_message("# SKIP only root can make links of root's\n");
		skip();
	}
	assert_int_equal(lchown("link", 1, 1), 0);
	try(row.path, RESOLVE_ROOTS_LINKS, -ELOOP, &row);
}

/* No directory to begin from: its error is that of every relative name. */
static void test_no_start(void **state)
{
	int fd = -1;
	bool link;

	(void)state;
	assert_int_equal(resolve(-EACCES, "file", RESOLVE_ANY_LINKS, &fd, &link), -EACCES);
	assert_int_equal(resolve(-EACCES, "file", RESOLVE_ROOTS_LINKS, &fd, &link), -EACCES);
	assert_int_equal(resolve(-EACCES, "/", RESOLVE_ROOTS_LINKS, &fd, &link), 0);
	close(fd);
}

static void test_too_long(void **state)
{
	static char path[PATH_MAX + 8], target[PATH_MAX];
	struct row row = { "", 0, 0, NULL, false };

	(void)state;
	memset(path, 'a', NAME_MAX + 1);
	try(path, RESOLVE_ANY_LINKS, -ENAMETOOLONG, &row);
	try(path, RESOLVE_ROOTS_LINKS, -ENAMETOOLONG, &row);
	memset(path, '/', sizeof(path) - 1);
	try(path, RESOLVE_ROOTS_LINKS, -ENAMETOOLONG, &row);
	/* A link that is itself as long as a path can be, with something behind. */
	memset(target, '/', sizeof(target) - 1);
	memcpy(target + sizeof(target) - 5, "file", 4);
	memcpy(target, ".", 1);
	real_link(target, "long");
	try("long/rest", RESOLVE_ANY_LINKS, -ENOTDIR, &row);
	try("long/rest", RESOLVE_ROOTS_LINKS, geteuid() == 0 ? -ENAMETOOLONG : -ELOOP, &row);
}

/* A component that is too long behind a link of root's: the careful walk sees it first. */
static void test_long_component(void **state)
{
	static char path[PATH_MAX];
	struct row row = { "", 0, 0, NULL, false };

	(void)state;
	if (geteuid() != 0) {
		print_message("# SKIP only root can make links of root's\n");
		skip();
	}
	strcpy(path, "dirlink/");
	memset(path + 8, 'a', NAME_MAX + 40);
	try(path, RESOLVE_ROOTS_LINKS, -ENAMETOOLONG, &row);
}

/* Where a missing file would be made. */
static void test_parents(void **state)
{
	static const struct {
		const char *path;
		int ret;
		const char *parent, *base;
	} parents[] = {
		{ "new", 0, ".", "new" },
		{ "dir/new", 0, "dir", "new" },
		{ "dirlink/new", 0, "dir", "new" },
		{ "missing/new", -ENOENT, NULL, NULL },
		{ "file/new", -ENOTDIR, NULL, NULL },
		{ "dir/", -EINVAL, NULL, NULL },
		{ "dir/.", -EINVAL, NULL, NULL },
		{ "dir/..", -EINVAL, NULL, NULL },
		{ "..", -EINVAL, NULL, NULL },
		{ "", -EINVAL, NULL, NULL },
	};
	int dir = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1;
	static char path[PATH_MAX + 8];
	const char *base = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(parents); i++) {
		assert_int_equal(
			resolve_parent(dir, parents[i].path, RESOLVE_ANY_LINKS, &fd, &base),
			parents[i].ret);
		if (parents[i].ret)
			continue;
		real_assert_same(fd, parents[i].parent);
		assert_string_equal(base, parents[i].base);
		close(fd);
	}
	memset(path, '/', sizeof(path) - 2);
	path[sizeof(path) - 2] = 'x';
	assert_int_equal(resolve_parent(dir, path, RESOLVE_ANY_LINKS, &fd, &base), -ENAMETOOLONG);
	memset(path, 'x', NAME_MAX + 1);
	path[NAME_MAX + 1] = '\0';
	assert_int_equal(resolve_parent(dir, path, RESOLVE_ANY_LINKS, &fd, &base), -ENAMETOOLONG);
	close(dir);
}

/* --- pins ------------------------------------------------------------------------------------ */

static void make_pins(struct pins *pins, struct caller *caller, const char *const *argv, int argc)
{
	*caller = (struct caller){ .uid = 1000 };
	assert_int_equal(caller_read(caller, argc, argv), 0);
	caller->start_dir = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	pins_make(pins, caller);
}

/* The names of a command line, each with its file. */
static void test_pins(void **state)
{
	static const char *const argv[] = { "file", "link", "missing", "-o",
		"log=/dev/null,rel=file,esc=/a\\,b", "--data=/dev/zero", "-J/", "-t", "x", "file",
		"gone/away", "dir" };
	static struct pins pins;
	int files = real_open_files();
	struct caller caller;
	struct pin *pin;

	(void)state;
	make_pins(&pins, &caller, argv, COUNT(argv));
	assert_int_equal(pins.count, 8);
	pin = pins_find(&pins, S("file"));
	real_assert_same(pin->fd, "file");
	assert_false(pin->link);
	pin = pins_find(&pins, S("link"));
	real_assert_same(pin->fd, "file");
	assert_true(pin->link);
	pin = pins_find(&pins, S("missing"));
	assert_int_equal(pin->error, -ENOENT);
	real_assert_same(pin->parent, ".");
	pin = pins_find(&pins, S("gone/away"));
	assert_int_equal(pin->error, -ENOENT);
	assert_int_equal(pin->parent, -1);
	real_assert_same(pins_find(&pins, S("/dev/null"))->fd, "/dev/null");
	real_assert_same(pins_find(&pins, S("/dev/zero"))->fd, "/dev/zero");
	real_assert_same(pins_find(&pins, S("/"))->fd, "/");
	assert_int_equal(pins_find(&pins, S("/a,b"))->error, -ENOENT);
	assert_null(pins_find(&pins, S("/a\\,b")));
	assert_null(pins_find(&pins, S("dir")));
	assert_null(pins_find(&pins, S("x")));
	assert_null(pins_find(&pins, S("./file")));
	real_assert_same(pins.mountpoint.fd, "dir");
	pins_close(&pins);
	close(caller.start_dir);
	assert_int_equal(real_open_files(), files);
}

/* Whatever happens to a name afterwards, the pin is what it was. */
static void test_pins_stay(void **state)
{
	static const char *const argv[] = { "file", "missing", "-t", "x", "dir" };
	static struct pins pins;
	struct caller caller;

	(void)state;
	make_pins(&pins, &caller, argv, COUNT(argv));
	assert_int_equal(rename("file", "moved"), 0);
	real_link("/etc/shadow", "file");
	assert_int_equal(rename("dir", "moved-dir"), 0);
	real_link("/", "dir");
	real_file("missing", "made by somebody else");
	real_assert_same(pins_find(&pins, S("file"))->fd, "moved");
	assert_int_equal(pins_find(&pins, S("missing"))->error, -ENOENT);
	real_assert_same(pins.mountpoint.fd, "moved-dir");
	pins_close(&pins);
	close(caller.start_dir);
}

/* More names than there are pins: the later ones are left out. */
static void test_many_pins(void **state)
{
	static const char *argv[PINS_MAX + 12];
	static char names[PINS_MAX + 12][8];
	static struct pins pins;
	struct caller caller;
	unsigned int i;

	(void)state;
	for (i = 0; i < COUNT(argv); i++) {
		snprintf(names[i], sizeof(names[i]), "n%u", i);
		argv[i] = names[i];
	}
	make_pins(&pins, &caller, argv, COUNT(argv));
	assert_int_equal(pins.count, PINS_MAX);
	assert_non_null(pins_find(&pins, S("n255")));
	assert_null(pins_find(&pins, S("n256")));
	assert_true(fsv_str_is(pins.mountpoint.name.text, "n267"));
	pins_close(&pins);
	close(caller.start_dir);
}

/* A name longer than any path. */
static void test_long_names(void **state)
{
	static char path[PATH_MAX + 2], list[PATH_MAX + 8];
	const char *argv[] = { path, "-o", list, "dir" };
	static struct pins pins;
	struct caller caller;

	(void)state;
	memset(path, '/', PATH_MAX);
	snprintf(list, sizeof(list), "a=%s", path);
	make_pins(&pins, &caller, argv, COUNT(argv));
	assert_int_equal(pins.pin[0].error, -ENAMETOOLONG);
	assert_int_equal(pins.pin[1].error, -ENAMETOOLONG);
	assert_int_equal(pins.pin[0].fd, -1);
	pins_close(&pins);
	close(caller.start_dir);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, real_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_TREE(test_any_links),
		IN_TREE(test_others_links),
		IN_TREE(test_roots_links),
		IN_TREE(test_mixed_links),
		IN_TREE(test_no_start),
		IN_TREE(test_too_long),
		IN_TREE(test_long_component),
		IN_TREE(test_parents),
		IN_TREE(test_pins),
		IN_TREE(test_pins_stay),
		IN_TREE(test_many_pins),
		IN_TREE(test_long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
