/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* mount.fuse-service: the command line of mount(8), its option words, and the choice of a way. */
#include "check.h"

#include "decide.h"

#define WORDS_MAX 40

/* A command line as one string, words separated by blanks, "''" for an empty word. */
struct words {
	char text[1024];
	char *argv[WORDS_MAX + 1];
	int argc;
};

static void split(const char *text, struct words *w)
{
	char *word, *rest = w->text;

	w->argc = 0;
	assert_true(strlen(text) < sizeof(w->text));
	strcpy(w->text, text);
	while ((word = strsep(&rest, " "))) {
		assert_true(w->argc < WORDS_MAX);
		w->argv[w->argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	}
	w->argv[w->argc] = NULL;
}

static enum mountcmd_fault read_line(
	const char *text, struct words *words, struct mountcmd_line *line)
{
	split(text, words);
	return mountcmd_read(words->argc, words->argv, line);
}

/* Fails with the command line at hand. */
static void assert_fault(enum mountcmd_fault got, enum mountcmd_fault want, const char *text)
{
	if (got != want)
		print_error("%s: got \"%s\", want \"%s\"\n", text, mountcmd_fault_text(got),
			mountcmd_fault_text(want));
	assert_int_equal(got, want);
}

static void assert_text(const char *got, const char *want)
{
	if (!got || !want)
		assert_ptr_equal(got, want);
	else
		assert_string_equal(got, want);
}

static void command_lines(void **state)
{
	static const struct {
		const char *text;
		enum mountcmd_fault fault;
		const char *source, *dir, *type, *access;
		bool fake, no_mtab, verbose;
		int lists;
	} rows[] = {
		{ "m src dir", MOUNTCMD_OK, "src", "dir", NULL, NULL, 0, 0, 0, 0 },
		/* as mount(8) writes it */
		{ "m src dir -s -f -n -v -o rw,a -t fuse.x", MOUNTCMD_OK, "src", "dir", "fuse.x",
			NULL, 1, 1, 1, 1 },
		{ "m src dir -o rw", MOUNTCMD_OK, "src", "dir", NULL, NULL, 0, 0, 0, 1 },
		{ "m '' dir -o rw", MOUNTCMD_OK, "", "dir", NULL, NULL, 0, 0, 0, 1 },
		/* as a person does */
		{ "m -sfnv src dir", MOUNTCMD_OK, "src", "dir", NULL, NULL, 1, 1, 1, 0 },
		{ "m -t x -o a src -o b -v dir -oc", MOUNTCMD_OK, "src", "dir", "x", NULL, 0, 0, 1,
			3 },
		{ "m -r src dir", MOUNTCMD_OK, "src", "dir", NULL, "ro", 0, 0, 0, 0 },
		{ "m -r -w src dir", MOUNTCMD_OK, "src", "dir", NULL, "rw", 0, 0, 0, 0 },
		{ "m -wr src dir", MOUNTCMD_OK, "src", "dir", NULL, "ro", 0, 0, 0, 0 },
		{ "m -ta -tb src dir", MOUNTCMD_OK, "src", "dir", "b", NULL, 0, 0, 0, 0 },
		{ "m -t fuse.x -- src -dir", MOUNTCMD_OK, "src", "-dir", "fuse.x", NULL, 0, 0, 0,
			0 },
		{ "m src - -o -f", MOUNTCMD_OK, "src", "-", NULL, NULL, 0, 0, 0, 1 },
		/* refused */
		{ .text = "m", .fault = MOUNTCMD_OPERANDS },
		{ .text = "m src", .fault = MOUNTCMD_OPERANDS },
		{ .text = "m -o a -t x src", .fault = MOUNTCMD_OPERANDS },
		{ .text = "m src dir more", .fault = MOUNTCMD_OPERANDS },
		{ .text = "m src dir -- more", .fault = MOUNTCMD_OPERANDS },
		{ .text = "m -src dir -o rw", .fault = MOUNTCMD_FLAG },
		{ .text = "m src dir -x", .fault = MOUNTCMD_FLAG },
		{ .text = "m src dir --verbose", .fault = MOUNTCMD_FLAG },
		{ .text = "m src dir -o", .fault = MOUNTCMD_NO_VALUE },
		{ .text = "m src dir -t", .fault = MOUNTCMD_NO_VALUE },
		{ .text = "m src dir -N", .fault = MOUNTCMD_NO_VALUE },
		{ .text = "m src dir -N /proc/1/ns/mnt", .fault = MOUNTCMD_NAMESPACE },
		{ .text = "m src dir -N/proc/1/ns/mnt", .fault = MOUNTCMD_NAMESPACE },
		{ .text = "m src dir -vN 1", .fault = MOUNTCMD_NAMESPACE },
		{ .text = "m a b -o1 -o2 -o3 -o4 -o5 -o6 -o7 -o8 -o9 -o10 -o11 -o12 -o13 -o14 -o15 "
			  "-o16 -o17",
			.fault = MOUNTCMD_MANY_LISTS },
	};
	struct mountcmd_line line;
	struct words words;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_fault(read_line(rows[i].text, &words, &line), rows[i].fault, rows[i].text);
		if (rows[i].fault)
			continue;
		assert_text(line.source, rows[i].source);
		assert_text(line.dir, rows[i].dir);
		assert_text(line.type, rows[i].type);
		assert_text(line.access, rows[i].access);
		assert_int_equal(line.fake, rows[i].fake);
		assert_int_equal(line.no_mtab, rows[i].no_mtab);
		assert_int_equal(line.verbose, rows[i].verbose);
		assert_int_equal(line.lists, rows[i].lists);
	}
}

