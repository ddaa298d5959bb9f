#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""A service asks for what it may not have, a caller for what is not his: what the person at the
terminal reads about it. It names the path, option or rule, and what would allow it."""

import errno
import grp
import os
import socket
import subprocess
import sys

import terminal
from stage import (ALL, CAPABLE, STRANGER_ID, USER, USERS, Talk, attack, check, contains, equal, main,
                   refused, send_open, wire)

NOTICE = 2  # seconds after which somebody at a terminal is told what is being waited for


def says(a, talk, *parts):
    """The service gives up, and what the helper has printed by then has a line with all this."""
    talk.service.close()
    err = talk.fails()
    check(any(all(part in line for part in parts) for line in err.splitlines()),
          f"no line with {parts}: {err!r}")


# What a service is refused


@attack("OPEN {}: the rule that would allow it, and allows it", "to read", "to write")
def _(a, how):
    flags = os.O_RDONLY if how == "to read" else os.O_RDWR
    path = a.file(f"{a.folder}/other", owner=a.id)
    talk = a.talk()
    refused(talk.service.open(path, flags)[0], "OPEN")
    rule = f"service_open_path = scripted {path}{'' if how == 'to read' else ' rw'}"
    says(a, talk, f"'{path}'", "you did not name it", f"'{rule}' in {a.world.conf} would allow it")
    a.configure(f"{rule}\n")
    talk = Talk(a, [a.image_path, a.mnt], listener=talk.listener)
    error, _ = talk.service.open(path, flags)
    equal(error, 0, "OPEN with that rule")
    talk.dies()


@attack("OPEN of {!r}, which no rule can allow", "relative", "/a//b", "/a b", "/a/../b", "/" + "x" * 300)
def _(a, path):
    talk = a.talk()
    refused(talk.service.open(path)[0], "OPEN")
    says(a, talk, f"'{path}'", "you did not name it on the command line")


@attack("OPEN to write by a rule without rw")
def _(a):
    path = a.file(f"{a.folder}/other", owner=a.id)
    a.configure(f"service_open_path = scripted {path}\n")
    talk = a.talk()
    equal(talk.service.open(path, os.O_RDWR)[0], errno.EACCES, "OPEN")
    says(a, talk, f"'{path}'", "service_open_path", a.world.conf, "has no 'rw'")


@attack("OPEN to write where the caller said ro")
def _(a):
    talk = a.talk("-o", "ro")
    equal(talk.service.open(a.image_path, os.O_RDWR)[0], errno.EACCES, "OPEN")
    says(a, talk, f"'{a.image_path}'", "you asked for a read-only mount (ro)")


@attack("OPEN of a named file that is not the caller's", who=USERS)
def _(a):
    path = a.file(f"{a.folder}/other", owner=0)
    talk = a.talk(operands=[path, a.mnt])
    equal(talk.service.open(path)[0], errno.EACCES, "OPEN")
    says(a, talk, f"'{path}'", "Permission denied")


@attack("OPEN of a named folder")
def _(a):
    folder = a.make(f"{a.home_dir}/folder")
    talk = a.talk(operands=[folder, a.mnt])
    equal(talk.service.open(folder)[0], errno.EPERM, "OPEN")
    says(a, talk, f"'{folder}'", "only regular files and block devices")


@attack("OPEN after the mount")
def _(a):
    talk = a.mounted()
    equal(talk.service.open(a.image_path)[0], errno.EPERM, "OPEN")
    says(a, talk, f"'{a.image_path}'", "nothing more is opened after the mount")


REFUSED = {
    "MNTPT elsewhere": (lambda s, a: s.mntpt("/etc"),
                        ["'/etc'", "must be the mount point of your command line"]),
    "MNTPT for a file": (lambda s, a: s.mntpt(a.mnt, 0o100000), ["{mnt}", "this is a directory"]),
    "SOURCE of another path": (lambda s, a: s.source("/dev/sda1"),
                               ["'/dev/sda1'", "word of your command line"]),
    "MNTOPTS that are unknown": (lambda s, a: s.mntopts("fd=3"), ["'fd=3'", "no service may set"]),
}


@attack("{} is refused", *REFUSED)
def _(a, what):
    ask, parts = REFUSED[what]
    talk = a.talk()
    refused(ask(talk.service, a), what)
    says(a, talk, *[part.format(mnt=a.mnt) for part in parts])


@attack("allow_other is refused: the setting that would allow it, and allows it", who=USERS)
def _(a):
    talk = a.talk()
    equal(talk.service.mntopts("allow_other"), errno.EPERM, "MNTOPTS")
    says(a, talk, "'allow_other'", f"'user_allow_other' in {a.world.conf}")
    a.configure("user_allow_other\n")
    talk = Talk(a, [a.image_path, a.mnt], listener=talk.listener)
    equal(talk.service.mntopts("allow_other"), 0, "MNTOPTS")
    talk.dies()


@attack("fuseblk is refused", who=USERS)
def _(a):
    talk = a.talk()
    equal(talk.service.fsopen(wire.FSOPEN_FUSEBLK), errno.EPERM, "FSOPEN")
    says(a, talk, "FSOPEN", "only root may mount a fuseblk")


# What a caller is refused


@attack("there are too many mounts: the limit and its file are named", who=USERS)
def _(a):
    a.configure("mount_max = 0\n")
    talk = a.described()
    equal(talk.service.mount(), errno.ENOSPC, "MOUNT")
    says(a, talk, a.mnt, f"'mount_max = 0' in {a.world.conf}")


@attack("the mount point is {}: it is named, and what is wrong with it", "another's", "on proc",
        "missing", who=USERS)
def _(a, what):
    point, why = {"another's": (f"{a.folder}/point", "you may not mount there"),
                  "on proc": ("/proc/self", "only root may mount on that kind of file system"),
                  "missing": (f"{a.home_dir}/missing", "No such file or directory")}[what]
    if what == "another's":
        a.make(point, 0o755, STRANGER_ID)
    talk = a.talk(operands=[a.image_path, point])
    equal(talk.service.source("s"), 0, "SOURCE")
    if talk.service.mntpt(point) == 0:
        refused(talk.service.mount(), "MOUNT")
    says(a, talk, point, why)


def bound(a, name, mode):
    """A socket of this type and mode, not yet listening, and its path; it goes with the case."""
    path = f"{a.world.socket_dir}/{name}"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    a.cleanup.append(lambda: (listener.close(), os.unlink(path)))
    os.chmod(path, mode)
    return listener, path


@attack("the socket is for a group that the caller is not in: the group is named, {}", "to mount",
        "--check", who=USERS)
def _(a, how):
    group = grp.getgrnam("disk")
    listener, path = bound(a, "for-disk", 0o220)
    os.chown(path, 0, group.gr_gid)
    listener.listen()
    words = [a.image_path, a.mnt] if how == "to mount" else ["--check"]
    result = a.attempt(*words, "-t", "for-disk").is_exit(1)
    contains(result.err, path, "message")
    contains(result.err, "Permission denied", "message")
    contains(result.err, "the socket is for group 'disk', and you are not in it", "message")


@attack("the socket has a mode that lets nobody in: where that is set is named", who=USERS)
def _(a):
    listener, path = bound(a, "closed", 0o200)
    listener.listen()
    result = a.attempt(a.image_path, a.mnt, "-t", "closed").is_exit(1)
    contains(result.err, "mode 0200", "message")
    contains(result.err, "SocketMode= and SocketGroup= of closed.socket", "message")


# What fails


@attack("the server {}: its unit's log is named", "gives up", "ends", "gives up after the mount")
def _(a, how):
    talk = a.mounted() if "mount" in how else a.talk()
    if "gives up" in how:
        talk.service.bye(1)
        err = talk.fails()
    else:
        talk.service.close()
        err = talk.fails()
    contains(err, "journalctl -b -u 'scripted@*'", "message")


# Waiting


WAITS = {"for HELLO_REPLY": "waiting for the service to answer",
         "after the handshake": "waiting for the service to look at the file system",
         "after the mount": "mounted, and waiting for the service",
         "for the file system to answer": "waiting for the mounted file system to answer"}


def until(a, what, **more):
    if what == "for HELLO_REPLY":
        talk = a.talk(greet=False, **more)
        talk.service.greet()
    elif what == "after the handshake":
        talk = a.talk(**more)
    else:
        talk = a.mounted(**more)
        if what == "for the file system to answer":
            send_open(talk, a.mnt)
    return talk


@attack("at a terminal it is said after 2 s what is waited for, once: {}", *WAITS, who=(USER,))
def _(a, what):
    with terminal.Terminal() as tty:
        talk = until(a, what, stderr=tty.theirs)
        check(b"waiting" not in tty.read(0.5), "said too early")
        tty.read_until(WAITS[what].encode(), NOTICE + 5)
        tty.read(NOTICE + 0.5)
        equal(tty.seen.count(b"waiting"), 1, f"how often ({tty.seen!r})")
        talk.service.close()
        equal(talk.process.wait(5), 1, "exit status")
        tty.is_clean()


@attack("without a terminal nothing is said about waiting", who=(USER,))
def _(a):
    talks = [until(a, "after the handshake")]
    try:
        talks[0].process.wait(NOTICE + 1)
    except subprocess.TimeoutExpired:
        pass
    talks[0].service.close()
    check("waiting" not in talks[0].fails(), "it was")


@attack("at a terminal it is said that nobody takes the connection", who=(USER,))
def _(a):
    listener, path = bound(a, "full", 0o666)
    listener.listen(0)
    others = []
    while True:  # until the queue is full
        other = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        other.setblocking(False)
        others.append(other)
        if other.connect_ex(path) == errno.EAGAIN:
            break
    with terminal.Terminal() as tty:
        process = a.spawn(a.image_path, a.mnt, "-t", "full", stderr=tty.theirs)
        tty.read_until(b"waiting for the service to take the connection", NOTICE + 5)
        process.terminate()
        equal(process.wait(5), 1, "exit status")
        process.stdout.close()
    for other in others:
        other.close()


@attack("--features tells of utab", who=ALL)
def _(a):
    result = a.attempt("--features").is_exit(0)
    wanted = "nothing is written to it" if a.who == CAPABLE else "x- options are written to it"
    contains(result.out, f"utab: {wanted}", "features")


if __name__ == "__main__":
    sys.exit(main())
