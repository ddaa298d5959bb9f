/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* Profiles on disk, and what an administrator wants to know of them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "adapter.h"
#include "filter.h"
#include "fsv_fd.h"

static int read_text(const char *path, char **buf, size_t *len)
{
	FSV_AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	/* One byte more, so that one that is too long is seen to be. */
	*buf = malloc(PROFILE_SIZE_MAX + 1);
	if (!*buf)
		return -ENOMEM;
	n = read(fd, *buf, PROFILE_SIZE_MAX + 1);
	if (n < 0) {
		n = -errno;
		free(*buf);
		*buf = NULL;
		return (int)n;
	}
	*len = (size_t)n;
	return 0;
}

int profile_load(const char *path, struct profile *p, char **buf)
{
	enum fsv_reason reason;
	unsigned int line;
	size_t len = 0;
	int ret;

	*buf = NULL;
	ret = read_text(path, buf, &len);
	if (ret) {
		if (ret != -ENOENT)
			say("cannot read %s: %s", quoted(path), strerror(-ret));
		return ret;
	}
	reason = profile_parse(*buf, len, p, &line);
	if (!reason)
		return 0;
	if (line)
		say("%s:%u: %s", quoted(path), line, fsv_reason_name(reason));
	else
		say("%s: %s (it must name a program, and arguments with @SRC@ and @MNT@)",
			quoted(path), fsv_reason_name(reason));
	free(*buf);
	*buf = NULL;
	return -EINVAL;
}

static int is_executable(struct fsv_str program)
{
	char path[GRANT_PATH];

	snprintf(path, sizeof(path), "%.*s", (int)program.len, program.s);
	return !access(path, X_OK);
}

static const char *text_of(struct fsv_str text)
{
	return text.s ? quote(text) : "";
}

static int is_profile(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* What has to be there for the filter: Linux 5.14, which says so nowhere but in its version. */
static int kernel_tells(void)
{
	struct seccomp_notif_sizes sizes;

	return filter_supported() && !syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes);
}

static char yama_scope(void)
{
	FSV_AUTO_FD fd = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
	char scope;

	return fd >= 0 && read(fd, &scope, 1) == 1 ? scope : '0';
}

/* Where the socket of a type is, into GRANT_PATH bytes; whether it is. */
static int socket_path(const char *name, char *path)
{
	struct stat st;

	snprintf(path, GRANT_PATH, "%s/%s", SOCKET_DIR, name);
	return !stat(path, &st) && S_ISSOCK(st.st_mode);
}

/* Of whoever asks: the socket may be for others. */
static const char *state_of(const struct profile *p, const char *name)
{
	char path[GRANT_PATH];

	if (!is_executable(p->program))
		return "not installed";
	if (!kernel_tells() || yama_scope() > '1' || !socket_path(name, path) || access(path, W_OK))
		return "installed";
	return "usable";
}

int check_list(const char *folder)
{
	struct dirent **names;
	int i, n = scandir(folder, &names, is_profile, alphasort);

	if (n < 0) {
		say("cannot read %s: %s", quoted(folder), strerror(errno));
		return 1;
	}
	for (i = 0; i < n; i++) {
		char path[GRANT_PATH], *text;
		struct profile p;

		snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
		if (!profile_load(path, &p, &text))
			printf("%-16s %-14s %s\n", quoted(names[i]->d_name),
				state_of(&p, names[i]->d_name), text_of(p.about));
		free(text);
		free(names[i]);
	}
	free(names);
	return fflush(stdout) ? 1 : 0;
}

/* What the unit shows the server besides: without it systemd does not start it. */
static int check_bound(const struct profile *p)
{
	struct fsv_str rest = p->bind, path;
	char name[GRANT_PATH];
	int all = 1;

	while (profile_word(&rest, &path)) {
		snprintf(name, sizeof(name), "%.*s", (int)path.len, path.s);
		if (access(name, F_OK)) {
			printf("file %s: missing\n", quote(path));
			all = 0;
		}
	}
	return all;
}

static int check_program(const struct profile *p)
{
	int found = is_executable(p->program);

	printf("program %s: %s%s%s\n", text_of(p->program), found ? "installed" : "missing",
		found || !p->package.s ? "" : ", in the package ",
		found ? "" : text_of(p->package));
	return found;
}

static int check_kernel(void)
{
	char scope = yama_scope();
	int ok = kernel_tells();

	printf("kernel: %s\n", ok ? "tells of system calls"
				  : "does not tell of system calls (Linux 5.14 on x86-64 or "
				    "aarch64 is needed)");
	if (scope > '1')
		printf("kernel.yama.ptrace_scope is %c: over 1, a server's calls cannot be read\n",
			scope);
	return ok && scope <= '1';
}

static int check_socket(const char *name)
{
	char path[GRANT_PATH];
	int found;

	/* A path is not the name of a type. */
	if (strchr(name, '/'))
		return 1;
	found = socket_path(name, path);
	if (found)
		printf("socket %s: there\n", quoted(path));
	else
		printf("socket %s: missing; to start it: systemctl enable --now %s.socket\n",
			quoted(path), quoted(name));
	return found;
}

int check_one(const char *path, const char *name)
{
	struct profile p;
	char *text;
	int ok, ret = profile_load(path, &p, &text);

	if (ret == -ENOENT)
		say("no profile %s. A server whose source is one file or device can have one "
		    "(docs/adapter.md); one that acts on a directory cannot, since no directory is "
		    "ever handed to a service",
			quoted(path));
	if (ret)
		return 1;
	printf("profile %s: %s\n", quoted(path), text_of(p.about));
	ok = check_program(&p);
	ok &= check_bound(&p);
	ok &= check_kernel();
	ok &= check_socket(name);
	free(text);
	return fflush(stdout) || !ok ? 1 : 0;
}
