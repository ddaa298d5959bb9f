/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The option tokeniser, the kernel's options and the MS_* words. */
#include "fsv_options.h"

#include <stdio.h>

#include "check.h"
#include "fsv_wire.h"

/* Lists and their tokens, here joined by "|". */
static const struct {
	const char *list;
	int count;
	const char *tokens;
} lists[] = {
	{ "", 0, "" },
	{ "a", 1, "a" },
	{ "a,b", 2, "a|b" },
	{ "a,,b", 3, "a||b" },
	{ ",", 2, "|" },
	{ ",,", 3, "||" },
	{ "a,", 2, "a|" },
	{ ",a", 2, "|a" },
	{ "a\\,b", 1, "a\\,b" },
	{ "a\\,b,c", 2, "a\\,b|c" },
	{ "a\\\\,b", 2, "a\\\\|b" },
	{ "a\\\\\\,b", 1, "a\\\\\\,b" },
	{ "\\x,y", 2, "\\x|y" },
	{ "\\", 1, "\\" },
	{ "a,\\", 2, "a|\\" },
	{ "\\,", 1, "\\," },
	{ "\\\\,", 2, "\\\\|" },
	{ "fsname=/a\\,b,ro", 2, "fsname=/a\\,b|ro" },
};

/* Tokens joined by `glue`; returns their number. */
static int join(struct fsv_str list, char glue, char *out)
{
	struct fsv_opts walk;
	struct fsv_str token;
	int count = 0;

	fsv_opts_init(&walk, list);
	while (fsv_opts_next(&walk, &token)) {
		if (count++ > 0)
			*out++ = glue;
		assert_inside(token, list);
		memcpy(out, token.s, token.len);
		out += token.len;
	}
	*out = '\0';
	return count;
}

static void test_tokens(void **state)
{
	char out[64];

	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		assert_int_equal(join(fsv_str_of(lists[i].list), '|', out), lists[i].count);
		assert_string_equal(out, lists[i].tokens);
	}
}

static void test_walk_ends_for_good(void **state)
{
	struct fsv_opts walk;
	struct fsv_str token = { NULL, 77 };

	(void)state;
	fsv_opts_init(&walk, (struct fsv_str){ NULL, 0 });
	assert_int_equal(fsv_opts_next(&walk, &token), 0);
	assert_int_equal(token.len, 77);

	fsv_opts_init(&walk, S("x"));
	assert_int_equal(fsv_opts_next(&walk, &token), 1);
	token = (struct fsv_str){ NULL, 77 };
	assert_int_equal(fsv_opts_next(&walk, &token), 0);
	assert_int_equal(fsv_opts_next(&walk, &token), 0);
	assert_int_equal(token.len, 77);
}

/* Another way to say it: a comma separates where an even number of backslashes stand before it. */
static int reference_count(const char *list, size_t len)
{
	int count = len > 0;
	size_t run = 0;

	for (size_t i = 0; i < len; i++) {
		if (list[i] == ',' && run % 2 == 0)
			count++;
		run = list[i] == '\\' ? run + 1 : 0;
	}
	return count;
}

static void test_every_short_list(void **state)
{
	struct guard g = guard_new(16);
	char list[16], out[32];

	(void)state;
	for (uint32_t i = 0; i < strings_up_to(",\\a=", 7); i++) {
		size_t len = nth_string(",\\a=", i, list);
		struct fsv_str view = { guard_end(&g, list, len), len };

		assert_int_equal(join(view, ',', out), reference_count(list, len));
		assert_string_equal(out, list);
	}
	guard_free(&g);
}

static void test_long_lists_join_again(void **state)
{
	struct guard g = guard_new(2048);
	uint32_t seed = 20260101;

	(void)state;
	for (int round = 0; round < 500; round++) {
		char list[2048], out[2048];
		size_t len = next_random(&seed) % (sizeof(list) - 1);
		struct fsv_str view;

		for (size_t i = 0; i < len; i++)
			list[i] = "abc,,\\\\=/"[next_random(&seed) % 9];
		list[len] = '\0';
		view = (struct fsv_str){ guard_end(&g, list, len), len };
		assert_int_equal(join(view, ',', out), reference_count(list, len));
		assert_string_equal(out, list);
	}
	guard_free(&g);
}

