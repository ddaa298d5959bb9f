/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/* What a service may do, and what comes of it (docs/protocol.md, docs/fuservicemount3.8). */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "scenarios.h"

/* The usual callers. */
#define A_USER	    .uid = USER, .words = "src /mnt -t x"
#define A_ROOT	    .words = "src /mnt -t x"
#define BLOCK	    .words = "/dev/sdb /mnt -t fuseblk.x"
#define WORDS(text) .uid = USER, .words = (text)

#define LOG_HEAD(id)                                                                 \
	"fsopen fuse\nsource=src\nsubtype=x\nfd=N\nrootmode=40000\nuser_id=" id "\n" \
	"group_id=" id "\n"
#define LOG_TAIL(where) "create\nfsmount rw,nosuid,nodev\nattach " where "\n"
#define LOG		LOG_HEAD("1000") LOG_TAIL("/mnt")
#define BLOCK_LOG                                                                       \
	"fsopen fuseblk\nsource=/dev/sdb\nsubtype=x\nfd=N\nrootmode=40000\nuser_id=0\n" \
	"group_id=0\n"

static void late_hello(void)
{
	world.stall_ms = 3000;
}
static void late_hello_on_a_terminal(void)
{
	late_hello();
	world.terminal = true;
}
static void no_fuse_device(void)
{
	world_node("/dev/fuse")->open_error = ENODEV;
}
static void proc_is_something_else(void)
{
	world_node("/proc/self/fd")->fs = 0xEF53;
}
static void file_system_says_no(void)
{
	world.probe_error = -EACCES;
}
static void file_system_is_silent(void)
{
	world.probe_error = 1;
}
static void silent_and_interrupted(void)
{
	world.probe_error = 1;
	world.idle_signal = SIGINT;
}
static void no_landlock(void)
{
	world.landlock = false;
}
static void alarm_comes(void)
{
	world.idle_signal = SIGALRM;
}
static void interrupt_comes_to_a_full_pipe(void)
{
	world.idle_signal = SIGINT;
	world.stuck = true;
}
static void interrupt_comes(void)
{
	world.idle_signal = SIGINT;
}
static void nothing_is_taken(void)
{
	world.stall_after = 10;
}
static void no_hello_is_taken(void)
{
	world.stall_after = 3;
}
static void two_mounts_there(void)
{
	world.other_mounts = 2;
}
static void device_has_changed(void)
{
	world.source_major = 8;
	world.source_minor = 32;
}
static void kernel_refuses(void)
{
	world.kernel_says = "e fuse: \033[1mno";
	world.fail_call = "fsconfig";
	world.fail_errno = EINVAL;
}
static void taken_away(void)
{
	world.taken_away = true;
}
static void fresh_fuse_below(void)
{
	world.on_fuse = true;
	world_node("/mnt")->mode = S_IFDIR;
}
static void hung_fuse_below(void)
{
	fresh_fuse_below();
	world.probe_error = 1;
}
static void interrupt_comes_at_a_terminal(void)
{
	world.terminal = true;
	world.idle_signal = SIGINT;
}
static void taken_away_later(void)
{
	world.taken_later = true;
}
static void statmount(void)
{
	world.statmount = true;
}
static void taken_away_later_and_statmount(void)
{
	world.statmount = world.taken_later = true;
}
static void kernel_holds_the_mounter(void)
{
	world.busy_point = true;
}
static void mount_point_is_a_pipe(void)
{
	world_node("/mnt")->mode = S_IFIFO | 0644;
}

