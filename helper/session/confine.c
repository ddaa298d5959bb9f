/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "fsv_fd.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "say.h"
#include "sys.h"

static unsigned int wanted_access(const struct session *s)
{
	return s->caller->said.on & FSV_MS_RDONLY ? LANDLOCK_READ : LANDLOCK_READ | LANDLOCK_WRITE;
}

/* A file has only the rights of files, and a missing one can only come to be in its directory. */
static int allow_pin(const struct session *s, int ruleset, const struct pin *pin)
{
	unsigned int access = wanted_access(s);
	struct statx stx;

	if (pin->parent >= 0 && (access & LANDLOCK_WRITE))
		return landlock_allow(ruleset, pin->parent, access | LANDLOCK_CREATE);
	if (pin->fd < 0 || sys_statx(pin->fd, STATX_TYPE, &stx))
		return 0;
	if (S_ISBLK(stx.stx_mode))
		return landlock_allow(ruleset, pin->fd, access | LANDLOCK_DEVICE);
	return S_ISREG(stx.stx_mode) ? landlock_allow(ruleset, pin->fd, access) : 0;
}

/* What a rule of fuse.conf allows lies below the part of its pattern that has no wildcard. */
static int allow_rule(const struct session *s, int ruleset, const struct fsv_conf_line *line)
{
	unsigned int access = LANDLOCK_READ | LANDLOCK_DEVICE;
	FSV_AUTO_FD fd = -1;
	char path[PATH_MAX];
	size_t i, len = 0;
	bool link;

	for (i = 0; i < line->pattern.len && i < sizeof(path) - 1; i++) {
		if (line->pattern.s[i] == '*' || line->pattern.s[i] == '?')
			break;
		path[i] = line->pattern.s[i];
		if (path[i] == '/')
			len = i + 1;
	}
	if (i == line->pattern.len)
		len = i;
	path[len] = '\0';
	if (resolve(-EPERM, path, RESOLVE_ROOTS_LINKS, &fd, &link))
		return 0;
	if (line->rw)
		access |= wanted_access(s);
	return landlock_allow(ruleset, fd, access);
}

static int allow_rules(const struct session *s, int ruleset)
{
	struct fsv_conf_line line;
	struct fsv_conf walk;
	int ret = 0;

	fsv_conf_init(&walk, s->config->text.s, s->config->text.len);
	while (!ret && fsv_conf_next(&walk, &line))
		if (line.kind == FSV_CONF_OPEN_PATH && fsv_str_is(line.subtype, s->caller->subtype))
			ret = allow_rule(s, ruleset, &line);
	return ret;
}

/* Without ioctl(2): a service could make the kernel wait for it in the middle of a mount. */
static int allow_fuse(const struct session *s, int ruleset)
{
	FSV_AUTO_FD fd = sys_openat(AT_FDCWD, s->caller->fuse_device, O_PATH, 0);

	return fd < 0 ? 0 : landlock_allow(ruleset, fd, LANDLOCK_READ | LANDLOCK_WRITE);
}

int session_confine(const struct session *s)
{
	FSV_AUTO_FD ruleset = -1;
	unsigned int i;
	int ret;

	ret = landlock_begin(&ruleset);
	for (i = 0; i < s->pins.count && !ret; i++)
		ret = allow_pin(s, ruleset, &s->pins.pin[i]);
	ret = ret ? ret : allow_rules(s, ruleset);
	ret = ret ? ret : allow_fuse(s, ruleset);
	ret = ret ? ret : landlock_confine(ruleset);
	ret = ret ? ret : filter_install(FILTER_SESSION);
	if (ret)
		say("cannot confine this process: %s", said_error(ret));
	return ret;
}
