/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What a hostile helper sends through a real socket: packets with files, as an input says. */
#ifndef FUZZ_HOSTILE_HELPER_H
#define FUZZ_HOSTILE_HELPER_H

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../tests/integration/faulty_sys.h"
#include "draw.h"

#define FILES_MAX 4

static const uint8_t handshake[] = { 0, 12, 'S', 'A', 'F', 'T', 0, 1, 0, 1, 0, 0, 0, 3, 1, 13, 'F',
	'I', 'L', 'E', 0, 0, 0, 0, 'a', 'r', 'g', 'v', 0, 2, 16, 'F', 'I', 'L', 'E', 0, 0, 0, 0,
	'f', 'u', 's', 'e', 'd', 'e', 'v', 0 };
static const uint8_t blob[] = { 'A', 'R', 'G', 'S', 0, 0, 0, 1, 0, 0, 0, 16, 0, 0, 0, 2, 'x', 0 };

/* One argument file and one stand-in for the FUSE device serve all runs. */
static inline void open_files(int *argv, int *device)
{
	static int files[2] = { -1, -1 };

	if (files[0] < 0) {
		files[0] = memfd_create("argv", MFD_CLOEXEC);
		must(write(files[0], blob, sizeof(blob)) == sizeof(blob));
		files[1] = open("/dev/null", O_RDWR | O_CLOEXEC);
	}
	*argv = files[0];
	*device = files[1];
}

static inline void send_packet(
	int sock, struct fsv_str packet, int first, int others, unsigned int count)
{
	struct iovec iov = { (void *)(uintptr_t)packet.s, packet.len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fds[FILES_MAX] = { first, others, others, others };
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(fds))];
	} control = { 0 };

	if (count) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(&control.head), fds, count * sizeof(int));
	}
	(void)sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Packets, each behind {files, length}: 1 the argument file first, 2 and 3 a device, more of it. */
static inline void send_all(int sock, struct draw *d, unsigned int max)
{
	int argv, device;

	open_files(&argv, &device);
	while (d->left && max--) {
		unsigned int files = draw_u8(d) % 8u;
		struct fsv_str packet = draw_view(d, draw_u8(d));

		send_packet(sock, packet, files == 1 ? argv : device, device,
			files < 3 ? files > 0 : files % FILES_MAX);
	}
}

/* Of the numbers that a run can reach. */
static inline int open_files_now(void)
{
	int count = 0;

	for (int fd = 0; fd < 64; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

#endif
