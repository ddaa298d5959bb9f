#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""A hostile service asks for files that it must not have, or for more than the caller meant."""

import errno
import fcntl
import glob
import os
import pty
import signal
import socket
import stat
import sys
import time

from stage import (ALL, MS_BIND, ROOT, SOON, STRANGER_ID, USERS, Skip, attack, check, equal, main,
                   open_files, refused, wire)

O_LARGEFILE = 0o100000


def content_of(fd, size=1 << 20):
    return os.pread(fd, size, 0)


def denied(talk, path, *wanted, **how):
    """OPEN is refused, with one of these errnos, and at once."""
    start = time.monotonic()
    error, _ = talk.service.open(path, **how)
    refused(error, f"OPEN of {path}")
    check(not wanted or error in wanted, f"OPEN of {path}: {errno.errorcode[error]}")
    check(time.monotonic() - start < SOON, f"OPEN of {path} took its time")


# Names


@attack("OPEN of {}, which nobody named",
        "/etc/passwd", "/etc/shadow", "/dev/mem", "/dev/kmsg", "/dev/null", "/dev/fuse",
        "/proc/self/mem", "/proc/self/environ", "/proc/1/root/etc/passwd", "/proc/sys/kernel/modprobe",
        "/sys/power/state", "/", ".", "..", "-", "argv", "fusedev", "scripted", "fuse.scripted",
        "0", "/proc/self/fd/0", "/dev/fd/0", "/dev/stdin", "/dev/stdout", "/dev/tty",
        "/dev/pts/ptmx", "/run/fuservicemount3.lock", "/run/filesystems/scripted")
def _(a, path):
    talk = a.talk()
    for flags in (os.O_RDONLY, os.O_RDWR, os.O_WRONLY | os.O_CREAT, os.O_DIRECTORY, os.O_PATH):
        error, _ = talk.service.open(path, flags)
        check(error in (errno.EPERM, errno.EINVAL), f"OPEN of {path}, flags {flags:#o}: {error}")
    error, _ = talk.service.open_bdev(path)
    equal(error, errno.EPERM, "OPEN_BDEV")
    talk.still_works()


FORMS = {"with a slash behind": "{}/", "with two slashes": "/{}", "with a dot": "{}/.",
         "by way of ..": "{}/../image", "its folder and more": "{}.old", "without the slash": "{1}",
         "in capitals": "{2}", "as a URL": "file://{}", "with a blank": "{} ", "its folder": "{3}",
         "its folder and a slash": "{3}/", "a file beside it": "{3}/other",
         "a relative name of it": "home/image", "its last part": "image", "with ./": "{3}/./image",
         "with a backslash": "{}\\", "escaped as in -o": "{4}"}


@attack("OPEN of the source in another spelling: {}", *FORMS)
def _(a, what):
    a.file(f"{a.home_dir}/other", owner=a.id)
    a.file(f"{a.home_dir}/image.old", owner=a.id)
    path = FORMS[what].replace("{}", "{0}").format(
        a.image_path, a.image_path[1:], a.image_path.upper(), a.home_dir,
        a.image_path.replace("i", "\\i"))
    talk = a.talk(cwd=a.folder)
    denied(talk, path, errno.EPERM)
    denied(talk, path, errno.EPERM, flags=os.O_RDWR | os.O_CREAT)
    talk.still_works()


@attack("OPEN of a relative operand by its absolute name, and the other way round")
def _(a):
    talk = a.talk(operands=["image", a.mnt], cwd=a.home_dir)
    denied(talk, a.image_path, errno.EPERM)
    denied(talk, "./image", errno.EPERM)
    equal(talk.service.open("image")[0], 0, "OPEN as typed")
    talk.still_works()


@attack("OPEN of a relative name that is only an option's value: {}",
        "-o log=image", "-oimage", "--log=image", "-Jimage", "-o image", "-o a=b,c=image")
def _(a, words):
    talk = a.talk(*words.split(), cwd=a.home_dir)
    denied(talk, "image", errno.EPERM)
    talk.still_works()


@attack("OPEN of {}, which is no value of an option", "a name", "a whole list", "a list's item",
        "half of an escaped value", "an option's word", "the value of -t")