static void no_words_at_all(void **state)
{
	char *argv[] = { NULL };
	struct mountcmd_line line;

	(void)state;
	assert_int_equal(mountcmd_read(0, argv, &line), MOUNTCMD_OPERANDS);
}

static void lists_are_found_where_they_stand(void **state)
{
	struct mountcmd_line line;
	struct words words;

	(void)state;
	assert_fault(read_line("m src dir -o a,b -oc -nvo d -ve -noe", &words, &line),
		MOUNTCMD_FLAG, "-ve");
	assert_fault(read_line("m src dir -o a,b -oc -nvo d -noe", &words, &line), MOUNTCMD_OK, "");
	assert_int_equal(line.lists, 4);
	assert_string_equal(mountcmd_list_text(&line, 0), "a,b");
	assert_string_equal(mountcmd_list_text(&line, 1), "c");
	assert_string_equal(mountcmd_list_text(&line, 2), "d");
	assert_string_equal(mountcmd_list_text(&line, 3), "e");
	assert_int_equal(line.list[1].word, 5);
	assert_int_equal(line.list[1].skip, 2);
	assert_int_equal(line.list[3].word, 8);
	assert_int_equal(line.list[3].skip, 3);
}

#define LONG_NAME                                            \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static void types_and_sources(void **state)
{
	static const struct {
		const char *text;
		enum mountcmd_fault fault;
		const char *subtype, *source;
	} rows[] = {
		/* -t */
		{ "m src dir -t fuse.x", MOUNTCMD_OK, "x", "src" },
		{ "m src dir -t fuseblk.x", MOUNTCMD_OK, "x", "src" },
		{ "m src dir -t x", MOUNTCMD_OK, "x", "src" },
		{ "m src dir -t fuse.a.b-c_d+1", MOUNTCMD_OK, "a.b-c_d+1", "src" },
		{ "m x#src dir -t fuse.x", MOUNTCMD_OK, "x", "x#src" },
		{ "m '' dir -t fuse.x", MOUNTCMD_OK, "x", NULL },
		{ "m none dir -t fuse.x", MOUNTCMD_OK, "x", "none" },
		{ "m s d -t fuse." LONG_NAME, MOUNTCMD_OK, LONG_NAME, "s" },
		/* the program's name; -t goes before it */
		{ "/sbin/mount.fuse.x src dir", MOUNTCMD_OK, "x", "src" },
		{ "mount.fuse.x src dir", MOUNTCMD_OK, "x", "src" },
		{ "/sbin/mount.fuseblk.x src dir", MOUNTCMD_OK, "x", "src" },
		{ "mount.fuse.a.b src dir", MOUNTCMD_OK, "a.b", "src" },
		{ "mount.fuse.x src dir -t fuse.y", MOUNTCMD_OK, "y", "src" },
		{ "mount.fuse.x y#src dir", MOUNTCMD_OK, "x", "y#src" },
		{ "mount.fuse.x/m y#src dir", MOUNTCMD_OK, "y", "src" },
		/* TYPE#SOURCE */
		{ "mount.fuse x#src dir", MOUNTCMD_OK, "x", "src" },
		{ "mount.fuse x# dir", MOUNTCMD_OK, "x", NULL },
		{ "mount.fuse x dir", MOUNTCMD_OK, "x", NULL },
		{ "mount.fuse x#a#b dir", MOUNTCMD_OK, "x", "a#b" },
		{ "mount.fuse x#src dir -t fuse", MOUNTCMD_OK, "x", "src" },
		{ "mount.fuse x#src dir -t fuseblk", MOUNTCMD_OK, "x", "src" },
		{ "mount.fuse-service x#src dir", MOUNTCMD_OK, "x", "src" },
		{ "'' x#src dir", MOUNTCMD_OK, "x", "src" },
		/* what no service is called, but a program may be */
		{ "mount.fuse /usr/bin/x#src dir", MOUNTCMD_OK, "", "src" },
		{ "mount.fuse #src dir", MOUNTCMD_OK, "", "src" },
		{ "mount.fuse ../x#src dir", MOUNTCMD_OK, "", "src" },
		{ "mount.fuse " LONG_NAME "c#src dir", MOUNTCMD_OK, "", "src" },
		/* refused */
		{ .text = "m src dir -t ''", .fault = MOUNTCMD_TYPE },
		{ .text = "m src dir -t fuse.", .fault = MOUNTCMD_TYPE },
		{ .text = "m src dir -t fuse./usr/bin/x", .fault = MOUNTCMD_TYPE },
		{ .text = "m src dir -t fuse...", .fault = MOUNTCMD_TYPE },
		{ .text = "m src dir -t fuse.-x", .fault = MOUNTCMD_TYPE },
		{ .text = "m src dir -t fuse.x\033[2J", .fault = MOUNTCMD_TYPE },
		{ .text = "m src dir -t fuse." LONG_NAME "c", .fault = MOUNTCMD_TYPE },
		{ .text = "mount.fuse. src dir", .fault = MOUNTCMD_TYPE },
		{ .text = "/sbin/mount.fuse.-x src dir", .fault = MOUNTCMD_TYPE },
		{ .text = "mount.fuse.x\n src dir", .fault = MOUNTCMD_TYPE },
	};
	struct mountcmd_target target;
	struct mountcmd_line line;
	struct words words;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_fault(read_line(rows[i].text, &words, &line), MOUNTCMD_OK, rows[i].text);
		assert_fault(mountcmd_target(&line, &target), rows[i].fault, rows[i].text);
		if (rows[i].fault)
			continue;
		assert_text(target.subtype, rows[i].subtype);
		assert_text(target.source, rows[i].source);
	}
}