static const struct {
	const char *token;
	const char *plain;
} escapes[] = {
	{ "", "" },
	{ "abc", "abc" },
	{ "a\\,b", "a,b" },
	{ "a\\\\b", "a\\b" },
	{ "\\\\\\,", "\\," },
	{ "\\\\\\\\", "\\\\" },
	/* not written by an escaper, but what they mean is fixed all the same */
	{ "\\x", "\\x" },
	{ "\\", "\\" },
	{ "a\\", "a\\" },
	{ "\\\\\\", "\\\\" },
	{ "\\040", "\\040" },
};

static void test_unescape(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(escapes); i++) {
		char buf[16];
		size_t len = 99;
		struct fsv_str token = fsv_str_of(escapes[i].token);

		assert_reason(fsv_opt_unescape(token, buf, sizeof(buf), &len), FSV_OK);
		assert_int_equal(len, strlen(escapes[i].plain));
		assert_string_equal(buf, escapes[i].plain);
		assert_true(fsv_opt_equals(token, fsv_str_of(escapes[i].plain)));
	}
}

/* Escape `plain` into a buffer of each size, the memory ending where the buffer ends. */
static size_t escape_at_every_cap(struct guard *g, struct fsv_str plain, char *escaped)
{
	size_t len = 0, untouched = 4711;

	assert_reason(fsv_opt_escape(plain, escaped, 32, &len), FSV_OK);
	assert_int_equal(strlen(escaped), len);
	for (size_t cap = 0; cap <= len; cap++) {
		char *buf = guard_room(g, cap);

		assert_reason(fsv_opt_escape(plain, buf, cap, &untouched), FSV_R_NO_SPACE);
		assert_int_equal(untouched, 4711);
	}
	assert_reason(fsv_opt_escape(plain, guard_room(g, len + 1), len + 1, &len), FSV_OK);
	return len;
}

static void unescape_at_every_cap(struct guard *g, struct fsv_str token, struct fsv_str plain)
{
	size_t len = 4711;
	char *buf;

	for (size_t cap = 0; cap <= plain.len; cap++) {
		buf = guard_room(g, cap);
		assert_reason(fsv_opt_unescape(token, buf, cap, &len), FSV_R_NO_SPACE);
		assert_int_equal(len, 4711);
	}
	buf = guard_room(g, plain.len + 1);
	assert_reason(fsv_opt_unescape(token, buf, plain.len + 1, &len), FSV_OK);
	assert_view(((struct fsv_str){ buf, len }), plain);
	assert_int_equal(buf[len], '\0');
}

static void test_escape_and_back(void **state)
{
	struct guard in = guard_new(32), out = guard_new(32);
	char plain[16], escaped[32], joined[32];

	(void)state;
	for (uint32_t i = 0; i < strings_up_to(",\\a=", 5); i++) {
		size_t len = nth_string(",\\a=", i, plain);
		struct fsv_str p = { plain, len };
		size_t n = escape_at_every_cap(&out, p, escaped);
		struct fsv_str token = { guard_end(&in, escaped, n), n };

		unescape_at_every_cap(&out, token, p);
		assert_true(fsv_opt_equals(token, p));
		/* What is escaped is one token of a list. */
		assert_int_equal(join(token, '|', joined), len > 0);
	}
	guard_free(&in);
	guard_free(&out);
}

