#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Every test that docs/threat-model.md names exists, by file and by name.

usage: test_threat_model.py SOURCE
Prints TAP.
"""

import os
import re
import sys

COLUMN = "shown by"
NONE = "–"


def test_files(top):
    """{name of the file: its text}; files of one name count as one."""
    found = {}
    for folder, _, names in os.walk(f"{top}/tests"):
        for name in names:
            if name.endswith((".c", ".py")):
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    found[name] = found.get(name, "") + f.read()
    return found


def rows(page):
    """(first cell, last cell) of each attack."""
    within = False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            within = False
        elif cells[-1] == COLUMN:
            within = True
        elif within and not re.fullmatch(r"[-| ]+", line):
            yield cells[0], cells[-1], len(cells)


def is_there(text, file, name):
    if file.endswith(".c"):
        return f"cmocka_unit_test({name})" in text
    # A Python string, perhaps in several pieces.
    return name in re.sub(r'"\s*\n\s*f?"', "", text)


def problems(files, cell, count):
    if count != 3:
        return [f"a row of {count} cells"]
    if cell == NONE:
        return []
    named = re.findall(r"`([^`]+)`", cell)
    wrong = [] if named and not re.sub(r"`[^`]+`", "", cell).strip() else [f"not a list: {cell}"]
    for test in named:
        file, _, name = test.partition(": ")
        if file not in files:
            wrong.append(f"no such file: {test}")
        elif not name or not is_there(files[file], file, name):
            wrong.append(f"no such test: {test}")
    return wrong


def main():
    top = sys.argv[1]
    files = test_files(top)
    with open(f"{top}/docs/threat-model.md", encoding="utf-8") as f:
        found = list(rows(f.read()))
    number = failed = 0
    for attack, cell, count in found:
        number += 1
        wrong = problems(files, cell, count)
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {attack}")
        print("".join(f"# {w}\n" for w in wrong), end="")
    print(f"1..{number}")
    return 1 if failed or not number else 0


if __name__ == "__main__":
    sys.exit(main())
