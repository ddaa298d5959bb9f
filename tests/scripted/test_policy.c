/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What the mounter allows, as tables; no system call is made here. */
#include <errno.h>
#include <linux/mount.h>

#include "check.h"
#include "fsv_wire.h"
#include "policy.h"

#define ALWAYS (FSV_MS_NOSUID | FSV_MS_NODEV)
#define OTHER  MOUNTER_OPT_ALLOW_OTHER
#define PERMS  MOUNTER_OPT_DEFAULT_PERMISSIONS

static const struct {
	const char *name;
	struct mounter_facts facts;
	uint32_t flags, options;
	int ret;
	uint32_t want_flags, want_options;
} plans[] = {
	{ "nothing asked", { .uid = 1000 }, 0, 0, 0, ALWAYS, 0 },
	{ "nothing asked, by root", { .root = true }, 0, 0, 0, ALWAYS, 0 },
	{ "root said suid", { .root = true, .said_off = FSV_MS_NOSUID }, 0, 0, 0, FSV_MS_NODEV, 0 },
	{ "root said dev", { .root = true, .said_off = FSV_MS_NODEV }, 0, 0, 0, FSV_MS_NOSUID, 0 },
	{ "root said suid, the service nosuid", { .root = true, .said_off = FSV_MS_NOSUID },
		FSV_MS_NOSUID, 0, 0, ALWAYS, 0 },
	{ "a user said suid and dev", { .said_off = ALWAYS }, 0, 0, 0, ALWAYS, 0 },
	{ "root said rw: the service may be stricter", { .root = true, .said_off = FSV_MS_RDONLY },
		FSV_MS_RDONLY, 0, 0, ALWAYS | FSV_MS_RDONLY, 0 },
	{ "all that sticks", { .said_on = FSV_MS_FLAGS }, 0, 0, 0,
		ALWAYS | FSV_MS_RDONLY | FSV_MS_NOEXEC | FSV_MS_NOSYMFOLLOW | FSV_MS_SYNCHRONOUS |
			FSV_MS_DIRSYNC,
		0 },
	{ "every flag", { 0 }, FSV_MS_FLAGS, 0, 0, FSV_MS_FLAGS, 0 },
	{ "MS_REMOUNT", { .root = true }, 32, 0, -EINVAL, 0, 0 },
	{ "MS_BIND", { .root = true }, 4096, 0, -EINVAL, 0, 0 },
	{ "MS_MOVE", { .root = true }, 8192, 0, -EINVAL, 0, 0 },
	{ "MS_REC", { .root = true }, 16384, 0, -EINVAL, 0, 0 },
	{ "MS_SHARED", { .root = true }, 1 << 20, 0, -EINVAL, 0, 0 },
	{ "MS_KERNMOUNT", { .root = true }, 1 << 22, 0, -EINVAL, 0, 0 },
	{ "an unknown option", { .root = true }, 0, 0x20, -EINVAL, 0, 0 },
	{ "blksize alone", { .root = true }, 0, MOUNTER_OPT_BLKSIZE, -EINVAL, 0, 0 },
	{ "blksize with fuseblk", { .root = true }, 0, MOUNTER_OPT_BLKSIZE | MOUNTER_OPT_FUSEBLK, 0,
		ALWAYS, MOUNTER_OPT_BLKSIZE | MOUNTER_OPT_FUSEBLK },
	{ "fuseblk by a user", { .user_allow_other = true }, 0, MOUNTER_OPT_FUSEBLK, -EPERM, 0, 0 },
	{ "allow_other by a user", { 0 }, 0, OTHER, -EPERM, 0, 0 },
	{ "allow_other that he typed", { .said_allow_other = true }, 0, OTHER, -EPERM, 0, 0 },
	{ "with leave", { .user_allow_other = true }, 0, OTHER, 0, ALWAYS | FSV_MS_NOSYMFOLLOW,
		OTHER | PERMS },
	{ "with leave and typed", { .user_allow_other = true, .said_allow_other = true }, 0, OTHER,
		0, ALWAYS, OTHER },
	{ "by root", { .root = true }, 0, OTHER, 0, ALWAYS, OTHER | PERMS },
	{ "by root, typed", { .root = true, .said_allow_other = true }, 0, OTHER, 0, ALWAYS,
		OTHER },
	{ "typed, but not asked for", { .user_allow_other = true, .said_allow_other = true }, 0, 0,
		0, ALWAYS, 0 },
	{ "a context that root typed", { .root = true, .context = { "a" } }, 0, MOUNTER_OPT_CONTEXT,
		0, ALWAYS, MOUNTER_OPT_CONTEXT },
	{ "one that root did not type", { .root = true, .context = { "a" } }, 0,
		MOUNTER_OPT_CONTEXT << 1, -EPERM, 0, 0 },
	{ "one by a user", { .context = { "a" } }, 0, MOUNTER_OPT_CONTEXT, -EPERM, 0, 0 },
};

