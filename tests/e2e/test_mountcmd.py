#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""mount.fuse-service: mount(8), fstab, umount(8) and findmnt(8) with services, and the rule that
nobody is talked down to a server that nothing contains.
"""

import json
import os
import shutil
import signal
import stat
import sys

import wire
from harness import (ROOT, USER, USER_ID, Skip, case, check, contains, equal, main, run, umount,
                     wait_for)

# The search for leaks needs ptrace, which the helper closes itself off from.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"

WHO = (ROOT, USER)
CLASSIC = "mount.fuse3"
RECORDER = """#!/bin/sh
exec >"{log}.$$"
printf '%s\\0' "$@" '--- environment'
env -0
exit {status}
"""


class Recorder:
    """A program that does nothing but note what it was started with."""

    def __init__(self, test, name, path, status=0):
        folder = test.directory(f"calls-{name}", mode=0o1777)
        self.log = f"{folder}/call"
        with open(path, "w", encoding="utf-8") as f:
            f.write(RECORDER.format(log=self.log, status=status))
        os.chmod(path, 0o755)

    def calls(self):
        """[(words, environment)]"""
        found = []
        folder = os.path.dirname(self.log)
        for name in sorted(os.listdir(folder)):
            with open(f"{folder}/{name}", encoding="utf-8", errors="surrogateescape") as f:
                words = f.read().split("\0")[:-1]
            at = words.index("--- environment")
            found.append((words[:at], dict(w.split("=", 1) for w in words[at + 1:])))
        return found

    def only_words(self):
        [(words, _)] = self.calls()
        return words

    def was_not_called(self):
        equal(self.calls(), [], "calls")


class Machine:
    """A machine where everything is installed, as far as mount(8) and its helpers can see."""

    def __init__(self, test):
        self.test = test
        with open(f"{test.world.build}/meson-info/intro-buildoptions.json", encoding="utf-8") as f:
            option = {o["name"]: o["value"] for o in json.load(f)}
        self.bin = f"{option['prefix']}/{option['bindir']}"
        self.sbin = os.path.realpath("/sbin")
        self.cover(self.sbin)
        self.put_helper(test.world.setuid_helper)
        self.program = shutil.copy(f"{test.world.build}/helper/mount.fuse-service", self.sbin)
        self.classic = self.record_classic()

    def cover(self, folder):
        """A folder of our own in its place, until the case ends. Nothing in there is needed."""
        run("mount", "-t", "tmpfs", "-o", "mode=0755", "fsv-e2e", folder)
        self.test.cleanup.append(lambda: umount(folder, 2))

    def put_helper(self, program):
        """fuservicemount3 where mount.fuse-service looks for it: nowhere else."""
        if not os.path.isdir(self.bin):
            raise Skip(f"there is no {self.bin}")
        if self.bin in ("/usr/bin", "/bin"):
            raise Skip(f"{self.bin} cannot be covered: configure with another prefix")
        self.cover(self.bin)
        self.helper = f"{self.bin}/fuservicemount3"
        shutil.copy(program, self.helper)
        os.chmod(self.helper, 0o4755)

    def record_classic(self, status=0):
        shutil.rmtree(f"{self.test.folder}/calls-classic", ignore_errors=True)
        return Recorder(self.test, "classic", f"{self.sbin}/{CLASSIC}", status)

    def record_helper(self, status=0):
        os.unlink(self.helper)
        return Recorder(self.test, "helper", self.helper, status)

    def link(self, name, target="mount.fuse-service", owner=0):
        path = f"{self.sbin}/{name}"
        os.symlink(target, path)
        os.chown(path, owner, owner, follow_symlinks=False)
        return path

    def unit(self, subtype, folder="/run/systemd/system", owner=0):
        os.makedirs(folder, exist_ok=True)
        path = f"{folder}/{subtype}.socket"
        with open(path, "x", encoding="utf-8"):
            pass
        os.chown(path, owner, owner)
        self.test.cleanup.append(lambda: os.unlink(path))

    def fstab(self, *lines):
        if not os.path.isfile("/etc/fstab"):
            raise Skip("there is no /etc/fstab")
        path = f"{self.test.folder}/fstab"
        with open(path, "w", encoding="utf-8") as f:
            f.write("".join(f"{line}\n" for line in lines))
        run("mount", "--bind", path, "/etc/fstab")
        self.test.cleanup.append(lambda: umount("/etc/fstab", 2))

    def run(self, *words, who=ROOT, **more):
        """mount.fuse-service, started directly."""
        return self.test.run([self.program, *words], who, **more)

    def mount(self, *words, who=ROOT):
        """mount(8)"""
        if who != ROOT and not os.stat(shutil.which("mount")).st_mode & stat.S_ISUID:
            raise Skip("mount(8) is not setuid root")
        return self.test.run(["mount", *words], who)

    def umount(self, path, who=ROOT):
        self.test.run(["umount", path], who).is_exit(0)
        equal(self.test.mounts(path), [], "mounts after umount(8)")

    def utab(self, path):
        """The options in utab of the mount at `path`; None if it has no entry."""
        try:
            with open("/run/mount/utab", encoding="utf-8") as f:
                lines = f.read().splitlines()
        except FileNotFoundError:
            return None
        for line in lines:
            fields = dict(field.split("=", 1) for field in line.split() if "=" in field)
            if fields["TARGET"] == path:
                return fields["OPTS"].split(",")
        return None


def prepare(test, who=ROOT, program="service_ll", link=True):
    """A machine, a service, and an image and a mount point in a private folder."""
    service = test.activate(program)
    machine = Machine(test)
    if link:
        machine.link(f"mount.fuse.{program}")
    home = test.home(who)
    content = test.image(f"{home}/image", owner=test.id_of(who))
    mnt = test.directory("home/mnt", test.id_of(who))
    return machine, service, home, content, mnt


def read(path):
    with open(path, "rb") as f:
        return f.read().hex()


def by(test, who, function, *args):
    return function(*args) if who == ROOT else test.as_user(function, *args)


# mount(8), fstab, umount(8), findmnt(8)


@case("mount -t fuse.TYPE mounts, findmnt shows it, umount ends it")
def _(test):
    machine, service, home, content, mnt = prepare(test)
    result = machine.mount("-t", "fuse.service_ll", f"{home}/image", mnt).is_exit(0)
    equal((result.out, result.err), ("", ""), "output")
    equal(read(f"{mnt}/single_file"), content.hex(), "what is read")
    found = test.the_mount(mnt)
    equal(found.type, "fuse.service_ll", "type")
    check({"rw", "nosuid", "nodev"} <= set(found.options), f"options {found.options}")
    shown = test.run(["findmnt", "--noheadings", "--output", "FSTYPE", mnt]).is_exit(0).out
    equal(shown.strip(), "fuse.service_ll", "findmnt")
    machine.umount(mnt)
    service.wait_end([0])
    machine.classic.was_not_called()


@case("mount -t fuse TYPE#SOURCE mounts, where mount.fuse is a link to mount.fuse-service")
def _(test):
    machine, service, home, content, mnt = prepare(test)
    machine.link("mount.fuse")
    machine.mount("-t", "fuse", f"service_ll#{home}/image", mnt).is_exit(0)
    equal(read(f"{mnt}/single_file"), content.hex(), "what is read")
    machine.umount(mnt)
    service.wait_end([0])


@case("mount -t fuse TYPE# mounts what has no source")
def _(test):
    machine, service, home, _, _ = prepare(test, program="null")
    machine.link("mount.fuse")
    machine.mount("-t", "fuse", "null#", f"{home}/image").is_exit(0)
    equal(os.stat(f"{home}/image").st_size, 4 << 30, "size")
    machine.umount(f"{home}/image")
    service.wait_end([0])


@case("fstab: all words that are for others than the server are in nobody's way")
def _(test):
    machine, service, home, content, mnt = prepare(test)
    machine.fstab(f"{home}/image {mnt} fuse.service_ll "
                  "defaults,user,noauto,nofail,_netdev,comment=mine,uhelper=none,X-mine,"
                  "x-mount.mkdir,x-systemd.automount,x-gvfs-name=mine,blocksize=4k 0 0")
    machine.mount(mnt).is_exit(0)
    equal(read(f"{mnt}/single_file"), content.hex(), "what is read")
    check({"nosuid", "nodev", "noexec"} <= set(test.the_mount(mnt).options), "user's restrictions")
    contains(machine.utab(mnt), "x-gvfs-name=mine", "utab")
    contains(machine.utab(mnt), "x-systemd.automount", "utab")
    test.unmount(mnt)
    service.wait_end([0])


@case("fstab: an ordinary user mounts what says user, and unmounts it")
def _(test):
    machine, service, home, content, mnt = prepare(test, USER)
    machine.fstab(f"{home}/image {mnt} fuse.service_ll ro,user,noauto,x-gvfs-show 0 0")
    machine.mount(mnt, who=USER).is_exit(0)
    equal(test.as_user(read, f"{mnt}/single_file"), content.hex(), "what is read")
    found = test.the_mount(mnt)
    check({"ro", "nosuid", "nodev", "noexec"} <= set(found.options), f"options {found.options}")
    contains(found.super_options, f"user_id={USER_ID}", "options")
    contains(machine.utab(mnt), "x-gvfs-show", "utab")
    machine.umount(mnt, who=USER)
    service.wait_end([0])
    equal(machine.utab(mnt), None, "utab after umount")


@case("fstab: user,exec allows programs, and neither setuid nor devices")
def _(test):
    machine, service, home, _, mnt = prepare(test, USER)
    machine.fstab(f"{home}/image {mnt} fuse.service_ll users,exec,noauto 0 0")
    machine.mount(mnt, who=USER).is_exit(0)
    options = set(test.the_mount(mnt).options)
    equal(options & {"nosuid", "nodev", "noexec"}, {"nosuid", "nodev"}, "options")
    machine.umount(mnt, who=USER)
    service.wait_end([0])


@case("an ordinary user mounts with mount(8), no fstab needed")
def _(test):
    machine, service, home, content, mnt = prepare(test, USER)
    machine.mount("-t", "fuse.service_ll", f"{home}/image", mnt, who=USER).is_exit(0)
    equal(test.as_user(read, f"{mnt}/single_file"), content.hex(), "what is read")
    contains(test.the_mount(mnt).super_options, f"user_id={USER_ID}", "options")
    machine.umount(mnt, who=USER)
    service.wait_end([0])


@case("mount -a mounts the lines without noauto, and nothing twice")
def _(test):
    machine, service, home, content, mnt = prepare(test)
    other = test.directory("other")
    machine.fstab(f"{home}/image {mnt} fuse.service_ll fsname={home}/image 0 0",
                  f"{home}/image {other} fuse.service_ll noauto 0 0")
    machine.mount("-a").is_exit(0)
    machine.mount("-a").is_exit(0)
    equal([m.point for m in test.mounts()], [mnt], "mounts")
    equal(read(f"{mnt}/single_file"), content.hex(), "what is read")
    machine.umount(mnt)
    service.wait_end([0])


@case("fstab: blanks and commas in names arrive")
def _(test):
    machine, service, _, _, _ = prepare(test)
    folder = test.directory("a b")
    content = test.image(f"{folder}/im,age")
    mnt = test.directory("a b/m,t")
    escaped = folder.replace(" ", "\\040")
    machine.fstab(f"{escaped}/im,age {escaped}/m,t fuse.service_ll defaults 0 0")
    machine.mount(mnt).is_exit(0)
    equal(read(f"{mnt}/single_file"), content.hex(), "what is read")
    test.unmount(mnt)
    service.wait_end([0])


@case("an ordinary user mounts with mount.fuse-service itself")
def _(test):
    machine, service, home, content, mnt = prepare(test, USER)
    machine.run("image", "mnt", "-t", "fuse.service_ll", "-r", who=USER, cwd=home).is_exit(0)
    equal(test.as_user(read, f"{mnt}/single_file"), content.hex(), "what is read")
    contains(test.the_mount(mnt).options, "ro", "options")
    test.unmount(mnt)
    service.wait_end([0])


@case("mount -f: {} looks, and nothing is mounted or started", *WHO)
def _(test, who):
    machine, service, home, _, mnt = prepare(test, who)
    machine.run(f"{home}/image", mnt, "-f", "-t", "fuse.service_ll", who=who).is_exit(0)
    machine.run(f"{home}/image", f"{mnt}.none", "-f", "-t", "fuse.service_ll", who=who).is_exit(32)
    machine.link("mount.fuse.absent")
    result = machine.run(f"{home}/image", mnt, "-f", "-t", "fuse.absent", who=who).is_exit(32)
    contains(result.err, "absent", "message")
    if who == ROOT:
        machine.mount("-f", "-t", "fuse.service_ll", f"{home}/image", mnt).is_exit(0)
    test.not_mounted()
    equal(service.statuses() + service.instances(), [], "instances")


@case("mount -n writes no utab entry")
def _(test):
    machine, service, home, _, mnt = prepare(test)
    machine.mount("-n", "-t", "fuse.service_ll", "-o", "x-mine", f"{home}/image", mnt).is_exit(0)
    equal(machine.utab(mnt), None, "utab")
    machine.umount(mnt)
    machine.run(f"{home}/image", mnt, "-n", "-t", "service_ll", "-o", "x-mine").is_exit(0)
    equal(machine.utab(mnt), None, "utab")
    machine.umount(mnt)
    service.wait_end([0, 0])


@case("mount -v says what is run, without raw bytes")
def _(test):
    machine, service, home, _, mnt = prepare(test)
    result = machine.mount(
        "-v", "-t", "fuse.service_ll", f"{home}/image", mnt).is_exit(0)
    contains(result.out, f"{machine.helper} {home}/image {mnt} -t service_ll", "stdout")
    machine.umount(mnt)
    service.wait_end([0])
    result = machine.run("a\033[2Jb\n", mnt, "-v", "-t", "service_ll").is_exit(32)
    contains(result.out, "a\\x1b[2Jb\\x0a", "stdout")
    check(all(c == "\n" or " " <= c <= "~" for c in result.out + result.err), f"{result!r}")


@case("mount -s is tolerated")
def _(test):
    machine, service, home, _, mnt = prepare(test)
    machine.mount("-s", "-t", "fuse.service_ll", f"{home}/image", mnt).is_exit(0)
    machine.umount(mnt)
    service.wait_end([0])


@case("-N is refused, and nothing is run")
def _(test):
    machine, service, home, _, mnt = prepare(test)
    machine.mount("-N", "/proc/self/ns/mnt", "-t", "fuse.service_ll",
                  f"{home}/image", mnt).is_exit(1)
    result = machine.run(f"{home}/image", mnt, "-t", "classic", "-N", "/proc/self/ns/mnt")
    contains(result.is_exit(1).err, "namespace", "message")
    equal(service.statuses() + service.instances(), [], "instances")
    machine.classic.was_not_called()


@case("remount is refused with what to do instead")
def _(test):
    machine, service, home, _, mnt = prepare(test)
    machine.mount("-t", "fuse.service_ll", f"{home}/image", mnt).is_exit(0)
    result = machine.mount("-o", "remount,ro", mnt).is_exit(1)
    contains(result.err, "mount -i -o remount", "message")
    machine.mount("-i", "-o", "remount,ro", mnt).is_exit(0)
    contains(test.the_mount(mnt).options, "ro", "options")
    machine.umount(mnt)
    service.wait_end([0])


# What the service is given


def talk(test, machine, *words, **more):
    """The words that a scripted service receives for this command line."""
    listener = test.listen()
    process = test.start([machine.program, *words], **more)
    service = test.accept(listener).handshake()
    service.bye(1)
    _, err = process.communicate(timeout=20)
    equal(process.returncode, 32, f"exit status ({err!r})")
    test.not_mounted()
    return service.args


SENT = {
    "no options": (["s", "/d"], ["s", "/d"]),
    "an empty source": (["", "/d"], ["/d"]),
    "words of mount(8)": (["s", "/d", "-o", "rw,user=me,_netdev,nofail,a"],
                          ["s", "/d", "-o", "rw,a"]),
    "nothing but words of mount(8)": (["s", "/d", "-o", "noauto,defaults"], ["s", "/d"]),
    "x- words": (["s", "/d", "-o", "a,x-b,x-mount.mkdir"], ["s", "/d", "-o", "a,x-b"]),
    "x- words with -n": (["s", "/d", "-n", "-o", "a,x-b"], ["s", "/d", "-o", "a"]),
    "several lists": (["-o", "a", "s", "-ob", "/d", "-w"], ["s", "/d", "-o", "a,b,rw"]),
    "escapes": (["s", "/d", "-o", "fsname=a\\,user\\\\,user,b"],
                ["s", "/d", "-o", "fsname=a\\,user\\\\,b"]),
    "service=require": (["s", "/d", "-o", "service=require"], ["s", "/d"]),
    "flags for mount(8)": (["-s", "-v", "s", "/d"], ["s", "/d"]),
}


@case("the service is given the right words: {}", *SENT)
def _(test, what):
    machine = Machine(test)
    machine.link("mount.fuse.scripted")
    words, wanted = SENT[what]
    equal(talk(test, machine, *words, "-t", "fuse.scripted"), ["scripted", *wanted], "words")


@case("by the link's name the type is known: {}", "mount.fuse.scripted", "mount.fuseblk.scripted")
def _(test, name):
    machine = Machine(test)
    machine.program = machine.link(name)
    equal(talk(test, machine, "s", "/d"), ["scripted", "s", "/d"], "words")


@case("fuservicemount3 gets no environment but root's FUSE_KERN_DEVICE")
def _(test):
    machine = Machine(test)
    machine.link("mount.fuse.x")
    recorder = machine.record_helper()
    machine.run("s", "/d", "-t", "x", env={
        "PATH": "/tmp", "LD_PRELOAD": "/none", "FUSE_KERN_DEVICE": "/dev/other", "IFS": "x"})
    [(words, environment)] = recorder.calls()
    equal(words, ["s", "/d", "-t", "x"], "words")
    # The shell that runs the recorder adds its own.
    equal({k: v for k, v in environment.items() if k not in ("PWD", "_", "OLDPWD", "SHLVL")},
          {"FUSE_KERN_DEVICE": "/dev/other"}, "environment")


# Exit statuses


@case("exit 32 where the server fails, and nothing else is tried")
def _(test):
    machine, service, home, _, mnt = prepare(test)
    machine.mount("-t", "fuse.service_ll", "-o", "nonsense", f"{home}/image", mnt).is_exit(32)
    service.wait_end([1])
    machine.classic.was_not_called()
    test.not_mounted()


USAGE = {
    "no operand": [],
    "one operand": ["a"],
    "three operands": ["a", "b", "c"],
    "an unknown option": ["a", "/b", "-z"],
    "an option without its value": ["a", "/b", "-o"],
    "a source that looks like an option": ["-t", "x", "--", "-a", "/b"],
    "a mount point that looks like an option": ["-t", "x", "--", "a", "-b"],
    "a source after # that looks like an option": ["x#-a", "/b"],
    "a type with a slash": ["a", "/b", "-t", "fuse.../x"],
    "a type with a control character": ["a", "/b", "-t", "fuse.x\033[2J"],
    "service= with another word": ["a", "/b", "-t", "x", "-o", "service=sometimes"],
    "service=require and setuid=": ["a", "/b", "-t", "x", "-o", "service=require,setuid=me"],
    "service=require and drop_privileges": [
        "a", "/b", "-t", "x", "-o", "drop_privileges,service=require"],
    "service=require for a path": ["/bin/x#a", "/b", "-o", "service=require"],
}


@case("exit 1: {}", *USAGE)
def _(test, what):
    machine = Machine(test)
    machine.link("mount.fuse.x")
    recorder = machine.record_helper()
    result = machine.run(*USAGE[what]).is_exit(1)
    check(result.err.startswith("mount.fuse-service: "), f"{result!r}")
    check(all(c == "\n" or " " <= c <= "~" for c in result.err), f"raw bytes: {result.err!r}")
    recorder.was_not_called()
    machine.classic.was_not_called()


@case("exit 1: a name of the program that holds no type")
def _(test):
    machine = Machine(test)
    for name in ("mount.fuse.", "/sbin/mount.fuse.-x", "mount.fuse.x\033[2J", "mount.fuse.x y"):
        result = test.run([name, "a", "/b"], executable=machine.program).is_exit(1)
        check(all(c == "\n" or " " <= c <= "~" for c in result.err), f"raw bytes: {result!r}")
    machine.classic.was_not_called()


@case("exit 2 where fuservicemount3 is not installed")
def _(test):
    machine = Machine(test)
    os.unlink(machine.helper)
    result = machine.run("a", "/b", "-t", "x", "-o", "service=require").is_exit(2)
    contains(result.err, machine.helper, "message")


@case("exit statuses of fuservicemount3: {} is {} for mount(8)", (0, 0), (1, 32), (2, 32), (3, 32))
def _(test, status, wanted):
    machine = Machine(test)
    machine.link("mount.fuse.x")
    machine.record_helper(status)
    machine.run("a", "/b", "-t", "x").is_exit(wanted)
    machine.classic.was_not_called()


@case("exit 8 on {}, and the helper has ended", "SIGINT", "SIGTERM", "SIGHUP")
def _(test, name):
    machine = Machine(test)
    machine.link("mount.fuse.scripted")
    listener = test.listen()
    mnt = test.directory("mnt")
    process = test.start([machine.program, "none", mnt, "-t", "scripted"])
    service = test.accept(listener).handshake()
    os.kill(process.pid, getattr(signal, name))
    _, err = process.communicate(timeout=20)
    equal(process.returncode, 8, f"exit status ({err!r})")
    check(service.closed(), "the helper goes on")
    test.not_mounted()


@case("whoever ignores SIGCHLD gets the right exit status")
def _(test):
    machine = Machine(test)
    machine.link("mount.fuse.x")
    machine.record_helper(1)
    machine.run("a", "/b", "-t", "x",
                preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)).is_exit(32)


@case("a setuid copy refuses to run")
def _(test):
    machine = Machine(test)
    os.chmod(machine.program, 0o4755)
    result = machine.run("a", "/b", "-t", "x", who=USER).is_exit(1)
    contains(result.err, "setuid", "message")
    machine.classic.was_not_called()


# Service or classic server


def is_service(machine, *words, status=32, **more):
    """The service or nothing: here nothing, since no socket is there."""
    result = machine.run(*words, **more).is_exit(status)
    machine.classic.was_not_called()
    return result


def is_classic(machine, words, wanted=None, **more):
    machine.run(*words, **more).is_exit(0)
    equal(machine.classic.only_words(), wanted or words, "words for the classic server")


UNIT_DIRS = ("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
             "/usr/lib/systemd/system", "/run/systemd/generator")


@case("installed by a unit in {}, without its socket: nothing else is tried by {}",
      *[(folder, who) for folder in UNIT_DIRS for who in WHO])
def _(test, folder, who):
    machine = Machine(test)
    if not folder.startswith("/run/"):
        parent = folder
        while not os.path.isdir(parent):
            parent = os.path.dirname(parent)
        if parent in ("/", "/usr", "/etc", "/usr/local", "/usr/lib"):
            raise Skip(f"there is no {folder} to cover")
        machine.cover(parent)
    machine.unit("x", folder)
    result = is_service(machine, "a", "/b", "-t", "fuse.x", who=who)
    contains(result.err, "x is installed as a service", "message")


@case("installed by a link, without its socket: nothing else is tried, also by mount(8)")
def _(test):
    machine = Machine(test)
    machine.link("mount.fuse.x")
    is_service(machine, "a", "/b", "-t", "fuse.x")
    mnt = test.directory("mnt")
    machine.mount("-t", "fuse.x", "none", mnt).is_exit(32)
    machine.link("mount.fuse")
    machine.mount("-t", "fuse", "x#a", mnt).is_exit(32)
    machine.mount("-t", "fuse", "x", mnt).is_exit(32)
    machine.classic.was_not_called()


@case("installed by a link that leads nowhere just now counts")
def _(test):
    machine = Machine(test)
    machine.link("mount.fuse.x", "/nowhere/mount.fuse-service")
    is_service(machine, "a", "/b", "-t", "fuse.x")


@case("started by root's link in another folder counts")
def _(test):
    machine = Machine(test)
    machine.program = f"{test.folder}/mount.fuse.x"
    os.symlink(f"{machine.sbin}/mount.fuse-service", machine.program)
    is_service(machine, "a", "/b")


@case("a socket that is there but refuses: nothing else is tried")
def _(test):
    machine = Machine(test)
    machine.unit("deserted")
    test.listen("deserted").close()
    is_service(machine, "a", "/b", "-t", "fuse.deserted")


@case("a unit that is masked counts")
def _(test):
    machine = Machine(test)
    os.makedirs("/run/systemd/system", exist_ok=True)
    path = "/run/systemd/system/x.socket"
    os.symlink("/dev/null", path)
    test.cleanup.append(lambda: os.unlink(path))
    is_service(machine, "a", "/b", "-t", "fuse.x")


@case("not installed: the classic server gets the words as they came, for {}", *WHO)
def _(test, who):
    machine = Machine(test)
    is_classic(machine, ["a", "/b", "-s", "-f", "-n", "-v", "-o",
                         "rw,user=me,,x-a,noauto,b\\,c,setuid=me", "-t", "fuse.x"], who=who)


@case("not installed: mount(8) gets to the classic server, with its exit status")
def _(test):
    machine = Machine(test)
    machine.classic = machine.record_classic(7)
    machine.link("mount.fuse")
    mnt = test.directory("mnt")
    machine.mount("-t", "fuse.x", "-o", "a,x-b", "src", mnt).is_exit(7)
    equal(machine.classic.only_words(), ["src", mnt, "-o", "rw,a", "-t", "fuse.x"], "words")


@case("not installed: the classic server keeps the environment")
def _(test):
    machine = Machine(test)
    machine.run("a", "/b", "-t", "x", env={"PATH": "/usr/bin:/bin", "SSH_AUTH_SOCK": "/here"})
    [(_, environment)] = machine.classic.calls()
    equal(environment["SSH_AUTH_SOCK"], "/here", "environment")


@case("a path or a command before the # goes to the classic server")
def _(test):
    machine = Machine(test)
    is_classic(machine, ["/usr/bin/x -y#a", "/b"])


NOT_ROOTS = {
    "a unit": lambda machine: machine.unit("x", owner=USER_ID),
    "a link": lambda machine: machine.link("mount.fuse.x", owner=USER_ID),
}


@case("{} that root does not own does not count", *NOT_ROOTS)
def _(test, what):
    machine = Machine(test)
    NOT_ROOTS[what](machine)
    is_classic(machine, ["a", "/b", "-t", "fuse.x"])


@case("another program's link does not count")
def _(test):
    machine = Machine(test)
    machine.link("mount.fuse.x", "/bin/true")
    is_classic(machine, ["a", "/b", "-t", "fuse.x"])


CHOICES = {
    # (said, installed, socket): service or classic
    ("require", False, False): "service",
    ("require", False, True): "service",
    ("require", True, True): "service",
    ("prefer", False, False): "classic",
    ("prefer", True, False): "classic",
    ("prefer", False, True): "service",
    ("prefer", True, True): "service",
    ("never", False, False): "classic",
    ("never", True, True): "classic",
    ("setuid=", True, True): "classic",
    ("drop_privileges", True, True): "classic",
    ("pass_fuse_fd", True, True): "classic",
    ("nothing", False, True): "classic",
    ("nothing", True, True): "service",
}
SAID = {"nothing": [], "setuid=": ["setuid=me"]}


@case("{} said, installed: {}, socket: {}", *CHOICES)
def _(test, said, installed, socket):
    machine = Machine(test)
    helper = machine.record_helper()
    if installed:
        machine.unit("x")
    if socket:
        test.listen("x")
    words = SAID.get(said, [f"service={said}"])
    kept = words if said in ("setuid=",) else []
    if said in ("drop_privileges", "pass_fuse_fd"):
        words = kept = [said]
    machine.run("a", "/b", "-o", ",".join(["rw"] + words), "-t", "fuse.x").is_exit(0)
    if CHOICES[said, installed, socket] == "service":
        equal(helper.only_words(), ["a", "/b", "-t", "x", "-o", "rw"], "words for the service")
        machine.classic.was_not_called()
    else:
        equal(machine.classic.only_words(),
              ["a", "/b", "-o", ",".join(["rw"] + kept), "-t", "fuse.x"], "words")
        helper.was_not_called()


@case("service= alone goes with its -o")
def _(test):
    machine = Machine(test)
    is_classic(machine, ["-oservice=prefer", "a", "/b", "-o", "service=never", "-t", "fuse.x",
                         "-nvo", "service=never,b"],
               ["a", "/b", "-t", "fuse.x", "-nvo", "b"])


@case("no service and no classic server: exit 32 and a message")
def _(test):
    machine = Machine(test)
    os.unlink(f"{machine.sbin}/{CLASSIC}")
    result = machine.run("a", "/b", "-t", "fuse.x").is_exit(32)
    contains(result.err, "x: no such service", "message")


@case("a mount.fuse3 that leads back here is not started")
def _(test):
    machine = Machine(test)
    os.unlink(f"{machine.sbin}/{CLASSIC}")
    machine.link(CLASSIC)
    machine.run("a", "/b", "-t", "fuse.x").is_exit(32)


@case("--help and --version print to stdout and are exit 0")
def _(test):
    machine = Machine(test)
    for word in ("--help", "--version"):
        result = machine.run(word).is_exit(0)
        contains(result.out, "mount.fuse-service", word)
        equal(result.err, "", "stderr")


if __name__ == "__main__":
    sys.exit(main())
