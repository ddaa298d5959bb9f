#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""A hostile caller names places that are not his to mount on, races, and plays with names and with
fuse.conf; another hostile caller lays links for root."""

import errno
import fcntl
import os
import stat
import sys
import threading
import time

from stage import (ALL, CAPABLE, MS_BIND, MS_RDONLY, ROOT, SOON, STRANGER_ID, USER, USERS, Skip, Talk,
                   attack, check, contains, end, equal, harness, libc, main, must,
                   open_files, refused)

MS_REMOUNT = 32


# Mount points that are not the caller's


def no_mount_on(a, point, *operands, **more):
    """Neither MNTPT nor MOUNT gets a mount there, or anywhere. The first error."""
    talk = a.talk(operands=[*(operands or [a.image_path]), point], **more)
    equal(talk.service.source("s"), 0, "SOURCE")
    first = talk.service.mntpt(point, 0)
    if first == 0:
        first = talk.service.mount()
        refused(first, f"a mount on {point}")
    a.nothing_mounted()
    talk.dies()
    return first


def in_folder(a, mode, owner, name="point"):
    return a.make(f"{a.folder}/{name}", mode, owner)


POINTS = {
    "another's folder": lambda a: in_folder(a, 0o755, STRANGER_ID),
    "another's sticky folder that all may write to": lambda a: in_folder(a, 0o1777, STRANGER_ID),
    "root's sticky folder that all may write to": lambda a: in_folder(a, 0o1777, 0),
    "his own folder, which he may not write to": lambda a: in_folder(a, 0o555, a.id),
    "another's file that all may write to": lambda a: a.file(f"{a.folder}/f", "x", STRANGER_ID, 0o666),
    "root's file that all may write to": lambda a: a.file(f"{a.folder}/f", "x", 0, 0o666),
    "root's file": lambda a: a.file(f"{a.folder}/f", "x", 0, 0o644),
    "his own file, which he may not write to": lambda a: a.file(f"{a.folder}/f", "x", a.id, 0o400),
    "a hard link of his to root's file": lambda a: hard_link(a),
    "the root": lambda a: "/", "/etc": lambda a: "/etc", "/usr": lambda a: "/usr",
    "/run": lambda a: "/run", "/dev": lambda a: "/dev", "/dev/shm": lambda a: exists("/dev/shm"),
    "/dev/null": lambda a: "/dev/null", "/tmp": lambda a: "/tmp", "/etc/passwd": lambda a: "/etc/passwd",
    "/proc": lambda a: "/proc", "/proc/self": lambda a: "/proc/self",
    "/proc/1": lambda a: "/proc/1", "/proc/self/fdinfo": lambda a: "/proc/self/fdinfo",
    "/proc/self/attr": lambda a: "/proc/self/attr", "/proc/self/comm": lambda a: "/proc/self/comm",
    "/proc/sys": lambda a: "/proc/sys", "/sys": lambda a: "/sys",
    "/sys/fs/cgroup": lambda a: exists("/sys/fs/cgroup"),
    "/sys/kernel": lambda a: "/sys/kernel", "the folder of the sockets": lambda a: a.world.socket_dir,
    "a folder inside another's private one": lambda a: private(a),
    "an empty word": lambda a: "", "/proc/self/cwd": lambda a: "/proc/self/cwd",
    "/proc/self/root": lambda a: "/proc/self/root", "/proc/self/fd/0": lambda a: "/proc/self/fd/0",
    "/proc/self/cwd/mnt": lambda a: "/proc/self/cwd/mnt",
    "a missing folder": lambda a: f"{a.home_dir}/none", "a name of 5000 bytes": lambda a: "/" + "x" * 5000,
    "a file used as a folder": lambda a: a.image_path + "/x",
}


def hard_link(a):
    os.link(a.file(f"{a.folder}/f", "x", 0, 0o666), f"{a.home_dir}/f")
    return f"{a.home_dir}/f"


def exists(path):
    if not os.path.isdir(path):
        raise Skip(f"no {path} here")
    return path


def private(a):
    above = in_folder(a, 0o700, STRANGER_ID, "private")
    return a.make(f"{above}/point", 0o777, a.id)


@attack("the mount point is {}", *POINTS, who=USERS)
def _(a, what):
    point = POINTS[what](a)
    if point == "":
        talk = a.talk(operands=[a.image_path, ""])
        refused(talk.service.mntpt("x", 0), "MNTPT")
        talk.service.source("s")
        refused(talk.service.mount(), "MOUNT")
        talk.dies()
        return
    no_mount_on(a, point, cwd=a.home_dir)


@attack("the mount point is a link of his to {}", *[
    what for what in POINTS if what.startswith(("another", "root's", "/etc", "the root", "/proc"))],
        who=(USER,))
def _(a, what):
    link = a.link(f"{a.home_dir}/link", POINTS[what](a))
    no_mount_on(a, link, cwd=a.home_dir)


@attack("a mount point with mode {1:#o} that is the caller's {0}: allowed", ("folder", 0o700),
        ("sticky folder", 0o1700), ("folder and set-group-id", 0o2770), ("file", 0o600), who=USERS)
def _(a, what, mode):
    path = f"{a.home_dir}/point"
    if what == "file":
        a.file(path, owner=a.id)
    else:
        a.make(path)
    os.chmod(path, mode)
    talk = a.talk(operands=[a.image_path, path]).describe(path)
    equal(talk.service.mount(), 0, "MOUNT")
    talk.service.bye(0)
    talk.ends(0)
    equal([m.point for m in a.fuse_mounts()], [path], "mounts")
    a.unmount_fuse()


# File systems


UNLISTED = ("proc", "sysfs", "devpts", "bpf", "hugetlbfs", "mqueue", "cgroup2", "debugfs", "tracefs",
            "securityfs", "fusectl", "devtmpfs", "binfmt_misc", "pstore")
OWN_INSTANCE = {"bpf": "mode=0777", "hugetlbfs": "mode=0777,uid={0},gid={0}", "mqueue": None}


@attack("the mount point lies on {}", *UNLISTED, who=USERS)
def _(a, kind):
    point = a.make(f"{a.folder}/special")
    data = OWN_INSTANCE.get(kind)
    a.mount(kind, point, kind, 0, data and data.format(a.id))
    if kind == "mqueue":  # of this IPC namespace alone
        os.chown(point, a.id, a.id)
    error = no_mount_on(a, point)
    if kind in OWN_INSTANCE:
        equal(error, errno.EPERM, "where he may write")


@attack("the mount point is a folder of his on {}", "bpf", "hugetlbfs", who=USERS)
def _(a, kind):
    above = a.make(f"{a.folder}/special")
    a.mount(kind, above, kind, 0, OWN_INSTANCE[kind].format(0))
    equal(no_mount_on(a, a.make(f"{above}/point", 0o700)), errno.EPERM, "where he may write")


@attack("the mount point lies on a read-only {}", "file system", "mount", who=USERS)
def _(a, what):
    point = a.make(f"{a.folder}/ro")
    if what == "mount":
        a.make(f"{a.folder}/below", 0o777)
        a.mount(f"{a.folder}/below", point, None, MS_BIND)
        a.mount(None, point, None, MS_REMOUNT | MS_BIND | MS_RDONLY)
    else:
        a.mount("ro", point, "tmpfs", MS_RDONLY, f"mode=0777,uid={a.id}")
    no_mount_on(a, point)


@attack("the mount point lies on {}, which is in the list", "tmpfs", "ramfs", who=USERS)
def _(a, kind):
    point = a.make(f"{a.folder}/fine")
    a.mount(kind, point, kind, 0, "mode=0700")
    os.chown(point, a.id, a.id)
    talk = a.talk(operands=[a.image_path, point]).describe(point)
    equal(talk.service.mount(), 0, "MOUNT")
    talk.service.bye(0)
    talk.ends(0)
    a.unmount_fuse()


# mount_max


def at_once(*talks):
    """MOUNT by all of them at the same moment. Their answers."""
    barrier = threading.Barrier(len(talks))
    errors = [None] * len(talks)

    def go(i):
        barrier.wait()
        errors[i] = talks[i].service.mount()
    threads = [threading.Thread(target=go, args=(i,)) for i in range(len(talks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def race(a, count, points=None, who=()):
    """Several helpers that are about to mount."""
    listener = a.listen() if not hasattr(a, "listener") else a.listener
    a.listener = listener
    points = points or [a.make(f"{a.home_dir}/p{i}") for i in range(count)]
    who = who or [a.who] * len(points)
    return [Talk(a, [a.image_path, p], listener=listener, who=w).describe(p)
            for p, w in zip(points, who)]


def all_end(a, talks):
    for talk in talks:
        talk.service.close()
    for talk in talks:
        equal(talk.wait()[0], 1, "exit status")
    a.nothing_mounted(SOON)


@attack("two mount at once with mount_max = 1, round {}", *range(1, 11), who=USERS)
def _(a, _round):
    a.configure("mount_max = 1\n")
    talks = race(a, 2)
    errors = at_once(*talks)
    # A file capability opens no lock file: both may count two, and both take theirs away again.
    won = errors.count(0)
    check(won == 1 or (won == 0 and a.who == CAPABLE), f"answers {errors}")
    equal(len(a.fuse_mounts()), won, "mounts")
    all_end(a, talks)
    # Nothing is lost by that: the place is free.
    again = Talk(a, [a.image_path, a.mnt], listener=a.listener).describe()
    equal(again.service.mount(), 0, "MOUNT alone")
    again.dies()


@attack("one by setuid and one by file capability mount at once with mount_max = 1, round {}",
        *range(1, 6), who=(USER,))
def _(a, _round):
    a.configure("mount_max = 1\n")
    a.helper_words([], CAPABLE)
    talks = race(a, 2, who=(USER, CAPABLE))
    errors = at_once(*talks)
    check(errors.count(0) <= 1, f"answers {errors}")
    equal(len(a.fuse_mounts()), errors.count(0), "mounts")
    all_end(a, talks)


@attack("five mount at once with mount_max = 3", who=USERS)
def _(a):
    a.configure("mount_max = 3\n")
    talks = race(a, 5)
    errors = at_once(*talks)
    check(len(a.fuse_mounts()) <= 3, f"{len(a.fuse_mounts())} mounts")
    equal(errors.count(0), len(a.fuse_mounts()), f"answers {errors}")
    check(errors.count(0) >= 1 or a.who == CAPABLE, "nobody won")
    all_end(a, talks)


@attack("two mount at once on the same folder, round {}", *range(1, 6), who=ALL)
def _(a, _round):
    talks = race(a, 2, [a.mnt, a.mnt])
    errors = at_once(*talks)
    check(errors.count(0) <= 1, f"answers {errors}")
    equal(len(a.fuse_mounts()), errors.count(0), "mounts")
    all_end(a, talks)


@attack("mount_max = 0", who=USERS)
def _(a):
    a.configure("mount_max = 0\n")
    talk = a.described()
    refused(talk.service.mount(), "MOUNT")
    talk.dies()


@attack("mount_max = 0, and the caller is root", who=(ROOT,))
def _(a):
    a.configure("mount_max = 0\n")
    a.described().mounts_well()


@attack("mount_max = -1: no limit", who=USERS)
def _(a):
    a.configure("mount_max = -1\n")
    a.described().mounts_well()


@attack("mount_max = {}: a message, and the default", "-2", "abc", "1x", "", "99999999999999999999",
        "0x0", "1 2", "--1", "1,0", who=USERS)
def _(a, value):
    a.configure(f"\nmount_max = {value}\n")
    found = a.described().mounts_well()
    contains(found.err, "2", "the line in the message")


@attack("a mount of {} counts for mount_max", "somebody else", "root's", who=(USER,))
def _(a, whose):
    a.configure("mount_max = 1\n")
    listener = a.listen()
    other = a.directory("other", 0 if whose == "root's" else a.id)
    first = Talk(a, [a.image_path, other], listener=listener,
                 who=ROOT if whose == "root's" else a.who).describe(other)
    equal(first.service.mount(), 0, "MOUNT")
    second = Talk(a, [a.image_path, a.mnt], listener=listener).describe()
    refused(second.service.mount(), "MOUNT of one more")
    all_end(a, [first, second])


OTHER_MOUNTS = {"two fewer than": 2, "one fewer than": 1, "as many as": 0, "one more than": -1}


@attack("all mounts, few of them FUSE, are {} mount_max: allowed", *OTHER_MOUNTS, who=USERS)
def _(a, how):
    a.configure(f"mount_max = {len(harness.all_mounts()) + OTHER_MOUNTS[how]}\n")
    a.described().mounts_well()


@attack("a fourth mount with mount_max = 3", who=(USER,))
def _(a):
    a.configure("mount_max = 3\n")
    talks = race(a, 4)
    equal([talk.service.mount() for talk in talks[:3]], [0, 0, 0], "MOUNT")
    refused(talks[3].service.mount(), "MOUNT of one more")
    all_end(a, talks)


def lock_of(talk):
    found = [f for f in open_files(talk.mounter()).values() if "lock" in f]
    equal(len(found), 1, f"locks among {open_files(talk.mounter())}")
    return found[0]


@attack("the caller opens, holds or removes the lock", who=(USER,))
def _(a):
    lock = lock_of(a.talk())
    for attempt in (lambda: os.open(lock, os.O_RDONLY), lambda: os.open(lock, os.O_RDWR),
                    lambda: os.unlink(lock), lambda: os.rename(lock, lock + "x"),
                    lambda: os.chmod(lock, 0o666), lambda: os.truncate(lock, 0)):
        try:
            a.as_user(attempt)
            raise AssertionError(f"he could do that to {lock}")
        except OSError as e:
            check(e.errno in (errno.EACCES, errno.EPERM), f"unexpected {e}")


@attack("somebody with the right to does not let go of the lock", who=(USER,))
def _(a):
    talk = a.described()
    with open(lock_of(talk), "rb") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        start = time.monotonic()
        refused(talk.service.mount(), "MOUNT")
        check(1 < time.monotonic() - start < 2 + SOON, "it waited too long or not at all")
        a.nothing_mounted()
    talk.dies()


# fuse.conf


def replace_conf(a, make):
    """Something else where fuse.conf was."""
    path = a.world.conf
    if os.path.dirname(path) == "/etc":
        raise Skip(f"{path} is this machine's own file, which cannot be replaced here")
    os.unlink(path)
    make(path)

    def restore():
        (os.rmdir if os.path.isdir(path) else os.unlink)(path)
        with open(path, "x", encoding="utf-8"):
            pass
    a.cleanup.append(restore)


def sparse(path):
    with open(path, "wb") as f:
        f.truncate(1 << 30)


CONFS = {"a folder": os.mkdir, "a FIFO": os.mkfifo, "a socket": lambda p: os.mknod(p, stat.S_IFSOCK | 0o666),
         "a device without end": lambda p: (os.mknod(p, stat.S_IFCHR | 0o666, os.makedev(1, 5)),
                                            os.chmod(p, 0o666)),
         "a link in a circle": lambda p: os.symlink(p, p), "a file of 1 GiB": sparse,
         "readable by root alone": lambda p: (open(p, "x").close(), os.chmod(p, 0o600)),
         "a link to what root alone may read": lambda p: os.symlink("/etc/shadow", p)}


@attack("fuse.conf is {}: no defaults take its place", *CONFS, who=USERS)
def _(a, what):
    replace_conf(a, CONFS[what])
    start = time.monotonic()
    result = a.refuses(a.image_path, a.mnt)
    check(time.monotonic() - start < SOON, "it took its time")
    contains(result.err, "fuse.conf", "message")


@attack("fuse.conf is {}, and the caller is root", *CONFS, who=(ROOT,))
def _(a, what):
    replace_conf(a, CONFS[what])
    start = time.monotonic()
    a.described().mounts_well()
    check(time.monotonic() - start < 2 * SOON, "it took its time")


@attack("fuse.conf is missing: the defaults", who=ALL)
def _(a):
    replace_conf(a, lambda path: None)
    a.cleanup.pop()
    a.cleanup.append(lambda: open(a.world.conf, "x", encoding="utf-8").close())
    talk = a.talk()
    equal(talk.service.mntopts("allow_other"), errno.EPERM if a.is_user else 0, "allow_other")
    talk.still_works()


LINES = {"garbage": "user_allow_others\n\0\xff\nmount_max\n= 5\n", "escapes": "\x1b[2J\x1b]0;x\a\n",
         "a line of 60 KB": "x" * 60000 + "\n", "no end of line": "mount_max = 5000\nnonsense",
         "a hundred bad lines": "bad\n" * 100, "only NULs": "\0" * 4096,
         "a line that goes on": "mount_max = 0 \\\n", "unknown sections": "[a]\nb = c\n"}


@attack("fuse.conf holds {}: messages, and the rest counts", *LINES)
def _(a, what):
    a.configure("user_allow_other\n" + LINES[what])
    talk = a.talk()
    equal(talk.service.mntopts("allow_other"), 0, "allow_other")
    found = talk.still_works()
    if what not in ("a line that goes on",):
        contains(found.err, "fuse.conf", "message")
    check(len(found.err) < 100000, "an endless message")


# Links that a user lays for root


def lay(a, where, target):
    """A path to `target` with a link of a user's in it."""
    if where == "its last part":
        return a.link(f"{a.folder}/trap", target, owner=STRANGER_ID)
    above = a.link(f"{a.folder}/trap", os.path.dirname(target), owner=STRANGER_ID)
    return f"{above}/{os.path.basename(target)}"


