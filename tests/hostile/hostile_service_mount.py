#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""A hostile service asks for mounts that it must not have: flags, options, names, places, order."""

import errno
import os
import stat
import sys

from stage import (ALL, MNT_DETACH, ROOT, USER, USERS, attack, check, equal, main, refused,
                   wire)

# Bits of ms_flags, and what they do to the mount or the file system.
FLAGS = {0: "ro", 1: "nosuid", 2: "nodev", 3: "noexec", 4: "sync", 7: "dirsync", 8: "nosymfollow",
         10: "noatime", 11: "nodiratime", 21: "relatime", 24: "", 25: "lazytime"}
FORBIDDEN = {5: "REMOUNT", 6: "MANDLOCK", 12: "BIND", 13: "MOVE", 14: "REC", 15: "SILENT",
             16: "POSIXACL", 17: "UNBINDABLE", 18: "PRIVATE", 19: "SLAVE", 20: "SHARED",
             22: "KERNMOUNT", 23: "I_VERSION", 30: "ACTIVE", 31: "NOUSER"}


def options_of(found):
    return set(found.options) | set(found.super_options)


def secure(found, *also):
    wanted = {"nosuid", "nodev", *also}
    check(wanted <= options_of(found), f"options {options_of(found)}, wanted {wanted}")


# Flags


@attack("MOUNT with forbidden bit {0}, {1}",
        *[(bit, FORBIDDEN.get(bit, "unknown")) for bit in range(32) if bit not in FLAGS])
def _(a, bit, _name):
    talk = a.described()
    equal(talk.service.mount(1 << bit), errno.EINVAL, "MOUNT")
    equal(talk.service.mount(1 << bit | wire.MS_NOSUID | wire.MS_NODEV), errno.EINVAL, "MOUNT")
    a.nothing_mounted()
    secure(talk.mounts_well())


@attack("MOUNT with bit {0} does what it says and no more: '{1}'", *FLAGS.items())
def _(a, bit, word):
    talk = a.described()
    found = talk.mounts_well(1 << bit)
    secure(found, *[word] if word else [])
    for other in {"ro", "noexec", "sync", "dirsync", "nosymfollow", "lazytime"} - {word}:
        check(other not in options_of(found), f"{other} among {options_of(found)}")


@attack("MOUNT with all allowed and all forbidden bits at once")
def _(a):
    talk = a.described()
    equal(talk.service.mount(0xFFFFFFFF), errno.EINVAL, "MOUNT")
    a.nothing_mounted()
    talk.dies()


@attack("MOUNT with no flags where the caller typed '{}': it stays",
        "ro", "nosuid", "nodev", "noexec", "nosymfollow", "sync", "dirsync", who=ALL)
def _(a, word):
    secure(a.described("-o", word).mounts_well(0), word)


@attack("MOUNT with no flags where the caller typed {}",
        "-oro", "-o rw,noatime,ro", "-o x=y\\,z,ro,nonsense")
def _(a, words):
    secure(a.described(*words.split(" ", 1)).mounts_well(0), "ro")


@attack("MOUNT without nosuid and nodev where the caller typed suid,dev", who=USERS)
def _(a):
    secure(a.described("-o", "suid,dev").mounts_well(0))


@attack("MOUNT without nosuid and nodev where root typed neither", who=(ROOT,))
def _(a):
    secure(a.described().mounts_well(0))


@attack("MOUNT without {1} where root typed only {0}", ("suid", "nodev"), ("dev", "nosuid"),
        who=(ROOT,))
def _(a, said, stays):
    found = a.described("-o", said).mounts_well(0)
    check(stays in found.options and "no" + said not in found.options, f"{found.options}")


@attack("MOUNT without nosuid and nodev where root typed suid,dev outside of -o", who=(ROOT,))
def _(a):
    secure(a.described("--suid=suid,dev", "-Jsuid,dev").mounts_well(0))