static void kinds_of_words(void **state)
{
	static const struct {
		const char *words;
		enum mountcmd_word word;
	} rows[] = {
		{ "defaults auto noauto user user=me user= nouser users nousers owner noowner "
		  "group nogroup nofail _netdev comment=hi comment= helper=x uhelper=x "
		  "X-anything X-mount.mkdir x-mount.mkdir x-mount.mkdir=0755 ''",
			MOUNTCMD_WORD_DROP },
		{ "x-systemd.automount x-systemd.requires=/a x-gvfs-hide x-gvfs-name=a "
		  "x-initrd.mount",
			MOUNTCMD_WORD_UTAB },
		{ "service=require service=prefer service=never service= service=other",
			MOUNTCMD_WORD_CHOICE },
		{ "setuid=me setuid= drop_privileges pass_fuse_fd", MOUNTCMD_WORD_CLASSIC },
		{ "remount", MOUNTCMD_WORD_REMOUNT },
		/* a server's own, even where mount(8) has a word that looks alike */
		{ "rw ro noexec exec suid nosuid dev nodev noatime sync allow_other "
		  "default_permissions size=3 group=disk owner=me users=all auto=1 nofail=1 "
		  "_netdev=1 defaults=1 comment helper uhelper service setuid drop_privileges=1 "
		  "x- X- x x= xx-y service\\= Defaults noauto2 context=a:b fsname=/x-y remount=1 "
		  "us\\,er",
			MOUNTCMD_WORD_PASS },
	};
	struct words words;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		split(rows[i].words, &words);
		for (n = 0; n < words.argc; n++) {
			struct fsv_str token = fsv_str_of(words.argv[n]);

			if (mountcmd_word(token) != rows[i].word)
				print_error("word %s\n", words.argv[n]);
			assert_int_equal(mountcmd_word(token), rows[i].word);
		}
	}
}

