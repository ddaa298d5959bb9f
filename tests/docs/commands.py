#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The commands that the documents and manual pages show.

usage: commands.py SOURCE              every one of them is run by a test, or said to be not
       commands.py SOURCE --self-test  what is no list of such reasons
Prints TAP. tests/package/documents.py runs them.
"""

import glob
import os
import re
import sys
from typing import NamedTuple

NOT_RUN = "tests/docs/not-run.txt"
# What the manual pages have in the packages.
WORDS = {
    "ADAPTER": "/usr/libexec/fuse-service/fuse-service-adapter", "SBIN_DIR": "/usr/sbin",
    "BIN_DIR": "/usr/bin", "FUZZ_DATA": "/usr/share/fuse-service/fuzz",
}


class Command(NamedTuple):
    page: str
    text: str
    root: bool
    output: str


def joined(lines):
    """Lines that end in a backslash, with what follows."""
    whole = ""
    for line in lines:
        whole += line
        if not line.endswith("\\"):
            yield whole
            whole = ""
        else:
            whole += "\n"


def session(page, lines):
    """A block with prompts: commands, and what each prints."""
    command, output = None, []
    for line in joined(lines):
        if line[:2] in ("$ ", "# "):
            if command:
                yield Command(page, command[2:], command[0] == "#", "\n".join(output))
            command, output = line, []
        elif command:
            output.append(line)
    if command:
        yield Command(page, command[2:], command[0] == "#", "\n".join(output))


def of_page(page, text):
    """The fenced blocks of a Markdown page: `sh` is for root, `console` has prompts."""
    for indent, kind, block in re.findall(r"^( *)```(\w+)\n(.*?)^ *```", text, re.M | re.S):
        lines = [line.removeprefix(indent) for line in block.splitlines()]
        if kind == "console":
            yield from session(page, lines)
        elif kind == "sh":
            for line in joined(lines):
                line = re.sub(r"(^|\s+)# .*", "", line)
                if line.strip():
                    yield Command(page, line, True, "")


def of_manual(page, text):
    text = re.sub(r"@([A-Z_]+)@", lambda m: WORDS.get(m[1], m[0]), text)
    text = text.replace("\\&", "").replace("\\e", "\\").replace(". Ns Ar type", ".TYPE")
    for line in re.findall(r"^\.Dl (.*)", text, re.M):
        yield from session(page, [line])
    for block in re.findall(r"^\.Bd -literal -offset indent\n(.*?)^\.Ed", text, re.M | re.S):
        yield from session(page, block.splitlines())


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def everything(top):
    for path in sorted(glob.glob(f"{top}/*.md") + glob.glob(f"{top}/docs/*.md")):
        yield from of_page(os.path.relpath(path, top), read(path))
    for path in sorted(glob.glob(f"{top}/docs/man/*.in")):
        yield from of_manual(os.path.relpath(path, top), read(path))


def not_run(top):
    """{(page, command): reason}; a page with no command stands for all of its commands."""
    found, reason = {}, ""
    for line in read(f"{top}/{NOT_RUN}").splitlines():
        if line.startswith("# "):
            reason = line[2:] if not reason or found_after else f"{reason} {line[2:]}"
            found_after = False
        elif line.strip():
            page, _, command = line.partition(": ")
            found[page, command] = reason
            found_after = True
    return found


def is_run(command, reasons):
    return (command.page, "") not in reasons and (command.page, command.text) not in reasons


def problems(commands, reasons):
    """What the list has, and no page."""
    there = {(c.page, c.text) for c in commands} | {(c.page, "") for c in commands}
    wrong = [f"{page}: {command or 'no command'}: not there" for page, command in reasons
             if (page, command) not in there]
    return wrong + [f"{page}: {command}: no reason" for (page, command), reason in reasons.items()
                    if len(reason) < 10]


def self_test():
    commands = [Command("a.md", "true", True, "")]
    found = (problems(commands, {("a.md", "true"): "it is not for this"}),
             problems(commands, {("a.md", "true"): ""}),
             problems(commands, {("a.md", "false"): "it is not for this"}),
             problems(commands, {("b.md", ""): "it is not for this"}))
    page = "```sh\na \\\n  b  # c\n```\n```console\n$ x\ny\n# z\n```\n"
    got = [(c.text, c.root, c.output) for c in of_page("p", page)]
    fine = [bool(f) for f in found] == [False, True, True, True] and got == [
        ("a \\\n  b", True, ""), ("x", False, "y"), ("z", True, "")]
    print(f"1..1\n{'ok' if fine else 'not ok'} 1 - commands and the list of those that are not run")
    return 0 if fine else 1


def main():
    if "--self-test" in sys.argv:
        return self_test()
    top = sys.argv[1]
    commands, reasons = list(everything(top)), not_run(top)
    wrong = problems(commands, reasons)
    run = sum(is_run(c, reasons) for c in commands)
    print(f"1..1\n{'not ok' if wrong else 'ok'} 1 - commands that are not run are there, and have "
          f"a reason\n# {run} of {len(commands)} commands are run")
    print("".join(f"# {w}\n" for w in wrong), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
