/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The argument blob in a memory file (docs/protocol.md, "The argument blob"; memfd_create(2)). */
#ifndef FSV_ARGFILE_H
#define FSV_ARGFILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Write these strings into a new memory file, close-on-exec and sealed (size and content can never
 * change again). `*fd` is the caller's. 0, -EINVAL (argc 0), -E2BIG (over FSV_ARGS_MAX), or what
 * the kernel says; then `*fd` is untouched.
 */
int fsv_argfile_make(uint32_t argc, const char *const *argv, int *fd);

/*
 * Copy what is in `fd`, from offset 0 whatever its file position, into private memory of its own
 * (free() it), once: afterwards the sender can change the file but not the copy. `fd` must be a
 * regular file of at most FSV_ARGS_MAX bytes; a file that shrinks meanwhile gives a shorter copy.
 * 0, -EINVAL (not a regular file, or empty), -EFBIG, -ENOMEM, or what the kernel says; then the
 * outputs are untouched.
 */
int fsv_argfile_copy(int fd, void **copy, size_t *len);

#endif
