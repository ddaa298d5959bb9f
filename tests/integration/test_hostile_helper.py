#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Servers under a helper that sends nonsense, too little, too late, or goes away.

Whatever it does, a server ends with an error in time, and says goodbye where there is somebody left
to hear it. More of this kind, with a real socket activation, is in ../e2e/test_server.py.
"""

import errno
import fcntl
import os
import resource
import signal
import socket
import sys
import tempfile
import time

from scripted_helper import DEFAULT_MS, NAMES, Server, limited, open_files

import wire
from harness import case, check, contains, equal, fails_with, main, wait_for

PROGRAM = "service_ll"
IMAGE, MNT = "/image", "/mnt"


def start(test, *words, program=PROGRAM, **more):
    return Server(test, program, *(words or (IMAGE, MNT)), **more)


def refused(server, seconds=10):
    """It says BYE(1), or just closes, and exits with 1."""
    try:
        equal(server.command(), (wire.BYE, 1), "the last command")
        check(server.closed(), "packets after BYE")
    except wire.Closed:
        pass
    server.ends(1, seconds=seconds)
    contains(server.stderr(), "fuse-service: ", "a message")


def goodbye_heard(server):
    equal(server.command(), (wire.BYE, 1), "the last command")
    check(server.closed(), "packets after BYE")
    server.ends(1)


# Activation

@case("two passed files are refused")
def _(test):
    server = start(test, count=2)
    check(server.closed(), "it speaks")
    server.ends(1)
    contains(server.stderr(), "more than one file", "message")


@case("LISTEN_FDS={} is refused", "x", "-1", "0", "1x", "99999999999")
def _(test, value):
    server = start(test, environment={"LISTEN_FDS": value})
    check(server.closed(), "it speaks")
    server.ends(1)


@case("a count of more files than there are is refused")
def _(test):
    server = start(test, environment={"LISTEN_FDS": "3"})
    check(server.closed(), "it speaks")
    server.ends(1)


@case("LISTEN_PID of another process is no activation")
def _(test):
    server = start(test, environment={"LISTEN_PID": "1"})
    check(server.closed(), "it speaks")
    server.ends(1)
    contains(server.stderr(), "started by systemd", "message")


def not_a_connection(what, folder):
    if what == "a stream":
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    if what == "datagrams":
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    if what == "a pipe":
        ours, theirs = os.pipe()
        return open(theirs, "wb"), open(ours, "rb")
    if what == "a regular file":
        return tempfile.TemporaryFile(), tempfile.TemporaryFile()
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if what == "a listening socket":
        sock.bind(f"{folder}/socket")
        sock.listen()
    return open("/dev/null", "rb"), sock


@case("{} instead of the connection is refused", "a stream", "datagrams", "a pipe",
      "a regular file", "a listening socket", "an unconnected socket")
def _(test, what):
    connection = not_a_connection(what, test.folder)
    if not isinstance(connection[0], socket.socket):
        spare = socket.socketpair()
        connection[0].close()
        spare[1].close()
        connection = (spare[0], connection[1])
    server = start(test, connection=connection)
    server.ends(1)
    contains(server.stderr(), "SOCK_SEQPACKET", "message")


# The handshake

@case("HELLO with a file is refused")
def _(test):
    server = start(test)
    with open("/dev/null", "rb") as f:
        server.send(wire.hello(), f.fileno())
    refused(server)


def pack(data):
    fd = os.memfd_create("argv", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, data)
    return fd


GOOD = wire.blob([b"x", IMAGE.encode(), MNT.encode()])
BAD_ARGV = {
    "no file": lambda t: (wire.file_answer(0, "argv"), []),
    "two files": lambda t: (wire.file_answer(0, "argv"), [pack(GOOD), pack(GOOD)]),
    "many files": lambda t: (wire.file_answer(0, "argv"), [pack(GOOD) for _ in range(200)]),
    "an error": lambda t: (wire.file_answer(errno.EIO, "argv"), []),
    "an error and a file": lambda t: (wire.file_answer(errno.EIO, "argv"), [pack(GOOD)]),
    "another name": lambda t: (wire.file_answer(0, "args"), [pack(GOOD)]),
    "the name of the device": lambda t: (wire.file_answer(0, "fusedev"), [pack(GOOD)]),
    "a REPLY": lambda t: (wire.reply(0), []),
    "a second HELLO": lambda t: (wire.hello(), []),
    "a pipe": lambda t: (wire.file_answer(0, "argv"), [pipe_end()]),
    "a directory": lambda t: (wire.file_answer(0, "argv"), [os.open("/", os.O_RDONLY)]),
    "a character device": lambda t: (
        wire.file_answer(0, "argv"), [os.open("/dev/zero", os.O_RDONLY)]),
    "a path-only file": lambda t: (
        wire.file_answer(0, "argv"), [os.open("/etc/passwd", os.O_PATH)]),
    "a file that cannot be read": lambda t: (
        wire.file_answer(0, "argv"), [os.open(disk_file(t, GOOD), os.O_WRONLY)]),
    "an empty file": lambda t: (wire.file_answer(0, "argv"), [pack(b"")]),
    "a sparse terabyte": lambda t: (wire.file_answer(0, "argv"), [sparse(GOOD, 1 << 40)]),
    "a huge argc": lambda t: (
        wire.file_answer(0, "argv"), [pack(wire.u32(wire.ARGS, 131071) + bytes(1 << 20)[8:])]),
    "strings that overlap a thousandfold": lambda t: (
        wire.file_answer(0, "argv"), [pack(overlapping())]),
}


def pipe_end():
    ours, other = os.pipe()
    os.close(other)
    return ours


def disk_file(test, data):
    path = f"{test.folder}/argv"
    with open(path, "wb") as f:
        f.write(data)
    return path


def sparse(data, size):
    fd = pack(data)
    os.ftruncate(fd, size)
    return fd


def overlapping():
    """1000 words that are all the same half megabyte."""
    table = 8 + 8 * 1000
    size = 500_000
    return (wire.u32(wire.ARGS, 1000) + wire.u32(table, size) * 1000 + b"a" * (size - 1) + b"\0")


@case("argv that is {} ends in BYE(1)", *BAD_ARGV)
def _(test, what):
    server = start(test)
    server.greet()
    data, files = BAD_ARGV[what](test)
    server.send(data, *files)
    for fd in files:
        os.close(fd)
    goodbye_heard(server)


@case("argv may be {}", "sealed", "read-only, on a disk", "1 MiB of words")
def _(test, what):
    server = start(test)
    server.greet()
    words = [b"x", IMAGE.encode(), MNT.encode()]
    if what == "1 MiB of words":
        words += [b"-osubtype=" + b"a" * 1000] * ((1 << 20) // 1030)
    data = wire.blob(words)
    if what == "read-only, on a disk":
        fd = os.open(disk_file(test, data), os.O_RDONLY)
    else:
        fd = pack(data)
    if what == "sealed":
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, 15)
    server.send(wire.file_answer(0, "argv"), fd)
    os.close(fd)
    server.send_device()
    equal(server.next()[-1], IMAGE, "DEVICE")
    server.send(wire.file_answer(errno.EIO, IMAGE))
    goodbye_heard(server)


@case("arguments that change after they were sent do no harm")
def _(test):
    # Whatever the server's copy holds, it is judged as a whole: it starts or it refuses.
    for _ in range(30):
        server = start(test)
        server.greet()
        fd = pack(GOOD)
        server.send(wire.file_answer(0, "argv"), fd)
        os.pwrite(fd, wire.u32(0xFFFFFFFF, 0xFFFFFFFF), 16)
        os.ftruncate(fd, 20)
        os.close(fd)
        try:
            server.send_device()
            check(server.command()[0] in (wire.BYE, wire.OPEN), "what follows")
        except wire.Closed:
            pass
        server.sock.close()
        server.ends(1)


BAD_DEVICES = {
    "/dev/null": lambda t: [os.open("/dev/null", os.O_RDWR)],
    "a regular file": lambda t: [pack(b"x")],
    "a directory": lambda t: [os.open("/", os.O_RDONLY)],
    "a pipe": lambda t: [pipe_end()],
    "a socket": lambda t: [socket.socket().detach()],
    "no file": lambda t: [],
    "two devices": lambda t: [os.open("/dev/fuse", os.O_RDWR) for _ in range(2)],
}


@case("a FUSE device that is {} ends in BYE(1)", *BAD_DEVICES)
def _(test, what):
    server = start(test)
    server.greet()
    server.send_words(IMAGE, MNT)
    files = BAD_DEVICES[what](test)
    server.send(wire.file_answer(0, "fusedev"), *files)
    for fd in files:
        os.close(fd)
    goodbye_heard(server)


@case("no HELLO: it gives up after 8 s")
def _(test):
    server = start(test)
    begun = time.monotonic()
    check(server.closed(), "it speaks")
    spent = time.monotonic() - begun
    check(7.5 < spent < 9.5, f"after {spent:.1f} s")
    server.ends(1)


@case("a handshake in slow pieces: 8 s are for all of it")
def _(test):
    server = start(test)
    begun = time.monotonic()
    time.sleep(3)
    server.greet()
    time.sleep(3)
    server.send_words(IMAGE, MNT)
    equal(server.command(), (wire.BYE, 1), "goodbye")
    spent = time.monotonic() - begun
    check(7.5 < spent < 9.5, f"after {spent:.1f} s")
    server.ends(1)


# Going away

@case("a helper that leaves {} is the end",
      "after HELLO", "after argv", "after fusedev", "after OPEN", "after FSOPEN", "after SOURCE",
      "after MNTPT", "after MOUNT")
def _(test, when):
    test.image(f"{test.folder}/image")
    server = start(test, f"{test.folder}/image", MNT)
    steps = {"after HELLO": lambda: server.send(wire.hello()),
             "after argv": lambda: (server.greet(), server.send_words(IMAGE, MNT))}
    if when in steps:
        steps[when]()
    else:
        server.begin()
        if when != "after fusedev":
            server.converse(until=getattr(wire, when.split()[1]))
    server.sock.close()
    server.ends(1, seconds=10)
    contains(server.stderr(), "fuse-service: ", "message")


@case("a helper that leaves as soon as it has mounted does not stop the server")
def _(test):
    content = test.image(f"{test.folder}/image")
    server = start(test, f"{test.folder}/image", test.directory("mnt")).begin()
    server.converse(until=wire.MOUNT)
    server.mount(DEFAULT_MS)
    # No byte more is read from it, so that BYE cannot be delivered.
    server.send(wire.reply(0))
    server.sock.close()
    with open(f"{server.mounted}/single_file", "rb") as f:
        equal(f.read(), content, "content")
    server.unmount()
    server.ends(0)


# Refusals

COMMANDS = ("FSOPEN", "SOURCE", "MNTPT", "MNTOPTS", "MTABOPTS", "MOUNT")
OPTIONS = ("-o", "default_permissions,x-a")


@case("{}: {} refused: BYE(1), exit 1{}", *[
    (p, c, how) for p in ("service_ll", "service_hl", "null") for c in COMMANDS
    for how in ("", ", though nothing more is answered")
    if not how or (p == "service_ll" and c != "MOUNT")])
def _(test, program, name, how):
    test.image(f"{test.folder}/image")
    words = [MNT] if program == "null" else [f"{test.folder}/image", MNT]
    server = start(test, *words, *OPTIONS, program=program).begin()
    magic = getattr(wire, name)
    if how:
        server.converse(until=magic)
        server.send(wire.reply(errno.EPERM))
        while server.next()[0] != wire.BYE:
            pass
    else:
        server.converse(refuse={magic: errno.EPERM})
    equal(server.commands[-1], (wire.BYE, 1), "goodbye")
    equal(wire.MOUNT in [c[0] for c in server.commands], name == "MOUNT", "MOUNT sent")
    server.ends(1, seconds=10)
    text = {"SOURCE": f" {program}", "MNTPT": f" {MNT}", "MNTOPTS": " default_permissions",
            "MTABOPTS": " x-a"}.get(name, "")
    contains(server.stderr(), f"refused {name}{text}: {os.strerror(errno.EPERM)}", "message")


@case("what describes a mount is sent without waiting for each answer, MOUNT after all of them")
def _(test):
    test.image(f"{test.folder}/image")
    server = start(test, f"{test.folder}/image", MNT, *OPTIONS).begin()
    server.open_as_asked(server.next())
    equal([server.command()[0] for _ in range(5)],
          [wire.FSOPEN, wire.SOURCE, wire.MNTPT, wire.MNTOPTS, wire.MTABOPTS], "commands")
    for _ in range(5):
        wait_for(server.waits, "the server to wait")
        server.send(wire.reply(0))
    equal(server.command()[0], wire.MOUNT, "after all answers")


@case("{}: a mount costs two waits{}", ("null", ""), ("service_ll", ", and one for its file"),
      ("service_hl", ", and one for its file"))
def _(test, program, _more):
    words = [test.directory("mnt")]
    if program == "null":
        words = [disk_file(test, b"")]
    else:
        test.image(f"{test.folder}/image")
        words.insert(0, f"{test.folder}/image")
    server = start(test, *words, *OPTIONS, program=program).begin()
    rounds, asked = [], []
    # A helper that answers only when it would be waited for otherwise.
    while server.commands[-1:] != [(wire.BYE, 0)]:
        wait_for(lambda: server.waits() or server.speaks(), "a command or a wait")
        if server.speaks():
            asked.append(server.next())
        else:
            rounds.append([NAMES[c[0]] for c in asked])
            answer_all(server, asked)
            asked = []
    wanted = [["FSOPEN", "SOURCE", "MNTPT", "MNTOPTS", "MTABOPTS"], ["MOUNT"]]
    equal(rounds, wanted if program == "null" else [["OPEN"], *wanted], "what it waited for")
    server.unmount()
    server.ends(0)


def answer_all(server, commands):
    for command in commands:
        if command[0] == wire.OPEN:
            server.open_as_asked(command)
            continue
        if command[0] == wire.MOUNT:
            server.mount(command[1])
        server.send(wire.reply(0))


@case("waiting for an answer takes no processor time")
def _(test):
    server = start(test).begin()
    server.next()
    before = server.processor_time()
    time.sleep(1.5)
    spent = server.processor_time() - before
    check(spent < 0.1, f"{spent} s in 1.5 s")
    server.send(wire.file_answer(errno.EIO, IMAGE))
    goodbye_heard(server)


BAD_REPLIES = {
    "a file along with it": lambda: (wire.reply(0), [os.open("/dev/null", os.O_RDONLY)]),
    "an errno over 4095": lambda: (wire.reply(4096), []),
    "all bits set": lambda: (wire.reply(0xFFFFFFFF), []),
    "a byte too many": lambda: (wire.reply(0) + b"\0", []),
    "a byte too few": lambda: (wire.reply(0)[:-1], []),
    "a FILE instead": lambda: (wire.file_answer(0, IMAGE), [os.open("/dev/null", os.O_RDONLY)]),
    "a HELLO instead": lambda: (wire.hello(), []),
    "a command instead": lambda: (wire.packet(wire.BYE, wire.u32(0)), []),
    "nonsense instead": lambda: (b"\xff" * 100, []),
    "64 KiB and a byte instead": lambda: (b"R" * 65537, []),
    "200 files instead": lambda: (
        wire.reply(0), [os.open("/dev/null", os.O_RDONLY) for _ in range(200)]),
}


@case("{} answered with {} ends in BYE(1)", *[
    (c, what) for c in ("FSOPEN", "MOUNT") for what in BAD_REPLIES])
def _(test, name, what):
    # A server that has asked for files refuses them later on; this one asks for none.
    server = start(test, MNT, program="null").begin()
    server.converse(until=getattr(wire, name))
    data, files = BAD_REPLIES[what]()
    server.send(data, *files)
    for fd in files:
        os.close(fd)
    while server.next()[0] != wire.BYE:
        pass
    equal(server.commands[-1], (wire.BYE, 1), "goodbye")
    check(name == "MOUNT" or not server.said(wire.MOUNT), "MOUNT was sent")
    server.ends(1, seconds=10)


@case("files that come when none are wanted any more are not taken")
def _(test):
    test.image(f"{test.folder}/image")
    server = start(test, f"{test.folder}/image", test.directory("mnt")).begin()
    server.converse(until=wire.FSOPEN)
    before = open_files(server.pid)
    with open("/dev/null", "rb") as f:
        try:
            server.send(wire.reply(0), f.fileno())
        except PermissionError:  # a kernel with SO_PASSRIGHTS
            server.send(wire.reply(0))
    server.converse(until=wire.MOUNT)
    equal(open_files(server.pid), before, "open files")


@case("the largest errno is taken as it is")
def _(test):
    server = start(test).begin()
    server.next()
    server.send(wire.file_answer(4095, IMAGE))
    server.gives_up()
    contains(server.stderr(), "4095", "message")


@case("text of the helper reaches the log escaped")
def _(test):
    server = start(test).begin()
    server.next()
    server.send(wire.file_answer(errno.EIO, "/\x1b]0;evil\x07\nforged"))
    goodbye_heard(server)
    contains(server.stderr(), "\\x1b]0;evil\\x07\\x0aforged", "message")


# Too long for a packet

LONG = "l" * 65600


@case("{} that does not fit a packet is never sent", "DEVICE", "MOUNTPOINT", "fsname", "x- words",
      "a context")
def _(test, what):
    test.image(f"{test.folder}/image")
    image = f"{test.folder}/image"
    words = {"DEVICE": ["/" + LONG, MNT], "MOUNTPOINT": [image, "/" + LONG],
             "fsname": [image, MNT, "-o", f"fsname={LONG}"],
             "x- words": [image, MNT, "-o", f"x-{LONG}"],
             "a context": [image, MNT, "-o", f"context={LONG}"]}[what]
    server = start(test, *words).begin()
    while server.next()[0] != wire.BYE:
        if server.commands[-1][0] == wire.OPEN:
            server.open_as_asked(server.commands[-1])
    equal(server.commands[-1], (wire.BYE, 1), "goodbye")
    check(not server.said(wire.MOUNT), "MOUNT was sent")
    server.ends(1, seconds=10)
    contains(server.stderr(), "oversize", "message")


# Signals

@case("{}: {} while it waits for {}", *[
    (p, s, w) for p in ("service_ll", "service_hl") for s in ("SIGTERM", "SIGINT")
    for w in ("HELLO", "FILE", "FSOPEN", "MOUNT")])
def _(test, program, name, what):
    test.image(f"{test.folder}/image")
    server = start(test, f"{test.folder}/image", MNT, program=program)
    number = getattr(signal, name)
    if what != "HELLO":
        server.begin()
        server.converse(until={"FILE": wire.OPEN}.get(what) or getattr(wire, what))
    time.sleep(0.05)
    server.kill(number)
    if what in ("HELLO", "FILE"):
        # Nothing to tidy up yet: the signal does what it does to any process.
        limited(5, server.ends, -number)
        return
    while server.next()[0] != wire.BYE:
        pass
    equal(server.commands[-1], (wire.BYE, 1), "goodbye")
    limited(5, server.ends, 1)


@case("{}: SIGTERM that arrives with MOUNT's answer takes the mount away", "service_ll", "service_hl",
      "null")
def _(test, program):
    test.image(f"{test.folder}/image")
    words = [f"{test.folder}/image", test.directory("mnt")]
    server = start(test, *(words[:1] if program == "null" else words), program=program).begin()
    server.mount(server.converse(until=wire.MOUNT)[1])
    server.kill(signal.SIGSTOP)
    server.kill(signal.SIGTERM)
    server.send(wire.reply(0))
    server.kill(signal.SIGCONT)
    # It says that it does not serve, which has a helper unmount; the helper here does so by itself.
    while server.next()[0] != wire.BYE:
        equal(server.commands[-1][0], wire.UNMOUNT, "a command")
        server.send(wire.reply(0))
    equal(server.commands[-1], (wire.BYE, 1), "goodbye")
    server.unmount(2)
    limited(5, server.ends, 1)


@case("null: SIGTERM while it waits for MOUNT")
def _(test):
    server = start(test, MNT, program="null").begin()
    server.converse(until=wire.MOUNT)
    time.sleep(0.05)
    server.kill(signal.SIGTERM)
    equal(server.next(), (wire.BYE, 1), "goodbye")
    limited(5, server.ends, 1)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