static const struct scenario endings[] = {
	{ "a mount", A_USER, .step = { ALL_OF_IT }, .log = LOG },
	{ "by root", A_ROOT, .step = { ALL_OF_IT }, .log = LOG_HEAD("0") LOG_TAIL("/mnt") },
	{ "everything in one go", A_USER, .step = { ALL_OF_IT }, .at_once = true, .log = LOG },
	{ "answers never read, then gone", A_USER, .step = { ALL_OF_IT }, .at_once = true,
		.unread = 6, .log = LOG },
	{ "gone before it could say BYE", A_USER, .step = { DESCRIBE, MOUNT(0, 0) },
		.at_once = true, .unread = 6, .status = 1, .log = LOG "detach\n" },
	{ "another order", A_USER,
		.step = { MTABOPTS("x", 0), MNTPT("/mnt", 0, 0), MNTOPTS("max_read=1", 0),
			SOURCE("src", 0), MOUNT(0, 0), BYE(0) },
		.log = LOG_HEAD("1000") "max_read=1\n" LOG_TAIL("/mnt") },
	{ "without Landlock", WORDS("/img/disk /mnt -t x"),
		.step = { OPEN("/img/disk", FSV_O_RDWR, 0), ALL_OF_IT }, .prepare = no_landlock },
	{ "BYE without MOUNT", A_USER, .step = { DESCRIBE, BYE(0) }, .status = 1, .log = "",
		.say = "ended without a mount" },
	{ "BYE at once", A_USER, .step = { BYE(0) }, .status = 1 },
	{ "BYE with an exit code", A_USER, .step = { DESCRIBE, MOUNT(0, 0), BYE(77) }, .status = 1,
		.log = LOG "detach\n", .say = "gave up" },
	{ "BYE with an exit code before the mount", A_USER, .step = { BYE(2) }, .status = 1 },
	{ "BYE with one that would be 0 as a byte", A_USER,
		.step = { DESCRIBE, MOUNT(0, 0), BYE(256) }, .status = 1, .log = LOG "detach\n" },
	{ "UNMOUNT, then BYE", A_USER, .step = { DESCRIBE, MOUNT(0, 0), UNMOUNT(0), BYE(0) },
		.status = 1, .log = LOG "detach\n" },
	{ "closes after MOUNT", A_USER, .step = { DESCRIBE, MOUNT(0, 0), HANG_UP }, .status = 1,
		.log = LOG "detach\n", .say = "closed the connection" },
	{ "closes after UNMOUNT", A_USER, .step = { DESCRIBE, MOUNT(0, 0), UNMOUNT(0), HANG_UP },
		.status = 1, .log = LOG "detach\n" },
	{ "closes before MOUNT", A_USER, .step = { DESCRIBE, HANG_UP }, .status = 1, .log = "" },
	{ "closes after SOURCE", A_USER, .step = { SOURCE("src", 0), HANG_UP }, .status = 1 },
	{ "closes after an OPEN", WORDS("/img/disk /mnt -t x"),
		.step = { OPEN("/img/disk", 0, 0), HANG_UP }, .status = 1 },
	{ "closes at once", A_USER, .step = { HANG_UP }, .status = 1 },
	{ "sends MOUNT and is gone", A_USER, .step = { DESCRIBE, MOUNT(0, 0) }, .at_once = true,
		.unread = 5, .status = 1, .log = LOG "detach\n" },
	{ "hangs, and the time that the caller gave is over", A_USER, .step = { DESCRIBE },
		.status = 1, .prepare = alarm_comes, .timeout = 5, .say = "interrupted" },
	{ "hangs after MOUNT, and ^C comes", A_USER, .step = { DESCRIBE, MOUNT(0, 0) }, .status = 1,
		.prepare = interrupt_comes, .log = LOG "detach\n", .say = "nothing stays mounted" },
	{ "hangs, somebody sits at the terminal, and ^C comes", A_USER, .step = { DESCRIBE },
		.status = 1, .prepare = interrupt_comes_at_a_terminal, .log = "",
		.say = "waiting for the service to look at the file system" },
	{ "hangs after MOUNT, and the same", A_USER, .step = { DESCRIBE, MOUNT(0, 0) }, .status = 1,
		.prepare = interrupt_comes_at_a_terminal, .log = LOG "detach\n",
		.say = "mounted, and waiting for the service" },
	{ "the same with output that nobody takes", A_USER, .step = { DESCRIBE, MOUNT(0, 0) },
		.status = 1, .prepare = interrupt_comes_to_a_full_pipe, .log = LOG "detach\n" },
	{ "takes no answers any more", A_USER, .step = { RAW("MTAB\0", EINVAL) }, .flood = true,
		.prepare = nothing_is_taken, .status = 1 },
	{ "takes not even the first answer", A_USER, .step = { SOURCE("src", ENDS) },
		.prepare = no_hello_is_taken, .status = 1, .say = "timed out" },
	{ "sends bad commands for ever", A_USER, .step = { OPEN("/etc/passwd", 0, EPERM) },
		.flood = true, .status = 1, .say = "more than 4096 commands" },
	{ "the same with a malformed one", A_USER, .step = { RAW("MTAB\0", EINVAL) }, .flood = true,
		.status = 1, .say = "more such messages" },
	{ "no /dev/fuse", A_USER, .step = { SOURCE("src", ENDS) }, .prepare = no_fuse_device,
		.status = 1, .say = "cannot open /dev/fuse: No such device" },
	{ "no /proc", A_USER, .step = { SOURCE("src", ENDS) }, .prepare = proc_is_something_else,
		.status = 1, .say = "is /proc mounted?" },
	{ "files on every packet", A_USER,
		.step = { { .msg = { .kind = FSV_SOURCE, .text = T("src") }, .files = 3 },
			MNTPT("/mnt", 0, 0), { .msg = { .kind = FSV_MOUNT }, .files = 1 }, BYE(0) },
		.log = LOG },
	{ "root took the mount away again", A_USER, .step = { DESCRIBE, MOUNT(0, EBUSY), BYE(0) },
		.prepare = taken_away, .status = 1 },
	{ "on a FUSE file system at which nobody has looked", A_USER, .step = { ALL_OF_IT },
		.prepare = fresh_fuse_below, .log = LOG },
	{ "that does not answer", A_USER,
		.step = { SOURCE("src", 0), MNTPT("/mnt", 0, ETIMEDOUT), BYE(1) },
		.prepare = hung_fuse_below, .status = 1, .log = "",
		.say = "the file system that it lies on does not answer" },
	{ "root takes it away before BYE", A_USER, .step = { ALL_OF_IT },
		.prepare = taken_away_later, .status = 1, .log = LOG,
		.say = "the mount is gone again" },
	{ "the same where the kernel has statmount", A_USER, .step = { ALL_OF_IT },
		.prepare = taken_away_later_and_statmount, .status = 1, .log = LOG,
		.say = "the mount is gone again" },
	{ "a mount where the kernel has statmount", A_USER, .step = { ALL_OF_IT },
		.prepare = statmount, .log = LOG },
	{ "the kernel does not attach it", A_USER,
		.step = { DESCRIBE, MOUNT(0, ETIMEDOUT), BYE(1) },
		.prepare = kernel_holds_the_mounter, .status = 1, .log = LOG "detach\n",
		.say = "the kernel does not get done" },
};

static const struct scenario handshakes[] = {
	{ "hello after three seconds", A_USER, .step = { ALL_OF_IT }, .prepare = late_hello },
	{ "with a person waiting", A_USER, .step = { ALL_OF_IT },
		.prepare = late_hello_on_a_terminal, .say = "waiting for the service" },
	{ "no hello", A_USER, .mute = true, .status = 1,
		.say = "did not answer within 30 seconds" },
	{ "hangs up instead", A_USER, .mute = true, .step = { HANG_UP }, .status = 1 },
	{ "version 2", A_USER, .mute = true, .step = { RAW("LAST\0\2\0\0", ENDS) }, .status = 1,
		.say = "(version)" },
	{ "version 0", A_USER, .mute = true, .step = { RAW("LAST\0\0\0\0", ENDS) }, .status = 1 },
	{ "padding", A_USER, .mute = true, .step = { RAW("LAST\0\1\0\1", ENDS) }, .status = 1,
		.say = "(padding)" },
	{ "too short", A_USER, .mute = true, .step = { RAW("LAST\0\1", ENDS) }, .status = 1 },
	{ "too long", A_USER, .mute = true, .step = { RAW("LAST\0\1\0\0\0", ENDS) }, .status = 1 },
	{ "a HELLO of its own", A_USER, .mute = true, .step = { RAW("SAFT\0\1\0\1\0\0\0\0", ENDS) },
		.status = 1, .say = "(direction)" },
	{ "a command instead", A_USER, .mute = true, .step = { MOUNT(0, ENDS) }, .status = 1,
		.say = "(order)" },
	{ "BYE instead", A_USER, .mute = true, .step = { BYE(0) }, .status = 1 },
	{ "noise", A_USER, .mute = true, .step = { RAW("\xff\xff\xff\xff\xff", ENDS) }, .status = 1,
		.say = "(magic)" },
	{ "an escape sequence", A_USER, .mute = true, .step = { RAW("\033]0;owned\a", ENDS) },
		.status = 1 },
};

