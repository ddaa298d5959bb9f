#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""tools/fuzz does what its --help says: each engine and sanitizer notices what must be noticed, a
finding can be listed, replayed and minimised, and every target runs. Prints TAP.

usage: test_fuzz.py BUILD [--help]
  BUILD  a folder for what is built and found, the same as for tools/gates
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]


class Fuzz:
    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()

    def __call__(self, *words, status=0, seconds=600):
        """Its output; what is wrong with it raises."""
        done = subprocess.run([TOP / "tools/fuzz", *words, "--build", self.build], cwd="/",
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, timeout=seconds, errors="replace",
                              check=False)
        if (done.returncode != 0) != (status != 0):
            raise AssertionError(f"{words}: status {done.returncode}\n{done.stdout[-3000:]}")
        return done.stdout

    def findings(self, target):
        return sorted((self.build / "findings" / target).glob("*"))


def must(truth, what):
    if not truth:
        raise AssertionError(what)


def helps(fuzz):
    """it explains itself, and refuses what it does not know"""
    must("--minimise FILE" in fuzz("--help"), "no --minimise in --help")
    for words in (["--frobnicate"], ["nonsense"], ["packet", "--engine", "x"],
                  ["packet", "--sanitizer", "x"], ["packet", "--time", "x"],
                  ["--replay", "/no/such/file"], []):
        fuzz(*words, status=1)


def lists(fuzz):
    """each file fuzz_X.c is a target, but what must fail is none of them"""
    names = fuzz("--list").split()
    want = {p.stem[5:] for p in (TOP / "fuzz").glob("fuzz_*.c")} - {"negative"}
    must(set(names) == want and len(names) == len(want), names)


def notices(fuzz):
    """each engine and sanitizer notices, within seconds, what it is there for"""
    out = fuzz("--self-test", "--time", "30")
    must(len(re.findall("^ok", out, re.M)) == 7 and "not ok" not in out, out)


def finding(fuzz):
    """a finding is listed as new, replayed, minimised, and known once it is a regression"""
    shutil.rmtree(fuzz.build / "findings", ignore_errors=True)
    shutil.rmtree(fuzz.build / "corpus/negative_must", ignore_errors=True)
    fuzz("--new-findings")
    out = fuzz("negative_must", "--time", "30", status=1)
    must("FOUND" in out, out)
    (path,) = fuzz.findings("negative_must")
    must(str(path) in fuzz("--new-findings", status=1), "not listed")
    must("not so: size < 5" in fuzz("--replay", path, status=1), "the replay does not say what")
    path.write_bytes(b"OPEN\x01" + bytes(200))
    fuzz("--minimise", path, "--time", "5")
    small = path.with_name(path.name + ".min")
    must(small.stat().st_size < 100, f"{small.stat().st_size} bytes")
    must("not so: size < 5" in fuzz("negative_must", "--replay", small, status=1), "lost it")
    must(str(small) not in fuzz("--new-findings", status=1), "what was minimised is listed")
    known = TOP / "fuzz/regress/negative_must"
    must(not known.exists(), "somebody else's regressions")
    try:
        known.mkdir(parents=True)
        shutil.copy(path, known / "found")
        fuzz("--new-findings")
    finally:
        shutil.rmtree(known)
        if not any(known.parent.iterdir()):
            known.parent.rmdir()
    shutil.rmtree(fuzz.build / "findings/negative_must")


def replays(fuzz):
    """a seed is replayed, its target told by its folder or by name"""
    must("Executed" in fuzz("--replay", TOP / "fuzz/seeds/packet/hello"), "no run")
    must("Executed" in fuzz("diff_packet", "--replay", TOP / "fuzz/seeds/packet/hello"), "no run")


def afl(fuzz):
    """AFL++ runs a target with the mutator, and finds nothing"""
    shutil.rmtree(fuzz.build / "afl-out/packet", ignore_errors=True)
    out = fuzz("packet", "--engine", "afl", "--time", "5")
    must(int(re.search(r"execs_done *: (\d+)", out).group(1)) > 200, out)
    must(int(re.search(r"edges_found *: (\d+)", out).group(1)) > 100, out)
    log = (fuzz.build / "packet.log").read_text(errors="replace")
    must("mutator_afl.so" in log and "Custom mutator" in log, log)


def memory(fuzz):
    """MemorySanitizer runs a target, and finds nothing"""
    must("nothing found" in fuzz("packet", "--sanitizer", "memory", "--time", "2"), "no run")


def coverage(fuzz):
    """--coverage writes HTML, with the branches of what was reached"""
    out = fuzz("--coverage", "packet")
    page = pathlib.Path(out.split()[-1])
    must(page.name == "index.html" and page.stat().st_size > 1000, out)
    must("fsv_msg.c" in page.read_text(), "no fsv_msg.c in it")
    must(float(re.search(r"TOTAL.*?([\d.]+)%", out).group(1)) > 20, out)


def everything(fuzz):
    """every target runs for a moment, two at once, and nothing is found"""
    out = fuzz("--all", "--time", "1", "--jobs", "2")
    rows = re.findall(r"^(\w+) +(\d+) +(\d+) +(\d+)  nothing found$", out, re.M)
    must(sorted(r[0] for r in rows) == sorted(fuzz("--list").split()), out)
    slow = [r for r in rows if int(r[1]) < 1 or int(r[2]) < 5 or int(r[3]) < 1]
    must(not slow, slow)


CASES = (helps, lists, replays, finding, notices, afl, memory, coverage, everything)


def main():
    if len(sys.argv) != 2 or sys.argv[1] == "--help":
        print(__doc__)
        return len(sys.argv) != 2
    fuzz, failed = Fuzz(sys.argv[1]), 0
    print(f"1..{len(CASES)}", flush=True)
    for number, case in enumerate(CASES, 1):
        try:
            case(fuzz)
            print(f"ok {number} - {case.__doc__}", flush=True)
        except (AssertionError, OSError, AttributeError, ValueError,
                subprocess.SubprocessError) as e:
            failed += 1
            print(f"not ok {number} - {case.__doc__}")
            for line in str(e).splitlines():
                print("# " + line, flush=True)
    return failed != 0


sys.exit(main())
