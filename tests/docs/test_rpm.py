#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The RPM spec: read by rpmspec, nothing that rpmlint has against it, and its lists are of what is
installed.

usage: test_rpm.py BUILD SOURCE
Prints TAP.
"""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys

SPEC = "packaging/rpm/fuse-service.spec"
# Not of this build, but of that with the fuzz targets.
FUZZ = ("{bindir}/fuse-service-fuzz", "/fuse-service/fuzz", "fuse-service-fuzz.1")


def run(*words):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, check=False)


def rpmspec(source):
    result = run("rpmspec", "--parse", f"{source}/{SPEC}")
    return result.stdout if result.returncode else ""


def rpmlint(source):
    result = run("rpmlint", "--rpmlintrc", f"{source}/{SPEC[:-4]}rpmlintrc",
                 f"{source}/{SPEC}")
    found = [l for l in result.stdout.splitlines() if re.search(r": [EW]: ", l)]
    return "\n".join(found) or ("" if result.returncode == 0 else result.stdout)


def listed(source, options, folders):
    """The patterns of the %files sections, as paths of this build."""
    macros = {"_bindir": "bindir", "_sbindir": "sbindir", "_libexecdir": "libexecdir",
              "_datadir": "datadir", "_mandir": "mandir", "_includedir": "includedir",
              "_libdir": "libdir"}
    with open(f"{source}/{SPEC}", encoding="utf-8") as f:
        text = f.read()
    for section in re.findall(r"^%files.*?\n(.*?)(?=^%files|^%changelog|^%endif)", text, re.M | re.S):
        for line in section.splitlines():
            line = re.sub(r"^%(attr\([^)]*\)|dir) ", "", line)
            if not line or line.startswith(("%license", "%doc", "%if")):
                continue
            for macro, option in macros.items():
                line = line.replace(f"%{{{macro}}}", f"{options['prefix']}/{options[option]}")
            line = line.replace("%{_prefix}", options["prefix"])
            for macro, folder in folders.items():
                line = line.replace(f"%{{{macro}}}", folder)
            yield line


def unlisted(build, source):
    with open(f"{build}/meson-info/intro-buildoptions.json", encoding="utf-8") as f:
        options = {o["name"]: o["value"] for o in json.load(f)}
    installed = json.loads(run("meson", "introspect", "--installed", build).stdout).values()
    units = next(p for p in installed if p.endswith("/system-fuse.slice")).rpartition("/")[0]
    tmpfiles = next(p for p in installed if p.endswith("/fuse-service.conf") and "tmpfiles" in p)
    patterns = list(listed(source, options, {"_unitdir": units,
                                             "_tmpfilesdir": tmpfiles.rpartition("/")[0]}))

    def covers(pattern, path):
        return fnmatch.fnmatchcase(path, pattern) or fnmatch.fnmatchcase(path, pattern + "/*")
    # The packages have no shared library; a build for tests may.
    wrong = [f"installed, not listed: {p}" for p in installed if ".so" not in os.path.basename(p)
             and not any(covers(pattern, p) for pattern in patterns)]
    for pattern in patterns:
        if not any(covers(pattern, p) for p in installed) and not \
                any(part.format(bindir=options["bindir"]) in pattern for part in FUZZ):
            wrong.append(f"listed, not installed: {pattern}")
    return "\n".join(wrong)


def main():
    build, source = sys.argv[1:]
    checks = (("rpmspec reads it", "rpmspec", lambda: rpmspec(source)),
              ("rpmlint has nothing against it", "rpmlint", lambda: rpmlint(source)),
              ("its lists are of what is installed", "meson", lambda: unlisted(build, source)))
    print(f"1..{len(checks)}")
    failed = 0
    for number, (name, program, check) in enumerate(checks, 1):
        there = shutil.which(program)
        problem = check() if there else ""
        failed += bool(problem)
        print(f"{'not ok' if problem else 'ok'} {number} - {name}" +
              ("" if there else f" # SKIP {program} is not installed"))
        print("".join(f"# {line}\n" for line in problem.splitlines()), end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
