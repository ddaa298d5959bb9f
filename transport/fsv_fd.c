/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_fd.h"

#include <errno.h>

#include "fsv_sys.h"

void fsv_fd_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)fsv_sys_close(*fd);
	*fd = -1;
	errno = saved;
}

int fsv_fd_take(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}
