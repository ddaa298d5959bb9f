#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The example servers, sentence by sentence, under a scripted helper."""

import errno
import fcntl
import mmap
import os
import signal
import stat
import subprocess
import sys
import time

from scripted_helper import (DEFAULT_MS, MNT_DETACH, MS_SYNCHRONOUS, Server, open_files)

import wire
from harness import Skip, case, check, contains, equal, fails_with, main, wait_for

BOTH = ("service_ll", "service_hl")
ALL = (*BOTH, "null")
SIZE = 256 * 1024
PAGE = mmap.PAGESIZE
UTIME_OMIT = (1 << 30) - 2


def each(programs, names):
    return [(p, n) for p in programs for n in names]


def place(test, size=SIZE):
    """An image with content, and a mount point."""
    content = test.image(f"{test.folder}/image", size)
    mnt = test.directory("mnt")
    return content, f"{test.folder}/image", mnt


def served(test, program, *words, **more):
    content, image, mnt = place(test)
    server = Server(test, program, image, mnt, *words).serve(**more)
    return server, content, f"{mnt}/single_file", image


def unmounted(server):
    server.unmount()
    server.ends(0)


# The conversation

@case("{}: OPEN, FSOPEN, SOURCE, MNTPT, MOUNT and BYE, with these fields", *BOTH)
def _(test, program):
    server, _, _, image = served(test, program)
    equal(server.commands, [
        (wire.OPEN, os.O_RDWR | os.O_EXCL, 0, 0, 0, image),
        (wire.FSOPEN, 0),
        (wire.SOURCE, program),
        (wire.MNTPT, wire.S_IFDIR, 0, f"{test.folder}/mnt"),
        (wire.MOUNT, DEFAULT_MS),
        (wire.BYE, 0)], "commands")
    unmounted(server)


@case("{}: DEVICE and MOUNTPOINT go to the helper as they came", *BOTH)
def _(test, program):
    names = ("../im//age,x=\\y \t\xe4", "./m//nt/")
    server = Server(test, program, *names).begin()
    equal(server.next()[-1], names[0], "DEVICE")
    place(test)
    server.send(wire.file_answer(errno.EACCES, names[0]))
    equal(server.next()[-1], names[0], "DEVICE, read-only")
    fd = os.open(f"{test.folder}/image", os.O_RDONLY)
    server.send(wire.file_answer(0, names[0]), fd)
    os.close(fd)
    server.converse(until=wire.MOUNT)
    equal(server.said(wire.MNTPT)[-1], names[1], "MOUNTPOINT")
    server.send(wire.reply(errno.EPERM))
    server.gives_up()


@case("{}: its own options are not sent, the mount's are", *BOTH)
def _(test, program):
    server, content, path, _ = served(
        test, program, "-o", "debug,dio,nosync,sync,size=4k,blocksize=512,noexec,x-a=b,user=me,nofail",
        "-o", "default_permissions,max_read=65536,fsname=the\\,name,noatime,nodiratime")
    equal(server.said(wire.SOURCE), (wire.SOURCE, "the,name"), "SOURCE")
    equal(server.said(wire.MNTOPTS)[1], "default_permissions,max_read=65536", "MNTOPTS")
    equal(server.said(wire.MTABOPTS)[1], "x-a=b,user=me,nofail", "MTABOPTS")
    flags = DEFAULT_MS | wire.MS_NOEXEC | 1024 | 2048
    equal(server.said(wire.MOUNT), (wire.MOUNT, flags), "MOUNT")
    check(not server.said(wire.MOUNT)[1] & MS_SYNCHRONOUS, "its own sync is the mount's")
    with open(path, "rb") as f:
        equal(f.read(), content[:4096], "content")
    unmounted(server)


@case("{}: the unit's own arguments come before the caller's", *BOTH)
def _(test, program):
    content, image, mnt = place(test)
    server = Server(test, program, image, mnt, "-o", "rw", own=["-o", "ro,fsname=a"]).serve()
    equal(server.said(wire.OPEN)[1], os.O_RDWR | os.O_EXCL, "open flags")
    equal(server.said(wire.SOURCE)[1], "a", "SOURCE")
    equal(server.said(wire.MOUNT)[1], DEFAULT_MS, "MS_* flags")
    unmounted(server)


@case("{}: after -- words that look like options are operands", *BOTH)
def _(test, program):
    server = Server(test, program, "-o", "ro", "--", "-image", "-mnt").begin()
    equal(server.next()[-1], "-image", "DEVICE")
    test.image(f"{test.folder}/image")
    with open(f"{test.folder}/image", "rb") as f:
        server.send(wire.file_answer(0, "-image"), f.fileno())
    server.converse(until=wire.MOUNT)
    equal(server.said(wire.MNTPT)[-1], "-mnt", "MOUNTPOINT")
    equal(server.said(wire.SOURCE)[-1], program, "SOURCE")


