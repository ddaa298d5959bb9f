/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * What the harnesses for Eva share: input of every content and every length.
 *
 * Each harness is analysed in two forms. The interval form takes a long buffer and a length of 0 up
 * to its size as one unknown: it covers long input, but cannot tell that no byte behind `len` is
 * read. The exact form (-DEXACT) takes every length of 0 up to a small bound one by one, and what
 * is given ends where its array ends: one byte too many is an alarm.
 */
#ifndef FSV_EVA_H
#define FSV_EVA_H

#include <stddef.h>
#include <stdint.h>

#include "__fc_builtin.h"
#include "fsv_cursor.h"

/* What the code under test gives back is not looked at, only what it does on the way. */
#define IGNORE(call) ((void)(call))

/* An array of any content. */
#define UNKNOWN(array) Frama_C_make_unknown((char *)(array), sizeof(array))

static inline size_t any_up_to(size_t max)
{
	return (size_t)Frama_C_unsigned_int_interval(0, (unsigned int)max);
}

static inline int maybe(void)
{
	return Frama_C_interval(0, 1);
}

#ifdef EXACT
/* The size of an array: the first in the interval form, the second in the exact one. */
#define SIZE(interval, exact) (exact)
/* for each length from 0 to `max` */
#define EACH(len, max) for (size_t len = 0; len <= (max); len++)
/* `len` bytes of the array */
#define PART(array, len) ((array) + (sizeof(array) - (len)))
#else
#define SIZE(interval, exact) (interval)
#define EACH(len, max)	      for (size_t len = any_up_to(max), once = 1; once; once = 0)
#define PART(array, len)      (array)
#endif

/* A view of `len` characters of the array. */
#define VIEW(array, len) ((struct fsv_str){ PART(array, len), len })

/* Read every byte of a view, so that one which is not readable is an alarm. */
static inline void touch(struct fsv_str view)
{
	if (view.len)
		IGNORE(memchr(view.s, 0, view.len));
}

#endif
