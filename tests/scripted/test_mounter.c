/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
/*
 * The mounter over the scripted kernel (docs/threat-model.md, boundary 2): what each request makes
 * it do, call by call, and that nothing is left behind whichever call fails.
 */
#include <errno.h>
#include <fcntl.h>

#include "check.h"
#include "fsv_wire.h"
#include "world.h"

#define USER	  1000
#define CASES_MAX 5
#define NONE	  ~0u

#define FACTS(...) (&(const struct mounter_facts){ .subtype = "x", __VA_ARGS__ })
#define AS_USER(...)                                     \
	FACTS(.uid = USER, .gid = USER, .mount_max = 10, \
		.context = { "system_u:object_r:a_t:s0", 0, 0, 0 }, __VA_ARGS__)
#define WITH_MAX(max) FACTS(.uid = USER, .gid = USER, .mount_max = (max))
#define AS_ROOT(...) \
	FACTS(.root = true, .mount_max = 0, .context = { "c:a", "c:b", "c:c", "c:d" }, __VA_ARGS__)

#define REQUEST(...) .request = { __VA_ARGS__ }, .device_flags = O_RDWR
#define FILES(...)   .files = { __VA_ARGS__ }
#define MOUNT_ON(file, ...)                                                 \
	{                                                                   \
		REQUEST(.op = MOUNTER_MOUNT, .source = "src", __VA_ARGS__), \
			FILES("/dev/fuse", file)                            \
	}
#define ON(file)   MOUNT_ON(file, )
#define MOUNT(...) MOUNT_ON("/mnt", __VA_ARGS__)
#define BLOCK_WITH(device, more, ...)                                          \
	{                                                                      \
		REQUEST(.op = MOUNTER_MOUNT, .source = "/dev/sdb",             \
			.options = MOUNTER_OPT_FUSEBLK | (more), __VA_ARGS__), \
			FILES("/dev/fuse", "/mnt", device)                     \
	}
#define BLOCK(device) BLOCK_WITH(device, 0, )
#define BLOCKSIZE_WITH(file, size, open_flags)                             \
	{                                                                  \
		.request = { .op = MOUNTER_BLOCKSIZE, .blksize = (size) }, \
		.device_flags = (open_flags), FILES(file)                  \
	}
#define BLOCKSIZE(file, size) BLOCKSIZE_WITH(file, size, O_RDWR)
#define UNMOUNT                                \
	{                                      \
		REQUEST(.op = MOUNTER_UNMOUNT) \
	}
#define KEEP                                \
	{                                   \
		REQUEST(.op = MOUNTER_KEEP) \
	}

/* What the kernel is told about a mount, in this order. */
#define HEAD(type, source, id)                                                  \
	"fsopen " type "\nsource=" source "\nsubtype=x\nfd=N\nrootmode=40000\n" \
	"user_id=" id "\ngroup_id=" id "\n"
#define USERS	    HEAD("fuse", "src", "1000")
#define ROOTS	    HEAD("fuse", "src", "0")
#define DONE(flags) "create\nfsmount " flags "\nattach /mnt\n"
#define SAFE	    "rw,nosuid,nodev"
#define PLAIN	    USERS DONE(SAFE)

struct row {
	const char *name;
	const struct mounter_facts *facts;
	struct mounter_case cases[CASES_MAX];
	int errors[CASES_MAX];	/* one an answer */
	enum mounter_step step; /* of the first answer */
	const char *log;
	void (*prepare)(void);
	const char *message;  /* the kernel's, in the first answer */
	unsigned int answers; /* if not as many as cases; NONE */
};

static void many_mounts(void)
{
	world.other_mounts = 10;
}
static void nine_mounts(void)
{
	world.other_mounts = 9;
}
static void one_comes(void)
{
	world.other_mounts = 9;
	world.mounts_meanwhile = 1;
}
static void eight_mounts(void)
{
	world.other_mounts = 8;
}
static void one_comes_to_eight(void)
{
	world.other_mounts = 8;
	world.mounts_meanwhile = 1;
}
static void two_come_to_eight(void)
{
	world.other_mounts = 8;
	world.mounts_meanwhile = 2;
}
static void a_thousand_mounts(void)
{
	world.other_mounts = 1000;
}
/* With the disk, as many as are asked for in one call, and one more with ours. */
static void just_one_page(void)
{
	world.other_mounts = 511;
}
static void just_two_pages(void)
{
	world.other_mounts = 1022;
}
static void a_newer_one(void)
{
	world.newer_mount = true;
}
static void lock_is_busy(void)
{
	world.lock_busy = 1000000;
}
static void lock_is_busy_once(void)
{
	world.lock_busy = 3;
}
static void another_parent(void)
{
	world.parent_in_fact = 77;
}
static void gone_at_once(void)
{
	world.taken_away = true;
}
static void gone_before_unmount(void)
{
	world.vanishes = true;
}
static void not_writable(void)
{
	world.unwritable = true;
}
static void on_proc(void)
{
	world_node("/mnt")->fs = 0x9fa0;
}
static void on_proc_file(void)
{
	world_node("/file")->fs = 0x9fa0;
}
static void on_ufsd(void)
{
	world_node("/mnt")->fs = 0x736675005346544E;
}
static void in_small_pieces(void)
{
	world.chunk = 7;
}
static void another_major(void)
{
	world.source_major = 9;
	world.source_minor = 16;
}
static void another_minor(void)
{
	world.source_major = 8;
	world.source_minor = 32;
}
static void kernel_explains(void)
{
	world.kernel_says = "w only a warning\ne fuse: Bad value for 'source'";
	world.fail_call = "fsconfig";
	world.fail_errno = EINVAL;
}
static void kernel_mumbles(void)
{
	kernel_explains();
	world.kernel_says = "no prefix";
}

