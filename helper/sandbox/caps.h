/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Capabilities of this process (capabilities(7)); every change is read back and verified. */
#ifndef SANDBOX_CAPS_H
#define SANDBOX_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#define CAPS_BIT(cap) ((uint64_t)1 << (cap))

/* Whether all of these are in the permitted set. */
bool caps_permitted(uint64_t mask);

/*
 * Keep exactly `mask` of what is permitted: as permitted and effective set, nothing inheritable,
 * nothing ambient. 0, or a negative errno; -EPERM also where the kernel says afterwards that the
 * sets are not what was asked for.
 */
int caps_keep(uint64_t mask);

#endif
