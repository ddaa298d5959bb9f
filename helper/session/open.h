/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Which files the service may have, and opening them. */
#ifndef SESSION_OPEN_H
#define SESSION_OPEN_H

#include "session.h"

/*
 * Answer an OPEN or OPEN_BDEV. On 0 `*fd` is the caller's. A negative errno otherwise: -EPERM for
 * what policy refuses, -EINVAL for flags outside the closed list, -EACCES for writing where the
 * caller said ro, -ENOTBLK for an OPEN_BDEV of something else, or what opening says.
 */
int open_for_service(struct session *s, const struct fsv_open *request, bool bdev, int *fd);

#endif
