/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A second reader of packets, written from docs/protocol.md alone and as plainly as can be, to be
 * compared with proto/fsv_msg.c. It knows every fault of a packet and not just the first.
 */
#ifndef REFERENCE_PACKET_H
#define REFERENCE_PACKET_H

#include <stddef.h>
#include <stdint.h>

#define REF_FIELDS 5

struct ref_packet {
	const char *name;	     /* as in the document; NULL: no packet of the protocol */
	char sender;		     /* 'h': the helper, 's': the service */
	uint32_t faults;	     /* bit per enum fsv_reason; 0: it is fine */
	unsigned int numbers;	     /* how many of these there are */
	uint32_t number[REF_FIELDS]; /* the fixed fields in order, padding left out */
	size_t text_at, text_len;    /* the string, where there is one, without its NUL */
};

void ref_packet_read(const uint8_t *bytes, size_t size, struct ref_packet *packet);

#endif
