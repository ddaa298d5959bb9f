/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The session's side of the four requests to the mounter. */
#ifndef SESSION_ASK_H
#define SESSION_ASK_H

#include "mounter/mounter.h"

/* The mounter is at work for 12 seconds at most: its alarm, and its wait for others who count. */
#define MOUNTER_MS 15000

/*
 * Send a request with its files and wait for the answer. `mount`, if not NULL, gets the file that a
 * MOUNT's answer carries, or -1. The answer's error; -ECONNABORTED where none came, or -ETIMEDOUT
 * where that is for want of time: then the channel is shut down, so that the mounter takes away
 * what it has mounted and ends, and nothing more can be asked.
 */
int ask_mounter(int chan, const struct mounter_request *request, const int *files,
	unsigned int count, struct mounter_answer *answer, int *mount);

/* A request without files or fields. */
int ask_simple(int chan, enum mounter_op op);

/* Set a block device's block size (bytes). */
int ask_blocksize(int chan, int device, uint32_t size);

#endif
