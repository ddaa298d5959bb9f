#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""What administrators and their users do: groups, discs, mount(8), fstab, servers of their own."""

import contextlib
import errno
import grp
import os
import pathlib
import shutil
import sys

from inside import (BUILD, HELPER, PROGRAMS, SBIN, SERVICES, SOCKETS, Skip, UNITS, WORK,
                    all_mounts, call, case, check, contains, equal, everybody_may_mount, fails_with,
                    gone, image, install_server, instances, journal, main, mount, open_loop,
                    succeed, systemctl, umount, wait_for)

ALICE, BOB = "fsv-alice", "fsv-bob"


def add_user(name, *groups):
    """An ordinary user with a home that only he may enter."""
    succeed("useradd", "--create-home", "--key", "HOME_MODE=0700",
            *(["--groups", ",".join(groups)] if groups else []), name)


def as_user(name, *words):
    return call("setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups", *words,
                cwd=f"/home/{name}")


@contextlib.contextmanager
def fstab(line):
    pathlib.Path("/etc/fstab").write_text(line + "\n", encoding="utf-8")
    systemctl("daemon-reload")
    try:
        yield
    finally:
        pathlib.Path("/etc/fstab").write_text("", encoding="utf-8")
        systemctl("daemon-reload")


@case
def a_mount_of_fstab_was_there_when_the_system_was_up():
    """The line is in meson.build; it needs the socket, and what the service itself waits for."""
    # The unit, not the mount: that is seen a moment before mount(8) has ended, and the unit until
    # then is "activating".
    try:
        wait_for(lambda: call("systemctl", "is-active", "mnt.mount").returncode == 0, "the unit")
        [found] = [m for m in all_mounts() if m.point == "/mnt"]
        equal(found.type, "fuse.service_ll", "its type")
        check(pathlib.Path("/mnt/single_file").stat().st_size > 0, "it is served")
    finally:
        systemctl("stop", "mnt.mount")
    gone("service_ll")
    systemctl("start", "mnt.mount")
    systemctl("stop", "mnt.mount")
    said = succeed("journalctl", "--boot", "--output=cat", "_PID=1")
    check("ordering cycle" not in said, f"the units wait for each other: {said}")


@case
def an_ordinary_user_mounts_what_only_he_can_read():
    add_user(ALICE)
    everybody_may_mount(*SERVICES)
    succeed("install", "-o", ALICE, "-m", "0600", str(image("disc")), f"/home/{ALICE}/disc")
    succeed("install", "-o", ALICE, "-d", f"/home/{ALICE}/on")
    for name in ("service_ll", "service_hl"):
        result = as_user(ALICE, HELPER, "disc", "on", "-t", name)
        equal(result.returncode, 0, result.stderr)
        equal(as_user(ALICE, "cmp", "disc", "on/single_file").stdout, "", "what he reads")
        fails_with(errno.EACCES, os.stat, f"/home/{ALICE}/on")  # even root sees only who mounted
        options = [m.options for m in all_mounts() if m.point == f"/home/{ALICE}/on"]
        check({"nosuid", "nodev"} <= set(options[0]), f"{options}")
        equal(as_user(ALICE, "fusermount3", "-u", "on").returncode, 0, "he unmounts it")
        gone(name)
    equal(as_user(ALICE, HELPER, "disc", "-t", "null").returncode, 0, "null")
    equal(as_user(ALICE, "head", "-c", "4", "disc").stdout, "\0\0\0\0", "null")
    equal(as_user(ALICE, "fusermount3", "-u", "disc").returncode, 0, "he unmounts it")
    gone("null")


@case
def an_ordinary_user_mounts_neither_what_nor_where_he_may_not():
    secret = image("secret")
    for words, why in (((str(secret), "on"), "Permission denied"), (("disc", "/mnt"), "/mnt"),
                       (("disc", "on", "-o", "allow_other"), "allow_other")):
        result = as_user(ALICE, HELPER, *words, "-t", "service_ll")
        equal(result.returncode, 1, f"{words}: {result.stderr}")
        contains(result.stderr, why, f"{words}")
        gone("service_ll")


