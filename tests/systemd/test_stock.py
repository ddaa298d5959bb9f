#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Stock FUSE servers in the box, with the units that fuse-service-unit writes for their profiles."""

import os
import sys

import inside
from inside import (PREFIX, SBIN, WORK, call, case, check, contains, equal, folder, gone, image,
                    instances, journal, main, mount, status_of, succeed, systemctl, umount)

sys.path.insert(0, "/fsv/source/tests/adapter")
import stock  # noqa: E402

PROFILES = PREFIX / "lib/fuse-service/profiles"


def install(profile):
    stock.installed(PROFILES / profile)
    if not (inside.UNITS / f"{profile}.socket").exists():
        succeed(str(SBIN / "fuse-service-unit"), profile, "--stock", profile)
        systemctl("daemon-reload")
        systemctl("start", f"{profile}.socket")


def place(kind, owner):
    """A private source with a known tree, and a mount point."""
    tree = WORK / "tree"
    if not tree.exists():
        stock.make_tree(tree)
    home = folder("home", owner)
    source, mnt = home / "image", folder("home/mnt", owner)
    stock.FORMATS[kind](str(tree), str(source))
    os.chown(source, owner, owner)
    source.chmod(0o600)
    return tree, source, mnt


def shows(profile, kind):
    install(profile)
    tree, source, mnt = place(kind, 0)
    mount(str(source), str(mnt), "-t", profile, *stock.words_for(profile, "ro"))
    equal(stock.sums(mnt), stock.sums(tree), "the tree")
    [pid] = instances(profile).values()
    equal(int(status_of(pid)["CapBnd"], 16), 0, "capabilities")
    umount(str(mnt))
    gone(profile)


def writes(profile, kind):
    install(profile)
    tree, source, mnt = place(kind, 0)
    for _ in range(2):
        mount(str(source), str(mnt), "-t", profile, *stock.words_for(profile))
        if not (mnt / "new").exists():
            os.mkdir(mnt / "new")
            stock.write_tree(tree, mnt / "new")
        equal(stock.sums(mnt / "new"), stock.sums(tree), "what was written")
        umount(str(mnt))
        gone(profile)


def declare():
    for what, pairs in ((shows, stock.READERS), (writes, stock.WRITERS)):
        for profile, kind in pairs:
            def one(what=what, profile=profile, kind=kind):
                what(profile, kind)
            one.__name__ = f"{profile}_{what.__name__}_{kind}"
            case(one)


declare()


@case
def a_server_that_tries_all_that_is_forbidden():
    """What adapter.conf allows is not there for the server."""
    program = inside.PROGRAMS / "probe"
    succeed("install", "-m", "0755", "/fsv/build/tests/adapter/probe", str(program))
    (PROFILES / "probe").write_text(
        f"program = {program}\narguments = @OPTS@ @SRC@ @MNT@ boxed\n"
        "file = /etc/synthetic hello world\n", encoding="utf-8")
    install("probe")
    source, key, mnt = image("image"), image("key"), folder("mnt")
    mount(str(source), str(mnt), "-t", "probe", "-o", f"key={key}", status=1)
    said = journal("probe@*")
    equal([line for line in said if line.startswith("FAILED")], [], "what the probe could do")
    check(any(line.startswith("probed ") for line in said), f"it did not come to its end: {said}")
    systemctl("reset-failed")


@case
def the_box_is_as_tight_as_that_of_other_services():
    install("squashfuse")
    succeed("systemd-analyze", "--no-pager", "security", "--threshold=3", "squashfuse@x.service")


@case
def what_the_server_says_is_in_the_journal():
    install("squashfuse")
    home = folder("home")
    (home / "image").write_bytes(bytes(8192))
    result = mount(str(home / "image"), str(folder("home/mnt")), "-t", "squashfuse", status=1)
    contains(result.stderr, "journalctl", "where to look")
    contains("\n".join(journal("squashfuse@*")), "This doesn't look like a squashfs image", "journal")
    systemctl("reset-failed")


@case
def what_there_is_and_what_is_missing():
    adapter = str(inside.PROGRAMS / "fuse-service-adapter")
    (PROFILES / "missing").write_text("package = no-such\nprogram = /usr/bin/no-such\n"
                                      "arguments = @SRC@ @MNT@\n", encoding="utf-8")
    (PROFILES / "wrong").write_text("program = /bin/true\ncolour = red\n", encoding="utf-8")
    result = call(adapter, "--list")
    listed = {line.split()[0] for line in result.stdout.splitlines()}
    check({p for p, _ in stock.READERS} <= listed, result.stdout)
    contains(result.stdout, "not installed", "--list")
    contains(result.stderr, "wrong:2: unknown", "--list")
    install("squashfuse")
    equal(call(adapter, "--check", "squashfuse").returncode, 0, "--check of a good one")
    for name, part in (("missing", "in the package no-such"), ("missing", "systemctl enable"),
                       ("gocryptfs", "acts on a directory"), ("wrong", "wrong:2: unknown")):
        result = call(adapter, "--check", name)
        equal(result.returncode, 1, f"--check {name}")
        contains(result.stdout + result.stderr, part, f"--check {name}")
    equal(call(adapter, "--help").returncode, 0, "--help")
    equal(call(adapter).returncode, 2, "no arguments")
    contains(call(adapter, "squashfuse").stderr, "not started by a socket unit", "by hand")


@case
def the_demo_of_a_stock_server():
    result = call("/fsv/source/tools/demo", "--stock", "squashfuse")
    equal(result.returncode, 0, result.stdout + result.stderr)
    contains(result.stdout, "systemd starts an instance", "what the demo says")
    contains(result.stdout, "files through the mount: those that", "what the demo says")
    equal(result.stderr, "", "stderr")


if __name__ == "__main__":
    sys.exit(main(sockets=()))
