/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The adapter's rules without a kernel: profiles, the caller's words, names, mount(2). */
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mount.h>

#include "caller.h"
#include "fsv_wire.h"
#include "grants.h"
#include "mountcall.h"
#include "profile.h"

/* grants.c asks the helper through these; nothing is asked here. */
int fsv_service_ask(struct fsv_service *s, const struct fsv_wanted *wanted)
{
	(void)s;
	(void)wanted;
	return -ENOTCONN;
}

int fsv_service_answer(struct fsv_service *s, const char *path, int *fd)
{
	(void)s;
	(void)path;
	(void)fd;
	return -ENOTCONN;
}

/* S() as an initialiser. */
#define VIEW(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
#define GOOD "program = /bin/x\narguments = @SRC@ @MNT@\n"

static void good_profile(void **state)
{
	static const char text[] =
		"# a comment\n\n  about =  two words \npackage=p\r\n"
		"program = /usr/bin/x\narguments = -f @OPTS@ @SRC@ @MNT@\n"
		"options = a,b=c\ndrop = d e\naccess = read-only\nids = pretend\n"
		"file = /etc/a one\nfile = /etc/b two\nbind = /c /d\nnetwork = yes";
	struct guard g = guard_new(sizeof(text));
	struct fsv_str rest, word;
	struct profile p;
	unsigned int line;

	(void)state;
	assert_reason(
		profile_parse(guard_end(&g, text, sizeof(text) - 1), sizeof(text) - 1, &p, &line),
		FSV_OK);
	assert_view(p.about, S("two words"));
	assert_view(p.package, S("p"));
	assert_view(p.program, S("/usr/bin/x"));
	assert_view(p.options, S("a,b=c"));
	assert_true(profile_has(p.drop, S("e")));
	assert_false(profile_has(p.drop, S("d e")));
	assert_true(p.read_only && p.fake_ids && p.network);
	assert_view(p.bind, S("/c /d"));
	assert_int_equal(p.files, 2);
	assert_view(p.file[1], S("/etc/b two"));
	rest = p.arguments;
	assert_true(profile_word(&rest, &word));
	assert_view(word, S("-f"));
	guard_free(&g);
}

static void bad_profiles(void **state)
{
	static const struct {
		struct fsv_str text;
		enum fsv_reason reason;
		unsigned int line;
	} rows[] = {
		{ VIEW(""), FSV_R_MISSING, 0 },
		{ VIEW("program = /bin/x\n"), FSV_R_MISSING, 0 },
		{ VIEW("program = /bin/x\narguments = @SRC@\n"), FSV_R_MISSING, 0 },
		{ VIEW("program = /bin/x\narguments = @SRC @MNT@\n"), FSV_R_MISSING, 0 },
		{ VIEW("program = /bin/x\narguments = @SRC@@MNT@\n"), FSV_R_MISSING, 0 },
		{ VIEW("program = /bin/x\narguments = @ SRC@ @MNT@\n"), FSV_R_MISSING, 0 },
		{ VIEW(GOOD "network = no\n"), FSV_R_UNKNOWN, 3 },
		{ VIEW(GOOD "bind = /a b\n"), FSV_R_NAME, 3 },
		{ VIEW(GOOD "bind = /a\nbind = /b\n"), FSV_R_REPEATED, 4 },
		{ VIEW("arguments = @SRC@ @MNT@\n"), FSV_R_MISSING, 0 },
		{ VIEW(GOOD "program = /bin/y\n"), FSV_R_REPEATED, 3 },
		{ VIEW(GOOD "color = red\n"), FSV_R_UNKNOWN, 3 },
		{ VIEW(GOOD "access = all\n"), FSV_R_UNKNOWN, 3 },
		{ VIEW(GOOD "ids = real\n"), FSV_R_UNKNOWN, 3 },
		{ VIEW(GOOD "\nabout\n"), FSV_R_VALUE, 4 },
		{ VIEW(GOOD "about =\n"), FSV_R_VALUE, 3 },
		{ VIEW(GOOD "about = \t \n"), FSV_R_VALUE, 3 },
		{ VIEW(GOOD "file = etc/passwd x\n"), FSV_R_NAME, 3 },
		{ VIEW("program = x\narguments = @SRC@ @MNT@\n"), FSV_R_NAME, 1 },
		{ VIEW(GOOD "about = a\0b\n"), FSV_R_INNER_NUL, 0 },
		{ VIEW(GOOD
			  "file=/1\nfile=/2\nfile=/3\nfile=/4\nfile=/5\nfile=/6\nfile=/7\nfile=/8\n"
			  "file=/9\n"),
			FSV_R_OVERSIZE, 11 },
	};
	struct profile p, before;
	unsigned int line;
	size_t i;

	(void)state;
	memset(&p, 0x5a, sizeof(p));
	before = p;
	for (i = 0; i < COUNT(rows); i++) {
		assert_reason(
			profile_parse(rows[i].text.s, rows[i].text.len, &p, &line), rows[i].reason);
		assert_int_equal(line, rows[i].line);
		assert_memory_equal(&p, &before, sizeof(p));
	}
}

