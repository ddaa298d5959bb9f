/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The system calls of the mounter, each with its result or a negative errno. Tests link a scripted
 * kernel in place of kernel.c.
 */
#ifndef MOUNTER_KERNEL_H
#define MOUNTER_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "linux68.h"

/* What statmount(2) tells of a mount: the beginning of its struct statmount. */
struct kernel_mount {
	uint32_t size, spare;
	uint64_t mask; /* what it could tell, STATMOUNT_* */
	uint32_t dev_major, dev_minor;
	uint64_t magic; /* of the file system */
	uint32_t flags, type;
	uint64_t unique, unique_parent;
	uint32_t id, parent; /* as in mountinfo */
	uint64_t rest[56];
};

int kernel_close(int fd);
/* These two are never interrupted. */
ssize_t kernel_sendmsg(int sock, const struct msghdr *msg);
ssize_t kernel_recvmsg(int sock, struct msghdr *msg);
/*
 * statx(2) of the file itself, with what the kernel knows already: a FUSE server that is asked
 * could keep us waiting. A mask of 0 still gives device and mount id, of a mount that only its
 * owner may look at too.
 */
int kernel_statx(int fd, unsigned int mask, struct statx *stx);
/*
 * The ids of the mounts of this namespace that lie below this process's root, itself too, after
 * `after` in their order, at most `count` (listmount(2)). How many; -ENOSYS before Linux 6.8. These
 * ids are never given twice, and the mount made last has the highest.
 */
int kernel_list_mounts(uint64_t after, uint64_t *ids, size_t count);
/* About the mount with such an id (statmount(2)). Asks no file system. */
int kernel_stat_mount(uint64_t id, struct kernel_mount *mount);
/* The file system's magic number (statfs(2)), as 64 bits without sign. */
int kernel_fs_type(int fd, uint64_t *type);
/* Whether the effective ids may write to the file (faccessat2(2)). */
int kernel_may_write(int fd);
/* Whether it is one of the supplementary groups. */
bool kernel_in_group(gid_t gid);
int kernel_access_mode(int fd);
int kernel_set_blocksize(int fd, uint32_t size);
int kernel_lock(int fd);
int kernel_unlock(int fd);
void kernel_sleep_ms(unsigned int ms);
/*
 * For so many seconds (0: no more) this process ends as soon as they are over, or as soon as
 * something comes from the other end of `life`. That must be its end and nothing else: the signal
 * for a packet may come after the packet.
 */
void kernel_deadly(int life, unsigned int seconds);
/* Whether the other end is closed. */
bool kernel_hung_up(int life);
int kernel_rewind(int fd);
ssize_t kernel_read(int fd, void *buf, size_t len);
int kernel_fsopen(const char *type);
int kernel_fsconfig(int fs, unsigned int cmd, const char *key, const char *value);
int kernel_fsmount(int fs, unsigned int attributes);
int kernel_move_mount(int mount, int target);
/* Detach the mount that `path` (relative to /proc/self/fd) refers to. */
int kernel_detach(const char *path);

#endif
