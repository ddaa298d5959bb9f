/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The bodies of the packets, one function per kind to read and one to write, for fsv_msg.c alone. A
 * body begins behind the magic. Each parse reads its whole body up to the packet's last byte, and
 * leaves its output untouched unless it says FSV_OK.
 */
#ifndef FSV_MSG_KINDS_H
#define FSV_MSG_KINDS_H

#include "fsv_msg.h"

/* msg_hello.c: HELLO, HELLO_REPLY */
FSV_MUST_USE enum fsv_reason fsv_hello_parse(struct fsv_reader *r, struct fsv_hello *hello);
FSV_MUST_USE enum fsv_reason fsv_hello_write(struct fsv_writer *w, const struct fsv_hello *hello);
FSV_MUST_USE enum fsv_reason fsv_hello_reply_parse(
	struct fsv_reader *r, struct fsv_hello_reply *reply);
FSV_MUST_USE enum fsv_reason fsv_hello_reply_write(
	struct fsv_writer *w, const struct fsv_hello_reply *reply);

/* msg_open.c: OPEN, OPEN_BDEV */
FSV_MUST_USE enum fsv_reason fsv_open_parse(struct fsv_reader *r, struct fsv_open *open);
FSV_MUST_USE enum fsv_reason fsv_open_write(struct fsv_writer *w, const struct fsv_open *open);
FSV_MUST_USE enum fsv_reason fsv_open_bdev_parse(struct fsv_reader *r, struct fsv_open *open);
FSV_MUST_USE enum fsv_reason fsv_open_bdev_write(struct fsv_writer *w, const struct fsv_open *open);

/* msg_setup.c: FSOPEN, MNTPT. SOURCE, MNTOPTS and MTABOPTS are one string: the cursor's business.
 */
FSV_MUST_USE enum fsv_reason fsv_fsopen_parse(struct fsv_reader *r, uint32_t *flags);
FSV_MUST_USE enum fsv_reason fsv_fsopen_write(struct fsv_writer *w, uint32_t flags);
FSV_MUST_USE enum fsv_reason fsv_mntpt_parse(struct fsv_reader *r, struct fsv_mntpt *mntpt);
FSV_MUST_USE enum fsv_reason fsv_mntpt_write(struct fsv_writer *w, const struct fsv_mntpt *mntpt);

/* msg_mount.c: MOUNT, BYE. UNMOUNT has no body. */
FSV_MUST_USE enum fsv_reason fsv_mount_parse(struct fsv_reader *r, uint32_t *ms_flags);
FSV_MUST_USE enum fsv_reason fsv_mount_write(struct fsv_writer *w, uint32_t ms_flags);
FSV_MUST_USE enum fsv_reason fsv_bye_parse(struct fsv_reader *r, uint32_t *exit_code);
FSV_MUST_USE enum fsv_reason fsv_bye_write(struct fsv_writer *w, uint32_t exit_code);

/* msg_answer.c: FILE, REPLY */
FSV_MUST_USE enum fsv_reason fsv_file_parse(struct fsv_reader *r, struct fsv_file *file);
FSV_MUST_USE enum fsv_reason fsv_file_write(struct fsv_writer *w, const struct fsv_file *file);
FSV_MUST_USE enum fsv_reason fsv_reply_parse(struct fsv_reader *r, uint32_t *error);
FSV_MUST_USE enum fsv_reason fsv_reply_write(struct fsv_writer *w, uint32_t error);

#endif