#define NAMED	 .uid = USER, .words = "/img/disk /img/missing /mnt -t x"
#define ONE(...) .step = { __VA_ARGS__, BYE(1) }, .status = 1

static const struct scenario opens[] = {
	{ "to read", NAMED, ONE(OPEN("/img/disk", FSV_O_RDONLY, 0)) },
	{ "to write", NAMED,
		ONE({ .msg = { .kind = FSV_OPEN,
			      .open = { .path = T("/img/disk"), .open_flags = FSV_O_RDWR } },
			.flags = O_RDWR }) },
	{ "to write only", NAMED,
		ONE({ .msg = { .kind = FSV_OPEN,
			      .open = { .path = T("/img/disk"), .open_flags = FSV_O_WRONLY } },
			.flags = O_WRONLY }) },
	{ "with every flag that there is", NAMED,
		ONE({ .msg = { .kind = FSV_OPEN,
			      .open = { .path = T("/img/disk"),
				      .open_flags = FSV_O_RDWR | FSV_O_DIRECT | FSV_O_SYNC |
						    FSV_O_DSYNC | FSV_O_NOATIME | FSV_O_NOFOLLOW |
						    FSV_O_NONBLOCK | FSV_O_LARGEFILE |
						    FSV_O_CLOEXEC } },
			.flags = O_RDWR | O_DIRECT | O_SYNC | O_NOATIME | O_NONBLOCK | 0100000 }) },
	{ "O_EXCL alone", NAMED, ONE(OPEN("/img/disk", FSV_O_EXCL, 0)) },
	{ "twice", NAMED, ONE(OPEN("/img/disk", 0, 0), OPEN("/img/disk", FSV_O_RDWR, 0)) },
	{ "access mode 3", NAMED, ONE(OPEN("/img/disk", 3, EINVAL)) },
	{ "O_TRUNC", NAMED, ONE(OPEN("/img/disk", FSV_O_RDWR | FSV_O_TRUNC, EINVAL)) },
	{ "O_APPEND", NAMED, ONE(OPEN("/img/disk", FSV_O_RDWR | FSV_O_APPEND, EINVAL)) },
	{ "O_DIRECTORY", NAMED, ONE(OPEN("/img/disk", FSV_O_DIRECTORY, EINVAL)) },
	{ "O_PATH", NAMED, ONE(OPEN("/img/disk", 010000000, EINVAL)) },
	{ "O_TMPFILE", NAMED, ONE(OPEN("/img/disk", 020000000, EINVAL)) },
	{ "O_ASYNC", NAMED, ONE(OPEN("/img/disk", 020000, EINVAL)) },
	{ "O_NOCTTY", NAMED, ONE(OPEN("/img/disk", FSV_O_NOCTTY, EINVAL)) },
	{ "half of O_SYNC", NAMED, ONE(OPEN("/img/disk", 04000000, EINVAL)) },
	{ "the highest bit", NAMED, ONE(OPEN("/img/disk", 0x80000000u, EINVAL)) },
	{ "a path that nobody named", NAMED, ONE(OPEN("/img/second", 0, EPERM)),
		.say = "you did not name it" },
	{ "bad flags on one that nobody named", NAMED, ONE(OPEN("/img/second", 3, EPERM)) },
	{ "another spelling", NAMED, ONE(OPEN("/img//disk", 0, EPERM)) },
	{ "with dots", NAMED, ONE(OPEN("/img/./disk", 0, EPERM)) },
	{ "a slash behind", NAMED, ONE(OPEN("/img/disk/", 0, EPERM)) },
	{ "the start only", NAMED, ONE(OPEN("/img", 0, EPERM)) },
	{ "the mount point", NAMED, ONE(OPEN("/mnt", 0, EPERM)) },
	{ "missing", NAMED, ONE(OPEN("/img/missing", 0, ENOENT)) },
	{ "a silent refusal", NAMED,
		ONE(OPEN_WITH(
			FSV_OPEN, "/img/second", 0, EPERM, .request_flags = FSV_OPEN_QUIET)) },
	{ "a directory", WORDS("/img/dir /mnt -t x"), ONE(OPEN("/img/dir", 0, EPERM)),
		.say = "only regular files and block devices" },
	{ "a FIFO", WORDS("/img/pipe /mnt -t x"), ONE(OPEN("/img/pipe", 0, EPERM)) },
	{ "a terminal", WORDS("/dev/tty /mnt -t x"), ONE(OPEN("/dev/tty", 0, EPERM)) },
	{ "a switch in /proc", .words = "/proc/switch /mnt -t x",
		ONE(OPEN("/proc/switch", 0, EPERM)) },
	{ "one that the caller cannot read", WORDS("/img/secret /mnt -t x"),
		ONE(OPEN("/img/secret", 0, EACCES)) },
	{ "one that he can only read", WORDS("/img/readonly /mnt -t x"),
		ONE(OPEN("/img/readonly", FSV_O_RDWR, EACCES), OPEN("/img/readonly", 0, 0)) },
	{ "a block device", WORDS("/dev/sdb /mnt -t x"), ONE(OPEN("/dev/sdb", FSV_O_RDWR, 0)) },
	{ "relative", WORDS("disk /mnt -t x"), ONE(OPEN("disk", 0, 0)) },
	{ "relative, by its full name", WORDS("disk /mnt -t x"), ONE(OPEN("/img/disk", 0, EPERM)) },
	{ "a value of -o", WORDS("src /mnt -t x -o journal=/img/disk"),
		ONE(OPEN("/img/disk", 0, 0)) },
	{ "a value of -o with escapes", WORDS("src /mnt -t x -ojournal=/img/a\\,b\\\\c,ro"),
		ONE(OPEN("/img/a,b\\c", 0, 0)) },
	{ "with the escapes in it", WORDS("src /mnt -t x -ojournal=/img/a\\,b\\\\c"),
		ONE(OPEN("/img/a\\,b\\\\c", 0, EPERM)) },
	{ "a relative value", WORDS("src /mnt -t x -o journal=disk"), ONE(OPEN("disk", 0, EPERM)) },
	{ "a value of a long option", WORDS("src /mnt -t x --journal=/img/disk"),
		ONE(OPEN("/img/disk", 0, 0)) },
	{ "behind a short option", WORDS("src /mnt -t x -J/img/disk"),
		ONE(OPEN("/img/disk", 0, 0)) },
	{ "-t's value", WORDS("src /mnt -t x"), ONE(OPEN("x", 0, EPERM)) },
	{ "with ro, to write", WORDS("/img/disk /mnt -t x -o ro"),
		ONE(OPEN("/img/disk", FSV_O_RDWR, EACCES)), .say = "read-only mount" },
	{ "with ro, to read", WORDS("/img/disk /mnt -t x -o ro"), ONE(OPEN("/img/disk", 0, 0)) },
	{ "with ro, to create", WORDS("/img/missing /mnt -t x -o ro"),
		ONE(OPEN("/img/missing", FSV_O_CREAT, EACCES)) },
	{ "a packet full of path", NAMED, ONE(OPEN("/img/disk\xff\033[2J", 0, EPERM)) },
};

