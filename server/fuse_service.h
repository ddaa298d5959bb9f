/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * FUSE servers as contained services: the server runs in a locked-down systemd unit that can open
 * nothing, and asks a mount helper, which runs as the caller, for its files and for the mount.
 *
 * Source-compatible with the header of that name in libfuse 3.19, on libfuse 3.14 and newer.
 * Include <fuse.h> or <fuse_lowlevel.h> first, with FUSE_USE_VERSION as high as you like.
 *
 * The usual course of a server's main():
 *
 *	fuse_service_accept(), fuse_service_append_args(), own options with fuse_opt_parse(),
 *	fuse_service_parse_cmdline_opts(), fuse_session_new(), fuse_service_request_file() and
 *	fuse_service_receive_file() for its files, fuse_service_finish_file_requests(),
 *	fuse_set_signal_handlers(), fuse_service_session_mount(), fuse_service_send_goodbye(0), the
 *	loop, fuse_service_destroy(), return fuse_service_exit().
 *
 * or, for the high-level API without files of its own: the first three and fuse_service_main().
 *
 * Unless said otherwise a function gives 0 on success and a negative errno on failure, and then
 * says why through fuse_log(). After a failure say goodbye with a code other than 0 and destroy the
 * context. One context for one mount, used by one thread.
 */
#ifndef FUSE_SERVICE_H
#define FUSE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the shared library exports. */
#pragma GCC visibility push(default)

struct fuse_args;
struct fuse_cmdline_opts;
struct fuse_operations;
struct fuse_session;

/* A connection to a mount helper. */
struct fuse_service;

/* For request_flags: the helper does not tell its caller of a failure. */
#define FUSE_SERVICE_REQUEST_FILE_QUIET (1U << 0)

/*
 * If systemd activated this process by a socket: take the connection, shake hands, receive the
 * caller's arguments and the FUSE device, and set `*sfp`. If not: 0 and `*sfp` is NULL, so that the
 * same binary can run as a plain FUSE server. The activation's environment variables are removed,
 * and closed standard files are opened on /dev/null.
 *
 * Refused, with `*sfp` NULL and everything closed: more than one passed file, one that is not a
 * connected AF_UNIX SOCK_SEQPACKET socket (-EINVAL), a helper that does not complete the handshake
 * within 8 s (-ETIMEDOUT) or does not keep to the protocol (-EBADMSG), arguments that are not in a
 * regular file, a device that is not the FUSE device (-ENODEV).
 */
int fuse_service_accept(struct fuse_service **sfp);

/* Whether this process serves a mount helper. */
static inline bool fuse_service_accepted(const struct fuse_service *sf)
{
	return sf != NULL;
}

/* Whether the helper will accept allow_other, or a fuseblk mount (option blkdev). */
bool fuse_service_can_allow_other(const struct fuse_service *sf);
bool fuse_service_can_fuseblk(const struct fuse_service *sf);

/*
 * `args` holds main's argv. Afterwards argv[0] is the file system's subtype, then come the server's
 * own arguments, then the caller's. Free it with fuse_opt_free_args(). On failure `args` is as it
 * was.
 */
int fuse_service_append_args(struct fuse_service *sf, struct fuse_args *args);

/*
 * "argv0 -t subtype rest…", for setproctitle(): `argv` is main's, `args` comes from
 * fuse_service_append_args(). Free it with free(). NULL on failure.
 */
char *fuse_service_cmdline(int argc, const char *const *argv, struct fuse_args *args);

/*
 * As fuse_parse_cmdline(3), but the mount point is taken as it stands, since it does not exist
 * where the server runs; free opts->mountpoint with free(). 0 or -1.
 *
 * What the options say of the mount is remembered for fuse_service_session_mount(), so every option
 * must be in `args` by now. Options that only mount(8) knows (x-*, nofail, nodiratime and the like)
 * are taken out; all others stay for libfuse. Remembered once per process: the last call counts.
 */
int fuse_service_parse_cmdline_opts(struct fuse_args *args, struct fuse_cmdline_opts *opts);

/*
 * Ask the helper to open `path`, which its caller must have named, as its caller. `open_flags` and
 * `create_mode` as in open(2). Several requests may be in flight. -ENAMETOOLONG where the path does
 * not fit a packet.
 */
int fuse_service_request_file(const struct fuse_service *sf, const char *path, int open_flags,
	mode_t create_mode, unsigned int request_flags);
/* The same for a block device; `block_size` in bytes is set on it unless 0. */
int fuse_service_request_blockdev(const struct fuse_service *sf, const char *path, int open_flags,
	mode_t create_mode, unsigned int request_flags, unsigned int block_size);
/*
 * Wait, at most 60 s, for the answer to the oldest request for `path`; answers to others are kept
 * for later. `*fdp` is the file, close-on-exec and yours to close, or a negative errno from the
 * helper. The result is negative only where the conversation itself broke, or a signal ended the
 * wait (-EINTR); then `*fdp` is untouched.
 */
int fuse_service_receive_file(const struct fuse_service *sf, const char *path, int *fdp);
/* No more files are accepted from the helper; answers that still bring one count as -EBADF. */
int fuse_service_finish_file_requests(const struct fuse_service *sf);

/* What the mount point must be where fuse_service_session_mount() is told 0, as it is by
 * fuse_service_main(): S_IFDIR, S_IFREG, or 0 for either. */
void fuse_service_expect_mount_format(struct fuse_service *sf, mode_t expected_fmt);

/*
 * Bind the FUSE device to the session and have the helper mount. On success opts->foreground is 1,
 * the working directory is `/`, and requests have begun to arrive. `expected_fmt`: as above. Do
 * everything that can fail before. -EINTR where a signal has told the session to end meanwhile.
 * After a failure the session and the context can still be destroyed, but the mount cannot be tried
 * again; a goodbye other than 0 has the helper take away what it has mounted.
 */
int fuse_service_session_mount(struct fuse_service *sf, struct fuse_session *se,
	mode_t expected_fmt, struct fuse_cmdline_opts *opts);
/* Ask the helper to take this mount away again; only before the goodbye. */
int fuse_service_session_unmount(struct fuse_service *sf);

/*
 * Tell the helper how it went (0: mounted and serving) and close the connection; a second call does
 * nothing. Once mounted, a goodbye that cannot be delivered is no error.
 */
int fuse_service_send_goodbye(struct fuse_service *sf, int exitcode);

/* Close everything that the context owns. May be called twice, with NULL, and after any failure. */
void fuse_service_release(struct fuse_service *sf);
/* The same, free the context, and set `*sfp` to NULL. */
void fuse_service_destroy(struct fuse_service **sfp);

/*
 * The fuse_main() of a service: parse, create, mount, say goodbye, loop, clean up. `args` comes
 * from fuse_service_append_args(). Gives 0 after a clean end (unmounted, SIGTERM, help was asked
 * for), else 1. The context still has to be destroyed.
 */
int fuse_service_main(struct fuse_service *sf, struct fuse_args *args,
	const struct fuse_operations *op, void *user_data);
/* The same for a caller whose libfuse knows another number of operations than this library's. */
int fuse_service_main_sized(struct fuse_service *sf, struct fuse_args *args,
	const struct fuse_operations *op, size_t op_size, void *user_data);
#define fuse_service_main(sf, args, op, user_data) \
	fuse_service_main_sized(sf, args, op, sizeof(*(op)), user_data)

/* What main() returns: 0 or 1. Everything that was printed has left the process by then. */
int fuse_service_exit(int ret);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
