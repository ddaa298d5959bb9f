/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The server's notified calls. Each ends in one of three ways: with a file or an answer that the
 * mount helper's files allow, with the error that the helper gave, or left to the kernel as it was
 * made. Nothing is refused here that the kernel would allow, so it does not matter that the server
 * can change the arguments after they were read.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "adapter.h"
#include "filter.h"
#include "fsv_fd.h"
#include "fsv_sys.h"
#include "fsv_wire.h"
#include "memory.h"
#include "mountcall.h"

/* What a server may take to end once it knows that there will be no mount. */
#define REFUSED_MS 5000

/* Left to the kernel; no errno has this value. */
#define TO_KERNEL 1
/* The answer has been given with the file. */
#define ANSWERED 2

/* The call in hand. */
struct call {
	const struct notified *what;
	struct seccomp_notif *notif;
	pid_t tid;
	char path[GRANT_PATH]; /* absolute */
};

/* What a name stands for, if it is one of ours. */
enum thing {
	NOT_OURS,
	FUSE_DEVICE,
	SYNTHETIC,
	GRANTED,
	ABOVE
};
struct found {
	enum thing thing;
	struct grant *grant;
	struct fsv_str text; /* of a synthetic file */
};

static struct found find(const struct adapter *a, const char *path)
{
	struct found found = { .thing = NOT_OURS };
	size_t i;

	found.grant = grants_find(&a->grants, path);
	if (found.grant) {
		found.thing = GRANTED;
		return found;
	}
	if (!strcmp(path, "/dev/fuse") && a->progress == WAITING)
		found.thing = FUSE_DEVICE;
	for (i = 0; i < a->profile->files && found.thing == NOT_OURS; i++) {
		struct fsv_str rest = a->profile->file[i], name;

		if (profile_word(&rest, &name) && fsv_str_is(name, path)) {
			found.thing = SYNTHETIC;
			found.text = rest.len ? fsv_str_behind(rest, 1) : rest;
		}
	}
	if (found.thing == NOT_OURS && grants_above(&a->grants, path))
		found.thing = ABOVE;
	return found;
}

/*
 * The text of a profile: `\n` and `\t` stand for what its line cannot hold, `\u` for the number
 * of the user that the server runs as, which only this process knows.
 */
static void print_text(FILE *out, struct fsv_str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		char c = text.s[i];

		if (c != '\\' || i + 1 == text.len) {
			fputc(c, out);
			continue;
		}
		c = text.s[++i];
		if (c == 'u')
			fprintf(out, "%u", (unsigned int)getuid());
		else
			fputc(c == 'n' ? '\n' : c == 't' ? '\t' : c, out);
	}
	fputc('\n', out);
}

static int synthetic_file(struct fsv_str text)
{
	FSV_AUTO_FD fd = memfd_create("fuse-service", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	char *buf = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&buf, &len);
	int ok;

	if (out)
		print_text(out, text);
	ok = out && !fclose(out) && fd >= 0 && pwrite(fd, buf, len, 0) == (ssize_t)len &&
	     !fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
	free(buf);
	return ok ? fsv_fd_take(&fd) : -EIO;
}

/* A file for questions about a thing: the result goes to look_end(). */
static int look_begin(struct adapter *a, const struct found *found)
{
	switch (found->thing) {
	case FUSE_DEVICE: return fsv_service_fusedev(a->service);
	case SYNTHETIC: return synthetic_file(found->text);
	case ABOVE: return open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	default: break;
	}
	if (found->grant->look < 0) {
		int fd = a->progress == WAITING ? grant_open(a->service, found->grant, O_RDONLY, 0)
						: grant_take_spare(found->grant);

		if (fd < 0)
			return fd;
		found->grant->look = fd;
	}
	return found->grant->look;
}

static void look_end(const struct found *found, int fd)
{
	if (found->thing == SYNTHETIC || found->thing == ABOVE)
		fsv_fd_close(&fd);
}

