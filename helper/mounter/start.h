/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The split into two processes. */
#ifndef MOUNTER_START_H
#define MOUNTER_START_H

#include "mounter.h"

/*
 * Fork the mounter. `setuid`: the privilege comes from a saved uid of 0. On 0 `*chan` and `*life`
 * are the caller's: the socket to the mounter, and what tells it that the caller has ended, or does
 * not wait any more. The child does not return. A mounter that cannot make itself safe ends before
 * it reads a request.
 */
int mounter_start(const struct mounter_facts *facts, bool setuid, int *chan, int *life);

#endif