static const struct scenario links[] = {
	{ "a link", WORDS("/img/link /mnt -t x"), ONE(OPEN("/img/link", 0, 0)) },
	{ "with O_NOFOLLOW", WORDS("/img/link /mnt -t x"),
		ONE(OPEN("/img/link", FSV_O_NOFOLLOW, ELOOP)) },
	{ "an absolute one", WORDS("/img/absolute /mnt -t x"), ONE(OPEN("/img/absolute", 0, 0)) },
	{ "a user's, for a user", WORDS("/img/others /mnt -t x"), ONE(OPEN("/img/others", 0, 0)) },
	{ "a user's, for root", .words = "/img/others /mnt -t x",
		ONE(OPEN("/img/others", 0, ELOOP)) },
	{ "root's, for root", .words = "/img/link /mnt -t x", ONE(OPEN("/img/link", 0, 0)) },
	{ "root's absolute one, for root", .words = "/img/absolute /mnt -t x",
		ONE(OPEN("/img/absolute", 0, 0)) },
	{ "root's relative to the start", .words = "link /mnt -t x", ONE(OPEN("link", 0, 0)) },
	{ "a circle", WORDS("/img/loop /mnt -t x"), ONE(OPEN("/img/loop", 0, ELOOP)) },
	{ "a circle, for root", .words = "/img/loop /mnt -t x", ONE(OPEN("/img/loop", 0, ELOOP)) },
	{ "to nowhere", WORDS("/img/dangling /mnt -t x"), ONE(OPEN("/img/dangling", 0, ENOENT)) },
	{ "to nowhere, to create", WORDS("/img/dangling /mnt -t x"),
		ONE(OPEN("/img/dangling", FSV_O_CREAT | FSV_O_RDWR, EEXIST)) },
	{ "as mount point, for root", .words = "src /img/others -t x",
		ONE(MNTPT("/img/others", 0, ELOOP)) },
};

#define CREATE (FSV_O_RDWR | FSV_O_CREAT)

static const struct scenario creating[] = {
	{ "a missing file", NAMED, ONE(OPEN("/img/missing", CREATE, 0)) },
	{ "with every bit of a mode", NAMED,
		ONE({ .msg = { .kind = FSV_OPEN,
			      .open = { .path = T("/img/missing"),
				      .open_flags = CREATE,
				      .create_mode = 0xffffffff } } }) },
	{ "then again", NAMED, ONE(OPEN("/img/missing", CREATE, 0), OPEN("/img/missing", 0, 0)) },
	{ "then again, exclusively", NAMED,
		ONE(OPEN("/img/missing", CREATE, 0),
			OPEN("/img/missing", CREATE | FSV_O_EXCL, EEXIST)) },
	{ "non-blocking", NAMED,
		ONE({ .msg = { .kind = FSV_OPEN,
			      .open = { .path = T("/img/missing"),
				      .open_flags = CREATE | FSV_O_NONBLOCK } },
			.flags = O_RDWR | O_NONBLOCK }) },
	{ "one that is there", NAMED, ONE(OPEN("/img/disk", CREATE, 0)) },
	{ "one that is there, exclusively", NAMED,
		ONE(OPEN("/img/disk", CREATE | FSV_O_EXCL, EEXIST)) },
	{ "relative", WORDS("missing /mnt -t x"), ONE(OPEN("missing", CREATE, 0)) },
	{ "a value with escapes", WORDS("src /mnt -t x -oj=/img/n\\,w"),
		ONE(OPEN("/img/n,w", CREATE, 0)) },
	{ "in a missing directory", WORDS("/img/no/file /mnt -t x"),
		ONE(OPEN("/img/no/file", CREATE, ENOENT)) },
	{ "below a file", WORDS("/img/disk/file /mnt -t x"),
		ONE(OPEN("/img/disk/file", CREATE, ENOTDIR)) },
	{ "a name with a slash behind", WORDS("/img/new/ /mnt -t x"),
		ONE(OPEN("/img/new/", CREATE, ENOENT)) },
	{ "in /proc", .words = "/proc/new /mnt -t x", ONE(OPEN("/proc/new", CREATE, EPERM)) },
	{ "as a device", NAMED, ONE(BDEV("/img/missing", CREATE, ENOTBLK)) },
	{ "a name that nobody named", NAMED, ONE(OPEN("/img/other", CREATE, EPERM)) },
	{ "without Landlock", NAMED, ONE(OPEN("/img/missing", CREATE, 0)), .prepare = no_landlock },
};

#define RULES(text) .uid = USER, .words = "src /mnt -t x", .conf = (text)

