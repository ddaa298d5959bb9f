/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* An open file has one owner: a variable that holds -1 when it owns nothing. */
#ifndef FSV_FD_H
#define FSV_FD_H

/* Close what `*fd` owns, if anything, and leave -1. Keeps errno. */
void fsv_fd_close(int *fd);
/* Take the file out of `*fd`: the caller owns the result, `*fd` holds -1. */
int fsv_fd_take(int *fd);

/* A local variable that closes what it still owns at the end of its scope. Initialise it, with -1.
 */
#define FSV_AUTO_FD __attribute__((cleanup(fsv_fd_close))) int

#endif
