#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The helper's command line and exit statuses (fuservicemount3 --help)."""

import os
import socket
import sys

from harness import ROOT, USER, case, check, contains, equal, main

WHO = (ROOT, USER)


@case("a type without a socket is exit 2 for {}", *WHO)
def _(test, who):
    mnt = test.directory("mnt", test.id_of(who))
    result = test.helper("/dev/null", mnt, "-t", "nothing", who=who).is_exit(2)
    contains(result.err, "nothing", "message")
    test.not_mounted()


@case("a socket that nobody listens on is exit 2 for {}", *WHO)
def _(test, who):
    sock = test.listen("deserted")
    sock.close()
    mnt = test.directory("mnt", test.id_of(who))
    result = test.helper("/dev/null", mnt, "-t", "deserted", who=who).is_exit(2)
    contains(result.err, "deserted", "message")
    test.not_mounted()


@case("a socket that the caller may not use is exit 1")
def _(test):
    test.listen("private", mode=0o600)
    mnt = test.directory("mnt", 54321)
    result = test.helper("/dev/null", mnt, "-t", "private", who=USER).is_exit(1)
    contains(result.err, "private", "message")
    test.not_mounted()


@case("a socket directory that the caller may not enter is exit 1")
def _(test):
    test.listen("service")
    os.chmod(test.world.socket_dir, 0o700)
    test.cleanup.append(lambda: os.chmod(test.world.socket_dir, 0o755))
    mnt = test.directory("mnt", 54321)
    test.helper("/dev/null", mnt, "-t", "service", who=USER).is_exit(1)
    test.helper("-t", "service", "--check", who=USER).is_exit(1)


@case("a plain file or a stream socket in the socket directory is no service")
def _(test):
    path = f"{test.world.socket_dir}/file"
    with open(path, "w", encoding="utf-8"):
        pass
    test.cleanup.append(lambda: os.unlink(path))
    test.helper("-t", "file", "--check").is_exit(1)
    check(test.helper("/dev/null", "/mnt", "-t", "file").status in (1, 2), "exit status")
    stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    name = f"{test.world.socket_dir}/stream"
    stream.bind(name)
    stream.listen()
    test.cleanup.append(lambda: (stream.close(), os.unlink(name)))
    test.helper("/dev/null", "/mnt", "-t", "stream").is_exit(1)


@case("--check tells whether {} may use a type", *WHO)
def _(test, who):
    listener = test.listen("there", mode=0o222)
    for type_ in ("there", "fuse.there", "fuseblk.there"):
        equal(test.helper("-t", type_, "--check", who=who).is_exit(0).err, "", "stderr")
    test.helper("--check", "-t", "there", who=who).is_exit(0)
    test.helper("-t", "absent", "--check", who=who).is_exit(1)
    test.listen("private", mode=0o600)
    test.helper("-t", "private", "--check", who=who).is_exit(0 if who == ROOT else 1)
    listener.settimeout(0.1)
    try:
        listener.accept()
    except TimeoutError:
        return
    raise AssertionError("--check connected")


@case("--help and --version print to stdout and are exit 0")
def _(test):
    for word in ("--help", "--version"):
        for who in WHO:
            result = test.helper(word, who=who).is_exit(0)
            contains(result.out, "fuservicemount3", word)
            equal(result.err, "", "stderr")
    text = test.helper("--help").out
    for part in ("-t", "-o", "--check", "--help", "--version"):
        contains(text, part, "--help")


NONSENSE = {
    "nothing at all": [],
    "no type": ["/dev/null", "/mnt"],
    "-t at the very end": ["/dev/null", "/mnt", "-t"],
    "an empty type": ["/mnt", "-t", ""],
    "a type with a slash": ["/mnt", "-t", "../there"],
    "a type that begins with a dot": ["/mnt", "-t", ".there"],
    "a type that begins with a dash": ["/mnt", "-t", "-there"],
    "a type with a control character": ["/mnt", "-t", "the\nre"],
    "a type that fits no socket address": ["/mnt", "-t", "t" * 200],
    "--check without a type": ["--check"],
}


@case("nonsense: {}", *NONSENSE)
def _(test, what):
    listener = test.listen("there")
    for who in WHO:
        result = test.helper(*NONSENSE[what], who=who).is_exit(1)
        check(result.err.strip(), "a message is missing")
        check(all(c == "\n" or c.isprintable() for c in result.err), f"raw bytes: {result.err!r}")
        equal(result.out, "", "stdout")
    listener.settimeout(0.05)
    try:
        listener.accept()
    except TimeoutError:
        return
    raise AssertionError("it connected")


@case("--list names the types that have a socket, without connecting")
def _(test):
    listener = test.listen("there")
    test.listen("private", mode=0o600)
    for who in WHO:
        lines = test.helper("--list", who=who).is_exit(0).out.splitlines()
        found = {line.split()[0]: line for line in lines}
        check({"there", "private"} <= set(found), f"{lines}")
    listener.settimeout(0.05)
    try:
        listener.accept()
    except TimeoutError:
        return
    raise AssertionError("--list connected")


if __name__ == "__main__":
    sys.exit(main())
