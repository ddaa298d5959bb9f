#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The kernel is made to wait in the middle of the helper's work: by the file system that the mount
point or the source lies on, by the service's own, by locks that others hold."""

import errno
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import threading
import time

from stage import (ALL, BOTH, MNT_DETACH, MS_RDONLY, ROOT, SOON, STRANGER_ID, USER, USER_ID, USERS,
                   Talk, TinyFuse, attack, check, contains, ends_soon, equal, harness, main, processes,
                   refused, send_open, send_signal, status_of, wait_for, wire)
from tinyfuse import GETATTR, INIT, STATFS

ALARM, HOLD = 10, 15  # seconds: the mounter's alarm; how long the session waits for the mounter
INTERRUPT, UTAB = 3, 5  # seconds that an interrupted session waits for it; for mount(8)'s utab
LOOKUP, OPEN, ACCESS = 1, 14, 34
LONG = 3600  # seconds that the kernel may believe what it was told


# What lies below


class Below(TinyFuse):
    """A file system of one folder and one file, which belong to `owner`. It reads what is in
    `silent`, and does not answer; with `stopped` it does not even read."""

    def __init__(self, fd, owner, group=0, mode=0o755):
        self.owner, self.group, self.folder_mode = owner, group, mode
        self.silent, self.go, self.stopped = set(), threading.Event(), threading.Event()
        super().__init__(fd)

    def _read(self):
        while self.stopped.is_set() or not select.select([self.fd], [], [], 0.02)[0]:
            time.sleep(0.01)
        return super()._read()

    def _attributes(self, node):
        kind = 0o100644 if node == 3 else 0o040000 | self.folder_mode
        return struct.pack("=QQQQQQIIIIIIIIII", node, 0, 0, 0, 0, 0, 0, 0, 0, kind, 2, self.owner,
                           self.group, 0, 4096, 0)

    def _answer(self, opcode):
        if opcode in self.silent or "all" in self.silent:
            self.go.wait()
        node, = struct.unpack_from("=Q", self.request, 16)
        name = self.request[40:-1]
        if opcode == LOOKUP and name in (b"folder", b"file"):
            node = 2 if name == b"folder" else 3
            return 0, struct.pack("=QQQQII", node, 0, LONG, LONG, 0, 0) + self._attributes(node)
        if opcode == LOOKUP:
            return errno.ENOENT, b""
        if opcode == GETATTR:
            return 0, struct.pack("=QII", LONG, 0, 0) + self._attributes(node)
        return super()._answer(opcode)


class Place:
    """A mount of the caller's, with a server below, at which he has looked."""

    def __init__(self, a, *words, **more):
        a.configure("user_allow_other\n")
        talk = a.talk("-o", ",".join(("allow_other", *words)))
        equal(talk.service.mntopts("allow_other"), 0, "MNTOPTS")
        talk.describe()
        equal(talk.service.mount(), 0, "MOUNT")
        self.stage, self.listener, self.service = a, talk.listener, talk.service
        self.server = Below(talk.service.fusedev, **{"owner": a.id, **more})
        self.folder, self.file = f"{a.mnt}/folder", f"{a.mnt}/file"
        talk.service.bye(0)
        talk.ends(0)

    def look(self):
        for path in (self.stage.mnt, self.folder, self.file):
            self.stage.as_caller(lambda: os.stat(path).st_uid)
        return self

    def fall_silent(self, *what):
        """What it has been asked so far."""
        self.server.silent = set(what or ("all",))
        return list(self.server.seen)

    def talk(self, point=None, source=None, words=()):
        operands = [*words, source or self.stage.image_path, point or self.folder]
        return Talk(self.stage, operands, listener=self.listener)

    def only(self):
        """Nothing else is mounted."""
        equal([m.point for m in self.stage.fuse_mounts()], [self.stage.mnt], "mounts")

    def let_go(self):
        self.server.go.set()
        self.server.stopped.clear()

    def end(self):
        self.service.close()
        self.stage.unmount(self.stage.mnt, MNT_DETACH | 1)
        self.let_go()
        check(self.server.join(), "somebody still holds the mount")



def state_of(pid):
    return status_of(pid)["State"].split()[0]


def send_mount(talk):
    talk.service.send(wire.packet(wire.MOUNT, wire.u32(0)))


def keeps(talk, place, count=2):
    """BYE(0): the mount stands, and nobody of the helper's is left. It is taken away."""
    before = talk.family()
    talk.service.bye(0)
    talk.ends(0)
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)
    equal(len(place.stage.fuse_mounts()), count, "mounts")
    harness.umount(place.stage.fuse_mounts()[-1].point, MNT_DETACH)
    talk.service.close()


def goes(talk, place, before):
    """The service goes: exit 1 at once, and only what was there before stands."""
    talk.service.close()
    equal(talk.process.wait(SOON), 1, "exit status")
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)
    place.only()