# allow_other


@attack("allow_other without leave, whether the caller typed it or not: {}", "typed", "not typed",
        who=USERS)
def _(a, how):
    talk = a.talk(*(["-o", "allow_other"] if how == "typed" else []))
    equal(talk.service.mntopts("allow_other"), errno.EPERM, "MNTOPTS")
    equal(talk.service.mntopts("default_permissions,allow_other"), errno.EPERM, "MNTOPTS")
    found = talk.still_works()
    check("allow_other" not in found.super_options, f"options {found.super_options}")


@attack("allow_other that the caller did not type, with user_allow_other")
def _(a):
    a.configure("user_allow_other\n")
    talk = a.talk()
    equal(talk.service.mntopts("allow_other"), 0, "MNTOPTS")
    found = talk.still_works()
    forced = {"allow_other", "default_permissions"} | ({"nosymfollow"} if a.is_user else set())
    secure(found, *forced)


@attack("allow_other that stands on the command line outside of -o: {}",
        "allow_other", "--allow_other", "--x=allow_other", "-Jallow_other", who=(USER,))
def _(a, word):
    a.configure("user_allow_other\n")
    talk = a.talk(operands=[word, a.image_path, a.mnt])
    equal(talk.service.mntopts("allow_other"), 0, "MNTOPTS")
    secure(talk.still_works(), "default_permissions", "nosymfollow")


@attack("allow_other that is part of another option: {}",
        "fsname=allow_other", "x\\,allow_other", "noallow_other", "allow_others", who=(USER,))
def _(a, word):
    a.configure("user_allow_other\n")
    talk = a.talk("-o", word)
    equal(talk.service.mntopts("allow_other"), 0, "MNTOPTS")
    secure(talk.still_works(), "default_permissions", "nosymfollow")


# Kernel options


OPTIONS = ("fd=0", "fd=3", "rootmode=40000", "rootmode=104755", "user_id=0", "group_id=0",
           "subtype=ext4", "source=/dev/sda", "fsname=x", "context=system_u:object_r:etc_t:s0",
           "fscontext=a", "defcontext=a", "rootcontext=a", "allow_root", "ro", "rw", "suid", "dev",
           "remount", "bind", "lazytime", "blksize=4096", "max_read", "max_read=", "max_read=-1",
           "max_read= 1", "max_read=1k", "max_read=99999999999", "default_permissions=",
           "default_permissions=0", "allow_other=1", "dax", "no_control", "tag=x", "x-mount.mkdir",
           "user=root", "uhelper=x", "Default_permissions", "default_permissions\n",
           "default_permissions\\,fd=1", "max_read=1,user_id=0")


@attack("MNTOPTS {!r}", *OPTIONS)
def _(a, option):
    talk = a.talk("-o", option) if a.is_user and option.isprintable() else a.talk()
    refused(talk.service.mntopts(option), "the option")
    found = talk.still_works()
    for field in (f"user_id={a.id}", f"group_id={a.id}"):
        check(field in found.super_options, f"no {field} in {found.super_options}")
    equal((found.type, found.source), ("fuse.scripted", "scripted"), "type and source")


@attack("MNTOPTS with a context where root typed another one", who=(ROOT,))
def _(a):
    talk = a.talk("-o", "context=system_u:object_r:tmp_t:s0")
    for option in ("context=system_u:object_r:etc_t:s0", "context=system_u:object_r:tmp_t:s0,fd=3",
                   "fscontext=system_u:object_r:tmp_t:s0"):
        refused(talk.service.mntopts(option), option)
    talk.still_works()


@attack("MNTOPTS of 60 KiB")
def _(a):
    talk = a.talk()
    equal(talk.service.mntopts("default_permissions," * 3000 + "fd=3"), errno.EINVAL, "MNTOPTS")
    talk.still_works()


# SOURCE