static void test_equals_is_unescape_and_compare(void **state)
{
	struct guard g = guard_new(8);
	char token[8], plain[8], buf[8];
	size_t len;

	(void)state;
	for (uint32_t i = 0; i < strings_up_to(",\\a", 4); i++) {
		struct fsv_str t = { token, nth_string(",\\a", i, token) };

		assert_reason(fsv_opt_unescape(t, buf, sizeof(buf), &len), FSV_OK);
		for (uint32_t j = 0; j < strings_up_to(",\\a", 4); j++) {
			size_t n = nth_string(",\\a", j, plain);
			struct fsv_str p = { guard_end(&g, plain, n), n };

			assert_int_equal(fsv_opt_equals(t, p), strcmp(buf, plain) == 0);
		}
	}
	guard_free(&g);
}

static const struct {
	const char *token;
	int has_value;
	const char *name;
	const char *value;
} splits[] = {
	{ "", 0, "", "" },
	{ "ro", 0, "ro", "" },
	{ "a=b", 1, "a", "b" },
	{ "a=", 1, "a", "" },
	{ "=b", 1, "", "b" },
	{ "=", 1, "", "" },
	{ "a=b=c", 1, "a", "b=c" },
	{ "a\\==b", 1, "a\\", "=b" },
	{ "a==", 1, "a", "=" },
};

static void test_split(void **state)
{
	struct guard g = guard_new(16);

	(void)state;
	for (size_t i = 0; i < COUNT(splits); i++) {
		size_t len = strlen(splits[i].token);
		struct fsv_str token = { guard_end(&g, splits[i].token, len), len };
		struct fsv_str name, value;

		assert_int_equal(fsv_opt_split(token, &name, &value), splits[i].has_value);
		assert_view(name, fsv_str_of(splits[i].name));
		assert_view(value, fsv_str_of(splits[i].value));
		assert_inside(name, token);
		if (splits[i].has_value)
			assert_inside(value, token);
	}
	guard_free(&g);
}

static const struct {
	const char *text;
	int good;
	uint32_t n;
} numbers[] = {
	{ "0", 1, 0 },
	{ "1", 1, 1 },
	{ "007", 1, 7 },
	{ "4294967295", 1, UINT32_MAX },
	{ "00000000004294967295", 1, UINT32_MAX },
	{ "4294967296", 0, 0 },
	{ "4294967300", 0, 0 },
	{ "42949672950", 0, 0 },
	{ "18446744073709551616", 0, 0 },
	{ "99999999999999999999999999", 0, 0 },
	{ "", 0, 0 },
	{ "-1", 0, 0 },
	{ "+1", 0, 0 },
	{ " 1", 0, 0 },
	{ "1 ", 0, 0 },
	{ "0x10", 0, 0 },
	{ "1k", 0, 0 },
	{ "1.0", 0, 0 },
	{ "1\n", 0, 0 },
	{ "/", 0, 0 },
	{ ":", 0, 0 },
};

static void test_number(void **state)
{
	struct guard g = guard_new(32);

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		size_t len = strlen(numbers[i].text);
		struct fsv_str text = { guard_end(&g, numbers[i].text, len), len };
		uint32_t n = 4711;

		assert_reason(fsv_opt_number(text, &n), numbers[i].good ? FSV_OK : FSV_R_NUMBER);
		assert_int_equal(n, numbers[i].good ? numbers[i].n : 4711);
	}
	guard_free(&g);
}

static void test_number_agrees_with_printf(void **state)
{
	uint32_t seed = 7, parsed = 0;
	char text[16];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint32_t n = next_random(&seed) >> (i % 32);

		snprintf(text, sizeof(text), "%u", n);
		assert_reason(fsv_opt_number(fsv_str_of(text), &parsed), FSV_OK);
		assert_int_equal(parsed, n);
	}
}

