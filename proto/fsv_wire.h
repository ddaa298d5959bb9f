/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Every number of the mount-service protocol, version 1. A wire number is written here and nowhere
 * else; docs/protocol.md is checked against this file by a test. Numbers only, so that any C or C++
 * program, a generator or a script can read it.
 */
#ifndef FSV_WIRE_H
#define FSV_WIRE_H

/* Protocol versions that this implementation speaks. */
#define FSV_VERSION_MIN 1u
#define FSV_VERSION_MAX 1u

/* The first four bytes of every packet, big-endian (in ASCII behind each). */
#define FSV_MAGIC_HELLO	      0x53414654u /* SAFT */
#define FSV_MAGIC_HELLO_REPLY 0x4c415354u /* LAST */
#define FSV_MAGIC_OPEN	      0x4f50454eu /* OPEN */
#define FSV_MAGIC_OPEN_BDEV   0x42444556u /* BDEV */
#define FSV_MAGIC_FSOPEN      0x54595045u /* TYPE */
#define FSV_MAGIC_SOURCE      0x4e414d45u /* NAME */
#define FSV_MAGIC_MNTOPTS     0x4f505453u /* OPTS */
#define FSV_MAGIC_MTABOPTS    0x4d544142u /* MTAB */
#define FSV_MAGIC_MNTPT	      0x4d4e5450u /* MNTP */
#define FSV_MAGIC_MOUNT	      0x444f4954u /* DOIT */
#define FSV_MAGIC_UNMOUNT     0x554d4e54u /* UMNT */
#define FSV_MAGIC_BYE	      0x42594545u /* BYEE */
#define FSV_MAGIC_FILE	      0x46494c45u /* FILE */
#define FSV_MAGIC_REPLY	      0x5245504cu /* REPL */
/* The argument blob's first four bytes. */
#define FSV_MAGIC_ARGS 0x41524753u /* ARGS */

/* Limits, in bytes unless said otherwise. */
#define FSV_PACKET_MAX 65536u
#define FSV_PACKET_MIN 4u
#define FSV_ERRNO_MAX  4095u
#define FSV_ARGS_MAX   1048576u
/* Size of the argument blob's head (magic, argc), and of one {pos, len} entry of its table. */
#define FSV_ARGS_HEAD  8u
#define FSV_ARGS_ENTRY 8u

/* Flag words; any other bit is refused. */
#define FSV_HELLO_ALLOW_OTHER 1u
#define FSV_HELLO_FUSEBLK     2u
#define FSV_HELLO_FLAGS	      3u
#define FSV_OPEN_QUIET	      1u
#define FSV_OPEN_FLAGS	      1u
#define FSV_FSOPEN_FUSEBLK    1u
#define FSV_FSOPEN_FLAGS      1u

/* MNTPT's expected_format. */
#define FSV_FORMAT_ANY 0x0000u
#define FSV_FORMAT_DIR 0x4000u
#define FSV_FORMAT_REG 0x8000u

/* The paths of the two FILE packets that the helper sends unasked. */
#define FSV_NAME_ARGV	 "argv"
#define FSV_NAME_FUSEDEV "fusedev"

/* open_flags: O_* of Linux's generic ABI. The first one is a mask of two bits. */
#define FSV_O_ACCMODE	00000003u
#define FSV_O_RDONLY	00000000u
#define FSV_O_WRONLY	00000001u
#define FSV_O_RDWR	00000002u
#define FSV_O_CREAT	00000100u
#define FSV_O_EXCL	00000200u
#define FSV_O_NOCTTY	00000400u
#define FSV_O_TRUNC	00001000u
#define FSV_O_APPEND	00002000u
#define FSV_O_NONBLOCK	00004000u
#define FSV_O_DSYNC	00010000u
#define FSV_O_DIRECT	00040000u
#define FSV_O_LARGEFILE 00100000u
#define FSV_O_DIRECTORY 00200000u
#define FSV_O_NOFOLLOW	00400000u
#define FSV_O_NOATIME	01000000u
#define FSV_O_CLOEXEC	02000000u
#define FSV_O_SYNC	04010000u

/* ms_flags: MS_* of Linux. Those that a mount of ours can have; every other bit is refused. */
#define FSV_MS_RDONLY	   0x00000001u
#define FSV_MS_NOSUID	   0x00000002u
#define FSV_MS_NODEV	   0x00000004u
#define FSV_MS_NOEXEC	   0x00000008u
#define FSV_MS_SYNCHRONOUS 0x00000010u
#define FSV_MS_DIRSYNC	   0x00000080u
#define FSV_MS_NOSYMFOLLOW 0x00000100u
#define FSV_MS_NOATIME	   0x00000400u
#define FSV_MS_NODIRATIME  0x00000800u
#define FSV_MS_RELATIME	   0x00200000u
#define FSV_MS_STRICTATIME 0x01000000u
#define FSV_MS_LAZYTIME	   0x02000000u
#define FSV_MS_FLAGS	   0x03200d9fu

#endif