static const struct scenario rules[] = {
	{ "to read", RULES("service_open_path = x /img/disk\n"), ONE(OPEN("/img/disk", 0, 0)) },
	{ "to write", RULES("service_open_path = x /img/disk\n"),
		ONE(OPEN("/img/disk", FSV_O_RDWR, EACCES)) },
	{ "with rw", RULES("service_open_path = x /img/disk rw\n"),
		ONE(OPEN("/img/disk", FSV_O_RDWR, 0)) },
	{ "with rw, the caller said ro", .uid = USER, .words = "src /mnt -t x -r -o ro",
		.conf = "service_open_path = x /img/disk rw\n",
		ONE(OPEN("/img/disk", FSV_O_RDWR, EACCES), OPEN("/img/disk", 0, 0)) },
	{ "a pattern", RULES("service_open_path = x /img/d*\nmount_max = 3\n"),
		ONE(OPEN("/img/disk", 0, 0), OPEN("/img/second", 0, EPERM)) },
	{ "a pattern with ?", RULES("service_open_path = x /im?/disk rw\n"),
		ONE(OPEN("/img/disk", FSV_O_RDWR, 0)) },
	{ "two rules for one file",
		RULES("service_open_path = x /img/disk\n"
		      "service_open_path = x /img/* rw\n"),
		ONE(OPEN("/img/disk", FSV_O_RDWR, 0)) },
	{ "of another type", RULES("service_open_path = y /img/disk\n"),
		ONE(OPEN("/img/disk", 0, EPERM)) },
	{ "a directory", RULES("service_open_path = x /img/*\n"), ONE(OPEN("/img/dir", 0, EPERM)) },
	{ "a block device", RULES("service_open_path = x /dev/sd? rw\n"),
		ONE(BDEV("/dev/sdb", FSV_O_RDWR, 0)) },
	{ "a missing file", RULES("service_open_path = x /img/*\n"),
		ONE(OPEN("/img/missing", 0, ENOENT)) },
	{ "creating", RULES("service_open_path = x /img/* rw\n"),
		ONE(OPEN("/img/missing", CREATE, EPERM)) },
	{ "root's link", RULES("service_open_path = x /img/*\n"), ONE(OPEN("/img/link", 0, 0)) },
	{ "root's link, not followed", RULES("service_open_path = x /img/*\n"),
		ONE(OPEN("/img/link", FSV_O_NOFOLLOW, ELOOP)) },
	{ "a file, with O_NOFOLLOW", RULES("service_open_path = x /img/*\n"),
		ONE(OPEN("/img/disk", FSV_O_NOFOLLOW, 0)) },
	{ "somebody else's link", RULES("service_open_path = x /img/*\n"),
		ONE(OPEN("/img/others", 0, ELOOP)) },
	{ "dots", RULES("service_open_path = x /img/*\n"),
		ONE(OPEN("/img/../img/disk", 0, EPERM)) },
	{ "a rule for what is not there", RULES("service_open_path = x /nowhere/file\n"),
		ONE(OPEN("/nowhere/file", 0, ENOENT)) },
	{ "after MOUNT", RULES("service_open_path = x /img/disk\n"),
		.step = { DESCRIBE, MOUNT(0, 0), LATE(FSV_OPEN, "/img/disk", EPERM), BYE(0) } },
};

static const struct scenario devices[] = {
	{ "a device", WORDS("/dev/sdb /mnt -t x"), ONE(BDEV("/dev/sdb", FSV_O_RDWR, 0)),
		.log = "" },
	{ "with a block size", WORDS("/dev/sdb /mnt -t x"),
		ONE(OPEN_WITH(FSV_OPEN_BDEV, "/dev/sdb", FSV_O_RDWR, 0, .block_size = 512)),
		.log = "blocksize 512\n" },
	{ "with a bad one", WORDS("/dev/sdb /mnt -t x"),
		ONE(OPEN_WITH(FSV_OPEN_BDEV, "/dev/sdb", FSV_O_RDWR, EINVAL, .block_size = 513)),
		.log = "" },
	{ "with one, only read", WORDS("/dev/sdb /mnt -t x"),
		ONE(OPEN_WITH(FSV_OPEN_BDEV, "/dev/sdb", FSV_O_RDONLY, EACCES, .block_size = 512)),
		.log = "" },
	{ "a file", WORDS("/img/disk /mnt -t x"), ONE(BDEV("/img/disk", 0, ENOTBLK)) },
	{ "a directory", WORDS("/img/dir /mnt -t x"), ONE(BDEV("/img/dir", 0, ENOTBLK)) },
	{ "one that nobody named", A_USER, ONE(BDEV("/dev/sdb", 0, EPERM)) },
	{ "after MOUNT", WORDS("src /dev/sdb /mnt -t x"),
		.step = { DESCRIBE, MOUNT(0, 0), LATE(FSV_OPEN_BDEV, "/dev/sdb", EPERM), BYE(0) } },
};

#define C253                                                                                  \
	"ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" \
	"ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" \
	"ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
_Static_assert(sizeof(C253) == 254, "253 characters");

static const struct scenario sources[] = {
	{ "any word", A_USER, ONE(SOURCE("hello world", 0)) },
	{ "a path that the caller typed", WORDS("/img/disk /mnt -t x"),
		ONE(SOURCE("/img/disk", 0)) },
	{ "a relative one in an option", WORDS("src /mnt -t x -o dir=a/b"), ONE(SOURCE("a/b", 0)) },
	{ "a path that he did not", A_USER, ONE(SOURCE("/img/disk", EINVAL)) },
	{ "a line break", A_USER, ONE(SOURCE("a\nb", EINVAL)), .say = "a\\x0ab" },
	{ "an escape", A_USER, ONE(SOURCE("\033[2J", EINVAL)) },
	{ "DEL", A_USER, ONE(SOURCE("a\x7f", EINVAL)) },
	{ "C1 in UTF-8", A_USER, ONE(SOURCE("a\xc2\x9b", EINVAL)) },
	{ "other UTF-8", A_USER, ONE(SOURCE("gr\xc3\xbc\xc3\x9f", 0)) },
	{ "255 bytes", A_USER,
		.step = { SOURCE(C253 "dd", 0), MNTPT("/mnt", 0, 0), MOUNT(0, 0), BYE(0) },
		.log = "fsopen fuse\nsource=" C253 "dd\nsubtype=x\nfd=N\nrootmode=40000\n"
		       "user_id=1000\ngroup_id=1000\n" LOG_TAIL("/mnt") },
	{ "256 bytes", A_USER,
		.step = { SOURCE(C253 "ddd", 0), MNTPT("/mnt", 0, 0), MOUNT(0, 0), BYE(0) },
		.log = "fsopen fuse\nsource=x\nsubtype=x\nfd=N\nrootmode=40000\n"
		       "user_id=1000\ngroup_id=1000\n" LOG_TAIL("/mnt") },
	{ "an option in it", A_USER, ONE(SOURCE("x,allow_other", 0)) },
	{ "again after a success", A_USER, ONE(SOURCE("a", 0), SOURCE("b", EINVAL)) },
	{ "again after a refusal", A_USER, ONE(SOURCE("a/b", EINVAL), SOURCE("b", 0)) },
};

