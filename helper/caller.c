/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "caller.h"

#include <errno.h>
#include <string.h>

#include "say.h"

bool caller_is_root(const struct caller *caller)
{
	return caller->uid == 0;
}

/* `--timeout SECONDS` is ours only as the first two words: anywhere else it is the service's. */
static int take_timeout(struct caller *caller)
{
	uint32_t seconds;

	if (caller->argc < 2 || strcmp(caller->argv[0], "--timeout") != 0)
		return 0;
	if (fsv_opt_number(fsv_str_of(caller->argv[1]), &seconds) || seconds == 0) {
		say("--timeout %s: not a number of seconds", said_text(caller->argv[1]));
		return -EINVAL;
	}
	caller->timeout = seconds;
	caller->argc -= 2;
	caller->argv += 2;
	return 0;
}

static int take_subtype(struct caller *caller)
{
	struct fsv_str subtype;
	const char *type;

	if (caller->line.bare_type) {
		say("-t needs a type behind it");
		return -EINVAL;
	}
	if (caller->line.type < 0)
		return 0;
	type = caller->argv[caller->line.type];
	if (fsv_subtype(fsv_str_of(type), &subtype)) {
		say("-t %s: not a file-system type (letters, digits, '.', '_', '+' and '-', "
		    "neither '.' nor '-' first, at most %d characters)",
			said_text(type), MOUNTER_SUBTYPE_MAX);
		return -EINVAL;
	}
	memcpy(caller->subtype, subtype.s, subtype.len);
	caller->subtype[subtype.len] = '\0';
	return 0;
}

/* LSM contexts count only for root; nobody else may choose labels. */
static void take_context(struct caller *caller, struct fsv_str name, struct fsv_str value)
{
	unsigned int i;
	size_t len;

	if (!caller_is_root(caller))
		return;
	for (i = 0; i < MOUNTER_CONTEXTS; i++) {
		if (!fsv_str_is(name, fsv_context_name((enum fsv_context)i)))
			continue;
		if (fsv_opt_unescape(value, caller->context_text[i],
			    sizeof(caller->context_text[i]), &len) == FSV_OK)
			caller->context[i] = caller->context_text[i];
	}
}

static void take_list(struct caller *caller, struct fsv_str list)
{
	struct fsv_str token, name, value;
	struct fsv_opts walk;

	fsv_ms_collect(list, &caller->said);
	fsv_opts_init(&walk, list);
	while (fsv_opts_next(&walk, &token)) {
		if (fsv_str_is(token, "allow_other"))
			caller->said_allow_other = true;
		if (fsv_opt_split(token, &name, &value))
			take_context(caller, name, value);
	}
}

int caller_read(struct caller *caller, int argc, const char *const *argv)
{
	struct fsv_words walk;
	struct fsv_str text;
	enum fsv_word word;
	int index, ret;

	caller->argc = argc;
	caller->argv = argv;
	ret = take_timeout(caller);
	if (ret)
		return ret;
	fsv_cmdline_read(caller->argc, caller->argv, &caller->line);
	ret = take_subtype(caller);
	if (ret)
		return ret;
	fsv_words_init(&walk, caller->argc, caller->argv);
	while (fsv_words_next(&walk, &word, &text, &index))
		if (word == FSV_WORD_LIST)
			take_list(caller, text);
	return 0;
}

const char *caller_only_word(const struct caller *caller)
{
	return caller->line.others == 1 ? caller->argv[caller->line.only] : NULL;
}

struct fsv_str caller_mountpoint(const struct caller *caller)
{
	int i = caller->line.mountpoint;

	return fsv_str_of(i < 0 ? NULL : caller->argv[i]);
}

void caller_facts(const struct caller *caller, bool user_allow_other, int32_t mount_max,
	struct mounter_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->uid = caller->uid;
	facts->gid = caller->gid;
	facts->root = caller_is_root(caller);
	facts->user_allow_other = user_allow_other;
	facts->mount_max = mount_max;
	facts->said_allow_other = caller->said_allow_other;
	facts->said_on = caller->said.on;
	facts->said_off = caller->said.off;
	memcpy(facts->subtype, caller->subtype, sizeof(facts->subtype));
	memcpy(facts->context, caller->context, sizeof(facts->context));
}
