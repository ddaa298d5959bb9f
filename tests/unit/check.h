/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What all tests share: cmocka with the headers that it needs first, views of literals, asserts
 * that print reasons, and generators that give the same everywhere.
 */
#ifndef CHECK_H
#define CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fsv_cursor.h"
#include "guard.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* The view of a string literal, inner NULs included. */
#define S(literal) ((struct fsv_str){ literal, sizeof(literal) - 1 })

/* The result by name, so that a failure says which rule spoke instead of which number. */
static inline void assert_reason_at(
	enum fsv_reason got, enum fsv_reason want, const char *file, int line)
{
	if (got != want)
		print_error(
			"reason: got %s, want %s\n", fsv_reason_name(got), fsv_reason_name(want));
	_assert_int_equal((LargestIntegralType)got, (LargestIntegralType)want, file, line);
}
#define assert_reason(got, want) assert_reason_at((got), (want), __FILE__, __LINE__)

#define assert_view(view, want)                                           \
	do {                                                              \
		struct fsv_str view_ = (view), want_ = (want);            \
		assert_int_equal(view_.len, want_.len);                   \
		if (want_.len)                                            \
			assert_memory_equal(view_.s, want_.s, want_.len); \
	} while (0)

/* That a view lies inside another one. */
#define assert_inside(view, whole)                                                   \
	do {                                                                         \
		struct fsv_str view_ = (view), whole_ = (whole);                     \
		assert_true(view_.s >= whole_.s);                                    \
		assert_true(view_.len <= whole_.len);                                \
		assert_true((size_t)(view_.s - whole_.s) <= whole_.len - view_.len); \
	} while (0)

static inline uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/*
 * The `number`-th string over an alphabet, shortest first ("", "a", "b", "aa", …), into `buf`.
 * Returns its length.
 */
static inline size_t nth_string(const char *alphabet, uint32_t number, char *buf)
{
	uint32_t base = (uint32_t)strlen(alphabet);
	size_t n = 0;

	while (number > 0) {
		number--;
		buf[n++] = alphabet[number % base];
		number /= base;
	}
	buf[n] = '\0';
	return n;
}

/* How many strings of at most `len` characters an alphabet has. */
static inline uint32_t strings_up_to(const char *alphabet, unsigned int len)
{
	uint32_t base = (uint32_t)strlen(alphabet), power = 1, sum = 1;

	while (len-- > 0) {
		power *= base;
		sum += power;
	}
	return sum;
}

#endif
