/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The privileged process: everything that ever uses the privilege to mount runs here, behind four
 * requests of fixed form (docs/threat-model.md, boundary 2). It parses no option string, prints
 * nothing, and opens no path once it has started.
 */
#ifndef MOUNTER_H
#define MOUNTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MOUNTER_SOURCE_MAX   255
#define MOUNTER_SUBTYPE_MAX  100
#define MOUNTER_CONTEXTS     4
#define MOUNTER_MESSAGE_SIZE 256
/* Files that ride on one request at most: fuse device, mount point, and the device of fuseblk. */
#define MOUNTER_FILES 3

/*
 * What the mounter knows of the caller. It is in its memory before the session exists; nothing of
 * this is ever taken from a request, which comes from a process that the service may have taken
 * over.
 */
struct mounter_facts {
	uid_t uid;
	gid_t gid;
	bool root;	       /* the caller's real uid is 0 */
	bool user_allow_other; /* fuse.conf */
	bool said_allow_other; /* the caller typed it */
	int32_t mount_max;     /* fuse.conf; -1 = no limit */
	uint32_t said_on;      /* FSV_MS_* bits that the caller typed to be set, … */
	uint32_t said_off;     /* … and to be clear */
	char subtype[MOUNTER_SUBTYPE_MAX + 1];
	const char *context[MOUNTER_CONTEXTS]; /* LSM contexts that root typed, in order of
						  fsv_context */
};

enum mounter_op {
	MOUNTER_BLOCKSIZE = 1, /* files: the block device */
	MOUNTER_MOUNT, /* files: fuse device, mount point, with fuseblk also the block device */
	MOUNTER_UNMOUNT,
	MOUNTER_KEEP /* the mount stays, the mounter ends */
};

/* Option fields of MOUNTER_MOUNT. The contexts are bits too: their text is in the facts. */
#define MOUNTER_OPT_DEFAULT_PERMISSIONS 0x001u
#define MOUNTER_OPT_ALLOW_OTHER		0x002u
#define MOUNTER_OPT_MAX_READ		0x004u
#define MOUNTER_OPT_BLKSIZE		0x008u
#define MOUNTER_OPT_FUSEBLK		0x010u
#define MOUNTER_OPT_CONTEXT		0x100u /* shifted left by fsv_context */
#define MOUNTER_OPTS			0xf1fu

struct mounter_request {
	uint32_t op;
	uint32_t ms_flags;
	uint32_t options;
	uint32_t max_read;
	uint32_t blksize; /* bytes; also of MOUNTER_BLOCKSIZE */
	char source[MOUNTER_SOURCE_MAX + 1];
};

/* How far a MOUNT came, so that the session can say what to do about a failure. */
enum mounter_step {
	MOUNTER_AT_CHECK,
	MOUNTER_AT_MOUNTPOINT, /* the caller may not mount there */
	MOUNTER_AT_FILESYSTEM, /* nobody but root may mount on that file system */
	MOUNTER_AT_COUNT,      /* mount_max */
	MOUNTER_AT_LOCK,
	MOUNTER_AT_CREATE,
	MOUNTER_AT_ATTACH,
	MOUNTER_AT_PARENT, /* something else was mounted there in between */
	MOUNTER_DONE
};

/* The answer; a MOUNT that succeeded carries a file that refers to the mount (O_PATH). */
struct mounter_answer {
	int32_t error; /* 0 or a negative errno */
	uint32_t step;
	char message[MOUNTER_MESSAGE_SIZE]; /* the kernel's words, NUL-terminated, not yet escaped
					     */
};

/*
 * Send one packet of exactly `size` bytes with `count` files, which stay the sender's. 0 or a
 * negative errno.
 */
int mounter_send(int chan, const void *packet, size_t size, const int *files, unsigned int count);
/*
 * Receive one of exactly `size` bytes with at most `max` files; `*count` is how many came, the rest
 * of `files` is -1. -ECONNRESET: the other side is gone. -EBADMSG: another size, or more files;
 * then none is left open.
 */
int mounter_recv(
	int chan, void *packet, size_t size, int *files, unsigned int max, unsigned int *count);

/* What the mounter opens when it starts; nothing afterwards. -1: not there. */
struct mounter_files {
	int chan;
	int mountinfo;	     /* /proc/self/mountinfo */
	int lock;	     /* serialises the counting for mount_max */
	int life;	     /* ends when the session does, or does not wait any more */
	uint64_t root_mount; /* the mount that this process's root directory lies on */
};

/*
 * Serve requests until KEEP, or until the channel ends: then a mount that was made is taken away
 * again. The current directory must be the verified /proc/self/fd.
 */
void mounter_serve(const struct mounter_facts *facts, const struct mounter_files *files);

#endif
