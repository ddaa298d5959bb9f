#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""tools/demo does what it says and leaves nothing, also when it is interrupted."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

DEMO = pathlib.Path(__file__).resolve().parents[2] / "tools" / "demo"
# After which line it is interrupted: while it builds, and while the image is mounted.
MOMENTS = {"while it builds": None, "while it mounts": "Made a disk image",
           "with the mount made": "fuse.service_ll"}


def environment(folder):
    return {**os.environ, "TMPDIR": folder}


def left_over(folder):
    """What is left in the folder, or mentions it: files, mounts, processes."""
    found = [str(p) for p in pathlib.Path(folder).iterdir()]
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as f:
        found += [line for line in f if folder in line]
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in words:
            found.append(f"process {process.name}: {words!r}")
    return found


def nothing_left(folder):
    """Processes that were killed may take a moment to go."""
    end = time.monotonic() + 10
    while left_over(folder) and time.monotonic() < end:
        time.sleep(0.05)
    return "left behind: " + "\n".join(left_over(folder)) if left_over(folder) else None


def complete(folder, words=(), parts=("fuse.service_ll", "the same as in the image",
                                      "they are in the image")):
    """From its start to its end."""
    result = subprocess.run([DEMO, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            cwd="/", timeout=120, env=environment(folder), check=False)
    if result.returncode or result.stderr:
        return f"exit {result.returncode}\n{result.stdout}\n{result.stderr}"
    for part in ("fuservicemount3 image mnt", *parts, "Unmounted it", "Nothing is left"):
        if part not in result.stdout:
            return f"no {part!r} in {result.stdout}"
    return nothing_left(folder)


def interrupted(folder, number, line):
    process = subprocess.Popen([DEMO], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, env=environment(folder))
    if line is None:
        while not any(pathlib.Path(folder).glob("*/build/build.ninja")):
            time.sleep(0.05)
    else:
        for said in process.stdout:
            if line in said:
                break
    process.send_signal(number)
    rest = process.communicate(timeout=60)[0]
    if process.returncode != 128 + number:
        return f"exit {process.returncode}: {rest}"
    return nothing_left(folder)


def main():
    if os.geteuid() != 0:
        print("1..0 # SKIP the demo needs root")
        return 0
    cases = [("it does what it says, from any directory", complete, ())]
    for name in ("squashfuse", "fuse2fs"):
        cases.append((f"--stock {name} does so too", complete, (
            ("--stock", name), (f"fuse.{name}", "those that the image was made of"))))
    for moment, line in MOMENTS.items():
        number = signal.SIGINT if line else signal.SIGTERM
        cases.append((f"{number.name} {moment} leaves nothing", interrupted, (number, line)))
    failures = 0
    print(f"1..{len(cases)}")
    for number, (name, function, values) in enumerate(cases, 1):
        with tempfile.TemporaryDirectory(prefix="fsv-demo-") as folder:
            os.chmod(folder, 0o755)
            problem = function(folder, *values)
        print(f"{'not ok' if problem else 'ok'} {number} - {name}", flush=True)
        if problem:
            failures += 1
            print("".join(f"# {line}\n" for line in problem.splitlines()), end="")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