# The mount point lies on FUSE


@attack("the mount point lies on FUSE, {}, and its server does not answer any more",
        "a folder", "a file", "the root", who=ALL)
def _(a, what):
    place = Place(a).look()
    asked = place.fall_silent()
    point = {"a folder": place.folder, "a file": place.file, "the root": a.mnt}[what]
    talk = place.talk(point).describe(point)
    start = time.monotonic()
    equal(talk.service.mount(), 0, "MOUNT")
    check(time.monotonic() - start < SOON, "it had to wait")
    equal(place.server.seen, asked, "what the server was asked")
    keeps(talk, place)
    place.end()


@attack("the mount point is the root of a FUSE file system at which nobody has looked yet", who=ALL)
def _(a):
    place = Place(a)
    talk = place.talk(a.mnt).describe()
    equal(talk.service.mount(), 0, "MOUNT")
    equal(GETATTR in place.server.seen, a.is_user, "whether it was looked at")
    keeps(talk, place)
    place.end()


@attack("… and whose server does not answer: refused after 2 s, and not by the mounter's waiting",
        who=USERS)
def _(a):
    place = Place(a)
    place.fall_silent(GETATTR)
    talk = place.talk(a.mnt)
    mounter, before = talk.mounter(), talk.family()
    equal(talk.service.source("s"), 0, "SOURCE")
    start = time.monotonic()
    equal(talk.service.mntpt(a.mnt), errno.ETIMEDOUT, "MNTPT")
    check(1.5 < time.monotonic() - start < 2 + SOON, "it took its time")
    equal(state_of(mounter), "S", "the mounter's state")
    send_signal(a, talk.pid, signal.SIGTERM)
    equal(talk.process.wait(SOON), 1, "exit status")
    # What asked is left, with no right but to ask, until the server goes.
    wait_for(lambda: len(set(before) & set(processes())) == 1, "all but one to end", SOON)
    left, = set(before) & set(processes())
    found = status_of(left)
    equal([found["CapPrm"].strip("0"), found["Uid"].split(), found["Seccomp"]],
          ["", [str(a.id)] * 4, "2"], "rights of what asked")
    place.let_go()
    wait_for(lambda: not set(before) & set(processes()), "the last one to end", SOON)
    place.end()


KNOWN = {"another's folder": (STRANGER_ID, STRANGER_ID, 0o755, errno.EACCES),
         "another's folder for all but his group": (STRANGER_ID, USER_ID, 0o757, errno.EACCES),
         "another's sticky folder that all may write to": (STRANGER_ID, 0, 0o1777, errno.EPERM),
         "his own folder, which he may not write to": (USER_ID, 0, 0o577, errno.EACCES),
         "another's folder of his group": (STRANGER_ID, USER_ID, 0o775, 0),
         "another's folder that all may write to": (STRANGER_ID, 0, 0o777, 0),
         "his own sticky folder": (USER_ID, 0, 0o1700, 0)}


@attack("the mount point is {} on FUSE: judged by what is known", *KNOWN, who=USERS)
def _(a, what):
    owner, group, mode, error = KNOWN[what]
    place = Place(a, owner=owner, group=group, mode=mode).look()
    asked = list(place.server.seen)
    talk = place.talk().describe(place.folder)
    before = talk.family()
    equal(talk.service.mount(), error, "MOUNT")
    equal(place.server.seen, asked, "what the server was asked")
    if error:
        goes(talk, place, before)
    else:
        keeps(talk, place)
    place.end()


@attack("the mount point is his own folder on FUSE, mounted read-only", who=USERS)
def _(a):
    place = Place(a, "ro").look()
    place.fall_silent()
    talk = place.talk().describe(place.folder)
    before = talk.family()
    equal(talk.service.mount(), errno.EROFS, "MOUNT")
    goes(talk, place, before)
    place.end()


@attack("the mount point lies on a FUSE mount that has been taken away meanwhile", who=USERS)
def _(a):
    place = Place(a).look()
    talk = place.talk().describe(place.folder)
    before = talk.family()
    asked = list(place.server.seen)
    a.unmount(a.mnt, MNT_DETACH)  # the pin still holds it, and its server lives
    equal(talk.service.mount(), errno.EINVAL, "MOUNT")
    equal(place.server.seen, asked, "what the server was asked")
    talk.service.close()
    equal(talk.process.wait(SOON), 1, "exit status")
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)
    a.nothing_mounted()
    place.service.close()
    place.let_go()
    check(place.server.join(), "somebody still holds the mount")


