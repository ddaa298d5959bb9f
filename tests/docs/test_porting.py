#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""docs/porting.md done as it says: the diff applied, the result built and mounted in every way."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests/e2e"))

from harness import (ROOT, TIMEOUT, USER, Activated, Skip, case, check, contains,  # noqa: E402
                     equal, main, wait_for)

FILES = {"README": b"hello\n", "empty": b"", "sub/data": bytes(range(256)) * 400,
         "sub/deeper/" + "n" * 90: b"long"}


def command(*words, **more):
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120, check=False, **more)
    equal(done.returncode, 0, f"{words}: {done.stdout}")
    return done.stdout


def archive(test, who=ROOT):
    """(a tar archive of FILES, the folder that it was made of) in the caller's own folder."""
    home = pathlib.Path(test.home(who))
    for name, content in FILES.items():
        path = home / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    command("tar", "--format=ustar", "-C", str(home / "tree"), "-cf", str(home / "image"), ".")
    (home / "mnt").mkdir()
    for path in (home / "image", home / "mnt"):
        os.chown(path, test.id_of(who), -1)
    (home / "image").chmod(0o600)
    return home


def digest(content):
    return hashlib.sha256(content).hexdigest()


def content_of(top):
    """{path: digest} of all files, for whoever may read them."""
    return {os.path.relpath(os.path.join(folder, name), top):
            digest(pathlib.Path(folder, name).read_bytes())
            for folder, _, names in os.walk(top) for name in names}


WANTED = {name: digest(content) for name, content in FILES.items()}


def shows_the_files(test, home, who=ROOT):
    mnt = str(home / "mnt")
    if who == ROOT:
        equal(content_of(mnt), WANTED, "files")
    else:
        equal(test.as_user(content_of, mnt), WANTED, "files")


def as_plain_program(test, program):
    home = archive(test)
    with open(f"{test.folder}/plain.log", "wb") as log:
        process = subprocess.Popen([program, "-f", "image", "mnt"], cwd=home, stdout=log,
                                   stdin=subprocess.DEVNULL, stderr=log)
    try:
        wait_for(lambda: test.mounts(str(home / "mnt")), "the mount")
        shows_the_files(test, home)
        test.unmount(str(home / "mnt"))
        equal(process.wait(TIMEOUT), 0, "exit status")
    finally:
        process.kill()
        process.wait()


def start(test, program, *own):
    shutil.copy(program, f"{test.world.bin}/tarfs")
    service = Activated(test.world, test.folder, "tarfs", "tarfs", options=own)
    test.cleanup.append(lambda: test.left.extend(service.stop()))
    return service


def as_service(test, program, who=ROOT):
    service, home = start(test, program), archive(test, who)
    test.helper("image", "mnt", "-t", "tarfs", who=who, cwd=home).is_exit(0)
    equal(test.the_mount(str(home / "mnt")).type, "fuse.tarfs", "the type")
    shows_the_files(test, home, who)
    test.unmount(str(home / "mnt"))
    service.wait_end([0])


def ported(test):
    """The program that the build has made by the diff."""
    program = f"{test.world.build}/tests/docs/tarfs"
    if not os.path.exists(program):
        raise Skip("built without patch(1)")
    return program


@case("the server as it was is a FUSE program")
def _(test):
    program = f"{test.folder}/tarfs"
    flags = command("pkg-config", "--cflags", "--libs", "fuse3").split()
    command("cc", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE",
            str(TOP / "docs/porting/tarfs.c"), *flags, "-o", program)
    as_plain_program(test, program)


@case("the diff is some thirty lines more")
def _(test):
    lines = (TOP / "docs/porting.md").read_text("utf-8").split("```diff\n")[1].split("```")[0]
    changes = [line[0] for line in lines.splitlines() if line[:1] in "+-" and line[:3] not in
               ("+++", "---")]
    more = changes.count("+") - changes.count("-")
    check(25 <= more <= 35, f"{more} lines more")


@case("with the diff it still is one")
def _(test):
    as_plain_program(test, ported(test))


@case("with the diff it is a service, for {}", ROOT, USER)
def _(test, who):
    as_service(test, ported(test), who)


@case("an archive that is no archive is refused before the mount")
def _(test):
    service, home = start(test, ported(test)), archive(test)
    (home / "image").write_bytes(b"x" * 4096)
    test.helper("image", "mnt", "-t", "tarfs", cwd=home).is_exit(1)
    service.wait_end([1])
    contains(service.output(), "tarfs: bad archive at byte 0", "what it says")
    test.not_mounted()


@case("an archive that is not there is refused with the path")
def _(test):
    service, home = start(test, ported(test)), archive(test)
    (home / "image").unlink()
    result = test.helper("image", "mnt", "-t", "tarfs", cwd=home).is_exit(1)
    service.wait_end([1])
    contains(service.output(), "tarfs: image: No such file or directory", "what it says")
    contains(result.err, "image", "what the caller is told")


@case("{} is answered through the service, without a mount", ("--help", "usage: tarfs"),
      ("--version", "FUSE library version"))
def _(test, option, text):
    service, home = start(test, ported(test), option), archive(test)
    test.helper("image", "mnt", "-t", "tarfs", cwd=home).is_exit(1)
    service.wait_end([0])
    contains(service.output(), text, "what it says")
    test.not_mounted()


@case("a Meson project that has this one as its subproject builds it, and that is a service")
def _(test):
    project = f"{test.folder}/project"
    shutil.copytree(TOP / "docs/porting", project)
    command("patch", "--quiet", "-p1", "-d", project, "-i", str(TOP / "docs/porting.md"))
    os.symlink(TOP, f"{project}/subprojects/fuse-service")
    said = command("meson", "setup", "--wrap-mode=nodownload", f"{project}/build", project)
    contains(said, "Dependency fuse-service found: YES", "meson")
    command("ninja", "-C", f"{project}/build")
    check(not os.path.exists(f"{project}/build/subprojects/fuse-service/helper"), "a helper")
    command("meson", "install", "-C", f"{project}/build", "--skip-subprojects", "--destdir",
            f"{test.folder}/root")
    installed = [os.path.join(f, n) for f, _, names in os.walk(f"{test.folder}/root")
                 for n in names]
    equal([os.path.basename(n) for n in installed], ["tarfs"], "what it installs")
    as_service(test, installed[0])


if __name__ == "__main__":
    sys.exit(main())