static const struct {
	const char *list;
	enum fsv_reason reason;
	struct fsv_kernel_opts opts; /* contexts are tested on their own */
} kernel_lists[] = {
	{ "", FSV_OK, { 0 } },
	{ ",", FSV_OK, { 0 } },
	{ "default_permissions", FSV_OK, { .default_permissions = 1 } },
	{ "allow_other", FSV_OK, { .allow_other = 1 } },
	{ ",allow_other,,default_permissions,", FSV_OK,
		{ .default_permissions = 1, .allow_other = 1 } },
	{ "max_read=0", FSV_OK, { .has_max_read = 1 } },
	{ "max_read=131072", FSV_OK, { .has_max_read = 1, .max_read = 131072 } },
	{ "max_read=1,max_read=2", FSV_OK, { .has_max_read = 1, .max_read = 2 } },
	{ "blksize=512", FSV_OK, { .has_blksize = 1, .blksize = 512 } },
	{ "blksize=4294967295", FSV_OK, { .has_blksize = 1, .blksize = UINT32_MAX } },
	{ "allow_other,allow_other", FSV_OK, { .allow_other = 1 } },

	{ "allow_other=1", FSV_R_VALUE, { 0 } },
	{ "allow_other=", FSV_R_VALUE, { 0 } },
	{ "default_permissions=yes", FSV_R_VALUE, { 0 } },
	{ "max_read", FSV_R_VALUE, { 0 } },
	{ "max_read=", FSV_R_VALUE, { 0 } },
	{ "blksize", FSV_R_VALUE, { 0 } },
	{ "blksize=", FSV_R_VALUE, { 0 } },
	{ "context", FSV_R_VALUE, { 0 } },
	{ "context=", FSV_R_VALUE, { 0 } },
	{ "fscontext", FSV_R_VALUE, { 0 } },
	{ "defcontext=", FSV_R_VALUE, { 0 } },
	{ "rootcontext=", FSV_R_VALUE, { 0 } },

	{ "max_read=x", FSV_R_NUMBER, { 0 } },
	{ "max_read=-1", FSV_R_NUMBER, { 0 } },
	{ "max_read=0x1000", FSV_R_NUMBER, { 0 } },
	{ "max_read=4294967296", FSV_R_NUMBER, { 0 } },
	{ "blksize=4k", FSV_R_NUMBER, { 0 } },
	{ "blksize=\\,", FSV_R_NUMBER, { 0 } },
	/* what stands before the bad one does not get through either */
	{ "allow_other,max_read=1,blksize=x", FSV_R_NUMBER, { 0 } },

	{ "ro", FSV_R_UNKNOWN, { 0 } },
	{ "rw", FSV_R_UNKNOWN, { 0 } },
	{ "suid", FSV_R_UNKNOWN, { 0 } },
	{ "allow_root", FSV_R_UNKNOWN, { 0 } },
	{ "fd=3", FSV_R_UNKNOWN, { 0 } },
	{ "rootmode=40000", FSV_R_UNKNOWN, { 0 } },
	{ "user_id=0", FSV_R_UNKNOWN, { 0 } },
	{ "group_id=0", FSV_R_UNKNOWN, { 0 } },
	{ "subtype=x", FSV_R_UNKNOWN, { 0 } },
	{ "fsname=x", FSV_R_UNKNOWN, { 0 } },
	{ "source=x", FSV_R_UNKNOWN, { 0 } },
	{ "x-systemd.automount", FSV_R_UNKNOWN, { 0 } },
	{ "seclabel", FSV_R_UNKNOWN, { 0 } },
	{ "Allow_Other", FSV_R_UNKNOWN, { 0 } },
	{ " allow_other", FSV_R_UNKNOWN, { 0 } },
	{ "allow_other ", FSV_R_UNKNOWN, { 0 } },
	{ "allow_othe", FSV_R_UNKNOWN, { 0 } },
	{ "allow_otherx", FSV_R_UNKNOWN, { 0 } },
	{ "allow_other\\,fd=0", FSV_R_UNKNOWN, { 0 } },
	{ "?", FSV_R_UNKNOWN, { 0 } }, /* the name of no context */
	{ "?=x", FSV_R_UNKNOWN, { 0 } },
	{ "=", FSV_R_UNKNOWN, { 0 } },
	{ "=1", FSV_R_UNKNOWN, { 0 } },
	{ "\\", FSV_R_UNKNOWN, { 0 } },
};

