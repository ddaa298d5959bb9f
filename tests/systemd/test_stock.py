#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Stock FUSE servers in the box, with the units that fuse-service-unit writes for their profiles."""

import functools
import http.server
import json
import os
import pathlib
import stat
import sys
import threading

import inside
from inside import (PREFIX, SBIN, USER_ID, WORK, call, case, check, contains, equal,
                    everybody_may_mount, folder, gone, image, instances, journal, main, mount,
                    open_loop, status_of, succeed, systemctl, umount)

sys.path.insert(0, "/fsv/source/tests/adapter")
import stock  # noqa: E402

PROFILES = PREFIX / "lib/fuse-service/profiles"
SHELF = pathlib.Path("/tmp/shelf")  # what is made once


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def install(profile):
    stock.installed(PROFILES / profile)
    if not (inside.UNITS / f"{profile}.socket").exists():
        succeed(str(SBIN / "fuse-service-unit"), profile, "--stock", profile)
        systemctl("daemon-reload")
        everybody_may_mount(profile)


made = {}


def tree():
    folder_of_it = SHELF / "tree"
    if not folder_of_it.exists():
        SHELF.mkdir(mode=0o755)
        stock.make_tree(folder_of_it)
    return folder_of_it


def place(kind, owner, device):
    """A private source with a known tree, a mount point, and what sums() is to find."""
    if kind not in made:
        made[kind] = str(SHELF / f"image.{kind}")
        stock.FORMATS[kind](str(tree()), made[kind])
    home = folder("home", owner)
    source, mnt = home / "image", folder("home/mnt", owner)
    stock.copy_image(made[kind], str(source), owner)
    loop = -1
    if device:
        loop, name = open_loop(str(source))
        os.mknod(home / "device", stat.S_IFBLK | 0o600, os.stat(name).st_rdev)
        os.chown(home / "device", owner, owner)
        if (home / "image.key").exists():
            (home / "image.key").rename(home / "device.key")
        source = home / "device"
    return source, mnt, stock.expected(str(tree()), made[kind], kind), loop


def sums(folder_of_it, owner):
    """As the owner of the mount, whom alone it lets in."""
    if not owner:
        return stock.sums(folder_of_it)
    code = "import json, stock, sys; json.dump(stock.sums(sys.argv[1]), sys.stdout)"
    return json.loads(succeed(sys.executable, "-c", code, str(folder_of_it), user=owner,
                              cwd="/fsv/source/tests/adapter"))


def shows(profile, kind, device, owner):
    install(profile)
    source, mnt, wanted, loop = place(kind, owner, device)
    mount(str(source), str(mnt), "-t", profile,
          *stock.words_for(profile, source, *(["ro"] if profile == "fuse2fs" else [])),
          user=owner or None)
    equal(sums(mnt, owner), wanted, "the tree")
    [pid] = instances(profile).values()
    equal(int(status_of(pid)["CapBnd"], 16), 0, "capabilities")
    umount(str(mnt))
    gone(profile)
    if loop >= 0:
        os.close(loop)


WRITE = "import stock, sys; stock.write_tree(sys.argv[1], sys.argv[2])"


def writes(profile, kind, device, owner):
    install(profile)
    source, mnt, _, loop = place(kind, owner, device)
    wanted = stock.sums(tree())
    for number in range(2):
        mount(str(source), str(mnt), "-t", profile, *stock.words_for(profile, source),
              user=owner or None)
        if number == 0:
            succeed("mkdir", str(mnt / "new"), user=owner)
            succeed(sys.executable, "-c", WRITE, str(tree()), str(mnt / "new"), user=owner,
                    cwd="/fsv/source/tests/adapter")
        equal(sums(mnt / "new", owner), wanted, "what was written")
        umount(str(mnt))
        gone(profile)
        stock.quiet(*stock.CHECKERS[kind], str(source))
    if loop >= 0:
        os.close(loop)