static void option_lists(void **state)
{
	static const struct {
		const char *text, *options;
	} rows[] = {
		{ "m s d", "" },
		{ "m s d -o rw", "rw" },
		{ "m s d -o ''", "" },
		{ "m s d -o ,,", "" },
		{ "m s d -o a,,b,", "a,b" },
		{ "m s d -o a -o b,c -od", "a,b,c,d" },
		{ "m s d -o defaults", "" },
		/* what mount(8) makes of fstab lines (util-linux 2.38) */
		{ "m s d -o ro,noexec,nosuid,nodev,size=3,user,nofail,_netdev,uhelper=foo",
			"ro,noexec,nosuid,nodev,size=3" },
		{ "m s d -o rw,nosuid,nodev,users,exec", "rw,nosuid,nodev,exec" },
		/* -r and -w speak last */
		{ "m s d -r", "ro" },
		{ "m s d -w -o ro,a", "ro,a,rw" },
		{ "m s d -r -o noauto", "ro" },
		/* words for utab, unless -n */
		{ "m s d -o a,x-b=1,c,x-mount.mkdir,X-d", "a,x-b=1,c" },
		{ "m s d -n -o a,x-b=1,c,x-mount.mkdir,X-d", "a,c" },
		/* neither what chooses nor what it chooses between goes on */
		{ "m s d -o service=require,a", "a" },
		{ "m s d -o setuid=me,drop_privileges,a,pass_fuse_fd", "a" },
		/* escapes and quotes stay as they stand */
		{ "m s d -o a\\,user,b\\\\,user,c", "a\\,user,b\\\\,c" },
		{ "m s d -o context=\"a:b:s0:c1,c2\",x", "context=\"a:b:s0:c1,c2\",x" },
	};
	struct mountcmd_line line;
	struct words words;
	char buf[256];
	size_t i, size, cap;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_fault(read_line(rows[i].text, &words, &line), MOUNTCMD_OK, rows[i].text);
		size = mountcmd_options_size(&line);
		assert_true(size <= sizeof(buf));
		assert_true(mountcmd_options(&line, buf, size));
		assert_string_equal(buf, rows[i].options);
		/* exactly enough is enough, one byte less is not, and nothing is written behind */
		for (cap = 0; cap <= strlen(rows[i].options) + 1; cap++) {
			memset(buf, 0x5a, sizeof(buf));
			assert_int_equal(mountcmd_options(&line, buf, cap),
				cap == strlen(rows[i].options) + 1);
			assert_int_equal(buf[cap], 0x5a);
		}
	}
}

