/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What must be so after a session, whatever the service did and whichever call failed. */
#include <stdio.h>
#include <string.h>

#include "world.h"

const char *world_logged(const char *start)
{
	const char *line = world.log;

	while (line && *line) {
		if (strncmp(line, start, strlen(start)) == 0)
			return line;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return NULL;
}

bool step_wants_answer(const struct step *step)
{
	return step->expect >= 0 && !step->hang_up && (step->raw || step->msg.kind);
}

static enum fsv_kind kind_of(const struct step *step)
{
	return step->raw ? fsv_msg_kind(step->raw, step->raw_len) : step->msg.kind;
}

/* The path that a FILE must repeat. */
static void path_of(const struct step *step, char *path, size_t size)
{
	struct fsv_str text = step->msg.open.path;

	if (step->expect_path)
		text = fsv_str_of(step->expect_path);
	else if (step->raw)
		text = fsv_str_of("?");
	snprintf(path, size, "%.*s", (int)text.len, text.s);
}

/* Whether an answer is of the form that is due for this step. */
static bool is_answer_of(const struct answer *answer, const struct step *step)
{
	enum fsv_kind kind = kind_of(step);
	char path[sizeof(answer->path)];

	if (kind != FSV_OPEN && kind != FSV_OPEN_BDEV)
		return answer->kind == FSV_REPLY;
	path_of(step, path, sizeof(path));
	return answer->kind == FSV_FILE && strcmp(answer->path, path) == 0;
}

/* Every command has one answer, in the order of the commands; the last ones may be missing. */
static bool answers_in_order(const struct scenario *scenario)
{
	unsigned int i, n = 0;

	if (scenario->flood || scenario->unread || scenario->service)
		return true;
	for (i = 0; i < STEPS_MAX && n < world.answers; i++) {
		const struct step *step = &scenario->step[i];

		if (step_wants_answer(step) && !is_answer_of(&world.answer[n++], step))
			return false;
		/* Where another call failed first, the session may not end here after all. */
		if (step->expect == ENDS && is_answer_of(&world.answer[n], step))
			n++;
	}
	return n == world.answers;
}

/* What is wrong with the mount at the end, or NULL. */
static const char *wrong_mount(void)
{
	bool attached = world.mount.attached;

	if (!world.session_killed && world.status == 0 &&
		!(attached && (world.kept || world.mounter_killed)))
		return "exit status 0 without a mount";
	/* Nobody is left to take it away. */
	if (world.mounter_killed)
		return NULL;
	if (world.session_killed)
		return attached == world.kept ? NULL : "a mount without KEEP, or KEEP without one";
	if (world.status != 0 && attached)
		return "a mount is left behind exit status 1";
	if (!world.fail_at && world.attached_at_exit != (world.status == 0))
		return "the mount is still there when the program has ended";
	return NULL;
}

const char *world_judge(const struct scenario *scenario)
{
	const char *wrong = world.wrong[0] ? world.wrong : wrong_mount();

	if (!wrong && !answers_in_order(scenario))
		wrong = "the answers are not those to the commands";
	if (!wrong && world.status != 0 && world.status != 1)
		wrong = "another exit status than 0 and 1";
	return wrong;
}
