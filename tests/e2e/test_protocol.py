#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The helper against scripted services: each command of docs/protocol.md, used and abused.

The service here is this program, so that it can say what no honest service would.
"""

import errno
import fcntl
import os
import pathlib
import re
import signal
import stat
import struct
import sys

import wire
from harness import (ROOT, USER, case, check, contains, equal, fails_with, main, processes,
                     wait_for)
from tinyfuse import TinyFuse

F_GET_SEALS = 1034
ALL_SEALS = 0xF
CAP_SYS_ADMIN = 21
O_LARGEFILE = 0o100000


class Talk:
    """A helper that was started with these words, and the service that it is connected to."""

    def __init__(self, test, words, who=ROOT, greet=True, cwd=None):
        self.test = test
        listener = test.listen()
        self.process = test.start_helper(*words, "-t", "scripted", who=who, cwd=cwd)
        self.service = test.accept(listener)
        test.cleanup.append(self.kill)
        if greet:
            self.service.handshake()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate(timeout=20)

    def wait(self):
        """(exit status, stderr) of the helper."""
        out, err = self.process.communicate(timeout=20)
        equal(out, b"", "stdout")
        return self.process.returncode, err.decode(errors="replace")

    def ends(self, status=1):
        got, err = self.wait()
        equal(got, status, f"exit status of the helper ({err!r})")
        if status:
            check(err.strip(), "a message is missing")
        check(all(c == "\n" or " " <= c <= "~" for c in err), f"raw bytes: {err!r}")
        return err

    def fails(self):
        """Exit 1 with a message, and nothing is mounted."""
        err = self.ends(1)
        self.test.not_mounted()
        return err

    def gives_up(self):
        """The helper ends the session by itself."""
        check(self.service.closed(), "the helper goes on")
        return self.fails()


def setup(test, *options, who=ROOT, **more):
    """A helper for an image and a mount point, up to the end of the handshake."""
    home = test.home(who)
    test.image(f"{home}/image", owner=test.id_of(who))
    mnt = test.directory("home/mnt", test.id_of(who))
    talk = Talk(test, [f"{home}/image", mnt, *options], who, **more)
    talk.image, talk.mnt = f"{home}/image", mnt
    return talk


def describe(talk):
    """FSOPEN, SOURCE and MNTPT: what MOUNT needs."""
    equal(talk.service.fsopen(), 0, "FSOPEN")
    equal(talk.service.source("scripted"), 0, "SOURCE")
    equal(talk.service.mntpt(talk.mnt), 0, "MNTPT")


def mounted(test, *options, who=ROOT, flags=wire.MS_NOSUID | wire.MS_NODEV):
    talk = setup(test, *options, who=who)
    describe(talk)
    equal(talk.service.mount(flags), 0, "MOUNT")
    test.the_mount(talk.mnt)
    return talk


def finish(talk):
    """BYE(0) after MOUNT: the helper is content and the mount stays."""
    talk.service.bye(0)
    err = talk.ends(0)
    found = talk.test.the_mount(talk.mnt)
    talk.test.unmount(talk.mnt, 2)
    return found, err


def describe_and_finish(talk, flags=0):
    describe(talk)
    equal(talk.service.mount(flags), 0, "MOUNT")
    return finish(talk)


# The handshake


@case("HELLO says version 1 and what {} may ask for", ROOT, USER)
def _(test, who):
    talk = setup(test, who=who, greet=False)
    both = wire.HELLO_ALLOW_OTHER | wire.HELLO_FUSEBLK
    equal(talk.service.greet(), (1, 1, both if who == ROOT else 0), "HELLO")
    talk.service.close()
    talk.fails()


@case("HELLO says allow_other where fuse.conf lets ordinary users")
def _(test):
    test.configure("user_allow_other\n")
    talk = setup(test, who=USER, greet=False)
    equal(talk.service.greet()[2], wire.HELLO_ALLOW_OTHER, "HELLO flags")
    talk.service.close()
    talk.fails()


@case("the argument blob is the command line, byte for byte, without -t")
def _(test):
    words = ["-o", "a=b\\,c,,d", "--", "-xrest", "", "--long=\udcff\n", "-o", "x", "one", "two"]
    talk = Talk(test, ["-t", "ignored", *words])
    equal(talk.service.args, ["scripted", *words], "arguments")
    equal(fcntl.fcntl(talk.service.argfile, F_GET_SEALS), ALL_SEALS, "seals")
    status = os.fstat(talk.service.fusedev)
    equal((stat.S_ISCHR(status.st_mode), os.major(status.st_rdev), os.minor(status.st_rdev)),
          (True, 10, 229), "fusedev")
    talk.service.close()
    talk.fails()


@case("a prefix of the type is not part of the subtype: {}", "fuse.scripted", "fuseblk.scripted")
def _(test, type_):
    talk = Talk(test, ["/dev/null", "/mnt", "-t", type_])
    equal(talk.service.args, ["scripted", "/dev/null", "/mnt"], "arguments")
    talk.service.close()
    talk.fails()


GREETINGS = {
    "nothing, and closes": None,
    "version 0": wire.hello_reply(0),
    "version 2": wire.hello_reply(2),
    "a pad that is not zero": wire.hello_reply(1, 1),
    "a short HELLO_REPLY": wire.packet(wire.HELLO_REPLY, b"\0\1"),
    "a long HELLO_REPLY": wire.hello_reply(1) + b"\0",
    "BYE": wire.packet(wire.BYE, wire.u32(0)),
    "OPEN": wire.open_request(wire.OPEN, "/etc/passwd", 0),
    "an unknown magic": b"HTTP/1.1 200 OK\r\n\r\n",
}


@case("a service that answers HELLO with {} is given up", *GREETINGS)
def _(test, what):
    talk = setup(test, greet=False)
    talk.service.greet()
    if GREETINGS[what] is not None:
        talk.service.send(GREETINGS[what])
        talk.gives_up()
    else:
        talk.service.close()
        talk.fails()


# The way through


@case("{}: FSOPEN, SOURCE, MNTPT, MOUNT, BYE make a mount", ROOT, USER)
def _(test, who):
    talk = mounted(test, who=who)
    found, err = finish(talk)
    equal((found.type, found.source, err), ("fuse.scripted", "scripted", ""), "mount")
    equal({"nosuid", "nodev"} - set(found.options), set(), "options")


@case("FSOPEN may be left out, and the order of the rest is free")
def _(test):
    talk = setup(test)
    equal(talk.service.mtabopts("nofail"), 0, "MTABOPTS")
    equal(talk.service.mntpt(talk.mnt), 0, "MNTPT")
    equal(talk.service.mntopts("default_permissions"), 0, "MNTOPTS")
    equal(talk.service.source("scripted"), 0, "SOURCE")
    equal(talk.service.mount(), 0, "MOUNT")
    found, _ = finish(talk)
    contains(found.super_options, "default_permissions", "options")


@case("commands may be sent before the answers are read")
def _(test):
    talk = setup(test)
    for data in (wire.packet(wire.FSOPEN, wire.u32(0)),
                 wire.open_request(wire.OPEN, talk.image, os.O_RDONLY),
                 wire.packet(wire.SOURCE, wire.text("a\nb")), wire.mntpt(talk.mnt),
                 wire.open_request(wire.OPEN, "/none", os.O_RDONLY),
                 wire.packet(wire.MNTOPTS, wire.text("max_read=4096"))):
        talk.service.send(data)
    service = talk.service
    equal(service.expect_reply(), 0, "FSOPEN")
    error, path, fd = service.expect_file()
    os.close(fd)
    equal((error, path), (0, talk.image), "OPEN")
    equal(service.expect_reply(), errno.EINVAL, "SOURCE")
    equal(service.expect_reply(), 0, "MNTPT")
    equal(service.expect_file(), (errno.EPERM, "/none", None), "OPEN of another path")
    equal(service.expect_reply(), 0, "MNTOPTS")
    equal(service.source("b"), 0, "SOURCE again")
    equal(service.mount(), 0, "MOUNT")
    finish(talk)


# Opening files


@case("OPEN gives {} an open image, with the flags that were asked for", ROOT, USER)
def _(test, who):
    talk = setup(test, who=who)
    for flags, wanted in ((os.O_RDONLY, os.O_RDONLY), (os.O_RDWR | os.O_EXCL, os.O_RDWR),
                          (os.O_WRONLY | os.O_DSYNC, os.O_WRONLY | os.O_DSYNC)):
        error, fd = talk.service.open(talk.image, flags)
        equal(error, 0, f"OPEN with flags {flags:#o}")
        got = fcntl.fcntl(fd, fcntl.F_GETFL) & ~O_LARGEFILE
        equal(got & ~os.O_NOFOLLOW, wanted, "flags of the file")
    equal(os.fstat(fd).st_ino, os.stat(talk.image).st_ino, "the file")
    describe_and_finish(talk)


@case("a relative operand is opened, relative to the start directory, however it changes")
def _(test):
    home = test.home()
    content = test.image(f"{home}/image", owner=54321)
    mnt = test.directory("home/mnt", 54321)
    talk = Talk(test, ["image", "mnt"], USER, cwd=home)
    talk.mnt = mnt
    os.rename(f"{home}/image", f"{home}/renamed")
    test.image(f"{home}/image", 4096, owner=54321)
    error, fd = talk.service.open("image")
    equal(error, 0, "OPEN")
    equal(os.pread(fd, 1 << 20, 0), content, "the content of what was named")
    equal(talk.service.source("s"), 0, "SOURCE")
    equal(talk.service.mntpt("mnt"), 0, "MNTPT")
    equal(talk.service.mount(), 0, "MOUNT")
    finish(talk)


@case("a path is open to the service only where the caller named it")
def _(test):
    home = test.home()
    for name in "abcde":
        test.image(f"{home}/{name}", 512, owner=54321)
    mnt = test.directory("home/mnt", 54321)
    talk = Talk(test, [f"{home}/a", mnt, "-o", f"log={home}/b,rel=c", f"-J{home}/d",
                       f"--journal={home}/e"], USER, cwd=home)
    talk.mnt = mnt
    for path, wanted in ((f"{home}/a", 0), (f"{home}/b", 0), (f"{home}/d", 0), (f"{home}/e", 0),
                         ("c", errno.EPERM), (f"{home}/c", errno.EPERM), ("a", errno.EPERM),
                         (f"{home}//a", errno.EPERM), (f"{home}/mnt/../a", errno.EPERM),
                         (home, errno.EPERM), ("/etc/passwd", errno.EPERM),
                         ("/proc/self/mem", errno.EPERM), (mnt, errno.EPERM)):
        equal(talk.service.open(path)[0], wanted, f"OPEN of {path}")
    describe_and_finish(talk)


@case("escaped commas and backslashes in a list are undone before a path is compared")
def _(test):
    home = test.home()
    path = f"{home}/a,b\\c"
    test.image(path, 512, owner=54321)
    mnt = test.directory("home/mnt", 54321)
    escaped = path.replace("\\", "\\\\").replace(",", "\\,")
    talk = Talk(test, [mnt, "-o", f"ro_log={escaped}"], USER)
    talk.mnt = mnt
    equal(talk.service.open(path)[0], 0, "OPEN of the plain path")
    equal(talk.service.open(escaped)[0], errno.EPERM, "OPEN of the escaped path")
    describe_and_finish(talk)


@case("a file that the caller cannot open is EACCES, a missing one ENOENT")
def _(test):
    home = test.home()
    test.image(f"{test.folder}/secret", 512)
    mnt = test.directory("home/mnt", 54321)
    talk = Talk(test, [f"{test.folder}/secret", mnt, "-o", f"log={home}/none"], USER)
    talk.mnt = mnt
    equal(talk.service.open(f"{test.folder}/secret")[0], errno.EACCES, "OPEN of a secret")
    equal(talk.service.open(f"{home}/none")[0], errno.ENOENT, "OPEN of nothing")
    equal(talk.service.source("s"), 0, "SOURCE")
    equal(talk.service.mntpt(mnt), 0, "MNTPT")
    equal(talk.service.mount(), 0, "MOUNT")
    _, err = (talk.service.bye(0), talk.ends(0))
    contains(err, "secret", "message")
    test.unmount(mnt, 2)


@case("a failure is reported to the caller, and with the quiet flag it is not")
def _(test):
    home = test.home()
    mnt = test.directory("home/mnt", 54321)
    talk = Talk(test, [f"{home}/loud", f"{home}/quiet", mnt], USER)
    talk.mnt = mnt
    equal(talk.service.open(f"{home}/loud")[0], errno.ENOENT, "OPEN")
    equal(talk.service.open(f"{home}/quiet", request_flags=wire.OPEN_QUIET)[0], errno.ENOENT,
          "quiet OPEN")
    _, err = describe_and_finish(talk)
    contains(err, "loud", "message")
    check("quiet" not in err, f"reported all the same: {err!r}")


def make_special(path, what):
    if what == "a folder":
        os.mkdir(path)
    elif what == "a FIFO":
        os.mkfifo(path)
    elif what == "a character device":
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    elif what == "a symbolic link to a character device":
        os.symlink("/dev/zero", path)


@case("OPEN of {} is refused", "a folder", "a FIFO", "a character device",
      "a symbolic link to a character device")
def _(test, what):
    path = f"{test.folder}/special"
    make_special(path, what)
    mnt = test.directory("mnt")
    talk = Talk(test, [path, mnt])
    talk.mnt = mnt
    for flags in (os.O_RDONLY, os.O_RDWR):
        equal(talk.service.open(path, flags)[0], errno.EPERM, f"OPEN with flags {flags}")
    equal(talk.service.open_bdev(path)[0], errno.ENOTBLK, "OPEN_BDEV")
    describe_and_finish(talk)


@case("OPEN of something in proc is refused even where the caller named it")
def _(test):
    mnt = test.directory("mnt")
    talk = Talk(test, ["/proc/sys/kernel/core_pattern", mnt])
    talk.mnt = mnt
    equal(talk.service.open("/proc/sys/kernel/core_pattern", os.O_RDWR)[0], errno.EPERM, "OPEN")
    describe_and_finish(talk)


@case("OPEN_BDEV opens a block device, and nothing else")
def _(test):
    image = f"{test.folder}/image"
    test.image(image, 1 << 20)
    device = test.loop(image)
    mnt = test.directory("mnt")
    talk = Talk(test, [device, image, mnt])
    talk.mnt = mnt
    equal(talk.service.open_bdev(image)[0], errno.ENOTBLK, "OPEN_BDEV of a file")
    error, fd = talk.service.open_bdev(device, os.O_RDWR, block_size=4096)
    equal(error, 0, "OPEN_BDEV with a block size")
    blkbszget = bytearray(8)
    fcntl.ioctl(fd, 0x80081270, blkbszget)
    equal(struct.unpack("=i4x", blkbszget)[0], 4096, "block size of the device")
    for size in (1, 511, 1000, 256, 131072):
        equal(talk.service.open_bdev(device, os.O_RDWR, block_size=size)[0], errno.EINVAL,
              f"block size {size}")
    equal(talk.service.open(device)[0], 0, "OPEN of a device")
    describe_and_finish(talk)


BAD_FLAGS = {"O_TRUNC": os.O_TRUNC, "O_APPEND": os.O_APPEND, "O_DIRECTORY": os.O_DIRECTORY,
             "O_PATH": os.O_PATH, "O_TMPFILE": os.O_TMPFILE, "O_NOCTTY": os.O_NOCTTY,
             "O_ASYNC": os.O_ASYNC, "bit 31": 1 << 31, "access mode 3": 3}


@case("OPEN with {} is refused, and the file is as it was", *BAD_FLAGS)
def _(test, what):
    talk = setup(test)
    before = os.stat(talk.image)
    for access in {os.O_RDONLY, os.O_RDWR} if what != "access mode 3" else {0}:
        error, _ = talk.service.open(talk.image, access | BAD_FLAGS[what])
        check(error in (errno.EINVAL, errno.EPERM), f"error {error}")
    after = os.stat(talk.image)
    equal((after.st_size, after.st_mtime_ns), (before.st_size, before.st_mtime_ns), "the file")
    describe_and_finish(talk)


@case("the open flags that docs/protocol.md says are accepted are, and no others")
def _(test):
    talk = setup(test)
    page = pathlib.Path(__file__).parents[2] / "docs" / "protocol.md"
    rows = re.findall(r"^\| (0[0-7]*) \| `FSV_(O_\w+)` \| (yes|no) \|$",
                      page.read_text(encoding="utf-8"), re.M)
    check(len(rows) >= 15, f"{len(rows)} flags on the page")
    for value, name, accepted in rows:
        error, _ = talk.service.open(talk.image, int(value, 8))
        if name == "O_DIRECT" and error == errno.EINVAL:
            continue  # not every file system has it
        equal(error == 0, accepted == "yes", f"{name}: error {error}")
    describe_and_finish(talk)


@case("O_CREAT makes a missing file that the caller named, with his umask and no special bits")
def _(test):
    home = test.home()
    mnt = test.directory("home/mnt", 54321)
    talk = Talk(test, [mnt, "-o", f"log={home}/new"], USER)
    talk.mnt = mnt
    error, fd = talk.service.open(f"{home}/new", os.O_RDWR | os.O_CREAT, mode=0o6777)
    equal(error, 0, "OPEN with O_CREAT")
    os.write(fd, b"x")
    status = os.stat(f"{home}/new")
    equal((stat.S_IMODE(status.st_mode), status.st_uid, status.st_size), (0o644, 54321, 1), "file")
    equal(talk.service.open(f"{home}/other", os.O_RDWR | os.O_CREAT, mode=0o600)[0], errno.EPERM,
          "O_CREAT of another name")
    check(not os.path.exists(f"{home}/other"), "it was created")
    describe_and_finish(talk)


@case("where {} said ro, nothing is opened for writing or created, and the mount is read-only",
      ROOT, USER)
def _(test, who):
    home = test.home(who)
    mnt = test.directory("home/mnt", test.id_of(who))
    test.image(f"{home}/image", owner=test.id_of(who))
    talk = Talk(test, [f"{home}/image", mnt, "-o", f"a,ro,log={home}/new"], who)
    talk.mnt = mnt
    for flags in (os.O_RDWR, os.O_WRONLY, os.O_RDWR | os.O_EXCL):
        equal(talk.service.open(f"{home}/image", flags)[0], errno.EACCES, f"flags {flags}")
    check(talk.service.open(f"{home}/new", os.O_RDWR | os.O_CREAT, mode=0o600)[0] != 0, "O_CREAT")
    check(not os.path.exists(f"{home}/new"), "it was created")
    equal(talk.service.open(f"{home}/image")[0], 0, "OPEN for reading")
    found, _ = describe_and_finish(talk)
    contains(found.options, "ro", "mount options")


@case("at most 256 files are opened")
def _(test):
    talk = setup(test)
    for number in range(256):
        error, fd = talk.service.open(talk.image)
        equal(error, 0, f"OPEN {number}")
        os.close(talk.service.files.pop())
    check(talk.service.open(talk.image)[0] != 0, "the 257th was opened")
    describe_and_finish(talk)


@case("fuse.conf opens further paths to a subtype, read-only unless it says rw")
def _(test):
    shared = test.directory("shared")
    for name in ("key.a", "key.b", ".key", "other"):
        test.image(f"{shared}/{name}", 512, mode=0o666)
    test.configure(f"service_open_path = scripted {shared}/key.*\n"
                   f"service_open_path = scripted {shared}/*.b rw\n"
                   f"service_open_path = another {shared}/other\n")
    talk = setup(test, who=USER)
    for name, flags, works in (("key.a", os.O_RDONLY, True), ("key.a", os.O_RDWR, False),
                               ("key.b", os.O_RDWR, True), (".key", os.O_RDONLY, False),
                               ("other", os.O_RDONLY, False), ("../shared/key.a", 0, False)):
        error, _ = talk.service.open(f"{shared}/{name}", flags)
        equal(error == 0, works, f"OPEN of {name} with flags {flags}: error {error}")
    describe_and_finish(talk)


# Describing the mount


ORDER_ERRORS = {
    "FSOPEN twice": [("fsopen", 0, 0), ("fsopen", 0, errno.EINVAL)],
    "FSOPEN after SOURCE": [("source", "s", 0), ("fsopen", 0, errno.EINVAL)],
    "FSOPEN after MNTOPTS": [("mntopts", "default_permissions", 0), ("fsopen", 0, errno.EINVAL)],
    "FSOPEN after MTABOPTS": [("mtabopts", "nofail", 0), ("fsopen", 0, errno.EINVAL)],
    "FSOPEN after MNTPT": [("mntpt", None, 0), ("fsopen", 0, errno.EINVAL)],
    "SOURCE twice": [("source", "s", 0), ("source", "s", errno.EINVAL)],
    "MNTOPTS twice": [("mntopts", "default_permissions", 0),
                      ("mntopts", "default_permissions", errno.EINVAL)],
    "MTABOPTS twice": [("mtabopts", "nofail", 0), ("mtabopts", "nofail", errno.EINVAL)],
    "MNTPT twice": [("mntpt", None, 0), ("mntpt", None, errno.EINVAL)],
    "MOUNT without SOURCE": [("mntpt", None, 0), ("mount", 0, errno.EINVAL)],
    "MOUNT without MNTPT": [("source", "s", 0), ("mount", 0, errno.EINVAL)],
    "UNMOUNT before MOUNT": [("unmount", None, errno.EINVAL)],
}


@case("{} is EINVAL, and the session goes on", *ORDER_ERRORS)
def _(test, what):
    talk = setup(test)
    done = set()
    for name, value, wanted in ORDER_ERRORS[what]:
        call = getattr(talk.service, name)
        value = talk.mnt if name == "mntpt" else value
        got = call() if name == "unmount" else call(value)
        equal(got, wanted, name)
        if got == 0:
            done.add(name)
    if "source" not in done:
        equal(talk.service.source("scripted"), 0, "SOURCE")
    if "mntpt" not in done:
        equal(talk.service.mntpt(talk.mnt), 0, "MNTPT")
    equal(talk.service.mount(), 0, "MOUNT")
    finish(talk)


@case("what was refused may be tried again")
def _(test):
    talk = setup(test, who=USER)
    equal(talk.service.fsopen(wire.FSOPEN_FUSEBLK), errno.EPERM, "FSOPEN for fuseblk")
    equal(talk.service.fsopen(0), 0, "FSOPEN")
    equal(talk.service.source("/etc/passwd"), errno.EINVAL, "SOURCE that the caller did not type")
    equal(talk.service.source("s"), 0, "SOURCE")
    equal(talk.service.mntopts("allow_other"), errno.EPERM, "MNTOPTS")
    equal(talk.service.mntopts("default_permissions"), 0, "MNTOPTS")
    equal(talk.service.mntpt(talk.mnt + "/"), errno.EINVAL, "MNTPT")
    equal(talk.service.mntpt(talk.mnt), 0, "MNTPT")
    equal(talk.service.mount(wire.MS_REMOUNT), errno.EINVAL, "MOUNT")
    equal(talk.service.mount(0), 0, "MOUNT")
    finish(talk)


@case("MNTPT is the mount-point operand, byte for byte")
def _(test):
    talk = setup(test)
    for path in (talk.mnt + "/", talk.mnt + "/.", talk.mnt[:-1], "/", "mnt", talk.image):
        equal(talk.service.mntpt(path, 0), errno.EINVAL, f"MNTPT {path}")
    equal(talk.service.mntpt(talk.mnt, 0), 0, "MNTPT")
    equal(talk.service.source("s"), 0, "SOURCE")
    equal(talk.service.mount(), 0, "MOUNT")
    finish(talk)


@case("MNTPT tells a folder from a file")
def _(test):
    talk = setup(test)
    equal(talk.service.mntpt(talk.mnt, wire.S_IFREG), errno.EISDIR, "a file wanted, a folder there")
    describe_and_finish(talk)


@case("MNTPT tells a file from a folder")
def _(test):
    path = f"{test.folder}/file"
    test.image(path, 16)
    talk = Talk(test, [path])
    talk.mnt = path
    equal(talk.service.mntpt(path, wire.S_IFDIR), errno.ENOTDIR, "a folder wanted, a file there")
    equal(talk.service.source("s"), 0, "SOURCE")
    equal(talk.service.mntpt(path, wire.S_IFREG), 0, "MNTPT")
    equal(talk.service.mount(), 0, "MOUNT")
    finish(talk)


@case("MNTPT refuses what is neither folder nor file")
def _(test):
    path = f"{test.folder}/fifo"
    os.mkfifo(path)
    talk = Talk(test, [path])
    check(talk.service.mntpt(path, 0) != 0, "a FIFO was accepted")
    talk.service.bye(1)
    talk.fails()


@case("SOURCE refuses control characters and paths that the caller did not type")
def _(test):
    talk = setup(test)
    for value in ("a\nb", "\x1b[2J", "a\x7f", "a\u009bb", "/dev/sda", "a/b"):
        equal(talk.service.source(value), errno.EINVAL, f"SOURCE {value!r}")
    equal(talk.service.source(talk.image), 0, "SOURCE that the caller typed")
    equal(talk.service.mntpt(talk.mnt), 0, "MNTPT")
    equal(talk.service.mount(), 0, "MOUNT")
    found, _ = finish(talk)
    equal(found.source, talk.image, "source of the mount")


@case("a SOURCE over 255 bytes is replaced by the subtype")
def _(test):
    talk = setup(test)
    equal(talk.service.source("s" * 256), 0, "SOURCE")
    equal(talk.service.mntpt(talk.mnt), 0, "MNTPT")
    equal(talk.service.mount(), 0, "MOUNT")
    found, _ = finish(talk)
    equal(found.source, "scripted", "source of the mount")


@case("a SOURCE with commas and blanks is one source and no option")
def _(test):
    talk = setup(test, who=USER)
    value = "a,allow_other,user_id=0 b"
    equal(talk.service.source(value), 0, "SOURCE")
    equal(talk.service.mntpt(talk.mnt), 0, "MNTPT")
    equal(talk.service.mount(), 0, "MOUNT")
    found, _ = finish(talk)
    equal(found.source, value, "source of the mount")
    check("allow_other" not in found.super_options, f"options {found.super_options}")


BAD_OPTIONS = ("fd=3", "rootmode=40000", "user_id=0", "group_id=0", "subtype=other", "source=x",
               "nonsense", "default_permissions=1", "max_read", "max_read=", "max_read=-1",
               "max_read=0x10", "max_read=4294967296", "blksize=4096", "allow_root",
               "default_permissions,fd=3", "max_read=1 ")


@case("MNTOPTS {} is EINVAL", *BAD_OPTIONS)
def _(test, option):
    talk = setup(test, who=USER)
    equal(talk.service.mntopts(option), errno.EINVAL, "MNTOPTS")
    describe_and_finish(talk)


@case("an LSM context in MNTOPTS that root did not type is refused for {}", ROOT, USER)
def _(test, who):
    context = "context=system_u:object_r:tmp_t:s0"
    talk = setup(test, *(["-o", context] if who == USER else []), who=who)
    check(talk.service.mntopts(context) in (errno.EINVAL, errno.EPERM), "MNTOPTS")
    describe_and_finish(talk)


@case("allow_other without leave is EPERM at MNTOPTS")
def _(test):
    talk = setup(test, "-o", "allow_other", who=USER)
    equal(talk.service.mntopts("allow_other"), errno.EPERM, "MNTOPTS")
    talk.service.bye(1)
    talk.fails()


@case("allow_other that the caller did not type brings default_permissions with it")
def _(test):
    test.configure("user_allow_other\n")
    talk = setup(test, who=USER)
    equal(talk.service.mntopts("allow_other"), 0, "MNTOPTS")
    found, _ = describe_and_finish_rest(talk)
    check({"allow_other", "default_permissions"} <= set(found.super_options),
          f"options {found.super_options}")


def describe_and_finish_rest(talk):
    equal(talk.service.source("s"), 0, "SOURCE")
    equal(talk.service.mntpt(talk.mnt), 0, "MNTPT")
    equal(talk.service.mount(), 0, "MOUNT")
    return finish(talk)


@case("MNTOPTS are on the mount")
def _(test):
    talk = setup(test)
    equal(talk.service.mntopts("default_permissions,,max_read=8192,allow_other"), 0, "MNTOPTS")
    found, _ = describe_and_finish_rest(talk)
    check({"default_permissions", "max_read=8192", "allow_other"} <= set(found.super_options),
          f"options {found.super_options}")


@case("MTABOPTS that the caller did not type are left out, not refused")
def _(test):
    talk = setup(test, who=USER)
    equal(talk.service.mtabopts("x-systemd.requires=evil.service,user=root,uhelper=evil"), 0,
          "MTABOPTS")
    describe_and_finish_rest(talk)
    utab = "/run/mount/utab"
    if os.path.exists(utab):
        with open(utab, encoding="utf-8") as f:
            check("evil" not in f.read(), "it is in utab")


@case("MOUNT flags that no mount of ours can have are EINVAL")
def _(test):
    talk = setup(test)
    describe(talk)
    allowed = 0x03200D9F
    for bit in range(32):
        if not allowed >> bit & 1:
            equal(talk.service.mount(1 << bit), errno.EINVAL, f"MOUNT with bit {bit}")
    test.not_mounted()
    equal(talk.service.mount(0), 0, "MOUNT")
    finish(talk)


@case("MOUNT with flags {1} by {0}: {2}, and nosuid and nodev as always",
      *[(who, flags, word) for who in (ROOT, USER)
        for flags, word in ((0, "rw"), (wire.MS_RDONLY, "ro"), (wire.MS_NOEXEC, "noexec"))])
def _(test, who, flags, word):
    talk = mounted(test, who=who, flags=flags)
    found, _ = finish(talk)
    check({"nosuid", "nodev", word} <= set(found.options), f"options {found.options}")


@case("MOUNT flags cannot take away what {} typed", ROOT, USER)
def _(test, who):
    talk = mounted(test, "-o", "ro,noexec,nosymfollow,dirsync", who=who, flags=0)
    found, _ = finish(talk)
    check({"ro", "noexec", "nosuid", "nodev", "nosymfollow"} <= set(found.options),
          f"options {found.options}")


@case("fuseblk is EPERM at FSOPEN for an ordinary user")
def _(test):
    talk = setup(test, who=USER)
    equal(talk.service.fsopen(wire.FSOPEN_FUSEBLK), errno.EPERM, "FSOPEN")
    talk.service.bye(1)
    talk.fails()


@case("with fuseblk the SOURCE must be a block device that the caller named")
def _(test):
    talk = setup(test)
    equal(talk.service.fsopen(wire.FSOPEN_FUSEBLK), 0, "FSOPEN")
    for value in (talk.image, "/dev/loop0", "scripted"):
        check(talk.service.source(value) != 0, f"SOURCE {value} was accepted")
    talk.service.bye(1)
    talk.fails()


# Bad packets


BAD_BODIES = {
    "FSOPEN without a body": wire.packet(wire.FSOPEN),
    "FSOPEN with a long body": wire.packet(wire.FSOPEN, bytes(8)),
    "FSOPEN with an unknown flag": wire.packet(wire.FSOPEN, wire.u32(2)),
    "SOURCE without a body": wire.packet(wire.SOURCE),
    "SOURCE with an empty string": wire.packet(wire.SOURCE, b"\0"),
    "SOURCE without its NUL": wire.packet(wire.SOURCE, b"abc"),
    "SOURCE with an inner NUL": wire.packet(wire.SOURCE, b"a\0b\0"),
    "MNTOPTS without its NUL": wire.packet(wire.MNTOPTS, b"abc"),
    "MTABOPTS with an inner NUL": wire.packet(wire.MTABOPTS, b"a\0\0"),
    "MNTPT with a pad that is not zero": wire.mntpt("/mnt", wire.S_IFDIR, 1),
    "MNTPT with an unknown format": wire.mntpt("/mnt", 0x1000),
    "MNTPT with a short body": wire.packet(wire.MNTPT, b"\x40\0"),
    "MOUNT with a short body": wire.packet(wire.MOUNT, b"\0\0"),
    "MOUNT with a long body": wire.packet(wire.MOUNT, bytes(5)),
    "UNMOUNT with a body": wire.packet(wire.UNMOUNT, bytes(4)),
}


@case("{} is EINVAL, and the session goes on", *BAD_BODIES)
def _(test, what):
    talk = setup(test)
    equal(talk.service.ask(BAD_BODIES[what]), errno.EINVAL, what)
    describe_and_finish(talk)


BAD_OPENS = {
    "a block size in OPEN": (wire.open_request(wire.OPEN, "/p", 0, block_size=512), "/p"),
    "an unknown request flag": (wire.open_request(wire.OPEN, "/p", 0, request_flags=2), "/p"),
    "an unknown request flag in OPEN_BDEV":
        (wire.open_request(wire.OPEN_BDEV, "/p", 0, request_flags=4), "/p"),
    "an empty path": (wire.open_request(wire.OPEN, "", 0), "?"),
    "a path without its NUL": (wire.open_request(wire.OPEN, "/path", 0)[:-1], "?"),
    "a path with an inner NUL": (wire.open_request(wire.OPEN, "/pa\0th", 0), "?"),
    "no path": (wire.packet(wire.OPEN, bytes(16)), "?"),
    "a short OPEN": (wire.packet(wire.OPEN, bytes(7)), "?"),
    "OPEN without a body": (wire.packet(wire.OPEN), "?"),
}


@case("{} is answered with FILE, EINVAL and the path if it is readable", *BAD_OPENS)
def _(test, what):
    talk = setup(test)
    data, path = BAD_OPENS[what]
    talk.service.send(data)
    equal(talk.service.expect_file(), (errno.EINVAL, path, None), "answer")
    describe_and_finish(talk)


NO_COMMANDS = {
    "an unknown magic": b"XXXX",
    "a packet of 3 bytes": b"OPE",
    "a packet over the limit": wire.packet(wire.SOURCE, b"s" * 65532 + b"\0"),
    "HELLO": wire.hello(),
    "HELLO_REPLY": wire.hello_reply(),
    "FILE": wire.file_answer(0, "argv"),
    "REPLY": wire.reply(),
}


@case("{} ends the session with exit 1", *NO_COMMANDS)
def _(test, what):
    talk = setup(test)
    talk.service.send(NO_COMMANDS[what])
    talk.gives_up()


@case("{} after MOUNT takes the mount away", *NO_COMMANDS)
def _(test, what):
    talk = mounted(test)
    talk.service.send(NO_COMMANDS[what])
    talk.gives_up()


@case("the longest packet is a packet")
def _(test):
    talk = setup(test)
    path = "/" + "p" * (wire.PACKET_MAX - 4 - 16 - 2)
    data = wire.open_request(wire.OPEN, path, 0)
    equal(len(data), wire.PACKET_MAX, "size of the packet")
    talk.service.send(data)
    error, answered, _ = talk.service.expect_file()
    equal((error, answered), (errno.EPERM, path), "answer")
    describe_and_finish(talk)


@case("files that the service sends are dropped")
def _(test):
    talk = setup(test)
    fds = lambda: len(os.listdir(f"/proc/{talk.process.pid}/fd"))
    before = fds()
    with open("/dev/null", "rb") as f:
        for _ in range(20):
            try:
                error = talk.service.ask(wire.packet(wire.MOUNT, wire.u32(0)), *[f.fileno()] * 3)
            except PermissionError:
                continue  # a kernel with SO_PASSRIGHTS refuses to send them at all
            equal(error, errno.EINVAL, "MOUNT too early")
    equal(fds(), before, "open files of the helper")
    describe_and_finish(talk)


@case("a flood of bad commands ends, and prints a few lines only")
def _(test):
    talk = setup(test)
    try:
        for _ in range(5000):
            talk.service.ask(wire.packet(wire.SOURCE, b"\x1b\0"))
    except wire.Closed:
        err = talk.fails()
        check(err.count("\n") <= 50, f"{err.count(chr(10))} lines")
        return
    raise AssertionError("5000 commands were answered")


# The end


@case("BYE(0) without a mount is exit 1")
def _(test):
    talk = setup(test)
    talk.service.bye(0)
    talk.fails()


@case("BYE({}) is exit 1, whatever the number", 1, 2, 77, 0xFFFFFFFF)
def _(test, code):
    talk = setup(test)
    talk.service.bye(code)
    talk.fails()


@case("BYE(5) after MOUNT takes the mount away, exit 1, for {}", ROOT, USER)
def _(test, who):
    talk = mounted(test, who=who)
    talk.service.bye(5)
    talk.fails()


@case("a BYE with a bad body after MOUNT takes the mount away")
def _(test):
    talk = mounted(test)
    talk.service.send(wire.packet(wire.BYE, b"\0"))
    talk.service.sock.shutdown(1)
    talk.fails()


@case("closing without BYE is exit 1")
def _(test):
    talk = setup(test)
    describe(talk)
    talk.service.close()
    talk.fails()


@case("closing after MOUNT without BYE takes the mount away, for {}", ROOT, USER)
def _(test, who):
    talk = mounted(test, who=who)
    talk.service.close()
    talk.fails()


@case("UNMOUNT takes the mount away, and BYE(0) after it is exit 1, for {}", ROOT, USER)
def _(test, who):
    talk = mounted(test, who=who)
    equal(talk.service.unmount(), 0, "UNMOUNT")
    test.not_mounted()
    equal(talk.service.unmount(), errno.EINVAL, "UNMOUNT again")
    equal(talk.service.mount(0), errno.EINVAL, "MOUNT again")
    talk.service.bye(0)
    talk.fails()


@case("after MOUNT only UNMOUNT, BYE and OPEN are left")
def _(test):
    talk = mounted(test)
    for name, value in (("fsopen", 0), ("source", "s"), ("mntopts", "default_permissions"),
                        ("mtabopts", "nofail"), ("mntpt", talk.mnt), ("mount", 0)):
        equal(getattr(talk.service, name)(value), errno.EINVAL, name)
    for path in (talk.image, "/etc/passwd", talk.mnt + "/x"):
        equal(talk.service.open(path)[0], errno.EPERM, f"OPEN of {path}")
    finish(talk)


@case("OPEN of the mount point after MOUNT asks whether the file system answers")
def _(test):
    talk = mounted(test)
    server = TinyFuse(talk.service.fusedev)
    equal(talk.service.open(talk.mnt)[0], errno.EISDIR, "OPEN of the mount point")
    server.statfs_error = errno.EIO
    equal(talk.service.open(talk.mnt)[0], errno.EIO, "OPEN where statfs fails")
    found, _ = finish(talk)
    talk.service.close()
    check(server.join(), "the connection to the kernel is not gone")


def killed(test, number, who, is_mounted):
    talk = mounted(test, who=who) if is_mounted else setup(test, who=who)
    if who == ROOT:
        os.kill(talk.process.pid, number)
    else:
        test.as_user(os.kill, talk.process.pid, number)
    status, _ = talk.wait()
    check(status in (1, -number), f"exit status {status}")
    wait_for(lambda: not test.mounts(), "the mount to go")
    check(talk.service.closed(), "the connection stays")


SIGNALS = [(s.name, who, when) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
                                         signal.SIGKILL)
           for who in (ROOT, USER) for when in ("before MOUNT", "after MOUNT")]


@case("{2}, {0} from {1} ends the helper, and no mount is left", *SIGNALS)
def _(test, name, who, when):
    killed(test, signal.Signals[name], who, when == "after MOUNT")


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return dict(line.split(":\t", 1) for line in f.read().splitlines())


@case("an ordinary user can neither stop nor kill the process that holds the privilege")
def _(test):
    talk = mounted(test, who=USER)
    family = [talk.process.pid] + [pid for pid, (parent, _) in processes().items()
                                   if parent == talk.process.pid]
    rights = {pid: int(status_of(pid)["CapPrm"], 16) for pid in family}
    [mounter] = [pid for pid in family if rights[pid]]
    equal(rights[mounter], 1 << CAP_SYS_ADMIN, "capabilities of the mounter")
    equal(status_of(mounter)["Uid"].split(), ["0", "54321", "0", "54321"], "its ids")
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
        fails_with(errno.EPERM, test.as_user, os.kill, mounter, number)
    finish(talk)


if __name__ == "__main__":
    sys.exit(main())