/* Put a copy of `fd` into the server as its call's result; with this number, if not 0. */
static int hand_over_as(
	const struct adapter *a, const struct call *call, int fd, int flags, int number)
{
	struct seccomp_notif_addfd add = { .id = call->notif->id,
		.flags = SECCOMP_ADDFD_FLAG_SEND | (number ? SECCOMP_ADDFD_FLAG_SETFD : 0),
		.srcfd = (uint32_t)fd,
		.newfd = (uint32_t)number,
		.newfd_flags = (uint32_t)(flags & O_CLOEXEC) };

	if (ioctl_in_peace(a->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0)
		return ANSWERED;
	/* ENOENT: the call was interrupted; nobody waits for the answer. */
	return errno == ENOENT ? ANSWERED : -errno;
}

static int hand_over(const struct adapter *a, const struct call *call, int fd, int flags)
{
	return hand_over_as(a, call, fd, flags, 0);
}

/*
 * A folder above a granted name: as it is seen from here, which is as the server sees it, or else
 * one that is empty. But for /proc, which shows everybody something else, and would show ours.
 */
static int folder_file(const char *path)
{
	FSV_AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0)
		return open(STAND_IN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fstatfs(fd, &fs) || fs.f_type == PROC_SUPER_MAGIC)
		return -1;
	return fsv_fd_take(&fd);
}

static int open_folder(struct adapter *a, const struct call *call, int flags)
{
	FSV_AUTO_FD fd = -1;
	int ret;

	if ((flags & O_CREAT) || (!(flags & O_PATH) && (flags & O_ACCMODE) != O_RDONLY) ||
		a->folders == FOLDERS_MAX || a->top < 2 * FOLDERS_MAX)
		return TO_KERNEL;
	fd = folder_file(call->path);
	if (fd < 0)
		return TO_KERNEL;
	a->folder[a->folders] = strdup(call->path);
	if (!a->folder[a->folders])
		return TO_KERNEL;
	ret = hand_over_as(a, call, fd, flags, a->top - a->folders);
	a->folders++;
	return ret;
}

/* Where the server has this descriptor open, if that is known. */
static const char *folder_of(const struct adapter *a, int fd)
{
	return fd <= a->top && fd > a->top - a->folders ? a->folder[a->top - fd] : NULL;
}

static int open_grant(struct adapter *a, struct grant *grant, int flags, mode_t mode)
{
	if (a->profile->read_only && (flags & (O_ACCMODE | O_TRUNC)) != O_RDONLY)
		return -EROFS;
	if (flags & O_DIRECTORY)
		return -ENOTDIR;
	if (a->progress != WAITING) {
		/* As access(2) is answered, so that the server tries again without writing. */
		if (!grant->written && !(flags & O_PATH) && (flags & O_ACCMODE) != O_RDONLY)
			return -EROFS;
		return grant_take_spare(grant);
	}
	/* A file that can be read can do all that a mere reference can. */
	if (flags & O_PATH)
		flags = O_RDONLY;
	/* The one is between the server and the kernel, the other the helper does always. */
	return grant_open(a->service, grant, flags & ~(O_CLOEXEC | O_NOCTTY), mode);
}

static int do_open(struct adapter *a, const struct call *call, int flags, mode_t mode)
{
	struct found found = find(a, call->path);
	FSV_AUTO_FD fd = -1;

	switch (found.thing) {
	case FUSE_DEVICE: return hand_over(a, call, fsv_service_fusedev(a->service), flags);
	case SYNTHETIC: fd = synthetic_file(found.text); break;
	case GRANTED: fd = open_grant(a, found.grant, flags, mode); break;
	case ABOVE: return open_folder(a, call, flags);
	default: return TO_KERNEL;
	}
	return fd < 0 ? fd : hand_over(a, call, fd, flags);
}

static int answer_open(struct adapter *a, const struct call *call)
{
	const __u64 *args = call->notif->data.args;
	struct open_how how;

	if (call->what->kind == CALL_OPEN)
		return do_open(
			a, call, (int)args[call->what->extra], (mode_t)args[call->what->out]);
	if (memory_read(call->tid, args[call->what->extra], &how, sizeof(how)))
		return TO_KERNEL;
	return do_open(a, call, (int)how.flags, (mode_t)how.mode);
}