# The command line

GOOD = ("IMAGE", "MNT")
BAD_LINES = {
    "no DEVICE": (),
    "no MOUNTPOINT": ("IMAGE",),
    "an empty DEVICE": ("", "MNT"),
    "an empty MOUNTPOINT": ("IMAGE", ""),
    "a third argument": (*GOOD, "third"),
    "an unknown option": (*GOOD, "-o", "unknown"),
    "an unknown long option": (*GOOD, "--unknown"),
    "an unknown short option": (*GOOD, "-Z"),
    "an unknown value option": (*GOOD, "-o", "unknown=1"),
    "max_read that is no number": (*GOOD, "-o", "max_read=x"),
    **{f"size={n}": (*GOOD, "-o", f"size={n}") for n in (
        "", "0", "0k", "-512", "+512", " 512", "512 ", "511", "513", "x", "k", "1kk", "1kb", "1x",
        "0x200", "1e3", "512.0", "9223372036854775808", "18446744073709551616", "8388608t",
        "99999999999999999999999", "18014398509481984s", "512", f"{PAGE + 512}")},
    "size that is no multiple of the block size": (*GOOD, "-o", "blocksize=4k,size=6k"),
    **{f"blocksize={n}": (*GOOD, "-o", f"blocksize={n}") for n in (
        "", "0", "1", "256", "513", "1000", "3k", "2g", "4g", "1t", "4294967808", "x", "-512",
        "18446744073709552128")},
}


@case("{}: {} is refused before the first OPEN", *each(BOTH, BAD_LINES))
def _(test, program, what):
    Server(test, program, *BAD_LINES[what]).begin().gives_up(
        before=(wire.OPEN, wire.OPEN_BDEV, wire.FSOPEN, wire.MOUNT))


@case("{}: {} is text on stdout, BYE(0), exit 0, and nothing else",
      *each(ALL, ("-h", "--help", "-V", "--version")))
def _(test, program, word):
    server = Server(test, program, word).begin()
    equal(server.converse(), (wire.BYE, 0), "the only command")
    equal(len(server.commands), 1, "commands")
    server.ends(0)
    wanted = "usage: " if "h" in word else "FUSE library version"
    contains(server.stdout(), wanted, "stdout")


@case("{}: --help names its own options", *BOTH)
def _(test, program):
    server = Server(test, program, "--help").begin()
    server.converse()
    server.ends(0)
    for option in ("require_bdev", "nodio", "nosync", "size=", "blocksize=", "DEVICE MOUNTPOINT"):
        contains(server.stdout(), option, "stdout")


@case("{}: not started by socket activation it fails at once, without a word to anybody", *BOTH)
def _(test, program):
    _, image, mnt = place(test)
    done = subprocess.run([test.program(program), image, mnt], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=10, check=False)
    check(done.returncode not in (0, 99) and done.returncode > 0, f"exit {done.returncode}")
    check(done.stderr, "no message")
    test.not_mounted()


# Sizes

SIZES = {
    # options: (size of the backing, st_size, st_blksize)
    "": (PAGE * 3 + 1234, PAGE * 3, PAGE),
    "blocksize=512": (2000, 1536, 512),
    "blocksize=1s": (1024, 1024, 512),
    "blocksize=1k": (5000, 4096, 1024),
    "blocksize=64K": (100000, 65536, 65536),
    "size=8k": (PAGE * 4, 8192, PAGE),
    "size=16s": (PAGE * 4, 8192, PAGE),
    "size=16384": (PAGE * 4, 16384, PAGE),
    "size=1m": (1 << 20, 1 << 20, PAGE),
    "size=1M,blocksize=512": ((1 << 20) + 5, 1 << 20, 512),
    "size=2g": (3 << 30, 2 << 30, PAGE),
    "size=1T": (2 << 40, 1 << 40, PAGE),
    "size=1G,blocksize=1g": (1 << 30, 1 << 30, 1 << 30),
    "size=512,blocksize=512": (512, 512, 512),
}