def _(a, what):
    one = a.file(f"{a.home_dir}/one", owner=a.id)
    words, path = {
        "a name": ([f"--{one}=x", "-o", f"{one}=x"], one),
        "a whole list": (["-o", f"{one},x"], f"{one},x"),
        "a list's item": (["-o", f"x,{one}"], one),
        "half of an escaped value": (["-o", f"log={one}\\,more"], one),
        "an option's word": ([f"-J{one}"], f"-J{one}"),
        "the value of -t": (["-t", one], one)}[what]
    talk = a.talk(*words)
    denied(talk, path, errno.EPERM)
    talk.still_works()


@attack("OPEN of the mount point before MOUNT: {}", "a folder", "a file")
def _(a, what):
    point = a.mnt if what == "a folder" else a.file(f"{a.home_dir}/point", owner=a.id)
    talk = a.talk(operands=[a.image_path, point])
    denied(talk, point, errno.EPERM)
    denied(talk, point, errno.EPERM, flags=os.O_RDWR)
    talk.dies()


@attack("OPEN with a path of {} bytes", 1, 255, 4095, 4096, 60000)
def _(a, size):
    talk = a.talk()
    path = ("/" + "p" * 254) * (size // 255 + 1)
    denied(talk, path[:size], errno.EPERM)
    talk.still_works()


# Kinds of files


def make_special(a, what, path):
    if what == "a folder":
        a.make(path)
    elif what == "a FIFO":
        os.mkfifo(path, 0o666)
    elif what == "a FIFO with somebody at its other end":
        os.mkfifo(path, 0o666)
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        a.cleanup.append(lambda: os.close(fd))
    elif what == "a socket":
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(path)
        sock.listen()
        a.cleanup.append(sock.close)
    elif what == "a character device":
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
    elif what == "the kernel's memory":
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 1))
    elif what == "a terminal":
        ours, theirs = pty.openpty()
        a.cleanup.append(lambda: (os.close(ours), os.close(theirs)))
        os.chmod(os.ttyname(theirs), 0o666)
        return os.ttyname(theirs)
    elif what == "the fuse device":
        return "/dev/fuse"
    if not os.path.islink(path):
        os.chown(path, a.id, a.id)
    return path


SPECIAL = ("a folder", "a FIFO", "a FIFO with somebody at its other end", "a socket",
           "a character device", "the kernel's memory", "a terminal", "the fuse device")


@attack("OPEN of an operand that is {}", *SPECIAL)
def _(a, what):
    path = make_special(a, what, f"{a.home_dir}/special")
    talk = a.talk(operands=[path, a.mnt])
    for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_RDWR | os.O_NONBLOCK,
                  os.O_RDWR | os.O_CREAT):
        denied(talk, path, errno.EPERM, flags=flags)
    equal(talk.service.open_bdev(path)[0], errno.ENOTBLK, "OPEN_BDEV")
    talk.still_works()


@attack("OPEN of a symbolic link to {}", "a folder", "a FIFO", "a character device")
def _(a, what):
    target = make_special(a, what, f"{a.home_dir}/special")
    link = a.link(f"{a.home_dir}/link", target, owner=0)
    talk = a.talk("--file=" + link)
    denied(talk, link, errno.EPERM)
    talk.still_works()


SYSTEM = ("/proc/version", "/proc/self/environ", "/proc/self/mem", "/proc/self/maps",
          "/proc/sys/kernel/core_pattern", "/proc/kmsg", "/proc/thread-self/comm",
          "/sys/kernel/uevent_seqnum", "/sys/kernel/mm/transparent_hugepage/enabled",
          "/sys/fs/cgroup/*/cgroup.procs")


@attack("OPEN of a named file of a system's switches: {}", *SYSTEM)
def _(a, path):
    found = glob.glob(path)
    if not found:
        raise Skip(f"no {path}")
    path = found[0]
    talk = a.talk(operands=[path, a.mnt])
    for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
        denied(talk, path, errno.EPERM, errno.EACCES, errno.ENOENT, flags=flags)
    talk.still_works()


@attack("OPEN of a named file on {}, mounted in another place",
        ("cgroup2", "cgroup.procs"), ("debugfs", None), ("tracefs", None), ("securityfs", None),
        ("sysfs", "kernel/uevent_seqnum"), ("proc", "uptime"))
