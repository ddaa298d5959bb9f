/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Text of somebody who is not trusted, made fit for a terminal or a log. */
#ifndef FSV_TEXT_H
#define FSV_TEXT_H

#include "fsv_cursor.h"

/*
 * `text` into `buf`, NUL-terminated, every byte but printable ASCII (0x20…0x7e) as `\xNN`, so that
 * no terminal sequence, newline or forged log line gets through. Cut at a whole character, with
 * "..." at the end, where it does not fit. `cap` must be at least 8. The result's length without
 * the NUL.
 */
size_t fsv_text_escape(struct fsv_str text, char *buf, size_t cap);

/*
 * Whether `text` holds a control character: below 0x20, 0x7f, or U+0080…U+009F in UTF-8, any of
 * which a terminal that shows the mount table may act upon.
 */
int fsv_text_has_control(struct fsv_str text);

#endif
