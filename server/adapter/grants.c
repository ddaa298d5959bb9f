/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "grants.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "fsv_fd.h"
#include "fsv_wire.h"
#include "fsv_words.h"

/* Append the components of `path` to `out`, which holds `*len` bytes: "" or "/a/b". */
static int append(const char *path, char *out, size_t *len)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (*len > 0) {
				--*len;
				if (out[*len] == '/')
					break;
			}
		} else if (n > 0 && !(n == 1 && path[0] == '.')) {
			if (GRANT_PATH - *len < n + 2)
				return -ENAMETOOLONG;
			out[(*len)++] = '/';
			memcpy(out + *len, path, n);
			*len += n;
		}
		path += n;
		path += *path == '/';
	}
	return 0;
}

int path_absolute(const char *base, const char *path, char *out)
{
	size_t len = 0;
	int ret = 0;

	if (!*path)
		return -ENOENT;
	if (*path != '/')
		ret = append(base, out, &len);
	if (!ret)
		ret = append(path, out, &len);
	if (len == 0)
		out[len++] = '/';
	out[len] = '\0';
	return ret;
}

static char *word_of(const struct fsv_name *name)
{
	char *word = malloc(name->text.len + 1);
	size_t len;

	if (!word)
		return NULL;
	if (name->escaped && !fsv_opt_unescape(name->text, word, name->text.len + 1, &len))
		return word;
	memcpy(word, name->text.s, name->text.len);
	word[name->text.len] = '\0';
	return word;
}

static int add(struct grants *g, const struct fsv_name *name)
{
	struct grant *grant = &g->list[g->count];
	char alias[GRANT_PATH];
	int i;

	grant->word = word_of(name);
	if (!grant->word)
		return -ENOMEM;
	/* "/" is a directory, which the helper hands out to nobody. */
	if (path_absolute("/", grant->word, alias) || !alias[1] || grants_find(g, alias)) {
		free(grant->word);
		return 0;
	}
	grant->alias = strdup(alias);
	if (!grant->alias) {
		free(grant->word);
		return -ENOMEM;
	}
	grant->look = -1;
	grant->opened = grant->written = 0;
	for (i = 0; i < GRANT_SPARES; i++)
		grant->spare[i] = -1;
	g->count++;
	return 0;
}

int grants_init(struct grants *g, int argc, const char *const *argv, int mountpoint_index)
{
	struct fsv_names names;
	struct fsv_name name;
	int ret = 0;

	g->count = 0;
	g->list = calloc(GRANTS_MAX, sizeof(*g->list));
	if (!g->list)
		return -ENOMEM;
	fsv_names_init(&names, argc, argv, 0);
	while (!ret && g->count < GRANTS_MAX && fsv_names_next(&names, &name))
		if (name.index != mountpoint_index)
			ret = add(g, &name);
	if (ret)
		grants_free(g);
	return ret;
}

void grants_free(struct grants *g)
{
	size_t i, k;

	for (i = 0; i < g->count; i++) {
		free(g->list[i].word);
		free(g->list[i].alias);
		fsv_fd_close(&g->list[i].look);
		for (k = 0; k < GRANT_SPARES; k++)
			fsv_fd_close(&g->list[i].spare[k]);
	}
	free(g->list);
	g->list = NULL;
	g->count = 0;
}

struct grant *grants_find(const struct grants *g, const char *path)
{
	size_t i;

	for (i = 0; i < g->count; i++)
		if (!strcmp(g->list[i].alias, path))
			return &g->list[i];
	return NULL;
}

int grants_above(const struct grants *g, const char *path)
{
	/* Without the `/` at its end, which only "/" has. */
	size_t i, n = path[1] ? strlen(path) : 0;

	for (i = 0; i < g->count; i++)
		if (!strncmp(g->list[i].alias, path, n) && g->list[i].alias[n] == '/')
			return 1;
	return 0;
}

/* Quietly: the server is told by the call's result, and most try without some flag first. */
static int ask(struct fsv_service *s, const struct grant *grant, int flags, mode_t mode)
{
	const struct fsv_wanted wanted = { .path = grant->word,
		.open_flags = flags,
		.create_mode = mode,
		.request_flags = FSV_OPEN_QUIET };

	return fsv_service_ask(s, &wanted);
}

void grant_explain(struct fsv_service *s, struct grant *grant)
{
	const struct fsv_wanted wanted = { .path = grant->word, .open_flags = O_RDONLY };
	int fd = -1;

	if (!grant->opened && !fsv_service_ask(s, &wanted) &&
		!fsv_service_answer(s, grant->word, &fd))
		fsv_fd_close(&fd);
}

int grant_open(struct fsv_service *s, struct grant *grant, int flags, mode_t mode)
{
	int fd, ret;

	ret = ask(s, grant, flags, mode);
	if (!ret)
		ret = fsv_service_answer(s, grant->word, &fd);
	if (ret)
		return ret;
	if (fd >= 0) {
		grant->opened = 1;
		grant->written |= (flags & O_ACCMODE) != O_RDONLY;
	}
	return fd;
}

int grant_take_spare(struct grant *grant)
{
	int i;

	for (i = 0; i < GRANT_SPARES; i++)
		if (grant->spare[i] >= 0)
			return fsv_fd_take(&grant->spare[i]);
	return -EMFILE;
}

/* How many of this grant there are to be. */
static int spares_wanted(const struct grants *g, const struct grant *grant)
{
	int most = grant->written ? GRANT_SPARES_WRITTEN : GRANT_SPARES;
	int share = GRANT_SPARES_ALL / (int)g->count;

	return share < most ? share : most;
}

void grants_fill_spares(struct fsv_service *s, struct grants *g)
{
	size_t i;

	for (i = 0; i < g->count; i++) {
		struct grant *grant = &g->list[i];
		int k, wanted, flags = grant->written ? O_RDWR : O_RDONLY;

		if (grant->look < 0)
			grant->look = grant_open(s, grant, O_RDONLY, 0);
		/* A name that cannot be opened now will not be opened later either. */
		wanted = grant->look < 0 ? 0 : spares_wanted(g, grant);
		/* All questions first: answers one by one would take longer than the mount. */
		for (k = 0; k < wanted && !ask(s, grant, flags, 0); k++)
			;
		for (wanted = k, k = 0; k < wanted; k++)
			if (fsv_service_answer(s, grant->word, &grant->spare[k]))
				break;
	}
}
