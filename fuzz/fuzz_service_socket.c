/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: packets with files of a hostile helper, over a real socket pair, and the calls that a
 * server makes meanwhile. The same rules as for fuzz_service, and as many files are open
 * afterwards as before. Only the clock is scripted.
 */
#include "hostile_helper.h"
#include "service_calls.h"

static void close_file(int fd)
{
	must(fcntl(fd, F_GETFD) == FD_CLOEXEC && close(fd) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, size }, hello = { handshake, sizeof(handshake) };
	struct service_calls calls = { .close_file = close_file };
	uint8_t form = draw_u8(&d), packets = draw_u8(&d) % 32u;
	int pair[2], argv, device, before;

	open_files(&argv, &device);
	before = open_files_now();
	faulty_sys_reset();
	faulty_sys.null_is_fuse = 1;
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	if (form & 1)
		send_all(pair[0], &hello, 3);
	send_all(pair[0], &d, packets);
	if (form & 4)
		must(!shutdown(pair[0], SHUT_WR));
	if (fsv_service_start(pair[1], NULL, NULL, &calls.s) == 0)
		service_calls(&calls, &d, form & 2);
	close(pair[0]);
	must(open_files_now() == before);
	return 0;
}
