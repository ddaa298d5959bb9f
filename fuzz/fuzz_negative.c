/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: anything. Reads one byte behind it, which is the kind of mistake that the other targets
 * are there to find: a driver under which this one passes finds nothing.
 */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const volatile uint8_t *end = data + size;

	(void)*end;
	return 0;
}