PLACES = ("its last part", "a folder above")


@attack("root's {1} leads through a user's link, {0}",
        *[(where, what) for where in PLACES
          for what in ("source", "option value", "relative source", "short option")], who=(ROOT,))
def _(a, where, what):
    secret = a.file(f"{a.home_dir}/secret")
    path = lay(a, where, secret)
    if what == "relative source":
        path = os.path.relpath(path, a.folder)
    words = {"option value": ["-o", f"log={path}"], "short option": [f"-J{path}"]}.get(what, [])
    talk = a.talk(*words, operands=[*([path] if not words else [a.image_path]), a.mnt])
    for flags in (os.O_RDONLY, os.O_RDWR, os.O_RDWR | os.O_CREAT):
        refused(talk.service.open(path, flags, 0o600)[0], f"OPEN of {path}")
    equal(open(secret, encoding="utf-8").read(), "secret\n", "the secret")
    talk.still_works()


@attack("root's mount point leads through a user's link, {}", *PLACES, who=(ROOT,))
def _(a, where):
    path = lay(a, where, a.mnt)
    equal(no_mount_on(a, path), errno.ELOOP, "MNTPT")


@attack("root's new file would be made through a user's link, {}", *PLACES, who=(ROOT,))
def _(a, where):
    path = lay(a, where, f"{a.home_dir}/new")
    talk = a.talk(operands=[path, a.mnt])
    refused(talk.service.open(path, os.O_RDWR | os.O_CREAT, 0o600)[0], "O_CREAT")
    check(not os.path.exists(f"{a.home_dir}/new"), "it was made")
    talk.still_works()


