#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""No page points to what is not there: links, their anchors, and names of files in `code`.

usage: check_links.py SOURCE [--self-test]
  --self-test  a page with one dead link of each kind: expect all of them to be found
Prints TAP, a case for each page.
"""

import os
import re
import sys
import tempfile

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\s]+)`")


def pages(top):
    for folder, folders, names in os.walk(top):
        folders[:] = [f for f in folders if not f.startswith((".git", "build"))]
        for name in names:
            if name.endswith(".md"):
                yield os.path.relpath(os.path.join(folder, name), top)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def anchors(page):
    """The anchors of its headings, as most viewers make them."""
    heads = re.findall(r"^#+ +(.*)$", re.sub(r"^```.*?^```", "", page, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def dead(top, page):
    text = read(f"{top}/{page}")
    for target in LINK.findall(text):
        if target.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        full = os.path.normpath(os.path.join(top, os.path.dirname(page), path)) if path \
            else f"{top}/{page}"
        if not os.path.exists(full):
            yield target
        elif anchor and anchor not in anchors(read(full)):
            yield f"{target}: no such heading"
    folders = {f for f in os.listdir(top) if os.path.isdir(f"{top}/{f}")} - {".git"}
    for name in CODE.findall(text):
        # Names that begin with a folder of this tree, and are no patterns.
        if name.partition("/")[0] in folders and "/" in name and not set(name) & set("*<>{}…"):
            if not name.startswith("build") and not os.path.exists(f"{top}/{name}"):
                yield f"`{name}`"


SAMPLE = """# One heading
[fine](other.md#two-words), [fine](#one-heading), `folder/file`, `folder/*.c`
[dead](none.md) [dead](other.md#three) [dead](#none) `folder/none`
"""


def self_test():
    with tempfile.TemporaryDirectory() as top:
        os.mkdir(f"{top}/folder")
        for name, text in (("page.md", SAMPLE), ("other.md", "## Two words!\n"),
                           ("folder/file", "")):
            with open(f"{top}/{name}", "w", encoding="utf-8") as f:
                f.write(text)
        return len(list(dead(top, "page.md"))) == 4 and not list(dead(top, "other.md"))


def main():
    if "--self-test" in sys.argv:
        fine = self_test()
        print(f"1..1\n{'ok' if fine else 'not ok'} 1 - dead links are found, others are not")
        return 0 if fine else 1
    failures = 0
    found = sorted(pages(sys.argv[1]))
    print(f"1..{len(found)}")
    for number, page in enumerate(found, 1):
        problems = list(dead(sys.argv[1], page))
        failures += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} - {page}")
        print("".join(f"# dead: {problem}\n" for problem in problems), end="")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