static void profile_size(void **state)
{
	char *text = malloc(PROFILE_SIZE_MAX + 1);
	struct profile p;
	unsigned int line;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', PROFILE_SIZE_MAX + 1);
	memcpy(text, GOOD, sizeof(GOOD) - 1);
	assert_reason(profile_parse(text, PROFILE_SIZE_MAX, &p, &line), FSV_OK);
	assert_reason(profile_parse(text, PROFILE_SIZE_MAX + 1, &p, &line), FSV_R_OVERSIZE);
	free(text);
}

static const struct profile plain = {
	.program = { "/bin/x", 6 },
	.arguments = { "-f @OPTS@ @SRC@ @MNT@", 21 },
	.drop = { "dropped alone", 13 },
};

static void caller_words(void **state)
{
	static const struct {
		const char *list, *options, *mtab, *fsname;
		uint32_t on;
		int allow_other;
	} rows[] = {
		{ "", "", "", "", 0, 0 },
		{ "a,b=c", "a,b=c", "", "", 0, 0 },
		{ "rw,a", "a", "", "", 0, 0 },
		{ "ro,a", "a,ro", "", "", FSV_MS_RDONLY, 0 },
		{ "ro,rw", "", "", "", 0, 0 },
		{ "noexec,nosuid", "", "", "", FSV_MS_NOEXEC | FSV_MS_NOSUID, 0 },
		{ "defaults,X-a=b,,", "", "", "", 0, 0 },
		{ "x-gvfs-show,user,nofail,user=me,comment=c", "",
			"x-gvfs-show,user,nofail,user=me,comment=c", "", 0, 0 },
		{ "fsname=a\\,b,fsname=c\\,d", "", "", "c,d", 0, 0 },
		{ "fsname=,subtype=x", "", "", "", 0, 0 },
		{ "fsname,subtype", "fsname,subtype", "", "", 0, 0 },
		{ "dropped,dropped=1,alone=,a\\,b", "a\\,b", "", "", 0, 0 },
		{ "allow_other", "allow_other", "", "", 0, 1 },
		{ "allow_root", "allow_root", "", "", 0, 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		const char *argv[] = { "type", "-o", rows[i].list, "src", "mnt" }, *bad;
		struct caller c;

		assert_int_equal(caller_read(&plain, 5, argv, &c, &bad), 0);
		assert_string_equal(c.options, rows[i].options);
		assert_string_equal(c.mtab, rows[i].mtab);
		assert_string_equal(c.fsname, rows[i].fsname);
		assert_int_equal(c.ms.on, rows[i].on);
		assert_int_equal(c.allow_other, rows[i].allow_other);
		assert_string_equal(c.argv[c.source_index], "src");
		assert_string_equal(c.argv[c.mountpoint_index], "mnt");
		caller_free(&c);
	}
}

static void caller_refused(void **state)
{
	static const struct {
		const char *words[4];
		int argc;
		const char *bad;
	} rows[] = {
		{ { "type" }, 1, NULL },
		{ { "type", "mnt" }, 2, NULL },
		{ { "type", "src", "extra", "mnt" }, 4, "extra" },
		{ { "type", "src", "-f", "mnt" }, 4, "-f" },
		{ { "type", "src", "--key=/x", "mnt" }, 4, "--key=/x" },
		{ { "type", "src", "mnt", "-K/x" }, 4, "-K/x" },
		{ { "type", "src", "mnt", "--" }, 4, "--" },
		{ { "type", "src", "mnt", "-o" }, 4, "-o" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		const char *argv[4], *bad;
		struct caller c;

		memcpy(argv, rows[i].words, sizeof(argv));
		assert_int_equal(caller_read(&plain, rows[i].argc, argv, &c, &bad), -EINVAL);
		if (rows[i].bad)
			assert_string_equal(bad, rows[i].bad);
		else
			assert_null(bad);
	}
}

static void server_without_options(void **state)
{
	const char *argv[] = { "type", "src", "mnt", "-o", "ro,user,fsname=x,dropped", "-oa" },
		   *bad;
	struct profile p = plain;
	struct caller c;

	(void)state;
	p.arguments = S("@SRC@ @MNT@");
	assert_int_equal(caller_read(&p, 5, argv, &c, &bad), 0);
	caller_free(&c);
	assert_int_equal(caller_read(&p, 6, argv, &c, &bad), -EINVAL);
	assert_string_equal(bad, "-oa");
}

/* With these options of the caller the server's words are `want`, up to its NULL. */
static void makes(const struct profile *p, const char *list, const char *const *want)
{
	const char *argv[] = { "type", "src", "mnt", "-o", list }, *bad;
	struct caller c;
	char **made;
	size_t k;

	assert_int_equal(caller_read(p, 5, argv, &c, &bad), 0);
	made = caller_arguments(&c, p, "/src", "/m");
	assert_non_null(made);
	for (k = 0; want[k]; k++)
		assert_string_equal(made[k], want[k]);
	assert_null(made[k]);
	free(made);
	caller_free(&c);
}

static void arguments(void **state)
{
	static const struct {
		const char *list, *fixed, *want[8];
	} rows[] = {
		{ "", NULL, { "/bin/x", "-f", "/src", "/m" } },
		{ "a", NULL, { "/bin/x", "-f", "-o", "a", "/src", "/m" } },
		{ "a", "z", { "/bin/x", "-f", "-o", "z,a", "/src", "/m" } },
		{ "ro", "z", { "/bin/x", "-f", "-o", "z,ro", "/src", "/m" } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct profile p = plain;

		p.options = fsv_str_of(rows[i].fixed);
		makes(&p, rows[i].list, rows[i].want);
	}
}

/* A word with an option's value is there if the option is. */
static void options_with_words(void **state)
{
	static const struct {
		const char *list, *want[10];
	} rows[] = {
		{ "", { "/bin/x", "-V/src", "/m" } },
		{ "k=/key", { "/bin/x", "-V/src", "-k/key", "/m" } },
		{ "k=/a,k=/b\\,c,n-2=1", { "/bin/x", "-V/src", "-k/b,c", "x1x", "1", "/m" } },
		{ "k=,n-2=", { "/bin/x", "-V/src", "-k", "xx", "", "/m" } },
		{ "k,SRC=1,MNT=2,OPTS=3,a=4",
			{ "/bin/x", "-V/src", "-o", "k,SRC=1,MNT=2,OPTS=3,a=4", "/m" } },
		{ "ro,k=@SRC@", { "/bin/x", "-V/src", "-k@SRC@", "-o", "ro", "/m" } },
	};
	struct profile p = plain;
	size_t i;

	(void)state;
	p.arguments = S("-V@SRC@ -k@k@ x@n-2@x @n-2@ @OPTS@ @MNT@");
	for (i = 0; i < COUNT(rows); i++) {
		makes(&p, rows[i].list, rows[i].want);
	}
}

static void paths(void **state)
{
	static const struct {
		const char *base, *path, *want;
	} rows[] = {
		{ "/", "a", "/a" },
		{ "/x", "a", "/x/a" },
		{ "/x/y", "../a", "/x/a" },
		{ "/x", "/a", "/a" },
		{ "/x", "../../../a", "/a" },
		{ "/", "/", "/" },
		{ "/", "..", "/" },
		{ "/", ".", "/" },
		{ "/x", "//a///b/./c/", "/a/b/c" },
		{ "/", "/a/../..b/.c/...", "/..b/.c/..." },
	};
	char long_path[GRANT_PATH + 1], out[GRANT_PATH];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(path_absolute(rows[i].base, rows[i].path, out), 0);
		assert_string_equal(out, rows[i].want);
	}
	assert_int_equal(path_absolute("/", "", out), -ENOENT);
	memset(long_path, 'a', sizeof(long_path));
	long_path[0] = '/';
	long_path[GRANT_PATH] = '\0';
	assert_int_equal(path_absolute("/", long_path, out), -ENAMETOOLONG);
	long_path[GRANT_PATH - 1] = '\0';
	assert_int_equal(path_absolute("/", long_path, out), 0);
	assert_string_equal(out, long_path);
	long_path[GRANT_PATH - 2] = '\0';
	assert_int_equal(path_absolute("/b", long_path + 1, out), -ENAMETOOLONG);
}

static void granted_names(void **state)
{
	static const char *const argv[] = { "dir/src", "/mnt", "-o",
		"key=/k\\,1,rel=k2,two=/dir/../t,again=/dir/src", "--long=/l", "-K/s", "/" };
	struct grants g;

	(void)state;
	assert_int_equal(grants_init(&g, COUNT(argv), argv, 1), 0);
	assert_int_equal(g.count, 5);
	assert_string_equal(grants_find(&g, "/dir/src")->word, "dir/src");
	assert_string_equal(grants_find(&g, "/k,1")->word, "/k,1");
	assert_string_equal(grants_find(&g, "/t")->word, "/dir/../t");
	assert_non_null(grants_find(&g, "/l"));
	assert_non_null(grants_find(&g, "/s"));
	/* Not: the mount point, a relative value, part of a name, more than a name, "/". */
	assert_null(grants_find(&g, "/mnt"));
	assert_null(grants_find(&g, "/k2"));
	assert_null(grants_find(&g, "/dir"));
	assert_null(grants_find(&g, "/dir/src/x"));
	assert_null(grants_find(&g, "/"));
	assert_true(grants_above(&g, "/dir"));
	assert_true(grants_above(&g, "/"));
	assert_false(grants_above(&g, "/di"));
	assert_false(grants_above(&g, "/dir/src"));
	assert_false(grants_above(&g, "/dir/other"));
	assert_int_equal(grant_take_spare(&g.list[0]), -EMFILE);
	grants_free(&g);
}

static const struct mountrules none = { 0 };
#define SAFE (FSV_MS_NOSUID | FSV_MS_NODEV)

static void mount_options(void **state)
{
	static const struct mountrules other = { .may_allow_other = 1 },
				       said = { .said_allow_other = 1 }, block = { .fuseblk = 1 };
	static const struct {
		const char *type, *data;
		const struct mountrules *rules;
		int fuseblk;
		const char *want;
	} rows[] = {
		{ "fuse", "", &none, 0, "" },
		{ "fuse.x", "fd=4,rootmode=40000,user_id=0,group_id=0", &none, 0, "" },
		{ "fuse", "fd=4,default_permissions,subtype=x,max_read=9", &none, 0,
			"default_permissions,max_read=9" },
		{ "fuse", "allow_other", &none, 0, "" },
		{ "fuse", "allow_other,fd=1", &other, 0, "allow_other" },
		{ "fuse", "allow_other", &said, 0, "allow_other" },
		{ "fuseblk", "blksize=512,allow_other", &none, 0, "" },
		{ "fuseblk.x", "blksize=512,fd=1", &block, 1, "blksize=512" },
		{ "fuse", "blksize=512", &block, 0, "" },
		/* What is unknown is the helper's to refuse. */
		{ "fuse", ",,context=a,unknown,fdx=1", &none, 0, "context=a,unknown,fdx=1" },
	};
	struct mountcall call;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(
			mountcall_translate(rows[i].type, 0, rows[i].data, rows[i].rules, &call),
			0);
		assert_int_equal(call.fuseblk, rows[i].fuseblk);
		assert_string_equal(call.options, rows[i].want);
		assert_int_equal(call.ms_flags, SAFE);
	}
}

static void mount_flags(void **state)
{
	static const struct mountrules read_only = { .read_only = 1 }, caller = {
		.ms = { .on = FSV_MS_NOEXEC, .off = FSV_MS_NOSUID | FSV_MS_RDONLY }
	};
	static const struct {
		unsigned long flags;
		const struct mountrules *rules;
		uint32_t want;
	} rows[] = {
		{ 0, &none, SAFE },
		{ 0xC0ED0000ul | MS_RDONLY, &none, SAFE | FSV_MS_RDONLY },
		{ MS_SILENT | MS_NOATIME, &none, SAFE | FSV_MS_NOATIME },
		{ 0, &read_only, SAFE | FSV_MS_RDONLY },
		{ 0, &caller, FSV_MS_NOEXEC | FSV_MS_NODEV },
		/* The server may restrict what the caller did not. */
		{ MS_RDONLY | MS_NOSUID, &caller, SAFE | FSV_MS_NOEXEC | FSV_MS_RDONLY },
	};
	struct mountcall call;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(
			mountcall_translate("fuse", rows[i].flags, "", rows[i].rules, &call), 0);
		assert_int_equal(call.ms_flags, rows[i].want);
	}
}

