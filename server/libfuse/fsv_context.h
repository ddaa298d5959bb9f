/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Inside of the libfuse layer. */
#ifndef FSV_CONTEXT_H
#define FSV_CONTEXT_H

/* Of libfuse 3.12, the oldest API that has what we use; it decides which symbols are linked. */
#define FUSE_USE_VERSION 312

#include <fuse.h>
#include <fuse_lowlevel.h>

#include "fsv_service.h"
#include "fuse_service.h"

struct fuse_service {
	struct fsv_service *core;
	mode_t format; /* of the mount point, where session_mount is not told */
};

#endif
