/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The memory of a server's thread that waits in a notified call. What is read there may change
 * the next moment, so nothing that it says is ever a reason to refuse, or to give more than was
 * granted.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct memory {
	int fd;
};

/*
 * Open it, and make sure with the listener that the call still waits: otherwise `tid` may be
 * somebody else by now. A negative errno; -ENOENT where the call is over.
 */
int memory_open(struct memory *m, int listener, uint64_t id, uint32_t tid);
void memory_close(struct memory *m);
/* A string of less than `cap` bytes with its NUL. -EFAULT, -ENAMETOOLONG. */
int memory_string(const struct memory *m, uint64_t address, char *buf, size_t cap);
int memory_read(const struct memory *m, uint64_t address, void *buf, size_t len);
int memory_write(const struct memory *m, uint64_t address, const void *buf, size_t len);

#endif