static const struct scenario blocks[] = {
	{ "fuseblk", BLOCK,
		.step = { BDEV("/dev/sdb", FSV_O_RDWR, 0), FSOPEN(1, 0), SOURCE("/dev/sdb", 0),
			MNTPT("/mnt", 0, 0), MNTOPTS("blksize=512,allow_other", 0), MOUNT(0, 0),
			BYE(0) },
		.log = BLOCK_LOG
		"flag default_permissions\nflag allow_other\nblksize=512\n" LOG_TAIL("/mnt") },
	{ "by an ordinary user", WORDS("/dev/sdb /mnt -t x"), ONE(FSOPEN(1, EPERM)),
		.say = "only root" },
	{ "plain FSOPEN by an ordinary user", A_USER, ONE(FSOPEN(0, 0)) },
	{ "FSOPEN twice", BLOCK, ONE(FSOPEN(1, 0), FSOPEN(0, EINVAL)) },
	{ "FSOPEN after a refusal", WORDS("/dev/sdb /mnt -t x"),
		ONE(FSOPEN(1, EPERM), FSOPEN(0, 0)) },
	{ "FSOPEN after SOURCE", BLOCK, ONE(SOURCE("x", 0), FSOPEN(1, EINVAL)) },
	{ "FSOPEN after MNTPT", BLOCK, ONE(MNTPT("/mnt", 0, 0), FSOPEN(1, EINVAL)) },
	{ "FSOPEN after MNTOPTS", BLOCK, ONE(MNTOPTS("max_read=1", 0), FSOPEN(0, EINVAL)) },
	{ "FSOPEN after MTABOPTS", BLOCK, ONE(MTABOPTS("a", 0), FSOPEN(0, EINVAL)) },
	{ "a source that is no device", .words = "/img/disk /mnt -t fuseblk.x",
		ONE(FSOPEN(1, 0), SOURCE("/img/disk", ENOTBLK)) },
	{ "one that is missing", .words = "/img/missing /mnt -t fuseblk.x",
		ONE(FSOPEN(1, 0), SOURCE("/img/missing", ENOENT)) },
	{ "one that nobody named", BLOCK, ONE(FSOPEN(1, 0), SOURCE("/dev/sdc", EINVAL)) },
	{ "a word that is no name", .words = "/dev/sdb /mnt -t x -o a=b",
		ONE(FSOPEN(1, 0), SOURCE("b", EINVAL)) },
	{ "one that is too long", BLOCK, ONE(FSOPEN(1, 0), SOURCE(C253 "ddd", ENAMETOOLONG)) },
	{ "the name means another device by now", BLOCK,
		.step = { FSOPEN(1, 0), SOURCE("/dev/sdb", 0), MNTPT("/mnt", 0, 0), MOUNT(0, EBUSY),
			BYE(0) },
		.prepare = device_has_changed, .status = 1,
		.log = BLOCK_LOG "create\nfsmount rw,nosuid,nodev\n" },
};

static const struct scenario mount_points[] = {
	{ "wanted a directory", A_USER, ONE(MNTPT("/mnt", FSV_FORMAT_DIR, 0)) },
	{ "wanted a file", A_USER, ONE(MNTPT("/mnt", FSV_FORMAT_REG, EISDIR)),
		.say = "mounts on a file" },
	{ "a file", WORDS("src /file -t x"),
		.step = { SOURCE("src", 0), MNTPT("/file", FSV_FORMAT_REG, 0), MOUNT(0, 0),
			BYE(0) },
		.log = "fsopen fuse\nsource=src\nsubtype=x\nfd=N\nrootmode=100000\nuser_id=1000\n"
		       "group_id=1000\n" LOG_TAIL("/file") },
	{ "a file, wanted a directory", WORDS("src /file -t x"),
		ONE(MNTPT("/file", FSV_FORMAT_DIR, ENOTDIR)), .say = "mounts on a directory" },
	{ "a file, wanted either", WORDS("src /file -t x"), ONE(MNTPT("/file", 0, 0)) },
	{ "a FIFO", A_USER, ONE(MNTPT("/mnt", 0, EINVAL)), .prepare = mount_point_is_a_pipe },
	{ "a FIFO, wanted a directory", A_USER, ONE(MNTPT("/mnt", FSV_FORMAT_DIR, ENOTDIR)),
		.prepare = mount_point_is_a_pipe },
	{ "relative", WORDS("src dir -t x"),
		.step = { SOURCE("src", 0), MNTPT("dir", 0, 0), MOUNT(0, 0), BYE(0) },
		.log = LOG_HEAD("1000") LOG_TAIL("/img/dir") },
	{ "missing", WORDS("src /nowhere -t x"), ONE(MNTPT("/nowhere", 0, ENOENT)) },
	{ "a slash behind", A_USER, ONE(MNTPT("/mnt/", 0, EINVAL)) },
	{ "a part of it", A_USER, ONE(MNTPT("/mn", 0, EINVAL)) },
	{ "the source", A_USER, ONE(MNTPT("src", 0, EINVAL)) },
	{ "somewhere else", A_USER, ONE(MNTPT("/", 0, EINVAL)) },
	{ "no operand at all", WORDS("-t x -o a=/mnt"), ONE(MNTPT("/mnt", 0, EINVAL)) },
	{ "twice", A_USER, ONE(MNTPT("/mnt", 0, 0), MNTPT("/mnt", 0, EINVAL)) },
	{ "again after a refusal", A_USER, ONE(MNTPT("/", 0, EINVAL), MNTPT("/mnt", 0, 0)) },
	{ "sticky and somebody else's", WORDS("src /sticky -t x"),
		.step = { SOURCE("src", 0), MNTPT("/sticky", 0, 0), MOUNT(0, EPERM), BYE(1) },
		.status = 1, .log = "", .say = "you may not mount there" },
};

