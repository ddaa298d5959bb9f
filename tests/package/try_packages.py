#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The Debian packages, installed and removed under a real systemd. Runs inside of what
tests/systemd/boot boots, as root, with the packages in /fsv/build and their source in /fsv/source.

usage: try_packages.py [--autopkgtest]
  --autopkgtest  debian/tests are run by autopkgtest, else one by one
Prints TAP.
"""

import os
import pathlib
import shutil
import stat
import subprocess
import sys
import traceback

import documents

DEBS = pathlib.Path("/fsv/build")
SOURCE = pathlib.Path("/fsv/source")
HELPER = "/usr/bin/fuservicemount3"
PACKAGES = ("fuse-service", "fuse-service-adapter", "libfuse-service-dev", "fuse-service-fuzz")
# What boot shows: what was changed in this system, and what it was before that.
CHANGED, BELOW = "/fsv/changed", "/fsv/below"
# What belongs to dpkg and useradd, to logs and caches of the system, or changes by itself.
NOT_OURS = ("/fsv", "/var/lib/dpkg", "/var/log", "/var/cache", "/var/lib/systemd", "/var/tmp",
            "/var/backups", "/etc/.pwd.lock", "/var/lib/apt", "/root/.cache", "/etc/passwd-",
            "/etc/shadow-", "/etc/group-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-",
            "/run/systemd", "/run/log", "/run/user", "/run/udev", "/run/lock", "/run/utmp",
            "/run/dbus", "/run/mount")
cases = []


def case(function):
    cases.append(function)
    return function


def call(*words, **more):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=250, check=False,
                          **{"cwd": "/", **more})


def succeed(*words, **more):
    result = call(*words, **more)
    assert result.returncode == 0, f"{words}: {result.returncode}\n{result.stdout}"
    return result.stdout


def look(path):
    try:
        info = os.lstat(path)
    except FileNotFoundError:
        return None
    content = pathlib.Path(path).read_bytes() if stat.S_ISREG(info.st_mode) else \
        os.readlink(path) if stat.S_ISLNK(info.st_mode) else None
    return info.st_mode, info.st_uid, info.st_gid, info.st_rdev, content


def files():
    """{path: what is there} of what is otherwise than it was at the boot, and all of /run."""
    found = {}
    for place, prefix in ((CHANGED, ""), ("/run", "/run")):
        for top, folders, names in os.walk(place):
            inner = prefix + top[len(place):]
            folders[:] = [f for f in folders if f"{inner}/{f}" not in NOT_OURS]
            for name in folders + names:
                path, now = f"{inner}/{name}", look(os.path.join(top, name))
                if path not in NOT_OURS and now != look(BELOW + path):
                    found[path] = now
    return found


def accounts():
    return [pathlib.Path(f"/etc/{name}").read_text("utf-8") for name in ("passwd", "group")]


def debs(*names):
    return [str(next(DEBS.glob(f"{name}_*.deb"))) for name in names]


def mode():
    return stat.S_IMODE(os.stat(HELPER).st_mode)


before = {}


@case
def they_install():
    # Containers have one that forbids to start and stop anything.
    pathlib.Path("/usr/sbin/policy-rc.d").unlink(missing_ok=True)
    before.update(files=files(), accounts=accounts())
    succeed("dpkg", "--install", *debs(*PACKAGES))
    assert mode() == 0o4755, f"mode {mode():o}"


@case
def after_installation_nothing_runs_and_nobody_but_root_may_mount():
    found = succeed("systemctl", "list-units", "--all", "--plain", "--no-legend",
                    "service_*", "null*")
    assert not found, found
    assert os.listdir("/run/filesystems") == [], "sockets"
    assert succeed(HELPER, "--list") == "", "types"


@case
def files_have_the_mode_and_owner_that_they_should():
    for package in PACKAGES:
        for path in succeed("dpkg", "--listfiles", package).splitlines():
            info = os.lstat(path)
            assert info.st_uid == info.st_gid == 0, path
            if not stat.S_ISLNK(info.st_mode):
                writable = info.st_mode & 0o022
                assert not writable, f"{path} is writable"
                special = stat.S_IMODE(info.st_mode) & 0o7000
                assert special == (0o4000 if path == HELPER else 0), f"{path}: {info.st_mode:o}"


@case
def debian_tests_pass():
    if "--autopkgtest" in sys.argv:
        output = "/tmp/autopkgtest"
        result = call("autopkgtest", "--ignore-restrictions=isolation-container", "--output-dir",
                      output, *debs(*PACKAGES), f"{SOURCE}/", "--", "null",
                      env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        assert result.returncode == 0, result.stdout
        summary = pathlib.Path(output, "summary").read_text("utf-8").splitlines()
        assert len(summary) == 3 and all(l.split()[1] == "PASS" for l in summary), summary
        shutil.rmtree(output)
        return
    for path in sorted((SOURCE / "debian/tests").iterdir()):
        if path.name != "control":
            succeed(str(path))


@case
def commands_of_documents_and_manual_pages_do_what_they_show():
    count, problems = documents.run_all()
    assert not problems, "\n".join(problems)
    assert count > 20, count


@case
def an_upgrade_keeps_a_statoverride():
    succeed("dpkg-statoverride", "--update", "--add", "root", "root", "0755", HELPER)
    assert mode() == 0o755, f"mode {mode():o}"
    succeed("dpkg", "--install", *debs("fuse-service"))
    assert mode() == 0o755, f"mode {mode():o}"


@case
def an_upgrade_keeps_a_file_capability_and_gives_none_unasked():
    assert succeed("getcap", HELPER) == "", "a capability"
    succeed("setcap", "cap_sys_admin=ep", HELPER)
    succeed("dpkg", "--install", *debs("fuse-service"))
    assert succeed("getcap", HELPER) == f"{HELPER} cap_sys_admin=ep\n", "the capability"
    assert "capability" in succeed("setpriv", "--reuid=1", "--regid=1", "--clear-groups", HELPER,
                                   "--features"), "--features"
    # Setuid again, and not both.
    succeed("dpkg-statoverride", "--remove", HELPER)
    succeed("dpkg", "--install", *debs("fuse-service"))
    assert mode() == 0o4755 and succeed("getcap", HELPER) == "", "both"


@case
def a_removal_leaves_a_mount_alone_and_a_purge_leaves_nothing():
    work = pathlib.Path("/tmp/mounted")
    (work / "mnt").mkdir(parents=True)
    (work / "image").write_bytes(os.urandom(65536))
    succeed("systemctl", "start", "service_ll.socket")
    succeed(HELPER, str(work / "image"), str(work / "mnt"), "-t", "service_ll")
    succeed("dpkg", "--remove", *PACKAGES)
    assert not os.path.exists("/run/filesystems/service_ll"), "the socket"
    succeed("cmp", str(work / "image"), str(work / "mnt/single_file"))
    succeed("umount", str(work / "mnt"))
    for _ in range(50):
        if call("systemctl", "--quiet", "is-active", "service_ll@*").returncode:
            break
        call("sleep", "0.1")
    succeed("dpkg", "--purge", *PACKAGES)
    shutil.rmtree(work)
    now = files()
    was = before["files"]
    changed = sorted(p for p in was.keys() | now.keys() if was.get(p) != now.get(p))
    assert not changed, "left, or otherwise: " + " ".join(changed[:40])
    assert accounts() == before["accounts"], "accounts"
    found = succeed("systemctl", "list-units", "--all", "--plain", "--no-legend",
                    "service_*", "null*", "squashfuse*")
    assert not found, found


def main():
    print(f"1..{len(cases)}")
    failed = 0
    for number, function in enumerate(cases, 1):
        problem = ""
        try:
            function()
        except Exception:
            problem = traceback.format_exc()
        failed += bool(problem)
        print(f"{'not ok' if problem else 'ok'} {number} - {function.__name__.replace('_', ' ')}")
        print("".join(f"# {line}\n" for line in problem.splitlines()), end="", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
