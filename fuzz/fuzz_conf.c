/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * Input: a fuse.conf. There are as many lines as newlines say; a line with a reason does nothing
 * else; each line alone means what it means in the file; an accepted pattern matches itself,
 * nothing that is not an absolute path, and without wildcards nothing but itself.
 */
#include "fsv_conf.h"
#include "fuzz.h"

static void check_line(const struct fsv_conf_line *line, struct fsv_str text)
{
	must(line->reason == FSV_OK || line->kind == FSV_CONF_NOTHING);
	must(line->mount_max >= -1);
	must(line->kind == FSV_CONF_MOUNT_MAX || line->mount_max == 0);
	if (line->kind != FSV_CONF_OPEN_PATH) {
		must(!line->subtype.s && !line->pattern.s && !line->rw);
		return;
	}
	must(inside(line->subtype, text) && inside(line->pattern, text));
	must(fsv_conf_match(line->pattern, line->pattern));
	must(!fsv_conf_match(line->pattern, fsv_str_behind(line->pattern, 1)));
	must(!fsv_conf_match(line->pattern, line->subtype));
	must(!fsv_conf_match(line->subtype, line->pattern));
}

static void check_alone(const struct fsv_conf_line *line, struct fsv_str text)
{
	struct fsv_conf walk;
	struct fsv_conf_line alone = { .reason = FSV_OK };

	fsv_conf_init(&walk, text.s, text.len);
	must(fsv_conf_next(&walk, &alone) == (text.len > 0));
	must(alone.kind == line->kind && alone.reason == line->reason);
	must(alone.mount_max == line->mount_max && alone.rw == line->rw);
	must(alone.subtype.s == line->subtype.s && alone.subtype.len == line->subtype.len);
	must(alone.pattern.s == line->pattern.s && alone.pattern.len == line->pattern.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fsv_str rest = { (const char *)data, size };
	struct fsv_conf walk;
	struct fsv_conf_line line;
	unsigned int number = 0;

	fsv_conf_init(&walk, rest.s, rest.len);
	while (fsv_conf_next(&walk, &line)) {
		const char *end = memchr(rest.s, '\n', rest.len);
		struct fsv_str text = { rest.s, end ? (size_t)(end - rest.s) : rest.len };

		must(line.number == ++number);
		check_line(&line, text);
		check_alone(&line, text);
		rest = fsv_str_behind(rest, text.len + (end != NULL));
	}
	must(rest.len == 0);
	return 0;
}