@attack("root's name leads through a link of root's to a link of a user's", who=(ROOT,))
def _(a):
    secret = a.file(f"{a.home_dir}/secret")
    path = a.link(f"{a.folder}/outer", lay(a, "its last part", secret), owner=0)
    talk = a.talk(operands=[path, a.mnt])
    refused(talk.service.open(path)[0], "OPEN")
    talk.still_works()


@attack("root's name leads through links of root's alone: that is followed", who=(ROOT,))
def _(a):
    above = a.link(f"{a.folder}/above", a.home_dir, owner=0)
    path = a.link(f"{a.folder}/outer", f"{above}/../home/image", owner=0)
    talk = a.talk(operands=[path, a.mnt])
    equal(talk.service.open(path)[0], 0, "OPEN")
    talk.still_works()


@attack("root's name leads through 50 links, and through a circle", who=(ROOT,))
def _(a):
    path = a.image_path
    for i in range(50):
        path = a.link(f"{a.folder}/link{i}", path, owner=0)
    circle = a.link(f"{a.folder}/circle", f"{a.folder}/circle/x", owner=0)
    talk = a.talk(operands=[path, circle, a.mnt])
    for name in (path, circle):
        refused(talk.service.open(name)[0], "OPEN")
    talk.still_works()


@attack("a user's folder is swapped for a link while root's helper starts, {} times", 20,
        who=(ROOT,), slow=True)
