/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The system calls with which the session touches files, each with its result or a negative errno.
 * Tests link a scripted kernel in place of sys.c.
 */
#ifndef SESSION_SYS_H
#define SESSION_SYS_H

#include <poll.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* openat2(2) with O_CLOEXEC; `resolve` is RESOLVE_*. */
int sys_openat2(int dir, const char *path, int flags, uint64_t resolve);
int sys_openat(int dir, const char *path, int flags, mode_t mode);
int sys_statx(int fd, unsigned int mask, struct statx *stx);
int sys_fs_type(int fd, uint64_t *type);
/* The target of the symbolic link that `fd` (O_PATH) is. Its length, without a NUL. */
int sys_readlink(int fd, char *buf, size_t size);
int sys_get_flags(int fd);
int sys_set_flags(int fd, int flags);
int sys_close(int fd);
/* poll(2) without retry: -EINTR on a signal. How many are ready. */
int sys_poll(struct pollfd *fds, unsigned int count, int timeout_ms);

#endif
