#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Stock FUSE servers under the adapter: real images, real mounts, root and an ordinary user.

The sources are the caller's alone (mode 0600), so whatever can be read through a mount came from
the file that the mount helper opened.
"""

import errno
import hashlib
import os
import random
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))

from harness import (ROOT, USER, Skip, case, check, contains, equal, fails_with, main, run,
                     wait_for)

ADAPTER = "fuse-service-adapter"
PROFILES = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "../../server/adapter/profiles")


def tool(name):
    path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if not path:
        raise Skip(f"{name} is not installed")
    return path


def quiet(*words, **more):
    subprocess.run([tool(words[0]), *words[1:]], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, **more)


def make_tree(folder):
    """Files of sizes around what servers take for a block, folders, a link where there are any."""
    rng = random.Random(1)
    os.makedirs(f"{folder}/sub/deeper")
    for number, size in enumerate((0, 1, 4095, 4096, 4097, 200000)):
        with open(f"{folder}/sub/file{number}", "wb") as f:
            f.write(rng.randbytes(size))
    with open(f"{folder}/hello", "wb") as f:
        f.write(b"hello\n")
    with open(f"{folder}/sub/deeper/last", "wb") as f:
        f.write(rng.randbytes(70000))


def empty(image, size):
    with open(image, "wb") as f:
        f.truncate(size)


def make_squashfs(tree, image):
    quiet("mksquashfs", tree, image, "-noappend", "-all-root")


def make_ext4(tree, image):
    quiet("mke2fs", "-q", "-t", "ext4", "-d", tree, image, "8M")


def make_iso(tree, image):
    quiet("genisoimage", "-quiet", "-R", "-o", image, tree)


def make_tar(tree, image):
    quiet("tar", "-cf", image, ".", cwd=tree)


def make_zip(tree, image):
    quiet("zip", "-qr", image, ".", cwd=tree)
    if not os.path.exists(image):
        os.rename(image + ".zip", image)


def make_btrfs(tree, image):
    empty(image, 128 << 20)
    quiet("mkfs.btrfs", "-q", "--rootdir", tree, image)


def make_xfs(tree, image):
    """Whatever fills an XFS without mounting it: a prototype file."""
    lines = ["/dev/null", "0 0", "d--755 0 0"]

    def walk(folder):
        for name in sorted(os.listdir(folder)):
            path = f"{folder}/{name}"
            if os.path.isdir(path):
                lines.append(f"{name} d--755 0 0")
                walk(path)
            else:
                lines.append(f"{name} ---644 0 0 {path}")
        lines.append("$")
    walk(tree)
    with open(f"{image}.proto", "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    empty(image, 300 << 20)
    # GRUB of Debian 12 does not know the newest features.
    quiet("mkfs.xfs", "-q", "-i", "nrext64=0", "-n", "ftype=1", "-p", f"{image}.proto", image)


def make_fat(tree, image):
    empty(image, 8 << 20)
    quiet("mkfs.vfat", image)
    quiet("mcopy", "-s", "-i", image, f"{tree}/hello", f"{tree}/sub", "::/")


def make_ntfs(_, image):
    empty(image, 8 << 20)
    quiet("mkntfs", "-q", "-F", image)


def make_exfat(_, image):
    empty(image, 8 << 20)
    quiet("mkfs.exfat", image)


FORMATS = {"squashfs": make_squashfs, "ext4": make_ext4, "iso": make_iso, "tar": make_tar,
           "zip": make_zip, "btrfs": make_btrfs, "xfs": make_xfs, "fat": make_fat,
           "ntfs": make_ntfs, "exfat": make_exfat}

# profile, format, the program that must be there
READERS = (("squashfuse", "squashfs"), ("squashfuse_ll", "squashfs"), ("fuse2fs", "ext4"),
           ("fuseiso", "iso"), ("archivemount", "tar"), ("fuse-zip", "zip"),
           ("grub-mount", "ext4"), ("grub-mount", "btrfs"), ("grub-mount", "xfs"),
           ("fusefat", "fat"))
WRITERS = (("fuse2fs", "ext4"), ("ntfs-3g", "ntfs"), ("exfat-fuse", "exfat"))
CHECKERS = {"ext4": ("e2fsck", "-fn"), "ntfs": ("ntfsfix", "-n"), "exfat": ("fsck.exfat", "-n")}
OPTIONS = {"fuse2fs": "fakeroot"}
images = {}


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


def server(test, profile, program=None):
    """The adapter with this profile, as a service of that name."""
    world = test.world
    if not os.path.exists(f"{world.bin}/{ADAPTER}"):
        shutil.copy(f"{world.build}/server/adapter/{ADAPTER}", world.bin)
        shutil.copytree(PROFILES, f"{world.root}/profiles")
    path = f"{world.root}/profiles/{profile}"
    with open(path, encoding="utf-8") as f:
        wanted = next(l.split("=")[1].strip() for l in f if l.startswith("program"))
    if not os.access(wanted, os.X_OK):
        raise Skip(f"{wanted} is not installed")
    return test.activate(ADAPTER, subtype=profile, options=(path,))


def place(test, profile, kind, who):
    """A service, and in the caller's private folder an image and a mount point."""
    service = server(test, profile)
    home = test.home(who)
    image = shutil.copy(image_of(test.world, kind), f"{home}/image")
    os.chmod(image, 0o600)
    os.chown(image, test.id_of(who), test.id_of(who))
    return service, image, test.directory("home/mnt", test.id_of(who))