def _(a, kind, name):
    place = a.make(f"{a.folder}/system")
    a.mount(kind, place, kind)
    found = [name] if name else [n for n in sorted(os.listdir(place))
                                 if os.path.isfile(f"{place}/{n}")]
    if not found:
        raise Skip(f"an empty {kind}")
    path = f"{place}/{found[0]}"
    talk = a.talk(operands=[path, a.mnt])
    for flags in (os.O_RDONLY, os.O_RDWR):
        denied(talk, path, errno.EPERM, errno.EACCES, flags=flags)
    talk.still_works()


MAGIC = ("/proc/self/fd/0", "/proc/self/exe", "/proc/self/root/etc/passwd", "/proc/self/cwd/image",
         "/proc/thread-self/root/etc/hostname", "/proc/1/root/etc/passwd", "/dev/fd/0",
         "/dev/stdin", "/proc/self/ns/mnt")


@attack("OPEN of a named magic link: {}", *MAGIC)
def _(a, path):
    with open("/etc/passwd", "rb") as stdin:
        talk = a.talk(operands=[path, a.mnt], cwd=a.home_dir, stdin=stdin)
    denied(talk, path)
    denied(talk, path, flags=os.O_RDONLY | os.O_NOFOLLOW)
    talk.still_works()


@attack("OPEN of a named symbolic link to a magic link: {}", "/proc/self/fd/0", "/proc/self/exe",
        "/proc/self/root/etc/passwd")
def _(a, path):
    link = a.link(f"{a.home_dir}/link", path, owner=0)
    talk = a.talk(operands=[link, a.mnt])
    denied(talk, link)
    talk.still_works()


@attack("OPEN of what only root may read, named by the caller", who=USERS)
def _(a):
    secret = a.file(f"{a.folder}/secret")
    deep = a.file(a.directory("locked", mode=0o700) + "/secret", mode=0o666)
    talk = a.talk(operands=[secret, deep, a.mnt])
    for path in (secret, deep):
        for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR | os.O_CREAT):
            denied(talk, path, errno.EACCES, flags=flags)
    talk.still_works()


@attack("OPEN for writing of what the caller may only read, also by way of /proc", who=USERS)
def _(a):
    path = a.file(f"{a.folder}/readable", "precious", mode=0o644)
    talk = a.talk(operands=[path, a.mnt])
    denied(talk, path, errno.EACCES, flags=os.O_RDWR)
    error, fd = talk.service.open(path)
    equal(error, 0, "OPEN")
    equal(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE, os.O_RDONLY, "access mode")
    talk.still_works()


# Flags


GOOD_BITS = {0: "O_WRONLY", 1: "O_RDWR", 6: "O_CREAT", 7: "O_EXCL", 11: "O_NONBLOCK", 12: "O_DSYNC",
             14: "O_DIRECT", 15: "O_LARGEFILE", 17: "O_NOFOLLOW", 18: "O_NOATIME",
             19: "O_CLOEXEC"}
BAD_BITS = {8: "O_NOCTTY", 9: "O_TRUNC", 10: "O_APPEND", 13: "O_ASYNC", 16: "O_DIRECTORY",
            21: "O_PATH", 22: "half of O_TMPFILE"}


@attack("OPEN with forbidden flag bit {0}, {1}",
        *[(bit, BAD_BITS.get(bit, "unknown")) for bit in range(32)
          if bit not in GOOD_BITS and bit != 20])
def _(a, bit, _name):
    talk = a.talk()
    for access in (os.O_RDONLY, os.O_RDWR, os.O_RDWR | os.O_CREAT):
        denied(talk, a.image_path, errno.EINVAL, flags=1 << bit | access)
        denied(talk, "/etc/passwd", errno.EINVAL, errno.EPERM, flags=1 << bit | access)
    a.image_untouched()
    talk.still_works()


@attack("OPEN with flag bit {0}, {1}: it does that and nothing else", *GOOD_BITS.items())
def _(a, bit, _name):
    talk = a.talk()
    error, fd = talk.service.open(a.image_path, 1 << bit)
    if error == errno.EINVAL and bit == 14:
        raise Skip("this file system has no O_DIRECT")
    equal(error, 0, "OPEN")
    own = fcntl.fcntl(fd, fcntl.F_GETFL) & ~O_LARGEFILE
    wanted = 1 << bit & (os.O_ACCMODE | os.O_DSYNC | os.O_DIRECT | os.O_NOATIME | os.O_NONBLOCK)
    equal(own & ~os.O_NOFOLLOW, wanted, "flags of the file")
    a.image_untouched()
    talk.still_works()


