/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Service or classic server? The rule: where a service is installed for a type, it is the service
 * or nothing. Otherwise whoever makes the service fail, a disk image for one, would have the same
 * image parsed by a server that nothing contains. Pure.
 */
#ifndef MOUNTCMD_DECIDE_H
#define MOUNTCMD_DECIDE_H

#include "words.h"

enum mountcmd_way {
	MOUNTCMD_SERVICE,
	MOUNTCMD_CLASSIC,
	MOUNTCMD_NEITHER /* refused, see `fault` */
};

struct mountcmd_facts {
	struct mountcmd_wishes wishes;
	bool possible;	/* a service can have this name */
	bool installed; /* a service is, whether or not its socket is there */
	bool socket;	/* its socket is there */
};

struct mountcmd_decision {
	enum mountcmd_way way;
	enum mountcmd_fault fault; /* MOUNTCMD_OK, but for MOUNTCMD_NEITHER */
};

struct mountcmd_decision mountcmd_decide(const struct mountcmd_facts *facts);

#endif