static void on_fuse(void)
{
	world.on_fuse = true;
}
static void on_readonly_fuse(void)
{
	world.on_fuse = world.on_readonly = true;
}
static void on_fuse_not_writable(void)
{
	world.on_fuse = true;
	world_node("/mnt")->mode = S_IFDIR | 0577;
}
static void on_fuse_for_others(void)
{
	world.on_fuse = true;
	world_node("/shared")->gid = 60;
}
static void on_fuse_for_the_group(void)
{
	world.on_fuse = true;
	world_node("/shared")->gid = USER;
}
static void on_fuse_for_another_group_of_his(void)
{
	world.on_fuse = true;
	world.group = world_node("/shared")->gid = 50;
}
static void on_fuse_not_for_the_group(void)
{
	on_fuse_for_another_group_of_his();
	world_node("/shared")->mode = S_IFDIR | 0757;
}
static void on_fuse_for_all(void)
{
	world.on_fuse = true;
	world.group = 50;
	world_node("/shared")->mode = S_IFDIR | 0757;
}
static void not_in_the_table(void)
{
	world.hidden = true;
}
static void below_the_root(void)
{
	world.hidden = true;
	world.root_mount = 20;
}
static void session_hangs_up(void)
{
	world.hangs_up = true;
}

static const struct row keeping[] = {
	{ "a mount that is kept", AS_USER(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, PLAIN },
	{ "the channel ends without KEEP", AS_USER(), { MOUNT() }, { 0 }, MOUNTER_DONE,
		PLAIN "detach\n" },
	{ "no request at all", AS_USER(), .log = "" },
	{ "KEEP without a mount", AS_USER(), { KEEP }, { -EINVAL }, 0, "" },
	{ "UNMOUNT without a mount", AS_USER(), { UNMOUNT }, { -EINVAL }, 0, "" },
	{ "UNMOUNT", AS_USER(), { MOUNT(), UNMOUNT }, { 0, 0 }, MOUNTER_DONE, PLAIN "detach\n" },
	{ "UNMOUNT twice", AS_USER(), { MOUNT(), UNMOUNT, UNMOUNT }, { 0, 0, -EINVAL },
		MOUNTER_DONE, PLAIN "detach\n" },
	{ "KEEP after UNMOUNT", AS_USER(), { MOUNT(), UNMOUNT, KEEP }, { 0, 0, -EINVAL },
		MOUNTER_DONE, PLAIN "detach\n" },
	{ "a second MOUNT", AS_USER(), { MOUNT(), MOUNT(), KEEP }, { 0, -EINVAL, 0 }, MOUNTER_DONE,
		PLAIN },
	{ "a MOUNT after UNMOUNT", AS_USER(), { MOUNT(), UNMOUNT, MOUNT() }, { 0, 0, -EINVAL },
		MOUNTER_DONE, PLAIN "detach\n" },
	{ "a MOUNT after one that failed", AS_USER(), { ON("/sticky"), MOUNT() },
		{ -EPERM, -EINVAL }, MOUNTER_AT_MOUNTPOINT, "" },
	{ "a MOUNT after one of bad form", AS_USER(), { MOUNT(.ms_flags = 32), MOUNT(), KEEP },
		{ -EINVAL, 0, 0 }, MOUNTER_AT_CHECK, PLAIN },
	{ "nothing is heard after KEEP", AS_USER(), { MOUNT(), KEEP, UNMOUNT }, { 0, 0 },
		MOUNTER_DONE, PLAIN, .answers = 2 },
	{ "UNMOUNT of one that root took away", AS_USER(), { MOUNT(), UNMOUNT, UNMOUNT, KEEP },
		{ 0, -EINVAL, -EINVAL, -EINVAL }, MOUNTER_DONE, PLAIN,
		.prepare = gone_before_unmount },
	{ "KEEP of a mount that root took away", AS_USER(), { MOUNT(), KEEP }, { -EBUSY, -EINVAL },
		MOUNTER_AT_PARENT, PLAIN, .prepare = gone_at_once },
	{ "the session is gone before the work begins", AS_USER(), { MOUNT() }, { -ECONNRESET },
		MOUNTER_AT_CHECK, "", .prepare = session_hangs_up },
	{ "an unknown request", AS_USER(), { { REQUEST(.op = 99) } }, { -EINVAL }, 0, "" },
};

static const struct row forms[] = {
	{ "a request cut short", AS_USER(), { { REQUEST(.op = MOUNTER_KEEP), .cut = 1 } }, { 0 },
		.log = "", .answers = NONE },
	{ "a request with a byte too many", AS_USER(),
		{ { REQUEST(.op = MOUNTER_KEEP), .more = 1 } }, { 0 }, .log = "", .answers = NONE },
	{ "cut short, with files", AS_USER(),
		{ { REQUEST(.op = MOUNTER_MOUNT), .files = { "/dev/fuse", "/mnt" }, .cut = 8 } },
		{ 0 }, .log = "", .answers = NONE },
	{ "more files than any request has", AS_USER(),
		{ { REQUEST(.op = MOUNTER_MOUNT, .source = "s"),
			.files = { "/dev/fuse", "/mnt", "/dev/sdb", "/dev/sdc", "/dev/null" } } },
		{ 0 }, .log = "", .answers = NONE },
};

static const struct row files[] = {
	{ "MOUNT without files", AS_USER(), { { REQUEST(.op = MOUNTER_MOUNT, .source = "s") } },
		{ -EINVAL }, MOUNTER_AT_CHECK, "" },
	{ "MOUNT with one file", AS_USER(),
		{ { REQUEST(.op = MOUNTER_MOUNT, .source = "s"), .files = { "/dev/fuse" } } },
		{ -EINVAL }, MOUNTER_AT_CHECK, "" },
	{ "MOUNT with a third file", AS_USER(),
		{ { REQUEST(.op = MOUNTER_MOUNT, .source = "s"),
			.files = { "/dev/fuse", "/mnt", "/dev/sdb" } } },
		{ -EINVAL }, MOUNTER_AT_CHECK, "" },
	{ "fuseblk without its device", AS_ROOT(),
		{ { REQUEST(.op = MOUNTER_MOUNT, .source = "s", .options = MOUNTER_OPT_FUSEBLK),
			.files = { "/dev/fuse", "/mnt" } } },
		{ -EINVAL }, MOUNTER_AT_CHECK, "" },
	{ "UNMOUNT with a file", AS_USER(),
		{ MOUNT(), { REQUEST(.op = MOUNTER_UNMOUNT), .files = { "/mnt" } } },
		{ 0, -EINVAL }, MOUNTER_DONE, PLAIN "detach\n" },
	{ "KEEP with a file", AS_USER(),
		{ MOUNT(), { REQUEST(.op = MOUNTER_KEEP), .files = { "/mnt" } } }, { 0, -EINVAL },
		MOUNTER_DONE, PLAIN "detach\n" },
	{ "BLOCKSIZE without a file", AS_USER(),
		{ { REQUEST(.op = MOUNTER_BLOCKSIZE, .blksize = 512) } }, { -EINVAL }, 0, "" },
	{ "a character device that is not fuse's", AS_USER(),
		{ { REQUEST(.op = MOUNTER_MOUNT, .source = "s"),
			.files = { "/dev/null", "/mnt" } } },
		{ -EINVAL }, MOUNTER_AT_CHECK, "" },
	{ "one of the same major number", AS_USER(),
		{ { REQUEST(.op = MOUNTER_MOUNT, .source = "s"),
			.files = { "/dev/rtc", "/mnt" } } },
		{ -EINVAL }, MOUNTER_AT_CHECK, "" },
	{ "a regular file for the fuse device", AS_USER(),
		{ { REQUEST(.op = MOUNTER_MOUNT, .source = "s"), .files = { "/file", "/mnt" } } },
		{ -EINVAL }, MOUNTER_AT_CHECK, "" },
	{ "the two files in the wrong order", AS_USER(),
		{ { REQUEST(.op = MOUNTER_MOUNT, .source = "s"),
			.files = { "/mnt", "/dev/fuse" } } },
		{ -EINVAL }, MOUNTER_AT_CHECK, "" },
};

static const struct row mount_points[] = {
	{ "a file of the caller's", AS_USER(), { ON("/file"), KEEP }, { 0, 0 }, MOUNTER_DONE,
		"fsopen fuse\nsource=src\nsubtype=x\nfd=N\nrootmode=100000\nuser_id=1000\n"
		"group_id=1000\ncreate\nfsmount rw,nosuid,nodev\nattach /file\n" },
	{ "somebody else's file, though writable", AS_USER(), { ON("/others") }, { -EPERM },
		MOUNTER_AT_MOUNTPOINT, "" },
	{ "somebody else's sticky directory", AS_USER(), { ON("/sticky") }, { -EPERM },
		MOUNTER_AT_MOUNTPOINT, "" },
	{ "a sticky directory of his own", AS_USER(), { ON("/mine"), KEEP }, { 0, 0 }, MOUNTER_DONE,
		USERS "create\nfsmount rw,nosuid,nodev\nattach /mine\n" },
	{ "somebody else's directory that he may write to", AS_USER(), { ON("/shared"), KEEP },
		{ 0, 0 }, MOUNTER_DONE, USERS "create\nfsmount rw,nosuid,nodev\nattach /shared\n" },
	{ "a directory that he cannot write to", AS_USER(), { MOUNT() }, { -EACCES },
		MOUNTER_AT_MOUNTPOINT, "", .prepare = not_writable },
	{ "a FIFO", AS_USER(), { ON("/img/pipe") }, { -EINVAL }, MOUNTER_AT_MOUNTPOINT, "" },
	{ "a device", AS_ROOT(), { ON("/dev/sdb") }, { -EINVAL }, MOUNTER_AT_MOUNTPOINT, "" },
	{ "a symbolic link", AS_ROOT(), { ON("/img/link") }, { -EINVAL }, MOUNTER_AT_MOUNTPOINT,
		"" },
	{ "a file system that is not on the list", AS_USER(), { MOUNT() }, { -EPERM },
		MOUNTER_AT_FILESYSTEM, "", .prepare = on_proc },
	{ "his own file there", AS_USER(), { ON("/file") }, { -EPERM }, MOUNTER_AT_FILESYSTEM, "",
		.prepare = on_proc_file },
	{ "a magic number of 64 bits", AS_USER(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, PLAIN,
		.prepare = on_ufsd },
	{ "root, on a file system that is not on the list", AS_ROOT(), { MOUNT(), KEEP }, { 0, 0 },
		MOUNTER_DONE, ROOTS DONE(SAFE), .prepare = on_proc },
	{ "root, on a sticky directory", AS_ROOT(), { ON("/sticky"), KEEP }, { 0, 0 }, MOUNTER_DONE,
		ROOTS "create\nfsmount rw,nosuid,nodev\nattach /sticky\n" },
	{ "root, where nobody may write", AS_ROOT(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE,
		ROOTS DONE(SAFE), .prepare = not_writable },
	{ "on FUSE, his own directory", AS_USER(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, PLAIN,
		.prepare = on_fuse },
	{ "his own file", AS_USER(), { ON("/file") }, { 0 }, MOUNTER_DONE,
		"fsopen fuse\nsource=src\nsubtype=x\nfd=N\nrootmode=100000\nuser_id=1000\n"
		"group_id=1000\ncreate\nfsmount rw,nosuid,nodev\nattach /file\ndetach\n",
		.prepare = on_fuse },
	{ "mounted read-only", AS_USER(), { MOUNT() }, { -EROFS }, MOUNTER_AT_MOUNTPOINT, "",
		.prepare = on_readonly_fuse },
	{ "his own, for all but him", AS_USER(), { MOUNT() }, { -EACCES }, MOUNTER_AT_MOUNTPOINT,
		"", .prepare = on_fuse_not_writable },
	{ "a directory of his group", AS_USER(), { ON("/shared") }, { 0 }, MOUNTER_DONE,
		USERS "create\nfsmount rw,nosuid,nodev\nattach /shared\ndetach\n",
		.prepare = on_fuse_for_the_group },
	{ "of another group of his", AS_USER(), { ON("/shared") }, { 0 }, MOUNTER_DONE,
		USERS "create\nfsmount rw,nosuid,nodev\nattach /shared\ndetach\n",
		.prepare = on_fuse_for_another_group_of_his },
	{ "of a group that is not his", AS_USER(), { ON("/shared") }, { -EACCES },
		MOUNTER_AT_MOUNTPOINT, "", .prepare = on_fuse_for_others },
	{ "for all but his group", AS_USER(), { ON("/shared") }, { -EACCES }, MOUNTER_AT_MOUNTPOINT,
		"", .prepare = on_fuse_not_for_the_group },
	{ "for all", AS_USER(), { ON("/shared") }, { 0 }, MOUNTER_DONE,
		USERS "create\nfsmount rw,nosuid,nodev\nattach /shared\ndetach\n",
		.prepare = on_fuse_for_all },
	{ "somebody else's sticky directory", AS_USER(), { ON("/sticky") }, { -EPERM },
		MOUNTER_AT_MOUNTPOINT, "", .prepare = on_fuse },
	{ "root, there", AS_ROOT(), { ON("/shared") }, { 0 }, MOUNTER_DONE,
		ROOTS "create\nfsmount rw,nosuid,nodev\nattach /shared\ndetach\n",
		.prepare = on_fuse },
	{ "one that the mount table does not show", AS_USER(), { MOUNT() }, { -EINVAL },
		MOUNTER_AT_MOUNTPOINT, "", .prepare = not_in_the_table },
	{ "not shown because the root lies on it", AS_USER(), { MOUNT(), KEEP }, { 0, 0 },
		MOUNTER_DONE, PLAIN, .prepare = below_the_root },
	{ "something was mounted there meanwhile", AS_USER(), { MOUNT(), KEEP },
		{ -EBUSY, -EINVAL }, MOUNTER_AT_PARENT, PLAIN "detach\n",
		.prepare = another_parent },
	{ "the same for root", AS_ROOT(), { MOUNT(), KEEP }, { -EBUSY, -EINVAL }, MOUNTER_AT_PARENT,
		ROOTS DONE(SAFE) "detach\n", .prepare = another_parent },
};

static const struct row counting[] = {
	{ "as many as mount_max are there", AS_USER(), { MOUNT() }, { -ENOSPC }, MOUNTER_AT_COUNT,
		"", .prepare = many_mounts },
	{ "one fewer", AS_USER(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, PLAIN,
		.prepare = nine_mounts },
	{ "one more comes meanwhile", AS_USER(), { MOUNT(), KEEP }, { -ENOSPC, -EINVAL },
		MOUNTER_AT_COUNT, PLAIN "detach\n", .prepare = one_comes },
	{ "mount_max 0", WITH_MAX(0), { MOUNT() }, { -ENOSPC }, MOUNTER_AT_COUNT, "" },
	{ "no limit", WITH_MAX(-1), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, PLAIN,
		.prepare = many_mounts },
	{ "no limit for root", AS_ROOT(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE,
		ROOTS DONE(SAFE), .prepare = many_mounts },
	{ "the lock is somebody's for ever", AS_USER(), { MOUNT(), KEEP }, { -EBUSY, -EINVAL },
		MOUNTER_AT_LOCK, PLAIN "detach\n", .prepare = lock_is_busy },
	{ "the lock is somebody's for a while", AS_USER(), { MOUNT(), KEEP }, { 0, 0 },
		MOUNTER_DONE, PLAIN, .prepare = lock_is_busy_once },
	{ "root waits for no lock", AS_ROOT(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE,
		ROOTS DONE(SAFE), .prepare = lock_is_busy },
	{ "the mount table comes in pieces", AS_USER(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE,
		PLAIN, .prepare = in_small_pieces },
};

static const struct row options[] = {
	{ "every option and flag of an ordinary mount",
		AS_USER(.user_allow_other = true, .said_allow_other = true),
		{ MOUNT(.ms_flags = FSV_MS_FLAGS, .max_read = 4096,
			  .options = MOUNTER_OPT_DEFAULT_PERMISSIONS | MOUNTER_OPT_ALLOW_OTHER |
				     MOUNTER_OPT_MAX_READ),
			KEEP },
		{ 0, 0 }, MOUNTER_DONE,
		USERS "flag default_permissions\nflag allow_other\nflag ro\nflag sync\n"
		      "flag dirsync\nflag lazytime\nmax_read=4096\n" DONE(
			      "ro,nosuid,nodev,noexec,nodiratime,nosymfollow,strictatime") },
	{ "max_read 0", AS_USER(), { MOUNT(.options = MOUNTER_OPT_MAX_READ), KEEP }, { 0, 0 },
		MOUNTER_DONE, USERS "max_read=0\n" DONE(SAFE) },
	{ "a number without its option means nothing", AS_USER(),
		{ MOUNT(.max_read = 1, .blksize = 2), KEEP }, { 0, 0 }, MOUNTER_DONE, PLAIN },
	{ "allow_other that the caller did not type", AS_USER(.user_allow_other = true),
		{ MOUNT(.options = MOUNTER_OPT_ALLOW_OTHER), KEEP }, { 0, 0 }, MOUNTER_DONE,
		USERS "flag default_permissions\nflag allow_other\n" DONE(
			"rw,nosuid,nodev,nosymfollow") },
	{ "the same for root", AS_ROOT(), { MOUNT(.options = MOUNTER_OPT_ALLOW_OTHER), KEEP },
		{ 0, 0 }, MOUNTER_DONE,
		ROOTS "flag default_permissions\nflag allow_other\n" DONE(SAFE) },
	{ "allow_other without leave", AS_USER(.said_allow_other = true),
		{ MOUNT(.options = MOUNTER_OPT_ALLOW_OTHER) }, { -EPERM }, MOUNTER_AT_CHECK, "" },
	{ "a context by an ordinary user", AS_USER(), { MOUNT(.options = MOUNTER_OPT_CONTEXT) },
		{ -EPERM }, MOUNTER_AT_CHECK, "" },
	{ "all contexts, by root", AS_ROOT(), { MOUNT(.options = 15 * MOUNTER_OPT_CONTEXT), KEEP },
		{ 0, 0 }, MOUNTER_DONE,
		ROOTS "context=c:a\nfscontext=c:b\ndefcontext=c:c\nrootcontext=c:d\n" DONE(SAFE) },
	{ "suid and dev, by root", AS_ROOT(.said_off = FSV_MS_NOSUID | FSV_MS_NODEV),
		{ MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, ROOTS DONE("rw") },
	{ "the caller's own words stay",
		AS_USER(.said_on = FSV_MS_RDONLY | FSV_MS_NOEXEC | FSV_MS_NOSYMFOLLOW |
				   FSV_MS_SYNCHRONOUS | FSV_MS_DIRSYNC),
		{ MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE,
		USERS
		"flag ro\nflag sync\nflag dirsync\n" DONE("ro,nosuid,nodev,noexec,nosymfollow") },
	{ "a source that is an option", AS_USER(),
		{ { REQUEST(.op = MOUNTER_MOUNT, .source = "x,allow_other"),
			  .files = { "/dev/fuse", "/mnt" } },
			KEEP },
		{ 0, 0 }, MOUNTER_DONE, HEAD("fuse", "x,allow_other", "1000") DONE(SAFE) },
	{ "no source", AS_USER(),
		{ { REQUEST(.op = MOUNTER_MOUNT), .files = { "/dev/fuse", "/mnt" } } }, { -EINVAL },
		MOUNTER_AT_CHECK, "" },
};

static const struct row blocks[] = {
	{ "fuseblk", AS_ROOT(), { BLOCK("/dev/sdb"), KEEP }, { 0, 0 }, MOUNTER_DONE,
		HEAD("fuseblk", "/dev/sdb", "0") DONE(SAFE) },
	{ "fuseblk with a block size", AS_ROOT(),
		{ BLOCK_WITH("/dev/sdb", MOUNTER_OPT_BLKSIZE, .blksize = 1024), KEEP }, { 0, 0 },
		MOUNTER_DONE, HEAD("fuseblk", "/dev/sdb", "0") "blksize=1024\n" DONE(SAFE) },
	{ "fuseblk by an ordinary user", AS_USER(), { BLOCK("/dev/sdb") }, { -EPERM },
		MOUNTER_AT_CHECK, "" },
	{ "SOURCE is a device of another major number by now", AS_ROOT(),
		{ BLOCK("/dev/sdb"), KEEP }, { -EBUSY, -EINVAL }, MOUNTER_AT_CREATE,
		HEAD("fuseblk", "/dev/sdb", "0") "create\nfsmount rw,nosuid,nodev\n",
		.prepare = another_major },
	{ "of another minor number", AS_ROOT(), { BLOCK("/dev/sdb"), KEEP }, { -EBUSY, -EINVAL },
		MOUNTER_AT_CREATE,
		HEAD("fuseblk", "/dev/sdb", "0") "create\nfsmount rw,nosuid,nodev\n",
		.prepare = another_minor },
	{ "a regular file for the device", AS_ROOT(), { BLOCK("/img/disk"), KEEP },
		{ -EINVAL, -EINVAL }, MOUNTER_AT_CREATE,
		HEAD("fuseblk", "/dev/sdb", "0") "create\nfsmount rw,nosuid,nodev\n" },
	{ "blksize without fuseblk", AS_ROOT(),
		{ MOUNT(.options = MOUNTER_OPT_BLKSIZE, .blksize = 512) }, { -EINVAL },
		MOUNTER_AT_CHECK, "" },
};

static const struct row sizes[] = {
	{ "a block size", AS_USER(), { BLOCKSIZE("/dev/sdb", 512) }, { 0 }, 0, "blocksize 512\n" },
	{ "the largest", AS_USER(), { BLOCKSIZE("/dev/sdb", 65536) }, { 0 }, 0,
		"blocksize 65536\n" },
	{ "twice, then a mount", AS_USER(),
		{ BLOCKSIZE("/dev/sdb", 512), BLOCKSIZE("/dev/sdc", 1024), MOUNT(), KEEP },
		{ 0, 0, 0, 0 }, 0, "blocksize 512\nblocksize 1024\n" PLAIN },
	{ "after the mount", AS_USER(), { MOUNT(), BLOCKSIZE("/dev/sdb", 512), KEEP },
		{ 0, -EINVAL, 0 }, MOUNTER_DONE, PLAIN },
	{ "0", AS_USER(), { BLOCKSIZE("/dev/sdb", 0) }, { -EINVAL }, 0, "" },
	{ "256", AS_USER(), { BLOCKSIZE("/dev/sdb", 256) }, { -EINVAL }, 0, "" },
	{ "1000", AS_USER(), { BLOCKSIZE("/dev/sdb", 1000) }, { -EINVAL }, 0, "" },
	{ "131072", AS_USER(), { BLOCKSIZE("/dev/sdb", 131072) }, { -EINVAL }, 0, "" },
	{ "of a regular file", AS_USER(), { BLOCKSIZE("/img/disk", 512) }, { -ENOTBLK }, 0, "" },
	{ "of a terminal", AS_USER(), { BLOCKSIZE("/dev/tty", 512) }, { -ENOTBLK }, 0, "" },
	{ "of a device opened to read", AS_USER(), { BLOCKSIZE_WITH("/dev/sdb", 512, O_RDONLY) },
		{ -EACCES }, 0, "" },
	{ "opened to write only", AS_USER(), { BLOCKSIZE_WITH("/dev/sdb", 512, O_WRONLY) },
		{ -EACCES }, 0, "" },
	{ "that is not open at all", AS_USER(), { BLOCKSIZE_WITH("/dev/sdb", 512, O_PATH) },
		{ -EACCES }, 0, "" },
};

static const struct row messages[] = {
	{ "the kernel's last message comes back", AS_USER(), { MOUNT() }, { -EINVAL },
		MOUNTER_AT_CREATE, "fsopen fuse\n", .prepare = kernel_explains,
		.message = "fuse: Bad value for 'source'" },
	{ "one without a level", AS_USER(), { MOUNT() }, { -EINVAL }, MOUNTER_AT_CREATE,
		"fsopen fuse\n", .prepare = kernel_mumbles, .message = "no prefix" },
};

static unsigned int case_count(const struct row *row)
{
	unsigned int n = 0;

	while (n < CASES_MAX && (row->cases[n].device_flags || row->cases[n].request.op))
		n++;
	return n;
}

static unsigned int wanted_answers(const struct row *row)
{
	if (row->answers)
		return row->answers == NONE ? 0 : row->answers;
	return case_count(row);
}

/* Everything has to be the same with listmount(2) and without. */
static bool new_kernel;

static void begin(const struct row *row)
{
	world_begin();
	world.statmount = new_kernel;
	if (row->prepare)
		row->prepare();
}

/* Whatever happened: nothing left open, no mount that nobody was promised, no promise without. */
static void check_end(const struct row *row)
{
	bool kept = world.kept, attached = world.mount.attached;

	world_end();
	if (!world.wrong[0] && kept == attached)
		return;
	print_error("%s: %s; call %u (%s) failed with %d\n", row->name,
		world.wrong[0] ? world.wrong
		: attached     ? "a mount is left"
			       : "nothing was kept",
		world.fail_at, world.failed_call, world.fail_errno);
	fail();
}

static void run_row(const struct row *row)
{
	struct mounter_answer answers[CASES_MAX];
	unsigned int i, n, count = case_count(row);

	begin(row);
	n = world_run_mounter(row->facts, row->cases, count, answers);
	if (strcmp(world.log, row->log) != 0)
		print_error("%s: got\n%swanted\n%s", row->name, world.log, row->log);
	assert_string_equal(world.log, row->log);
	if (n != (wanted_answers(row)))
		print_error("%s: %u answers\n", row->name, n);
	assert_int_equal(n, wanted_answers(row));
	for (i = 0; i < n; i++) {
		if (answers[i].error != row->errors[i])
			print_error("%s: answer %u is %d\n", row->name, i, answers[i].error);
		assert_int_equal(answers[i].error, row->errors[i]);
	}
	if (n && answers[0].step != row->step)
		print_error("%s: step %u\n", row->name, answers[0].step);
	assert_int_equal(n ? answers[0].step : 0, row->step);
	if (n)
		assert_string_equal(answers[0].message, row->message ? row->message : "");
	check_end(row);
}

static void run_rows(const struct row *rows, size_t count)
{
	size_t i;

	for (i = 0; i < 2 * count; i++) {
		new_kernel = i % 2;
		run_row(&rows[i / 2]);
	}
}

static void test_keeping(void **state)
{
	(void)state;
	run_rows(keeping, COUNT(keeping));
}

static void test_forms(void **state)
{
	(void)state;
	run_rows(forms, COUNT(forms));
}

static void test_files(void **state)
{
	(void)state;
	run_rows(files, COUNT(files));
}

static void test_mount_points(void **state)
{
	(void)state;
	run_rows(mount_points, COUNT(mount_points));
}

static void test_counting(void **state)
{
	(void)state;
	run_rows(counting, COUNT(counting));
}

/* How often the table is read where the kernel has listmount(2): the disk counts there as well. */
static const struct {
	struct row row;
	unsigned int reads;
} without_table[] = {
	{ { "few mounts", AS_USER(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, PLAIN }, 0 },
	{ { "with the disk as many as mount_max, with ours", AS_USER(), { MOUNT(), KEEP }, { 0, 0 },
		  MOUNTER_DONE, PLAIN, .prepare = eight_mounts },
		1 },
	{ { "with the disk as many as mount_max", AS_USER(), { MOUNT(), KEEP }, { 0, 0 },
		  MOUNTER_DONE, PLAIN, .prepare = nine_mounts },
		2 },
	{ { "as many as mount_max", AS_USER(), { MOUNT() }, { -ENOSPC }, MOUNTER_AT_COUNT, "",
		  .prepare = many_mounts },
		1 },
	{ { "the last place is taken meanwhile", AS_USER(), { MOUNT(), KEEP }, { 0, 0 },
		  MOUNTER_DONE, PLAIN, .prepare = one_comes_to_eight },
		1 },
	{ { "and one more", AS_USER(), { MOUNT(), KEEP }, { -ENOSPC, -EINVAL }, MOUNTER_AT_COUNT,
		  PLAIN "detach\n", .prepare = two_come_to_eight },
		1 },
	{ { "no limit", WITH_MAX(-1), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, PLAIN,
		  .prepare = a_thousand_mounts },
		0 },
	{ { "a high one", WITH_MAX(1003), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, PLAIN,
		  .prepare = a_thousand_mounts },
		0 },
	{ { "the disk is the last of its page", WITH_MAX(600), { MOUNT(), KEEP }, { 0, 0 },
		  MOUNTER_DONE, PLAIN, .prepare = just_one_page },
		0 },
	{ { "ours is the last of its page", WITH_MAX(1025), { MOUNT(), KEEP }, { 0, 0 },
		  MOUNTER_DONE, PLAIN, .prepare = just_two_pages },
		0 },
	{ { "root", AS_ROOT(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, ROOTS DONE(SAFE),
		  .prepare = a_thousand_mounts },
		0 },
	{ { "somebody mounts after us", AS_USER(), { MOUNT(), KEEP }, { 0, 0 }, MOUNTER_DONE, PLAIN,
		  .prepare = a_newer_one },
		1 },
	{ { "the mount point's file system is not in the list", AS_USER(), { MOUNT() }, { -EINVAL },
		  MOUNTER_AT_MOUNTPOINT, "", .prepare = not_in_the_table },
		1 },
	{ { "on FUSE", AS_USER(), { ON("/shared") }, { 0 }, MOUNTER_DONE,
		  USERS "create\nfsmount rw,nosuid,nodev\nattach /shared\ndetach\n",
		  .prepare = on_fuse_for_all },
		1 },
};

static void test_without_table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(without_table); i++) {
		new_kernel = true;
		run_row(&without_table[i].row);
		if (world.table_reads != without_table[i].reads)
			print_error("%s: %u reads\n", without_table[i].row.name, world.table_reads);
		assert_int_equal(world.table_reads, without_table[i].reads);
		new_kernel = false;
		run_row(&without_table[i].row);
	}
}

static void test_options(void **state)
{
	(void)state;
	run_rows(options, COUNT(options));
}

static void test_blocks(void **state)
{
	(void)state;
	run_rows(blocks, COUNT(blocks));
}

static void test_sizes(void **state)
{
	(void)state;
	run_rows(sizes, COUNT(sizes));
}

static void test_messages(void **state)
{
	(void)state;
	run_rows(messages, COUNT(messages));
}

/* Each flag that a mount can have comes through alone, and each other bit is refused. */
static void test_flag_bits(void **state)
{
	unsigned int bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		struct row row = { .name = "a flag bit", .facts = AS_USER(), .log = PLAIN };
		bool known = FSV_MS_FLAGS >> bit & 1;

		row.cases[0] = (struct mounter_case)MOUNT(.ms_flags = 1u << bit);
		row.errors[0] = known ? 0 : -EINVAL;
		world_begin();
		(void)world_run_mounter(row.facts, row.cases, 1, &(struct mounter_answer){ 0 });
		assert_int_equal(world.mount.made, known);
		check_end(&row);
	}
}

/* The same for the option bits. */
static void test_option_bits(void **state)
{
	unsigned int bit;

	(void)state;
	for (bit = 0; bit < 32; bit++) {
		struct row row = { .name = "an option bit", .facts = AS_ROOT() };
		struct mounter_answer answer;
		bool known = MOUNTER_OPTS >> bit & 1;

		row.cases[0] = (struct mounter_case)MOUNT(.options = 1u << bit);
		if (1u << bit == MOUNTER_OPT_FUSEBLK)
			row.cases[0] = (struct mounter_case)BLOCK("/dev/sdb");
		if (1u << bit == MOUNTER_OPT_BLKSIZE)
			row.cases[0] =
				(struct mounter_case)BLOCK_WITH("/dev/sdb", MOUNTER_OPT_BLKSIZE, );
		world_begin();
		assert_int_equal(world_run_mounter(row.facts, row.cases, 1, &answer), 1);
		assert_int_equal(answer.error, known ? 0 : -EINVAL);
		assert_int_equal(world.mount.made, known);
		check_end(&row);
	}
}

/* Each call of a row fails once. How many calls there are. */
static unsigned int fail_each(const struct row *row, int error)
{
	struct mounter_answer answers[CASES_MAX];
	unsigned int n, count = case_count(row);

	for (n = 1;; n++) {
		begin(row);
		world.fail_at = n;
		world.fail_errno = error;
		(void)world_run_mounter(row->facts, row->cases, count, answers);
		if (world.calls < n)
			break;
		check_end(row);
	}
	check_end(row);
	return n - 1;
}

static unsigned int fail_all(const struct row *rows, size_t count)
{
	static const int errors[] = { EPERM, ENOMEM, EINTR, EINVAL };
	unsigned int tried = 0;
	size_t i, e;

	for (i = 0; i < 2 * count; i++) {
		new_kernel = i % 2;
		for (e = 0; e < COUNT(errors); e++)
			tried += fail_each(&rows[i / 2], errors[e]);
	}
	return tried;
}

static void test_every_failure(void **state)
{
	unsigned int tried = 0;

	(void)state;
	tried += fail_all(keeping, COUNT(keeping));
	tried += fail_all(forms, COUNT(forms));
	tried += fail_all(files, COUNT(files));
	tried += fail_all(mount_points, COUNT(mount_points));
	tried += fail_all(counting, COUNT(counting));
	tried += fail_all(options, COUNT(options));
	tried += fail_all(blocks, COUNT(blocks));
	tried += fail_all(sizes, COUNT(sizes));
	print_message("# %u failures tried\n", tried);
	assert_true(tried > 1000);
}

/* The deadly alarm, or root's kill, at each call: what is attached by then stays, but no promise.
 */
static void test_every_end(void **state)
{
	struct mounter_answer answers[CASES_MAX];
	const struct row *row = &keeping[0];
	unsigned int n;

	(void)state;
	for (n = 1;; n++) {
		begin(row);
		world.kill_at = n;
		world.victim = MOUNTER;
		(void)world_run_mounter(row->facts, row->cases, 2, answers);
		if (world.calls < n)
			break;
		if (world.kept)
			assert_true(world.mount.attached);
		world_end();
		assert_string_equal(world.wrong, "");
	}
	assert_true(n > 30);
	check_end(row);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeping),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_mount_points),
		cmocka_unit_test(test_counting),
		cmocka_unit_test(test_without_table),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_flag_bits),
		cmocka_unit_test(test_option_bits),
		cmocka_unit_test(test_every_failure),
		cmocka_unit_test(test_every_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
