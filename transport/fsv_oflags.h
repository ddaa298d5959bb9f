/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * open(2) flags between this machine's O_* and the protocol's (Linux's generic ABI). They differ on
 * some architectures (O_DIRECT on arm64), and C libraries define O_LARGEFILE as 0 where it is
 * always on.
 */
#ifndef FSV_OFLAGS_H
#define FSV_OFLAGS_H

#include <stdint.h>

/* Host to wire. 0, or -EINVAL if a flag has no value on the wire; then `*wire` is untouched. */
int fsv_oflags_to_wire(int flags, uint32_t *wire);
/* Wire to host. 0, or -EINVAL for a bit that is no flag; then `*flags` is untouched. */
int fsv_oflags_from_wire(uint32_t wire, int *flags);

#endif
