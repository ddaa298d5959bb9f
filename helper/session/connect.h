/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The socket of a service, seen with the caller's rights. */
#ifndef SESSION_CONNECT_H
#define SESSION_CONNECT_H

#include <stdbool.h>

/*
 * Connect to the service of this type. `*sock` is the caller's. 0 or a negative errno; -EAGAIN
 * where the socket's queue is full just now and nothing was waited for, -ETIMEDOUT where that did
 * not help.
 */
int connect_service(const char *subtype, bool wait, int *sock);

/* 0 if there is a socket for this type and the caller may write to it; a negative errno otherwise.
 */
int connect_check(const char *subtype);

/* Say who may use the socket of this type, after the kernel has said no. */
void connect_explain_access(const char *subtype);

/* Print every type that has a socket, and whether the caller may use it. 0 or a negative errno. */
int connect_list(void);

#endif
