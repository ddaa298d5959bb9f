/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The memory of a server's thread that waits in a notified call. What is read there may change
 * the next moment, and after a thread's end its number may be another thread's: of the same server,
 * since nobody else runs as its user. So nothing that it says is ever a reason to refuse, or to
 * give more than was granted.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A string of less than `cap` bytes with its NUL. -EFAULT, -ENAMETOOLONG, -EPERM. */
int memory_string(pid_t tid, uint64_t address, char *buf, size_t cap);
/* Exactly `len` bytes. -EFAULT, -EPERM. */
int memory_read(pid_t tid, uint64_t address, void *buf, size_t len);
int memory_write(pid_t tid, uint64_t address, const void *buf, size_t len);

#endif