static void mounts_of_others(void **state)
{
	static const char *const types[] = { "", "ext4", "fusectl", "fuseblk2", "fus", "tmpfs",
		"virtiofs" };
	static const unsigned long flags[] = { MS_REMOUNT, MS_BIND, MS_MOVE, MS_REC, MS_PRIVATE,
		MS_SHARED, MS_SLAVE, MS_UNBINDABLE, MS_MANDLOCK, 1ul << 32, 1ul << 63 };
	char data[MOUNTCALL_OPTIONS_MAX + 1];
	struct mountcall call;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(types); i++)
		assert_int_equal(mountcall_translate(types[i], 0, "", &none, &call), -ENODEV);
	for (i = 0; i < COUNT(flags); i++)
		assert_int_equal(mountcall_translate("fuse", flags[i], "", &none, &call), -EINVAL);
	memset(data, 'a', sizeof(data));
	data[MOUNTCALL_OPTIONS_MAX] = '\0';
	assert_int_equal(mountcall_translate("fuse", 0, data, &none, &call), -E2BIG);
	data[MOUNTCALL_OPTIONS_MAX - 1] = '\0';
	assert_int_equal(mountcall_translate("fuse", 0, data, &none, &call), 0);
	assert_string_equal(call.options, data);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_profile),
		cmocka_unit_test(bad_profiles),
		cmocka_unit_test(profile_size),
		cmocka_unit_test(caller_words),
		cmocka_unit_test(caller_refused),
		cmocka_unit_test(server_without_options),
		cmocka_unit_test(arguments),
		cmocka_unit_test(options_with_words),
		cmocka_unit_test(paths),
		cmocka_unit_test(granted_names),
		cmocka_unit_test(mount_options),
		cmocka_unit_test(mount_flags),
		cmocka_unit_test(mounts_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
