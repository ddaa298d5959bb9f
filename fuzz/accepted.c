/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * How many percent of 100000 mutated packets are accepted: argument 1 is the corpus to begin with,
 * files. A gate compares it with its floor.
 */
#include "fsv_msg.h"
#include "fuzz.h"
#include "mutator.h"

#define ROUNDS	  100000u
#define CORPUS	  256
#define LEN_MAX	  512u
#define MUTATIONS 4

static uint8_t corpus[CORPUS][LEN_MAX];
static size_t sizes[CORPUS];
static uint32_t state = 1;

static uint32_t pick(uint32_t n)
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % n;
}

/* What engines do most: a byte set, inserted, or taken out. */
static size_t some_change(uint8_t *data, size_t size, size_t max)
{
	size_t at = size ? pick((uint32_t)size) : 0;

	switch (pick(4)) {
	case 0:
		if (size < max) {
			memmove(data + at + 1, data + at, size - at);
			data[at] = (uint8_t)pick(256);
			return size + 1;
		}
		break;
	case 1:
		if (size > 1) {
			memmove(data + at, data + at + 1, size - at - 1);
			return size - 1;
		}
		break;
	default: break;
	}
	if (size)
		data[at] = (uint8_t)pick(256);
	return size;
}

static int is_accepted(const uint8_t *data, size_t size)
{
	struct fsv_msg msg;

	return fsv_msg_parse(FSV_HELPER, data, size, &msg) == FSV_OK ||
	       fsv_msg_parse(FSV_SERVICE, data, size, &msg) == FSV_OK;
}

static uint32_t count_accepted(unsigned int n)
{
	uint32_t accepted = 0;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint32_t which = pick(n);
		uint8_t data[LEN_MAX];
		size_t size = sizes[which];

		memcpy(data, corpus[which], size);
		for (int m = 0; m < MUTATIONS; m++)
			size = fuzz_mutate_packet(data, size, LEN_MAX, pick(1u << 24), some_change);
		accepted += is_accepted(data, size) != 0;
	}
	return accepted;
}

int main(int argc, char **argv)
{
	unsigned int n = 0;

	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");

		must(file && n < CORPUS);
		sizes[n] = fread(corpus[n], 1, LEN_MAX, file);
		n += sizes[n] > 0;
		fclose(file);
	}
	must(n > 0);
	printf("%.1f\n", 100.0 * count_accepted(n) / ROUNDS);
	return 0;
}
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
	return some_change(data, size, max);
}
