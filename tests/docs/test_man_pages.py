#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The manual pages: well-formed, and the options in them are those of the programs' --help.

usage: test_man_pages.py BUILD
Prints TAP.
"""

import os
import re
import shutil
import subprocess
import sys

PAGES = ("fuservicemount3.8", "mount.fuse-service.8", "fuse-service.conf.5",
         "fuse-service-unit.8", "fuse-service-adapter.8", "fuse-service-examples.8",
         "fuse-service-fuzz.1", "fuse-service-hardening.conf.5", "fuse-service-profile.5",
         "fuse_service.3", "fsv_service.3")
PROGRAMS = {"fuservicemount3.8": "helper/fuservicemount3",
            "mount.fuse-service.8": "helper/mount.fuse-service",
            "fuse-service-unit.8": "units/fuse-service-unit",
            "fuse-service-adapter.8": "server/adapter/fuse-service-adapter",
            "fuse-service-fuzz.1": "fuzz/fuse-service-fuzz"}


def run(*words):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=20, check=False)


def options_of_page(text):
    """What the tagged lists explain: -x, --long and service=word."""
    found = set()
    for line in text.splitlines():
        if not line.startswith(".It "):
            continue
        found.update("-" + name for name in re.findall(r"\bFl (-?\w[\w-]*)", line))
        found.update(re.findall(r"\bCm (service=\w+)$", line))
    return found


def options_of_help(text):
    """(what the list explains, what the usage lines use)"""
    listed, used = set(), set()
    for line in text.splitlines():
        column = re.match(r"  (-.*?)(?:  |$)", line)
        if column:
            used_here = re.findall(r"(?<!\S)(--?\w[\w-]*)", column[1])
            words = re.findall(r"service=\w+", column[1])
            listed.update(words or used_here)
        elif re.match(r"(usage:|      ) ", line, re.I):
            used.update(re.findall(r"(?<![\w.-])--\w[\w-]*", line))
            for cluster in re.findall(r"(?<![\w.-])-(\w+)", line):
                used.update("-" + letter for letter in cluster)
    return listed, used


def check_form(path):
    result = run("mandoc", "-T", "lint", "-W", "warning", path)
    return result.stdout.splitlines()


def check_words(path):
    with open(path, encoding="utf-8") as f:
        left = re.findall(r"@[A-Z_]+@", f.read())
    return [f"{word} is not replaced" for word in left]


def check_options(path, program):
    with open(path, encoding="utf-8") as f:
        page = options_of_page(f.read())
    result = run(program, "--help")
    if result.returncode:
        return [f"--help: exit {result.returncode}: {result.stdout}"]
    listed, used = options_of_help(result.stdout)
    problems = [f"{o} is in --help, but not in the page" for o in sorted(listed | used) if
                o not in page]
    # --help and --version explain themselves: the usage line is enough.
    return problems + [f"{o} is in the page, but not in --help" for o in sorted(page) if
                       o not in listed | used]


def main():
    build = sys.argv[1]
    number = failed = 0
    for page in PAGES:
        path = f"{build}/docs/man/{page}"
        checks = {"is well-formed": check_form, "has no placeholder left": check_words}
        if page in PROGRAMS:
            program = f"{build}/{PROGRAMS[page]}"
            checks["has the options of --help"] = lambda p, q=program: check_options(p, q)
        for what, check in checks.items():
            number += 1
            if check is check_form and not shutil.which("mandoc"):
                print(f"ok {number} - {page} {what} # SKIP mandoc is not installed")
                continue
            if not os.path.exists(path):
                print(f"ok {number} - {page} {what} # SKIP built without the server library")
                continue
            if page in PROGRAMS and not os.path.exists(f"{build}/{PROGRAMS[page]}"):
                print(f"ok {number} - {page} {what} # SKIP it is not built here")
                continue
            problems = check(path)
            failed += bool(problems)
            print(f"{'not ok' if problems else 'ok'} {number} - {page} {what}")
            print("".join(f"# {p}\n" for p in problems), end="")
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
