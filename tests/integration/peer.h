/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* The helper's end of a socket pair, for tests that run a service in-process. */
#ifndef PEER_H
#define PEER_H

#include <stdint.h>

#include "fsv_msg.h"
#include "fsv_service.h"

struct peer {
	int sock;	       /* the helper's end */
	int theirs;	       /* the service's end, until the service has it */
	char said[4096];       /* what the service reported, a line each */
	uint8_t packet[65536]; /* what peer_next() received last */
};

/* A socket pair; nothing is sent. The clock and the faults are as at the start. */
void peer_begin(struct peer *p);
/* Close what the peer still holds. */
void peer_end(struct peer *p);

/* Send these bytes and, unless -1, this file. */
void peer_send(struct peer *p, const void *data, size_t len, int fd);
/* The helper's packets. `fd` -1: none. */
void peer_hello(struct peer *p, uint32_t flags);
void peer_file(struct peer *p, const char *path, uint32_t error, int fd);
void peer_reply(struct peer *p, uint32_t error);
/* FILE "argv" with these words, ended by NULL. */
void peer_argv(struct peer *p, const char *const *words);
/* The whole handshake; /dev/null passes for the FUSE device. */
void peer_handshake(struct peer *p, const char *const *words);

/* The service on the other end, with reports going to p->said. */
int peer_start(struct peer *p, struct fsv_service **s);

/* The next packet from the service, without waiting: its kind, FSV_NONE at the end of the
 * connection, FSV_KINDS if there is none now. */
enum fsv_kind peer_next(struct peer *p, struct fsv_msg *msg);

/* How many files this process has open. */
int open_files(void);

#endif