def mount(test, profile, source, mnt, *options, who=ROOT):
    words = [source, mnt, "-t", profile]
    options = [*options, OPTIONS[profile]] if profile in OPTIONS else list(options)
    if options:
        words += ["-o", ",".join(options)]
    return test.helper(*words, who=who)


def sums(folder):
    """{path: content's sum} of everything below, names in upper case: FAT knows no other."""
    found = {}
    for top, folders, files in os.walk(folder, onerror=None):
        if "lost+found" in folders:
            folders.remove("lost+found")
        for name in folders:
            found[os.path.relpath(f"{top}/{name}", folder).upper()] = "folder"
        for name in files:
            with open(f"{top}/{name}", "rb") as f:
                digest = hashlib.sha256(f.read()).hexdigest()
            found[os.path.relpath(f"{top}/{name}", folder).upper()] = digest
    return found


def by(test, who, function, *args):
    return function(*args) if who == ROOT else test.as_user(function, *args)


def temporary():
    return {n for n in os.listdir("/tmp") if n.startswith("fuse-service-")}


def gone(test, service, mnt, before):
    test.unmount(mnt)
    service.wait_end([0])
    equal(temporary() - before, set(), "directories left in /tmp")


@case("{} shows {} to {} as it was made",
      *((p, k, w) for p, k in READERS for w in (ROOT, USER)))
def _(test, profile, kind, who):
    before = temporary()
    service, image, mnt = place(test, profile, kind, who)
    mount(test, profile, image, mnt, *(["ro"] if profile == "fuse2fs" else []),
          who=who).is_exit(0)
    equal(by(test, who, sums, mnt), sums(tree(test.world)), "the tree")
    found = test.the_mount(mnt)
    equal((found.type, found.source), (f"fuse.{profile}", image), "type and source")
    check({"ro", "nosuid", "nodev"} <= set(found.options), f"options {found.options}")
    gone(test, service, mnt, before)


def write_tree(source, mnt):
    for top, _, files in os.walk(source):
        into = os.path.normpath(f"{mnt}/{os.path.relpath(top, source)}")
        if not os.path.isdir(into):
            os.mkdir(into)
        for name in files:
            with open(f"{top}/{name}", "rb") as f, open(f"{into}/{name}", "wb") as g:
                g.write(f.read())


@case("{} writes {} for {}, and it is whole afterwards",
      *((p, k, w) for p, k in WRITERS for w in (ROOT, USER)))
def _(test, profile, kind, who):
    before = temporary()
    service, image, mnt = place(test, profile, kind, who)
    mount(test, profile, image, mnt, who=who).is_exit(0)
    by(test, who, os.mkdir, f"{mnt}/new")
    by(test, who, write_tree, tree(test.world), f"{mnt}/new")
    gone(test, service, mnt, before)
    quiet(*CHECKERS[kind], image)
    mount(test, profile, image, mnt, "ro", who=who).is_exit(0)
    equal(by(test, who, sums, f"{mnt}/new"), sums(tree(test.world)), "what was written")
    fails_with(errno.EROFS, by, test, who, os.mkdir, f"{mnt}/more")
    test.unmount(mnt)
    service.wait_end([0, 0])


if __name__ == "__main__":
    sys.exit(main())
