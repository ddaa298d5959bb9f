#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Stock FUSE servers under the adapter: real images, real mounts, root and an ordinary user.

The sources are the caller's alone (mode 0600), so whatever can be read through a mount came from
the file that the mount helper opened.
"""

import errno
import os
import shutil
import signal
import stat
import sys

from stock import (ADAPTER, CHECKERS, FORMATS, FUSEBLK, NO_DEVICE, RCLONE, READERS, WRITERS,
                   copy_image, expected, make_tree, prepare, quiet, sums, words_for, write_tree)
from harness import (ROOT, USER, Result, Skip, case, check, contains, equal, fails_with, main, processes,
                     umount, wait_for)

images = {}
SOURCES = ("an image", "a loop device")


def tree(world):
    folder = f"{world.root}/tree"
    if not os.path.exists(folder):
        make_tree(folder)
    return folder


def image_of(world, kind):
    """A finished image, made once."""
    if kind not in images:
        path = f"{world.root}/image.{kind}"
        FORMATS[kind](tree(world), path)
        images[kind] = path
    return images[kind]


def server(test, profile):
    """The adapter with this profile, as a service of that name."""
    path = prepare(test.world, profile)
    return test.activate(ADAPTER, subtype=profile, options=(path,))


def place(test, profile, kind, who):
    """A service, and in the caller's private folder an image and a mount point."""
    service = server(test, profile)
    home, owner = test.home(who), test.id_of(who)
    image = f"{home}/image"
    copy_image(image_of(test.world, kind), image, owner)
    return service, image, test.directory("home/mnt", owner)


def device_of(test, image, who):
    """A loop device of the image, with a name that is the caller's alone."""
    number = os.stat(test.loop(image)).st_rdev
    node = f"{os.path.dirname(image)}/device"
    os.mknod(node, stat.S_IFBLK | 0o600, number)
    os.chown(node, test.id_of(who), test.id_of(who))
    # words_for() finds the key by the name of the image.
    if os.path.exists(f"{image}.key"):
        os.rename(f"{image}.key", f"{node}.key")
    return node


def mount(test, profile, source, mnt, *options, who=ROOT):
    return test.helper(source, mnt, "-t", profile, *words_for(profile, source, *options), who=who)


def by(test, who, function, *args):
    return function(*args) if who == ROOT else test.as_user(function, *args)


def gone(test, service, mnt):
    test.unmount(mnt)
    service.wait_end([0])


def matrix(pairs):
    return [(profile, kind, source, who) for profile, kind in pairs for source in SOURCES
            for who in (ROOT, USER) if source == SOURCES[0] or (profile, kind) not in NO_DEVICE]


def is_mounted(test, profile, source, mnt, what, who):
    """As its type should be, under the caller's name for it: its options."""
    blk = what == SOURCES[1] and who == ROOT and profile in FUSEBLK
    found = test.the_mount(mnt)
    equal((found.type, found.source), (f"fuse{'blk' if blk else ''}.{profile}", source),
          "type and source")
    check({"nosuid", "nodev"} <= set(found.options), f"options {found.options}")
    return found.options


@case("{} shows {} from {} to {} as it was made", *matrix(READERS))
def _(test, profile, kind, what, who):
    service, source, mnt = place(test, profile, kind, who)
    if what != SOURCES[0]:
        source = device_of(test, source, who)
    mount(test, profile, source, mnt, *(["ro"] if profile == "fuse2fs" else []),
          who=who).is_exit(0)
    equal(by(test, who, sums, mnt), expected(tree(test.world), image_of(test.world, kind), kind),
          "the tree")
    check("ro" in is_mounted(test, profile, source, mnt, what, who), "it can be written")
    gone(test, service, mnt)


@case("{} writes {} in {} for {}, and it is whole afterwards", *matrix(WRITERS))
def _(test, profile, kind, what, who):
    service, source, mnt = place(test, profile, kind, who)
    if what != SOURCES[0]:
        source = device_of(test, source, who)
    mount(test, profile, source, mnt, who=who).is_exit(0)
    check("rw" in is_mounted(test, profile, source, mnt, what, who), "it cannot be written")
    by(test, who, os.mkdir, f"{mnt}/new")
    by(test, who, write_tree, tree(test.world), f"{mnt}/new")
    gone(test, service, mnt)
    quiet(*CHECKERS[kind], source)
    mount(test, profile, source, mnt, "ro", who=who).is_exit(0)
    equal(by(test, who, sums, f"{mnt}/new"), sums(tree(test.world)), "what was written")
    fails_with(errno.EROFS, by, test, who, os.mkdir, f"{mnt}/more")
    test.unmount(mnt)
    service.wait_end([0, 0])


