#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The build script of OSS-Fuzz and ClusterFuzzLite, run as they run it: every target of fuzz/ is
there, with seeds, options and the dictionary that they name, and runs on its seeds.

usage: test_oss_fuzz.py [CC]        (clang-19)
Prints TAP.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
# What is no target: it must fail, or measures the engine.
NONE = {"fuzz_negative"}


def run(*words, **more):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **more)


def build(folder, compiler):
    src, work, out = (folder / name for name in ("src", "work", "out"))
    for path in (src, work, out):
        path.mkdir()
    (src / "fuse-service").symlink_to(TOP)
    flags = "-O1 -fno-omit-frame-pointer -gline-tables-only -fsanitize=address,fuzzer-no-link"
    result = run(str(TOP / ".clusterfuzzlite/build.sh"), timeout=500, env={
        **os.environ, "SRC": str(src), "WORK": str(work), "OUT": str(out), "CC": compiler,
        "CXX": compiler, "CFLAGS": flags, "LIB_FUZZING_ENGINE": "-fsanitize=fuzzer",
        "LDFLAGS": "-fsanitize=address"})
    return out, "" if result.returncode == 0 else result.stdout[-4000:]


def check(out, target):
    """What is wrong with one target, or ""."""
    if not os.access(out / target, os.X_OK):
        return "it was not built"
    if not (out / f"{target}.options").exists():
        return "it has no options"
    for line in (out / f"{target}.options").read_text("utf-8").splitlines():
        if line.startswith("dict = ") and not (out / line[7:]).exists():
            return f"{line}: not there"
    with zipfile.ZipFile(out / f"{target}_seed_corpus.zip") as seeds:
        names = [n for n in seeds.namelist() if not n.endswith("/")]
        seeds.extractall(out / f"{target}.seeds")
    if not names:
        return "it has no seeds"
    result = run(str(out / target), "-runs=0", str(out / f"{target}.seeds"), timeout=120)
    return "" if result.returncode == 0 else result.stdout[-3000:]


def main():
    targets = sorted({p.stem for p in (TOP / "fuzz").glob("fuzz_*.c")} - NONE)
    print(f"1..{len(targets) + 1}")
    with tempfile.TemporaryDirectory() as folder:
        out, problem = build(pathlib.Path(folder), sys.argv[1] if len(sys.argv) > 1 else "clang-19")
        results = [("the build script of OSS-Fuzz", problem)]
        results += [(t, "" if problem else check(out, t)) for t in targets]
    for number, (name, wrong) in enumerate(results, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
        print("".join(f"# {line}\n" for line in wrong.splitlines()), end="")
    return 1 if any(wrong for _, wrong in results) else 0


if __name__ == "__main__":
    sys.exit(main())
