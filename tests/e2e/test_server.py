#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The example services against a scripted helper: what they send, what they make of bad answers.

The helper here is this program. It mounts nothing, so MOUNT is answered with what a case wants.
"""

import errno
import os
import signal
import socket
import sys

import wire
from harness import EXAMPLES, case, check, contains, equal, main, wait_for

SINGLE_FILE = ("service_ll", "service_hl")


class Talk(wire.Helper):
    """A connection to a fresh instance of an activated service."""

    def __init__(self, test, program):
        self.service = test.activate(program)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.connect(self.service.path)
        super().__init__(sock)
        self.test = test
        self.image = f"{test.folder}/image"
        test.image(self.image)
        test.cleanup.append(self.close)

    def greeted(self, *words, flags=0):
        """The handshake with the image and a mount point as the caller's words."""
        self.handshake([os.path.basename(self.service.path), self.image, "/mnt", *words], flags)
        return self

    def wants(self, *command):
        equal(self.command(), command, "the service's command")

    def hand_out(self, path, flags=os.O_RDWR):
        fd = os.open(path, flags)
        try:
            self.send(wire.file_answer(0, path), fd)
        finally:
            os.close(fd)

    def opened(self, flags=os.O_RDWR | os.O_EXCL):
        """Answer the OPEN of the image."""
        self.wants(wire.OPEN, flags, 0, 0, 0, self.image)
        self.hand_out(self.image)
        return self

    def describe(self, refuse=None):
        """Answer everything up to MOUNT, {magic: command}; `refuse` is answered with EINVAL."""
        seen = {}
        while True:
            command = self.command()
            check(command[0] not in seen, f"{command} twice")
            seen[command[0]] = command
            if command[0] in (wire.MOUNT, wire.BYE):
                return seen
            self.send(wire.reply(errno.EINVAL if command[0] == refuse else 0))

    def gives_up(self):
        """The service says BYE(1) or nothing, and ends with 1."""
        try:
            self.wants(wire.BYE, 1)
        except wire.Closed:
            pass
        self.service.wait_end([1])


@case("{}: OPEN, FSOPEN, SOURCE, MNTPT, MOUNT, BYE, in this order", *SINGLE_FILE)
def _(test, program):
    talk = Talk(test, program).greeted().opened()
    seen = talk.describe()
    names = [m for m in seen if m not in (wire.MNTOPTS, wire.MTABOPTS)]
    equal(names, [wire.FSOPEN, wire.SOURCE, wire.MNTPT, wire.MOUNT], "order")
    equal(seen[wire.FSOPEN], (wire.FSOPEN, 0), "FSOPEN")
    equal(seen[wire.SOURCE], (wire.SOURCE, program), "SOURCE")
    equal(seen[wire.MNTPT], (wire.MNTPT, wire.S_IFDIR, 0, "/mnt"), "MNTPT")
    equal(seen[wire.MOUNT], (wire.MOUNT, wire.MS_NOSUID | wire.MS_NODEV), "MOUNT")
    talk.send(wire.reply(0))
    talk.wants(wire.BYE, 0)
    check(talk.closed(), "the service keeps the connection")
    # Its /dev/fuse was never mounted, so that its first read from it fails.
    wait_for(talk.service.statuses, "the service to end")


@case("{}: the caller's options are sent where they belong", *SINGLE_FILE)
def _(test, program):
    talk = Talk(test, program).greeted(
        "-o", "ro,fsname=name,allow_other,max_read=8192,x-test=1,dio,sync,size=4096,noexec")
    talk.opened(os.O_RDONLY | os.O_EXCL)
    seen = talk.describe()
    equal(seen[wire.SOURCE][1], "name", "SOURCE")
    equal(set(seen[wire.MNTOPTS][1].split(",")), {"allow_other", "max_read=8192"}, "MNTOPTS")
    contains(seen[wire.MTABOPTS][1], "x-test=1", "MTABOPTS")
    flags = wire.MS_RDONLY | wire.MS_NOSUID | wire.MS_NODEV | wire.MS_NOEXEC
    equal(seen[wire.MOUNT], (wire.MOUNT, flags), "MOUNT")
    talk.send(wire.reply(errno.EPERM))
    talk.gives_up()


