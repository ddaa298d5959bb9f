#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Many mounts, floods, servers that die or want too much: what one does is not felt by others."""

import errno
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import time

from inside import (HELPER, SERVICES, SOCKETS, Skip, USER_ID, all_mounts, all_units, call, case,
                    check, contains, equal, everybody_may_mount, fails_with, folder, gone, image,
                    install_server, instances, journal, main, mount, status_of, succeed, systemctl,
                    umount, wait_for)

CYCLES, WARM_UP = 590, 90


def place(name, number=0):
    """(words for the helper, mount point, file to read) of a fresh mount."""
    if name == "null":
        over = image(f"over-{number}", size=4096)
        return [str(over), "-t", name], over, over
    words = [str(image(f"image-{name}-{number}", size=8192))] if name != "greedy" else []
    on = folder(f"on-{name}-{number}")
    return [*words, str(on), "-t", name], on, on / ("alive" if name == "greedy" else "single_file")


def serves(path):
    return len(path.open("rb", buffering=0).read(4)) == 4


@case
def fifty_mounts_at_once():
    places = [place(("service_ll", "service_hl")[i % 2], i) for i in range(50)]
    helpers = [subprocess.Popen([HELPER, *words], stdin=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True) for words, _, _ in places]
    for helper in helpers:
        problem = helper.communicate(timeout=60)[1]
        equal((helper.returncode, problem), (0, ""), "a helper")
    pids = [*instances("service_ll").values(), *instances("service_hl").values()]
    equal(len(pids), 50, "instances")
    equal(len({status_of(pid)["Uid"] for pid in pids}), 50, "users")
    for words, on, file in places:
        equal(file.read_bytes(), pathlib.Path(words[0]).read_bytes(), f"what is read from {on}")
    for _, on, _ in places:
        umount(str(on))


def resident():
    """KiB of systemd and its journal; both have caches, so they are given time to fill."""
    journald = systemctl("show", "--value", "--property=MainPID", "systemd-journald")
    return sum(int(status_of(pid)["VmRSS"].split()[0]) for pid in (1, int(journald)))


def state():
    cgroups = sum(len(folders) for _, folders, _ in os.walk("/sys/fs/cgroup"))
    return {"files of systemd": len(os.listdir("/proc/1/fd")),
            "units": set(all_units()),
            "mounts": len(all_mounts()),
            "cgroups": cgroups,
            "users": len(os.listdir("/run/systemd/dynamic-uid")),
            "files in the root": len(list(pathlib.Path("/run/fuse-service").rglob("*"))),
            "processes": sum(name.isdigit() for name in os.listdir("/proc"))}


def settled():
    """The state when nothing is going on any more."""
    for name in SERVICES:
        gone(name)
    before = None
    while before != (before := state()):
        time.sleep(0.3)
    return before


def more_than(before):
    """What there is more of now: {what: (then, now)}; of units, which."""
    now = state()
    grown = {what: (before[what], now[what]) for what in now if what != "units" and
             now[what] > before[what]}
    new = now["units"] - before["units"]
    return {**grown, "units": new} if new else grown


@case
def five_hundred_mounts_one_after_another_leave_nothing_behind():
    places = [place(name) for name in SERVICES]
    before = memory = None
    for number in range(CYCLES):
        if number == WARM_UP:
            before, memory = settled(), resident()
        words, on, file = places[number % len(places)]
        mount(*words)
        check(serves(file), "no answer")
        umount(str(on))
    settled()
    end = time.monotonic() + 20  # systemd forgets units when it has time
    while (left := more_than(before)) and time.monotonic() < end:
        time.sleep(0.5)
    equal(left, {}, f"what {CYCLES - WARM_UP} mounts have made more of")
    growth = resident() - memory
    print(f"# systemd and its journal have grown by {growth} KiB")
    check(growth < 4096, f"grown by {growth} KiB")


@case
def the_unit_is_gone_right_after_the_unmount():
    words, on, _ = place("service_ll")
    times = []
    for _ in range(20):
        mount(*words)
        [(unit, pid)] = instances("service_ll").items()
        umount(str(on))
        begin = time.monotonic()
        wait_for(lambda: not os.path.exists(f"/proc/{pid}"), "the end of the process", 2)
        wait_for(lambda: not os.path.exists(f"/run/systemd/units/invocation:{unit}"),
                 "the end of the unit", 2)
        times.append(time.monotonic() - begin)
    print(f"# median {statistics.median(times) * 1000:.0f} ms, at most {max(times) * 1000:.0f} ms")
    check(statistics.median(times) < 0.1 and max(times) < 1, f"it took {times}")


