#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""`boot` itself: its status, its output, and that nothing of it is left, however it ends."""

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

BOOT = str(pathlib.Path(__file__).parent / "boot")


def groups_of(pid):
    """The cgroups that a `boot` of this process id has made, in whatever hierarchy."""
    found = []
    for line in subprocess.run(["findmnt", "--raw", "--noheadings", "--types", "cgroup,cgroup2",
                                "--output", "TARGET"], capture_output=True, text=True,
                               check=True).stdout.splitlines():
        found += pathlib.Path(line).glob(f"fsv-{pid}-*")
    return found


def holders(folder):
    """Processes that have something mounted from this folder, or run in it."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and folder in (entry / "mountinfo").read_text("utf-8"):
                found.append(entry.name)
        except OSError:
            pass
    return found


def boot(build, words, interrupt=None, timeout=60):
    """(status, output, what is left) of a boot; `interrupt` is a signal that it gets."""
    with tempfile.TemporaryDirectory(prefix="fsv-boot-") as folder:
        child = subprocess.Popen([BOOT, build, *words], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                 env={**os.environ, "TMPDIR": folder, "BOOT_TIMEOUT": str(timeout)})
        if interrupt:
            end = time.monotonic() + 30
            while not holders(folder) and time.monotonic() < end:
                time.sleep(0.05)
            child.send_signal(interrupt)
        output = child.communicate(timeout=120)[0]
        left = groups_of(child.pid) + os.listdir(folder) + holders(folder)
    return child.returncode, output, left


CASES = (
    ("a command that succeeds", ["echo", "it is here"], {}, 0, "it is here"),
    ("a command that fails", ["bash", "-c", "echo why; exit 7"], {}, 7, "why"),
    ("a command that does not exist", ["/nowhere/command"], {}, 127, "/nowhere/command"),
    ("a command that does not end", ["sleep", "1000"], {"timeout": 4}, 1, "not get to its end"),
    ("an interrupted boot", ["sleep", "1000"], {"interrupt": signal.SIGTERM}, 1, ""),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    build = parser.parse_args().build
    if os.getuid():
        print("1..0 # SKIP namespaces and mounts need root")
        return 0
    failed = 0
    print(f"1..{len(CASES)}")
    for number, (name, words, how, status, part) in enumerate(CASES, 1):
        got, output, left = boot(build, words, **how)
        fine = got == status and part in output and not left
        failed += not fine
        print(f"{'ok' if fine else 'not ok'} {number} - {name}")
        if not fine:
            print(f"# status {got}, left {left}")
            print("".join(f"# {line}\n" for line in output.splitlines()), end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