@case("{}: require_bdev asks for a block device, with the block size", *SINGLE_FILE)
def _(test, program):
    talk = Talk(test, program).greeted("-o", "require_bdev,blocksize=2k")
    talk.wants(wire.OPEN_BDEV, os.O_RDWR | os.O_EXCL, 0, 0, 2048, talk.image)
    talk.send(wire.file_answer(errno.ENOTBLK, talk.image))
    talk.gives_up()


@case("{}: after {} it tries once more, read-only",
      *[(program, name) for program in SINGLE_FILE for name in ("EACCES", "EPERM", "EROFS")])
def _(test, program, name):
    talk = Talk(test, program).greeted()
    talk.wants(wire.OPEN, os.O_RDWR | os.O_EXCL, 0, 0, 0, talk.image)
    talk.send(wire.file_answer(getattr(errno, name), talk.image))
    talk.wants(wire.OPEN, os.O_RDONLY | os.O_EXCL, 0, 0, 0, talk.image)
    talk.send(wire.file_answer(errno.EACCES, talk.image))
    talk.gives_up()


@case("{}: after {} it does not try again",
      *[(program, name) for program in SINGLE_FILE for name in ("ENOENT", "EBUSY", "EIO")])
def _(test, program, name):
    talk = Talk(test, program).greeted()
    talk.wants(wire.OPEN, os.O_RDWR | os.O_EXCL, 0, 0, 0, talk.image)
    talk.send(wire.file_answer(getattr(errno, name), talk.image))
    talk.gives_up()


REFUSALS = {"FSOPEN": wire.FSOPEN, "SOURCE": wire.SOURCE, "MNTPT": wire.MNTPT}


@case("{}: {} refused is BYE(1), and no MOUNT",
      *[(program, name) for program in SINGLE_FILE for name in REFUSALS])
def _(test, program, name):
    talk = Talk(test, program).greeted().opened()
    seen = talk.describe(REFUSALS[name])
    check(wire.MOUNT not in seen, "MOUNT was sent")
    equal(seen[wire.BYE], (wire.BYE, 1), "BYE")
    talk.service.wait_end([1])


@case("null asks for a file as mount point, and for no file")
def _(test):
    talk = Talk(test, "null")
    talk.handshake(["null", "/mnt"])
    seen = talk.describe()
    equal(seen[wire.MNTPT], (wire.MNTPT, wire.S_IFREG, 0, "/mnt"), "MNTPT")
    talk.send(wire.reply(errno.EBUSY))
    talk.gives_up()


@case("{}: a helper that leaves at once", *EXAMPLES)
def _(test, program):
    talk = Talk(test, program)
    talk.close()
    talk.service.wait_end([1])


@case("{}: a helper that leaves before {}",
      *[(program, when) for program in SINGLE_FILE for when in ("argv", "the image", "MOUNT")])
def _(test, program, when):
    talk = Talk(test, program)
    if when == "argv":
        talk.greet()
    else:
        talk.greeted()
        if when == "MOUNT":
            talk.opened().describe()
    talk.close()
    talk.service.wait_end([1])


HELLOS = {
    "no common version": wire.hello(2, 9),
    "version 0 only": wire.hello(0, 0),
    "min over max": wire.hello(1, 0),
    "an unknown flag": wire.hello(1, 1, 4),
    "a short HELLO": wire.hello()[:-1],
    "a long HELLO": wire.hello() + b"\0",
    "an unknown magic": b"GET / HTTP/1.1\r\n\r\n",
    "BYE": wire.packet(wire.BYE, wire.u32(0)),
}


@case("HELLO with {} is the end", *HELLOS)
def _(test, what):
    talk = Talk(test, "service_ll")
    talk.send(HELLOS[what])
    check(talk.closed(), "the service answered")
    talk.service.wait_end([1])


@case("a wide range of versions is answered with 1")
def _(test):
    talk = Talk(test, "service_ll")
    equal(talk.greet(0, 65535), 1, "version")
    talk.close()
    talk.service.wait_end([1])


