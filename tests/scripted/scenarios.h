/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* How the rows of a session's tables are written, and what is checked after each run. */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include "check.h"
#include "fsv_wire.h"
#include "world.h"

#define USER 1000

/* As S(), for the initialiser of something static. */
#define T(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

#define SEND(error, ...)                                  \
	{                                                 \
		.msg = { __VA_ARGS__ }, .expect = (error) \
	}
#define OPEN_WITH(what, name, oflags, error, ...) \
	SEND(error, .kind = (what),               \
		.open = { .path = T(name),        \
			.open_flags = (oflags),   \
			.create_mode = 0644,      \
			__VA_ARGS__ })
#define OPEN(name, oflags, error) OPEN_WITH(FSV_OPEN, name, oflags, error, )
#define BDEV(name, oflags, error) OPEN_WITH(FSV_OPEN_BDEV, name, oflags, error, )
#define LATE(what, name, error)                                                       \
	{                                                                             \
		.msg = { .kind = (what), .open = { .path = T(name) } }, .late = true, \
		.expect = (error)                                                     \
	}
#define FSOPEN(flags, error)  SEND(error, .kind = FSV_FSOPEN, .fsopen_flags = (flags))
#define SOURCE(name, error)   SEND(error, .kind = FSV_SOURCE, .text = T(name))
#define MNTOPTS(list, error)  SEND(error, .kind = FSV_MNTOPTS, .text = T(list))
#define MTABOPTS(list, error) SEND(error, .kind = FSV_MTABOPTS, .text = T(list))
#define MNTPT(name, format, error) \
	SEND(error, .kind = FSV_MNTPT, .mntpt = { .expected_format = (format), .path = T(name) })
#define MOUNT(flags, error) SEND(error, .kind = FSV_MOUNT, .ms_flags = (flags))
#define UNMOUNT(error)	    SEND(error, .kind = FSV_UNMOUNT)
#define BYE(code)	    SEND(SILENT, .kind = FSV_BYE, .exit_code = (code))
#define RAW(bytes, error)                                                       \
	{                                                                       \
		.raw = (bytes), .raw_len = sizeof(bytes) - 1, .expect = (error) \
	}
#define RAW_PATH(bytes, error, path)                                             \
	{                                                                        \
		.raw = (bytes), .raw_len = sizeof(bytes) - 1, .expect = (error), \
		.expect_path = (path)                                            \
	}
#define HANG_UP              \
	{                    \
		.hang_up = 1 \
	}

/* What every mount needs, and all of it. */
#define DESCRIBE  SOURCE("src", 0), MNTPT("/mnt", 0, 0)
#define ALL_OF_IT DESCRIBE, MOUNT(0, 0), BYE(0)

/* The scenarios by subject. */
struct scenario_table {
	const char *name;
	const struct scenario *rows;
	size_t count;
};
extern const struct scenario_table scenario_tables[];
extern const size_t scenario_table_count;

/* Run it in a new world; `fault` sets one, if not NULL. The caller ends the world. */
void scenario_run(const struct scenario *scenario, void (*fault)(void));
/* The world ends. Fails unless everything was as it must be whatever happened. */
void scenario_check(const struct scenario *scenario);
/* One undisturbed run, with exactly the expected answers, log, words and status. */
void scenario_expect(const struct scenario *scenario);
void scenarios_expect(const struct scenario *scenarios, size_t count);

#endif
