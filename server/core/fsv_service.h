/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The service's end of a mount-service connection (docs/protocol.md): activation, handshake,
 * arguments, files, one mount, goodbye. It knows nothing of libfuse, so that a FUSE server in any
 * language can be built on it; fuse_service.h is one such user. Flags are those of fsv_wire.h.
 *
 * One connection for one mount, used by one thread. Unless said otherwise a function gives 0 or a
 * negative errno, and reports every failure in one line of text. After any failure the object can
 * still say goodbye and be freed. Once the conversation itself has broken (the helper is gone, sent
 * nonsense, or was too late) every later exchange fails with -ENOTCONN.
 *
 * A signal that is handled (SIGTERM, say) ends a wait with -EINTR and is not retried.
 */
#ifndef FSV_SERVICE_H
#define FSV_SERVICE_H

#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How long the helper may take, in milliseconds: for the whole handshake, and for each later
 * answer, since a disc may have to spin up or a person to be asked. */
#define FSV_HANDSHAKE_MS 8000
#define FSV_ANSWER_MS	 60000

#pragma GCC visibility push(default)

struct fsv_service;

/* Gets one line without newline, fit for a terminal. */
typedef void (*fsv_report_fn)(void *cookie, const char *line);
/* Whether the program has been told to end. */
typedef int (*fsv_stopped_fn)(void *cookie);

/*
 * Take the connection that systemd passed and shake hands on it. Without socket activation: 0, and
 * `*sp` is NULL. The activation's environment variables are removed, so that no child believes it
 * was activated, and closed stdio is opened on /dev/null. -EINVAL where there is more than one file
 * or it is not a connected AF_UNIX SOCK_SEQPACKET socket; else as fsv_service_start(). On failure
 * every passed file is closed and `*sp` is NULL.
 */
int fsv_service_accept(fsv_report_fn report, void *cookie, struct fsv_service **sp);

/*
 * Shake hands on `sock`, which is the object's from here on (closed on failure): HELLO, version,
 * arguments and the FUSE device, within FSV_HANDSHAKE_MS. `report` may be NULL. On failure `*sp` is
 * NULL; where a version had been agreed the helper is told with BYE(1).
 */
int fsv_service_start(int sock, fsv_report_fn report, void *cookie, struct fsv_service **sp);

/* Ask `stopped` before each wait, so that a signal that was handled just before is not missed. */
void fsv_service_stop_when(struct fsv_service *s, fsv_stopped_fn stopped, void *cookie);

/* FSV_HELLO_* flags of the helper. */
uint32_t fsv_service_hello_flags(const struct fsv_service *s);
/* The caller's command line: 0 is the subtype. At least one; the strings live as long as `s`. */
uint32_t fsv_service_argc(const struct fsv_service *s);
const char *fsv_service_arg(const struct fsv_service *s, uint32_t i);
/* The FUSE device: borrowed, or -1 after it was taken. */
int fsv_service_fusedev(const struct fsv_service *s);
/* The same, and now it is the caller's to close. */
int fsv_service_take_fusedev(struct fsv_service *s);

/* A file that the helper is to open as its caller. */
struct fsv_wanted {
	const char *path;
	int open_flags; /* this machine's O_* */
	mode_t create_mode;
	uint32_t request_flags; /* FSV_OPEN_* */
	int blockdev;		/* OPEN_BDEV: it must be a block device */
	uint32_t block_size;	/* OPEN_BDEV only, in bytes; 0 = leave alone */
};

/*
 * Ask for a file; several requests may be in flight. -ENAMETOOLONG where the path does not fit a
 * packet, -EINVAL for flags that the protocol has no value for: then nothing was sent.
 */
int fsv_service_ask(struct fsv_service *s, const struct fsv_wanted *wanted);

/*
 * Wait for the answer to the oldest unanswered fsv_service_ask() for this very path, in whatever
 * order answers come. `*fd` is the file, close-on-exec and the caller's, or the helper's refusal as
 * a negative errno. On failure `*fd` is untouched; -EINVAL where no such request is open. After
 * -EINTR it may be called again.
 */
int fsv_service_answer(struct fsv_service *s, const char *path, int *fd);

/* No more files are wanted: those that still come are closed unseen, -EBADF stands in for them. */
void fsv_service_refuse_files(struct fsv_service *s);

/* What to mount. Strings are not empty; NULL where one is optional and not wanted. */
struct fsv_mount {
	int fuseblk;
	const char *source;
	const char *mountpoint; /* as the caller named it */
	mode_t format;		/* S_IFDIR, S_IFREG, or 0 for either */
	const char *mntopts;	/* optional */
	const char *mtabopts;	/* optional */
	uint32_t ms_flags;	/* FSV_MS_* */
};

/*
 * Describe the mount and have it made. The description is sent at once and then its answers are
 * read; MOUNT follows only where all succeeded. A refusal comes back as its errno, -ENAMETOOLONG if
 * a string does not fit a packet. After a failure the mount cannot be tried again: say goodbye.
 */
int fsv_service_mount(struct fsv_service *s, const struct fsv_mount *m);
/* Have exactly that mount taken away again. */
int fsv_service_unmount(struct fsv_service *s);

/*
 * BYE, then close the connection; a second call does nothing. Code 0 says "mounted and serving".
 * With a mount made, a goodbye that cannot be delivered is no error: the mount is there to be
 * served.
 */
int fsv_service_goodbye(struct fsv_service *s, int code);

/* The connection, for a poll(2) of its user's own; -1 after the goodbye. Not to be read from. */
int fsv_service_socket(const struct fsv_service *s);

/* Close everything that it owns. May be called twice, and with NULL. */
void fsv_service_close(struct fsv_service *s);
/* The same, and free it. */
void fsv_service_free(struct fsv_service *s);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