/* The kernel's own structs, through its own calls: a C library may have others. */
static int query(const struct call *call, int fd, void *buf, size_t *len)
{
	uint32_t mask;

	if (call->what->kind == CALL_STAT) {
		*len = sizeof(struct stat);
		return syscall(SYS_fstat, fd, buf) ? -errno : 0;
	}
	*len = sizeof(struct statx);
	mask = (uint32_t)call->notif->data.args[call->what->extra];
	return syscall(SYS_statx, fd, "", AT_EMPTY_PATH, mask, buf) ? -errno : 0;
}

static int answer_stat(struct adapter *a, const struct call *call)
{
	struct found found = find(a, call->path);
	union {
		struct stat stat;
		struct statx statx;
	} buf;
	size_t len;
	int fd, ret;

	if (found.thing == NOT_OURS)
		return TO_KERNEL;
	fd = look_begin(a, &found);
	if (fd < 0)
		return fd;
	ret = query(call, fd, &buf, &len);
	look_end(&found, fd);
	if (ret)
		return ret;
	return memory_write(call->tid, call->notif->data.args[call->what->out], &buf, len);
}

static int answer_access(struct adapter *a, const struct call *call)
{
	int mode = (int)call->notif->data.args[call->what->extra];
	struct found found = find(a, call->path);
	int fd;

	if (found.thing == ABOVE)
		return mode & W_OK ? TO_KERNEL : 0;
	if (found.thing == NOT_OURS || (mode & X_OK))
		return TO_KERNEL;
	if (found.thing != GRANTED || !(mode & W_OK)) {
		fd = look_begin(a, &found);
		look_end(&found, fd);
		return fd < 0 ? fd : 0;
	}
	if (a->progress != WAITING)
		return found.grant->written ? 0 : -EROFS;
	/* The one honest answer is to try. */
	fd = open_grant(a, found.grant, O_RDWR, 0);
	if (fd < 0)
		return fd;
	fsv_fd_close(&fd);
	return 0;
}

/* Every part of a granted name is what it is called, so that realpath(3) gives the name back. */
static int answer_readlink(struct adapter *a, const struct call *call)
{
	struct found found = find(a, call->path);
	int fd;

	if (found.thing == NOT_OURS)
		return TO_KERNEL;
	fd = look_begin(a, &found);
	look_end(&found, fd);
	return fd < 0 ? fd : -EINVAL;
}

struct grant *adapter_source(const struct adapter *a)
{
	char path[GRANT_PATH];

	if (path_absolute("/", a->caller.argv[a->caller.source_index], path))
		return NULL;
	return grants_find(&a->grants, path);
}

static int source_is_block_device(struct adapter *a)
{
	struct found found = { .thing = GRANTED, .grant = adapter_source(a) };
	struct stat st;
	int fd;

	if (!found.grant)
		return 0;
	fd = look_begin(a, &found);
	return fd >= 0 && !fstat(fd, &st) && S_ISBLK(st.st_mode);
}

/*
 * Have the helper mount. Neither the server's source nor its target counts: the mount table shows
 * what the caller typed, and the mount goes where the caller said.
 */
static int make_mount(struct adapter *a, const struct mountcall *made)
{
	const char *source = a->caller.argv[a->caller.source_index];
	const struct fsv_mount mount = { .fuseblk = made->fuseblk,
		.source = *a->caller.fsname && !made->fuseblk ? a->caller.fsname : source,
		.mountpoint = a->caller.argv[a->caller.mountpoint_index],
		.format = S_IFDIR,
		.mntopts = *made->options ? made->options : NULL,
		.mtabopts = *a->caller.mtab ? a->caller.mtab : NULL,
		.ms_flags = made->ms_flags };
	const struct fsv_wanted answers = {
		.path = mount.mountpoint, .open_flags = O_RDONLY, .request_flags = FSV_OPEN_QUIET
	};
	int fd, ret;

	grants_fill_spares(a->service, &a->grants);
	ret = fsv_service_mount(a->service, &mount);
	if (ret) {
		a->progress = REFUSED;
		a->refusal = ret;
		a->deadline = fsv_sys_now_ms() + REFUSED_MS;
		return ret;
	}
	/*
	 * Were the device kept open here as well, then a server that dies would leave a mount
	 * behind that waits for ever for it.
	 */
	fd = fsv_service_take_fusedev(a->service);
	fsv_fd_close(&fd);
	a->progress = MOUNTED;
	a->deadline = fsv_sys_now_ms() + FSV_ANSWER_MS;
	/* The answer comes when the server serves, so it cannot be waited for here. */
	ret = fsv_service_ask(a->service, &answers);
	if (ret)
		a->deadline = 1; /* long over: the helper has gone */
	return 0;
}