@attack("OPEN with access mode 3")
def _(a):
    talk = a.talk()
    denied(talk, a.image_path, flags=3)
    talk.still_works()


@attack("OPEN with {}", ("O_TMPFILE of the image's folder", 0o20200002),
        ("O_TMPFILE of the image", 0o20200002), ("O_TRUNC and O_CREAT", 0o1102),
        ("O_TRUNC read-only", 0o1000), ("O_PATH and O_NOFOLLOW", 0o10400000))
def _(a, what, flags):
    talk = a.talk("--dir=" + a.home_dir)
    path = a.home_dir if "folder" in what else a.image_path
    denied(talk, path, errno.EINVAL, flags=flags)
    a.image_untouched()
    equal(sorted(os.listdir(a.home_dir)), ["image", "mnt"], "files")
    talk.still_works()


@attack("O_NOFOLLOW on a named symbolic link")
def _(a):
    link = a.link(f"{a.home_dir}/link", a.image_path, owner=0)
    talk = a.talk(operands=[link, a.mnt])
    denied(talk, link, errno.ELOOP, flags=os.O_NOFOLLOW)
    equal(talk.service.open(link)[0], 0, "OPEN without it")
    talk.still_works()


@attack("OPEN with request flags {:#x}", 2, 0x80000000, 0xFFFFFFFE)
def _(a, flags):
    talk = a.talk()
    denied(talk, a.image_path, errno.EINVAL, request_flags=flags)
    denied(talk, a.image_path, errno.EINVAL, request_flags=flags, magic=wire.OPEN_BDEV)
    talk.still_works()


@attack("OPEN with a block size of {}", 1, 512, 0xFFFFFFFF)
def _(a, size):
    talk = a.talk()
    denied(talk, a.image_path, errno.EINVAL, block_size=size)
    talk.still_works()


@attack("OPEN_BDEV of a plain file, with and without a block size")
def _(a):
    talk = a.talk()
    for size in (0, 512, 3):
        equal(talk.service.open_bdev(a.image_path, os.O_RDWR, block_size=size)[0], errno.ENOTBLK,
              "OPEN_BDEV")
    talk.still_works()


# ro


@attack("OPEN for writing where the caller said {}", "-o ro", "-oro", "-o noexec,ro,x=y", who=ALL)
def _(a, words):
    talk = a.talk(*words.split())
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_RDWR | os.O_EXCL, os.O_CREAT | os.O_RDWR):
        denied(talk, a.image_path, errno.EACCES, flags=flags)
    error, fd = talk.service.open(a.image_path)
    equal(error, 0, "OPEN for reading")
    try:
        os.write(fd, b"x")
        raise AssertionError("it was written")
    except OSError as e:
        equal(e.errno, errno.EBADF, "write")
    a.image_untouched()
    talk.still_works()


@attack("OPEN_BDEV for writing where the caller said ro", who=(ROOT,))
def _(a):
    a.image(f"{a.folder}/disk", 1 << 20)
    device = a.loop(f"{a.folder}/disk")
    talk = a.talk("-o", "ro", operands=[device, a.mnt])
    for flags in (os.O_WRONLY, os.O_RDWR):
        equal(talk.service.open_bdev(device, flags)[0], errno.EACCES, "OPEN_BDEV")
    refused(talk.service.open_bdev(device, os.O_RDONLY, block_size=1024)[0], "a block size")
    equal(talk.service.open_bdev(device)[0], 0, "OPEN_BDEV for reading")
    talk.still_works()


# O_CREAT


CREATE = os.O_RDWR | os.O_CREAT


@attack("O_CREAT with mode {0:#o} under umask {1:#o}", (0o7777, 0), (0o4755, 0o022), (0o2777, 0o077),
        (0o1666, 0), (0xFFFFFFFF, 0o027), (0o100777, 0o777))
def _(a, mode, umask):
    path = f"{a.home_dir}/new"
    talk = a.talk(operands=[path, a.mnt], umask=umask)
    error, fd = talk.service.open(path, CREATE, mode)
    equal(error, 0, "OPEN")
    found = os.stat(path)
    equal(found.st_mode, stat.S_IFREG | mode & 0o666 & ~umask, "mode")
    equal((found.st_uid, found.st_gid, found.st_size), (a.id, a.id, 0), "owner and size")
    equal(os.fstat(fd).st_ino, found.st_ino, "the file")
    talk.still_works()


