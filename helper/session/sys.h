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
/* Have the kernel ask the file system for owner, group and mode, which it may not know yet. */
int sys_refresh(int fd);
int sys_fs_type(int fd, uint64_t *type);
/* The target of the symbolic link that `fd` (O_PATH) is. Its length, without a NUL. */
int sys_readlink(int fd, char *buf, size_t size);
int sys_get_flags(int fd);
int sys_set_flags(int fd, int flags);
/*
 * Whether `mount`, a file that refers to a mount, is in the mount table (statmount(2)): 0, or
 * -ENOENT; another negative errno where that cannot be told, -ENOSYS above all (before Linux 6.8).
 */
int sys_statmount(int mount);
ssize_t sys_pread(int fd, void *buf, size_t len, off_t at);
int sys_close(int fd);
/* poll(2) without retry: -EINTR on a signal. How many are ready. */
int sys_poll(struct pollfd *fds, unsigned int count, int timeout_ms);

#endif