static int answer_mount(struct adapter *a, const struct call *call)
{
	const __u64 *args = call->notif->data.args;
	uint32_t hello = fsv_service_hello_flags(a->service);
	char type[64], data[MOUNTCALL_OPTIONS_MAX] = "";
	struct mountrules rules = { .may_allow_other = !!(hello & FSV_HELLO_ALLOW_OTHER),
		.said_allow_other = a->caller.allow_other,
		.read_only = a->profile->read_only,
		.ms = a->caller.ms };
	struct mountcall made;

	if (memory_string(call->tid, args[2], type, sizeof(type)) ||
		(args[4] && memory_string(call->tid, args[4], data, sizeof(data))))
		return TO_KERNEL;
	if (a->progress == REFUSED)
		return a->refusal;
	if (a->progress != WAITING)
		return TO_KERNEL;
	rules.fuseblk = (hello & FSV_HELLO_FUSEBLK) && source_is_block_device(a);
	if (mountcall_translate(type, args[3], data, &rules, &made))
		return TO_KERNEL;
	return make_mount(a, &made);
}

/*
 * A name that is relative to a folder which is not known is left alone. One without a folder is
 * taken as if the server had stayed where it was started, in "/": where it is would be seen only in
 * /proc, which no service has. Should it be elsewhere, then a name of its own that looks like a
 * granted one is that one.
 */
static int read_path(const struct adapter *a, struct call *call)
{
	const __u64 *args = call->notif->data.args;
	char path[GRANT_PATH];
	const char *base = "/";
	int ret;

	ret = memory_string(call->tid, args[call->what->path], path, sizeof(path));
	if (ret)
		return ret;
	if (*path != '/' && call->what->dirfd >= 0 && (int)args[call->what->dirfd] != AT_FDCWD)
		base = folder_of(a, (int)args[call->what->dirfd]);
	return base ? path_absolute(base, path, call->path) : -EXDEV;
}

static int answer(struct adapter *a, const struct call *call)
{
	switch (call->what->kind) {
	case CALL_OPEN:
	case CALL_OPEN_HOW: return answer_open(a, call);
	case CALL_STAT:
	case CALL_STATX: return answer_stat(a, call);
	case CALL_ACCESS: return answer_access(a, call);
	case CALL_READLINK: return answer_readlink(a, call);
	case CALL_MOUNT: return answer_mount(a, call);
	}
	return TO_KERNEL;
}

static void respond(const struct adapter *a, const struct call *call, int result)
{
	struct seccomp_notif_resp response = { .id = call->notif->id };

	if (result == ANSWERED)
		return;
	if (result == TO_KERNEL)
		response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else
		response.error = result;
	/* This fails where the call was interrupted: then nobody waits for it. */
	(void)ioctl_in_peace(a->listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

void calls_answer(struct adapter *a)
{
	/* A newer kernel may write more than this one's struct. */
	union {
		struct seccomp_notif notif;
		char room[512];
	} buf = { .room = { 0 } };
	struct call call = { .notif = &buf.notif };
	int result = TO_KERNEL;

	if (ioctl(a->listener, SECCOMP_IOCTL_NOTIF_RECV, &buf))
		return;
	call.what = filter_call(buf.notif.data.nr);
	call.tid = (pid_t)buf.notif.pid;
	/* If the call is over by now, what was read may be another thread's. */
	if (call.what && !read_path(a, &call) &&
		!ioctl(a->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &buf.notif.id))
		result = answer(a, &call);
	respond(a, &call, result);
}
