#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""A release can be made, is the same twice, and lists all that is in it; and what other machines
run (.github/workflows) can run: well-formed, with little permission, and nothing of anybody else's.

usage: test_release.py SOURCE
Prints TAP.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

# The distribution's own, which has python3-yaml where that is installed.
PYTHON = "/usr/bin/python3"
TO_JSON = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))"


def make(source, folder):
    result = subprocess.run([f"{source}/tools/release", "--output", str(folder)],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                            stderr=subprocess.STDOUT, timeout=120, check=False)
    return "" if result.returncode == 0 else result.stdout or "it failed"


def same(one, two):
    names = sorted(p.name for p in one.iterdir())
    if len(names) != 3 or names != sorted(p.name for p in two.iterdir()):
        return f"not the three files: {names}"
    return " ".join(n for n in names if (one / n).read_bytes() != (two / n).read_bytes())


def lists_all(folder):
    [archive], [spdx] = folder.glob("*.tar.gz"), folder.glob("*.spdx")
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
        names = {m.name.partition("/")[2] for m in members if m.isfile()}
        odd = [m.name for m in members if m.uid or m.gid or m.name.partition("/")[0] !=
               archive.name.removesuffix(".tar.gz")]
    text = spdx.read_text("utf-8")
    listed = {n.removeprefix("./") for n in re.findall(r"^FileName: (.*)", text, re.M)}
    # Those that are licences are that, and reuse leaves out what is empty.
    missing = {n for n in names - listed if not n.startswith(("LICENSES/", ".reuse/"))
               and not n.endswith((".license", ".spdx"))}
    with tarfile.open(archive) as tar:
        top = archive.name.removesuffix(".tar.gz")
        missing = {n for n in missing if tar.getmember(f"{top}/{n}").size}
    licences = set(re.findall(r"^LicenseInfoInFile: (.*)", text, re.M))
    problems = [f"not listed: {n}" for n in sorted(missing)] + [f"odd: {n}" for n in odd]
    return "\n".join(problems + [f"licence {x}" for x in licences - {"MIT"}])


def workflow(source, path):
    with path.open(encoding="utf-8") as f:
        result = subprocess.run([PYTHON, "-c", TO_JSON], stdin=f, text=True, timeout=60,
                                capture_output=True, check=False)
    if "ModuleNotFoundError" in result.stderr or not shutil.which(PYTHON):
        return None
    if result.returncode:
        return result.stderr
    found = json.loads(result.stdout)
    wrong = [] if found.get("permissions") == {"contents": "read"} else ["permissions"]
    for name, job in found["jobs"].items():
        wrong += [] if "timeout-minutes" in job else [f"{name}: no timeout"]
        for step in job["steps"]:
            if "uses" in step and not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]):
                wrong.append(f"{name}: {step['uses']} is not pinned by its hash")
            for tool in re.findall(r"\btools/[\w-]+", step.get("run", "")):
                wrong += [] if (source / tool).exists() else [f"{name}: no {tool}"]
    return "\n".join(wrong)


def main():
    source = pathlib.Path(sys.argv[1])
    results = []
    if shutil.which("reuse"):
        with tempfile.TemporaryDirectory() as folder:
            one, two = pathlib.Path(folder, "one"), pathlib.Path(folder, "two")
            results.append(("a release can be made", make(source, one) or make(source, two)))
            if not results[0][1]:
                results += [("the same twice, byte for byte", same(one, two)),
                            ("its SPDX document lists all that is in it", lists_all(one))]
    else:
        results.append(("a release can be made", None))
    for path in sorted((source / ".github/workflows").glob("*.yml")):
        results.append((f"{path.name} is one that may run", workflow(source, path)))
    print(f"1..{len(results)}")
    for number, (name, problem) in enumerate(results, 1):
        print(f"{'not ok' if problem else 'ok'} {number} - {name}" +
              (" # SKIP what it takes is not installed" if problem is None else ""))
        print("".join(f"# {line}\n" for line in (problem or "").splitlines()), end="")
    return 1 if any(problem for _, problem in results) else 0


if __name__ == "__main__":
    sys.exit(main())
