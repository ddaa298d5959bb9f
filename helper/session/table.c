/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "table.h"

#include <errno.h>

#include "fsv_mountinfo.h"
#include "sys.h"

static int look_through(int mountinfo, int mount)
{
	struct fsv_mountinfo info;
	struct statx stx;
	char text[4096];
	off_t at = 0;
	ssize_t n;
	int ret;

	ret = sys_statx(mount, 0, &stx);
	if (ret)
		return ret;
	fsv_mountinfo_init(&info, stx.stx_mnt_id);
	while ((n = sys_pread(mountinfo, text, sizeof(text), at)) > 0) {
		fsv_mountinfo_feed(&info, text, (size_t)n);
		at += n;
	}
	if (n < 0)
		return (int)n;
	return info.found ? 0 : -ENOENT;
}

int table_has(int mountinfo, int mount)
{
	int ret = sys_statmount(mount);

	/* Older kernels, of which the whole table has to be read. */
	return ret && ret != -ENOENT ? look_through(mountinfo, mount) : ret;
}
