/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Giving up capabilities, in a child: what was kept, and that the rest does not come back. */
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "real.h"
#include "sandbox/caps.h"

struct sets {
	uint64_t effective, permitted, inheritable;
};

static struct sets get_sets(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct sets sets = { ~0ull, ~0ull, ~0ull };

	if (syscall(SYS_capget, &head, data))
		return sets;
	sets.effective = data[0].effective | (uint64_t)data[1].effective << 32;
	sets.permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	sets.inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return sets;
}

static void make_inheritable(int capability)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, data))
		return;
	data[capability / 32].inheritable |= 1u << capability % 32;
	(void)syscall(SYS_capset, &head, data);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
}

static bool exactly(uint64_t mask)
{
	struct sets sets = get_sets();

	return sets.effective == mask && sets.permitted == mask && sets.inheritable == 0;
}

static int keep_one(void *arg)
{
	uint64_t mask = CAPS_BIT(CAP_SYS_ADMIN);

	(void)arg;
	make_inheritable(CAP_NET_RAW);
	if (!caps_permitted(mask | CAPS_BIT(CAP_CHOWN)))
		return 97;
	if (caps_keep(mask) || !exactly(mask))
		return 1;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_RAW, 0, 0) != 0)
		return 2;
	if (!caps_permitted(mask) || caps_permitted(CAPS_BIT(CAP_CHOWN)) ||
		caps_permitted(mask | CAPS_BIT(CAP_CHOWN)))
		return 3;
	/* What is gone is gone, for root too. */
	if (caps_keep(CAPS_BIT(CAP_CHOWN)) != -EPERM || !exactly(mask))
		return 4;
	if (caps_keep(0) || !exactly(0) || caps_keep(mask) != -EPERM)
		return 5;
	return 0;
}

static int keep_high_one(void *arg)
{
	uint64_t mask = CAPS_BIT(CAP_BPF) | CAPS_BIT(CAP_KILL);

	(void)arg;
	return caps_keep(mask) == 0 && exactly(mask) ? 0 : 1;
}

static void needs_root(void)
{
	if (caps_permitted(CAPS_BIT(CAP_SYS_ADMIN) | CAPS_BIT(CAP_CHOWN) | CAPS_BIT(CAP_BPF)))
		return;
	print_message("# SKIP needs capabilities to give up: run it as root\n");
	skip();
}

static void test_keep_one(void **state)
{
	(void)state;
	needs_root();
	assert_int_equal(real_in_child(keep_one, NULL), 0);
}

/* The second half of the kernel's two words. */
static void test_keep_high_one(void **state)
{
	(void)state;
	needs_root();
	assert_int_equal(real_in_child(keep_high_one, NULL), 0);
}

static int keep_none(void *arg)
{
	(void)arg;
	if (geteuid() == 0 && setuid(65534))
		return 97;
	if (caps_permitted(CAPS_BIT(CAP_SYS_ADMIN)) || !caps_permitted(0))
		return 1;
	if (caps_keep(CAPS_BIT(CAP_SYS_ADMIN)) != -EPERM)
		return 2;
	return caps_keep(0) || !exactly(0) ? 3 : 0;
}

static void test_ordinary_user(void **state)
{
	(void)state;
	assert_int_equal(real_in_child(keep_none, NULL), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keep_one),
		cmocka_unit_test(test_keep_high_one),
		cmocka_unit_test(test_ordinary_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