@attack("O_CREAT of a file that exists")
def _(a):
    talk = a.talk()
    error, fd = talk.service.open(a.image_path, CREATE, 0o777)
    equal(error, 0, "OPEN")
    equal(content_of(fd), a.content, "content")
    equal(stat.S_IMODE(os.stat(a.image_path).st_mode), 0o600, "mode")
    denied(talk, a.image_path, errno.EEXIST, flags=CREATE | os.O_EXCL)
    talk.still_works()


def nothing_new(a, *also):
    equal(sorted(os.listdir(a.home_dir)), sorted(["image", "mnt", *also]), "files")


@attack("O_CREAT of a name that was not named")
def _(a):
    talk = a.talk("-o", "log=relative", "--log=relative")
    for path in (f"{a.home_dir}/new", "relative", a.image_path + "2", f"{a.home_dir}/mnt/new"):
        denied(talk, path, errno.EPERM, flags=CREATE, mode=0o666)
    nothing_new(a)
    equal(os.listdir(a.mnt), [], "files")
    talk.still_works()


@attack("O_CREAT through a dangling symbolic link")
def _(a):
    victim = f"{a.home_dir}/victim"
    link = a.link(f"{a.home_dir}/link", victim, owner=0)
    talk = a.talk(operands=[link, a.mnt])
    for flags in (CREATE, CREATE | os.O_EXCL, CREATE | os.O_NOFOLLOW):
        denied(talk, link, flags=flags, mode=0o666)
    check(not os.path.exists(victim), "the victim was made")
    talk.still_works()


@attack("O_CREAT of a name at which a symbolic link was planted after the start: {}",
        "to a file", "to nothing")
def _(a, what):
    victim = a.image_path if what == "to a file" else f"{a.home_dir}/victim"
    path = f"{a.home_dir}/new"
    talk = a.talk(operands=[path, a.mnt])
    a.link(path, victim)
    denied(talk, path, errno.EEXIST, errno.ELOOP, flags=CREATE, mode=0o666)
    denied(talk, path, errno.ENOENT)
    nothing_new(a, "new")
    a.image_untouched()
    talk.still_works()


@attack("O_CREAT where the folder above was swapped after the start")
def _(a):
    above, victim = a.make(f"{a.home_dir}/above"), a.make(f"{a.home_dir}/victim")
    talk = a.talk(operands=[f"{above}/new", a.mnt])
    os.rename(above, above + ".moved")
    a.link(above, victim)
    equal(talk.service.open(f"{above}/new", CREATE, 0o600)[0], 0, "OPEN")
    equal((os.listdir(victim), os.listdir(above + ".moved")), ([], ["new"]), "files")
    talk.still_works()


@attack("O_CREAT below a folder that was missing at the start")
def _(a):
    talk = a.talk(operands=[f"{a.home_dir}/later/new", a.mnt])
    a.make(f"{a.home_dir}/later")
    denied(talk, f"{a.home_dir}/later/new", errno.ENOENT, flags=CREATE, mode=0o600)
    equal(os.listdir(f"{a.home_dir}/later"), [], "files")
    talk.still_works()


@attack("O_CREAT with ro")
def _(a):
    path = f"{a.home_dir}/new"
    talk = a.talk("-o", "ro", operands=[path, a.mnt])
    for flags in (CREATE, os.O_CREAT, os.O_CREAT | os.O_EXCL):
        denied(talk, path, errno.EACCES, flags=flags, mode=0o600)
    nothing_new(a)
    talk.still_works()


@attack("O_CREAT in a folder that the caller cannot write to", who=USERS)
def _(a):
    locked = a.directory("locked")
    talk = a.talk(operands=[f"{locked}/new", a.mnt])
    denied(talk, f"{locked}/new", errno.EACCES, flags=CREATE, mode=0o600)
    equal(os.listdir(locked), [], "files")
    talk.still_works()


@attack("O_CREAT of {}", "a name with a slash behind", "dot", "dot dot", "an empty name")
def _(a, what):
    path = {"a name with a slash behind": f"{a.home_dir}/new/", "dot": f"{a.home_dir}/no/.",
            "dot dot": f"{a.home_dir}/no/..", "an empty name": ""}[what]
    talk = a.talk(operands=[path, a.mnt])
    error, _ = talk.service.open(path or "x", CREATE, 0o600)
    refused(error, "OPEN")
    nothing_new(a)
    talk.still_works()