def declare():
    for what, pairs in ((shows, stock.READERS), (writes, stock.WRITERS)):
        for profile, kind in pairs:
            for device in (False, True):
                for owner in (0, USER_ID):
                    if device and (profile, kind) in stock.NO_DEVICE:
                        continue

                    def one(arguments=(profile, kind, device, owner), what=what):
                        what(*arguments)
                    one.__name__ = "_".join((
                        profile, what.__name__, kind, "on_a_loop_device" if device else "in_a_file",
                        "for_an_ordinary_user" if owner else "for_root"))
                    case(one)


declare()


def rclone(kind, owner):
    """(configuration file, mount point) with its service running."""
    install("rclone")
    home = folder("home", owner)
    conf = home / "rclone.conf"
    conf.write_text(stock.RCLONE.format(kind), encoding="utf-8")
    os.chown(conf, owner, owner)
    conf.chmod(0o600)
    mnt = folder("home/mnt", owner)
    mount(str(conf), str(mnt), "-t", "rclone", *stock.words_for("rclone", conf), user=owner or None)
    return mnt


@case
def rclone_writes_and_reads_what_its_configuration_file_names():
    for owner in (0, USER_ID):
        mnt = rclone("memory", owner)
        succeed("mkdir", str(mnt / "new"), user=owner)
        succeed(sys.executable, "-c", WRITE, str(tree()), str(mnt / "new"), user=owner,
                cwd="/fsv/source/tests/adapter")
        equal(sums(mnt / "new", owner), stock.sums(tree()), "what was written")
        umount(str(mnt))
        gone("rclone")
        call("rm", "-r", str(WORK / "home"))


@case
def what_may_use_the_network_reads_from_it():
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(QuietHandler, directory=str(tree())))
    threading.Thread(target=server.serve_forever).start()
    try:
        mnt = rclone(f"http\nurl = http://127.0.0.1:{server.server_port}/", 0)
        equal(sums(mnt, 0), stock.sums(tree()), "the tree")
        umount(str(mnt))
        gone("rclone")
    finally:
        server.shutdown()
        server.server_close()


@case
def nobody_else_may_use_the_network():
    install("rclone")
    install("squashfuse")
    for name, wanted in (("rclone", "no"), ("squashfuse", "yes")):
        equal(systemctl("show", "--value", "--property=PrivateNetwork", f"{name}@x.service").strip(),
              wanted, name)


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


def hostile(owner, victim=None):
    """{attempt: how it ended} of a hostile server under the adapter."""
    program = inside.PROGRAMS / "hostile"
    if not program.exists():
        succeed("install", "-m", "0755", "/fsv/build/tests/systemd/hostile", str(program))
        (PROFILES / "hostile").write_text(
            f"program = {program}\narguments = stock --victim=@victim@ @SRC@ @MNT@\n",
            encoding="utf-8")
    install("hostile")
    home = folder("home", owner)
    source, mnt = home / "image", folder("home/mnt", owner)
    source.touch()
    os.chown(source, owner, owner)
    mount(str(source), str(mnt), "-t", "hostile", *(["-o", f"victim={victim}"] if victim else []),
          user=owner or None, status=1)
    gone("hostile")
    report = dict(line.split() for line in source.read_text(encoding="ascii").splitlines())
    systemctl("reset-failed")
    equal(report.pop("end", "missing"), "reached", f"the end of the report {report}")
    call("rm", "-r", str(home))
    return report


def gets_nowhere(report):
    check(len(report) > 60, f"only {len(report)} attempts")
    done = {name for name, how in report.items() if how in ("DONE", "NOT-TRIED", "KILLED")}
    # What it was handed: nothing else has these names.
    equal(done, {"open_fuse", "read_image_by_name"}, "what it could do")
    equal(report["many_processes"], "EAGAIN", "the limit of processes")
    # The adapter's own calls are not the server's, nor is another way to mount.
    for name, how in (("run_from_memory", "EPERM"), ("read_victim", "EPERM"),
                      ("limit_victim", "EPERM"), ("signal_victim", "EPERM"),
                      ("signal_victims_thread", "EPERM"), ("trace_victim", "EPERM"),
                      ("mount_tmpfs", "EPERM"), ("unmount", "EPERM"), ("new_filesystem", "ENOSYS"),
                      ("reopen_image", "EACCES"), ("read_passwd", "ENOENT")):
        equal(report[name], how, name)


