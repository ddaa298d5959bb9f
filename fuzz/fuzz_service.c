/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: calls of the server library's core, and in between what each system call under it gives:
 * packets, files, errors, time-outs (scripted_sys.h). Every packet that it sends is one that a
 * service may send; it comes to an end; no file is left open or closed twice; an answer is a file,
 * an errno or a failure; what is taken
 * for the FUSE device is one; after a failure nothing is said but goodbye.
 */
#include "scripted_sys.h"
#include "service_calls.h"

static void close_file(int fd)
{
	must(fsv_sys_close(fd) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct service_calls calls = { .close_file = close_file };
	struct draw d = { data, size };
	uint8_t form = draw_u8(&d);

	scripted_sys_begin(&d, form & 1);
	if (fsv_service_start(scripted_sys_socket(), NULL, NULL, &calls.s) == 0) {
		must(scripted_sys_kind(fsv_service_fusedev(calls.s)) == 'f');
		service_calls(&calls, &d, form & 2);
	} else {
		must(!calls.s);
	}
	must(scripted_sys_open() == 0);
	return 0;
}
