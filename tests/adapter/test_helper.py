#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The adapter with a mount helper that refuses, leaves, or answers as another implementation does."""

import errno
import os
import pathlib
import signal
import sys

import stock

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "integration"))
import wire  # noqa: E402
from harness import case, check, contains, equal, main, processes  # noqa: E402
from scripted_helper import Server  # noqa: E402

COMMANDS = ("FSOPEN", "SOURCE", "MNTPT", "MNTOPTS", "MTABOPTS", "MOUNT")


def start(test):
    """The adapter with a squashfs image, connected to this helper."""
    profile = stock.prepare(test.world, "squashfuse_ll")
    image, tree, mnt = (f"{test.folder}/{name}" for name in ("image", "tree", "mnt"))
    if not os.path.exists(image):
        stock.make_tree(tree)
        stock.FORMATS["squashfs"](tree, image)
        test.directory("mnt")
    return Server(test, f"{test.world.bin}/{stock.ADAPTER}", image, mnt,
                  "-o", "default_permissions,x-a", own=(profile,)), image, mnt


def no_server():
    names = {name for _, name in processes().values()}
    check("squashfuse_ll" not in names, f"the server is still there: {names}")


def is_question(command, mnt):
    return command[0] == wire.OPEN and command[-1] == mnt


def until_question(server, mnt):
    """Everything up to and with the question whether the file system answers."""
    while True:
        command = server.converse(until=wire.OPEN)
        check(command[0] == wire.OPEN, f"{command} instead of an OPEN")
        if is_question(command, mnt):
            return
        server.open_as_asked(command)


def served(server, mnt, test):
    equal(server.next(), (wire.BYE, 0), "goodbye; it said: " + server.stderr())
    check(server.closed(), "the connection is kept")
    equal(stock.sums(mnt), stock.sums(f"{test.folder}/tree"), "the tree")
    server.unmount()
    server.ends(0)
    no_server()


@case("the answer EISDIR says that the file system answers")
def _(test):
    server, _, mnt = start(test)
    until_question(server.begin(), mnt)
    server.send(wire.file_answer(errno.EISDIR, mnt))
    served(server, mnt, test)


@case("so does a file, which is not kept")
def _(test):
    server, _, mnt = start(test)
    until_question(server.begin(), mnt)
    fd = os.open(test.folder, os.O_RDONLY)
    server.send(wire.file_answer(0, mnt), fd)
    os.close(fd)
    equal(server.next(), (wire.BYE, 0), "goodbye")
    kept = [os.readlink(f"/proc/{server.pid}/fd/{n}") for n in os.listdir(f"/proc/{server.pid}/fd")]
    check(test.folder not in kept, f"open files {kept}")
    server.unmount()
    server.ends(0)
    no_server()


@case("another answer ends in BYE(1), and no process is left")
def _(test):
    server, _, mnt = start(test)
    until_question(server.begin(), mnt)
    server.send(wire.file_answer(errno.ENOTCONN, mnt))
    equal(server.next(), (wire.BYE, 1), "goodbye")
    server.ends(1)
    contains(server.stderr(), "the file system does not answer", "message")
    server.unmount()
    no_server()


@case("before the answer it does not say that it serves")
def _(test):
    server, _, mnt = start(test)
    until_question(server.begin(), mnt)
    equal(stock.sums(mnt), stock.sums(f"{test.folder}/tree"), "the tree")
    server.sock.settimeout(0.3)
    try:
        raise AssertionError(f"it said {server.next()}")
    except TimeoutError:
        pass
    server.sock.settimeout(10)
    server.send(wire.file_answer(errno.EISDIR, mnt))
    served(server, mnt, test)


@case("{} refused: BYE(1), and the server knows", *COMMANDS)
def _(test, name):
    server, _, _ = start(test)
    command = server.begin().converse(refuse={getattr(wire, name): errno.EACCES})
    equal(command, (wire.BYE, 1), "goodbye")
    equal(wire.MOUNT in [c[0] for c in server.commands], name == "MOUNT", "MOUNT sent")
    server.ends(1)
    contains(server.stderr(), f"refused {name}", "the adapter's message")
    contains(server.stderr(), "fuse: mount failed: Permission denied", "the server's message")
    no_server()


@case("OPEN refused with {}: the server says so", "EACCES", "ENOENT", "EIO", "EPERM")
def _(test, name):
    number = getattr(errno, name)
    server, image, _ = start(test)
    command = server.begin().converse(
        opener=lambda c: server.send(wire.file_answer(number, c[-1])))
    equal(command, (wire.BYE, 1), "goodbye")
    server.ends(1)
    contains(server.stderr(), os.strerror(number), "the server's message")
    no_server()


def answer(server, command, error=0):
    """One command, as asked or with this error."""
    if command[0] == wire.OPEN:
        if error or server.mounted:
            server.send(wire.file_answer(error or errno.EISDIR, command[-1]))
        else:
            server.open_as_asked(command)
        return
    if command[0] == wire.MOUNT and not error:
        server.mount(command[1])
    server.send(wire.reply(error))


