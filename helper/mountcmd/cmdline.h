/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The command line that mount(8) gives its helpers (mount(8), "External helpers"):
 *
 *	mount.SUFFIX SOURCE DIR [-sfnvrw] [-N NAMESPACE] [-o OPTIONS]… [-t TYPE]
 *
 * Pure: looks at words only. Everything points into argv, which stays alive and unchanged.
 */
#ifndef MOUNTCMD_CMDLINE_H
#define MOUNTCMD_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

#define MOUNTCMD_LISTS 16
/* A subtype with its NUL: fsv_subtype() takes at most 100 characters. */
#define MOUNTCMD_SUBTYPE_SIZE 101

/* Why a command line is refused. */
enum mountcmd_fault {
	MOUNTCMD_OK = 0,
	MOUNTCMD_OPERANDS,	/* not exactly SOURCE and DIR */
	MOUNTCMD_FLAG,		/* an option that mount(8) does not give its helpers */
	MOUNTCMD_NO_VALUE,	/* -o, -t or -N at the very end */
	MOUNTCMD_NAMESPACE,	/* -N */
	MOUNTCMD_MANY_LISTS,	/* more than MOUNTCMD_LISTS times -o */
	MOUNTCMD_TYPE,		/* -t, or the name of the program, holds no file-system type */
	MOUNTCMD_DASH,		/* an operand that the service would take for an option */
	MOUNTCMD_CHOICE,	/* service= with a value that is none of the three */
	MOUNTCMD_REMOUNT,	/* the option remount */
	MOUNTCMD_CLASH,		/* service=require and an option that only classic servers have */
	MOUNTCMD_NEVER_SERVICE, /* service=require, and the type is not a name that a service has */
	MOUNTCMD_FAULTS
};

/* What to tell the caller: what was wrong, and what to do. Never NULL. */
const char *mountcmd_fault_text(enum mountcmd_fault fault);

/* An option list: what stands behind the first `skip` bytes of a word. */
struct mountcmd_list {
	int word;
	size_t skip;
};

struct mountcmd_line {
	int argc;
	const char *const *argv; /* with the program's name, if there is one */
	const char *source;
	const char *dir;
	const char *type; /* the last -t's value; NULL if none */
	bool fake;
	bool no_mtab;
	bool verbose;
	const char *access; /* "ro" or "rw", the last of -r and -w; NULL if none */
	struct mountcmd_list list[MOUNTCMD_LISTS];
	int lists;
};

/* Read the command line. MOUNTCMD_OK, or why not; then `*line` is not to be used. */
enum mountcmd_fault mountcmd_read(int argc, char *const *argv, struct mountcmd_line *line);

/* The text of option list number `i`. */
const char *mountcmd_list_text(const struct mountcmd_line *line, int i);

/* What is to be mounted through which service. */
struct mountcmd_target {
	char subtype[MOUNTCMD_SUBTYPE_SIZE]; /* "": no service can have the name that was given */
	const char *source;		     /* NULL: there is none to pass on */
};

/*
 * The type is that of -t; else that in the program's name, `mount.fuse.TYPE`; else, and with a bare
 * `-t fuse`, what stands before the `#` in SOURCE. MOUNTCMD_TYPE where -t or the name hold
 * something that is no type. Before a `#` may also stand a path or a whole command: no service has
 * such a name.
 */
enum mountcmd_fault mountcmd_target(
	const struct mountcmd_line *line, struct mountcmd_target *target);

#endif
