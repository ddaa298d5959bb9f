# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""What the tests under a real systemd share. They run inside of what `boot` boots, as root.

A test program declares cases with @case and ends with main(); it prints TAP. After each case there
is nothing left of it: no mount, no instance of a service, no failed unit. With a word it runs the
cases whose name matches: tests/systemd/boot BUILD /fsv/source/tests/systemd/test_box.py network
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
from harness import (Skip, all_mounts, check, contains, equal, fails_with,  # noqa: E402, F401
                     open_loop, umount, wait_for)

BUILD = pathlib.Path("/fsv/build")
with open(BUILD / "meson-info/intro-buildoptions.json", encoding="utf-8") as options:
    OPTION = {o["name"]: o["value"] for o in json.load(options)}
PREFIX = pathlib.Path(OPTION["prefix"])
HELPER = str(PREFIX / OPTION["bindir"] / "fuservicemount3")
PROGRAMS = PREFIX / OPTION["libexecdir"] / "fuse-service"
SBIN = PREFIX / OPTION["sbindir"]
SOCKETS = OPTION["service-socket-dir"]
UNITS = pathlib.Path("/etc/systemd/system")
SERVICES = ("service_ll", "service_hl", "null")
TEST_SERVERS = ("hostile", "greedy")
USER_ID = 54321
WORK = pathlib.Path("/tmp/work")
cases = []


def case(function):
    cases.append(function)
    return function


def call(*words, user=None, cwd=None):
    identity = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60, check=False, cwd=cwd, **identity)


def succeed(*words, **more):
    result = call(*words, **more)
    equal(result.returncode, 0, f"{words}: {result.stderr}")
    return result.stdout


def systemctl(*words):
    return succeed("systemctl", *words)


def all_units(*patterns):
    found = systemctl("list-units", "--all", "--plain", "--no-legend", *patterns)
    return [line.split()[0] for line in found.splitlines()]


def instances(name):
    """{unit: pid} of the instances of a service."""
    return {u: int(systemctl("show", "--value", "--property=MainPID", u))
            for u in all_units(f"{name}@*.service")}


def mount(*words, user=None, status=0):
    result = call(HELPER, *words, user=user)
    equal(result.returncode, status, f"exit status, {result.stderr!r}")
    return result


def gone(name):
    wait_for(lambda: not all_units(f"{name}@*.service"), f"the instances of {name} to be gone")


def journal(unit, *words):
    """The lines that a unit, which may be a pattern, has written; not what systemd says of it."""
    succeed("journalctl", "--sync")
    return succeed("journalctl", "--quiet", "--no-pager", "--output=cat", f"--unit={unit}",
                   "_TRANSPORT=stdout", *words).splitlines()


def image(name, owner=0, size=65536):
    path = WORK / name
    path.write_bytes(os.urandom(size))
    os.chown(path, owner, owner)
    path.chmod(0o600)
    return path


def folder(name, owner=0, mode=0o700):
    path = WORK / name
    path.mkdir()
    os.chown(path, owner, owner)
    path.chmod(mode)
    return path


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return dict(line.split(":\t", 1) for line in f.read().splitlines())


def everybody_may_mount(*names):
    """What an administrator does with a drop-in for the sockets."""
    for name in names:
        drop_in = UNITS / f"{name}.socket.d"
        drop_in.mkdir()
        (drop_in / "everybody.conf").write_text("[Socket]\nSocketMode=0666\n", encoding="utf-8")
    systemctl("daemon-reload")
    systemctl("restart", *(f"{name}.socket" for name in names))


def install_server(name, *words):
    """A server of the tests, with units from fuse-service-unit and its socket listening."""
    program = PROGRAMS / name
    if not program.exists():
        succeed("install", "-m", "0755", str(BUILD / "tests/systemd" / name), str(program))
    succeed(str(SBIN / "fuse-service-unit"), name, "--exec", str(program), *words)
    systemctl("daemon-reload")
    systemctl("start", f"{name}.socket")


def own_mounts():
    return [m.point for m in all_mounts() if m.point.startswith(f"{WORK}/")]


def nothing_is_left():
    for name in SERVICES + TEST_SERVERS:
        gone(name)
    equal(own_mounts(), [], "mounts that are left")
    equal(all_units("--failed", "--type=service,socket"), [], "failed units")


def clean_up():
    for point in reversed(own_mounts()):
        umount(point, 2)
    for path in WORK.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def run_case(function):
    try:
        function()
        nothing_is_left()
    except Skip as reason:
        return f"ok {{}} - {{}} # SKIP {reason}", ""
    except Exception:
        return "not ok {} - {}", traceback.format_exc() + call(
            "journalctl", "--quiet", "--no-pager", "--lines=15").stdout
    finally:
        clean_up()
    return "ok {} - {}", ""


def main(sockets=SERVICES):
    WORK.mkdir(mode=0o755)
    for name in sockets:
        systemctl("start", f"{name}.socket")
    pattern = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [function for function in cases if re.search(pattern, function.__name__)]
    print(f"1..{len(chosen)}")
    failed = 0
    for number, function in enumerate(chosen, 1):
        begin = time.monotonic()
        result, problem = run_case(function)
        failed += result.startswith("not")
        print(result.format(number, function.__name__.replace("_", " ")))
        print(f"# {time.monotonic() - begin:.1f} s")
        print("".join(f"# {line}\n" for line in problem.splitlines()), end="")
    return 1 if failed else 0
