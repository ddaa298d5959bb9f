/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * A short-lived process with uid 0 and no capability, which has mount(8) write the caller's x-…
 * words to utab, where findmnt(8), umount(8) and desktops look for them. It has no link to the
 * service.
 */
#ifndef UTAB_H
#define UTAB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "words.h"

/*
 * Fork the process. `setuid`: uid 0 is in the saved uid. On 0 `*chan` is the caller's; the process
 * ends with it, or when it has written. The child does not return.
 */
int utab_start(
	const struct utab_words *words, const char *subtype, uid_t uid, bool setuid, int *chan);

/* Have the entry of mount `id` written with these words, and wait for it. 0 or a negative errno. */
int utab_write(int chan, uint64_t id, uint64_t picked);

#endif