def held(a, place, words=()):
    """A MOUNT that the kernel does not get done with, since somebody is in the folder and waits for
    its server: (talk, its processes, how that somebody ends)."""
    place.fall_silent(LOOKUP)
    pid = os.fork()
    if pid == 0:
        try:
            os.stat(f"{place.folder}/anything")
        finally:
            os._exit(0)
    wait_for(lambda: LOOKUP in place.server.seen[-1:], "somebody in the folder")
    talk = place.talk(words=words).describe(place.folder)
    before, mounter = talk.settled(), talk.mounter()
    send_mount(talk)
    wait_for(lambda: state_of(mounter) == "D", "the mounter to be held")

    def end():
        place.let_go()
        os.waitpid(pid, 0)
        wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)
        place.only()
        place.end()
    return talk, before, end


@attack("the kernel holds the mounter, since somebody waits in the mount point's folder, and {} comes",
        "SIGTERM", "SIGKILL", "--timeout 1", who=ALL)
def _(a, how):
    place = Place(a).look()
    talk, before, end = held(a, place, ("--timeout", "1") if how.startswith("-") else ())
    start = time.monotonic()
    if how.startswith("SIG"):
        send_signal(a, talk.pid, signal.Signals[how])
    equal(talk.process.wait(1 + INTERRUPT + SOON), -9 if how == "SIGKILL" else 1, "exit status")
    check(time.monotonic() - start < 1 + INTERRUPT + SOON, "it took its time")
    # What is left has mounted nothing, and ends as soon as the kernel lets it, without a mount.
    wait_for(lambda: len(set(before) & set(processes())) == 1, "all but one to end", SOON)
    place.only()
    end()


@attack("the kernel holds the mounter, and nothing comes: the session gives up by itself",
        who=(USER,), slow=True)
def _(a):
    place = Place(a).look()
    talk, _, end = held(a, place)
    start = time.monotonic()
    talk.service.sock.settimeout(HOLD + 10)
    equal(talk.service.expect_reply(), errno.ETIMEDOUT, "MOUNT")
    _, err = talk.wait()
    contains(err, "does not get done", "message")
    equal(talk.process.returncode, 1, "exit status")
    check(HOLD - 1 < time.monotonic() - start < HOLD + 5, "not the session's own limit")
    place.only()
    end()


# The source lies on FUSE


@attack("the source lies on FUSE, and its server does not answer OPEN: no privileged process waits",
        who=ALL)
def _(a):
    place = Place(a).look()
    talk = place.talk(a.make(f"{a.home_dir}/other"), place.file)
    before, mounter = talk.settled(), talk.mounter()
    place.fall_silent(OPEN)
    send_open(talk, place.file)
    wait_for(lambda: OPEN in place.server.seen, "OPEN")
    send_signal(a, talk.pid, signal.SIGKILL)
    time.sleep(0.2)
    # Nothing ends the session itself before the server answers; there is no mount yet.
    equal([state_of(talk.pid), state_of(mounter)], ["D", "S"], "states of session and mounter")
    place.only()
    os.kill(mounter, signal.SIGKILL)
    wait_for(lambda: mounter not in processes(), "the mounter to end", SOON)
    place.let_go()
    equal(talk.process.wait(SOON), -9, "exit status")
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)
    place.only()
    talk.service.close()
    place.end()


# The mount point lies on what asks a FUSE server that has stopped


class Stack(Place):
    """An overlay on a FUSE file system whose server reads nothing any more: who asks waits for it,
    and can still be killed."""

    def __init__(self, a):
        super().__init__(a)
        self.look()
        self.top = a.make(f"{a.folder}/top")
        other = a.make(f"{a.folder}/other")
        a.mount("below", self.top, "overlay", MS_RDONLY, f"lowerdir={a.mnt}:{other}")
        self.server.stopped.set()
        time.sleep(0.1)

    def waiting(self, words=()):
        """A MOUNT that waits: (talk, its processes)."""
        talk = self.talk(self.top, words=words).describe(self.top)
        before, mounter = talk.settled(), talk.mounter()
        send_mount(talk)
        if wchan(mounter) == "0":  # it runs, or this kernel does not tell
            time.sleep(0.5)
        else:
            wait_for(lambda: state_of(mounter) == "D" or "request" in wchan(mounter),
                     "the mounter to wait")
        return talk, before

    def end(self):
        harness.umount(self.top, MNT_DETACH)
        super().end()


def wchan(pid):
    with open(f"/proc/{pid}/wchan", encoding="ascii") as f:
        return f.read()


@attack("{} while the mounter waits for the file system below", "SIGTERM", "SIGINT", "SIGKILL",
        "--timeout 1", who=USERS)
def _(a, how):
    place = Stack(a)
    talk, before = place.waiting(("--timeout", "1") if how.startswith("-") else ())
    start = time.monotonic()
    if how.startswith("SIG"):
        send_signal(a, talk.pid, signal.Signals[how])
    equal(talk.process.wait(1 + SOON), -9 if how == "SIGKILL" else 1, "exit status")
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)
    check(time.monotonic() - start < (1 if how.startswith("-") else 0) + SOON, "it took its time")
    place.only()
    talk.service.close()
    place.end()


