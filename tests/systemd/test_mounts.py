#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The installed units under a real systemd. Runs inside of what `boot` boots; prints TAP."""

import os
import pathlib
import stat
import sys

from inside import (HELPER, SERVICES, SOCKETS, USER_ID, call, case, check, contains, equal,
                    folder, gone, image, instances, main, mount, status_of, systemctl, umount)


@case
def the_sockets_listen_with_the_configured_mode():
    for name in SERVICES:
        systemctl("start", f"{name}.socket")
        status = os.stat(f"{SOCKETS}/{name}")
        equal((stat.S_ISSOCK(status.st_mode), stat.S_IMODE(status.st_mode)), (True, 0o220), name)
        equal(call(HELPER, "-t", name, "--check").returncode, 0, "--check")
        equal(call(HELPER, "-t", name, "--check", user=USER_ID).returncode, 1, "--check of a user")
        equal(instances(name), {}, "instances that --check started")


def single_file(name):
    source, mnt = image(f"image-{name}"), folder(f"mnt-{name}")
    mount(str(source), str(mnt), "-t", name)
    with open(mnt / "single_file", "r+b", buffering=0) as f:
        equal(f.read(), source.read_bytes(), "what is read")
        os.pwrite(f.fileno(), b"written", 4096)
        os.fsync(f.fileno())
    equal(source.read_bytes()[4096:4103], b"written", "what is in the image")
    equal(len(instances(name)), 1, "instances")
    umount(str(mnt))
    gone(name)


@case
def service_ll_mounts_an_image_and_goes_with_the_mount():
    single_file("service_ll")


@case
def service_hl_mounts_an_image_and_goes_with_the_mount():
    single_file("service_hl")


@case
def with_each_kind_of_loop_a_service_works_in_its_box():
    source = image("loops")
    for name in ("service_ll", "service_hl"):
        for options, threads in (("-s",), 1), (("-o", "clone_fd"), 2), (("-omax_idle_threads=1",), 2):
            mnt = folder(f"mnt-{name}-{threads}-{len(options)}")
            mount(str(source), str(mnt), "-t", name, *options)
            equal((mnt / "single_file").read_bytes(), source.read_bytes(), f"with {options}")
            [pid] = instances(name).values()
            running = len(os.listdir(f"/proc/{pid}/task"))
            check(running == 1 if threads == 1 else running > 1, f"{running} threads: {options}")
            umount(str(mnt))
            gone(name)


@case
def null_mounts_over_a_file_and_goes_with_the_mount():
    target = image("null-file")
    mount(str(target), "-t", "null")
    with open(target, "r+b", buffering=0) as f:
        equal(f.read(4096), bytes(4096), "what is read")
        equal(f.write(b"x"), 1, "bytes written")
    umount(str(target))
    gone("null")


@case
def an_instance_is_in_its_box():
    source, mnt = image("boxed"), folder("mnt-boxed")
    mount(str(source), str(mnt), "-t", "service_ll")
    [(unit, pid)] = instances("service_ll").items()
    status = status_of(pid)
    check(61184 <= int(status["Uid"].split()[0]) <= 65519, f"user {status['Uid']}")
    equal({int(status[k], 16) for k in ("CapEff", "CapPrm", "CapBnd", "CapAmb", "CapInh")}, {0},
          "capabilities")
    equal((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"), "no_new_privs and filter")
    seen = set(os.listdir(f"/proc/{pid}/root"))
    check(not seen & {"home", "fsv", "boot", "opt", "mnt", "srv"}, f"it sees {seen}")
    for name, content in (("etc", ["ld.so.cache"]), ("root", []), ("tmp", []), ("var", ["tmp"]),
                          ("run", ["systemd"])):
        equal(os.listdir(f"/proc/{pid}/root/{name}"), content, f"what it sees of /{name}")
    devices = set(os.listdir(f"/proc/{pid}/root/dev"))
    check(not devices & {"fuse", "vda", "sda", "loop0", "mem", "kmsg"}, f"devices {devices}")
    for space in ("net", "mnt", "ipc", "user"):
        check(os.readlink(f"/proc/{pid}/ns/{space}") != os.readlink(f"/proc/1/ns/{space}"),
              f"it is in the {space} namespace of the system")
    files = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    check(str(source) in files, f"open files {files}")
    umount(str(mnt))
    gone("service_ll")


@case
def a_service_that_refuses_its_arguments_leaves_no_failed_unit():
    source, mnt = image("refused"), folder("mnt-refused")
    mount(str(source), str(mnt), "-t", "service_ll", "-o", "nonsense", status=1)
    gone("service_ll")
    equal(systemctl("list-units", "--failed", "--plain", "--no-legend"), "", "failed units")
    log = call("journalctl", "--quiet", "--no-pager", "--unit=service_ll@*").stdout
    contains(log, "nonsense", "journal")


@case
def an_instance_that_is_stopped_leaves_a_mount_that_can_be_unmounted():
    source, mnt = image("stopped"), folder("mnt-stopped")
    mount(str(source), str(mnt), "-t", "service_ll")
    systemctl("stop", *instances("service_ll"))
    gone("service_ll")
    umount(str(mnt))


@case
def an_administrator_lets_a_group_use_a_type():
    with open("/etc/group", "a", encoding="utf-8") as f:
        f.write(f"disc-users:x:{USER_ID}:\n")
    drop_in = pathlib.Path("/etc/systemd/system/service_ll.socket.d")
    drop_in.mkdir()
    (drop_in / "group.conf").write_text("[Socket]\nSocketGroup=disc-users\n", encoding="utf-8")
    systemctl("daemon-reload")
    systemctl("restart", "service_ll.socket")
    home = folder("home", USER_ID)
    source, mnt = image("home/image", USER_ID), folder("home/mnt", USER_ID)
    mount(str(source), str(mnt), "-t", "service_ll", user=USER_ID)
    read = call("cmp", str(source), str(mnt / "single_file"), user=USER_ID)
    equal(read.returncode, 0, read.stdout + read.stderr)
    mount(str(source), str(mnt), "-t", "service_hl", user=USER_ID, status=1)
    umount(str(mnt))
    gone("service_ll")
    check(home.exists(), "the folder")


@case
def a_socket_that_is_stopped_is_gone():
    for name in SERVICES:
        systemctl("stop", f"{name}.socket")
        check(not os.path.exists(f"{SOCKETS}/{name}"), f"{name} is still there")
        mount("/dev/null", "/mnt", "-t", name, status=2)


@case
def the_demo_works_and_leaves_nothing():
    before = systemctl("list-units", "--all", "--plain", "--no-legend", "*.socket", "*@*.service")
    result = call("/fsv/source/tools/demo")
    equal(result.returncode, 0, result.stdout + result.stderr)
    contains(result.stdout, "systemd starts an instance", "what the demo says")
    print("".join(f"# {line}\n" for line in result.stdout.splitlines()), end="")
    equal(result.stderr, "", "stderr")
    equal(sorted(p.name for p in pathlib.Path("/tmp").iterdir() if p.name.startswith("tmp.")), [],
          "temporary folders")
    after = systemctl("list-units", "--all", "--plain", "--no-legend", "*.socket", "*@*.service")
    equal(after, before, "units")


if __name__ == "__main__":
    sys.exit(main(sockets=()))
