/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 fuse-service */
#include "policy.h"

#include <errno.h>
#include <linux/mount.h>
#include <stddef.h>
#include <string.h>

#include "fsv_text.h"
#include "fsv_wire.h"

/* Flags of the caller's own words that a service can never take away. */
#define STICKY_FLAGS                                                                         \
	(FSV_MS_RDONLY | FSV_MS_NOSUID | FSV_MS_NODEV | FSV_MS_NOEXEC | FSV_MS_NOSYMFOLLOW | \
		FSV_MS_SYNCHRONOUS | FSV_MS_DIRSYNC)

/* Without these, a file system made by anybody could hold setuid programs and device nodes. */
static uint32_t forced_flags(const struct mounter_facts *facts)
{
	return (FSV_MS_NOSUID | FSV_MS_NODEV) & ~(facts->root ? facts->said_off : 0);
}

/* The kernel shows the source in the mount table: bytes that a terminal could act upon stay out. */
static bool source_ok(const char *source)
{
	struct fsv_str text = { source, strnlen(source, MOUNTER_SOURCE_MAX + 1) };

	return text.len > 0 && text.len <= MOUNTER_SOURCE_MAX && !fsv_text_has_control(text);
}

static int check_contexts(const struct mounter_facts *facts, uint32_t options)
{
	unsigned int i;

	for (i = 0; i < MOUNTER_CONTEXTS; i++)
		if ((options & (MOUNTER_OPT_CONTEXT << i)) && (!facts->root || !facts->context[i]))
			return -EPERM;
	return 0;
}

static int check_options(const struct mounter_facts *facts, const struct mounter_request *request)
{
	uint32_t options = request->options;

	if (options & ~MOUNTER_OPTS)
		return -EINVAL;
	if ((options & MOUNTER_OPT_BLKSIZE) && !(options & MOUNTER_OPT_FUSEBLK))
		return -EINVAL;
	if ((options & MOUNTER_OPT_ALLOW_OTHER) && !facts->root && !facts->user_allow_other)
		return -EPERM;
	if ((options & MOUNTER_OPT_FUSEBLK) && !facts->root)
		return -EPERM;
	return check_contexts(facts, options);
}

int policy_plan(const struct mounter_facts *facts, const struct mounter_request *request,
	struct mount_plan *plan)
{
	uint32_t flags = request->ms_flags, options = request->options;
	int ret;

	/* REMOUNT, BIND, MOVE, the propagation bits and whatever comes to be never reach the
	 * kernel. */
	if (flags & ~FSV_MS_FLAGS)
		return -EINVAL;
	if (!source_ok(request->source))
		return -EINVAL;
	ret = check_options(facts, request);
	if (ret)
		return ret;
	flags |= forced_flags(facts) | (facts->said_on & STICKY_FLAGS);
	if ((options & MOUNTER_OPT_ALLOW_OTHER) && !facts->said_allow_other) {
		/* The service opened the mount to everybody, not the caller: then let the kernel
		 * check permissions, and let nobody be led elsewhere by its symbolic links. */
		options |= MOUNTER_OPT_DEFAULT_PERMISSIONS;
		if (!facts->root)
			flags |= FSV_MS_NOSYMFOLLOW;
	}
	plan->ms_flags = flags;
	plan->options = options;
	plan->request = request;
	return 0;
}

/* On these a mount by an ordinary user shadows nothing that the system itself relies on (proc,
 * sysfs, … are absent). The list of fusermount3, by f_type. */
/* In this order: aufs; autofs; bcachefs; btrfs; ceph; cifs; smb2; ecryptfs; exfat; ext2, ext3,
 * ext4; f2fs; fuse; gfs2; gpfs; hfsplus; jffs2; jfs; lustre; msdos, vfat; ncp; nfs; nilfs;
 * ntfs; ntfs3; openafs; overlayfs; panfs; reiserfs; squashfs; tmpfs; ramfs; ubifs; wekafs;
 * ufsd; xfs; zfs. */
static const uint64_t user_fs_types[] = { 0x61756673, 0x187, 0xCA451A4E, 0x9123683E, 0x00C36400,
	0xFF534D42, 0xFE534D42, 0xF15F, 0x2011BAB0, 0xEF53, 0xF2F52010, 0x65735546, 0x01161970,
	0x47504653, 0x482b, 0x72B6, 0x3153464A, 0x0BD00BD0, 0x4D44, 0x564C, 0x6969, 0x3434,
	0x5346544E, 0x7366746E, 0x5346414F, 0x794C7630, 0xAAD7AAEA, 0x52654973, 0x73717368,
	0x01021994, 0x858458F6, 0x24051905, 0x18031977, 0x736675005346544E, 0x58465342,
	0x2FC12FC1 };

bool policy_fs_allowed(uint64_t f_type)
{
	size_t i;

	for (i = 0; i < sizeof(user_fs_types) / sizeof(user_fs_types[0]); i++)
		if (user_fs_types[i] == f_type)
			return true;
	return false;
}

#define ATTRIBUTE_IF(name) (ms_flags & FSV_MS_##name ? MOUNT_ATTR_##name : 0u)

unsigned int policy_attributes(uint32_t ms_flags)
{
	/* These two exclude each other; mount(2) decides for the former. */
	unsigned int atime =
		ms_flags & FSV_MS_STRICTATIME ? MOUNT_ATTR_STRICTATIME : ATTRIBUTE_IF(NOATIME);

	return ATTRIBUTE_IF(RDONLY) | ATTRIBUTE_IF(NOSUID) | ATTRIBUTE_IF(NODEV) |
	       ATTRIBUTE_IF(NOEXEC) | ATTRIBUTE_IF(NODIRATIME) | ATTRIBUTE_IF(NOSYMFOLLOW) | atime;
}

bool policy_blocksize_allowed(uint32_t size)
{
	return size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
}