GOOD_BLOB = wire.blob([b"service_ll", b"/image", b"/mnt"])
BLOBS = {
    "nothing": b"",
    "a bad magic": b"XXXX" + GOOD_BLOB[4:],
    "argc 0": wire.u32(wire.ARGS, 0),
    "a huge argc": wire.u32(wire.ARGS, 0xFFFFFFFF) + GOOD_BLOB[8:],
    "a table that is cut off": GOOD_BLOB[:20],
    "a position in the table": wire.u32(wire.ARGS, 1, 8, 1) + b"a\0",
    "a position at the end": wire.u32(wire.ARGS, 1, 18, 1) + b"a\0",
    "an overflowing range": wire.u32(wire.ARGS, 1, 16, 0xFFFFFFFF) + b"a\0",
    "length 0": wire.u32(wire.ARGS, 1, 16, 0) + b"a\0",
    "a missing NUL": wire.u32(wire.ARGS, 1, 16, 2) + b"ab",
    "an inner NUL": wire.u32(wire.ARGS, 1, 16, 3) + b"a\0\0",
    "more than 1 MiB": wire.u32(wire.ARGS, 1, 16, 2) + b"a\0" + bytes(1 << 20),
}


@case("an argument blob with {} is the end", *BLOBS)
def _(test, what):
    talk = Talk(test, "service_ll")
    talk.greet()
    fd = os.memfd_create("argv", os.MFD_CLOEXEC)
    try:
        os.write(fd, BLOBS[what])
        talk.send(wire.file_answer(0, "argv"), fd)
        talk.send_fusedev()
    except wire.Closed:
        pass
    finally:
        os.close(fd)
    talk.gives_up()


@case("an argument blob with gaps, strings in any order, and the file position at its end is fine")
def _(test):
    talk = Talk(test, "service_ll")
    image = os.fsencode(talk.image) + b"\0"
    head = 8 + 3 * 8
    content = wire.u32(wire.ARGS, 3, head + 50, 11, head + 100, len(image), head + 3, 5)
    content += (b"\xff" * 3 + b"/mnt\0").ljust(50, b"\xff") + b"service_ll\0".ljust(50, b"\xff")
    content += image + b"trailing"
    talk.greet()
    fd = os.memfd_create("argv", os.MFD_CLOEXEC)
    os.write(fd, content)
    talk.send(wire.file_answer(0, "argv"), fd)
    os.close(fd)
    talk.send_fusedev()
    talk.opened()
    talk.close()
    talk.service.wait_end([1])


def bad_file(talk, what):
    """Answer the OPEN of the image with something that is no proper answer."""
    null = os.open("/dev/null", os.O_RDONLY)
    try:
        if what == "no file":
            talk.send(wire.file_answer(0, talk.image))
        elif what == "two files":
            talk.send(wire.file_answer(0, talk.image), null, null)
        elif what == "a file with an error":
            talk.send(wire.file_answer(errno.EACCES, talk.image), null)
        elif what == "another path":
            talk.send(wire.file_answer(0, "/other"), null)
        elif what == "an errno over 4095":
            talk.send(wire.file_answer(4096, talk.image))
        elif what == "REPLY instead of FILE":
            talk.send(wire.reply(0))
        elif what == "a cut-off FILE":
            talk.send(wire.packet(wire.FILE, wire.u32(0) + b"/imag"))
        elif what == "a character device":
            talk.send(wire.file_answer(0, talk.image), null)
    finally:
        os.close(null)


@case("{}: an OPEN answered with {} ends in BYE(1) and exit 1",
      *[(program, what) for program in SINGLE_FILE for what in (
          "no file", "two files", "a file with an error", "another path", "an errno over 4095",
          "REPLY instead of FILE", "a cut-off FILE", "a character device")])
def _(test, program, what):
    talk = Talk(test, program).greeted()
    talk.wants(wire.OPEN, os.O_RDWR | os.O_EXCL, 0, 0, 0, talk.image)
    bad_file(talk, what)
    talk.gives_up()


@case("SIGTERM while it waits for the helper ends {} at once", *SINGLE_FILE)
def _(test, program):
    talk = Talk(test, program).greeted()
    talk.wants(wire.OPEN, os.O_RDWR | os.O_EXCL, 0, 0, 0, talk.image)
    [pid] = talk.service.instances()
    os.kill(pid, signal.SIGTERM)
    try:
        talk.wants(wire.BYE, 1)
    except wire.Closed:
        pass
    wait_for(lambda: talk.service.statuses(), "the service to end")
    check(talk.service.statuses()[0] in (1, signal.SIGTERM), f"{talk.service.statuses()}")


if __name__ == "__main__":
    sys.exit(main())
