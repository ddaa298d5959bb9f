/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The conversation with the service, with the caller's own rights and no others. Whatever the
 * service makes it do, it could only do what the caller himself could.
 */
#ifndef SESSION_H
#define SESSION_H

#include "caller.h"
#include "config.h"
#include "fsv_msg.h"
#include "fsv_session.h"
#include "fsv_wire.h"
#include "pins.h"
#include "utab/words.h"

/* A service that does not shake hands within this time is given up. */
#define HANDSHAKE_MS 30000
/* After this, somebody at a terminal is told what is being waited for. */
#define NOTICE_MS 2000
/* One that does not take our answers within this time as well. */
#define SEND_MS 30000

#define OPENS_MAX    256
#define COMMANDS_MAX 4096

struct session {
	const struct caller *caller;
	const struct config *config;
	int sock;  /* to the service */
	int chan;  /* to the mounter */
	int life;  /* closed, it ends a mounter that the kernel holds up */
	int utab;  /* to the utab writer, or -1 */
	int probe; /* to the process that asks whether the file system answers */
	int proc;  /* /proc/self/fd, for re-opening pins */
	int mountinfo;
	struct fsv_session state;
	struct pins pins;
	unsigned int commands;
	unsigned int opens;
	unsigned int complaints; /* lines printed about the service's commands */
	bool fuseblk;
	struct pin *device; /* of fuseblk's SOURCE */
	char source[MOUNTER_SOURCE_MAX + 1];
	struct fsv_kernel_opts opts;
	bool tried;	   /* the mounter has been asked for the mount, … */
	bool lost;	   /* … and will not answer any more, … */
	bool stuck;	   /* … but does not end either */
	uint32_t contexts; /* bit per fsv_context that was asked for */
	int fuse;	   /* /dev/fuse, the mounter's copy of what the service has */
	int mount;	   /* O_PATH of the mount, or -1 */
	struct utab_words utab_words;
	uint64_t utab_picked; /* bit per word that the service sent back */
	bool terminal;	      /* standard error is one */
	bool noticed[2];      /* that the service takes its time, before and after the MOUNT */
	bool bye;
	uint32_t exit_code;
	uint8_t packet[FSV_PACKET_MAX];
};

/* The sockets of a session: to the service, to the mounter, to the utab writer (or -1), and to the
 * probe. */
struct session_links {
	int sock;
	int chan;
	int life; /* -1: none */
	int utab;
	int probe;
};

/*
 * From here on SIGINT, SIGTERM, SIGHUP, SIGALRM and SIGPIPE end this process at once with exit
 * status 1, after the mounter at the other end of `chan` and `life` has taken a mount away.
 */
void session_catch_signals(int chan, int life);

/*
 * Talk to the service until the end. `*s` must be zero. The links become the session's. The exit
 * status of the program: 0 only where a mount stands. A message has been printed otherwise.
 */
int session_run(struct session *s, const struct caller *caller, const struct config *config,
	const struct session_links *links);

/*
 * A line about something that the service did, unless there were many already: a flood of bad
 * commands prints a few lines and a count. `what` and `why` are our own words, `subject` may be the
 * service's.
 */
void session_complain(struct session *s, const char *what, struct fsv_str subject, const char *why);

#endif
