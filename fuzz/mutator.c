/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A mutator that knows what a packet looks like, for libFuzzer (LLVMFuzzerCustomMutator) and for
 * AFL++ (afl_custom_fuzz, built as a library of its own with -DFOR_AFL). Random bytes are nearly
 * always refused at their first field; this changes one field at a time and then, three times out
 * of four, mends what the change broke: magic, flags, padding and the NUL at the end. The last
 * quarter leaves the engine's own mutation as it is, so that nothing is out of reach.
 */
#include <stdlib.h>
#include <string.h>

#include "fsv_wire.h"
#include "mutator.h"

static const uint32_t magics[] = { FSV_MAGIC_HELLO, FSV_MAGIC_HELLO_REPLY, FSV_MAGIC_OPEN,
	FSV_MAGIC_OPEN_BDEV, FSV_MAGIC_FSOPEN, FSV_MAGIC_SOURCE, FSV_MAGIC_MNTOPTS,
	FSV_MAGIC_MTABOPTS, FSV_MAGIC_MNTPT, FSV_MAGIC_MOUNT, FSV_MAGIC_UNMOUNT, FSV_MAGIC_BYE,
	FSV_MAGIC_FILE, FSV_MAGIC_REPLY };
#define MAGICS (sizeof(magics) / sizeof(magics[0]))

/* Fixed bytes behind the magic, and whether a string follows, in the order of `magics`. */
static const struct {
	uint8_t fixed, text;
} forms[MAGICS] = { { 8, 0 }, { 4, 0 }, { 16, 1 }, { 16, 1 }, { 4, 0 }, { 0, 1 }, { 0, 1 },
	{ 0, 1 }, { 4, 1 }, { 4, 0 }, { 0, 0 }, { 4, 0 }, { 4, 1 }, { 4, 0 } };

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void put(uint8_t *at, uint32_t value)
{
	for (int i = 3; i >= 0; i--, value /= 256u)
		at[i] = (uint8_t)value;
}

static uint32_t get(const uint8_t *at)
{
	return at[0] * 16777216u + at[1] * 65536u + at[2] * 256u + at[3];
}

static size_t kind_of(const uint8_t *data, size_t size)
{
	size_t kind = 0;

	while (kind < MAGICS && (size < 4 || get(data) != magics[kind]))
		kind++;
	return kind;
}

/* Fields that may hold few values only. */
static void mend_fields(uint8_t *body, size_t kind)
{
	switch (magics[kind]) {
	case FSV_MAGIC_HELLO:
		put(body + 4, body[7] & FSV_HELLO_FLAGS);
		if (memcmp(body, body + 2, 2) > 0)
			memcpy(body + 2, body, 2);
		break;
	case FSV_MAGIC_HELLO_REPLY: memset(body + 2, 0, 2); break;
	case FSV_MAGIC_OPEN:
		put(body + 8, body[11] & FSV_OPEN_FLAGS);
		put(body + 12, 0);
		break;
	case FSV_MAGIC_OPEN_BDEV: put(body + 8, body[11] & FSV_OPEN_FLAGS); break;
	case FSV_MAGIC_FSOPEN: put(body, body[3] & FSV_FSOPEN_FLAGS); break;
	case FSV_MAGIC_MNTPT: put(body, body[0] % 3u * 0x40000000u); break;
	case FSV_MAGIC_FILE:
	case FSV_MAGIC_REPLY: put(body, get(body) % (FSV_ERRNO_MAX + 1)); break;
	default: break;
	}
}

/* As long as its kind is, with one NUL, at the end. */
static size_t mend_size(uint8_t *data, size_t size, size_t max, size_t kind)
{
	size_t fixed = 4u + forms[kind].fixed, want = fixed;

	if (forms[kind].text)
		want = size < fixed + 2 ? fixed + 2 : size;
	if (want > max)
		return 0;
	if (want > size)
		memset(data + size, 'a', want - size);
	for (size_t i = fixed; i + 1 < want; i++)
		if (!data[i])
			data[i] = '/';
	if (forms[kind].text)
		data[want - 1] = 0;
	return want;
}

size_t fuzz_mutate_packet(uint8_t *data, size_t size, size_t max, uint32_t seed, mutate_fn mutate)
{
	size_t kind = kind_of(data, size), mended;
	uint32_t how = next(&seed) % 16;

	if (kind == MAGICS || how == 0)
		kind = next(&seed) % MAGICS;
	if (max < 4 || how > 11)
		return mutate(data, size, max);
	if (size < 4)
		size = 4;
	/* What stands behind the magic alone: the magic is set in any case. */
	size = 4 + mutate(data + 4, size - 4, max - 4);
	put(data, magics[kind]);
	mended = mend_size(data, size, max, kind);
	if (!mended)
		return size;
	mend_fields(data + 4, kind);
	return mended;
}

#ifdef FOR_AFL

/* AFL++ has stages of its own for bytes; here a few are set at random. */
static uint32_t afl_seed;

static size_t set_bytes(uint8_t *data, size_t size, size_t max)
{
	uint32_t count = 1 + next(&afl_seed) % 4;

	if (next(&afl_seed) % 4 == 0 && size < max)
		data[size++] = 0;
	else if (next(&afl_seed) % 4 == 0 && size > 1)
		size--;
	while (size && count--)
		data[next(&afl_seed) % size] = (uint8_t)next(&afl_seed);
	return size;
}

struct afl_state {
	uint8_t room[1u << 20];
};

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t size, uint8_t **out, uint8_t *more,
	size_t more_size, size_t max);
void afl_custom_deinit(void *data);

__attribute__((visibility("default"))) void *afl_custom_init(void *afl, unsigned int seed)
{
	(void)afl;
	afl_seed = seed;
	return calloc(1, sizeof(struct afl_state));
}

__attribute__((visibility("default"))) size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t size,
	uint8_t **out, uint8_t *more, size_t more_size, size_t max)
{
	struct afl_state *state = data;

	(void)more, (void)more_size;
	if (max > sizeof(state->room))
		max = sizeof(state->room);
	size = size < max ? size : max;
	memcpy(state->room, buf, size);
	*out = state->room;
	return fuzz_mutate_packet(state->room, size, max, next(&afl_seed), set_bytes);
}

__attribute__((visibility("default"))) void afl_custom_deinit(void *data)
{
	free(data);
}

#else

/* MemorySanitizer does not see what libFuzzer, built without it, has written. */
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define ENGINE_WROTE(data, size) __msan_unpoison(data, size)
#endif
#endif
#ifndef ENGINE_WROTE
#define ENGINE_WROTE(data, size) ((void)0)
#endif

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

static size_t mutate_bytes(uint8_t *data, size_t size, size_t max)
{
	size = LLVMFuzzerMutate(data, size, max);
	ENGINE_WROTE(data, size);
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	ENGINE_WROTE(data, size);
	return fuzz_mutate_packet(data, size, max, seed, mutate_bytes);
}

#endif
