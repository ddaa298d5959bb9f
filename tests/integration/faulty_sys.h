/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The system calls under the transport, in the place of fsv_sys.c: they are made for real, but any
 * one of them can be told to fail, and time passes only where somebody waits.
 */
#ifndef FAULTY_SYS_H
#define FAULTY_SYS_H

#include <signal.h>

struct faulty_sys {
	int calls;	       /* made so far, close(2) and clock left out */
	int fail_at;	       /* number of the call that fails, from 1; 0 = none */
	int fail_errno;	       /* positive */
	long long now_ms;      /* the clock */
	int waits;	       /* how often somebody had to wait */
	void (*on_wait)(void); /* called first then; may send a packet or move the clock */
	int raise_at;	       /* number of the wait that a signal ends, from 1; 0 = none */
	int null_is_fuse;      /* /dev/null passes for the FUSE device */
};

extern struct faulty_sys faulty_sys;

/* All as at the start. */
void faulty_sys_reset(void);

#endif