static const struct scenario options[] = {
	{ "default_permissions and max_read", A_USER,
		.step = { DESCRIBE, MNTOPTS("default_permissions,max_read=65536", 0), MOUNT(0, 0),
			BYE(0) },
		.log = LOG_HEAD("1000") "flag default_permissions\nmax_read=65536\n" LOG_TAIL(
			"/mnt") },
	{ "an unknown one", A_USER, ONE(MNTOPTS("fd=7", EINVAL)) },
	{ "one without its value", A_USER, ONE(MNTOPTS("max_read", EINVAL)) },
	{ "blksize without fuseblk", A_USER, ONE(MNTOPTS("blksize=512", EINVAL)) },
	{ "allow_other without leave", A_USER, ONE(MNTOPTS("allow_other", EPERM)),
		.say = "user_allow_other" },
	{ "allow_other with leave", A_USER, .allow_other = true,
		.step = { DESCRIBE, MNTOPTS("allow_other", 0), MOUNT(0, 0), BYE(0) },
		.log = LOG_HEAD("1000") "flag default_permissions\nflag allow_other\ncreate\n"
					"fsmount rw,nosuid,nodev,nosymfollow\nattach /mnt\n" },
	{ "allow_other that was typed", WORDS("src /mnt -t x -o allow_other"), .allow_other = true,
		.step = { DESCRIBE, MNTOPTS("allow_other", 0), MOUNT(0, 0), BYE(0) },
		.log = LOG_HEAD("1000") "flag allow_other\n" LOG_TAIL("/mnt") },
	{ "a context by a user", WORDS("src /mnt -t x -o context=a"),
		ONE(MNTOPTS("context=a", EPERM)) },
	{ "a context that root typed", .words = "src /mnt -t x -o context=a,defcontext=b",
		.step = { DESCRIBE, MNTOPTS("context=a", 0), MOUNT(0, 0), BYE(0) },
		.log = LOG_HEAD("0") "context=a\n" LOG_TAIL("/mnt") },
	{ "one that root did not type", .words = "src /mnt -t x -o context=a",
		ONE(MNTOPTS("fscontext=a", EPERM)) },
	{ "one with another value", .words = "src /mnt -t x -o context=a",
		ONE(MNTOPTS("context=b", EPERM)) },
	{ "twice", A_USER, ONE(MNTOPTS("max_read=1", 0), MNTOPTS("max_read=1", EINVAL)) },
	{ "again after a refusal", A_USER, ONE(MNTOPTS("a", EINVAL), MNTOPTS("max_read=1", 0)) },
	{ "what the caller said stays", WORDS("src /mnt -t x -o ro,noexec,nosymfollow"),
		.step = { DESCRIBE, MOUNT(FSV_MS_NOATIME, 0), BYE(0) },
		.log = LOG_HEAD(
			"1000") "flag ro\ncreate\n"
				"fsmount ro,nosuid,nodev,noexec,nosymfollow,noatime\nattach "
				"/mnt\n" },
	{ "suid by a user", WORDS("src /mnt -t x -o suid,dev"), .step = { ALL_OF_IT }, .log = LOG },
	{ "suid by root", .words = "src /mnt -t x -o suid,dev", .step = { ALL_OF_IT },
		.log = LOG_HEAD("0") "create\nfsmount rw\nattach /mnt\n" },
};

static const struct scenario utab[] = {
	{ "a word that the caller typed", WORDS("src /mnt -t x -o x-a,x-b"),
		.step = { MTABOPTS("x-b,x-c", 0), ALL_OF_IT } },
	{ "nobody who could write it", WORDS("src /mnt -t x -o x-a"), .no_utab = true,
		.step = { MTABOPTS("x-a", 0), ALL_OF_IT } },
	{ "with -n", WORDS("src /mnt -t x -o x-a"), .step = { MTABOPTS("x-a,-n", 0), ALL_OF_IT } },
	{ "none of his", WORDS("src /mnt -t x -o x-a"),
		.step = { MTABOPTS("user=root", 0), ALL_OF_IT } },
	{ "twice", A_USER, ONE(MTABOPTS("a", 0), MTABOPTS("a", EINVAL)) },
};

static const struct scenario order[] = {
	{ "MOUNT at once", A_USER, ONE(MOUNT(0, EINVAL)), .log = "" },
	{ "MOUNT without SOURCE", A_USER, ONE(MNTPT("/mnt", 0, 0), MOUNT(0, EINVAL)), .log = "" },
	{ "MOUNT without MNTPT", A_USER, ONE(SOURCE("src", 0), MOUNT(0, EINVAL)), .log = "" },
	{ "MOUNT after refusals", A_USER,
		ONE(SOURCE("/x", EINVAL), MNTPT("/x", 0, EINVAL), MOUNT(0, EINVAL)), .log = "" },
	{ "a second MOUNT", A_USER, .step = { DESCRIBE, MOUNT(0, 0), MOUNT(0, EINVAL), BYE(0) },
		.log = LOG },
	{ "MOUNT with unknown flags, then without", A_USER,
		.step = { DESCRIBE, MOUNT(32, EINVAL), MOUNT(0, 0), BYE(0) }, .log = LOG },
	{ "MOUNT after one that failed", WORDS("src /sticky -t x"),
		.step = { SOURCE("src", 0), MNTPT("/sticky", 0, 0), MOUNT(0, EPERM),
			MOUNT(0, EINVAL), BYE(1) },
		.status = 1 },
	{ "description after MOUNT", A_USER,
		.step = { DESCRIBE, MOUNT(0, 0), SOURCE("a", EINVAL), MNTPT("/mnt", 0, EINVAL),
			MNTOPTS("max_read=1", EINVAL), MTABOPTS("x", EINVAL), FSOPEN(0, EINVAL),
			BYE(0) },
		.log = LOG },
	{ "UNMOUNT before MOUNT", A_USER, .step = { UNMOUNT(EINVAL), ALL_OF_IT }, .log = LOG },
	{ "UNMOUNT twice", A_USER,
		.step = { DESCRIBE, MOUNT(0, 0), UNMOUNT(0), UNMOUNT(EINVAL), MOUNT(0, EINVAL),
			BYE(0) },
		.status = 1, .log = LOG "detach\n" },
	{ "OPEN after MOUNT", WORDS("src /img/disk /mnt -t x"),
		.step = { DESCRIBE, MOUNT(0, 0), LATE(FSV_OPEN, "/img/disk", EPERM),
			OPEN("/mnt/file", 0, EPERM), BYE(0) } },
	{ "does it answer?", A_USER,
		.step = { DESCRIBE, MOUNT(0, 0), OPEN("/mnt", 0, EISDIR),
			OPEN("/mnt", FSV_O_RDWR, EISDIR), BYE(0) },
		.log = LOG },
	{ "it answers with an error", A_USER,
		.step = { DESCRIBE, MOUNT(0, 0), OPEN("/mnt", 0, EACCES), BYE(0) },
		.prepare = file_system_says_no },
	{ "it does not answer, and the service goes", A_USER,
		.step = { DESCRIBE, MOUNT(0, 0), OPEN("/mnt", 0, ENDS), HANG_UP },
		.prepare = file_system_is_silent, .status = 1, .log = LOG "detach\n" },
	{ "it does not answer, and ^C comes", A_USER,
		.step = { DESCRIBE, MOUNT(0, 0), OPEN("/mnt", 0, ENDS) },
		.prepare = silent_and_interrupted, .status = 1, .log = LOG "detach\n" },
	{ "does it answer, after UNMOUNT?", A_USER,
		.step = { DESCRIBE, MOUNT(0, 0), UNMOUNT(0), OPEN("/mnt", 0, EPERM), BYE(0) },
		.status = 1 },
	{ "too many mounts", A_USER, .mount_max = 2, .step = { DESCRIBE, MOUNT(0, ENOSPC), BYE(1) },
		.prepare = two_mounts_there, .status = 1, .say = "mount_max" },
	{ "the kernel refuses", A_USER, .step = { DESCRIBE, MOUNT(0, EINVAL), BYE(0) },
		.prepare = kernel_refuses, .status = 1, .say = "fuse: \\x1b[1mno" },
};