def config(test, home, text, who):
    path = f"{home}/rclone.conf"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, 0o600)
    os.chown(path, test.id_of(who), test.id_of(who))
    return path


@case("rclone writes and reads what its configuration file names, for {}", ROOT, USER)
def _(test, who):
    service = server(test, "rclone")
    source = config(test, test.home(who), RCLONE.format("memory"), who)
    mnt = test.directory("home/mnt", test.id_of(who))
    mount(test, "rclone", source, mnt, who=who).is_exit(0)
    is_mounted(test, "rclone", source, mnt, SOURCES[0], who)
    by(test, who, os.mkdir, f"{mnt}/new")
    by(test, who, write_tree, tree(test.world), f"{mnt}/new")
    equal(by(test, who, sums, f"{mnt}/new"), sums(tree(test.world)), "what was written")
    gone(test, service, mnt)


@case("a key file that the caller may not open, or did not name, opens nothing")
def _(test):
    service, image, mnt = place(test, "dislocker", "bitlocker", USER)
    os.chown(f"{image}.key", 0, 0)
    mount(test, "dislocker", image, mnt, who=USER).is_exit(1)
    os.chown(f"{image}.key", test.id_of(USER), test.id_of(USER))
    result = test.helper(image, mnt, "-t", "dislocker", who=USER).is_exit(1)
    contains(result.err, "its log: journalctl", "where to read more")
    contains(service.output(), "None of the provided decryption mean is decrypting the keys",
             "the log")
    test.not_mounted()
    service.wait_end([1, 1])


@case("a relative source, and what the caller said of the mount")
def _(test):
    service, image, mnt = place(test, "squashfuse", "squashfs", USER)
    home = os.path.dirname(image)
    test.helper("image", mnt, "-t", "squashfuse", "-o", "noexec,noatime,fsname=mine,x-note=1",
                who=USER, cwd=home).is_exit(0)
    equal(test.as_user(sums, mnt), sums(tree(test.world)), "the tree")
    found = test.the_mount(mnt)
    equal(found.source, "mine", "source")
    check({"ro", "nosuid", "nodev", "noexec", "noatime"} <= set(found.options), found.options)
    gone(test, service, mnt)


@case("a server that mounts through fusermount3")
def _(test):
    """As Go's do, and libfuse for auto_unmount: the distribution's program, in the same filter."""
    if not os.access("/usr/bin/fusermount3", os.X_OK):
        raise Skip("fusermount3 is not installed")
    server(test, "squashfuse_ll").stop()
    test.cleanup.pop()
    profile = f"{test.world.root}/profiles/go"
    with open(profile, "w", encoding="utf-8") as f:
        f.write("program = /usr/bin/squashfuse_ll\narguments = @OPTS@ @SRC@ @MNT@\n"
                "options = auto_unmount\nfile = /etc/passwd server:x:\\u:\\u::/:\n")
    service = test.activate(ADAPTER, subtype="go", options=(profile,))
    home = test.home(USER)
    image = shutil.copy(image_of(test.world, "squashfs"), f"{home}/image")
    os.chown(image, test.id_of(USER), test.id_of(USER))
    mnt = test.directory("home/mnt", test.id_of(USER))
    mount(test, "go", image, mnt, who=USER).is_exit(0)
    check("fusermount3" in {name for _, name in processes().values()}, "fusermount3 is not used")
    equal(test.as_user(sums, mnt), sums(tree(test.world)), "the tree")
    equal(test.the_mount(mnt).source, image, "source")
    gone(test, service, mnt)


def refused(test, service, result, *parts):
    """Exit 1, nothing mounted, the instance has ended and its log says why."""
    result.is_exit(1)
    test.not_mounted()
    service.wait_end([1])
    for part in parts:
        contains(service.output(), part, "the log")