def ended(server):
    """It ends by itself, but for one that serves, which is unmounted first."""
    if server.commands and server.commands[-1] == (wire.BYE, 0):
        server.unmount()
    server.ends(0, 1, seconds=5)
    if server.mounted:
        server.unmount()
    server.finish()
    no_server()


def until_served(test, meddle):
    """For each command of a mount: a new one, in which `meddle(server, command)` comes first, and
    says whether to answer as usual after it. How many there were."""
    number = 0
    while True:
        server, _, _ = start(test)
        server.begin()
        count = 0
        while True:
            command = server.next()
            if command[0] == wire.BYE:
                break
            count += 1
            if count == number + 1 and not meddle(server, command):
                break
            if count != number + 1:
                answer(server, command)
        if count < number + 1:
            equal(command, (wire.BYE, 0), "goodbye of the one that was left alone")
            ended(server)
            return number
        ended(server)
        number += 1


@case("whichever command it leaves after: nothing hangs, nothing is left")
def _(test):
    def leave(server, _):
        server.sock.close()
        return False
    check(until_served(test, leave) > 10, "commands")


@case("whichever command is answered with {}: nothing hangs, nothing is left", "EIO", "EMFILE")
def _(test, name):
    def refuse(server, command):
        answer(server, command, getattr(errno, name))
        return True
    check(until_served(test, refuse) > 10, "commands")


@case("every command is answered with EIO: nothing hangs, nothing is left")
def _(test):
    server, _, _ = start(test)
    server.begin()
    command = server.next()
    while command[0] != wire.BYE:
        answer(server, command, errno.EIO)
        command = server.next()
    equal(command, (wire.BYE, 1), "goodbye")
    check(wire.MOUNT not in [c[0] for c in server.commands], "MOUNT was sent")
    server.ends(1)
    no_server()


@case("a source that cannot be opened is asked for once more, so that the caller is told why")
def _(test):
    server, image, _ = start(test)
    opens = []

    def refuse(command):
        opens.append(command)
        server.send(wire.file_answer(errno.EACCES, command[-1]))
    equal(server.begin().converse(opener=refuse), (wire.BYE, 1), "goodbye")
    quiet = [command[3] for command in opens]
    check(len(opens) >= 2 and set(quiet[:-1]) == {1} and quiet[-1] == 0, f"OPENs {opens}")
    equal(opens[-1][-1], image, "what is asked for loudly")
    server.ends(1)


@case("a helper that leaves {}", "at once", "after HELLO", "after its arguments", "after fusedev", "after OPEN",
      *(f"after {c}" for c in COMMANDS), "after the question")
def _(test, when):
    server, _, mnt = start(test)
    if when == "after HELLO":
        server.send(wire.hello())
    elif when == "after its arguments":
        server.greet(flags=0)
        server.send_words(*server.words)
    elif when == "after the question":
        until_question(server.begin(), mnt)
    elif when == "after fusedev":
        server.begin()
    elif when != "at once":
        server.begin().converse(until=getattr(wire, when.split()[1]))
    server.sock.close()
    server.ends(1, seconds=5)
    contains(server.stderr(), "fuse-service-adapter: ", "message")
    if server.mounted:
        server.unmount()
    no_server()


@case("{} while it waits for {}", *((n, c) for n in ("SIGTERM", "SIGINT") for c in (
    "OPEN", "SOURCE", "MOUNT")))
def _(test, name, command):
    server, _, _ = start(test)
    server.begin().converse(until=getattr(wire, command))
    server.kill(getattr(signal, name))
    while server.next()[0] != wire.BYE:
        pass
    equal(server.commands[-1], (wire.BYE, 1), "goodbye")
    server.ends(1, seconds=5)
    no_server()


@case("whatever the server does: only what the caller named is asked for")
def _(test):
    server, image, mnt = start(test)
    until_question(server.begin(flags=0), mnt)
    asked = {c[-1] for c in server.commands if c[0] in (wire.OPEN, wire.OPEN_BDEV)}
    equal(asked, {image, mnt}, "names asked for")
    equal(server.said(wire.SOURCE), (wire.SOURCE, image), "SOURCE")
    equal(server.said(wire.MNTOPTS), (wire.MNTOPTS, "default_permissions"), "MNTOPTS")
    equal(server.said(wire.MTABOPTS), (wire.MTABOPTS, "x-a"), "MTABOPTS")
    equal(server.said(wire.MOUNT), (wire.MOUNT, wire.MS_RDONLY | wire.MS_NOSUID | wire.MS_NODEV),
          "MOUNT")
    server.send(wire.file_answer(errno.EISDIR, mnt))
    equal(server.next(), (wire.BYE, 0), "goodbye")
    server.unmount()
    server.ends(0)


if __name__ == "__main__":
    sys.exit(main())
