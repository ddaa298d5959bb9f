/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Inputs flush against an unreadable page, so that reading one byte too many (or one too few) ends
 * the test without any sanitizer. Test code only: it asserts instead of returning errors.
 *
 *	struct guard g = guard_new(4096);
 *	const char *p = guard_end(&g, bytes, len);      p[len] is not readable
 *	const char *q = guard_begin(&g, bytes, len);    q[-1] is not readable
 *	guard_free(&g);
 *
 * The next guard_end() or guard_begin() on the same guard overwrites what the last one placed.
 */
#ifndef GUARD_H
#define GUARD_H

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard {
	char *map; /* one unreadable page, `room` bytes, one unreadable page */
	size_t page;
	size_t room;
};

/* A guard with room for at least `cap` bytes. */
static inline struct guard guard_new(size_t cap)
{
	struct guard g;

	g.page = (size_t)sysconf(_SC_PAGESIZE);
	g.room = (cap / g.page + 1) * g.page;
	g.map = mmap(NULL, g.room + 2 * g.page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (g.map == MAP_FAILED || mprotect(g.map + g.page, g.room, PROT_READ | PROT_WRITE) != 0)
		abort();
	return g;
}

static inline char *guard_place(struct guard *g, size_t offset, const void *bytes, size_t len)
{
	char *p = g->map + g->page + offset;

	memset(g->map + g->page, 0xa5, g->room);
	if (len > 0)
		memcpy(p, bytes, len);
	return p;
}

/* A writable copy that ends where the memory ends. */
static inline char *guard_end(struct guard *g, const void *bytes, size_t len)
{
	assert(len <= g->room);
	return guard_place(g, g->room - len, bytes, len);
}

/* A writable copy that begins where the memory begins. */
static inline char *guard_begin(struct guard *g, const void *bytes, size_t len)
{
	assert(len <= g->room);
	return guard_place(g, 0, bytes, len);
}

/* `len` writable bytes that end where the memory ends. */
static inline char *guard_room(struct guard *g, size_t len)
{
	assert(len <= g->room);
	return guard_place(g, g->room - len, NULL, 0);
}

static inline void guard_free(struct guard *g)
{
	munmap(g->map, g->room + 2 * g->page);
	g->map = NULL;
}

#endif