static void lists_for_the_classic_server(void **state)
{
	static const struct {
		const char *list, *without; /* NULL: as it came */
	} rows[] = {
		{ "", NULL },
		{ "rw,user,,x-a,setuid=me", NULL },
		{ "service", NULL },
		{ "a\\,service=never", NULL },
		{ "service=never", "" },
		{ "a,service=never", "a" },
		{ "service=never,a", "a" },
		{ "a,service=never,b,service=prefer,c", "a,b,c" },
		{ "user,service=never,noauto", "user,noauto" },
	};
	char buf[64];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		memset(buf, 0x5a, sizeof(buf));
		assert_int_equal(
			mountcmd_without_choice(rows[i].list, buf), rows[i].without != NULL);
		if (rows[i].without)
			assert_string_equal(buf, rows[i].without);
		else
			assert_int_equal(buf[0], 0x5a);
	}
}

static void wishes(void **state)
{
	static const struct {
		const char *text;
		enum mountcmd_fault fault;
		struct mountcmd_wishes wishes;
	} rows[] = {
		{ "m s d", MOUNTCMD_OK, { MOUNTCMD_AS_INSTALLED, false, false } },
		{ "m s d -o a,b", MOUNTCMD_OK, { MOUNTCMD_AS_INSTALLED, false, false } },
		{ "m s d -o service=require", MOUNTCMD_OK, { MOUNTCMD_REQUIRE, false, false } },
		{ "m s d -o service=prefer", MOUNTCMD_OK, { MOUNTCMD_PREFER, false, false } },
		{ "m s d -o service=never", MOUNTCMD_OK, { MOUNTCMD_NEVER, false, false } },
		{ "m s d -o service=never -o a,service=require", MOUNTCMD_OK,
			{ MOUNTCMD_REQUIRE, false, false } },
		{ "m s d -o setuid=me", MOUNTCMD_OK, { MOUNTCMD_AS_INSTALLED, true, false } },
		{ "m s d -o drop_privileges -o a", MOUNTCMD_OK,
			{ MOUNTCMD_AS_INSTALLED, true, false } },
		{ "m s d -o service=prefer,pass_fuse_fd,remount", MOUNTCMD_OK,
			{ MOUNTCMD_PREFER, true, true } },
		{ "m s d -o service", MOUNTCMD_OK, { MOUNTCMD_AS_INSTALLED, false, false } },
		{ "m s d -o service=", MOUNTCMD_CHOICE, { 0 } },
		{ "m s d -o service=Require", MOUNTCMD_CHOICE, { 0 } },
		{ "m s d -o service=requires", MOUNTCMD_CHOICE, { 0 } },
		{ "m s d -o service=x -o service=require", MOUNTCMD_CHOICE, { 0 } },
	};
	struct mountcmd_line line;
	struct words words;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct mountcmd_wishes got = { MOUNTCMD_NEVER, true, true };

		assert_fault(read_line(rows[i].text, &words, &line), MOUNTCMD_OK, rows[i].text);
		assert_fault(mountcmd_wishes(&line, &got), rows[i].fault, rows[i].text);
		if (rows[i].fault) {
			assert_true(got.choice == MOUNTCMD_NEVER && got.classic && got.remount);
			continue;
		}
		assert_int_equal(got.choice, rows[i].wishes.choice);
		assert_int_equal(got.classic, rows[i].wishes.classic);
		assert_int_equal(got.remount, rows[i].wishes.remount);
	}
}

