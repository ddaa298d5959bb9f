/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What is installed on this machine. Only what root owns counts, in folders that root owns. */
#ifndef MOUNTCMD_INSTALLED_H
#define MOUNTCMD_INSTALLED_H

#include <stdbool.h>

/*
 * Whether a service of this type is installed: a unit TYPE.socket where systemd reads system units,
 * or a link `mount.fuse.TYPE` or `mount.fuseblk.TYPE` to this program where mount(8) looks for its
 * helpers. `program` is argv[0], or NULL: if that is such a link, it counts as well, wherever it
 * is.
 */
bool installed_service(const char *subtype, const char *program);

/* Whether the socket of this type is there. */
bool installed_socket(const char *subtype);

/* The distribution's mount.fuse3, an absolute path that lives for ever; NULL if there is none. */
const char *installed_classic(void);

#endif
