/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: the text of /proc/PID/mountinfo. It says the same however it is cut into pieces; there
 * are no more FUSE mounts than lines; what stands behind the last newline counts for nothing.
 */
#include "fsv_mountinfo.h"
#include "fuzz.h"

/* The mount that is looked for, in the seeds as well. */
#define WANT 25u

static void feed_pieces(struct fsv_mountinfo *m, const char *text, size_t size, size_t piece)
{
	fsv_mountinfo_init(m, WANT);
	while (size > 0) {
		size_t n = size < piece ? size : piece;

		fsv_mountinfo_feed(m, text, n);
		text += n;
		size -= n;
	}
}

static void must_be_same(const struct fsv_mountinfo *a, const struct fsv_mountinfo *b)
{
	must(a->fuse == b->fuse && a->found == b->found);
	must(!a->found ||
		(a->parent == b->parent && a->is_fuse == b->is_fuse && a->readonly == b->readonly));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct fsv_mountinfo whole, pieces;
	size_t lines = 0, whole_lines = 0;

	for (size_t i = 0; i < size; i++) {
		if (text[i] != '\n')
			continue;
		lines++;
		whole_lines = i + 1;
	}
	feed_pieces(&whole, text, size, size);
	must(whole.fuse <= lines && (!whole.found || lines > 0));
	feed_pieces(&pieces, text, size, 1);
	must_be_same(&whole, &pieces);
	feed_pieces(&pieces, text, size, 7);
	must_be_same(&whole, &pieces);
	feed_pieces(&pieces, text, whole_lines, whole_lines);
	must_be_same(&whole, &pieces);
	return 0;
}