@case
def a_hostile_server_gets_nowhere_and_not_into_the_adapter():
    for owner in (0, USER_ID):
        gets_nowhere(hostile(owner))


@case
def nor_into_the_adapter_and_the_server_of_another_mount():
    install("squashfuse")
    home = folder("other")
    stock.FORMATS["squashfs"](str(tree()), str(home / "image"))
    mnt = folder("other/mnt")
    mount(str(home / "image"), str(mnt), "-t", "squashfuse")
    [adapter] = instances("squashfuse").values()
    with open(f"/proc/{adapter}/task/{adapter}/children", encoding="ascii") as f:
        [server] = f.read().split()
    for victim in (adapter, server):
        gets_nowhere(hostile(0, victim))
    equal(stock.sums(mnt), stock.sums(tree()), "the tree of the other mount")
    umount(str(mnt))
    gone("squashfuse")


@case
def each_of_the_five_calls_that_adapter_conf_allows_is_needed():
    install("ntfs-3g")
    source, mnt, _, _ = place("ntfs", 0, False)
    drop_in = inside.UNITS / "ntfs-3g@.service.d/90-less.conf"
    conf = (PREFIX / "lib/fuse-service/adapter.conf").read_text(encoding="utf-8")
    [line] = [line for line in conf.splitlines() if line.startswith("SystemCallFilter=")]
    names = line.partition("=")[2].split()
    equal(len(names), 5, "calls that adapter.conf allows")
    try:
        for name in names:
            drop_in.write_text(f"[Service]\nSystemCallFilter=~{name}\n", encoding="utf-8")
            systemctl("daemon-reload")
            mount(str(source), str(mnt), "-t", "ntfs-3g", status=1)
            gone("ntfs-3g")
            systemctl("reset-failed")
    finally:
        drop_in.unlink()
        systemctl("daemon-reload")
    mount(str(source), str(mnt), "-t", "ntfs-3g")
    umount(str(mnt))
    gone("ntfs-3g")


@case
def adapter_conf_allows_nothing_else():
    """What the box of a stock server has more than that of another service."""
    succeed(str(SBIN / "fuse-service-unit"), "other", "--exec",
            str(inside.PROGRAMS / "service_ll"), "--force")
    install("squashfuse")
    systemctl("daemon-reload")
    own = {"Id", "Names", "Description", "ExecStart", "ExecStartEx", "FragmentPath", "DropInPaths",
           "InvocationID", "BindReadOnlyPaths", "TemporaryFileSystem", "SystemCallFilter",
           "TimeoutStopUSec", "TimeoutAbortUSec", "TriggeredBy", "After", "Before", "Requires", "Conflicts",
           "RequiresMountsFor", "Slice", "ControlGroup", "Asserts", "TimeoutStartUSec"}
    shown = {}
    for name in ("other", "squashfuse"):
        lines = systemctl("show", "--all", f"{name}@x.service").splitlines()
        shown[name] = dict(line.split("=", 1) for line in lines if "=" in line)
    differ = {key for key in shown["other"] | shown["squashfuse"]
              if shown["other"].get(key) != shown["squashfuse"].get(key)}
    equal(differ - own, set(), "other differences")
    calls = [set(shown[name]["SystemCallFilter"].split()) for name in ("other", "squashfuse")]
    equal(calls[1] - calls[0], {"seccomp", "mount", "process_vm_readv", "process_vm_writev",
                                "memfd_create"}, "calls that are allowed besides")
    equal(calls[0] - calls[1], set(), "calls that are not allowed")
    equal(shown["squashfuse"]["TemporaryFileSystem"],
          "/mnt/fuse-service:mode=0777,nr_inodes=1,nosuid,nodev,noexec", "TemporaryFileSystem")


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
def what_a_server_says_reaches_no_terminal_as_it_is():
    """Neither the caller's, nor that of whoever reads the journal."""
    (PROFILES / "rude").write_text("program = /usr/bin/printf\n"
                                   "arguments = \\033[31m@text@\\n @SRC@ @MNT@\n",
                                   encoding="utf-8")
    install("rude")
    result = mount(str(image("image")), str(folder("mnt")), "-t", "rude", "-o",
                   "text=\033]0;own", status=1)
    succeed("journalctl", "--sync")
    shown = succeed("journalctl", "--quiet", "--no-pager", "--unit=rude@*")
    for what, text in (("the caller's terminal", result.stderr), ("the journal", shown)):
        check("\033" not in text, f"an escape sequence on {what}: {text!r}")
    contains(result.stderr, "journalctl", "where to look")
    contains(shown, "blob data", "the journal")
    systemctl("reset-failed")


