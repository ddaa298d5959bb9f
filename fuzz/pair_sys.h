/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The server as a process of the scripted kernel (tests/scripted/world.h): a thread that runs while
 * the helper waits, and only then.
 */
#ifndef FUZZ_PAIR_SYS_H
#define FUZZ_PAIR_SYS_H

#include <stdbool.h>

/* A server that runs this with its socket; it starts when the helper first waits. */
void pair_begin(void (*server)(int sock));
/* Let it go on until it waits. Whether it did anything. For struct scenario. */
bool pair_acts(void);
/* Let it go on until it has ended. */
void pair_end(void);
/* Close a file of the server. */
void pair_close(int fd);

#endif