def _(a, times):
    secret_dir = a.directory("secrets", mode=0o700)
    a.file(f"{secret_dir}/disk", "top secret")
    above = a.make(f"{a.folder}/above", owner=STRANGER_ID)
    a.file(f"{above}/disk", "harmless", owner=STRANGER_ID)
    a.link(f"{a.folder}/link", secret_dir, owner=STRANGER_ID)
    stop = threading.Event()

    def swap():
        exchange = lambda: must(libc.renameat2(-100, os.fsencode(above), -100,
                                               os.fsencode(f"{a.folder}/link"), 2))
        while not stop.is_set():
            exchange()
    thread = threading.Thread(target=swap)
    thread.start()
    listener = a.listen()
    try:
        for _ in range(times):
            talk = Talk(a, [f"{above}/disk", a.mnt], listener=listener)
            error, fd = talk.service.open(f"{above}/disk")
            check(error or os.pread(fd, 100, 0) == b"harmless", "the secret was opened")
            talk.service.close()
            talk.wait()
    finally:
        stop.set()
        thread.join()


# utab


UTAB_WORDS = {"quotes": 'x-a="b c"', "a command": "x-a=$(touch /tmp/owned)", "a newline": "x-a\nroot",
              "what mount(8) acts upon": "x-mount.mkdir=0777", "backslashes": "x-a\\,b\\\\134",
              "an escape": "x-\x1b[31m", "70 words": ",".join(f"x-w{i}" for i in range(70)),
              "a word of 10 KB": "x-" + "y" * 10000, "a bare x-": "x-",
              "an option behind": "x-ok,user=root,uhelper=evil,loop=/dev/loop0"}