SMUGGLED = ("x,allow_other", "x,user_id=0,group_id=0", "x,suid,dev", ",fd=0", "x,rootmode=104755",
            "a=b,source=c", "x subtype=ext4", "x\\054allow_other", "x - ext4 y rw")


@attack("SOURCE that smuggles options: {!r}", *SMUGGLED)
def _(a, value):
    talk = a.talk()
    equal(talk.service.source(value), 0, "SOURCE")
    equal(talk.service.mntpt(a.mnt), 0, "MNTPT")
    found = talk.mounts_well()
    equal((found.source, found.type), (value, "fuse.scripted"), "source and type")
    secure(found, f"user_id={a.id}", f"group_id={a.id}")
    check("allow_other" not in found.super_options, f"options {found.super_options}")


CONTROLS = {"a newline": "a\nb", "a tab": "a\tb", "an escape": "\x1b[2J", "a bell": "\a",
            "a carriage return": "a\rb", "DEL": "a\x7fb", "the first C1": "a\x80b",
            "a C1 CSI": "a\x9b31m", "the last C1": "\x9f", "byte 1": "\x01",
            "a mountinfo line": "x\n99 1 0:1 / /etc rw - ext4 x rw"}


@attack("SOURCE with {}", *CONTROLS)
def _(a, what):
    talk = a.talk()
    equal(talk.service.source(CONTROLS[what]), errno.EINVAL, "SOURCE")
    found = talk.still_works()
    equal(found.source, "scripted", "source")


PATHS = ("/", "/dev/sda1", "/dev/mapper/root", "a/b", "//server/share", "home/image", "./image",
         "image/", "server:/export")


@attack("SOURCE {} that the caller did not type", *PATHS)
def _(a, value):
    talk = a.talk()
    equal(talk.service.source(value), errno.EINVAL, "SOURCE")
    equal(talk.still_works().source, "scripted", "source")


@attack("SOURCE with a piece of a path that the caller typed: {}", "the folder", "a longer one",
        "a relative one", "with another slash")
def _(a, what):
    value = {"the folder": a.home_dir, "a longer one": a.image_path + "x",
             "a relative one": a.image_path[1:], "with another slash": "/" + a.image_path}[what]
    talk = a.talk()
    equal(talk.service.source(value), errno.EINVAL, "SOURCE")
    equal(talk.service.source(a.image_path), 0, "SOURCE as typed")
    equal(talk.service.mntpt(a.mnt), 0, "MNTPT")
    equal(talk.mounts_well().source, a.image_path, "source")


@attack("SOURCE of {} bytes", 256, 4096, 65000)
def _(a, size):
    talk = a.talk()
    equal(talk.service.source("s" * size), 0, "SOURCE")
    equal(talk.service.mntpt(a.mnt), 0, "MNTPT")
    equal(talk.mounts_well().source, "scripted", "source")


@attack("SOURCE of 255 bytes in the middle of a UTF-8 character")
def _(a):
    talk = a.talk()
    value = "s" * 254 + "\udcc3"
    equal(talk.service.source(value), 0, "SOURCE")
    equal(talk.service.mntpt(a.mnt), 0, "MNTPT")
    equal(talk.mounts_well().source, value, "source")


@attack("SOURCE over 255 bytes with a slash or a control character: it is not just shortened")
def _(a):
    talk = a.talk()
    for value in ("/" + "s" * 300, "s" * 300 + "\n", "s" * 300 + "/.."):
        equal(talk.service.source(value), errno.EINVAL, "SOURCE")
    talk.still_works()


# The mount point


OTHER_POINTS = ("/", "/etc", "/tmp", ".", "..", "mnt", "home/mnt", "scripted")


@attack("MNTPT {}, which the caller did not name", *OTHER_POINTS)
def _(a, point):
    talk = a.talk()
    equal(talk.service.source("s"), 0, "SOURCE")
    equal(talk.service.mntpt(point, 0), errno.EINVAL, "MNTPT")
    equal(talk.service.mount(), errno.EINVAL, "MOUNT")
    a.nothing_mounted()
    equal(talk.service.mntpt(a.mnt), 0, "MNTPT")
    equal(talk.mounts_well().point, a.mnt, "where it is")