@attack("O_CREAT by OPEN_BDEV")
def _(a):
    path = f"{a.home_dir}/new"
    talk = a.talk(operands=[path, a.mnt])
    refused(talk.service.open_bdev(path, CREATE, mode=0o666)[0], "OPEN_BDEV")
    nothing_new(a)
    talk.still_works()


@attack("O_CREAT in /proc and /sys")
def _(a):
    names = ["/proc/new", "/proc/self/new", "/sys/new"]
    talk = a.talk(operands=[*names, a.mnt])
    for name in names:
        denied(talk, name, flags=CREATE, mode=0o666)
    talk.still_works()


@attack("O_CREAT, then the name is removed, and O_CREAT again")
def _(a):
    path = f"{a.home_dir}/new"
    talk = a.talk(operands=[path, a.mnt])
    error, fd = talk.service.open(path, CREATE | os.O_EXCL, 0o600)
    equal(error, 0, "OPEN")
    os.write(fd, b"mine")
    os.unlink(path)
    a.file(path, "other", owner=a.id)
    error, again = talk.service.open(path, os.O_RDWR)
    check(error or content_of(again) == b"mine", "another file was opened")
    talk.still_works()


# What a name means does not change


@attack("the source is replaced after the start by {}", "a file", "a symbolic link", "a FIFO",
        "a folder", "nothing")
def _(a, what):
    secret = a.file(f"{a.home_dir}/secret", owner=a.id)
    talk = a.talk()
    os.rename(a.image_path, a.image_path + ".moved")
    if what == "a file":
        a.file(a.image_path, "other", owner=a.id)
    elif what == "a symbolic link":
        a.link(a.image_path, secret)
    elif what == "a FIFO":
        os.mkfifo(a.image_path)
    elif what == "a folder":
        a.make(a.image_path)
    error, fd = talk.service.open(a.image_path, os.O_RDWR)
    equal(error, 0, "OPEN")
    check(content_of(fd) == a.content, "another file was opened")
    talk.still_works()


@attack("a symbolic link that is the source leads elsewhere after the start")
def _(a):
    secret = a.file(f"{a.home_dir}/secret", owner=a.id)
    link = a.link(f"{a.home_dir}/link", a.image_path, owner=0)
    talk = a.talk(operands=[link, a.mnt])
    os.unlink(link)
    a.link(link, secret)
    error, fd = talk.service.open(link)
    equal(error, 0, "OPEN")
    check(content_of(fd) == a.content, "another file was opened")
    talk.still_works()


@attack("the folder of the source is swapped for {} after the start", "a symbolic link",
        "another folder", "a mount")
def _(a, what):
    above, other = a.make(f"{a.home_dir}/above"), a.make(f"{a.home_dir}/other")
    content = a.image(f"{above}/disk", 8192, owner=a.id)
    a.file(f"{other}/disk", owner=a.id)
    talk = a.talk(operands=[f"{above}/disk", a.mnt])
    if what == "a mount":
        a.mount(other, above, None, MS_BIND)
    else:
        os.rename(above, above + ".moved")
        (os.rename if what == "another folder" else lambda o, n: a.link(n, o))(other, above)
    error, fd = talk.service.open(f"{above}/disk")
    equal(error, 0, "OPEN")
    check(content_of(fd) == content, "another file was opened")
    talk.still_works()


@attack("a file that was missing at the start comes to be")
def _(a):
    path = f"{a.home_dir}/later"
    talk = a.talk(operands=[path, a.mnt])
    a.file(path, owner=a.id)
    denied(talk, path, errno.ENOENT)
    denied(talk, path, flags=CREATE | os.O_EXCL, mode=0o600)
    talk.still_works()


@attack("the start directory is moved after the start")
def _(a):
    start = a.make(f"{a.home_dir}/start")
    content = a.image(f"{start}/disk", 4096, owner=a.id)
    talk = a.talk(operands=["disk", "new", a.mnt], cwd=start)
    os.rename(start, start + ".moved")
    a.make(start)
    a.file(f"{start}/disk", owner=a.id)
    error, fd = talk.service.open("disk")
    equal((error, content_of(fd)), (0, content), "OPEN")
    equal(talk.service.open("new", CREATE, 0o600)[0], 0, "OPEN with O_CREAT")
    equal(os.listdir(start), ["disk"], "files")
    talk.still_works()