static void assert_kernel_opts(
	const struct fsv_kernel_opts *got, const struct fsv_kernel_opts *want)
{
	assert_int_equal(got->default_permissions, want->default_permissions);
	assert_int_equal(got->allow_other, want->allow_other);
	assert_int_equal(got->has_max_read, want->has_max_read);
	assert_int_equal(got->max_read, want->max_read);
	assert_int_equal(got->has_blksize, want->has_blksize);
	assert_int_equal(got->blksize, want->blksize);
	for (int i = 0; i < FSV_CONTEXTS; i++)
		assert_null(got->context[i].s);
}

static void test_kernel_opts(void **state)
{
	struct guard g = guard_new(64);

	(void)state;
	for (size_t i = 0; i < COUNT(kernel_lists); i++) {
		size_t len = strlen(kernel_lists[i].list);
		struct fsv_str list = { guard_end(&g, kernel_lists[i].list, len), len };
		struct fsv_kernel_opts opts, before;

		memset(&opts, 0x5a, sizeof(opts));
		memcpy(&before, &opts, sizeof(opts));
		assert_reason(fsv_kernel_opts_parse(list, &opts), kernel_lists[i].reason);
		if (kernel_lists[i].reason == FSV_OK)
			assert_kernel_opts(&opts, &kernel_lists[i].opts);
		else
			assert_memory_equal(&opts, &before, sizeof(opts));
	}
	guard_free(&g);
}

static void test_kernel_contexts(void **state)
{
	struct guard g = guard_new(128);
	const char *text = "rootcontext=r,context=first,allow_other,fscontext=a\\,b,context=x=y";
	struct fsv_str list = { guard_end(&g, text, strlen(text)), strlen(text) };
	struct fsv_kernel_opts opts;

	(void)state;
	assert_reason(fsv_kernel_opts_parse(list, &opts), FSV_OK);
	assert_view(opts.context[FSV_CONTEXT], S("x=y"));
	assert_view(opts.context[FSV_FSCONTEXT], S("a\\,b"));
	assert_null(opts.context[FSV_DEFCONTEXT].s);
	assert_view(opts.context[FSV_ROOTCONTEXT], S("r"));
	assert_inside(opts.context[FSV_CONTEXT], list);
	assert_inside(opts.context[FSV_FSCONTEXT], list);
	assert_inside(opts.context[FSV_ROOTCONTEXT], list);
	assert_true(opts.allow_other);
	guard_free(&g);
}

static void test_context_names(void **state)
{
	(void)state;
	assert_string_equal(fsv_context_name(FSV_CONTEXT), "context");
	assert_string_equal(fsv_context_name(FSV_FSCONTEXT), "fscontext");
	assert_string_equal(fsv_context_name(FSV_DEFCONTEXT), "defcontext");
	assert_string_equal(fsv_context_name(FSV_ROOTCONTEXT), "rootcontext");
	assert_string_equal(fsv_context_name(FSV_CONTEXTS), "?");
	assert_string_equal(fsv_context_name((enum fsv_context)1000), "?");
}

static const struct {
	const char *word;
	uint32_t set;
	uint32_t clear;
} ms[] = {
	{ "ro", 0x1, 0 },
	{ "rw", 0, 0x1 },
	{ "nosuid", 0x2, 0 },
	{ "suid", 0, 0x2 },
	{ "nodev", 0x4, 0 },
	{ "dev", 0, 0x4 },
	{ "noexec", 0x8, 0 },
	{ "exec", 0, 0x8 },
	{ "sync", 0x10, 0 },
	{ "async", 0, 0x10 },
	{ "dirsync", 0x80, 0 },
	{ "nosymfollow", 0x100, 0 },
	{ "symfollow", 0, 0x100 },
	{ "noatime", 0x400, 0 },
	{ "atime", 0, 0x400 },
	{ "nodiratime", 0x800, 0 },
	{ "diratime", 0, 0x800 },
	{ "relatime", 0x200000, 0 },
	{ "norelatime", 0, 0x200000 },
	{ "strictatime", 0x1000000, 0 },
	{ "nostrictatime", 0, 0x1000000 },
	{ "lazytime", 0x2000000, 0 },
	{ "nolazytime", 0, 0x2000000 },
};

