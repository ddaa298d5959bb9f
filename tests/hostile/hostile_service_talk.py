#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""A hostile service lies, hangs, floods, forges text, and goes at any moment; the caller signals at
any moment too."""

import errno
import os
import signal
import socket
import struct
import sys
import threading
import time

import terminal
from stage import (ALL, CAPABLE, MNT_DETACH, MS_BIND, MS_SHARED, ROOT, SOON, USER, USER_ID, Talk,
                   TinyFuse, all_gone, attack, check, contains, ends_soon, equal, main, mount,
                   open_files, processes, refused, send_open, send_signal, visible, wait_for, wire)

HANDSHAKE, SEND = 30, 30  # seconds that the helper gives


# How far the conversation gets


def until_hello(a, **more):
    talk = a.talk(greet=False, **more)
    talk.service.greet()
    return talk


def until_reply(a, **more):
    talk = until_hello(a, **more)
    talk.service.send(wire.hello_reply(1))
    return talk


def until_open(a, **more):
    talk = a.talk(**more)
    equal(talk.service.open(a.image_path, os.O_RDWR)[0], 0, "OPEN")
    return talk


def until_question(a, **more):
    """After MOUNT, with INIT unanswered, the question whether the file system answers."""
    talk = a.mounted(**more)
    send_open(talk, a.mnt)
    os.read(talk.service.fusedev, 65536)  # INIT, and it stays without an answer
    return talk


def until_unmount(a, **more):
    talk = a.mounted(**more)
    equal(talk.service.unmount(), 0, "UNMOUNT")
    return talk


STEPS = {"at the start": lambda a, **m: a.talk(greet=False, **m),
         "before HELLO_REPLY": until_hello, "after HELLO_REPLY": until_reply,
         "after the handshake": lambda a, **m: a.talk(**m), "after OPEN": until_open,
         "before MOUNT": lambda a, **m: a.described(**m),
         "after MOUNT": lambda a, **m: a.mounted(**m),
         "while the file system is asked whether it answers": until_question,
         "after UNMOUNT": until_unmount}


@attack("the service closes {}", *STEPS, who=ALL)
def _(a, step):
    talk = STEPS[step](a)
    before = talk.family()
    fusedev, talk.service.fusedev = talk.service.fusedev, None
    talk.service.close()
    talk.service.fusedev = fusedev
    ends_soon(talk, 1, before)
    a.image_untouched()


GARBAGE = {"an HTTP answer": b"HTTP/1.1 200 OK\r\n\r\n", "one byte": b"\0", "three bytes": b"BYE",
           "zeros": bytes(65536), "ones": b"\xff" * 1000, "one byte over the limit": b"A" * 65537,
           "150 KiB": wire.packet(wire.SOURCE, b"s" * 150000 + b"\0"), "HELLO": wire.hello(),
           "HELLO_REPLY again": wire.hello_reply(1), "FILE": wire.file_answer(0, "argv"),
           "REPLY": wire.reply(0), "a nearly right magic": wire.packet(wire.BYE ^ 0x20)}


@attack("the service sends {}, after MOUNT", *GARBAGE)
def _(a, what):
    talk = a.mounted()
    before = talk.family()
    talk.service.send(GARBAGE[what])
    ends_soon(talk, 1, before)


HELLOS = {"version 0": wire.hello_reply(0), "version 2": wire.hello_reply(2),
          "version 65535": wire.hello_reply(65535), "a pad": wire.hello_reply(1, 1),
          "a short HELLO_REPLY": wire.packet(wire.HELLO_REPLY, b"\0\1"),
          "a long HELLO_REPLY": wire.hello_reply(1) + bytes(60000), "HELLO": wire.hello(),
          "BYE(0)": wire.packet(wire.BYE, wire.u32(0)), "MOUNT": wire.packet(wire.MOUNT, wire.u32(0)),
          "OPEN": wire.open_request(wire.OPEN, "/etc/passwd", 0), "REPLY": wire.reply(0),
          "FILE": wire.file_answer(0, "fusedev"), "garbage": os.urandom(300), "one byte": b"L",
          "half a HELLO_REPLY": b"LAST", "an oversized packet": b"LAST" + bytes(70000)}


@attack("HELLO is answered with {}", *HELLOS)
def _(a, what):
    talk = until_hello(a)
    before = talk.family()
    talk.service.send(HELLOS[what])
    ends_soon(talk, 1, before)
    a.image_untouched()


@attack("HELLO_REPLY comes before HELLO, with a whole conversation behind it")
def _(a):
    talk = a.talk(greet=False)
    for data in (wire.hello_reply(1), wire.packet(wire.SOURCE, wire.text("s")), wire.mntpt(a.mnt),
                 wire.packet(wire.MOUNT, wire.u32(0)), wire.packet(wire.BYE, wire.u32(7))):
        talk.service.send(data)
    talk.fails()


# Signals


ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGPIPE", "SIGKILL")


@attack("{0} to the session {1}", *[(name, step) for step in STEPS for name in ENDING])
def _(a, name, step):
    talk = STEPS[step](a)
    before = talk.settled() if step not in ("at the start",) else talk.family()
    number = signal.Signals[name]
    send_signal(a, talk.pid, number)
    if step == "at the start":  # perhaps before the helper can catch anything
        status, _ = talk.wait()
        check(status in (1, -number), f"exit status {status}")
        all_gone(talk, before)
        return
    ends_soon(talk, -number if name == "SIGKILL" else 1, before)


@attack("{0} to the session {1}", *[(n, s) for n in ("SIGTERM", "SIGKILL")
                                    for s in ("after MOUNT", "before MOUNT",
                                              "while the file system is asked whether it answers")],
        who=(CAPABLE,))
def _(a, name, step):
    talk = STEPS[step](a)
    before = talk.settled()
    send_signal(a, talk.pid, signal.Signals[name])
    ends_soon(talk, -9 if name == "SIGKILL" else 1, before)


@attack("{} to the session after MOUNT: it may die in any way",
        "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGSEGV", "SIGABRT", "SIGSYS", "SIGXCPU", "SIGVTALRM")
def _(a, name):
    talk = a.mounted()
    before = talk.settled()
    send_signal(a, talk.pid, signal.Signals[name])
    status, _ = talk.wait()
    check(status != 0, "exit status 0")
    a.nothing_mounted(SOON)
    all_gone(talk, before)


@attack("the session is stopped after MOUNT, then killed")
def _(a):
    talk = a.mounted()
    before = talk.settled()
    send_signal(a, talk.pid, signal.SIGSTOP)
    send_signal(a, talk.pid, signal.SIGKILL)
    ends_soon(talk, -9, before)


@attack("the probe is killed while the file system is asked whether it answers")
def _(a):
    talk = until_question(a)
    before = talk.settled()
    others = [p for p in before if p not in (talk.pid, talk.mounter())]
    for pid in others:
        os.kill(pid, signal.SIGKILL)
    error, _, fd = talk.service.expect_file()
    check(error not in (0, errno.EISDIR) and fd is None, f"answer {error}")
    talk.service.close()
    talk.fails()


@attack("SIGTERM and BYE(0) at the same moment: 0 with a mount or 1 without")
def _(a):
    talk = a.mounted()
    talk.service.bye(0)
    send_signal(a, talk.pid, signal.SIGTERM)
    status, err = talk.wait()
    check(status in (0, 1), f"exit status {status} ({err!r})")
    equal(len(a.fuse_mounts()), 1 - status, "mounts")
    if status == 0:
        a.unmount(a.mnt, MNT_DETACH)


@attack("the mounter is killed {}", "before MOUNT", "after MOUNT", who=(ROOT, CAPABLE))
def _(a, step):
    talk = STEPS[step](a)
    send_signal(a, talk.mounter(), signal.SIGKILL)
    status, _ = talk.wait()
    equal(status, 1, "exit status")
    if step == "after MOUNT" and a.fuse_mounts():
        a.unmount(a.mnt, MNT_DETACH)  # who kills his own mounter keeps his own dead mount
    a.nothing_mounted()


@attack("{} while somebody sits in the mount", "SIGKILL", "close", "UNMOUNT")
def _(a, how):
    talk = a.mounted()
    before = talk.settled()
    server = TinyFuse(talk.service.fusedev)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if a.is_user:
                os.setgroups([])
                os.setresgid(USER_ID, USER_ID, USER_ID)
                os.setresuid(USER_ID, USER_ID, USER_ID)
            os.chdir(a.mnt)
            os.write(writer, b"x")
            time.sleep(60)
        finally:
            os._exit(1)
    os.close(writer)
    equal(os.read(reader, 1), b"x", "the one who sits in the mount")
    os.close(reader)
    if how == "SIGKILL":
        send_signal(a, talk.pid, signal.SIGKILL)
    elif how == "UNMOUNT":
        equal(talk.service.unmount(), 0, "UNMOUNT")
        talk.service.bye(0)
    else:
        talk.service.sock.shutdown(socket.SHUT_RDWR)
    ends_soon(talk, -9 if how == "SIGKILL" else 1, before)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    talk.service.close()
    check(server.join(), "somebody still holds the mount")


@attack("{} where every mount shows up at a second place too", "SIGKILL", "close", "UNMOUNT", who=ALL)
def _(a, how):
    shared, peer = a.make(f"{a.home_dir}/shared"), a.make(f"{a.home_dir}/peer")
    a.mount("shared", shared, "tmpfs", 0, "mode=0755")
    mount(None, shared, None, MS_SHARED)
    a.mount(shared, peer, None, MS_BIND)
    point = a.make(f"{shared}/point")
    talk = a.talk(operands=[a.image_path, point]).describe(point)
    before = talk.settled()
    equal(talk.service.mount(), 0, "MOUNT")
    equal({m.point for m in a.fuse_mounts()}, {point, f"{peer}/point"}, "mounts")
    if how == "SIGKILL":
        send_signal(a, talk.pid, signal.SIGKILL)
    elif how == "UNMOUNT":
        equal(talk.service.unmount(), 0, "UNMOUNT")
        talk.service.bye(0)
    else:
        talk.service.sock.shutdown(socket.SHUT_RDWR)
    ends_soon(talk, -9 if how == "SIGKILL" else 1, before)


# Exit statuses


CODES = (1, 2, 3, 32, 77, 127, 128, 137, 255, 256, 512, 0x10000, 0x80000000, 0xFFFFFF00, 0xFFFFFFFF)


@attack("BYE({0}) {1}", *[(code, step) for code in CODES for step in ("at once", "after MOUNT")])
def _(a, code, step):
    talk = a.mounted() if step == "after MOUNT" else a.talk()
    before = talk.family()
    talk.service.bye(code)
    err = ends_soon(talk, 1, before)
    contains(err, "journalctl", "message")


@attack("BYE(0) {}", "at once", "after SOURCE and MNTPT", "after a refused MOUNT", "after UNMOUNT")
def _(a, step):
    talk = {"at once": a.talk, "after UNMOUNT": lambda: until_unmount(a)}.get(step, a.described)()
    if step == "after a refused MOUNT":
        equal(talk.service.mount(32), errno.EINVAL, "MOUNT")
    talk.service.bye(0)
    talk.fails()


@attack("BYE with {}", ("no body", b""), ("two bytes", b"\0\0"), ("five bytes", bytes(5)))
def _(a, _what, body):
    talk = a.mounted()
    talk.service.send(wire.packet(wire.BYE, body))
    talk.service.sock.shutdown(socket.SHUT_WR)
    talk.fails()


@attack("commands behind BYE(0) in the same breath")
def _(a):
    talk = a.mounted()
    talk.service.bye(0)
    try:
        for _ in range(20):
            talk.service.send(wire.packet(wire.UNMOUNT))
            talk.service.send(wire.packet(wire.BYE, wire.u32(9)))
    except wire.Closed:
        pass
    talk.ends(0)
    equal(len(a.fuse_mounts()), 1, "mounts")
    a.unmount(a.mnt, MNT_DETACH)


# Silence


@attack("the service does not answer HELLO at all", who=(USER,), slow=True)
def _(a):
    talk = until_hello(a)
    start = time.monotonic()
    check(wait_closed(talk, HANDSHAKE + 10), "it is not given up")
    took = time.monotonic() - start
    check(HANDSHAKE - 2 < took < HANDSHAKE + 5, f"given up after {took:.1f} s")
    contains(talk.fails(), "30 seconds", "message")


def wait_closed(talk, seconds):
    talk.service.sock.settimeout(seconds)
    try:
        return talk.service.closed()
    except TimeoutError:
        return False


@attack("the service does not read the answers", who=(USER,), slow=True)
def _(a):
    talk = a.talk()
    data = wire.packet(wire.SOURCE, b"\n\0")
    start = time.monotonic()
    talk.service.sock.settimeout(SEND + 10)
    try:
        while True:
            talk.service.send(data)
    except (wire.Closed, TimeoutError):
        pass
    took = time.monotonic() - start
    check(took < SEND + 5, f"given up after {took:.1f} s")
    talk.fails()


@attack("the service does not read the answers, and the caller sends SIGTERM")
def _(a):
    talk = a.mounted()
    before = talk.settled()
    talk.service.sock.settimeout(0.5)
    try:
        while True:
            talk.service.send(wire.packet(wire.SOURCE, b"\n\0"))
    except (wire.Closed, TimeoutError):
        pass
    send_signal(a, talk.pid, signal.SIGTERM)
    ends_soon(talk, 1, before)


@attack("nobody accepts, the queue of the socket is full, and the caller sends {}",
        "SIGTERM", "SIGINT", "SIGKILL")
def _(a, name):
    path = f"{a.world.socket_dir}/full"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener, \
            socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as first:
        listener.bind(path)
        os.chmod(path, 0o666)
        listener.listen(0)
        first.connect(path)
        process = a.spawn(a.image_path, a.mnt, "-t", "full")
        time.sleep(0.3)
        check(process.poll() is None, "it did not wait")
        before = [process.pid, *[p for p, (parent, _) in processes().items()
                                 if parent == process.pid]]
        send_signal(a, process.pid, signal.Signals[name])
        process.communicate(timeout=SOON)
        equal(process.returncode, -9 if name == "SIGKILL" else 1, "exit status")
        wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)
    a.nothing_mounted()


@attack("nobody accepts and the queue of the socket is full", who=(USER,), slow=True)
def _(a):
    path = f"{a.world.socket_dir}/full"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener, \
            socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as first:
        listener.bind(path)
        os.chmod(path, 0o666)
        listener.listen(0)
        first.connect(path)
        process = a.spawn(a.image_path, a.mnt, "-t", "full")
        _, err = process.communicate(timeout=40)
        equal(process.returncode, 1, f"exit status ({err!r})")


@attack("silence {}, with --timeout 1", "before HELLO_REPLY", "after the handshake", "after MOUNT",
        "while the file system is asked whether it answers")
def _(a, step):
    talk = {"before HELLO_REPLY": until_hello, "after the handshake": lambda a, **m: a.talk(**m),
            "after MOUNT": lambda a, **m: a.mounted(**m)}.get(step, until_question)(
                a, operands=["--timeout", "1", a.image_path, a.mnt])
    start = time.monotonic()
    talk.fails()
    check(time.monotonic() - start < 1 + SOON, "it went on")
    all_gone(talk, [])


@attack("the service waits longer than 2 s with its HELLO_REPLY, at a terminal", who=(USER,))
def _(a):
    with terminal.Terminal() as tty:
        talk = until_hello(a, stderr=tty.theirs)
        tty.read_until(b"waiting", 5)
        talk.service.close()
        equal(talk.process.wait(5), 1, "exit status")
        tty.is_clean()


# The question whether the file system answers


@attack("the question whether the file system answers, asked again and again")
def _(a):
    talk = a.mounted()
    server = TinyFuse(talk.service.fusedev)
    before = {pid: len(open_files(pid)) for pid in talk.settled()}
    for _ in range(500):
        equal(talk.service.open(a.mnt), (errno.EISDIR, None), "OPEN of the mount point")
    equal({pid: len(open_files(pid)) for pid in talk.settled()}, before, "open files")
    equal(talk.service.open_bdev(a.mnt)[0], errno.EPERM, "OPEN_BDEV of it")
    talk.service.bye(0)
    talk.ends(0)
    a.unmount(a.mnt)
    talk.service.close()
    check(server.join(), "somebody still holds the mount")


# Files that are sent along


@attack("{0} files attached to every command, {1}", (1, "before MOUNT"), (253, "before MOUNT"),
        (253, "after MOUNT"))
def _(a, count, step):
    talk = STEPS[step](a)
    before = {pid: open_files(pid) for pid in talk.settled()}
    sent = 0
    with open("/etc/passwd", "rb") as f:
        for data in (wire.packet(wire.SOURCE, b"\n\0"), wire.packet(wire.MOUNT, wire.u32(32)),
                     wire.packet(wire.MNTOPTS, wire.text("fd=3"))) * 20:
            try:
                talk.service.send(data, *[f.fileno()] * count)
                sent += 1
            except PermissionError:
                continue  # a kernel that knows SO_PASSRIGHTS does not even let them go
            refused(talk.service.expect_reply(), "the command")
    equal({pid: open_files(pid) for pid in talk.settled()}, before, "open files")
    talk.service.bye(1)
    talk.fails()


@attack("files attached to HELLO_REPLY")
def _(a):
    talk = until_hello(a)
    with open("/etc/passwd", "rb") as f:
        try:
            talk.service.send(wire.hello_reply(1), *[f.fileno()] * 50)
        except PermissionError:
            talk.service.send(wire.hello_reply(1))
    for name in ("argv", "fusedev"):
        error, path, fd = talk.service.expect_file()
        os.close(fd)
        equal((error, path), (0, name), "FILE")
    check("/etc/passwd" not in talk.all_files(), "the file was kept")
    talk.dies()


# Floods


FLOODS = {"commands that do not parse": wire.packet(wire.SOURCE, b"\x1b]0;owned\a"),
          "commands that are refused": wire.packet(wire.MNTOPTS, wire.text("fd=3")),
          "commands out of turn": wire.packet(wire.UNMOUNT),
          "OPENs of other paths": wire.open_request(wire.OPEN, "/etc/\x1b[31m", 0),
          "OPENs that are malformed": wire.open_request(wire.OPEN, "/x", 0, block_size=7),
          "long paths": wire.open_request(wire.OPEN, "/" + "\x01" * 60000, 0),
          "SOURCEs that forge lines": wire.packet(wire.SOURCE, wire.text("a\nfuservicemount3: ok"))}


@attack("a flood of {}", *FLOODS)
def _(a, what):
    talk = a.talk()
    answered = 0
    try:
        for _ in range(5000):
            talk.service.send(FLOODS[what])
            talk.service.receive()
            answered += 1
    except wire.Closed:
        pass
    err = talk.fails()
    check(answered <= 4096, f"{answered} commands were answered")
    check(err.count("\n") <= 20 and len(err) < 20000, f"{len(err)} bytes on the terminal")
    check(any(c.isdigit() for c in err.splitlines()[-1] + err.splitlines()[-2]), "no count")


@attack("a flood of quiet OPENs prints nothing")
def _(a):
    talk = a.talk()
    for i in range(200):
        refused(talk.service.open(f"/etc/{i}", request_flags=wire.OPEN_QUIET)[0], "OPEN")
    equal(talk.still_works().err, "", "stderr")


# What reaches the terminal


TEXTS = {"a colour": "\x1b[31mred", "a title": "\x1b]0;title\a", "a query": "\x1b[c\x1b[6n",
         "C1": "\x9b31m\x90q\x9c", "raw C1 bytes": "\udc9b31m", "a forged line": "x\nroot# rm -rf /",
         "a carriage return": "x\rfuservicemount3: mounted", "backspaces": "x\b\b\b\b\b",
         "high bytes": "\udcff\udcfe\udc80", "right to left": "\u202egpj.exe\u2066",
         "a line of 60000": "A" * 60000, "a NUL's look": "a\\x00b", "percent signs": "%s%n%999999d"}


@attack("the terminal is sent {}", *TEXTS)
def _(a, what):
    value = TEXTS[what]
    talk = a.talk()
    s = talk.service
    for error in (s.open("/" + value)[0], s.source("/" + value), s.mntpt(value, 0),
                  s.mntopts(value), s.open_bdev("/" + value)[0], s.open(value, 1 << 30)[0]):
        refused(error, "the command")
    s.mtabopts(value)
    s.send(b"\x1b[2J" + os.fsencode(value)[:1000])
    err = talk.fails()
    check(max(map(len, err.splitlines())) < 4096, "an endless line")
    if "\x1b" in value:
        contains(err, "\\x1b", "message")


@attack("the terminal itself, while a service says all that")
def _(a):
    with terminal.Terminal() as tty:
        talk = a.talk(stderr=tty.theirs)
        for value in TEXTS.values():
            refused(talk.service.open("/" + value)[0], "OPEN")
            talk.service.source("/\x1b" + value)
        talk.service.send(b"\x1b[2J")
        equal(talk.process.wait(5), 1, "exit status")
        tty.is_clean()


@attack("a standard error that takes nothing: {}", "a full pipe", "a terminal with ^S")
def _(a, what):
    with terminal.Blocked(what == "a full pipe") as blocked:
        talk = a.mounted(stderr=blocked.theirs)
        before = talk.settled()
        talk.service.send(wire.packet(wire.SOURCE, b"\x1b\0"))
        time.sleep(0.2)
        send_signal(a, talk.pid, signal.SIGTERM)
        equal(talk.process.wait(SOON), 1, "exit status")
        a.nothing_mounted(SOON)
        all_gone(talk, before)


@attack("a standard error whose reader is gone")
def _(a):
    reader, writer = os.pipe()
    talk = a.mounted(stderr=writer)
    os.close(writer)
    os.close(reader)
    before = talk.settled()
    talk.service.send(wire.packet(wire.SOURCE, b"\x1b\0"))
    equal(talk.process.wait(SOON), 1, "exit status")
    a.nothing_mounted(SOON)
    all_gone(talk, before)


if __name__ == "__main__":
    sys.exit(main())