@attack("SIGKILL right behind a MOUNT that would wait, round {}", *range(1, 6), who=USERS)
def _(a, number):
    place = Stack(a)
    talk = place.talk(place.top).describe(place.top)
    before = talk.settled()
    send_mount(talk)
    time.sleep((number - 1) / 5000)
    send_signal(a, talk.pid, signal.SIGKILL)
    equal(talk.process.wait(SOON), -9, "exit status")
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)
    place.only()
    talk.service.close()
    place.end()


@attack("the mounter waits for the file system below: that MOUNT ends, others do not wait",
        who=USERS, slow=True)
def _(a):
    place = Stack(a)
    talk, before = place.waiting()
    start = time.monotonic()
    # Another mount is not kept waiting, and counts.
    other = a.make(f"{a.home_dir}/other")
    quick = place.talk(other).describe(other)
    equal(quick.service.mount(), 0, "MOUNT of another")
    check(time.monotonic() - start < SOON, "it had to wait")
    keeps(quick, place)
    refused(talk.service.expect_reply(), "MOUNT on what hangs")
    check(ALARM - 3 < time.monotonic() - start < ALARM + 3, "this is not the mounter's alarm")
    place.only()
    talk.service.close()
    equal(talk.wait()[0], 1, "exit status")
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)
    place.end()


# Locks that others hold


@attack("somebody holds the lock of utab: a warning, and the mount stands", who=BOTH, slow=True)
def _(a):
    os.mkdir("/run/mount", 0o755)
    path = a.file("/run/mount/utab.lock", "", 0, 0o644)
    with open(path, "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        talk = a.described("-o", "x-hostile.test")
        equal(talk.service.mtabopts("x-hostile.test"), 0, "MTABOPTS")
        before = talk.settled()
        equal(talk.service.mount(), 0, "MOUNT")
        talk.service.bye(0)
        start = time.monotonic()
        contains(talk.ends(0), "could not be written to utab", "message")
        check(UTAB - 1 < time.monotonic() - start < UTAB + 3, "not the limit of utab")
        wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)
        wait_for(lambda: "mount" not in {name for _, name in processes().values()},
                 "mount(8) to end", SOON)
    a.unmount(a.mnt, MNT_DETACH)
    talk.service.close()


# The service's own file system


class Hanging(TinyFuse):
    """Answers INIT, and then nothing any more until it is let go."""

    def __init__(self, fd):
        self.go = threading.Event()
        super().__init__(fd)

    def _answer(self, opcode):
        if opcode != INIT:
            self.go.wait()
        return super()._answer(opcode)


@attack("{}, while the file system answers nothing", "UNMOUNT", "BYE(1)", "close", "SIGKILL")
def _(a, how):
    talk = a.mounted()
    before = talk.settled()
    server = Hanging(talk.service.fusedev)
    send_open(talk, a.mnt)
    wait_for(lambda: STATFS in server.seen, "the question")
    if how == "UNMOUNT":  # reaches the helper behind the question only
        server.go.set()
        equal(talk.service.expect_file()[0], errno.EISDIR, "the question")
        server.go.clear()
        equal(talk.service.unmount(), 0, "UNMOUNT")
    elif how == "BYE(1)":
        talk.service.bye(1)
        server.go.set()
        talk.service.expect_file()
    elif how == "close":
        talk.service.sock.shutdown(socket.SHUT_RDWR)
    else:
        send_signal(a, talk.pid, signal.SIGKILL)
    if how == "UNMOUNT":
        talk.service.bye(0)
    ends_soon(talk, -9 if how == "SIGKILL" else 1, before)
    server.go.set()
    check(server.join(), "somebody still holds the mount")


@attack("UNMOUNT of fuseblk, whose DESTROY is never answered", who=(ROOT,))
def _(a):
    a.image(f"{a.folder}/disk", 1 << 20)
    device = a.loop(f"{a.folder}/disk")
    talk = a.talk(operands=[device, a.mnt])
    for error in (talk.service.fsopen(wire.FSOPEN_FUSEBLK), talk.service.source(device),
                  talk.service.mntpt(a.mnt), talk.service.mount()):
        equal(error, 0, "the way to a mount")
    server = Hanging(talk.service.fusedev)
    wait_for(lambda: INIT in server.seen, "INIT")
    start = time.monotonic()
    equal(talk.service.unmount(), 0, "UNMOUNT")
    check(time.monotonic() - start < SOON, "it waited")
    talk.dies()
    server.go.set()
    check(server.join(), "somebody still holds the mount")


if __name__ == "__main__":
    sys.exit(main())
