/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* A process of our own on the other end of a socket, with nothing else open. */
#ifndef CHILD_H
#define CHILD_H

/* The numbers of the socket and of the lifeline in the child. */
#define CHILD_CHAN 3
#define CHILD_LIFE 4

/*
 * Fork. Greater than 0 in the parent, where `*chan` is the caller's: a SOCK_SEQPACKET socket to the
 * child. 0 in the child, which has its end as CHILD_CHAN, its standard files, and no other. A
 * negative errno where there is no child.
 *
 * `life`, if not NULL: the caller's end of a pipe, whose other end the child has as CHILD_LIFE.
 * Nothing is ever written into it, so that all that can be noticed there is its end.
 */
int child_start(int *chan, int *life);

#endif
