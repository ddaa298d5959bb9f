/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What fuse.conf says, read once at the start with the caller's own rights. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "fsv_conf.h"

#define CONFIG_SIZE_MAX 65536

struct config {
	bool unusable; /* there is a fuse.conf, but it could not be read: nothing for ordinary users
			*/
	bool user_allow_other;
	int32_t mount_max; /* -1 = no limit */
	const char *path;
	struct fsv_str text; /* for config_may_open(); lives as long as the process */
};

/* Read the file. Prints a message for each line that does not count, and for a file that cannot be
 * read. */
void config_read(struct config *config, const char *path);

enum config_open {
	CONFIG_OPEN_NO,
	CONFIG_OPEN_RO,
	CONFIG_OPEN_RW
};

/* Whether a service_open_path rule lets this type open this path. */
enum config_open config_may_open(
	const struct config *config, const char *subtype, struct fsv_str path);

#endif