@attack("the mount itself covers the source, which is then asked for again")
def _(a):
    talk = a.talk(operands=[a.image_path, a.home_dir])
    talk.describe(a.home_dir)
    equal(talk.service.open(a.image_path)[0], 0, "OPEN before")
    equal(talk.service.mount(), 0, "MOUNT")
    denied(talk, a.image_path, errno.EPERM)
    talk.succeeds(a.home_dir)


@attack("a lease on the source, held by {}", "the caller", "somebody else")
def _(a, holder):
    owner = a.id if holder == "the caller" else STRANGER_ID
    path = f"{a.folder}/leased"
    a.image(path, 4096, owner=owner, mode=0o666)
    fd = os.open(path, os.O_RDWR)
    try:
        fcntl.fcntl(fd, fcntl.F_SETSIG, 0)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        signal.signal(signal.SIGIO, signal.SIG_IGN)
        talk = a.talk(operands=[path, a.mnt])
        for flags in (os.O_RDONLY, os.O_RDWR):
            denied(talk, path, errno.EAGAIN, flags=flags)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    finally:
        os.close(fd)
    equal(talk.service.open(path, os.O_RDWR)[0], 0, "OPEN without the lease")
    talk.still_works()


# fuse.conf


def by_rule(a, rule, path, owner=0):
    """A helper under this rule, and a file of root's at this path."""
    a.configure(f"service_open_path = {rule}\n")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    a.file(path, mode=0o666, owner=owner)
    return a.talk()


@attack("OPEN by a rule of fuse.conf that says {}", "another type", "another folder", "no rw",
        "* where the path has another /", "* where a name begins with a dot",
        "? where the path has a /", "only the beginning", "only the end", "other capitals")
def _(a, what):
    base = f"{a.folder}/rules"
    rule, path = {
        "another type": (f"other {base}/x", "x"), "another folder": (f"scripted {base}/y/*", "x"),
        "no rw": (f"scripted {base}/x", "x"),
        "* where the path has another /": (f"scripted {base}/*", "deep/x"),
        "* where a name begins with a dot": (f"scripted {base}/*", ".x"),
        "? where the path has a /": (f"scripted {base}/a?b", "a/b"),
        "only the beginning": (f"scripted {base}/x", "xy"),
        "only the end": (f"scripted /x", "x"),
        "other capitals": (f"scripted {base}/X", "x")}[what]
    talk = by_rule(a, rule, f"{base}/{path}")
    if what == "no rw":
        equal(talk.service.open(f"{base}/x")[0], 0, "OPEN for reading")
        denied(talk, f"{base}/x", errno.EACCES, flags=os.O_RDWR)
    else:
        denied(talk, f"{base}/{path}", errno.EPERM)
    talk.still_works()


@attack("OPEN by a rule, of a path with {}", "..", ".", "//", "a slash behind", "a link of a user's",
        "a link of a user's above", "a missing file and O_CREAT")
def _(a, what):
    base = f"{a.folder}/rules"
    os.mkdir(base)
    a.file(f"{a.folder}/secret", mode=0o666)
    form = {"..": f"{base}/../secret", ".": f"{base}/./x", "//": f"{base}//x",
            "a slash behind": f"{base}/x/", "a link of a user's": f"{base}/link",
            "a link of a user's above": f"{base}/above/secret",
            "a missing file and O_CREAT": f"{base}/new"}[what]
    a.link(f"{base}/link", f"{a.folder}/secret", owner=54321)
    a.link(f"{base}/above", a.folder, owner=54321)
    a.configure("".join(f"service_open_path = scripted {base}/{p} rw\n"
                        for p in ("*", "*/*", "?", "??/*")))
    a.file(f"{base}/x", mode=0o666)
    talk = a.talk()
    denied(talk, form, flags=CREATE if "O_CREAT" in what else os.O_RDONLY, mode=0o666)
    check(not os.path.exists(f"{base}/new"), "it was made")
    equal(talk.service.open(f"{base}/x", os.O_RDWR)[0], 0, "OPEN of an honest path")
    talk.still_works()


@attack("OPEN by a rule, of {}", *SPECIAL[:5])
def _(a, what):
    base = f"{a.folder}/rules"
    os.mkdir(base)
    path = make_special(a, what, f"{base}/special")
    a.configure(f"service_open_path = scripted {base}/* rw\n")
    talk = a.talk()
    denied(talk, path, errno.EPERM)
    talk.still_works()


