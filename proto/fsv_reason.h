/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Why something was refused: one closed list for the whole library, so that a test, a fuzz target
 * or a log can say exactly which rule spoke. FSV_OK is 0 and the only value that means success.
 */
#ifndef FSV_REASON_H
#define FSV_REASON_H

enum fsv_reason {
	FSV_OK = 0,
	/* packets and the argument blob */
	FSV_R_SHORT,	    /* ends before a fixed field, or where a string must begin */
	FSV_R_OVERSIZE,	    /* longer than the limit of its kind */
	FSV_R_TRAILING,	    /* bytes after the last field */
	FSV_R_MAGIC,	    /* the first four bytes are not a known magic */
	FSV_R_DIRECTION,    /* a known packet, but not one that this side may send */
	FSV_R_PADDING,	    /* a pad field is not zero */
	FSV_R_FLAGS,	    /* an unknown flag bit */
	FSV_R_ERRNO,	    /* an error field over FSV_ERRNO_MAX */
	FSV_R_FORMAT,	    /* expected_format is none of the three */
	FSV_R_VERSION,	    /* min_version over max_version, or no common version */
	FSV_R_BLOCK_SIZE,   /* a block size in an OPEN, which has none */
	FSV_R_EMPTY,	    /* a string (or list of strings) without a character */
	FSV_R_UNTERMINATED, /* a string without its NUL */
	FSV_R_INNER_NUL,    /* a NUL before a string's last byte */
	FSV_R_RANGE,	    /* a {pos, len} that does not lie between the table and the end */
	FSV_R_NO_SPACE,	    /* the caller's buffer is too small */
	/* the state table */
	FSV_R_ORDER,	/* this packet cannot follow what came before */
	FSV_R_REPEATED, /* once-only, and it has succeeded or is being answered already */
	FSV_R_LATE, /* after one of the commands that it must precede: FSOPEN, or behind a MOUNT */
	FSV_R_MISSING, /* MOUNT before SOURCE and MNTPT have succeeded */
	/* words, options and fuse.conf */
	FSV_R_UNKNOWN, /* a word that the closed list does not hold */
	FSV_R_VALUE,   /* a value where none belongs, none where one does, or too many words */
	FSV_R_NUMBER,  /* not a decimal number, or out of its range */
	FSV_R_NAME,    /* a file-system subtype or pattern of a forbidden form */
	FSV_REASONS    /* how many there are */
};

/*
 * The reason's name in lower case with dashes ("inner-nul"; "ok" for FSV_OK), a constant string
 * that the test vectors use as well. "?" for a value outside the list. Never NULL.
 */
const char *fsv_reason_name(enum fsv_reason reason);

#endif
