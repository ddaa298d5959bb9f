/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_argfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "fsv_args.h"
#include "fsv_fd.h"
#include "fsv_sys.h"
#include "fsv_wire.h"

/* Without F_SEAL_WRITE the service could change its arguments after it has been judged by them;
 * without F_SEAL_SEAL it could seal the file itself and make the next reader wait. */
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int fill(int fd, uint32_t argc, const char *const *argv, size_t size)
{
	enum fsv_reason reason;
	size_t written;
	void *map;
	int ret;

	ret = fsv_sys_ftruncate(fd, (off_t)size);
	if (ret)
		return ret;
	ret = fsv_sys_map(fd, size, &map);
	if (ret)
		return ret;
	reason = fsv_args_write(argc, argv, map, size, &written);
	ret = fsv_sys_unmap(map, size);
	return reason ? -EINVAL : ret;
}

int fsv_argfile_make(uint32_t argc, const char *const *argv, int *fd)
{
	FSV_AUTO_FD file = -1;
	enum fsv_reason reason;
	size_t size;
	int ret;

	reason = fsv_args_size(argc, argv, &size);
	if (reason)
		return reason == FSV_R_OVERSIZE ? -E2BIG : -EINVAL;
	file = fsv_sys_memfd_create("fuse-service-args", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (file < 0)
		return file;
	ret = fill(file, argc, argv, size);
	if (ret)
		return ret;
	ret = fsv_sys_fcntl(file, F_ADD_SEALS, SEALS);
	if (ret < 0)
		return ret;
	*fd = fsv_fd_take(&file);
	return 0;
}

int fsv_argfile_copy(int fd, void **copy, size_t *len)
{
	size_t size, got = 0;
	struct stat st;
	char *buf;
	int ret;

	ret = fsv_sys_fstat(fd, &st);
	if (ret)
		return ret;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0)
		return -EINVAL;
	if (st.st_size > (off_t)FSV_ARGS_MAX)
		return -EFBIG;
	size = (size_t)st.st_size;
	buf = malloc(size);
	if (!buf)
		return -ENOMEM;
	while (got < size) {
		ssize_t n = fsv_sys_pread(fd, buf + got, size - got, (off_t)got);

		if (n == -EINTR)
			continue;
		if (n < 0) {
			free(buf);
			return (int)n;
		}
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*copy = buf;
	*len = got;
	return 0;
}