@attack("MNTPT as the caller did not spell it: {}", "{}/", "{}/.", "/{}", "{}//", "{}/../mnt",
        "{}/../image", "{}x")
def _(a, form):
    talk = a.talk()
    equal(talk.service.mntpt(form.format(a.mnt), 0), errno.EINVAL, "MNTPT")
    equal(talk.still_works().point, a.mnt, "where it is")


@attack("MNTPT of another word of the caller: {}", "the source", "an option's value", "an operand")
def _(a, what):
    other = a.make(f"{a.home_dir}/other")
    value = a.image_path if what == "the source" else other
    also = [other] if what == "an operand" else []
    options = [f"--log={other}"] if what == "an option's value" else []
    talk = a.talk(*options, operands=[a.image_path, *also, a.mnt])
    equal(talk.service.mntpt(value, 0), errno.EINVAL, "MNTPT")
    equal(talk.still_works().point, a.mnt, "where it is")


def special(path, what, owner):
    if what == "a FIFO":
        os.mkfifo(path)
    elif what == "a character device":
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    elif what == "a block device":
        os.mknod(path, stat.S_IFBLK | 0o666, os.makedev(7, 0))
    else:
        os.mknod(path, stat.S_IFSOCK | 0o666)
    os.chown(path, owner, owner)


@attack("MNTPT on {}", "a FIFO", "a socket", "a character device", "a block device")
def _(a, what):
    point = f"{a.home_dir}/special"
    special(point, what, a.id)
    talk = a.talk(operands=[a.image_path, point])
    for wanted in (0, wire.S_IFDIR, wire.S_IFREG):
        refused(talk.service.mntpt(point, wanted), "MNTPT")
    talk.dies()


@attack("MNTPT with expected format {:#x}", 0x1000, 0x2000, 0x6000, 0xA000, 0xC000, 0xFFFF, 0x41ED)
def _(a, expected):
    talk = a.talk()
    equal(talk.service.mntpt(a.mnt, expected), errno.EINVAL, "MNTPT")
    talk.still_works()


@attack("a missing mount point that comes to be after the start")
def _(a):
    point = f"{a.home_dir}/later"
    talk = a.talk(operands=[a.image_path, point])
    a.make(point)
    equal(talk.service.mntpt(point, 0), errno.ENOENT, "MNTPT")
    talk.dies()


@attack("the mount point becomes a symbolic link after the start, {} MNTPT", "before", "after")
def _(a, when):
    victim = a.make(f"{a.home_dir}/victim")
    talk = a.talk()
    if when == "after":
        talk.describe()
    os.rename(a.mnt, a.mnt + ".moved")
    a.link(a.mnt, victim)
    if when == "before":
        talk.describe()
    equal(talk.service.mount(), 0, "MOUNT")
    equal([m.point for m in a.fuse_mounts()], [a.mnt + ".moved"], "mounts")
    talk.succeeds(a.mnt + ".moved")


@attack("a symbolic link that is the mount point leads elsewhere after the start")
def _(a):
    victim = a.make(f"{a.home_dir}/victim")
    link = a.link(f"{a.home_dir}/link", a.mnt)
    talk = a.talk(operands=[a.image_path, link])
    os.unlink(link)
    a.link(link, victim)
    talk.describe(link)
    equal(talk.service.mount(), 0, "MOUNT")
    talk.succeeds(a.mnt)


@attack("the folder above the mount point is moved and replaced after the start")
def _(a):
    above = a.make(f"{a.home_dir}/above")
    point = a.make(f"{above}/mnt")
    talk = a.talk(operands=[a.image_path, point])
    os.rename(above, above + ".moved")
    a.link(above, "/etc")
    talk.describe(point)
    equal(talk.service.mount(), 0, "MOUNT")
    talk.succeeds(above + ".moved/mnt")


