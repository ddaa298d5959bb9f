/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#ifndef FUZZ_MUTATOR_H
#define FUZZ_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* Changes `size` bytes that may become at most `max`. The new size. */
typedef size_t (*mutate_fn)(uint8_t *data, size_t size, size_t max);

/* Change a packet of `size` bytes, with room for `max`, in place. The new size. */
size_t fuzz_mutate_packet(uint8_t *data, size_t size, size_t max, uint32_t seed, mutate_fn mutate);

#endif
