/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What the mount table says, for an exit status that is true. */
#ifndef SESSION_TABLE_H
#define SESSION_TABLE_H

/*
 * Whether `mount`, a file that refers to a mount, is in the table that `mountinfo` shows
 * (/proc/PID/mountinfo, opened to read). 0: it is; -ENOENT: it is not, or not any more; another
 * negative errno: that cannot be told.
 */
int table_has(int mountinfo, int mount);

#endif