@attack("the mount point is removed after the start")
def _(a):
    talk = a.talk()
    os.rmdir(a.mnt)
    talk.describe()
    refused(talk.service.mount(), "MOUNT on what is no more")
    talk.dies()


@attack("the mount point is given to somebody else after the start", who=USERS)
def _(a):
    talk = a.described()
    os.chown(a.mnt, 0, 0)
    equal(talk.service.mount(), errno.EACCES, "MOUNT")
    talk.dies()


@attack("something is mounted over the mount point after the start", who=ALL)
def _(a):
    talk = a.described()
    a.mount("over", a.mnt, "tmpfs", 0, "mode=0777")
    equal(talk.service.mount(), errno.EBUSY, "MOUNT")
    equal([m.type for m in a.mounts(a.mnt)], ["tmpfs"], "mounts")
    a.nothing_mounted()
    a.unmount(a.mnt)
    talk.dies()


@attack("something is mounted over the folder above the mount point after the start")
def _(a):
    talk = a.described()
    a.mount("over", a.home_dir, "tmpfs", 0, "mode=0755")
    os.mkdir(a.mnt)
    equal(talk.service.mount(), 0, "MOUNT")
    a.unmount(a.home_dir, 0)
    talk.succeeds()


@attack("the mount point's file system is unmounted after the start")
def _(a):
    a.mount("below", a.mnt, "tmpfs", 0, f"mode=0700,uid={a.id}")
    talk = a.described()
    a.unmount(a.mnt, MNT_DETACH)
    refused(talk.service.mount(), "MOUNT on what is detached")
    a.nothing_mounted()
    talk.dies()


# Order


@attack("a second MOUNT, after the first {}", "succeeded", "failed")
def _(a, how):
    talk = a.described()
    if how == "failed":
        a.mount("over", a.mnt, "tmpfs")
        equal(talk.service.mount(), errno.EBUSY, "MOUNT")
        a.unmount(a.mnt)
        # Whether it may be tried again is not the point: not two at once, and no half one.
        talk.service.mount()
        check(len(a.fuse_mounts()) <= 1, "two mounts")
        talk.dies()
        return
    equal(talk.service.mount(), 0, "MOUNT")
    equal(talk.service.mount(), errno.EINVAL, "second MOUNT")
    talk.succeeds()


AFTER = {"FSOPEN": lambda s, a: s.fsopen(), "FSOPEN fuseblk": lambda s, a: s.fsopen(1),
         "SOURCE": lambda s, a: s.source("other"), "MNTPT": lambda s, a: s.mntpt(a.mnt),
         "MNTOPTS": lambda s, a: s.mntopts("default_permissions"),
         "MTABOPTS": lambda s, a: s.mtabopts("x-y"), "MOUNT": lambda s, a: s.mount(1)}


@attack("{} after MOUNT", *AFTER)
def _(a, what):
    talk = a.mounted()
    before = a.the_mount(a.mnt)
    equal(AFTER[what](talk.service, a), errno.EINVAL, what)
    after = a.the_mount(a.mnt)
    equal((after.id, after.options, after.super_options, after.source),
          (before.id, before.options, before.super_options, before.source), "the mount")
    talk.succeeds()


@attack("{} after UNMOUNT", *AFTER)
def _(a, what):
    talk = a.mounted()
    equal(talk.service.unmount(), 0, "UNMOUNT")
    a.nothing_mounted()
    equal(AFTER[what](talk.service, a), errno.EINVAL, what)
    talk.dies()


@attack("FSOPEN after {}", "SOURCE", "MNTPT", "MNTOPTS", "MTABOPTS", "FSOPEN")
def _(a, what):
    talk = a.talk()
    equal(AFTER[what](talk.service, a), 0, what)
    equal(talk.service.fsopen(1 if not a.is_user else 0), errno.EINVAL, "late FSOPEN")
    talk.dies()


