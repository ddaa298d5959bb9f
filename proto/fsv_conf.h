/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * fuse.conf over a buffer (docs/fuse.conf.md; shared with fusermount3): `user_allow_other`,
 * `mount_max = N`, `service_open_path = SUBTYPE PATTERN [rw]`, `#` comments, blanks around words.
 */
#ifndef FSV_CONF_H
#define FSV_CONF_H

#include "fsv_cursor.h"

/* Longest line in bytes, without its newline. */
#define FSV_CONF_LINE_MAX 4352u

enum fsv_conf_kind {
	FSV_CONF_NOTHING, /* a comment or a blank line, or a line with a `reason` */
	FSV_CONF_ALLOW_OTHER,
	FSV_CONF_MOUNT_MAX,
	FSV_CONF_OPEN_PATH
};

/* One line. Views lie in the buffer and are not NUL-terminated. */
struct fsv_conf_line {
	enum fsv_conf_kind kind;
	enum fsv_reason reason; /* FSV_OK, or why the line does not count */
	unsigned int number;	/* from 1 */
	int32_t mount_max;	/* -1 = no limit */
	struct fsv_str subtype;
	struct fsv_str pattern;
	int rw;
};

struct fsv_conf {
	struct fsv_str rest;
	unsigned int number;
};

void fsv_conf_init(struct fsv_conf *c, const char *buf, size_t len);
/*
 * The next line, blank ones too; 0 at the end of the buffer, then `*line` is untouched. A bad line
 * gives its reason and the walk goes on behind it: FSV_R_OVERSIZE, FSV_R_INNER_NUL, FSV_R_UNKNOWN
 * (the keyword, or a third word that is not `rw`), FSV_R_VALUE (a word too many or too few),
 * FSV_R_NUMBER, FSV_R_NAME (not a subtype, which includes "fuse.X", or a pattern that is not
 * absolute or has an empty component, `.` or `..`).
 */
int fsv_conf_next(struct fsv_conf *c, struct fsv_conf_line *line);

/*
 * Whether the whole path matches. Both absolute; `*` and `?` match neither `/` nor a dot at the
 * start of a component; every other character stands for itself. A path with an empty component,
 * `.` or `..` never matches. Time is bounded by the product of the lengths of two components.
 */
int fsv_conf_match(struct fsv_str pattern, struct fsv_str path);

#endif
