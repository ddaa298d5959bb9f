#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""What the adapter costs: squashfuse_ll under it against the same program run directly, and against
service_ll, a server that was written for the protocol.

In turn (A B A B …) within one run, in many short rounds; a ratio is the median of those of each round,
whose halves are close together, so that other work on the machine meets both. Prints TAP; a bound that
is missed is a failed case. Not part of tools/test:
    tests/bench/adapter.py --build BUILD        (a release build; must be root)
FSV_BENCH_ROUNDS in the environment is how many rounds of reading there are (300).
"""

import mmap
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "e2e"), str(TESTS / "adapter")]
from harness import ROOT, case, check, main, umount, wait_for  # noqa: E402
from stock import ADAPTER, prepare, quiet, tool  # noqa: E402

ROUNDS = int(os.environ.get("FSV_BENCH_ROUNDS", "300"))
SERVER = "squashfuse_ll"
SIZE = 16 << 20
BLOCK = 1 << 20
RANDOM_READS = 400


def image_with(test, size):
    """A squashfs image of one file; not compressed, so that the way of the bytes is what counts."""
    os.mkdir(f"{test.folder}/tree")
    with open(f"{test.folder}/tree/file", "wb") as f:
        for _ in range(size // BLOCK):
            f.write(random.Random(1).randbytes(BLOCK))
    image = f"{test.home(ROOT)}/image"
    quiet("mksquashfs", f"{test.folder}/tree", image, "-noappend", "-noD", "-noI", "-noF")
    return image


def directly(image, mnt):
    # It would go into the background, as it does without -f; the mount is made by then.
    subprocess.run([tool(SERVER), image, mnt], check=True, stdin=subprocess.DEVNULL)


def through(test, kind, image, mnt):
    test.helper(image, mnt, "-t", kind).is_exit(0)


def ratio(label, ours, theirs, unit, scale):
    """Print what was measured: the median of the ratios."""
    for name, times in (("ours", ours), (label, theirs)):
        print(f"# {name}: least {min(times) * scale:.2f} {unit}, "
              f"median {statistics.median(times) * scale:.2f} {unit}")
    found = statistics.median(a / b for a, b in zip(ours, theirs))
    print(f"# ratio to {label}: {found:.3f}")
    return found


def timed(function, *arguments):
    begin = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - begin


@case("a mount takes less than 100 ms and 3 times as long as one of service_ll")
def _(test):
    image = image_with(test, BLOCK)
    profile = prepare(test.world, SERVER)
    services = {SERVER: test.activate(ADAPTER, subtype=SERVER, options=(profile,)),
                "service_ll": test.activate("service_ll")}
    mnt = test.directory("mnt")
    times = {name: [] for name in (SERVER, "service_ll", "directly")}
    for _ in range(ROUNDS // 10):
        for name in times:
            start = (directly, image, mnt) if name == "directly" else (
                through, test, name, image, mnt)
            times[name].append(timed(*start))
            umount(mnt)
            for service in services.values():
                wait_for(lambda s=service: not s.instances(), "the instance to end")
    ratio("the same server directly", times[SERVER], times["directly"], "ms", 1000)
    found = ratio("service_ll", times[SERVER], times["service_ll"], "ms", 1000)
    check(min(times[SERVER]) < 0.1 and found < 3, f"{found:.2f} times")


def read_all(fd, _):
    buffer = mmap.mmap(-1, BLOCK)
    for place in range(0, SIZE, BLOCK):
        check(os.preadv(fd, [buffer], place) == BLOCK, "a short read")


def read_some(fd, places):
    for place in places:
        check(len(os.pread(fd, 4096, place)) == 4096, "a short read")


@case("{} reads take within 3 % of what they take from the same server run directly",
      ("sequential", read_all), ("random", read_some))
def _(test, _, read):
    image = image_with(test, SIZE)
    profile = prepare(test.world, SERVER)
    service = test.activate(ADAPTER, subtype=SERVER, options=(profile,))
    ours, theirs = test.directory("ours"), test.directory("theirs")
    through(test, SERVER, image, ours)
    directly(image, theirs)
    times = {ours: [], theirs: []}
    for number in range(ROUNDS):
        rng = random.Random(number)
        places = [rng.randrange(SIZE // 4096) * 4096 for _ in range(RANDOM_READS)]
        for mnt in times if number % 2 else reversed(times):
            fd = os.open(f"{mnt}/file", os.O_RDONLY)
            # Or the second round would ask no server.
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
            if read is read_some:
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)
            times[mnt].append(timed(read, fd, places))
            os.close(fd)
    found = ratio("the same server directly", times[ours], times[theirs], "ms", 1000)
    for mnt in times:
        umount(mnt)
    service.wait_end([0])
    check(found <= 1.03, f"{found:.3f} times")


if __name__ == "__main__":
    sys.exit(main())