@attack("a second {}", "SOURCE", "MNTPT", "MNTOPTS", "MTABOPTS")
def _(a, what):
    talk = a.talk()
    equal(AFTER[what](talk.service, a), 0, what)
    equal(AFTER[what](talk.service, a), errno.EINVAL, "second one")
    talk.dies()


@attack("MOUNT without {}", "SOURCE", "MNTPT", "both")
def _(a, what):
    talk = a.talk()
    if what == "MNTPT":
        equal(talk.service.source("s"), 0, "SOURCE")
    if what == "SOURCE":
        equal(talk.service.mntpt(a.mnt), 0, "MNTPT")
    equal(talk.service.mount(), errno.EINVAL, "MOUNT")
    a.nothing_mounted()
    talk.dies()


@attack("MOUNT where {} was refused", "SOURCE", "MNTPT")
def _(a, what):
    talk = a.talk()
    equal(talk.service.source("a\nb" if what == "SOURCE" else "s") != 0, what == "SOURCE", "SOURCE")
    equal(talk.service.mntpt("/etc" if what == "MNTPT" else a.mnt) != 0, what == "MNTPT", "MNTPT")
    equal(talk.service.mount(), errno.EINVAL, "MOUNT")
    talk.dies()


@attack("UNMOUNT before MOUNT")
def _(a):
    talk = a.described()
    a.mount("other", a.mnt, "tmpfs")
    equal(talk.service.unmount(), errno.EINVAL, "UNMOUNT")
    equal([m.type for m in a.mounts(a.mnt)], ["tmpfs"], "mounts")
    a.unmount(a.mnt)
    talk.mounts_well()


@attack("UNMOUNT twice, with another mount at the same place by then")
def _(a):
    talk = a.mounted()
    equal(talk.service.unmount(), 0, "UNMOUNT")
    a.mount("other", a.mnt, "tmpfs")
    equal(talk.service.unmount(), errno.EINVAL, "second UNMOUNT")
    talk.dies()
    equal([m.type for m in a.mounts(a.mnt)], ["tmpfs"], "mounts")
    a.unmount(a.mnt)


@attack("{}, while the name of the mount point means another mount", "UNMOUNT", "BYE(3)", "close")
def _(a, how):
    above = a.make(f"{a.home_dir}/above")
    point = a.make(f"{above}/mnt")
    talk = a.talk(operands=[a.image_path, point]).describe(point)
    equal(talk.service.mount(), 0, "MOUNT")
    os.rename(above, above + ".moved")
    os.mkdir(above)
    os.mkdir(point)
    a.mount("decoy", point, "tmpfs")
    if how == "UNMOUNT":
        equal(talk.service.unmount(), 0, "UNMOUNT")
        talk.service.bye(0)
    elif how == "BYE(3)":
        talk.service.bye(3)
    else:
        talk.service.close()
    talk.fails()
    equal([m.type for m in a.mounts(point)], ["tmpfs"], "the decoy")
    a.unmount(point)


@attack("exit 0 is asked for after somebody took the mount away")
def _(a):
    talk = a.mounted()
    a.unmount(a.mnt, MNT_DETACH)
    talk.service.bye(0)
    talk.fails()


# fuseblk


@attack("FSOPEN for fuseblk", who=USERS)
def _(a):
    talk = a.talk()
    equal(talk.service.fsopen(wire.FSOPEN_FUSEBLK), errno.EPERM, "FSOPEN")
    equal(talk.still_works().type, "fuse.scripted", "type")


@attack("FSOPEN for fuseblk where the caller typed the type so", who=USERS)
def _(a):
    talk = a.talk(type_="fuseblk.scripted")
    equal(talk.service.fsopen(wire.FSOPEN_FUSEBLK), errno.EPERM, "FSOPEN")
    equal(talk.still_works().type, "fuse.scripted", "type")