@case("what cannot be mounted is said in the log, and leaves nothing")
def _(test):
    for words, part in ((["-o", "key=/x", "--long"], "`--long' is not for this server"),
                        (["-o", "no_such_option"], "no_such_option"),
                        (["-o", "allow_other"], "refused MNTOPTS")):
        service, image, mnt = place(test, "squashfuse_ll", "squashfs", USER)
        refused(test, service, test.helper(image, mnt, "-t", "squashfuse_ll", *words, who=USER),
                part)
        service.stop()
        test.cleanup.clear()
        shutil.rmtree(os.path.dirname(image))
    service, image, mnt = place(test, "squashfuse_ll", "squashfs", USER)
    os.unlink(image)
    result = mount(test, "squashfuse_ll", image, mnt, who=USER)
    refused(test, service, result, "No such file")
    # Of a source that cannot be opened the caller is told on the terminal too.
    contains(result.err, image, "the caller's message")
    contains(result.err, "No such file or directory", "the caller's message")


@case("a server that takes no options is given none")
def _(test):
    service, image, mnt = place(test, "grub-mount", "ext4", ROOT)
    refused(test, service, test.helper(image, mnt, "-t", "grub-mount", "-o", "ro,a"),
            "and no options")


@case("an image of another kind")
def _(test):
    service, image, mnt = place(test, "squashfuse", "zip", ROOT)
    refused(test, service, mount(test, "squashfuse", image, mnt), "look like a squashfs image")


def probe(test, words=""):
    """The probe with a profile of its own."""
    shutil.copy(f"{test.world.build}/tests/adapter/probe", test.world.bin)
    server(test, "squashfuse").stop()
    test.cleanup.pop()
    profile = f"{test.world.root}/profiles/probe"
    with open(profile, "w", encoding="utf-8") as f:
        f.write(f"program = {test.world.bin}/probe\narguments = @OPTS@ @SRC@ @MNT@ {words}\n"
                "file = /etc/synthetic hello world\n")
    home = test.home(USER)
    for name in ("image", "key"):
        test.image(f"{home}/{name}", owner=test.id_of(USER))
    mnt = test.directory("home/mnt", test.id_of(USER))
    return test.activate(ADAPTER, subtype="probe", options=(profile,)), home, mnt


@case("a probe tries every call that is answered and all that is forbidden; it dies, and no mount "
      "is left")
def _(test):
    service, home, mnt = probe(test)
    result = test.helper(f"{home}/image", mnt, "-t", "probe", "-o", f"key={home}/key", who=USER)
    refused(test, service, result, "probed ")
    check("FAILED" not in service.output(), service.output())
    with open(f"{home}/image", "rb") as f:
        equal(f.read()[512:517], b"probe", "what it wrote")


@case("{} ends a wait for a server that {}",
      *((n, w) for n in ("SIGINT", "SIGTERM") for w in ("hangs", "does not answer")))
def _(test, name, what):
    service, home, mnt = probe(test, what.split()[0])
    helper = test.start_helper(f"{home}/image", mnt, "-t", "probe", "-o", f"key={home}/key",
                               who=USER)
    wait_for(lambda: f"now it {what.split()[0]}" in service.output(), "the probe to begin")
    if name == "SIGINT":
        helper.send_signal(signal.SIGINT)
    else:
        [pid] = service.instances()
        os.kill(pid, signal.SIGTERM)
    Result(helper).is_exit(1)
    test.not_mounted()
    service.wait_end([1])


@case("SIGTERM to the adapter ends the server that serves")
def _(test):
    service, image, mnt = place(test, "squashfuse", "squashfs", ROOT)
    mount(test, "squashfuse", image, mnt).is_exit(0)
    [pid] = service.instances()
    os.kill(pid, signal.SIGTERM)
    service.wait_end([0])
    for found in test.mounts(mnt):
        umount(found.point)


@case("nobody serves, but nothing hangs: the server is killed while it serves")
def _(test):
    service, image, mnt = place(test, "squashfuse", "squashfs", ROOT)
    mount(test, "squashfuse", image, mnt).is_exit(0)
    for pid, (_, name) in processes().items():
        if name == "squashfuse":
            os.kill(pid, signal.SIGKILL)
    service.wait_end([1])
    fails_with(errno.ENOTCONN, os.listdir, mnt)
    umount(mnt)


if __name__ == "__main__":
    sys.exit(main())
