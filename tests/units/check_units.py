#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The units as systemd sees them, without a running systemd: valid, complete and well locked."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SERVICES = ("service_ll", "service_hl", "null")
EXPOSURE_MAX = 0.2  # of 10, by systemd-analyze security
number = 0
failures = 0


def report(name, problem):
    global number, failures
    number += 1
    print(f"{'not ok' if problem else 'ok'} {number} - {name}")
    if problem:
        failures += 1
        print("".join(f"# {line}\n" for line in problem.splitlines()), end="")


def analyze(*words):
    return subprocess.run(["systemd-analyze", "--no-pager", *words], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)


def stage(build, folder):
    """The units as installed, but for a program that exists."""
    for name in SERVICES:
        shutil.copy(f"{build}/units/{name}.socket", folder)
        with open(f"{build}/units/{name}@.service", encoding="utf-8") as f:
            unit = re.sub(r"(?m)^ExecStart=.*$", "ExecStart=/bin/true", f.read())
        with open(f"{folder}/{name}@.service", "w", encoding="utf-8") as f:
            f.write(unit)
        os.mkdir(f"{folder}/{name}@.service.d")
        os.symlink(f"{build}/units/hardening.conf",
                   f"{folder}/{name}@.service.d/10-fuse-service.conf")


def verify(unit):
    result = analyze("verify", "--man=no", unit)
    return result.stderr if result.returncode or result.stderr.strip() else None


def exposure(unit):
    result = analyze("security", "--offline=true", unit)
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", result.stdout)
    if not found:
        return result.stdout + result.stderr
    if float(found[1]) > EXPOSURE_MAX:
        return "\n".join(line for line in result.stdout.splitlines() if not line.startswith("✓"))
    print(f"# {os.path.basename(unit)}: exposure {found[1]}")
    return None


def settings(path):
    with open(path, encoding="utf-8") as f:
        return set(line.strip() for line in f)


def option(build, name):
    words = ["meson", "introspect", "--buildoptions", build]
    found = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    return next(o["value"] for o in found if o["name"] == name)


def check_socket(build, name):
    """The socket is where the helper looks for it, with the mode that was configured."""
    wanted = {f"ListenSequentialPacket={option(build, 'service-socket-dir')}/{name}",
              f"SocketMode={option(build, 'service-socket-perms')}", "Accept=yes",
              "RemoveOnStop=yes", "MaxConnections=256", "MaxConnectionsPerSource=128",
              "TriggerLimitIntervalSec=0"}
    missing = wanted - settings(f"{build}/units/{name}.socket")
    return f"missing: {missing}" if missing else None


def check_service(build, name):
    """Nothing but what differs from server to server."""
    found = settings(f"{build}/units/{name}@.service")
    known = ("#", "[", "Description=", "Documentation=", "ExecStart=", "BindReadOnlyPaths=",
             "AssertPathExists=")
    extra = [line for line in found if line and not line.startswith(known)]
    if not any(re.fullmatch(r"AssertPathExists=/\S+/hardening\.conf", line) for line in found):
        return "it would start without its box"
    return f"belongs into hardening.conf: {extra}" if extra else None


# What the exposure level does not count. A unit that sets it to nothing would be scored the same.
UNCOUNTED = (
    r"MemoryMax=\d+[MG]", "MemorySwapMax=0", r"TasksMax=\d+", r"LimitNOFILE=\d+", "LimitCORE=0",
    r"TimeoutStartSec=\d+s", r"OOMScoreAdjust=\d+", "OOMPolicy=kill", r"Slice=\w+[-\w]*\.slice",
    r"LogRateLimitIntervalSec=\d+s", r"LogRateLimitBurst=\d+", "StandardOutput=journal",
    "StandardError=journal", r"User=fs%i", r"RestrictFileSystems=(?!.*~).*@common-block.*",
    r"RootDirectory=/run/fuse-service/root", "PrivateMounts=yes", "MountFlags=private",
    "ReadOnlyPaths=\\+/run",
    r"InaccessiblePaths=\+/sys \+/tmp \+/var/tmp", r"InaccessiblePaths=.*/dev/shm.*",
    "CollectMode=inactive-or-failed",
)


def check_uncounted(build):
    found = settings(f"{build}/units/hardening.conf")
    missing = [p for p in UNCOUNTED if not any(re.fullmatch(p, line) for line in found)]
    for line in found:
        if line.startswith("BindReadOnlyPaths=") and re.search(r"[= -]/(usr|bin|etc|)( |$)", line):
            missing.append(f"more than libraries is to be seen: {line}")
    return f"missing: {missing}" if missing else None


def check_root(build):
    """What must exist in the root before a service starts, or be open to it."""
    found = settings(f"{build}/units/fuse-service.conf")
    root = "/run/fuse-service/root"
    wanted = {f"d {root}/locked 0700 root root -", f"L {root}/proc - - - - locked/proc"}
    wanted |= {f"d {root}/{p} 0755 root root -" for p in ("run", "sys", "tmp", "var/tmp")}
    return f"missing: {wanted - found}" if wanted - found else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    options = parser.parse_args()
    if not shutil.which("systemd-analyze"):
        print("1..0 # SKIP no systemd-analyze")
        return 0
    with tempfile.TemporaryDirectory(prefix="fsv-units-") as folder:
        stage(options.build, folder)
        report("hardening.conf: what the exposure does not count", check_uncounted(options.build))
        report("fuse-service.conf: the root of the services", check_root(options.build))
        for name in SERVICES:
            report(f"{name}: socket unit", check_socket(options.build, name))
            report(f"{name}: service unit", check_service(options.build, name))
            for suffix in (".socket", "@.service"):
                unit = f"{folder}/{name}{suffix}"
                report(f"{name}{suffix}: systemd-analyze verify", verify(unit))
            report(f"{name}@.service: exposure at most {EXPOSURE_MAX}",
                   exposure(f"{folder}/{name}@.service"))
    print(f"1..{number}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
