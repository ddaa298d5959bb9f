/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "commands.h"

#include <errno.h>
#include <string.h>

#include "ask.h"
#include "explain.h"
#include "fsv_fd.h"
#include "fsv_text.h"
#include "fsv_wire.h"
#include "probe.h"
#include "sys.h"

static int run_fsopen(struct session *s, const struct fsv_msg *msg)
{
	bool blk = msg->fsopen_flags & FSV_FSOPEN_FUSEBLK;

	/* The kernel opens the device by its name, as root: nobody else may choose it. */
	if (blk && !caller_is_root(s->caller))
		return -EPERM;
	s->fuseblk = blk;
	return 0;
}

/* The device of fuseblk must be one that the caller named. */
static int find_device(struct session *s, struct fsv_str source)
{
	struct pin *pin = pins_find(&s->pins, source);
	struct statx stx;
	int ret;

	if (!pin)
		return -EINVAL;
	if (pin->error)
		return pin->error;
	ret = sys_statx(pin->fd, STATX_TYPE, &stx);
	if (ret)
		return ret;
	if (!S_ISBLK(stx.stx_mode))
		return -ENOTBLK;
	s->device = pin;
	return 0;
}

static int run_source(struct session *s, const struct fsv_msg *msg)
{
	struct fsv_str source = msg->text;
	const struct caller *c = s->caller;

	if (fsv_text_has_control(source))
		return -EINVAL;
	/* A path in the mount table is believed by people and programs: only the caller's own
	 * words. */
	if (memchr(source.s, '/', source.len) && !fsv_said(c->argc, c->argv, source))
		return -EINVAL;
	if (s->fuseblk) {
		if (source.len > MOUNTER_SOURCE_MAX)
			return -ENAMETOOLONG;
		int ret = find_device(s, source);

		if (ret)
			return ret;
	}
	/* The kernel takes no more than 255 bytes; the subtype says at least what it is. */
	if (source.len > MOUNTER_SOURCE_MAX)
		source = fsv_str_of(c->subtype);
	memcpy(s->source, source.s, source.len);
	s->source[source.len] = '\0';
	return 0;
}

/*
 * The root of a FUSE file system has neither owner nor mode until somebody has looked. The mounter
 * must not ask its server, and judges by what is known; so have it known.
 */
static int learn_owner(struct session *s, const struct pin *pin, const struct statx *stx)
{
	int ret;

	if (caller_is_root(s->caller) || (stx->stx_mode & 07777))
		return 0;
	ret = probe_refresh(s->probe, pin->fd, NOTICE_MS);
	if (ret == -ETIMEDOUT)
		fsv_fd_close(&s->probe);
	return ret;
}

static int run_mntpt(struct session *s, const struct fsv_msg *msg)
{
	const struct pin *pin = &s->pins.mountpoint;
	uint16_t wanted = msg->mntpt.expected_format;
	struct statx stx;
	int ret;

	if (!pin->name.text.s || !fsv_name_equals(&pin->name, msg->mntpt.path))
		return -EINVAL;
	if (pin->error)
		return pin->error;
	ret = sys_statx(pin->fd, STATX_TYPE | STATX_MODE, &stx);
	if (ret)
		return ret;
	if (wanted == FSV_FORMAT_DIR && !S_ISDIR(stx.stx_mode))
		return -ENOTDIR;
	if (wanted == FSV_FORMAT_REG && S_ISDIR(stx.stx_mode))
		return -EISDIR;
	if (!S_ISDIR(stx.stx_mode) && !S_ISREG(stx.stx_mode))
		return -EINVAL;
	return learn_owner(s, pin, &stx);
}

/* Root's own words about LSM labels, and no other: the mounter has their text. */
static int check_contexts(
	const struct session *s, const struct fsv_kernel_opts *opts, uint32_t *contexts)
{
	unsigned int i;

	*contexts = 0;
	for (i = 0; i < MOUNTER_CONTEXTS; i++) {
		if (!opts->context[i].s)
			continue;
		if (!s->caller->context[i] ||
			!fsv_opt_equals(opts->context[i], fsv_str_of(s->caller->context[i])))
			return -EPERM;
		*contexts |= MOUNTER_OPT_CONTEXT << i;
	}
	return 0;
}

