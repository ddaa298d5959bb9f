#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The completion of bash, run in a bash of its own.

usage: test_completion.py BUILD SOURCE
Prints TAP.
"""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile

# (the rule, the line up to the cursor, what is offered)
CASES = (
    ("types come from the folder of sockets", "fuservicemount3 img mnt -t ",
     {"ext4", "squashfuse", "squashfuse_ll"}),
    ("those that begin so", "fuservicemount3 -t squ", {"squashfuse", "squashfuse_ll"}),
    ("a file there that is no socket is none", "fuservicemount3 -t fi", set()),
    ("as mount(8) writes them", "fuservicemount3 -t fuse.e", {"fuse.ext4"}),
    ("as fuseblk", "fuservicemount3 -t fuseblk.squashfuse_", {"fuseblk.squashfuse_ll"}),
    ("options of the helper", "fuservicemount3 --", {
        "--timeout", "--check", "--list", "--features", "--help", "--version"}),
    ("options of the mount", "fuservicemount3 a b -o r", {"ro", "rw"}),
    ("behind a comma", "fuservicemount3 a b -o ro,nos", {"ro,nosuid", "ro,nosymfollow"}),
    ("images and mount points are files", "fuservicemount3 im", {"image", "img2"}),
    ("profiles for units", "fuse-service-unit x --stock n", {"ntfs-3g"}),
    ("options for units", "fuse-service-unit x --o", {"--output"}),
    ("groups for units", "fuse-service-unit x --group roo", {"root"}),
    ("folders for units", "fuse-service-unit x --output d", {"dir"}),
    ("profiles for the adapter", "fuse-service-adapter --check f", {"fuse2fs"}),
    ("targets to fuzz", "fuse-service-fuzz pack", {"packet"}),
    ("inputs to replay", "fuse-service-fuzz packet --replay im", {"image", "img2"}),
)
# As bash does it: words, the one under the cursor, and the function for the first.
SCRIPT = """
fuse-service-fuzz() { [ "$1" != --list ] || printf '%s\\n' args packet; }
. "$1"
COMP_LINE=$2 COMP_POINT=${#2}
read -ra COMP_WORDS <<<"$COMP_LINE"
[[ $COMP_LINE != *" " ]] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
how=$(complete -p "${COMP_WORDS[0]}")
how=${how#*-F }
"${how%% *}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def complete(file, line, folder):
    result = subprocess.run(
        ["bash", "--norc", "-c", SCRIPT, "bash", os.path.abspath(file), line], cwd=folder, stdin=subprocess.DEVNULL, text=True,
        capture_output=True, timeout=20, check=False,
        env={**os.environ, "FUSE_SERVICE_SOCKETS": f"{folder}/sockets",
             "FUSE_SERVICE_PROFILES": f"{folder}/profiles"})
    return set(result.stdout.split("\n")) - {""}, result.stderr


def options(program):
    text = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=20,
                          check=False).stdout
    words = {word.strip("[].,|") for word in text.split()}
    return {word for word in words if word.startswith("--")} - {"--"} | {"--help"}


def make(folder):
    for name in ("sockets", "profiles", "dir"):
        os.mkdir(f"{folder}/{name}")
    sockets = [socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(3)]
    for one, name in zip(sockets, ("ext4", "squashfuse", "squashfuse_ll"), strict=True):
        one.bind(f"{folder}/sockets/{name}")
    for name in ("sockets/file", "profiles/ntfs-3g", "profiles/fuse2fs", "image", "img2"):
        pathlib.Path(folder, name).touch()
    return sockets


def main():
    build = sys.argv[1]
    file = f"{build}/packaging/completion/fuservicemount3"
    programs = {"fuservicemount3": "helper/fuservicemount3",
                "fuse-service-unit": "units/fuse-service-unit",
                "fuse-service-adapter": "server/adapter/fuse-service-adapter",
                "fuse-service-fuzz": "fuzz/fuse-service-fuzz"}
    programs = {n: p for n, p in programs.items() if os.path.exists(f"{build}/{p}")}
    print(f"1..{len(CASES) + len(programs)}")
    number = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        sockets = make(folder)
        results = [(rule, complete(file, line, folder), wanted) for rule, line, wanted in CASES]
        results += [(f"{name} has the options of --help", complete(file, f"{name} --", folder),
                     options(f"{build}/{path}")) for name, path in programs.items()]
        for one in sockets:
            one.close()
    for rule, (got, errors), wanted in results:
        number += 1
        fine = got == wanted and not errors
        failed += not fine
        print(f"{'ok' if fine else 'not ok'} {number} - {rule}")
        print("" if fine else f"# got {got}, wanted {wanted}, {errors!r}\n", end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
