/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "fsv_mount_options.h"

#include <errno.h>
#include <fuse_log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsv_wire.h"

/* What becomes of an option in `args`. */
#define KEEP 1
#define DROP 0
#define FAIL (-1)

/* The MS_* words that every libfuse 3 takes; it calls the others unknown options. */
static const char *const libfuse_ms_words[] = { "ro", "rw", "suid", "nosuid", "dev", "nodev",
	"exec", "noexec", "async", "sync", "atime", "noatime", "dirsync", NULL };

/* mount(8)'s own words, apart from x-*, of which the kernel knows nothing. */
static const char *const mtab_words[] = { "auto", "noauto", "user", "nouser", "users", "owner",
	"group", "nofail", "_netdev", NULL };
static const char *const mtab_names[] = { "user", "comment", "uhelper", "helper", NULL };

static int is_one_of(const char *const *words, struct fsv_str text)
{
	for (; *words; words++)
		if (fsv_str_is(text, *words))
			return 1;
	return 0;
}

static int starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static int out_of_memory(void)
{
	fuse_log(FUSE_LOG_ERR, "fuse-service: out of memory\n");
	return FAIL;
}

/* The last of a repeated option counts, as in libfuse. */
static int remember(char **slot, struct fsv_str value)
{
	char *copy = strndup(value.s, value.len);

	if (!copy)
		return out_of_memory();
	free(*slot);
	*slot = copy;
	return KEEP;
}

static int remember_number(char **slot, const char *option, struct fsv_str value)
{
	uint32_t n;

	if (fsv_opt_number(value, &n)) {
		fuse_log(FUSE_LOG_ERR, "fuse-service: `%s': not a number\n", option);
		return FAIL;
	}
	return remember(slot, value);
}

static int remember_mtab(struct fsv_mount_options *said, const char *option, int verdict)
{
	return fuse_opt_add_opt_escaped(&said->mtab, option) ? out_of_memory() : verdict;
}

/* Options of the form name=value. */
static int take_valued(struct fsv_mount_options *said, const char *option, struct fsv_str name,
	struct fsv_str value)
{
	int i;

	if (fsv_str_is(name, "fsname"))
		return remember(&said->fsname, value);
	if (fsv_str_is(name, "subtype"))
		return remember(&said->subtype, value);
	if (fsv_str_is(name, "max_read"))
		return remember_number(&said->max_read, option, value);
	if (fsv_str_is(name, "blksize"))
		return remember_number(&said->blksize, option, value);
	for (i = 0; i < FSV_CONTEXTS; i++)
		if (fsv_str_is(name, fsv_context_name((enum fsv_context)i)))
			return remember(&said->context[i], value);
	if (is_one_of(mtab_names, name))
		return remember_mtab(said, option, fsv_str_is(name, "user") ? KEEP : DROP);
	return KEEP;
}

/* Options that are one word. */
static int take_word(struct fsv_mount_options *said, const char *option, struct fsv_str word)
{
	if (fsv_ms_lookup(word)) {
		fsv_ms_collect(word, &said->ms);
		return is_one_of(libfuse_ms_words, word) ? KEEP : DROP;
	}
	if (fsv_str_is(word, "allow_other") || fsv_str_is(word, "allow_root"))
		said->allow_other = 1;
	else if (fsv_str_is(word, "default_permissions"))
		said->default_permissions = 1;
	else if (fsv_str_is(word, "blkdev"))
		said->blkdev = 1;
	else if (is_one_of(mtab_words, word))
		return remember_mtab(said, option, DROP);
	else if (fsv_str_is(word, "defaults"))
		return DROP;
	return KEEP;
}

/* fuse_opt_parse() has split the lists and undone their escapes. */
static int take_option(void *data, const char *arg, int key, struct fuse_args *out)
{
	struct fsv_mount_options *said = data;
	struct fsv_str name, value;

	(void)out;
	if (key == FUSE_OPT_KEY_NONOPT)
		return KEEP;
	if (!strcmp(arg, "-n"))
		return remember_mtab(said, arg, KEEP);
	if (!strcmp(arg, "-r")) {
		(void)take_word(said, arg, fsv_str_of("ro"));
		return KEEP;
	}
	if (starts_with(arg, "x-"))
		return remember_mtab(said, arg, DROP);
	if (starts_with(arg, "X-"))
		return DROP;
	if (fsv_opt_split(fsv_str_of(arg), &name, &value))
		return take_valued(said, arg, name, value);
	return take_word(said, arg, name);
}

int fsv_mount_options_collect(struct fuse_args *args, struct fsv_mount_options *said)
{
	struct fsv_mount_options found = { 0 };

	if (fuse_opt_parse(args, &found, NULL, take_option)) {
		fsv_mount_options_clear(&found);
		return FAIL;
	}
	*said = found;
	return 0;
}

void fsv_mount_options_clear(struct fsv_mount_options *said)
{
	int i;

	free(said->max_read);
	free(said->blksize);
	for (i = 0; i < FSV_CONTEXTS; i++)
		free(said->context[i]);
	free(said->fsname);
	free(said->subtype);
	free(said->mtab);
	memset(said, 0, sizeof(*said));
}

static int add_word(char **list, int wanted, const char *word)
{
	return wanted && fuse_opt_add_opt_escaped(list, word) ? -ENOMEM : 0;
}

static int add_value(char **list, const char *name, const char *value)
{
	char *option;
	int ret;

	if (!value)
		return 0;
	if (asprintf(&option, "%s=%s", name, value) < 0)
		return -ENOMEM;
	ret = add_word(list, 1, option);
	free(option);
	return ret;
}

int fsv_mount_options_kernel(const struct fsv_mount_options *said, char **text)
{
	char *list = NULL;
	int ret, i;

	ret = add_word(&list, said->default_permissions, "default_permissions");
	if (!ret)
		ret = add_word(&list, said->allow_other, "allow_other");
	if (!ret)
		ret = add_value(&list, "max_read", said->max_read);
	/* Only a fuseblk mount has it; others would be refused. */
	if (!ret && said->blkdev)
		ret = add_value(&list, "blksize", said->blksize);
	for (i = 0; !ret && i < FSV_CONTEXTS; i++)
		ret = add_value(&list, fsv_context_name((enum fsv_context)i), said->context[i]);
	if (ret) {
		free(list);
		return ret;
	}
	*text = list;
	return 0;
}

uint32_t fsv_mount_options_flags(const struct fsv_mount_options *said)
{
	return ((FSV_MS_NOSUID | FSV_MS_NODEV) & ~said->ms.off) | said->ms.on;
}

const char *fsv_mount_options_source(const struct fsv_mount_options *said)
{
	if (said->fsname && *said->fsname)
		return said->fsname;
	if (said->subtype && *said->subtype)
		return said->subtype;
	return "/dev/fuse";
}