@attack("OPEN by a rule, of what only root may read", who=USERS)
def _(a):
    base = f"{a.folder}/rules"
    os.mkdir(base)
    a.file(f"{base}/secret")
    a.configure(f"service_open_path = scripted {base}/* rw\n")
    talk = a.talk()
    denied(talk, f"{base}/secret", errno.EACCES)
    talk.still_works()


@attack("OPEN by a rule, after MOUNT")
def _(a):
    talk = by_rule(a, f"scripted {a.folder}/rules/* rw", f"{a.folder}/rules/x")
    talk.describe()
    equal(talk.service.mount(), 0, "MOUNT")
    denied(talk, f"{a.folder}/rules/x", errno.EPERM)
    talk.succeeds()


# What crosses


@attack("OPEN of everything named, and then a look at what the service holds")
def _(a):
    other = a.file(f"{a.home_dir}/other", owner=a.id)
    talk = a.talk("-o", f"log={other},dir={a.home_dir}", f"--dir={a.mnt}")
    for path in (a.image_path, other, a.home_dir, a.mnt, "/", "/etc"):
        for flags in (os.O_RDONLY, os.O_RDWR, os.O_DIRECTORY):
            talk.service.open(path, flags)
    held = talk.service.files + [talk.service.argfile, talk.service.fusedev]
    kinds = [stat.S_IFMT(os.fstat(fd).st_mode) for fd in held]
    check(stat.S_IFDIR not in kinds, "a folder crossed")
    equal(kinds.count(stat.S_IFCHR), 1, "devices")
    equal({os.readlink(f"/proc/self/fd/{fd}") for fd in talk.service.files}, {a.image_path, other},
          "files")
    talk.still_works()


@attack("the fuse device that the service gets is no terminal and no way to the helper's other files")
def _(a):
    talk = a.talk()
    found = os.fstat(talk.service.fusedev)
    equal((found.st_mode & stat.S_IFCHR, found.st_rdev), (stat.S_IFCHR, os.makedev(10, 229)),
          "the device")
    equal(fcntl.fcntl(talk.service.argfile, 1034), 0xF, "seals of the arguments")
    for attempt in (lambda: os.write(talk.service.argfile, b"x"),
                    lambda: os.ftruncate(talk.service.argfile, 0)):
        try:
            attempt()
            raise AssertionError("the arguments were changed")
        except PermissionError:
            pass
    talk.still_works()


@attack("a synchronous INIT, which would make the kernel wait for the service at MOUNT")
def _(a):
    talk = a.described()
    for request in (0xE503, 0x8004E500, 0x4010E501):  # SYNC_INIT, CLONE, BACKING_OPEN
        try:
            fcntl.ioctl(talk.service.fusedev, request, bytearray(16))
            check(request != 0xE503, "the ioctl was let through")
        except OSError as e:
            check(e.errno in (errno.EACCES, errno.ENOTTY, errno.EINVAL, errno.EPERM), f"{e}")
    start = time.monotonic()
    talk.mounts_well()
    check(time.monotonic() - start < SOON, "MOUNT waited")


@attack("300 OPENs: 256 are carried out, and the helper keeps none open")
def _(a):
    talk = a.talk()
    before = {pid: len(open_files(pid)) for pid in talk.settled()}
    results = []
    for _ in range(300):
        error, fd = talk.service.open(a.image_path)
        results.append(error)
        if fd is not None:
            os.close(talk.service.files.pop())
    equal([bool(e) for e in results], [False] * 256 + [True] * 44, "results")
    equal({pid: len(open_files(pid)) for pid in talk.settled()}, before, "open files")
    talk.still_works()


@attack("300 names: the first 256 are pinned, and no later one can be opened", who=ALL)
def _(a):
    names = [a.file(f"{a.home_dir}/f{i}", f"{i}", owner=a.id) for i in range(300)]
    talk = a.talk(operands=[*names, a.mnt])
    for i in (0, 100, 255, 256, 257, 299):
        error, fd = talk.service.open(names[i])
        if i < 256:
            equal((error, content_of(fd)), (0, b"%d" % i), f"OPEN of name {i}")
        else:
            refused(error, f"OPEN of name {i}")
    talk.still_works()


if __name__ == "__main__":
    sys.exit(main())