static void test_plans(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(plans); i++) {
		struct mounter_request request = {
			.ms_flags = plans[i].flags, .options = plans[i].options, .source = "s"
		};
		struct mount_plan plan = { .ms_flags = 0xabcd }, untouched = plan;
		int ret = policy_plan(&plans[i].facts, &request, &plan);

		if (ret != plans[i].ret || (!ret && (plan.ms_flags != plans[i].want_flags ||
							    plan.options != plans[i].want_options)))
			print_error("%s: %d, flags %x, options %x\n", plans[i].name, ret,
				plan.ms_flags, plan.options);
		assert_int_equal(ret, plans[i].ret);
		if (ret) {
			assert_memory_equal(&plan, &untouched, sizeof(plan));
			continue;
		}
		assert_int_equal(plan.ms_flags, plans[i].want_flags);
		assert_int_equal(plan.options, plans[i].want_options);
	}
}

/* The source as a request brings it: not even its NUL is believed. */
static void test_sources(void **state)
{
	static const struct {
		const char *text;
		int ret;
	} sources[] = {
		{ "s", 0 },
		{ "", -EINVAL },
		{ "a\nb", -EINVAL },
		{ "\t", -EINVAL },
		{ "a\x7f", -EINVAL },
		{ "\x1b[2J", -EINVAL },
		{ "\xc2\x80", -EINVAL },
		{ "\xc2\x9f", -EINVAL },
		{ "\xc2\xa0", 0 },
		{ "\xc3\xbc", 0 },
		{ "a\xc2", 0 },
		{ "a,allow_other b", 0 },
	};
	struct mounter_facts facts = { .uid = 1000 };
	struct mounter_request request = { 0 };
	struct mount_plan plan;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(sources); i++) {
		memset(request.source, 0, sizeof(request.source));
		memcpy(request.source, sources[i].text, strlen(sources[i].text));
		assert_int_equal(policy_plan(&facts, &request, &plan), sources[i].ret);
	}
	memset(request.source, 'a', sizeof(request.source));
	assert_int_equal(policy_plan(&facts, &request, &plan), -EINVAL);
	request.source[MOUNTER_SOURCE_MAX] = '\0';
	assert_int_equal(policy_plan(&facts, &request, &plan), 0);
}

/* The list of docs/threat-model.md, and neighbours of its numbers. */
static void test_file_systems(void **state)
{
	static const uint64_t allowed[] = { 0x61756673, 0x187, 0xCA451A4E, 0x9123683E, 0x00C36400,
		0xFF534D42, 0xFE534D42, 0xF15F, 0x2011BAB0, 0xEF53, 0xF2F52010, 0x65735546,
		0x01161970, 0x47504653, 0x482b, 0x72B6, 0x3153464A, 0x0BD00BD0, 0x4D44, 0x564C,
		0x6969, 0x3434, 0x5346544E, 0x7366746E, 0x5346414F, 0x794C7630, 0xAAD7AAEA,
		0x52654973, 0x73717368, 0x01021994, 0x858458F6, 0x24051905, 0x18031977,
		0x736675005346544E, 0x58465342, 0x2FC12FC1 };
	/* proc, sysfs, devpts, cgroup2, debugfs, securityfs, tracefs, bpf, mqueue, pstore, nsfs */
	static const uint64_t refused[] = { 0x9fa0, 0x62656572, 0x1cd1, 0x63677270, 0x64626720,
		0x73636673, 0x74726163, 0xcafe4a11, 0x19800202, 0x6165676C, 0x6e736673, 0,
		0xffffffffFF534D42, 0x100000000 + 0xEF53 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(allowed); i++) {
		assert_true(policy_fs_allowed(allowed[i]));
		/* An f_type is as wide as a register: nothing may be lost, and nothing added. */
		assert_false(policy_fs_allowed(allowed[i] | (uint64_t)1 << 63));
	}
	for (i = 0; i < COUNT(refused); i++)
		assert_false(policy_fs_allowed(refused[i]));
}

static void test_attributes(void **state)
{
	static const struct {
		uint32_t flags;
		unsigned int want;
	} rows[] = {
		{ 0, 0 },
		{ FSV_MS_RDONLY, MOUNT_ATTR_RDONLY },
		{ FSV_MS_NOSUID, MOUNT_ATTR_NOSUID },
		{ FSV_MS_NODEV, MOUNT_ATTR_NODEV },
		{ FSV_MS_NOEXEC, MOUNT_ATTR_NOEXEC },
		{ FSV_MS_NODIRATIME, MOUNT_ATTR_NODIRATIME },
		{ FSV_MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW },
		{ FSV_MS_NOATIME, MOUNT_ATTR_NOATIME },
		{ FSV_MS_RELATIME, MOUNT_ATTR_RELATIME },
		{ FSV_MS_STRICTATIME, MOUNT_ATTR_STRICTATIME },
		{ FSV_MS_STRICTATIME | FSV_MS_NOATIME, MOUNT_ATTR_STRICTATIME },
		/* These belong to the super block. */
		{ FSV_MS_SYNCHRONOUS | FSV_MS_DIRSYNC | FSV_MS_LAZYTIME, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		assert_int_equal(policy_attributes(rows[i].flags), rows[i].want);
}

static void test_block_sizes(void **state)
{
	uint32_t size;

	(void)state;
	for (size = 0; size <= 140000; size++) {
		bool want = size == 512 || size == 1024 || size == 2048 || size == 4096 ||
			    size == 8192 || size == 16384 || size == 32768 || size == 65536;

		assert_int_equal(policy_blocksize_allowed(size), want);
	}
	assert_false(policy_blocksize_allowed(0x80000000u));
	assert_false(policy_blocksize_allowed(UINT32_MAX));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_file_systems),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_block_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
