#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The manual pages of the API say all that the headers say: each function, each comment.

usage: test_api_pages.py BUILD SOURCE
Prints TAP.
"""

import re
import shutil
import subprocess
import sys

PAGES = {"fuse_service.3": "server/fuse_service.h", "fsv_service.3": "server/core/fsv_service.h"}
# Not for the pages: the licence, what a struct's fields say beside them, the linker's business.
LEFT_OUT = re.compile(r"SPDX|What the shared library exports")


def plain(text):
    """Words without markup: what is left when spaces, quotes and line breaks do not count."""
    return re.sub(r"[\s`‘’“”\"\u2010-]+", "", text)


def rendered(path):
    page = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=100", path], capture_output=True,
                          text=True, timeout=20, check=True).stdout
    return re.sub(r".\x08", "", page)


def comments(header):
    for found in re.finditer(r"^/\*(.*?)\*/", header, re.S | re.M):
        text = re.sub(r"^ \* ?", "", found[1], flags=re.M)
        if not LEFT_OUT.search(text):
            yield text


def functions(header):
    code = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    return set(re.findall(r"^[a-z][\w *]*?\b((?:fuse|fsv)_service_\w+)\(", code, re.M))


def problems(page, header):
    """What the header says and the page does not."""
    all_text = plain(page)
    lacking = [p for text in comments(header) for p in re.split(r"\n\s*\n", text)
               if plain(p) not in all_text]
    synopsis = page[page.index("SYNOPSIS"):page.index("DESCRIPTION")]
    return lacking + [f"{name}()" for name in sorted(functions(header))
                      if f" {name}(" not in synopsis]


def main():
    build, source = sys.argv[1:]
    if not shutil.which("mandoc"):
        print("1..0 # SKIP mandoc is not installed")
        return 0
    failed = 0
    print(f"1..{2 * len(PAGES)}")
    for number, (page, path) in enumerate(PAGES.items()):
        with open(f"{source}/{path}", encoding="utf-8") as f:
            header = f.read()
        text = rendered(f"{build}/docs/man/{page}")
        assert len(functions(header)) > 15 and len(list(comments(header))) > 10, "nothing found"
        found = problems(text, header)
        failed += bool(found)
        print(f"{'not ok' if found else 'ok'} {2 * number + 1} - {page} says what {path} says")
        print("".join(f"# lacks: {' '.join(p.split())}\n" for p in found), end="")
        planted = header.replace(" * ", " * planted ", 5).replace("_accept(", "_planted(")
        found = len(problems(text, planted))
        failed += found < 2
        print(f"{'ok' if found >= 2 else 'not ok'} {2 * number + 2} - {page}: a difference is seen")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