@case
def a_service_that_is_killed_leaves_a_mount_that_says_so_and_can_be_unmounted():
    for name in SERVICES:
        words, on, file = place(name)
        mount(*words)
        [pid] = instances(name).values()
        os.kill(pid, signal.SIGKILL)
        gone(name)
        fails_with(errno.ENOTCONN, os.stat, file)
        umount(str(on))


def has_memory_limits():
    if os.path.exists("/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        return True
    with open("/sys/fs/cgroup/cgroup.controllers", encoding="ascii") as f:
        return "memory" in f.read().split()


@case
def a_service_that_takes_too_much_memory_dies_alone():
    if not has_memory_limits():
        raise Skip("no cgroup hierarchy here limits memory")
    install_server("greedy")
    first, second, third = place("greedy", 1), place("greedy", 2), place("service_ll")
    for words, _, _ in (first, second, third):
        mount(*words)
    greedy = instances("greedy")
    contains(call("cat", str(first[1] / "memory")).stderr, "not connected", "the reader")
    wait_for(lambda: len(instances("greedy")) == 1, "one of two to be gone")
    [dead] = set(greedy) - set(instances("greedy"))
    succeed("journalctl", "--sync")
    # With limits in cgroup1 systemd does not know why the kernel has killed it.
    said = succeed("journalctl", "--output=cat", f"--unit={dead}")
    check(re.search(r"Failed with result '(oom-kill|signal)'", said), f"the journal: {said}")
    fails_with(errno.ENOTCONN, os.stat, first[1])
    for _, on, file in (second, third):
        check(serves(file), "the others have died with it")
        umount(str(on))
    umount(str(first[1]))


@case
def the_last_line_of_a_dying_server_is_in_the_journal_of_its_unit():
    if not os.path.exists(f"{SOCKETS}/greedy"):
        install_server("greedy")
    words, on, _ = place("greedy")
    for _ in range(10):
        mount(*words)
        [unit] = instances("greedy")
        call("cat", str(on / "words"))
        gone("greedy")
        umount(str(on))
        equal(journal(unit), ["these are its last words"], f"lines of {unit}")


@case
def what_fuse_service_exit_writes_out_is_in_the_journal_of_the_unit():
    if not os.path.exists(f"{SOCKETS}/greedy"):
        install_server("greedy")
    words, on, _ = place("greedy")
    for _ in range(10):
        mount(*words)
        [unit] = instances("greedy")
        umount(str(on))
        gone("greedy")
        equal(journal(unit), ["it ends with 0"], f"lines of {unit}")


@case
def what_a_service_writes_is_limited_for_it_alone():
    if not os.path.exists(f"{SOCKETS}/greedy"):
        install_server("greedy")
    (words, on, _), (others, other, _) = place("greedy", 1), place("greedy", 2)
    mount(*words)
    [unit] = instances("greedy")
    mount(*others)
    [second] = set(instances("greedy")) - {unit}
    equal(call("cat", str(on / "flood")).stdout, "yes\n", "the server goes on")
    call("cat", str(other / "words"))
    lines = journal(unit)
    contains("\n".join(lines), "line 0 of a flood", "the journal")
    check(len(lines) < 3000, f"{len(lines)} of 10000 lines are in the journal")
    equal(journal(second), ["these are its last words"], "lines of the other")
    umount(str(on))
    umount(str(other))


FLOOD = """
import socket, sys
held = []
for _ in range(600):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
    try:
        s.connect(sys.argv[1])
    except BlockingIOError:
        pass
    held.append(s)
print("connected", flush=True)
sys.stdin.read()
"""


@case
def a_flood_of_connections_ends_with_the_flooder_and_the_socket_stays():
    everybody_may_mount("service_hl")
    flood = subprocess.Popen(["python3", "-c", FLOOD, f"{SOCKETS}/service_hl"], text=True,
                             user=USER_ID, group=USER_ID, extra_groups=[],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    equal(flood.stdout.readline(), "connected\n", "the flood")
    words, on, file = place("service_hl")
    begin = time.monotonic()
    result = call(HELPER, *words)
    print(f"# exit {result.returncode} after {time.monotonic() - begin:.1f} s during the flood")
    units = all_units("service_hl@*.service")
    check(len(units) <= 256, f"{len(units)} instances")
    # systemd 252 does not count connections of local sockets by their user.
    counted = sum(f"-{USER_ID}.service" in unit for unit in units) <= 128
    equal(result.returncode == 0 or not counted, True, f"a mount while it lasts: {result.stderr}")
    flood.stdin.close()
    flood.wait(20)
    wait_for(lambda: len(all_units("service_hl@*.service")) <= 1, "the end of the flood's instances")
    equal(systemctl("is-active", "service_hl.socket"), "active\n", "the socket")
    if result.returncode == 0:
        umount(str(on))
    mount(*words)
    check(serves(file), "no answer")
    umount(str(on))


if __name__ == "__main__":
    sys.exit(main())
