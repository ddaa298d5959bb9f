/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "installed.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* systemd.unit(5), "System Unit Search Path". */
static const char *const unit_dirs[] = {
	SYSTEM_UNIT_DIR,
	"/etc/systemd/system.control",
	"/run/systemd/system.control",
	"/run/systemd/transient",
	"/run/systemd/generator.early",
	"/etc/systemd/system",
	"/etc/systemd/system.attached",
	"/run/systemd/system",
	"/run/systemd/system.attached",
	"/run/systemd/generator",
	"/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",
	"/lib/systemd/system",
	"/run/systemd/generator.late",
};

/* Where mount(8) looks, and where this program is. */
static const char *const link_dirs[] = {
	PROGRAM_DIR,
	"/sbin",
	"/usr/sbin",
	"/sbin/fs.d",
	"/sbin/fs",
};

static const char *const link_names[] = { "mount.fuse.", "mount.fuseblk." };

static const char *const classic_programs[] = {
	"/sbin/mount.fuse3",
	"/usr/sbin/mount.fuse3",
	"/usr/bin/mount.fuse3",
};

static bool make_path(
	char *path, const char *dir, const char *prefix, const char *name, const char *suffix)
{
	int n = snprintf(path, PATH_MAX, "%s/%s%s%s", dir, prefix, name, suffix);

	return n > 0 && n < PATH_MAX;
}

/* The entry itself, not what a symbolic link leads to: whoever made it decided. */
static bool is_roots(const char *path, struct stat *st)
{
	return lstat(path, st) == 0 && st->st_uid == 0 &&
	       (S_ISREG(st->st_mode) || S_ISLNK(st->st_mode));
}

static bool is_this_program(const char *path)
{
	struct stat there, here;

	if (stat(path, &there) || stat("/proc/self/exe", &here))
		return false;
	return there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

/* A link that leads nowhere just now, or to another copy, says the same. */
static bool is_named_like_this_program(const char *link)
{
	char target[PATH_MAX];
	ssize_t n = readlink(link, target, sizeof(target) - 1);
	const char *slash;

	if (n < 0)
		return false;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return strcmp(slash ? slash + 1 : target, PROGRAM) == 0;
}

/* Other programs have links of such names too (mount.fuse.sshfs): those are no services. */
static bool is_link(const char *path)
{
	struct stat st;

	return is_roots(path, &st) && (is_this_program(path) || is_named_like_this_program(path));
}

static bool has_unit(const char *subtype)
{
	char path[PATH_MAX];
	struct stat st;
	size_t i;

	for (i = 0; i < COUNT(unit_dirs); i++)
		if (make_path(path, unit_dirs[i], "", subtype, ".socket") && is_roots(path, &st))
			return true;
	return false;
}

static bool has_link(const char *subtype)
{
	char path[PATH_MAX];
	size_t i, j;

	for (i = 0; i < COUNT(link_dirs); i++)
		for (j = 0; j < COUNT(link_names); j++)
			if (make_path(path, link_dirs[i], link_names[j], subtype, "") &&
				is_link(path))
				return true;
	return false;
}

/* argv[0] is the caller's to choose, but he cannot make root's links, and gains nothing by them. */
static bool started_by_link(const char *subtype, const char *program)
{
	const char *slash = program ? strrchr(program, '/') : NULL;
	size_t i, len;

	for (i = 0; slash && i < COUNT(link_names); i++) {
		len = strlen(link_names[i]);
		if (strncmp(slash + 1, link_names[i], len) == 0 &&
			strcmp(slash + 1 + len, subtype) == 0)
			return is_link(program);
	}
	return false;
}

bool installed_service(const char *subtype, const char *program)
{
	return has_unit(subtype) || has_link(subtype) || started_by_link(subtype, program);
}

bool installed_socket(const char *subtype)
{
	char path[PATH_MAX];
	struct stat st;

	return make_path(path, SERVICE_SOCKET_DIR, "", subtype, "") && lstat(path, &st) == 0 &&
	       S_ISSOCK(st.st_mode);
}

const char *installed_classic(void)
{
	struct stat st;
	size_t i;

	for (i = 0; i < COUNT(classic_programs); i++) {
		const char *path = classic_programs[i];

		/* Where it is a link to this program, the two would start each other for ever. */
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0 &&
			!is_this_program(path))
			return path;
	}
	return NULL;
}