@case
def what_there_is_and_what_is_missing():
    adapter = str(inside.PROGRAMS / "fuse-service-adapter")
    (PROFILES / "missing").write_text("package = no-such\nprogram = /usr/bin/no-such\n"
                                      "bind = /usr /no/such\narguments = @SRC@ @MNT@\n", encoding="utf-8")
    (PROFILES / "wrong").write_text("program = /bin/true\ncolour = red\n", encoding="utf-8")
    result = call(adapter, "--list")
    listed = {line.split()[0] for line in result.stdout.splitlines()}
    check({p for p, _ in stock.READERS} <= listed, result.stdout)
    contains(result.stdout, "not installed", "--list")
    contains(result.stderr, "wrong:2: unknown", "--list")
    install("squashfuse")
    call("systemctl", "stop", "exfat-fuse.socket")
    for who in (None, USER_ID):
        states = {line.split()[0]: line[17:31].strip()
                  for line in call(adapter, "--list", user=who).stdout.splitlines()}
        equal([states[name] for name in ("squashfuse", "exfat-fuse", "missing")],
              ["usable", "installed", "not installed"], "states")
    (inside.UNITS / "squashfuse.socket.d/everybody.conf").unlink()
    systemctl("daemon-reload")
    systemctl("restart", "squashfuse.socket")
    listed = call(adapter, "--list", user=USER_ID).stdout.splitlines()
    contains(next(line for line in listed if line.startswith("squashfuse ")), " installed ",
             "of a socket that is not for this user")
    equal(call(adapter, "--check", "squashfuse").returncode, 0, "--check of a good one")
    for name, part in (("missing", "in the package no-such"), ("missing", "systemctl enable --now missing.socket\n"),
                       ("missing", "file /no/such: missing"),
                       ("gocryptfs", "acts on a directory"), ("wrong", "wrong:2: unknown")):
        result = call(adapter, "--check", name)
        equal(result.returncode, 1, f"--check {name}")
        contains(result.stdout + result.stderr, part, f"--check {name}")
    equal(call(adapter, "--help").returncode, 0, "--help")
    equal(call(adapter).returncode, 2, "no arguments")
    contains(call(adapter, "squashfuse").stderr, "not started by a socket unit", "by hand")


@case
def the_demo_of_a_stock_server():
    result = call("/fsv/source/tools/demo", "--stock", "fuse2fs")
    equal(result.returncode, 0, result.stdout + result.stderr)
    contains(result.stdout, "systemd starts an instance", "what the demo says")
    contains(result.stdout, "files through the mount: those that", "what the demo says")
    equal(result.stderr, "", "stderr")


if __name__ == "__main__":
    sys.exit(main(sockets=()))