static const struct scenario bodies[] = {
	{ "FSOPEN with unknown flags", A_USER, ONE(RAW("TYPE\0\0\0\2", EINVAL)) },
	{ "FSOPEN too short", A_USER, ONE(RAW("TYPE\0\0\0", EINVAL)) },
	{ "FSOPEN too long", A_USER, ONE(RAW("TYPE\0\0\0\0\0", EINVAL)) },
	{ "SOURCE without its NUL", A_USER, ONE(RAW("NAMEsrc", EINVAL)) },
	{ "SOURCE with a NUL inside", A_USER, ONE(RAW("NAMEs\0c\0", EINVAL)) },
	{ "an empty SOURCE", A_USER, ONE(RAW("NAME\0", EINVAL)) },
	{ "SOURCE without a body", A_USER, ONE(RAW("NAME", EINVAL)) },
	{ "empty MNTOPTS", A_USER, ONE(RAW("OPTS\0", EINVAL)) },
	{ "empty MTABOPTS", A_USER, ONE(RAW("MTAB\0", EINVAL)) },
	{ "MNTPT with padding", A_USER, ONE(RAW("MNTP\0\0\0\1/mnt\0", EINVAL)) },
	{ "MNTPT with another format", A_USER, ONE(RAW("MNTP\x20\0\0\0/mnt\0", EINVAL)) },
	{ "MOUNT too short", A_USER, ONE(RAW("DOIT\0\0", EINVAL)) },
	{ "UNMOUNT with a body", A_USER, ONE(RAW("UMNT\0", EINVAL)) },
	{ "BYE too short", A_USER, ONE(RAW("BYEE\0\0", EINVAL)) },
	{ "OPEN with unknown request flags", A_USER,
		ONE(RAW_PATH("OPEN\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0/img\0", EINVAL, "/img")) },
	{ "OPEN with a block size", A_USER,
		ONE(RAW_PATH("OPEN\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0/img\0", EINVAL, "/img")) },
	{ "OPEN without its NUL", A_USER,
		ONE(RAW("OPEN\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0/img", EINVAL)) },
	{ "OPEN cut off", A_USER, ONE(RAW("OPEN\0\0", EINVAL)) },
	{ "OPEN_BDEV cut off", A_USER, ONE(RAW("BDEV", EINVAL)) },
	{ "OPEN_BDEV with unknown request flags", A_USER,
		ONE(RAW_PATH("BDEV\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0/x\0", EINVAL, "/x")) },
	{ "bad bodies change nothing", A_USER,
		.step = { RAW("DOIT", EINVAL), RAW("NAME", EINVAL), RAW("BYEE", EINVAL),
			ALL_OF_IT },
		.log = LOG },
	{ "three bytes", A_USER, .step = { RAW("NAM", ENDS) }, .status = 1, .say = "no command" },
	{ "unknown magic", A_USER, .step = { RAW("WHAT\0\0\0\0", ENDS) }, .status = 1,
		.say = "no command" },
	{ "HELLO_REPLY again", A_USER, .step = { RAW("LAST\0\1\0\0", ENDS) }, .status = 1,
		.say = "no command" },
	{ "a malformed HELLO_REPLY", A_USER, .step = { RAW("LAST", ENDS) }, .status = 1 },
	{ "HELLO", A_USER, .step = { RAW("SAFT\0\1\0\1\0\0\0\0", ENDS) }, .status = 1 },
	{ "FILE", A_USER, .step = { RAW("FILE\0\0\0\0x\0", ENDS) }, .status = 1 },
	{ "REPLY", A_USER, .step = { RAW("REPL\0\0\0\0", ENDS) }, .status = 1 },
	{ "noise after MOUNT", A_USER, .step = { DESCRIBE, MOUNT(0, 0), RAW("WHAT", ENDS) },
		.status = 1, .log = LOG "detach\n" },
	{ "an empty packet", A_USER, .step = { RAW("", ENDS) }, .status = 1 },
};

#define TABLE(name)                      \
	{                                \
#name, name, COUNT(name) \
	}

const struct scenario_table scenario_tables[] = { TABLE(endings), TABLE(handshakes), TABLE(opens),
	TABLE(links), TABLE(creating), TABLE(rules), TABLE(devices), TABLE(sources), TABLE(blocks),
	TABLE(mount_points), TABLE(options), TABLE(utab), TABLE(order), TABLE(bodies) };
const size_t scenario_table_count = COUNT(scenario_tables);
