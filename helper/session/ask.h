/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The session's side of the four requests to the mounter. */
#ifndef SESSION_ASK_H
#define SESSION_ASK_H

#include "mounter/mounter.h"

/*
 * Send a request with its files and wait for the answer, which may take as long as the kernel needs
 * to make a mount. `mount`, if not NULL, gets the file that a MOUNT's answer carries, or -1. The
 * answer's error, or -ECONNABORTED where the mounter is gone.
 */
int ask_mounter(int chan, const struct mounter_request *request, const int *files,
	unsigned int count, struct mounter_answer *answer, int *mount);

/* A request without files or fields. */
int ask_simple(int chan, enum mounter_op op);

/* Set a block device's block size (bytes). */
int ask_blocksize(int chan, int device, uint32_t size);

#endif
