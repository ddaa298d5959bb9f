/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Each system call of session and mounter fails once, each ending signal arrives at each call, and
 * each process is killed at each call, in the scenarios of the tables. Afterwards nothing is open,
 * nothing hangs, no mount is left that nobody was promised, and exit status 0 means a mount.
 */
#include <errno.h>
#include <signal.h>

#include "scenarios.h"

/* What is done to the n-th call. */
static unsigned int number;
static int how;

static void fail_call(void)
{
	world.fail_at = number;
	world.fail_errno = how;
}

static void send_signal(void)
{
	world.signal_at = number;
	world.signal = how;
}

static void kill_process(void)
{
	world.kill_at = number;
	world.victim = (enum process)how;
}

/*
 * At every call of a scenario from `first` on, until there is none with this number. How many there
 * were.
 */
static unsigned int at_every_call(
	const struct scenario *scenario, void (*fault)(void), int value, unsigned int first)
{
	bool more = true;

	how = value;
	for (number = first; more; number++) {
		scenario_run(scenario, fault);
		more = world.calls >= number;
		scenario_check(scenario);
	}
	return number - 1 - first;
}

/* Thousands of the same commands would be the same calls thousands of times. */
static bool is_long(const struct scenario *scenario)
{
	return scenario->flood;
}

/* Where the scenarios begin to differ: the first call after the handshake. */
static unsigned int first_difference(const struct scenario *scenario)
{
	scenario_run(scenario, NULL);
	scenario_check(scenario);
	return world.handshake_calls ? world.handshake_calls : 1;
}

/* `whole`: the start and the handshake too, which are nearly the same each time. */
static void in_every_scenario(void (*fault)(void), int value, bool whole)
{
	unsigned int tried = 0;
	size_t t, i;

	for (t = 0; t < scenario_table_count; t++)
		for (i = 0; i < scenario_tables[t].count; i++) {
			const struct scenario *scenario = &scenario_tables[t].rows[i];
			bool all = whole || (t == 0 && i == 0);

			if (!is_long(scenario))
				tried += at_every_call(scenario, fault, value,
					all ? 1 : first_difference(scenario));
		}
	print_message("# %u tried\n", tried);
	assert_true(tried > 4000);
}

static void test_no_permission(void **state)
{
	(void)state;
	in_every_scenario(fail_call, EPERM, true);
}

static void test_no_memory(void **state)
{
	(void)state;
	in_every_scenario(fail_call, ENOMEM, false);
}

static void test_interrupted(void **state)
{
	(void)state;
	in_every_scenario(fail_call, EINTR, false);
}

/* What was announced is not there after all, or there is no room just now. */
static void test_again(void **state)
{
	(void)state;
	at_every_call(&scenario_tables[0].rows[0], fail_call, EAGAIN, 1);
}

static void test_signals(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGPIPE };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(signals); i++)
		at_every_call(&scenario_tables[0].rows[0], send_signal, signals[i], 1);
	in_every_scenario(send_signal, SIGTERM, false);
}

static void test_session_killed(void **state)
{
	(void)state;
	in_every_scenario(kill_process, SESSION, false);
}

static void test_mounter_killed(void **state)
{
	(void)state;
	in_every_scenario(kill_process, MOUNTER, false);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_permission),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_session_killed),
		cmocka_unit_test(test_mounter_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
