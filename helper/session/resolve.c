/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>

#include "fsv_fd.h"
#include "sys.h"

/* As many as the kernel follows (path_resolution(7)). */
#define LINKS_MAX 40

/* A walk in which each symbolic link is looked at before it is followed. */
struct walk {
	int at; /* directory reached so far, O_PATH */
	unsigned int links;
	char rest[PATH_MAX]; /* what is still to be walked */
};

/* Cut the first component off the rest into `name`. False if nothing is left. */
static bool next_component(struct walk *w, char *name)
{
	size_t skip = strspn(w->rest, "/");
	size_t len = strcspn(w->rest + skip, "/");

	if (len == 0)
		return false;
	if (len > NAME_MAX)
		len = NAME_MAX + 1;
	memcpy(name, w->rest + skip, len);
	name[len] = '\0';
	memmove(w->rest, w->rest + skip + len, strlen(w->rest + skip + len) + 1);
	return true;
}

static int go_to_root(struct walk *w)
{
	int root = sys_openat2(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);

	if (root < 0)
		return root;
	fsv_fd_close(&w->at);
	w->at = root;
	return 0;
}

/* Put the link's target in front of the rest. */
static int follow(struct walk *w, int link)
{
	char target[PATH_MAX];
	size_t rest = strlen(w->rest);
	uint64_t type;
	int len;

	if (++w->links > LINKS_MAX)
		return -ELOOP;
	len = sys_fs_type(link, &type);
	if (len < 0)
		return len;
	len = sys_readlink(link, target, sizeof(target));
	if (len < 0)
		return len;
	if ((size_t)len >= sizeof(target) || (size_t)len + rest >= sizeof(w->rest))
		return -ENAMETOOLONG;
	/* A magic link: RESOLVE_NO_MAGICLINKS stops those only that the kernel itself follows, and
	 * what it says of itself is not where it leads. The plain links of proc are relative. */
	if (type == PROC_SUPER_MAGIC && target[0] == '/')
		return -ELOOP;
	memmove(w->rest + len, w->rest, rest + 1);
	memcpy(w->rest, target, (size_t)len);
	return target[0] == '/' ? go_to_root(w) : 0;
}

static int step(struct walk *w, const char *name)
{
	FSV_AUTO_FD next = sys_openat2(w->at, name, O_PATH | O_NOFOLLOW, RESOLVE_NO_MAGICLINKS);
	struct statx stx;
	int ret;

	if (next < 0)
		return next;
	ret = sys_statx(next, STATX_TYPE | STATX_UID, &stx);
	if (ret)
		return ret;
	if (!S_ISLNK(stx.stx_mode)) {
		fsv_fd_close(&w->at);
		w->at = fsv_fd_take(&next);
		return 0;
	}
	/* Somebody else's link would make root open what that somebody chose. */
	if (stx.stx_uid != 0)
		return -ELOOP;
	return follow(w, next);
}

static int resolve_slowly(int dir, const char *path, int *fd)
{
	struct walk w = { .at = -1 };
	char name[NAME_MAX + 2];
	int ret;

	if (strlen(path) >= sizeof(w.rest))
		return -ENAMETOOLONG;
	strcpy(w.rest, path);
	if (path[0] == '/')
		ret = go_to_root(&w);
	else
		ret = w.at = sys_openat2(dir, ".", O_PATH | O_DIRECTORY, 0);
	while (ret >= 0 && next_component(&w, name))
		ret = step(&w, name);
	if (ret < 0) {
		fsv_fd_close(&w.at);
		return ret;
	}
	*fd = w.at;
	return 0;
}

/* With links on the way: does the last component say so itself? */
static int last_is_link(int dir, const char *path, bool *link)
{
	FSV_AUTO_FD fd = sys_openat2(dir, path, O_PATH | O_NOFOLLOW, RESOLVE_NO_MAGICLINKS);
	struct statx stx;
	int ret = fd < 0 ? fd : sys_statx(fd, STATX_TYPE, &stx);

	if (!ret)
		*link = S_ISLNK(stx.stx_mode);
	return ret;
}

int resolve(int dir, const char *path, enum resolve_links links, int *fd, bool *link)
{
	int from = path[0] == '/' ? AT_FDCWD : dir;
	int ret;

	if (path[0] == '\0')
		return -ENOENT;
	if (path[0] != '/' && dir < 0)
		return dir;
	/* Nearly always there is no link at all, and one call does it. */
	ret = sys_openat2(from, path, O_PATH, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	if (ret >= 0) {
		*link = false;
		*fd = ret;
		return 0;
	}
	if (ret != -ELOOP)
		return ret;
	if (links == RESOLVE_ROOTS_LINKS)
		ret = resolve_slowly(from, path, fd);
	else
		ret = *fd = sys_openat2(from, path, O_PATH, RESOLVE_NO_MAGICLINKS);
	if (ret < 0)
		return ret;
	/* Not known is not no: O_NOFOLLOW would be forgotten. */
	ret = last_is_link(from, path, link);
	if (ret)
		fsv_fd_close(fd);
	return ret;
}

int resolve_parent(
	int dir, const char *path, enum resolve_links links, int *parent, const char **base)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char directory[PATH_MAX];
	size_t len = slash ? (size_t)(name - path) : 1;
	bool link;
	int ret;

	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EINVAL;
	if (len >= sizeof(directory) || strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(directory, slash ? path : ".", len);
	directory[len] = '\0';
	ret = resolve(dir, directory, links, parent, &link);
	if (!ret)
		*base = name;
	return ret;
}