static void test_ms_words(void **state)
{
	const struct fsv_ms_word *all = fsv_ms_words();
	uint32_t bits = 0;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(ms); i++) {
		const struct fsv_ms_word *w = fsv_ms_lookup(fsv_str_of(ms[i].word));

		assert_non_null(w);
		assert_string_equal(w->name, ms[i].word);
		assert_int_equal(w->set, ms[i].set);
		assert_int_equal(w->clear, ms[i].clear);
		bits |= w->set;
	}
	while (all[n].name)
		n++;
	assert_int_equal(n, COUNT(ms));
	assert_int_equal(bits, FSV_MS_FLAGS);
}

static void test_no_ms_word(void **state)
{
	static const char *const none[] = { "", "r", "roo", "RO", "ro=", "ro=1", "remount", "bind",
		"nodirsync", "defaults", "nofail", "auto", "user", "\\ro", "ro\\", "ro\\,rw" };

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++)
		assert_null(fsv_ms_lookup(fsv_str_of(none[i])));
}

static const struct {
	const char *list;
	uint32_t on;
	uint32_t off;
} collected[] = {
	{ "", 0, 0 },
	{ "ro", FSV_MS_RDONLY, 0 },
	{ "ro,rw", 0, FSV_MS_RDONLY },
	{ "rw,ro", FSV_MS_RDONLY, 0 },
	{ "rw,ro,rw", 0, FSV_MS_RDONLY },
	{ "ro,suid,nodev,suid", FSV_MS_RDONLY | FSV_MS_NODEV, FSV_MS_NOSUID },
	{ "allow_other,,ro,fsname=rw,x\\,rw", FSV_MS_RDONLY, 0 },
};

static void test_ms_collect(void **state)
{
	struct fsv_ms_said said = { FSV_MS_RDONLY, FSV_MS_NOSUID };

	(void)state;
	for (size_t i = 0; i < COUNT(collected); i++) {
		struct fsv_ms_said fresh = { 0, 0 };

		fsv_ms_collect(fsv_str_of(collected[i].list), &fresh);
		assert_int_equal(fresh.on, collected[i].on);
		assert_int_equal(fresh.off, collected[i].off);
	}
	/* A second -o list goes on where the first one ended. */
	fsv_ms_collect(S("nodev,rw"), &said);
	assert_int_equal(said.on, FSV_MS_NODEV);
	assert_int_equal(said.off, FSV_MS_NOSUID | FSV_MS_RDONLY);
}

static void test_ms_collect_in_any_order(void **state)
{
	uint32_t seed = 99;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct fsv_ms_said said = { 0, 0 };
		uint32_t set = 0, seen = 0;

		for (int i = 0; i < 20; i++) {
			size_t k = next_random(&seed) % COUNT(ms);

			fsv_ms_collect(fsv_str_of(ms[k].word), &said);
			seen |= ms[k].set | ms[k].clear;
			set = (set & ~ms[k].clear) | ms[k].set;
		}
		assert_int_equal(said.on, set);
		assert_int_equal(said.off, seen & ~set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_walk_ends_for_good),
		cmocka_unit_test(test_every_short_list),
		cmocka_unit_test(test_long_lists_join_again),
		cmocka_unit_test(test_unescape),
		cmocka_unit_test(test_escape_and_back),
		cmocka_unit_test(test_equals_is_unescape_and_compare),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_number_agrees_with_printf),
		cmocka_unit_test(test_kernel_opts),
		cmocka_unit_test(test_kernel_contexts),
		cmocka_unit_test(test_context_names),
		cmocka_unit_test(test_ms_words),
		cmocka_unit_test(test_no_ms_word),
		cmocka_unit_test(test_ms_collect),
		cmocka_unit_test(test_ms_collect_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
