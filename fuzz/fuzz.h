/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What fuzz targets share. A target is deterministic: no files, no time, no randomness, no state
 * that outlives a call. It states its invariants with must(), which ends the process.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsv_cursor.h"

/* The interface of libFuzzer, which AFL++ and others know as well. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must(condition)                                                                         \
	do {                                                                                    \
		if (!(condition)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                \
		}                                                                               \
	} while (0)

/* Whether a view lies inside another one. */
static inline int inside(struct fsv_str view, struct fsv_str whole)
{
	uintptr_t v = (uintptr_t)view.s, w = (uintptr_t)whole.s;

	return v >= w && view.len <= whole.len && v - w <= whole.len - view.len;
}

/*
 * A check of a target that must be fast: the engine does not follow it. It would learn nothing that
 * the code under test does not tell it, and each branch costs it time in every run.
 */
#ifdef __clang__
#define NOT_FOLLOWED __attribute__((no_sanitize("coverage")))
#else
#define NOT_FOLLOWED
#endif

/* Whether all `len` bytes are still what memset() made them. In words: most runs ask this. */
NOT_FOLLOWED static inline int untouched(const void *bytes, uint8_t value, size_t len)
{
	const uint64_t all = value * UINT64_C(0x0101010101010101);
	const uint8_t *b = bytes;
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word), b += sizeof(word)) {
		memcpy(&word, b, sizeof(word));
		if (word != all)
			return 0;
	}
	while (len > 0 && b[len - 1] == value)
		len--;
	return len == 0;
}

#endif
