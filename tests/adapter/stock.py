# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The stock FUSE servers that there are profiles for, and images for them to serve."""

import hashlib
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
from harness import Skip, run  # noqa: E402

ADAPTER = "fuse-service-adapter"
PROFILES = str(pathlib.Path(__file__).parent.parent.parent / "server/adapter/profiles")


def installed(profile):
    """Skip where the server of this profile is not there."""
    with open(profile, encoding="utf-8") as f:
        lines = [line.split("=", 1) for line in f if "=" in line and line[0] != "#"]
    for key, value in lines:
        if key.strip() in ("program", "bind"):
            for path in value.split():
                if not os.path.exists(path):
                    raise Skip(f"{path} is not installed")


def prepare(world, profile):
    """The adapter and its profiles in the test's world, with what a unit makes: the profile's path."""
    if not os.path.exists(f"{world.bin}/{ADAPTER}"):
        shutil.copy(f"{world.build}/server/adapter/{ADAPTER}", world.bin)
        shutil.copytree(PROFILES, f"{world.root}/profiles")
        run("mount", "-t", "tmpfs", "-o", "mode=0755", "fsv-e2e", "/mnt")
        os.mkdir("/mnt/fuse-service")
        run("mount", "-t", "tmpfs", "-o", "mode=0777,nr_inodes=1", "fsv-e2e", "/mnt/fuse-service")
    path = f"{world.root}/profiles/{profile}"
    installed(path)
    return path


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


def make_hfsplus(tree, image):
    """The partition that xorriso puts next to an ISO file system, for the same files."""
    quiet("xorriso", "-as", "mkisofs", "-quiet", "-hfsplus", "-o", f"{image}.iso", tree)
    with open(f"{image}.iso", "rb") as f:
        whole = f.read()
    os.unlink(f"{image}.iso")
    start = next(n for n in range(0, len(whole), 512) if whole[n + 1024:n + 1026] == b"H+")
    block_size, blocks = struct.unpack_from(">II", whole, start + 1024 + 40)
    with open(image, "wb") as f:
        f.write(whole[start:start + block_size * blocks])


def make_bitlocker(tree, image):
    """The file that opens it is beside it."""
    import bitlocker  # the only user of a package that not every machine has
    with open(f"{tree}/sub/file5", "rb") as f:
        plain = bitlocker.write(image, f"{image}.key", f.read())
    with open(f"{image}.plain", "wb") as f:
        f.write(plain)


FORMATS = {"squashfs": make_squashfs, "ext4": make_ext4, "iso": make_iso, "tar": make_tar,
           "zip": make_zip, "btrfs": make_btrfs, "xfs": make_xfs, "fat": make_fat,
           "ntfs": make_ntfs, "exfat": make_exfat, "hfsplus": make_hfsplus,
           "bitlocker": make_bitlocker}

# profile, format
READERS = (("squashfuse", "squashfs"), ("squashfuse_ll", "squashfs"), ("fuse2fs", "ext4"),
           ("fuseiso", "iso"), ("archivemount", "tar"), ("fuse-zip", "zip"),
           ("grub-mount", "ext4"), ("grub-mount", "btrfs"), ("grub-mount", "xfs"),
           ("grub-mount", "hfsplus"), ("fusefat", "fat"), ("dislocker", "bitlocker"))
WRITERS = (("fuse2fs", "ext4"), ("ntfs-3g", "ntfs"), ("exfat-fuse", "exfat"))
CHECKERS = {"ext4": ("e2fsck", "-fn"), "ntfs": ("ntfsfix", "-n"), "exfat": ("fsck.exfat", "-n")}
# These want a file, run directly too.
NO_DEVICE = (("fuse-zip", "zip"),)
# What a device of root's is mounted as: these ask for it, and the kernel does it for root only.
FUSEBLK = ("ntfs-3g", "exfat-fuse")
RCLONE = "[remote]\ntype = {}\n"


def words_for(profile, image, *options):
    """The -o that a mount of this image with this profile needs."""
    own = {"fuse2fs": ["fakeroot"], "dislocker": [f"fvek={image}.key"],
           "rclone": ["remote=remote:"]}
    options = [*options, *own.get(profile, [])]
    return ["-o", ",".join(options)] if options else []


def copy_image(made, image, owner):
    """A private copy, with its key if it has one."""
    for end in ("", ".key"):
        if os.path.exists(made + end):
            quiet("cp", "--sparse=always", made + end, image + end)
            os.chmod(image + end, 0o600)
            os.chown(image + end, owner, owner)


def expected(tree, made, kind):
    """What sums() finds in a mount of this image."""
    if kind != "bitlocker":
        return sums(tree)
    with open(f"{made}.plain", "rb") as f:
        return {"DISLOCKER-FILE": hashlib.sha256(f.read()).hexdigest()}


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


def write_tree(source, mnt):
    for top, _, files in os.walk(source):
        into = os.path.normpath(f"{mnt}/{os.path.relpath(top, source)}")
        if not os.path.isdir(into):
            os.mkdir(into)
        for name in files:
            with open(f"{top}/{name}", "rb") as f, open(f"{into}/{name}", "wb") as g:
                g.write(f.read())
