#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Mount options: what a mount through the helper looks like, and what libfuse makes of the same.

One program is mounted three times with the same options: as an ordinary FUSE program, which libfuse
mounts itself; as a service whose caller gave the options; as a service that added them with
fuse_opt_add_arg(). The three lines of mountinfo are compared.
"""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "e2e"))

from harness import (ROOT, TIMEOUT, USER, USER_ID, Activated, case, check, contains,  # noqa: E402
                     equal, main, wait_for)

PROGRAM = "options_server"
CALLER, SERVER = "the caller", "the server"

# What libfuse 3 takes, and how far a service differs from it.
SAME = (
    "fsname=a", "fsname=with blank", "fsname=a\\,b", "fsname=a\\\\b", "fsname=a,fsname=b",
    "rw", "ro", "ro,rw", "rw,ro", "noexec", "noexec,exec", "exec,noexec", "nosuid,nodev",
    "sync", "async,sync", "sync,async", "dirsync", "noatime", "atime,noatime", "noatime,atime",
    "allow_other,default_permissions", "allow_root,default_permissions", "default_permissions",
    "max_read=4096", "max_read=8192,max_read=4096", "auto_unmount",
    "ro,noexec,noatime,sync,dirsync,default_permissions,max_read=65536,fsname=everything",
)
# {options: (what mountinfo has more, and less, than without them)}, for words that libfuse 3.14 calls
# unknown. They are mount(8)'s; where a libfuse knows them they are compared with it.
UNKNOWN_TO_LIBFUSE = {
    "nodiratime": ({"nodiratime"}, set()), "diratime": (), "nodiratime,diratime": (),
    "relatime": (), "norelatime": (), "strictatime": (set(), {"relatime"}), "nostrictatime": (),
    "nosymfollow": ({"nosymfollow"}, set()), "symfollow": (), "nosymfollow,symfollow": (),
    "defaults": (), "nofail,_netdev,auto,noauto,users,owner,group": (), "comment=hi": (),
    "x-a,x-b=c": (), "X-a": (),
}
# Where the helper's policy, or the protocol, decides otherwise than libfuse: (options, who says them,
# options that libfuse makes the same of).
OTHERWISE = (
    ("suid,dev", CALLER, "suid,dev"),  # root may
    ("suid,dev", SERVER, "rw"),
    ("allow_other", CALLER, "allow_other"),
    ("allow_other", SERVER, "allow_other,default_permissions"),
    ("subtype=other", CALLER, "fsname=other"),  # the type is what -t says
    ("subtype=other", SERVER, "fsname=other"),
)
FOR_USERS = ("rw", "ro,noexec,noatime", "sync,dirsync", "fsname=a,nosuid,nodev", "max_read=4096",
             "default_permissions")
NOBODY_TAKES = ("fsname=", "subtype=", "max_read=x", "nonsense")


class Look:
    """A line of mountinfo, as far as options decide it."""

    def __init__(self, mount):
        self.source = mount.source
        self.options, self.super_options = set(mount.options), set(mount.super_options)

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __repr__(self):
        return f"{vars(self)}"


def program(test):
    there = f"{test.world.bin}/{PROGRAM}"
    if not os.path.exists(there):
        shutil.copy(f"{test.world.build}/tests/integration/{PROGRAM}", there)
    return there


def by_libfuse(test, *options, user=ROOT):
    """How it looks, or what libfuse said where it did not take the options."""
    mnt = tempfile.mkdtemp(prefix="plain-", dir=test.folder)
    os.chown(mnt, test.id_of(user), -1)
    identity = {} if user == ROOT else {"user": USER_ID, "group": USER_ID, "extra_groups": []}
    process = subprocess.Popen([program(test), "-f", "-s", *options, mnt], **identity,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(lambda: test.mounts(mnt) or process.poll() is not None, "the mount")
        if process.poll() is not None:
            return process.communicate()[0]
        look = Look(test.the_mount(mnt))
        test.unmount(mnt)
        process.communicate(timeout=TIMEOUT)
        return look
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def start(test, who, *options, user=ROOT):
    """(the service, the mount point, how the helper ended)"""
    program(test)
    added = {"ADD_OPTIONS": options[-1]} if who == SERVER else {}
    service = Activated(test.world, test.folder, PROGRAM, PROGRAM, environment=added)
    test.cleanup.append(lambda: test.left.extend(service.stop()))
    mnt = test.directory("service", test.id_of(user))
    words = options[:-2] if added else options
    return service, mnt, test.helper(mnt, "-t", PROGRAM, *words, who=user)


def by_service(test, who, *options, prefix="fuse", user=ROOT):
    """(how it looks, its entry in utab); of the options the server adds the last."""
    service, mnt, result = start(test, who, *options, user=user)
    equal((result.status, result.err), (0, ""), f"the helper; {service.output()}")
    equal(test.the_mount(mnt).type, f"{prefix}.{PROGRAM}", "the type")
    look = Look(test.the_mount(mnt))
    entry = utab(mnt)
    test.unmount(mnt)
    service.wait_end([0])
    return look, entry


def utab(mnt):
    """The options of a mount in utab, None without an entry."""
    try:
        with open("/run/mount/utab", encoding="utf-8") as f:
            lines = [line for line in f if f"TARGET={mnt} " in line]
    except FileNotFoundError:
        return None
    return lines[-1].split(" OPTS=")[1].split()[0] if lines else None


@case("without options a service is mounted as libfuse does it")
def _(test):
    equal(by_service(test, CALLER)[0], by_libfuse(test), "the mount")


@case("'{}' of {} is what libfuse makes of it", *[(o, w) for o in SAME for w in (CALLER, SERVER)])
def _(test, options, who):
    plain = by_libfuse(test, "-o", options)
    check(isinstance(plain, Look), plain)
    equal(by_service(test, who, "-o", options)[0], plain, "the mount")


@case("'{}' for an ordinary user is what libfuse and fusermount3 make of it", *FOR_USERS)
def _(test, options):
    plain = by_libfuse(test, "-o", options, user=USER)
    check(isinstance(plain, Look), plain)
    equal(by_service(test, CALLER, "-o", options, user=USER)[0], plain, "the mount")


@case("'{}' of {}, which not every libfuse knows, is taken",
      *[(o, w) for o in UNKNOWN_TO_LIBFUSE for w in (CALLER, SERVER)])
def _(test, options, who):
    wanted = by_libfuse(test, "-o", options)
    if isinstance(wanted, str):
        contains(wanted, "unknown option", "libfuse")
        wanted = by_libfuse(test)
        more, less = UNKNOWN_TO_LIBFUSE[options] or (set(), set())
        wanted.options = wanted.options - less | more
    equal(by_service(test, who, "-o", options)[0], wanted, "the mount")


@case("'{}' of {} is '{}' for libfuse", *OTHERWISE)
def _(test, options, who, same):
    equal(by_service(test, who, "-o", options)[0], by_libfuse(test, "-o", same), "the mount")


@case("'{}' of {} is refused, as by libfuse",
      *[(o, w) for o in NOBODY_TAKES for w in (CALLER, SERVER)])
def _(test, options, who):
    check(isinstance(by_libfuse(test, "-o", options), str), "libfuse has mounted")
    service, _, result = start(test, who, "-o", options)
    equal(result.status, 1, "the helper")
    service.wait_end([1])
    test.not_mounted()


@case("-r and -n of the caller are what libfuse makes of them")
def _(test):
    plain = by_libfuse(test, "-r", "-n")
    equal(by_service(test, CALLER, "-r", "-n"), (plain, None), "the mount")


@case("utab after x- words of {}: {}", (CALLER, "x-a,x-b=c"), (SERVER, None))
def _(test, who, entry):
    equal(by_service(test, who, "-o", "x-a,noatime,x-b=c,allow_other")[1], entry, "utab")


@case("blkdev of {} is what libfuse makes of it", CALLER, SERVER)
def _(test, who):
    test.image(f"{test.folder}/image")
    words = "-o", f"fsname={test.loop(test.folder + '/image')}", "-o", "blkdev,blksize=1024"
    plain = by_libfuse(test, *words)
    check(isinstance(plain, Look), plain)
    equal(by_service(test, who, *words, prefix="fuseblk")[0], plain, "the mount")


if __name__ == "__main__":
    sys.exit(main())
