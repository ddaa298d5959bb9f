/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Reads the text of /proc/PID/mountinfo (proc(5)) in pieces of any size: counts the FUSE mounts,
 * and tells of one mount what its parent is, whether it is a FUSE mount, and whether it or its file
 * system is read-only. Works in constant memory. Fields are separated by one blank each, and may be
 * empty; a line whose two ids are not numbers, or that lacks one of the documented fields, counts
 * for nothing.
 */
#ifndef FSV_MOUNTINFO_H
#define FSV_MOUNTINFO_H

#include <stddef.h>
#include <stdint.h>

struct fsv_mountinfo {
	uint32_t fuse;	 /* mounts of type fuse, fuseblk, fuse.* or fuseblk.* */
	uint64_t want;	 /* the id of the mount that is looked for */
	int found;	 /* it is there, and then: */
	uint64_t parent; /* its parent's id */
	int is_fuse;
	int readonly;
	/* place in the line */
	unsigned int field;
	uint64_t number;
	int number_ok;
	uint64_t id;
	uint64_t parent_here;
	int ids_ok;
	int after_dash;
	int fuse_here;
	int readonly_here;
	unsigned int len;
	char word[10];
};

/* `want`: the mount that is looked for; 0 for none. */
void fsv_mountinfo_init(struct fsv_mountinfo *m, uint64_t want);
/* The next piece of the text. A line counts once its newline has been fed. */
void fsv_mountinfo_feed(struct fsv_mountinfo *m, const char *text, size_t len);

#endif
