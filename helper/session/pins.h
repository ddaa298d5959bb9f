/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Every name on the command line, tied to its file before the first word of the service is read.
 * What happens on the file system later, the new mount included, cannot change what a name means.
 */
#ifndef SESSION_PINS_H
#define SESSION_PINS_H

#include "caller.h"
#include "resolve.h"

#define PINS_MAX 256

struct pin {
	struct fsv_name name;
	int error;  /* 0, or why there is no file; -ENOENT: it may be created in `parent` */
	int fd;	    /* O_PATH, or -1 */
	bool link;  /* the last component is a symbolic link */
	int parent; /* O_PATH of the directory of a missing file, or -1 */
};

struct pins {
	unsigned int count;
	struct pin pin[PINS_MAX];
	struct pin mountpoint; /* the last operand; .name.text.s is NULL where there is none */
};

/* Pin all names of this caller; those past PINS_MAX are left out and cannot be opened. */
void pins_make(struct pins *pins, const struct caller *caller);
/* The pin of a name, byte for byte, or NULL: not named. The mount-point operand is not among them.
 */
struct pin *pins_find(struct pins *pins, struct fsv_str path);
/* A pin's name as a C string, escapes undone, into PATH_MAX bytes. 0 or -ENAMETOOLONG. */
int pin_path(const struct pin *pin, char *path);
/* Which links are followed for this caller. */
enum resolve_links pins_links(const struct caller *caller);
/* Close everything. */
void pins_close(struct pins *pins);

#endif