@attack("the caller's words for utab hold {}, and the service sends all back", *UTAB_WORDS)
def _(a, what):
    talk = a.talk("-o", UTAB_WORDS[what])
    equal(talk.service.mtabopts(UTAB_WORDS[what]), 0, "MTABOPTS")
    talk.describe()
    equal(talk.service.mount(), 0, "MOUNT")
    talk.service.bye(0)
    talk.ends(0)
    equal([m.point for m in a.fuse_mounts()], [a.mnt], "mounts")
    text = ""
    if os.path.exists("/run/mount/utab"):
        with open("/run/mount/utab", encoding="utf-8", errors="surrogateescape") as f:
            text = f.read()
    check(text.count("\n") <= 1 and all(c == "\n" or " " <= c <= "~" for c in text), f"{text!r}")
    for word in ("root", "owned", "x-mount", "evil", "loop0", '"'):
        check(word not in text, f"{word} in utab: {text!r}")
    check(not os.path.exists("/tmp/owned"), "a command was run")
    a.unmount_fuse()


# Odd command lines


@attack("the source is the mount point: {}", "a folder", "a file", who=ALL)
def _(a, what):
    point = a.mnt if what == "a folder" else a.file(f"{a.home_dir}/point", owner=a.id)
    talk = a.talk(operands=[point, point])
    error, fd = talk.service.open(point)
    check(error == errno.EPERM or (what == "a file" and error == 0), f"OPEN: {error}")
    talk.describe(point)
    equal(talk.service.mount(), 0, "MOUNT")
    equal(talk.service.open_bdev(point)[0], errno.EPERM, "OPEN_BDEV after MOUNT")
    talk.service.bye(0)
    talk.ends(0)
    equal([m.point for m in a.fuse_mounts()], [point], "mounts")
    a.unmount_fuse()


