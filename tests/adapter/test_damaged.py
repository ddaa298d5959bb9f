#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Stock FUSE servers on damaged images: the server may fail; the adapter, the helper and the mount
table do not. FSV_DAMAGED in the environment is how many of each format (200, sanitized 5)."""

import os
import random
import signal
import sys
import threading

from stock import ADAPTER, FORMATS, READERS, WRITERS, copy_image, make_tree, prepare, words_for
from harness import ROOT, case, check, equal, main, processes, umount, wait_for

DAMAGED = [(p, k, "reads") for p, k in READERS] + [(p, k, "may write") for p, k in WRITERS]
EACH = int(os.environ.get("FSV_DAMAGED", "200"))


class Damage:
    """Cuts an image short, or changes bytes, rather at the beginning where what describes the rest
    is; and makes it whole again, which costs less than a copy."""

    def __init__(self, path, rng):
        self.path, self.size = path, os.path.getsize(path)
        self.changes, self.cut, self.tail = [], None, []
        with open(path, "r+b", buffering=0) as f:
            if rng.random() < 0.2:
                self.cut = rng.randrange(self.size)
                self.tail = list(self.pieces(f, self.cut))
                f.truncate(self.cut)
                return
            for _ in range(rng.choice((1, 4, 64))):
                place = int(self.size * rng.random() ** 4)
                f.seek(place)
                self.changes.append((place, f.read(1)))
                f.seek(place)
                f.write(bytes([self.changes[-1][1][0] ^ 1 << rng.randrange(8)]
                              if rng.random() < 0.5 else [rng.randrange(256)]))

    def pieces(self, f, start):
        """(place, bytes) of what is no hole."""
        while start < self.size:
            try:
                start = os.lseek(f.fileno(), start, os.SEEK_DATA)
            except OSError:  # nothing but a hole
                return
            end = os.lseek(f.fileno(), start, os.SEEK_HOLE)
            yield start, os.pread(f.fileno(), end - start, start)
            start = end

    def undo(self):
        with open(self.path, "r+b", buffering=0) as f:
            f.truncate(self.size)
            for place, text in (*self.tail, *reversed(self.changes)):
                os.pwrite(f.fileno(), text, place)


def walk(mnt):
    """Whatever a damaged file system says when it is looked through."""
    for top, _, files in os.walk(mnt):
        for name in files[:20]:
            try:
                with open(f"{top}/{name}", "rb", buffering=0) as f:
                    f.read(1 << 20)
            except OSError:
                pass
        if top.count("/") > mnt.count("/") + 5:
            return


class Watchdog:
    """A server may loop for ever on a damaged image: who looks into it then waits for its end."""

    def __init__(self, service):
        self.service, self.killed = service, 0

    def bite(self):
        instances = self.service.instances()
        for pid, (parent, _) in processes().items():
            if parent in instances:
                self.killed += 1
                os.kill(pid, signal.SIGKILL)

    def __enter__(self):
        self.timer = threading.Timer(8, self.bite)
        self.timer.start()

    def __exit__(self, *_):
        self.timer.cancel()
        self.timer.join()


def same(path, made):
    with open(path, "rb") as f, open(made, "rb") as g:
        return f.read() == g.read()


@case("{} on damaged {} that it {}: no mount is left that nobody serves", *DAMAGED)
def _(test, profile, kind, access):
    rng = random.Random(f"{profile}{kind}{access}")
    made, image = f"{test.folder}/made", f"{test.home(ROOT)}/image"
    make_tree(f"{test.folder}/tree")
    FORMATS[kind](f"{test.folder}/tree", made)
    copy_image(made, image, 0)
    service = test.activate(ADAPTER, subtype=profile, options=(prepare(test.world, profile),))
    options = words_for(profile, image, *(["ro"] if access == "reads" else []))
    watchdog = Watchdog(service)
    mnt, mounted, count = test.directory("home/mnt"), 0, 5 if test.world.sanitized else EACH
    for number in range(count):
        damage = Damage(image, rng)
        with watchdog:
            result = test.helper(image, mnt, "-t", profile, *options)
            check(result.status in (0, 1), repr(result))
            equal(len(test.mounts(mnt)), 1 - result.status, f"mounts of image {number}")
            if result.status == 0:
                mounted += 1
                walk(mnt)
                umount(mnt, 2)
        wait_for(lambda: not service.instances(), "the instance to end")
        if access == "reads":
            damage.undo()
        else:
            copy_image(made, image, 0)
    check(same(image, made), "an image that was only read has changed")
    print(f"# {mounted} of {count} could be mounted, {watchdog.killed} servers did not end")


if __name__ == "__main__":
    sys.exit(main())
