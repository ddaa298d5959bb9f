/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Inside of the core: its state, and one packet at a time with a deadline. */
#ifndef FSV_TALK_H
#define FSV_TALK_H

#include <sys/types.h>

#include "fsv_args.h"
#include "fsv_msg.h"
#include "fsv_service.h"
#include "fsv_session.h"
#include "fsv_wire.h"

/* A request for a file, until its answer has been fetched. */
struct fsv_request {
	struct fsv_request *next;
	int answered;
	int result; /* once answered: the file, which the request owns, or a negative errno */
	char path[];
};

struct fsv_service {
	int sock;
	int fusedev;
	int broken; /* the conversation makes no sense any more */
	int files_refused;
	uint32_t hello_flags;
	struct fsv_session session;
	struct fsv_request *requests; /* oldest first */
	void *blob;		      /* the private copy of the arguments */
	struct fsv_args args;
	fsv_report_fn report;
	void *report_cookie;
	fsv_stopped_fn stopped;
	void *stop_cookie;
	uint8_t buf[FSV_PACKET_MAX]; /* the packet in hand, in either direction */
};

/* Room for a piece of foreign text in a message, escaped. */
#define FSV_QUOTE_MAX 160
/* `text` escaped into `buf`; the result is `buf`. */
const char *fsv_quote(struct fsv_str text, char buf[FSV_QUOTE_MAX]);

/* Report a failure. Foreign text in it must have gone through fsv_quote(). */
__attribute__((format(printf, 2, 3))) void fsv_say(
	const struct fsv_service *s, const char *format, ...);
/* Report it, and that the conversation has broken. Gives `error` back. */
__attribute__((format(printf, 3, 4))) int fsv_break(
	struct fsv_service *s, int error, const char *format, ...);

/* When a wait of `ms` milliseconds from now is over. */
long long fsv_deadline(int ms);

/*
 * Send a message that may pass now. -ENAMETOOLONG where its text does not fit a packet, -EINVAL for
 * what the protocol forbids (nothing was sent in either case), else as fsv_packet_send().
 */
int fsv_talk_send(struct fsv_service *s, const struct fsv_msg *msg, long long deadline);
/*
 * Receive a message; its strings live in `s->buf` until the next call. `fd`: its file or -1, the
 * caller's to close; NULL if files are not wanted. Whatever fails but -EINTR breaks the
 * conversation.
 */
int fsv_talk_recv(struct fsv_service *s, struct fsv_msg *msg, int *fd, long long deadline);

/*
 * Wait for the next packet that answers something, at most until `deadline`. A FILE is put with its
 * request; a REPLY's error is left in `*error`. `*kind` says which it was.
 */
int fsv_next_answer(
	struct fsv_service *s, enum fsv_kind *kind, uint32_t *error, long long deadline);

/* Close and forget all requests. */
void fsv_drop_requests(struct fsv_service *s);

#endif
