#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The AppArmor profiles are parsed, without a warning, and the SELinux module compiles; and what is in
them is about the programs that are installed.

usage: test_mac.py SOURCE
Prints TAP.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

FEATURES = "/etc/apparmor.d/abi/3.0"
POLICY = "/usr/share/selinux/devel/Makefile"


def run(*words, **more):
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, timeout=120, check=False, **more)
    return "" if result.returncode == 0 else result.stdout or str(result.returncode)


def parse(path):
    """As for a kernel that can all of it; the policy of the running one stays as it is."""
    if not shutil.which("apparmor_parser", path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
        return None
    return run("apparmor_parser", "--skip-kernel-load", "--skip-cache", "--features-file", FEATURES,
               "--kernel-features", FEATURES, "--warn", "all", "--Werror", str(path),
               env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})


def parse_mistake(path):
    """A check that finds nothing wrong there is none."""
    with tempfile.TemporaryDirectory() as folder:
        wrong = pathlib.Path(folder, "wrong")
        wrong.write_text(path.read_text("utf-8").replace("capability", "capbility"), "utf-8")
        found = parse(wrong)
    return found if found is None else "" if found else "a misspelt word was not found"


def compile_module(source, change=lambda text: text):
    if not os.path.exists(POLICY):
        return None
    with tempfile.TemporaryDirectory() as folder:
        for path in source.iterdir():
            pathlib.Path(folder, path.name).write_text(change(path.read_text("utf-8")), "utf-8")
        problem = run("make", "-f", POLICY, "fuse_service.pp", cwd=folder)
        there = os.path.exists(f"{folder}/fuse_service.pp")
    return problem or ("" if there else "there is no module")


def compile_mistake(source):
    found = compile_module(source, lambda text: text.replace("fs_mount_fusefs", "fs_mont_fusefs"))
    return found if found is None else "" if found else "a misspelt interface was not found"


def main():
    top = pathlib.Path(sys.argv[1], "packaging")
    profiles = sorted(path for path in (top / "apparmor").iterdir())
    checks = [(f"{p.name} is parsed", lambda p=p: parse(p)) for p in profiles]
    checks += [(f"{p.name}: a mistake is found", lambda p=p: parse_mistake(p)) for p in profiles]
    checks += [("the SELinux module compiles", lambda: compile_module(top / "selinux")),
               ("the SELinux module: a mistake is found", lambda: compile_mistake(top / "selinux"))]
    print(f"1..{len(checks)}")
    failed = 0
    for number, (name, check) in enumerate(checks, 1):
        problem = check()
        failed += bool(problem)
        print(f"{'not ok' if problem else 'ok'} {number} - {name}" +
              (" # SKIP its compiler is not installed" if problem is None else ""))
        print("".join(f"# {line}\n" for line in (problem or "").splitlines()), end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
