/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What is needed of the headers for Linux 6.8, which may be older than the kernel. */
#ifndef LINUX68_H
#define LINUX68_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef SYS_statmount
#define SYS_statmount 457
#endif
#ifndef SYS_listmount
#define SYS_listmount 458
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000u
#endif
#ifndef STATMOUNT_SB_BASIC
#define STATMOUNT_SB_BASIC  0x1u
#define STATMOUNT_MNT_BASIC 0x2u
#endif
#ifndef LSMT_ROOT
#define LSMT_ROOT 0xffffffffffffffffu
#endif

/* What listmount(2) and statmount(2) are asked with: the first version of struct mnt_id_req. */
struct mount_question {
	uint32_t size, spare;
	uint64_t id, param;
};

#endif
