#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""What a service sees and can do in its box: from outside, and by a hostile one that tries."""

import os
import stat
import sys

from inside import (SERVICES, UNITS, all_mounts, call, case, check, contains, equal,
                    everybody_may_mount, folder, gone, image, install_server, instances, main,
                    mount, status_of, systemctl, umount, USER_ID)

# What a process may see of the system that it runs on: libraries, and nothing to run.
LIBRARIES = ("/usr/lib", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache")
HIDDEN = ("/sys", "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/dev/pts", "/dev/hugepages")


def start(name, words=()):
    """(pid, image, mount point) of a fresh mount."""
    mnt = image(f"on-{name}") if name == "null" else folder(f"on-{name}")
    source = image(f"image-{name}")
    mount(*([] if name == "null" else [str(source)]), str(mnt), "-t", name, *words)
    [pid] = instances(name).values()
    return pid, source, mnt


def end(name, mnt):
    umount(str(mnt))
    gone(name)


@case
def no_rights_and_filters_on():
    for name in SERVICES:
        pid, _, mnt = start(name)
        status = status_of(pid)
        check(61184 <= int(status["Uid"].split()[0]) <= 65519, f"user {status['Uid']}")
        equal(len(set(status["Uid"].split() + status["Gid"].split())), 1, "users and groups")
        equal(status["Groups"].split(), status["Gid"].split()[:1], "other groups")
        sets = ("CapEff", "CapPrm", "CapBnd", "CapAmb", "CapInh")
        equal({int(status[k], 16) for k in sets}, {0}, "capabilities")
        equal((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"), "no_new_privs and filter")
        equal(os.readlink(f"/proc/{pid}/cwd"), "/", "current folder")
        with open(f"/proc/{pid}/limits", encoding="utf-8") as f:
            limits = {line[:26].strip(): line[26:].split()[:2] for line in f}
        equal((limits["Max open files"], limits["Max core file size"]),
              (["1024", "1024"], ["0", "0"]), "limits")
        with open(f"/proc/{pid}/oom_score_adj", encoding="utf-8") as f:
            equal(f.read(), "250\n", "how readily it is killed")
        end(name, mnt)


@case
def namespaces_of_its_own_and_no_network():
    pid, _, mnt = start("service_ll")
    for space in ("net", "mnt", "ipc", "user", "uts"):
        check(os.readlink(f"/proc/{pid}/ns/{space}") != os.readlink(f"/proc/1/ns/{space}"),
              f"it is in the {space} namespace of the system")
    with open(f"/proc/{pid}/net/dev", encoding="utf-8") as f:
        equal([line.split(":")[0].strip() for line in f.readlines()[2:]], ["lo"], "interfaces")
    end("service_ll", mnt)


@case
def an_empty_root_with_libraries_and_its_own_program():
    pid, _, mnt = start("service_ll")
    program = os.readlink(f"/proc/{pid}/exe")
    for found in all_mounts(f"/proc/{pid}/mountinfo"):
        check("ro" in found.options or found.point == "/locked/proc", f"{found.point} is writable")
        if found.point in HIDDEN or found.point == "/root":
            equal(stat.S_IMODE(os.stat(f"/proc/{pid}/root{found.point}").st_mode), 0, found.point)
        elif found.point not in ("/", "/dev", "/locked/proc", "/run/systemd/incoming", program):
            check(found.point.startswith(LIBRARIES), f"it sees {found.point}")
        check("master" not in found.propagation, f"{found.point}: mounts of the host arrive")
    root = f"/proc/{pid}/root"
    seen = set(os.listdir(f"{root}/usr"))
    check({"lib", "local"} <= seen <= {"lib", "libexec", "local"}, f"it sees {seen} in /usr")
    equal(os.listdir(f"{root}/etc"), ["ld.so.cache"], "/etc")
    programs = root + os.path.dirname(program)
    # Of other servers that have run there are their mount points, empty files.
    equal([name for name in os.listdir(programs) if os.stat(f"{programs}/{name}").st_size],
          ["service_ll"], "programs")
    equal(stat.S_IMODE(os.stat(f"{root}/locked").st_mode), 0o700, "what /proc is in")
    equal(os.readlink(f"{root}/proc"), "locked/proc", "/proc")
    end("service_ll", mnt)


@case
def what_is_mounted_later_does_not_appear_in_there():
    call("mount", "--make-rshared", "/")  # as on a machine that is no container
    pid, _, mnt = start("service_ll")
    before = [found.point for found in all_mounts(f"/proc/{pid}/mountinfo")]
    later = "/usr/local/lib/fsv-later"
    os.mkdir(later)
    equal(call("mount", "-t", "tmpfs", "later", later).returncode, 0, "a mount")
    after = [found.point for found in all_mounts(f"/proc/{pid}/mountinfo")]
    umount(later)
    os.rmdir(later)
    equal(after, before, "mounts in the box")
    end("service_ll", mnt)


@case
def no_devices_but_the_harmless_ones():
    pid, _, mnt = start("service_ll")
    folder_of_devices = f"/proc/{pid}/root/dev"
    devices = {name for name in os.listdir(folder_of_devices)
               if not stat.S_ISLNK(os.lstat(f"{folder_of_devices}/{name}").st_mode)}
    devices -= {"char", "shm", "mqueue", "pts", "hugepages"}
    equal(devices, {"null", "zero", "full", "random", "urandom", "tty", "ptmx"}, "devices")
    end("service_ll", mnt)


@case
def no_open_files_but_what_it_was_handed():
    for name in SERVICES:
        pid, source, mnt = start(name)
        files = {}
        for fd in os.listdir(f"/proc/{pid}/fd"):
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
            files.setdefault(target.split(":")[0], []).append(int(fd))
        wanted = {"/dev/null", "socket", "/dev/fuse"}
        wanted |= set() if name == "null" else {str(source)}
        equal(set(files), wanted, f"{name}: open files")
        equal(files["/dev/null"] + sorted(files["socket"]), [0, 1, 2], f"{name}: stdio")
        equal(len(files["/dev/fuse"]), 1, f"{name}: FUSE devices")
        end(name, mnt)


@case
def two_mounts_of_one_type_are_two_users():
    first, _, mnt = start("service_ll")
    other = folder("on-other")
    mount(str(image("image-other")), str(other), "-t", "service_ll")
    users = {status_of(pid)["Uid"] for pid in instances("service_ll").values()}
    equal(len(users), 2, f"users {users}")
    umount(str(other))
    end("service_ll", mnt)


def attack(name, who=None):
    """{attempt: how it ended} of a hostile server that may write into one file."""
    victim, _, mnt = start("service_ll")
    try:
        source = image(f"report-{name}", who or 0, size=0)
        on = folder(f"hostile-{name}", who or 0)
        mount(str(source), str(on), "-t", name, f"--victim={victim}", user=who, status=1)
        gone(name)
        report = dict(line.split() for line in source.read_text(encoding="ascii").splitlines())
        equal(report.pop("end", "missing"), "reached", f"the end of the report {report}")
        equal(instances("service_ll").get("x", victim), victim, "the other instance")
        os.kill(victim, 0)
    finally:
        end("service_ll", mnt)
    return report


@case
def without_the_box_a_hostile_server_gets_everywhere():
    """The control: what is refused in the box is refused by the box."""
    install_server("hostile")
    free = UNITS / "hostile@.service.d/10-fuse-service.conf"
    os.unlink(free)
    free.write_text("[Service]\nStandardInput=null\nStandardError=journal\nPrivateMounts=yes\n"
                    "[Unit]\nCollectMode=inactive-or-failed\n", encoding="utf-8")
    systemctl("daemon-reload")
    report = attack("hostile")
    refused = {name: how for name, how in report.items() if how != "DONE"}
    # The kernel, or what is there, of the machine that the test runs on.
    may_be_missing = {"socket_vsock", "socket_packet", "program_kernel", "performance_events",
                      "open_memory_device", "fault_handler", "ring", "real_time", "read_cgroups",
                      "keyring"}
    equal(set(refused) - may_be_missing, set(), f"what does not work anywhere {refused}")
    call("rm", "-r", str(UNITS / "hostile@.service.d"))


@case
def in_the_box_a_hostile_server_gets_nowhere():
    install_server("hostile", "--force")
    contains(systemctl("cat", "hostile@x.service"), "RootDirectory=", "the box")
    report = attack("hostile")
    check(len(report) > 60, f"only {len(report)} attempts")
    equal({name: how for name, how in report.items() if how in ("DONE", "NOT-TRIED", "KILLED")}, {},
          "what it could do")
    equal(report["many_processes"], "EAGAIN", "the limit of processes")
    # Not for want of a right: there is nothing there.
    for name in ("read_passwd", "run_shell", "run_true", "read_home", "open_fuse", "read_sockets"):
        equal(report[name], "ENOENT", name)
    for name in ("reopen_image", "reopen_image_by_dev", "read_proc", "read_init_root"):
        equal(report[name], "EACCES", name)


@case
def nor_without_what_only_some_systemds_do():
    """RestrictFileSystems= may do nothing (docs/units.md): nothing may depend on it."""
    weaker = UNITS / "hostile@.service.d/20-weaker.conf"
    weaker.write_text("[Service]\nRestrictFileSystems=\n", encoding="utf-8")
    systemctl("daemon-reload")
    report = attack("hostile")
    weaker.unlink()
    systemctl("daemon-reload")
    equal({name: how for name, how in report.items() if how in ("DONE", "NOT-TRIED", "KILLED")}, {},
          "what it could do")


@case
def nor_does_one_that_an_ordinary_user_started():
    everybody_may_mount("hostile")
    report = attack("hostile", USER_ID)
    equal({name: how for name, how in report.items() if how in ("DONE", "NOT-TRIED", "KILLED")}, {},
          "what it could do")


if __name__ == "__main__":
    sys.exit(main())