@attack("FSOPEN with flags {:#x}", 2, 3, 0x80000000, 0xFFFFFFFF)
def _(a, flags):
    talk = a.talk()
    equal(talk.service.fsopen(flags), errno.EINVAL, "FSOPEN")
    talk.still_works()


@attack("fuseblk with a SOURCE that is no block device of the caller's: {}",
        "/dev/loop0", "the image", "loop0", "scripted", who=(ROOT,))
def _(a, what):
    talk = a.talk()
    equal(talk.service.fsopen(wire.FSOPEN_FUSEBLK), 0, "FSOPEN")
    refused(talk.service.source(a.image_path if what == "the image" else what), "SOURCE")
    equal(talk.service.mntpt(a.mnt), 0, "MNTPT")
    equal(talk.service.mount(), errno.EINVAL, "MOUNT")
    talk.dies()


def devices(a):
    """Two loop devices, and a name in the home that leads to the first."""
    a.image(f"{a.folder}/one", 1 << 20)
    a.image(f"{a.folder}/two", 1 << 20)
    one, two = a.loop(f"{a.folder}/one"), a.loop(f"{a.folder}/two")
    return one, two, a.link(f"{a.home_dir}/disk", one)


@attack("fuseblk where the device's name means another device at MOUNT", who=(ROOT,))
def _(a):
    one, two, name = devices(a)
    talk = a.talk(operands=[name, a.mnt])
    equal(talk.service.fsopen(wire.FSOPEN_FUSEBLK), 0, "FSOPEN")
    equal(talk.service.source(name), 0, "SOURCE")
    equal(talk.service.mntpt(a.mnt), 0, "MNTPT")
    os.unlink(name)
    a.link(name, two)
    equal(talk.service.mount(), errno.EBUSY, "MOUNT")
    talk.dies()


@attack("OPEN_BDEV with block size {}", 1, 511, 513, 256, 131072, 0x80000000, 0xFFFFFFFF,
        who=(ROOT,))
def _(a, size):
    one, _, _ = devices(a)
    talk = a.talk(operands=[one, a.mnt])
    before = os.stat(one).st_blksize
    refused(talk.service.open_bdev(one, os.O_RDWR, block_size=size)[0], "the block size")
    equal(os.stat(one).st_blksize, before, "block size")
    talk.still_works()


@attack("OPEN_BDEV that sets the block size of a device opened read-only", who=(ROOT,))
def _(a):
    one, _, _ = devices(a)
    talk = a.talk(operands=[one, a.mnt])
    refused(talk.service.open_bdev(one, os.O_RDONLY, block_size=1024)[0], "the block size")
    talk.still_works()


# utab


@attack("MTABOPTS {!r}, of which the caller typed nothing",
        "x-systemd.requires=evil", "user=root", "uhelper=evil", "loop=/dev/loop0", "x-mount.mkdir",
        "x-evil,-n", "x-a\nevil", "_netdev")
def _(a, words):
    talk = a.talk()
    talk.service.mtabopts(words)
    talk.still_works()
    utab_is_free_of(a, "evil", "root", "loop0", "netdev", "x-")


def utab_is_free_of(a, *words):
    path = "/run/mount/utab"
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for word in words:
            check(word not in text, f"{word} in utab: {text!r}")


@attack("MTABOPTS with words that the caller typed, but that mount(8) would act upon")
def _(a):
    dangerous = "user=root,uhelper=evil,loop=/dev/loop0,x-mount.mkdir,helper=evil"
    talk = a.talk("-o", dangerous)
    equal(talk.service.mtabopts(dangerous), 0, "MTABOPTS")
    talk.still_works()
    utab_is_free_of(a, "evil", "user=", "loop0", "x-mount", "helper")


if __name__ == "__main__":
    sys.exit(main())
