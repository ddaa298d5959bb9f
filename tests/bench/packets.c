/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * How long it takes to parse and to write each kind of packet, against memcpy(3) of the same bytes:
 * a line "KIND SIZE PARSE WRITE MEMCPY" each, in picoseconds, the least of many runs in turn. Kinds
 * that hold a string are measured with 25 bytes and with 4096, the others with what they have.
 *
 * usage: packets RUNS
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fsv_msg.h"
#include "fsv_wire.h"

#define SMALL	25
#define LARGE	4096
#define PACKETS 64 /* of a kind, each with text of its own; all of them fit the first caches */

static uint8_t packet[PACKETS][LARGE];
static struct fsv_msg msg[PACKETS];
static size_t size[PACKETS];
/* Not at the same place of a page as what is copied from: a processor that looks only at that part
 * of the addresses would wait for stores that have nothing to do with its loads. */
static uint8_t space[2 * LARGE];
static uint8_t *const out = space + LARGE / 2;
static volatile unsigned int sink;

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct fsv_str *text_of(struct fsv_msg *m)
{
	switch (m->kind) {
	case FSV_OPEN:
	case FSV_OPEN_BDEV: return &m->open.path;
	case FSV_SOURCE:
	case FSV_MNTOPTS:
	case FSV_MTABOPTS: return &m->text;
	case FSV_MNTPT: return &m->mntpt.path;
	case FSV_FILE: return &m->file.path;
	default: return NULL;
	}
}

/* Packets of this kind, as many bytes as wanted where they hold text. False: they hold none. */
static int make(enum fsv_kind kind, size_t wanted)
{
	static char text[PACKETS][LARGE];
	int has_text = 0;
	size_t i, k;

	for (i = 0; i < PACKETS; i++) {
		struct fsv_msg m = { .kind = kind };
		struct fsv_str *view = text_of(&m);

		if (kind == FSV_HELLO)
			m.hello = (struct fsv_hello){ 1, 1, (uint32_t)i % 4 };
		if (kind == FSV_HELLO_REPLY)
			m.hello_reply.version = 1;
		if (view) {
			has_text = 1;
			for (k = 0; k < wanted; k++)
				text[i][k] = (char)('a' + (i * 7 + k * 3) % 26);
			*view = (struct fsv_str){ text[i], 1 };
			if (fsv_msg_write(&m, out, LARGE, &size[i]))
				exit(1);
			view->len = wanted - size[i] + 1;
		}
		msg[i] = m;
		if (fsv_msg_write(&m, packet[i], sizeof(packet[i]), &size[i]) ||
			(view && size[i] != wanted))
			exit(1);
	}
	return has_text;
}

enum what {
	PARSE,
	WRITE,
	COPY,
	WHATS
};

static int64_t run(enum what what, enum fsv_side from, unsigned int rounds)
{
	int64_t begin = now();
	unsigned int round, i, bad = 0;
	struct fsv_msg parsed;
	size_t len;

	for (round = 0; round < rounds; round++)
		for (i = 0; i < PACKETS; i++)
			switch (what) {
			case PARSE: bad += fsv_msg_parse(from, packet[i], size[i], &parsed); break;
			case WRITE: bad += fsv_msg_write(&msg[i], out, LARGE, &len); break;
			default:
				memcpy(out, packet[i], size[i]);
				/* Or the compiler sees that nobody looks at it. */
				__asm__ volatile("" : : "r"(out) : "memory");
			}
	sink = bad;
	return now() - begin;
}

static void measure(enum fsv_kind kind, unsigned int runs)
{
	unsigned int rounds = 3000 / (unsigned int)(size[0] / 64 + 1) + 20, r;
	int64_t best[WHATS] = { INT64_MAX, INT64_MAX, INT64_MAX };
	int what;

	for (r = 0; r < runs; r++)
		for (what = 0; what < WHATS; what++) {
			int64_t t = run((enum what)what, fsv_kind_sender(kind), rounds);

			if (t < best[what])
				best[what] = t;
		}
	printf("%s %zu", fsv_kind_name(kind), size[0]);
	for (what = 0; what < WHATS; what++)
		printf(" %lld", (long long)best[what] * 1000 / (rounds * PACKETS));
	putchar('\n');
}

int main(int argc, char **argv)
{
	unsigned int runs = argc > 1 ? (unsigned int)atoi(argv[1]) : 20;
	int kind;

	for (kind = FSV_NONE + 1; kind < FSV_KINDS; kind++) {
		int has_text = make((enum fsv_kind)kind, SMALL);

		measure((enum fsv_kind)kind, runs);
		if (has_text) {
			make((enum fsv_kind)kind, LARGE);
			measure((enum fsv_kind)kind, runs);
		}
	}
	return sink ? 1 : 0;
}
