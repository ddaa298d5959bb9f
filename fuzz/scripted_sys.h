/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The system calls under the transport (fsv_sys.h), in memory, with results drawn from the input.
 * Where the input has ended the other side has hung up.
 */
#ifndef FUZZ_SCRIPTED_SYS_H
#define FUZZ_SCRIPTED_SYS_H

#include "draw.h"
#include "fsv_sys.h"

/* `shaken`: the handshake goes well, without a byte of the input. */
void scripted_sys_begin(struct draw *d, int shaken);
/* A connection to the helper. */
int scripted_sys_socket(void);
/* What an open file is: s(ocket), a(rgument file), f(use device), o(ther). */
char scripted_sys_kind(int fd);
/* How many files are open. */
unsigned int scripted_sys_open(void);

#endif