@case("{}: with the options '{}' the file has the right size", *each(BOTH, SIZES))
def _(test, program, options):
    backing, size, block = SIZES[options]
    image, mnt = f"{test.folder}/image", test.directory("mnt")
    with open(image, "wb") as f:
        f.truncate(backing)
    words = ["-o", options] if options else []
    server = Server(test, program, image, mnt, *words).serve()
    st = os.stat(f"{mnt}/single_file")
    equal((st.st_size, st.st_blksize, st.st_blocks), (size, block, size // 512), "stat")
    vfs = os.statvfs(mnt)
    equal((vfs.f_bsize, vfs.f_blocks, vfs.f_bfree, vfs.f_bavail, vfs.f_files, vfs.f_ffree,
           vfs.f_namemax), (block, size // block, 0, 0, 1, 0, 255), "statfs")
    unmounted(server)


BAD_BACKINGS = {
    "an empty one": (0, ""),
    "one smaller than size=": (PAGE * 2 - 1, f"size={PAGE * 2}"),
    "one smaller than a block": (1023, "blocksize=1k"),
}


@case("{}: a bad backing is refused before the mount: {}", *each(BOTH, BAD_BACKINGS))
def _(test, program, what):
    size, options = BAD_BACKINGS[what]
    image, mnt = f"{test.folder}/image", test.directory("mnt")
    with open(image, "wb") as f:
        f.truncate(size)
    words = ["-o", options] if options else []
    Server(test, program, image, mnt, *words).begin().gives_up(before=(wire.FSOPEN, wire.MOUNT))


# Opening

@case("{}: with {} the open flags and the block size are right", *[
    (p, o) for p in BOTH for o in ("ro", "-r", "blkdev", "ro,blkdev", "require_bdev",
                                   "require_bdev,blocksize=2k", "require_bdev,ro,blkdev")])
def _(test, program, options):
    words = [options] if options == "-r" else ["-o", options]
    server = Server(test, program, "/image", "/mnt", *words).begin()
    flags = os.O_RDONLY if "r" in options.split(",") + [options.strip("-")] or "ro" in options \
        else os.O_RDWR
    flags |= 0 if "blkdev" in options else os.O_EXCL
    magic = wire.OPEN_BDEV if "require_bdev" in options else wire.OPEN
    equal(server.next(), (magic, flags, 0, 0, 2048 if "blocksize" in options else 0, "/image"),
          "the request")
    server.send(wire.file_answer(errno.ENXIO, "/image"))
    server.gives_up(before=(wire.FSOPEN,))
    equal(len(server.commands), 2, "commands")


DENIALS = ("EACCES", "EPERM", "EROFS")


@case("{}: after {} it asks once more, read-only, and only once", *each(BOTH, DENIALS))
def _(test, program, name):
    server = Server(test, program, "/image", "/mnt").begin()
    for flags in (os.O_RDWR, os.O_RDONLY):
        equal(server.next(), (wire.OPEN, flags | os.O_EXCL, 0, 0, 0, "/image"), "the request")
        server.send(wire.file_answer(getattr(errno, name), "/image"))
    server.gives_up()
    equal(server.names(), ["OPEN", "OPEN", "BYE"], "commands")


@case("{}: with ro, {} is final", *each(BOTH, DENIALS))
def _(test, program, name):
    server = Server(test, program, "/image", "/mnt", "-o", "ro").begin()
    server.next()
    server.send(wire.file_answer(getattr(errno, name), "/image"))
    server.gives_up()
    equal(server.names(), ["OPEN", "BYE"], "commands")


@case("{}: after {} it does not ask again",
      *each(BOTH, ("ENOENT", "EBUSY", "EIO", "ENOTBLK", "ETXTBSY", "EISDIR", "ENAMETOOLONG")))
def _(test, program, name):
    server = Server(test, program, "/image", "/mnt").begin()
    server.next()
    server.send(wire.file_answer(getattr(errno, name), "/image"))
    server.gives_up()
    equal(server.names(), ["OPEN", "BYE"], "commands")
    contains(server.stderr(), os.strerror(getattr(errno, name)), "the message")


def denies_writing(server, path, opening):
    """A read-only file system in all respects."""
    st = os.stat(path)
    equal(stat.S_IMODE(st.st_mode), 0o444, "mode")
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_RDWR | os.O_DIRECT, os.O_WRONLY | os.O_APPEND):
        fails_with(opening, os.open, path, flags)
    for target in (path, os.path.dirname(path)):
        fails_with(errno.EROFS, os.chmod, target, 0o600)
        fails_with(errno.EROFS, os.utime, target, (1, 1))
        check(not os.access(target, os.W_OK), "access(2) grants writing")
        check(os.access(target, os.R_OK), "access(2) denies reading")
    equal(os.stat(path).st_mtime_ns, st.st_mtime_ns, "mtime")
    with open(path, "rb") as f:
        equal(len(f.read()), SIZE, "bytes read")
        with mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as m:
            equal(len(m), SIZE, "bytes mapped")
        fails_with(errno.EACCES, mmap.mmap, f.fileno(), 0, mmap.MAP_SHARED,
                   mmap.PROT_READ | mmap.PROT_WRITE)


@case("{}: after {} and a read-only file nothing can be changed, without MS_RDONLY",
      *each(BOTH, DENIALS))
def _(test, program, name):
    _, image, mnt = place(test)
    server = Server(test, program, image, mnt)

    def opener(command):
        if command[1] & os.O_ACCMODE == os.O_RDONLY:
            server.open_as_asked(command)
        else:
            server.send(wire.file_answer(getattr(errno, name), command[-1]))
    server.begin()
    equal(server.converse(until=wire.MOUNT, opener=opener)[0], wire.MOUNT, "MOUNT")
    server.mount(DEFAULT_MS)
    server.send(wire.reply(0))
    equal(server.converse(), (wire.BYE, 0), "BYE")
    denies_writing(server, f"{mnt}/single_file", errno.EACCES)
    unmounted(server)


@case("{}: with ro nothing can be changed", *BOTH)
def _(test, program):
    server, _, path, _ = served(test, program, "-o", "ro")
    equal(server.said(wire.OPEN)[1], os.O_RDONLY | os.O_EXCL, "open flags")
    equal(server.said(wire.MOUNT)[1], DEFAULT_MS | wire.MS_RDONLY, "MS_* flags")
    denies_writing(server, path, errno.EROFS)
    unmounted(server)


@case("{}: with ro nothing can be changed where the helper leaves MS_RDONLY out", *BOTH)
def _(test, program):
    _, image, mnt = place(test)
    server = Server(test, program, image, mnt, "-o", "ro").begin()
    server.converse(until=wire.MOUNT)
    server.mount(DEFAULT_MS)
    server.send(wire.reply(0))
    server.converse()
    denies_writing(server, f"{mnt}/single_file", errno.EACCES)
    unmounted(server)


@case("{}: {}", *[(p, w) for p in BOTH for w in ("ro,rw is writable", "rw,ro is read-only")])
def _(test, program, what):
    server, _, path, _ = served(test, program, "-o", what.split()[0])
    writable = what.startswith("ro,rw")
    equal(server.said(wire.OPEN)[1] & os.O_ACCMODE, os.O_RDWR if writable else os.O_RDONLY, "mode")
    equal(server.said(wire.MOUNT)[1], DEFAULT_MS | (0 if writable else wire.MS_RDONLY), "MS_*")
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o664 if writable else 0o444, "mode")
    unmounted(server)


# Block devices

@case("{}: a block device gives its size, and no blocks smaller than its own", *BOTH)
def _(test, program):
    content, image, mnt = place(test)
    device = test.loop(image)
    server = Server(test, program, device, mnt, "-o", "require_bdev").serve()
    equal(server.said(wire.OPEN_BDEV), (
        wire.OPEN_BDEV, os.O_RDWR | os.O_EXCL, 0, 0, 0, device), "the request")
    path = f"{mnt}/single_file"
    equal(os.stat(path).st_size, SIZE, "size")
    with open(path, "r+b") as f:
        equal(f.read(), content, "content")
        f.seek(4096)
        f.write(b"x" * 512)
        f.flush()
        os.fsync(f.fileno())
    with open(image, "rb") as f:
        equal(f.read()[4096:4608], b"x" * 512, "the image behind the device")
    unmounted(server)


@case("{}: a block size below the device's is raised", *BOTH)
def _(test, program):
    _, image, mnt = place(test)
    device = test.loop(image)
    with open(device, "rb") as f:
        fcntl.ioctl(f, 0x4C09, 4096)  # LOOP_SET_BLOCK_SIZE
    server = Server(test, program, device, mnt, "-o", "blocksize=512").serve()
    equal(os.stat(f"{mnt}/single_file").st_blksize, 4096, "block size")
    unmounted(server)


@case("{}: require_bdev and a helper that sends a regular file", *BOTH)
def _(test, program):
    _, image, mnt = place(test)
    Server(test, program, image, mnt, "-o", "require_bdev").begin().gives_up(before=(wire.FSOPEN,))


@case("{}: blkdev is a fuseblk mount, with blksize", *BOTH)
def _(test, program):
    _, image, mnt = place(test)
    server = Server(test, program, image, mnt, "-o", "blkdev,blksize=1024,fsname=/dev/x").begin()
    server.converse(refuse={wire.FSOPEN: errno.EPERM})
    equal(server.said(wire.FSOPEN), (wire.FSOPEN, wire.FSOPEN_FUSEBLK), "FSOPEN")
    equal(server.said(wire.MNTOPTS), (wire.MNTOPTS, "blksize=1024"), "MNTOPTS")
    equal(server.commands[-1], (wire.BYE, 1), "BYE")
    server.ends(1)


# The file system

@case("{}: stat of the root and of the file", *BOTH)
def _(test, program):
    before = time.time()
    server, _, path, _ = served(test, program)
    after = time.time()
    root, st = os.stat(os.path.dirname(path)), os.stat(path)
    equal((root.st_mode, root.st_nlink), (stat.S_IFDIR | 0o555, 2), "root")
    equal((st.st_mode, st.st_nlink, st.st_uid, st.st_gid, st.st_size, st.st_blksize, st.st_blocks),
          (stat.S_IFREG | 0o664, 1, 0, 0, SIZE, PAGE, SIZE // 512), "file")
    for s in (root, st):
        for t in (s.st_atime, s.st_mtime, s.st_ctime):
            check(before - 0.1 <= t <= after, f"{before} <= {t} <= {after}")
    equal(len({root.st_mtime_ns, st.st_atime_ns, st.st_mtime_ns, st.st_ctime_ns}), 1, "times")
    unmounted(server)


@case("{}: statfs", *BOTH)
def _(test, program):
    server, _, path, _ = served(test, program)
    vfs = os.statvfs(path)
    equal((vfs.f_bsize, vfs.f_blocks, vfs.f_bfree, vfs.f_bavail, vfs.f_files, vfs.f_ffree,
           vfs.f_namemax), (PAGE, SIZE // PAGE, 0, 0, 1, 0, 255), "statfs")
    unmounted(server)


@case("{}: the directory holds ., .. and single_file, other names are ENOENT", *BOTH)
def _(test, program):
    server, _, path, _ = served(test, program)
    root = os.path.dirname(path)
    out = subprocess.run(["ls", "-faU", root], capture_output=True, text=True, check=True,
                         timeout=10)
    equal(sorted(out.stdout.split()), [".", "..", "single_file"], "ls -f")
    equal([e.inode() == os.stat(path).st_ino for e in os.scandir(root)], [True], "inode")
    for name in ("other", "single_file2", "SINGLE_FILE", "x" * 255):
        fails_with(errno.ENOENT, os.stat, f"{root}/{name}")
    fails_with(errno.ENOTDIR, os.stat, f"{path}/x")
    unmounted(server)


@case("{}: every byte can be read, to the end and not beyond", *BOTH)
def _(test, program):
    server, content, path, _ = served(test, program)
    fd = os.open(path, os.O_RDONLY)
    for pos, size in ((0, SIZE), (0, 2 * SIZE), (1, 4095), (SIZE - 10, 100), (SIZE, 1),
                      (SIZE + 5, 10), (1 << 60, 1), (12345, 70000)):
        equal(os.pread(fd, size, pos), content[pos:pos + size], f"{size} bytes at {pos}")
    os.close(fd)
    unmounted(server)


@case("{}: a size of its own hides the rest of the backing", *BOTH)
def _(test, program):
    server, content, path, image = served(test, program, "-o", f"size={PAGE}")
    fd = os.open(path, os.O_RDWR)
    equal(os.pread(fd, SIZE, 0), content[:PAGE], "content")
    equal(os.pwrite(fd, b"y" * 100, PAGE - 50), 50, "written across the end")
    fails_with(errno.EFBIG, os.pwrite, fd, b"y", PAGE)
    os.close(fd)
    with open(image, "rb") as f:
        equal(f.read()[PAGE:], content[PAGE:], "what lies behind")
    unmounted(server)


@case("{}: writes arrive, are cut at the end, and are EFBIG at and past it", *BOTH)
def _(test, program):
    server, content, path, image = served(test, program)
    wanted = bytearray(content)
    fd = os.open(path, os.O_RDWR)
    for pos, data in ((0, b"a" * 3), (4095, b"bc"), (100000, b"d" * 70000)):
        equal(os.pwrite(fd, data, pos), len(data), f"written at {pos}")
        wanted[pos:pos + len(data)] = data
    equal(os.pwrite(fd, b"e" * 100, SIZE - 60), 60, "written across the end")
    wanted[SIZE - 60:] = b"e" * 60
    equal(os.pwrite(fd, b"", SIZE + 5), 0, "nothing written past the end")
    for pos in (SIZE, SIZE + 1, SIZE + (1 << 40)):
        fails_with(errno.EFBIG, os.pwrite, fd, b"f", pos)
    os.close(fd)
    fd = os.open(path, os.O_WRONLY | os.O_APPEND)
    fails_with(errno.EFBIG, os.write, fd, b"g")
    os.close(fd)
    for name in (path, image):
        equal(os.stat(name).st_size, SIZE, f"size of {name}")
        with open(name, "rb") as f:
            equal(f.read(), bytes(wanted), f"content of {name}")
    unmounted(server)


@case("{}: memory mapping reads and writes", *BOTH)
def _(test, program):
    server, content, path, image = served(test, program)
    with open(path, "r+b") as f, mmap.mmap(f.fileno(), SIZE) as m:
        equal(m[:], content, "content")
        m[5000:5010] = b"0123456789"
        m[SIZE - 1:] = b"!"
        m.flush()
    with open(image, "rb") as f:
        equal(f.read(), content[:5000] + b"0123456789" + content[5010:-1] + b"!", "the image")
    with open(path, "rb") as f, mmap.mmap(f.fileno(), SIZE, mmap.MAP_PRIVATE) as m:
        m[0:1] = b"?"
        equal(m[5000:5010], b"0123456789", "a private mapping")
    unmounted(server)


@case("{}: direct I/O is allowed with dio and by default, not with nodio", *BOTH)
def _(test, program):
    for options, allowed in (("rw", True), ("nodio,dio", True), ("dio,nodio", False)):
        _, image, mnt = place(test) if options == "rw" else (None, image, mnt)
        server = Server(test, program, image, mnt, "-o", options).serve()
        path = f"{mnt}/single_file"
        if allowed:
            fd = os.open(path, os.O_RDWR | os.O_DIRECT)
            buffer = mmap.mmap(-1, PAGE)
            equal(os.preadv(fd, [buffer], 0), PAGE, "read past the cache")
            equal(os.pwritev(fd, [buffer], PAGE), PAGE, "written past the cache")
            os.close(fd)
        else:
            fails_with(errno.EINVAL, os.open, path, os.O_RDONLY | os.O_DIRECT)
            os.close(os.open(path, os.O_RDWR))
        unmounted(server)


@case("{}: chmod and utimens work on the file, in memory", *BOTH)
def _(test, program):
    server, _, path, image = served(test, program)
    before = os.stat(image)
    os.chmod(path, 0o4640)
    equal(os.stat(path).st_mode, stat.S_IFREG | 0o4640, "mode")
    os.utime(path, ns=(1_000_000_001, 2_000_000_002))
    st = os.stat(path)
    equal((st.st_atime_ns, st.st_mtime_ns), (1_000_000_001, 2_000_000_002), "times")
    now = time.time_ns()
    os.utime(path)
    st = os.stat(path)
    check(abs(st.st_mtime_ns - now) < 10e9 and abs(st.st_atime_ns - now) < 10e9, "times of now")
    equal(stat.S_IMODE(st.st_mode), 0o4640, "mode after utimens")
    with open(path, "r+b") as f:
        os.fchmod(f.fileno(), 0o600)
        os.utime(f.fileno(), ns=(7, 8))
    st = os.stat(path)
    equal((stat.S_IMODE(st.st_mode), st.st_atime_ns, st.st_mtime_ns), (0o600, 7, 8), "by fd")
    after = os.stat(image)
    equal((after.st_mode, after.st_mtime_ns), (before.st_mode, before.st_mtime_ns), "the image")
    unmounted(server)


@case("{}: chmod and utimens of the root, chown and truncate of anything are EPERM", *BOTH)
def _(test, program):
    server, content, path, image = served(test, program)
    root = os.path.dirname(path)
    fails_with(errno.EPERM, os.chmod, root, 0o700)
    fails_with(errno.EPERM, os.utime, root, (1, 1))
    fails_with(errno.EPERM, os.utime, root)
    for target in (root, path):
        fails_with(errno.EPERM, os.chown, target, 1, -1)
        fails_with(errno.EPERM, os.chown, target, -1, 1)
    for size in (0, 1, SIZE, SIZE + 1):
        fails_with(errno.EPERM, os.truncate, path, size)
    with open(path, "r+b") as f:
        fails_with(errno.EPERM, os.ftruncate, f.fileno(), 0)
    fails_with(errno.EPERM, os.open, path, os.O_RDWR | os.O_TRUNC)
    st = os.stat(path)
    equal((st.st_size, st.st_mode, st.st_uid), (SIZE, stat.S_IFREG | 0o664, 0), "the file")
    with open(image, "rb") as f:
        equal(f.read(), content, "the image")
    unmounted(server)


@case("{}: nothing can be created, renamed or removed", *BOTH)
def _(test, program):
    server, _, path, _ = served(test, program)
    root = os.path.dirname(path)
    for action in (lambda: os.close(os.open(f"{root}/new", os.O_WRONLY | os.O_CREAT)),
                   lambda: os.mkdir(f"{root}/new"), lambda: os.unlink(path),
                   lambda: os.rename(path, f"{root}/new"), lambda: os.link(path, f"{root}/new")):
        try:
            action()
        except OSError:
            continue
        raise AssertionError("it can")
    equal(os.listdir(root), ["single_file"], "names")
    unmounted(server)


@case("{}: neither attributes nor names are cached", *BOTH)
def _(test, program):
    server, _, path, _ = served(test, program, "-s", "-d")
    for _ in range(5):
        os.stat(path)
    text = server.stderr()
    check(text.count("opcode: LOOKUP") >= 5, f"{text.count('opcode: LOOKUP')} lookups")
    unmounted(server)


def calls_of(server, action, names):
    """The system calls of these names that the server makes meanwhile."""
    log = f"{server.test.folder}/strace.log"
    try:
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-e", f"trace={','.join(names)}", "-o", log, "-p",
             str(server.pid)], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except FileNotFoundError as e:
        raise Skip("no strace") from e
    try:
        def attached():
            with open(f"/proc/{server.pid}/status", encoding="ascii") as f:
                return f"TracerPid:\t{tracer.pid}\n" in f.read()
        wait_for(attached, "strace to attach")
        time.sleep(0.2)
        action()
    finally:
        tracer.terminate()
        tracer.communicate(timeout=10)
    return [line.split()[1].split("(")[0] for line in server.read_log(log).splitlines()
            if "(" in line and "resumed" not in line]


@case("{}: fsync and fdatasync reach the backing, and writes alone do not sync", *BOTH)
def _(test, program):
    server, _, path, _ = served(test, program)
    fd = os.open(path, os.O_RDWR)
    sync = ("fsync", "fdatasync")
    equal(calls_of(server, lambda: os.fsync(fd), sync), ["fsync"], "fsync")
    equal(calls_of(server, lambda: os.fdatasync(fd), sync), ["fdatasync"], "fdatasync")
    equal(calls_of(server, lambda: os.pwrite(fd, b"x", 0), sync), [], "a write")
    os.close(fd)
    unmounted(server)


@case("{}: with sync each write is followed by fsync", *BOTH)
def _(test, program):
    server, _, path, _ = served(test, program, "-o", "nosync,sync")
    fd = os.open(path, os.O_RDWR)
    equal(calls_of(server, lambda: [os.pwrite(fd, b"x", i) for i in range(3)], ("fsync",)),
          ["fsync"] * 3, "three writes")
    os.close(fd)
    unmounted(server)


# What it holds while it serves

@case("{}: while serving: in /, no socket, no argument file, all files close-on-exec", *ALL)
def _(test, program):
    if program == "null":
        server = Server(test, program, null_target(test)).serve()
    else:
        server = served(test, program)[0]
    equal(os.readlink(f"/proc/{server.pid}/cwd"), "/", "working directory")
    files = open_files(server.pid)
    targets = sorted(target for number, (target, _) in files.items() if number > 2)
    wanted = ["/dev/fuse"] + ([f"{test.folder}/image"] if program != "null" else [])
    equal(targets, wanted, "open files")
    for number, (target, flags) in files.items():
        if program == "null" and number <= 2:
            continue
        check(flags & os.O_CLOEXEC, f"{number} ({target}) is not close-on-exec")
    equal(os.getpgid(server.pid), os.getpgid(0), "process group: it stays in the foreground")
    unmounted(server)


@case("{}: with stdio closed no file of the caller becomes stdin, stdout or stderr", *ALL)
def _(test, program):
    if program == "null":
        words = [null_target(test)]
    else:
        words = place(test)[1:]
    server = Server(test, program, *words, "-d", close_stdio=True).serve()
    for number in range(3):
        equal(open_files(server.pid)[number][0], "/dev/null", f"file {number}")
    if program != "null":
        with open(words[0], "rb") as f:
            equal(f.read(4), b"\0\0\0\0", "the image's beginning")
    unmounted(server)


def threads(server):
    return len(os.listdir(f"/proc/{server.pid}/task"))


def some_requests(path):
    for _ in range(20):
        with open(path, "rb") as f:
            check(len(f.read(4096)) == 4096, "what is read")


@case("{}: -s serves in one thread, and without it more than one serve", *ALL)
def _(test, program):
    words = [null_target(test)] if program == "null" else place(test)[1:]
    path = words[0] if program == "null" else f"{words[1]}/single_file"
    for options, fine in (["-s"], lambda n: n == 1), ([], lambda n: n > 1):
        server = Server(test, program, *words, *options).serve()
        some_requests(path)
        check(fine(threads(server)), f"{threads(server)} threads with {options}")
        unmounted(server)


@case("{}: clone_fd gives threads a device of their own", *ALL)
def _(test, program):
    words = [null_target(test)] if program == "null" else place(test)[1:]
    path = words[0] if program == "null" else f"{words[1]}/single_file"
    server = Server(test, program, *words, "-o", "clone_fd").serve()
    some_requests(path)
    devices = [target for target, _ in open_files(server.pid).values() if target == "/dev/fuse"]
    check(len(devices) > 1, f"{len(devices)} open devices")
    unmounted(server)


# Ends

@case("{}: unmounting is a clean end, every time", *ALL)
def _(test, program):
    target = null_target(test) if program == "null" else None
    words = [target] if target else place(test)[1:]
    for _ in range(10):
        server = Server(test, program, *words).serve()
        path = target or f"{words[1]}/single_file"
        # Releases are not waited for: some are still queued when the mount goes.
        fds = [os.open(path, os.O_RDWR) for _ in range(20)]
        for fd in fds:
            os.close(fd)
        unmounted(server)


@case("{}: a lazy unmount lets open files go on, then it is a clean end, every time", *ALL)
def _(test, program):
    target = null_target(test) if program == "null" else None
    words = [target] if target else place(test)[1:]
    for _ in range(10):
        server = Server(test, program, *words).serve()
        path = target or f"{words[1]}/single_file"
        fds = [os.open(path, os.O_RDWR) for _ in range(20)]
        server.unmount(MNT_DETACH)
        equal(len(os.pread(fds[0], 100, 0)), 100, "read after the lazy unmount")
        check(server.running(), "it has ended too early")
        for fd in fds:
            os.close(fd)
        server.ends(0)


@case("{}: an unmount with -s is a clean end as well", *ALL)
def _(test, program):
    words = [null_target(test)] if program == "null" else place(test)[1:]
    server = Server(test, program, *words, "-s").serve()
    unmounted(server)


@case("{}: an aborted connection is a clean end", *ALL)
def _(test, program):
    words = [null_target(test)] if program == "null" else place(test)[1:]
    server = Server(test, program, *words).serve()
    server.unmount(MNT_DETACH | 1)  # MNT_FORCE aborts
    server.ends(0)


@case("{}: {} is a clean end", *[(p, s) for p in ALL for s in ("SIGTERM", "SIGINT", "SIGHUP")])
def _(test, program, name):
    words = [null_target(test)] if program == "null" else place(test)[1:]
    server = Server(test, program, *words).serve()
    server.kill(getattr(signal, name))
    server.ends(0)
    fails_with(errno.ENOTCONN, os.stat, server.mounted)
    server.unmount(MNT_DETACH)


# null

def null_target(test):
    path = f"{test.folder}/file"
    if not os.path.exists(path):
        with open(path, "wb") as f:
            f.write(b"below")
    return path


def null_behaves(path, mode):
    st = os.stat(path)
    equal((st.st_mode, st.st_size, st.st_uid), (stat.S_IFREG | mode, 4 << 30, os.getuid()), "stat")
    fd = os.open(path, os.O_RDWR)
    equal(os.pwrite(fd, b"x" * 10000, 0), 10000, "written")
    with mmap.mmap(fd, 10000, mmap.MAP_PRIVATE) as m:
        equal(m[:], bytes(10000), "mapped")
    equal(os.pread(fd, 10000, 0), bytes(10000), "read back")
    equal(os.pread(fd, 100, (4 << 30) - 50), bytes(50), "at the end")
    equal(os.pread(fd, 100, 4 << 30), b"", "past the end")
    equal(os.pwrite(fd, b"x", (4 << 30) + 7), 1, "written past the end")
    os.ftruncate(fd, 5)
    os.truncate(path, 0)
    equal(os.fstat(fd).st_size, 4 << 30, "size after truncating")
    os.close(fd)
    os.close(os.open(path, os.O_WRONLY | os.O_TRUNC))
    equal(os.stat(path).st_size, 4 << 30, "size after O_TRUNC")


@case("null as a service: 4 GiB of zeros that anybody may write, over a regular file")
def _(test):
    target = null_target(test)
    server = Server(test, "null", target).serve()
    equal(server.commands, [
        (wire.FSOPEN, 0), (wire.SOURCE, "null"), (wire.MNTPT, wire.S_IFREG, 0, target),
        (wire.MOUNT, DEFAULT_MS), (wire.BYE, 0)], "commands")
    null_behaves(target, 0o666)
    unmounted(server)
    with open(target, "rb") as f:
        equal(f.read(), b"below", "the file below")


@case("null -f FILE is an ordinary FUSE program")
def _(test):
    target = null_target(test)
    process = subprocess.Popen([test.program("null"), "-f", target], stdin=subprocess.DEVNULL)
    try:
        wait_for(lambda: test.mounts(target), "the mount")
        null_behaves(target, 0o644)
        test.unmount(target)
        equal(process.wait(10), 0, "exit status")
    finally:
        process.kill()
        process.wait()


@case("null FILE goes to the background")
def _(test):
    target = null_target(test)
    subprocess.run([test.program("null"), target], stdin=subprocess.DEVNULL, check=True,
                   timeout=10)
    null_behaves(target, 0o644)
    test.unmount(target)


@case("null: {} is refused", "no MOUNTPOINT", "a second argument", "an unknown option")
def _(test, what):
    words = {"no MOUNTPOINT": [], "a second argument": ["/a", "/b"],
             "an unknown option": ["/a", "-o", "unknown"]}[what]
    Server(test, "null", *words).begin().gives_up(before=(wire.FSOPEN, wire.MOUNT))


if __name__ == "__main__":
    sys.exit(main())
