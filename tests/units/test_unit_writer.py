#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""fuse-service-unit: what it writes, what it refuses, and that it then writes nothing."""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAM = "/usr/bin/true"

# (words, what it says)
REFUSED = (
    ([], "which NAME"),
    (["fs"], "which program"),
    (["fs", "--exec"], "a value is missing"),
    (["fs", "more", "--exec", PROGRAM], "there is a NAME already"),
    (["", "--exec", PROGRAM], "which NAME"),
    ([".fs", "--exec", PROGRAM], "NAME '.fs'"),
    (["fs/../x", "--exec", PROGRAM], "NAME 'fs/../x'"),
    (["f s", "--exec", PROGRAM], "NAME 'f s'"),
    (["fs@", "--exec", PROGRAM], "NAME 'fs@'"),
    (["f%n", "--exec", PROGRAM], "NAME 'f%n'"),
    (["f\ns", "--exec", PROGRAM], "NAME 'f"),
    (["f" * 65, "--exec", PROGRAM], "longer than 64"),
    (["f+s", "--exec", PROGRAM], "--type"),
    (["fs", "--exec", "true"], "not an absolute path"),
    (["fs", "--exec", "/nowhere/fs"], "not a program"),
    (["fs", "--exec", "/usr/bin"], "not a program"),
    (["fs", "--exec", "/etc/passwd"], "not a program"),
    (["fs", "--exec", "/usr/bin/true;reboot"], "only letters"),
    (["fs", "--exec", "/usr/bin/%n"], "only letters"),
    (["fs", "--exec", "/usr/bin/a b"], "only letters"),
    (["fs", "--exec", "/usr/bin/../bin/true"], "not a plain path"),
    (["fs", "--exec", "/home/me/fs"], "nothing of this folder"),
    (["fs", "--exec", "/tmp/fs"], "nothing of this folder"),
    (["fs", "--exec", "/usr/bin/ldd"], "is a script"),
    (["fs", "--exec", PROGRAM, "--type", "a/b"], "--type 'a/b'"),
    (["fs", "--exec", PROGRAM, "--type", "-t"], "--type '-t'"),
    (["fs", "--exec", PROGRAM, "--group", "a b"], "--group 'a b'"),
    (["fs", "--exec", PROGRAM, "--mode", "rw"], "--mode 'rw'"),
    (["fs", "--exec", PROGRAM, "--mode", "0999"], "--mode '0999'"),
    (["fs", "--exec", PROGRAM, "--bind", "etc"], "not an absolute path"),
    (["fs", "--exec", PROGRAM, "--", "$HOME"], "only letters"),
    (["fs", "--exec", PROGRAM, "--", ""], "is empty"),
    (["fs", "--exec", PROGRAM, "--nonsense"], "unknown option"),
)


class Writer:
    def __init__(self, build):
        self.folder = tempfile.mkdtemp(prefix="fsv-writer-")
        self.output = pathlib.Path(self.folder, "out")
        self.program = f"{self.folder}/fuse-service-unit"
        self.box = f"{self.folder}/hardening.conf"
        shutil.copy(f"{build}/units/hardening.conf", self.box)
        # What is not installed yet is here.
        text = pathlib.Path(build, "units/fuse-service-unit").read_text(encoding="utf-8")
        self.installed = re.search(r"AssertPathExists=(\S+)", text)[1]
        pathlib.Path(self.program).write_text(text.replace(self.installed, self.box),
                                              encoding="utf-8")

    def __call__(self, *words):
        return subprocess.run(["sh", self.program, "--output", str(self.output), *words],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, check=False)

    def written(self):
        found = sorted(str(p.relative_to(self.output)) for p in self.output.rglob("*"))
        return [name for name in found if not name.endswith(".d")]

    def lines(self, name):
        return (self.output / name).read_text(encoding="utf-8").splitlines()

    def clear(self):
        shutil.rmtree(self.output, ignore_errors=True)


def refuses(write, words, said):
    """Exit status 1, one line that says why, nothing written."""
    result = write(*words)
    if result.returncode != 1 or said not in result.stderr or result.stdout:
        return f"status {result.returncode}, {result.stdout!r}, {result.stderr!r}"
    return f"it has written {write.written()}" if write.output.exists() else None


def plain_pair(write):
    result = write("fs", "--exec", PROGRAM)
    if result.returncode or result.stderr:
        return result.stderr
    if write.written() != ["fs.socket", "fs@.service", "fs@.service.d/10-fuse-service.conf"]:
        return f"written: {write.written()}"
    if "systemctl enable --now fs.socket" not in result.stdout.replace("daemon-reload && ", ""):
        return f"what is next: {result.stdout}"
    wanted = {"ExecStart=/usr/bin/true", "BindReadOnlyPaths=/usr/bin/true"}
    return None if wanted <= set(write.lines("fs@.service")) else "the service"


