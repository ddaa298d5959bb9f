/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * "Does the file system answer yet?" and "whose is it?" A process of its own asks, with no right
 * but to ask: whoever waits for a FUSE server that has a request and does not answer it can be
 * neither interrupted nor killed (fuse(4)), and the session must stay both.
 */
#ifndef SESSION_PROBE_H
#define SESSION_PROBE_H

/*
 * Fork the process. On 0 `*chan` is the caller's: the socket to it. It ends with that socket. It
 * holds no other file, in particular none that keeps the mounter or the service waiting.
 */
int probe_start(int *chan);

/*
 * Ask for the file system of `mount` and wait for the answer, or for the service to hang up on
 * `sock`. 0: it answered; a negative errno: it answered with that error; -ECONNRESET: the service
 * is gone. `type`, if not NULL: for whom to say after a while what is being waited for.
 */
int probe_ask(int chan, int mount, int sock, const char *type);

/*
 * Have the kernel ask for owner, group and mode of a file anew. 0 or a negative errno; -ETIMEDOUT:
 * no answer within `timeout_ms`, and the process cannot be asked anything more.
 */
int probe_refresh(int chan, int file, int timeout_ms);

#endif
