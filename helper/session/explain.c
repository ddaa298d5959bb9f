/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "explain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fsv_conf.h"
#include "fsv_oflags.h"
#include "fsv_wire.h"
#include "say.h"

/* A rule that can be copied into fuse.conf must not be cut short. */
#define RULE_PATH_MAX 256
#define WHY_SIZE      1024

static char why[WHY_SIZE];

/* Whether a line of fuse.conf can allow this path. */
static bool rule_is_possible(const char *type, struct fsv_str path)
{
	char text[RULE_PATH_MAX + MOUNTER_SUBTYPE_MAX + 32];
	struct fsv_conf_line line;
	struct fsv_conf walk;

	if (path.len > RULE_PATH_MAX)
		return false;
	snprintf(text, sizeof(text), "service_open_path = %s %.*s", type, (int)path.len, path.s);
	fsv_conf_init(&walk, text, strlen(text));
	return fsv_conf_next(&walk, &line) && !line.reason && line.kind == FSV_CONF_OPEN_PATH &&
	       fsv_conf_match(line.pattern, path);
}

static const char *explain_not_named(const struct session *s, const struct fsv_open *request)
{
	const char *type = s->caller->subtype;
	bool writes = (request->open_flags & FSV_O_ACCMODE) != FSV_O_RDONLY;

	if (!rule_is_possible(type, request->path))
		return "you did not name it on the command line";
	snprintf(why, sizeof(why),
		"you did not name it; 'service_open_path = %s %s%s' in %s would allow it", type,
		said(request->path), writes ? " rw" : "", s->config->path);
	return why;
}

static const char *explain_read_only(const struct session *s, const struct fsv_open *request)
{
	if (s->caller->said.on & FSV_MS_RDONLY)
		return "you asked for a read-only mount (ro)";
	if (config_may_open(s->config, s->caller->subtype, request->path) != CONFIG_OPEN_RO)
		return said_error(-EACCES);
	snprintf(why, sizeof(why), "its service_open_path in %s has no 'rw' behind it",
		s->config->path);
	return why;
}

const char *explain_open(struct session *s, const struct fsv_open *request, int error)
{
	const struct pin *pin = pins_find(&s->pins, request->path);

	if (s->state.phase != FSV_AT_SETUP && error == -EPERM)
		return "nothing more is opened after the mount";
	if (error == -EACCES && !(pin && pin->error))
		return explain_read_only(s, request);
	if (error != -EPERM)
		return said_error(error);
	if (pin || config_may_open(s->config, s->caller->subtype, request->path))
		return "only regular files and block devices are handed to a service, and none of "
		       "proc, sysfs and the like";
	return explain_not_named(s, request);
}

const char *explain_command(const struct session *s, const struct fsv_msg *msg, int error)
{
	static const struct {
		enum fsv_kind kind;
		int error;
		const char *why;
	} table[] = {
		{ FSV_FSOPEN, -EPERM, "only root may mount a fuseblk file system" },
		{ FSV_SOURCE, -EINVAL,
			("it must be a word of your command line if it holds a '/', and hold no "
			 "control characters") },
		{ FSV_SOURCE, -ENOTBLK, "fuseblk mounts block devices only" },
		{ FSV_MNTPT, -EINVAL,
			("it must be the mount point of your command line, letter for letter, and "
			 "a directory or a regular file") },
		{ FSV_MNTPT, -ENOTDIR, "this type mounts on a directory, and this is not one" },
		{ FSV_MNTPT, -EISDIR, "this type mounts on a file, and this is a directory" },
		{ FSV_MNTPT, -ETIMEDOUT, "the file system that it lies on does not answer" },
		{ FSV_MNTOPTS, -EINVAL, "there are options that no service may set" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].kind == msg->kind && table[i].error == error)
			return table[i].why;
	if (msg->kind != FSV_MNTOPTS || error != -EPERM)
		return said_error(error);
	snprintf(why, sizeof(why),
		"they are not for you ('user_allow_other' in %s would allow "
		"allow_other; LSM contexts are for root to type)",
		s->config->path);
	return why;
}

static const char *const step_words[] = {
	[MOUNTER_AT_CHECK] = "the mount was refused",
	[MOUNTER_AT_MOUNTPOINT] =
		("you may not mount there (a mount point must be a directory that you "
		 "can write to, or a file of yours)"),
	[MOUNTER_AT_FILESYSTEM] = "only root may mount on that kind of file system",
	[MOUNTER_AT_COUNT] = "there are too many FUSE mounts already",
	[MOUNTER_AT_LOCK] = "others are mounting just now and do not get done, try again",
	[MOUNTER_AT_CREATE] = "the kernel refused the file system",
	[MOUNTER_AT_ATTACH] = "the kernel refused to attach the mount",
	[MOUNTER_AT_PARENT] = "something else was mounted there at the same time",
	[MOUNTER_DONE] = "the mount was refused",
};

void explain_mount(const struct session *s, const struct mounter_answer *answer, int error)
{
	const char *where = said(caller_mountpoint(s->caller));
	uint32_t step = answer->step <= MOUNTER_DONE ? answer->step : MOUNTER_DONE;

	if (s->stuck)
		say("%s: the kernel does not get done with mounting there; the file system that it "
		    "lies on may not answer",
			where);
	else if (s->lost)
		say("%s: the mounting process ended; the service, or the file system that the "
		    "mount point lies on, may have made the kernel wait too long",
			where);
	else if (step == MOUNTER_AT_COUNT)
		say("%s: %s: 'mount_max = %d' in %s is the limit", where, step_words[step],
			(int)s->config->mount_max, s->config->path);
	else if (answer->message[0])
		say("%s: %s: %s (%s)", where, step_words[step], said_error(error),
			said_text(answer->message));
	else
		say("%s: %s: %s", where, step_words[step], said_error(error));
}
