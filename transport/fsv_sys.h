/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The seam under the transport: each system call that it makes, as a function that gives its result
 * or a negative errno. Tests link a scripted kernel instead of fsv_sys.c and let every call fail in
 * turn.
 */
#ifndef FSV_SYS_H
#define FSV_SYS_H

#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

int fsv_sys_close(int fd);
ssize_t fsv_sys_sendmsg(int sock, const struct msghdr *msg, int flags);
ssize_t fsv_sys_recvmsg(int sock, struct msghdr *msg, int flags);
int fsv_sys_setsockopt(int sock, int level, int name, const void *value, socklen_t len);
/* Wait for `events` on one fd; 0 on time-out, -EINTR on a signal. `timeout_ms` < 0: for ever. */
int fsv_sys_wait(int fd, short events, int timeout_ms);
/* The same with this signal mask while it waits, swapped in and out atomically (ppoll(2)). */
int fsv_sys_pwait(int fd, short events, int timeout_ms, const sigset_t *mask);
/* Milliseconds on a clock that nobody sets. */
long long fsv_sys_now_ms(void);
int fsv_sys_memfd_create(const char *name, unsigned int flags);
int fsv_sys_fcntl(int fd, int cmd, int arg);
int fsv_sys_fstat(int fd, struct stat *st);
ssize_t fsv_sys_pread(int fd, void *buf, size_t len, off_t pos);
int fsv_sys_ftruncate(int fd, off_t size);
/* Map `size` bytes of `fd` shared and writable; `*map` is untouched on failure. */
int fsv_sys_map(int fd, size_t size, void **map);
int fsv_sys_unmap(void *map, size_t size);

#endif