static int run_mntopts(struct session *s, const struct fsv_msg *msg)
{
	struct fsv_kernel_opts opts;
	uint32_t contexts;
	int ret;

	if (fsv_kernel_opts_parse(msg->text, &opts))
		return -EINVAL;
	if (opts.allow_other && !caller_is_root(s->caller) && !s->config->user_allow_other)
		return -EPERM;
	if (opts.has_blksize && !s->fuseblk)
		return -EINVAL;
	ret = check_contexts(s, &opts, &contexts);
	if (ret)
		return ret;
	/* The views end with the packet; what they said is in `contexts`. */
	memset(opts.context, 0, sizeof(opts.context));
	s->opts = opts;
	s->contexts = contexts;
	return 0;
}

/* Only the caller's own words are written, and nothing else in the list is an error. */
static int run_mtabopts(struct session *s, const struct fsv_msg *msg)
{
	bool none;

	s->utab_picked = utab_words_pick(&s->utab_words, msg->text, &none);
	if (none)
		s->utab_picked = 0;
	return 0;
}

static void fill_request(const struct session *s, uint32_t ms_flags, struct mounter_request *r)
{
	memset(r, 0, sizeof(*r));
	r->op = MOUNTER_MOUNT;
	r->ms_flags = ms_flags;
	r->options = s->contexts;
	r->max_read = s->opts.max_read;
	r->blksize = s->opts.blksize;
	memcpy(r->source, s->source, sizeof(r->source));
	if (s->opts.default_permissions)
		r->options |= MOUNTER_OPT_DEFAULT_PERMISSIONS;
	if (s->opts.allow_other)
		r->options |= MOUNTER_OPT_ALLOW_OTHER;
	if (s->opts.has_max_read)
		r->options |= MOUNTER_OPT_MAX_READ;
	if (s->opts.has_blksize)
		r->options |= MOUNTER_OPT_BLKSIZE;
	if (s->fuseblk)
		r->options |= MOUNTER_OPT_FUSEBLK;
}

static int run_mount(struct session *s, const struct fsv_msg *msg)
{
	int files[MOUNTER_FILES] = { s->fuse, s->pins.mountpoint.fd, -1 };
	unsigned int count = 2;
	struct mounter_request request;
	struct mounter_answer answer;
	int ret;

	/* The mounter judges this again; here a service may still correct itself. It mounts once.
	 */
	if ((msg->ms_flags & ~FSV_MS_FLAGS) || s->tried)
		return -EINVAL;
	s->tried = true;
	fill_request(s, msg->ms_flags, &request);
	if (s->fuseblk)
		files[count++] = s->device->fd;
	ret = ask_mounter(s->chan, &request, files, count, &answer, &s->mount);
	s->lost = ret && !answer.error;
	s->stuck = s->lost && ret == -ETIMEDOUT;
	if (ret)
		explain_mount(s, &answer, ret);
	/* The service has the other one: when it goes, the mount must not be held open here. */
	if (!ret)
		fsv_fd_close(&s->fuse);
	return ret;
}

static int run_unmount(struct session *s)
{
	int ret = ask_simple(s->chan, MOUNTER_UNMOUNT);

	if (!ret)
		fsv_fd_close(&s->mount);
	return ret;
}

int command_run(struct session *s, const struct fsv_msg *msg)
{
	switch (msg->kind) {
	case FSV_FSOPEN: return run_fsopen(s, msg);
	case FSV_SOURCE: return run_source(s, msg);
	case FSV_MNTOPTS: return run_mntopts(s, msg);
	case FSV_MTABOPTS: return run_mtabopts(s, msg);
	case FSV_MNTPT: return run_mntpt(s, msg);
	case FSV_MOUNT: return run_mount(s, msg);
	case FSV_UNMOUNT: return run_unmount(s);
	default: return -EINVAL;
	}
}
