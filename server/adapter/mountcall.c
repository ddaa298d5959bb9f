/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "mountcall.h"

#include <errno.h>

#include "fsv_wire.h"

/* Old programs say so that they know of flags (mount(2)). */
#define MAGIC	   0xC0ED0000ul
#define MAGIC_MASK 0xFFFF0000ul
/* MS_SILENT: of log messages, not of the mount. */
#define SILENT 0x8000ul

/* The mount helper sets these itself, from what it knows of the caller. */
static const char *const helpers_own[] = { "fd", "rootmode", "user_id", "group_id", "subtype",
	NULL };

static int is_type(const char *fstype, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(fstype, name, n) && (!fstype[n] || fstype[n] == '.');
}

static int is_wanted(struct fsv_str token, const struct mountrules *rules, int fuseblk)
{
	struct fsv_str name, value;
	int i;

	(void)fsv_opt_split(token, &name, &value);
	for (i = 0; helpers_own[i]; i++)
		if (fsv_str_is(name, helpers_own[i]))
			return 0;
	/* Only a fuseblk mount has one. */
	if (fsv_str_is(name, "blksize"))
		return fuseblk;
	/* Some servers always ask for it; then it is not worth failing for. Who typed it is told.
	 */
	if (fsv_str_is(token, "allow_other"))
		return rules->may_allow_other || rules->said_allow_other;
	return token.len > 0;
}

static int translate_data(const char *data, const struct mountrules *rules, int fuseblk, char *out)
{
	struct fsv_str token;
	struct fsv_opts o;
	size_t n = 0;

	if (strlen(data) >= MOUNTCALL_OPTIONS_MAX)
		return -E2BIG;
	fsv_opts_init(&o, fsv_str_of(data));
	while (fsv_opts_next(&o, &token)) {
		if (!is_wanted(token, rules, fuseblk))
			continue;
		if (n > 0)
			out[n++] = ',';
		memcpy(out + n, token.s, token.len);
		n += token.len;
	}
	out[n] = '\0';
	return 0;
}

int mountcall_translate(const char *fstype, unsigned long flags, const char *data,
	const struct mountrules *rules, struct mountcall *call)
{
	struct mountcall made = { 0 };
	int ret, blk = is_type(fstype, "fuseblk");

	if (!blk && !is_type(fstype, "fuse"))
		return -ENODEV;
	if ((flags & MAGIC_MASK) == MAGIC)
		flags &= ~MAGIC_MASK;
	flags &= ~SILENT;
	if (flags & ~(unsigned long)FSV_MS_FLAGS)
		return -EINVAL;
	made.fuseblk = blk && rules->fuseblk;
	/* The server has no say in what the caller asked for. */
	made.ms_flags = (uint32_t)flags | rules->ms.on;
	if (!(rules->ms.off & FSV_MS_NOSUID))
		made.ms_flags |= FSV_MS_NOSUID;
	if (!(rules->ms.off & FSV_MS_NODEV))
		made.ms_flags |= FSV_MS_NODEV;
	if (rules->read_only)
		made.ms_flags |= FSV_MS_RDONLY;
	ret = translate_data(data, rules, made.fuseblk, made.options);
	if (!ret)
		*call = made;
	return ret;
}