/* All 64 combinations: what is said, then each of "classic words", possible, installed, socket. */
static void decisions(void **state)
{
	/* S service, C classic, ! refused; columns: installed and socket both no, socket only,
	 * installed only, both. */
	static const struct {
		enum mountcmd_choice choice;
		bool classic, possible;
		const char *ways;
		enum mountcmd_fault fault;
	} rows[] = {
		{ MOUNTCMD_AS_INSTALLED, false, true, "CCSS", MOUNTCMD_OK },
		{ MOUNTCMD_AS_INSTALLED, false, false, "CCCC", MOUNTCMD_OK },
		{ MOUNTCMD_AS_INSTALLED, true, true, "CCCC", MOUNTCMD_OK },
		{ MOUNTCMD_AS_INSTALLED, true, false, "CCCC", MOUNTCMD_OK },
		{ MOUNTCMD_REQUIRE, false, true, "SSSS", MOUNTCMD_OK },
		{ MOUNTCMD_REQUIRE, false, false, "!!!!", MOUNTCMD_NEVER_SERVICE },
		{ MOUNTCMD_REQUIRE, true, true, "!!!!", MOUNTCMD_CLASH },
		{ MOUNTCMD_REQUIRE, true, false, "!!!!", MOUNTCMD_CLASH },
		{ MOUNTCMD_PREFER, false, true, "CSCS", MOUNTCMD_OK },
		{ MOUNTCMD_PREFER, false, false, "CCCC", MOUNTCMD_OK },
		{ MOUNTCMD_PREFER, true, true, "CCCC", MOUNTCMD_OK },
		{ MOUNTCMD_PREFER, true, false, "CCCC", MOUNTCMD_OK },
		{ MOUNTCMD_NEVER, false, true, "CCCC", MOUNTCMD_OK },
		{ MOUNTCMD_NEVER, false, false, "CCCC", MOUNTCMD_OK },
		{ MOUNTCMD_NEVER, true, true, "CCCC", MOUNTCMD_OK },
		{ MOUNTCMD_NEVER, true, false, "CCCC", MOUNTCMD_OK },
	};
	static const char names[] = {
		[MOUNTCMD_SERVICE] = 'S', [MOUNTCMD_CLASSIC] = 'C', [MOUNTCMD_NEITHER] = '!'
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		for (n = 0; n < 4; n++) {
			struct mountcmd_facts facts = {
				.wishes = { rows[i].choice, rows[i].classic, false },
				.possible = rows[i].possible,
				.installed = n & 2,
				.socket = n & 1,
			};
			struct mountcmd_decision got = mountcmd_decide(&facts);

			assert_int_equal(names[got.way], rows[i].ways[n]);
			assert_fault(got.fault, rows[i].fault, "decision");
		}
	}
}

static void a_service_does_not_remount(void **state)
{
	struct mountcmd_facts facts = { .wishes = { MOUNTCMD_AS_INSTALLED, false, true },
		.possible = true,
		.installed = true };

	(void)state;
	assert_int_equal(mountcmd_decide(&facts).way, MOUNTCMD_NEITHER);
	assert_int_equal(mountcmd_decide(&facts).fault, MOUNTCMD_REMOUNT);
	facts.installed = false;
	assert_int_equal(mountcmd_decide(&facts).way, MOUNTCMD_CLASSIC);
}

static void every_fault_has_words(void **state)
{
	enum mountcmd_fault fault;

	(void)state;
	for (fault = MOUNTCMD_OK; fault < MOUNTCMD_FAULTS; fault++)
		assert_true(strlen(mountcmd_fault_text(fault)) > 10);
	assert_string_equal(mountcmd_fault_text(MOUNTCMD_FAULTS), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines),
		cmocka_unit_test(no_words_at_all),
		cmocka_unit_test(lists_are_found_where_they_stand),
		cmocka_unit_test(types_and_sources),
		cmocka_unit_test(kinds_of_words),
		cmocka_unit_test(option_lists),
		cmocka_unit_test(lists_for_the_classic_server),
		cmocka_unit_test(wishes),
		cmocka_unit_test(decisions),
		cmocka_unit_test(a_service_does_not_remount),
		cmocka_unit_test(every_fault_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
