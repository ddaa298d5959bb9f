/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: anything. Makes the mistake that NEGATIVE names, as the other targets must not: an engine,
 * a driver or a sanitizer under which it passes finds nothing. It is built once for each of them;
 * `must` has to be searched for, the others need no more than an O in front.
 */
#include <limits.h>

#include "fuzz.h"

/* Behind the input's end, by one byte: AddressSanitizer, or the unreadable page of replay_main.c.
 */
#define READ 1
/* A sum that no int holds: UndefinedBehaviorSanitizer. */
#define UNDEFINED 2
/* A branch on what nobody wrote: MemorySanitizer. */
#define MEMORY 3
/* What is never freed: LeakSanitizer. */
#define LEAK 4
/* A broken invariant, for packets that begin right. */
#define MUST 5

static void *volatile kept;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const volatile uint8_t *end = data + size;
	volatile int large = INT_MAX;

	if (NEGATIVE != MUST && (size == 0 || data[0] != 'O'))
		return 0;
	if (NEGATIVE == READ) {
		(void)*end;
	} else if (NEGATIVE == UNDEFINED) {
		large = large + (int)(size > 0);
	} else if (NEGATIVE == MEMORY) {
		int *unwritten = malloc(sizeof(*unwritten));

		must(unwritten);
		if (*(volatile int *)unwritten == 7)
			puts("seven");
		free(unwritten);
	} else if (NEGATIVE == LEAK) {
		kept = malloc(16);
		kept = NULL;
	} else {
		must(size < 5 || memcmp(data, "OPEN", 4) != 0 || data[4] != 1);
	}
	return 0;
}