@case
def users_in_group_disk_may_mount_usb_sticks():
    """The example of docs/units.md."""
    everybody = UNITS / "service_ll.socket.d"
    shutil.rmtree(everybody)
    everybody.mkdir()
    (everybody / "group.conf").write_text("[Socket]\nSocketGroup=disk\n", encoding="utf-8")
    systemctl("daemon-reload")
    systemctl("restart", "service_ll.socket")
    add_user(BOB, "disk")
    device, name = open_loop(image("stick", size=1 << 20))
    try:
        # The node is our own: that of the machine is not ours to hand to a group.
        stick = str(WORK / "sdx1")
        os.mknod(stick, 0o060660, os.stat(name).st_rdev)
        shutil.chown(stick, "root", "disk")
        os.mkdir(f"/home/{BOB}/on")
        shutil.chown(f"/home/{BOB}/on", BOB)
        words = (HELPER, stick, "on", "-t", "service_ll", "-o", "require_bdev")
        result = as_user(ALICE, *words)
        equal(result.returncode, 1, "a user without the group")
        contains(result.stderr, "Permission denied", "what he is told")
        result = as_user(BOB, *words)
        equal(result.returncode, 0, result.stderr)
        equal(as_user(BOB, "cmp", stick, "on/single_file").stdout, "", "what he reads")
        equal(as_user(BOB, "fusermount3", "-u", "on").returncode, 0, "he unmounts it")
        gone("service_ll")
    finally:
        os.close(device)


@case
def root_mounts_a_block_device_with_each_service():
    backing = image("blocks", size=1 << 20)
    device, name = open_loop(backing)
    try:
        on = WORK / "on"
        on.mkdir()
        for service in ("service_ll", "service_hl"):
            mount(name, str(on), "-t", service, "-o", "require_bdev,blocksize=4k")
            with (on / "single_file").open("r+b", buffering=0) as f:
                equal(f.read(4096), backing.read_bytes()[:4096], "what is read")
                os.pwrite(f.fileno(), service.encode(), 8192)
                os.fsync(f.fileno())
            umount(str(on))
            gone(service)
            with open(name, "rb", buffering=0) as f:
                f.seek(8192)
                contains(f.read(512), service.encode(), "what is on the device")
    finally:
        os.close(device)


def mount_8_knows(name):
    """The link of docs/units.md, which the start of this system has made for service_ll."""
    link = pathlib.Path(f"/sbin/mount.fuse.{name}")
    if not link.is_symlink():
        link.symlink_to(SBIN / "mount.fuse-service")


@case
def mount_and_umount_know_the_types():
    source, on = image("image"), WORK / "on"
    on.mkdir()
    for name in SERVICES:
        mount_8_knows(name)
        words = ("", str(source)) if name == "null" else (str(source), str(on))
        succeed("mount", "-t", f"fuse.{name}", *words)
        equal([m.type for m in all_mounts() if m.point == words[1]], [f"fuse.{name}"], "its type")
        if name == "null":
            with source.open("rb") as f:
                equal(f.read(4), bytes(4), "what is read")
        else:
            equal((on / "single_file").read_bytes(), source.read_bytes(), "what is read")
        succeed("umount", words[1])
        gone(name)
    result = call("mount", "-t", "fuse.service_ll", "-o", "nonsense", str(source), str(on))
    check(result.returncode != 0, "a bad option")
    gone("service_ll")


@case
def a_line_of_fstab_mounts_when_somebody_looks():
    for name in ("service_ll", "service_hl"):
        mount_8_knows(name)
        source, on = image(f"image-{name}"), WORK / f"auto-{name}"
        on.mkdir()
        line = f"{source} {on} fuse.{name} x-systemd.automount,noauto,nosuid,noexec 0 0"
        unit = succeed("systemd-escape", "--path", "--suffix=automount", str(on)).strip()
        with fstab(line):
            systemctl("start", unit)
            equal(instances(name), {}, "instances before anybody has looked")
            equal((on / "single_file").read_bytes(), source.read_bytes(), "what is read")
            options = [m.options for m in all_mounts() if m.type == f"fuse.{name}"]
            check("noexec" in options[0], f"{options}")
            equal(len(instances(name)), 1, "instances")
            systemctl("stop", unit)
            if os.path.ismount(on):
                umount(str(on))
            gone(name)