def everything(write):
    result = write("fs", "--exec", PROGRAM, "--type", "fs", "--type", "fs.2", "--group", "disk",
                   "--mode", "0660", "--bind", "/usr/share/zoneinfo", "--", "-o", "ro")
    if result.returncode or result.stderr:
        return result.stderr
    sockets = [line for line in write.lines("fs.socket") if line.startswith(("Listen", "Socket"))]
    if [line.split("/")[-1] for line in sockets] != ["fs", "fs.2", "SocketGroup=disk",
                                                     "SocketMode=0660"]:
        return f"the socket: {sockets}"
    wanted = {"ExecStart=/usr/bin/true -o ro",
              "BindReadOnlyPaths=/usr/bin/true /usr/share/zoneinfo"}
    if not wanted <= set(write.lines("fs@.service")):
        return f"the service: {write.lines('fs@.service')}"
    link = write.output / "fs.2.socket"
    return None if os.readlink(link) == "fs.socket" else "the second type leads elsewhere"


def twice(write):
    write("fs", "--exec", PROGRAM)
    (write.output / "fs@.service").write_text("mine\n", encoding="utf-8")
    result = write("fs", "--exec", PROGRAM)
    if result.returncode != 1 or "already" not in result.stderr:
        return f"status {result.returncode}, {result.stderr}"
    if write.lines("fs@.service") != ["mine"]:
        return "it was replaced"
    result = write("fs", "--exec", PROGRAM, "--force")
    return None if not result.returncode and len(write.lines("fs@.service")) > 5 else "--force"


def verified(write):
    """systemd is content with them, and with the box in place they score like ours."""
    write("fs", "--exec", PROGRAM)
    link = write.output / "fs@.service.d/10-fuse-service.conf"
    if os.readlink(link) != write.box:
        return f"the link leads to {os.readlink(link)}"
    for words in (("verify", "--man=no", f"{write.output}/fs.socket", f"{write.output}/fs@.service"),
                  ("security", "--offline=true", "--threshold=2", f"{write.output}/fs@.service")):
        result = subprocess.run(["systemd-analyze", "--no-pager", *words], capture_output=True,
                                text=True, timeout=60, check=False)
        if result.returncode or (words[0] == "verify" and result.stderr.strip()):
            return f"{words[0]}: {result.stdout[-300:]}{result.stderr}"
    return None


def without_the_box(write):
    os.rename(write.box, write.box + ".old")
    result = write("fs", "--exec", PROGRAM)
    os.rename(write.box + ".old", write.box)
    if result.returncode != 1 or "the box, is missing" not in result.stderr:
        return f"status {result.returncode}, {result.stderr}"
    return f"it has written {write.written()}" if write.output.exists() else None


def settings(lines):
    return [l for l in lines if l and not l.startswith(("#", "SPDX", "Description=",
                                                      "Documentation=", "[Unit]"))]


def as_documented(write):
    """The pair that docs/units.md shows for those who write theirs by hand."""
    program = "/usr/libexec/my-fuse-ext4"
    write("ext4", "--exec", program, "--unchecked")
    page = pathlib.Path(__file__).parents[2] / "docs/units.md"
    blocks = re.findall(r"```ini\n# (ext4\S+)\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    if [name for name, _ in blocks] != ["ext4.socket", "ext4@.service"]:
        return f"the page shows {blocks}"
    differ = [name for name, text in blocks
              if settings(text.replace("/usr/lib/fuse-service/hardening.conf", write.box)
                          .splitlines()) != settings(write.lines(name))]
    return f"not as on the page: {differ}" if differ else None


def explains_itself(write):
    result = write("--help")
    words = ("--exec", "--type", "--group", "--mode", "--bind", "--output", "--force", "--unchecked")
    missing = [word for word in words if word not in result.stdout]
    return f"status {result.returncode}, missing {missing}" if result.returncode or missing else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    write = Writer(parser.parse_args().build)
    cases = [(f"refused: {said}", lambda w, a=words, s=said: refuses(w, a, s))
             for words, said in REFUSED]
    cases += [(f.__name__.replace("_", " "), f)
              for f in (plain_pair, everything, twice, without_the_box, verified, as_documented,
                        explains_itself)]
    print(f"1..{len(cases)}")
    failed = 0
    for number, (name, function) in enumerate(cases, 1):
        if "verif" in name and not shutil.which("systemd-analyze"):
            print(f"ok {number} - {name} # SKIP no systemd-analyze")
            continue
        problem = function(write)
        write.clear()
        failed += bool(problem)
        print(f"{'not ok' if problem else 'ok'} {number} - {name}")
        if problem:
            print("".join(f"# {line}\n" for line in problem.splitlines()), end="")
    shutil.rmtree(write.folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