@attack("there is no mount point on the command line: {}", "no operand", "only options",
        "only values of -o")
def _(a, what):
    words = {"no operand": [], "only options": ["-x", "--y=z"], "only values of -o": ["-o", a.mnt]}
    talk = a.talk(*words[what], operands=[])
    equal(talk.service.source("s"), 0, "SOURCE")
    refused(talk.service.mntpt(a.mnt, 0), "MNTPT")
    equal(talk.service.mount(), errno.EINVAL, "MOUNT")
    talk.dies()


@attack("the words that make the helper tell something stand between others: {}", "--check",
        "--list", "--features", "--help", "--version")
def _(a, word):
    talk = a.talk(word)
    check(word in talk.service.args, f"arguments {talk.service.args}")
    talk.still_works()


@attack("--timeout {}", "0", "-1", "abc", "99999999999999", "", "1.5")
def _(a, value):
    listener = a.listen()
    process = a.spawn("--timeout", value, a.image_path, a.mnt, "-t", "scripted")
    a.cleanup.append(lambda: end(process))
    equal(process.wait(SOON), 1, "exit status")
    listener.close()
    a.nothing_mounted()


@attack("a mount point of 4000 bytes with every odd byte in it", who=ALL)
def _(a):
    path = a.home_dir
    odd = "".join(chr(c) for c in range(1, 128) if chr(c) != "/") + "\udcff\udc80"
    while len(os.fsencode(path)) < 3600:
        path = a.make(f"{path}/{odd}")
    talk = a.talk(operands=[a.image_path, path]).describe(path)
    equal(talk.service.mount(), 0, "MOUNT")
    equal(len(a.fuse_mounts()), 1, "mounts")
    talk.service.bye(0)
    talk.ends(0)
    a.unmount_fuse()


if __name__ == "__main__":
    sys.exit(main())