@case
def the_root_of_the_services_is_made_again_with_the_socket():
    systemctl("stop", *(f"{name}.socket" for name in SERVICES))
    shutil.rmtree("/run/fuse-service")
    systemctl("start", "service_hl.socket")
    source, on = image("image"), WORK / "on"
    on.mkdir()
    mount(str(source), str(on), "-t", "service_hl")
    equal(os.readlink("/run/fuse-service/root/proc"), "locked/proc", "/proc of the services")
    umount(str(on))
    systemctl("start", *(f"{name}.socket" for name in SERVICES))


@case
def a_service_never_starts_without_its_box():
    box = pathlib.Path(systemctl("cat", "service_ll@x.service").split("AssertPathExists=")[1]
                       .split()[0])
    source, on = image("image"), WORK / "on"
    on.mkdir()
    box.rename(f"{box}.old")
    systemctl("daemon-reload")
    try:
        mount(str(source), str(on), "-t", "service_ll", status=1)
        gone("service_ll")
    finally:
        pathlib.Path(f"{box}.old").rename(box)
        systemctl("daemon-reload")
    mount(str(source), str(on), "-t", "service_ll")
    umount(str(on))


@case
def a_server_of_ones_own_with_two_types_and_a_group():
    install_server("greedy", "--type", "greedy", "--type", "greedy.v2", "--group", "disk")
    for name in ("greedy", "greedy.v2"):
        found = os.stat(f"{SOCKETS}/{name}")
        equal((found.st_mode & 0o777, found.st_gid), (0o220, grp.getgrnam("disk").gr_gid), name)
    on = WORK / "on"
    on.mkdir()
    mount(str(on), "-t", "greedy.v2")
    equal((on / "alive").read_bytes(), b"yes\n", "it serves")
    equal([m.type for m in all_mounts() if m.point == str(on)], ["fuse.greedy.v2"], "its type")
    equal(len(instances("greedy")), 1, "instances of the one unit")
    umount(str(on))
    gone("greedy")
    # mount(8) takes it for installed, and does not fall back to anything.
    systemctl("stop", "greedy.socket")
    result = call(str(SBIN / "mount.fuse-service"), "greedy.v2#", str(on), "-t", "fuse.greedy.v2")
    check(result.returncode != 0, "mounted without a service")
    result = call(str(SBIN / "fuse-service-unit"), "greedy", "--exec", str(PROGRAMS / "greedy"))
    equal(result.returncode, 1, "a second pair of that name")
    contains(result.stderr, "already", "what it says")


@case
def the_server_of_docs_porting_as_it_says_there():
    program = "/usr/local/libexec/tarfs"
    if not (BUILD / "tests/docs/tarfs").exists():
        raise Skip("built without patch(1)")
    succeed("install", "-D", "-m", "0755", str(BUILD / "tests/docs/tarfs"), program)
    succeed(str(SBIN / "fuse-service-unit"), "tarfs", "--exec", program)
    systemctl("daemon-reload")
    systemctl("start", "tarfs.socket")
    everybody_may_mount("tarfs")
    succeed("install", "-o", ALICE, "-d", f"/home/{ALICE}/tar")
    equal(as_user(ALICE, "sh", "-c", "mkdir -p in/sub && seq 9999 >in/sub/a && : >in/b &&"
                  "tar --format=ustar -cf archive.tar -C in .").returncode, 0, "an archive")
    result = as_user(ALICE, HELPER, "archive.tar", "tar", "-t", "tarfs")
    equal(result.returncode, 0, result.stderr)
    different = as_user(ALICE, "diff", "-r", "in", "tar")
    equal((different.returncode, different.stdout), (0, ""), "what is read")
    equal(as_user(ALICE, "fusermount3", "-u", "tar").returncode, 0, "he unmounts it")
    gone("tarfs")
    succeed("cp", "/bin/true", f"/home/{ALICE}/archive.tar")
    equal(as_user(ALICE, HELPER, "archive.tar", "tar", "-t", "tarfs").returncode, 1, "no archive")
    gone("tarfs")
    contains("\n".join(journal("tarfs@*")), "tarfs: bad archive at byte 0", "the journal")


@case
def what_a_server_says_is_found_by_its_unit():
    result = call(HELPER, "/nowhere", "/mnt", "-t", "service_ll", "-o", "size=nonsense")
    equal(result.returncode, 1, "exit status")
    gone("service_ll")
    contains("\n".join(journal("service_ll@*")), "nonsense", "the journal")
    contains(result.stderr, "journalctl -b -u 'service_ll@*'", "where the helper says to look")


if __name__ == "__main__":
    sys.exit(main())
