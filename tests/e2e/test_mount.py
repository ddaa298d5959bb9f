#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Real mounts: the helper, the example services and the kernel, as root and as an ordinary user."""

import errno
import mmap
import os
import signal
import stat
import sys

from harness import (ROOT, USER, SERVICE_ID, USER_ID, Skip, case, check, contains, equal,
                     fails_with, main, wait_for)

SINGLE_FILE = ("service_ll", "service_hl")
BOTH = [(program, who) for program in SINGLE_FILE for who in (ROOT, USER)]
MNT_DETACH = 2


def read(path, offset=0, size=1 << 20):
    """The bytes as hex: what as_user() can carry."""
    fd = os.open(path, os.O_RDONLY)
    try:
        return os.pread(fd, size, offset).hex()
    finally:
        os.close(fd)


def write(path, offset, data):
    fd = os.open(path, os.O_WRONLY)
    try:
        written = os.pwrite(fd, bytes.fromhex(data), offset)
        os.fsync(fd)
        return written
    finally:
        os.close(fd)


def by(test, who, function, *args):
    """Call as this caller: nobody else can look into an ordinary user's mount."""
    return function(*args) if who == ROOT else test.as_user(function, *args)


def prepare(test, program, who, **image):
    """A service, a private folder with an image and a mount point in it."""
    service = test.activate(program)
    home = test.home(who)
    content = test.image(f"{home}/image", owner=test.id_of(who), **image)
    mnt = test.directory("home/mnt", test.id_of(who))
    return service, home, content, mnt


def mount(test, program, who, *options, **image):
    service, home, content, mnt = prepare(test, program, who, **image)
    test.helper(f"{home}/image", mnt, "-t", program, *options, who=who).is_exit(0)
    return service, home, content, mnt


def refused(test, service, result, *parts):
    """Exit 1, a message, nothing mounted, the instance has ended with 1."""
    result.is_exit(1)
    for part in parts:
        contains(result.err, part, "message")
    check(result.err.strip(), "a message is missing")
    test.not_mounted()
    service.wait_end([1])


@case("{}: {} mounts a private image, and what is written arrives in it", *BOTH)
def _(test, program, who):
    service, home, content, mnt = mount(test, program, who)
    file = f"{mnt}/single_file"
    equal(by(test, who, os.listdir, mnt), ["single_file"], "names")
    equal(by(test, who, read, file), content.hex(), "what is read")
    data = b"written through the mount".hex()
    equal(by(test, who, write, file, 5000, data), len(data) // 2, "bytes written")
    equal(read(f"{home}/image", 5000, len(data) // 2), data, "what is in the image")
    equal(by(test, who, read, file, 0, 5000), content[:5000].hex(), "what is before it")
    test.unmount(mnt)
    service.wait_end([0])


@case("{}: the mount of {} is what mountinfo says", *BOTH)
def _(test, program, who):
    service, _, _, mnt = mount(test, program, who)
    found = test.the_mount(mnt)
    equal((found.type, found.source), (f"fuse.{program}", program), "type and source")
    check({"rw", "nosuid", "nodev"} <= set(found.options), f"options {found.options}")
    number = test.id_of(who)
    check({f"user_id={number}", f"group_id={number}"} <= set(found.super_options),
          f"options {found.super_options}")
    check("allow_other" not in found.super_options, f"options {found.super_options}")
    test.unmount(mnt)
    service.wait_end([0])


@case("findmnt shows the mount with its source")
def _(test):
    service, home, _, mnt = mount(
        test, "service_ll", USER, "-o", f"fsname={test.folder}/home/image")
    shown = test.run(["findmnt", "--noheadings", "--raw", "--output", "TARGET,SOURCE,FSTYPE",
                      "--mountpoint", mnt]).is_exit(0).out
    equal(shown.split(), [mnt, f"{home}/image", "fuse.service_ll"], "findmnt")
    test.unmount(mnt)
    service.wait_end([0])


@case("nobody else can look into an ordinary user's mount")
def _(test):
    service, _, _, mnt = mount(test, "service_ll", USER)
    fails_with(errno.EACCES, os.listdir, mnt)
    test.unmount(mnt)
    service.wait_end([0])


@case("the service has no access to the image but the file that it was handed")
def _(test):
    service, home, _, mnt = mount(test, "service_ll", USER)
    [pid] = service.instances()
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        status = dict(line.split(":\t", 1) for line in f.read().splitlines())
    equal(status["Uid"].split(), [str(SERVICE_ID)] * 4, "user of the service")
    equal(int(status["CapEff"], 16), 0, "capabilities of the service")
    equal(os.readlink(f"/proc/{pid}/cwd"), "/", "its working directory")
    files = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    equal(files.count(f"{home}/image"), 1, f"the image among {files}")
    equal([f for f in files if "socket" in f or "memfd" in f], [], "what else it holds")
    test.unmount(mnt)
    service.wait_end([0])


@case("{}: what {} mounts with ro is read-only from end to end", *BOTH)
def _(test, program, who):
    service, home, content, mnt = mount(test, program, who, "-o", "ro", mode=0o400)
    file = f"{mnt}/single_file"
    check("ro" in test.the_mount(mnt).options, "the mount is not read-only")
    equal(by(test, who, read, file), content.hex(), "what is read")
    equal(by(test, who, lambda: stat.S_IMODE(os.stat(file).st_mode)), 0o444, "mode")
    fails_with(errno.EROFS, by, test, who, write, file, 0, "00")
    fails_with(errno.EROFS, by, test, who, os.chmod, file, 0o600)
    test.unmount(mnt)
    service.wait_end([0])
    equal(read(f"{home}/image"), content.hex(), "the image")


@case("{}: an image that its caller may only read is served read-only", *SINGLE_FILE)
def _(test, program):
    service = test.activate(program)
    content = test.image(f"{test.folder}/image", mode=0o444)
    mnt = test.directory("mnt", USER_ID)
    test.helper(f"{test.folder}/image", mnt, "-t", program, who=USER).is_exit(0)
    file = f"{mnt}/single_file"
    equal(test.as_user(read, file), content.hex(), "what is read")
    try:
        test.as_user(write, file, 0, "00")
        raise AssertionError("it could be written")
    except OSError as e:
        check(e.errno in (errno.EACCES, errno.EROFS), f"unexpected {e}")
    fails_with(errno.EROFS, test.as_user, os.chmod, file, 0o600)
    test.unmount(mnt)
    service.wait_end([0])


@case("{}: stat, statfs, names and limits are as documented", *SINGLE_FILE)
def _(test, program):
    service, _, _, mnt = mount(test, program, ROOT, "-o", "size=32768,blocksize=4096")
    file = f"{mnt}/single_file"
    top, one, fs = os.stat(mnt), os.stat(file), os.statvfs(mnt)
    equal((stat.S_IFMT(top.st_mode), stat.S_IMODE(top.st_mode), top.st_nlink),
          (stat.S_IFDIR, 0o555, 2), "the folder")
    equal((stat.S_IFMT(one.st_mode), stat.S_IMODE(one.st_mode), one.st_nlink, one.st_uid,
           one.st_gid, one.st_size, one.st_blocks, one.st_blksize),
          (stat.S_IFREG, 0o664, 1, 0, 0, 32768, 64, 4096), "the file")
    equal((fs.f_bsize, fs.f_blocks, fs.f_bfree, fs.f_bavail, fs.f_files, fs.f_ffree, fs.f_namemax),
          (4096, 8, 0, 0, 1, 0, 255), "the file system")
    fails_with(errno.ENOENT, os.stat, f"{mnt}/other")
    fails_with(errno.EFBIG, write, file, 32768, "00")
    equal(write(file, 32766, "01020304"), 2, "bytes written over the end")
    fails_with(errno.EPERM, os.truncate, file, 0)
    fails_with(errno.EPERM, os.chown, file, 1, 1)
    os.chmod(file, 0o600)
    equal(stat.S_IMODE(os.stat(file).st_mode), 0o600, "mode after chmod")
    with open(file, "r+b") as f, mmap.mmap(f.fileno(), 4096) as area:
        equal(area[:4], b"\0\0\0\0", "what is mapped")
    test.unmount(mnt)
    service.wait_end([0])


@case("{}: a block device is mounted by root", *SINGLE_FILE)
def _(test, program):
    service = test.activate(program)
    content = test.image(f"{test.folder}/image", 1 << 20)
    device = test.loop(f"{test.folder}/image")
    mnt = test.directory("mnt")
    test.helper(device, mnt, "-t", program, "-o", "require_bdev").is_exit(0)
    file = f"{mnt}/single_file"
    equal(os.stat(file).st_size, 1 << 20, "size")
    equal(read(file), content.hex(), "what is read")
    write(file, 4096, "c0ffee")
    equal(read(f"{test.folder}/image", 4096, 3), "c0ffee", "what is in the image")
    test.unmount(mnt)
    service.wait_end([0])


@case("{}: fuseblk is mounted by root, and the device is its source", *SINGLE_FILE)
def _(test, program):
    with open("/proc/filesystems", encoding="utf-8") as f:
        if "\tfuseblk\n" not in f.read():
            raise Skip("this kernel has no fuseblk")
    service = test.activate(program)
    content = test.image(f"{test.folder}/image", 1 << 20)
    device = test.loop(f"{test.folder}/image")
    mnt = test.directory("mnt")
    test.helper(device, mnt, "-t", f"fuseblk.{program}",
                "-o", f"blkdev,fsname={device},require_bdev").is_exit(0)
    found = test.the_mount(mnt)
    equal((found.type, found.source), (f"fuseblk.{program}", device), "type and source")
    equal(read(f"{mnt}/single_file", 0, 4096), content[:4096].hex(), "what is read")
    test.unmount(mnt)
    service.wait_end([0])


@case("require_bdev on a plain file is refused")
def _(test):
    service, home, _, mnt = prepare(test, "service_ll", ROOT)
    refused(test, service, test.helper(
        f"{home}/image", mnt, "-t", "service_ll", "-o", "require_bdev"), f"{home}/image")


@case("null: {} mounts it over a file", ROOT, USER)
def _(test, who):
    service = test.activate("null")
    mnt = f"{test.folder}/file"
    test.image(mnt, 16, owner=test.id_of(who))
    test.helper(mnt, "-t", "null", who=who).is_exit(0)
    found = test.the_mount(mnt)
    equal(found.type, "fuse.null", "type")
    status = by(test, who, lambda: list(os.stat(mnt))[:7])
    equal((status[0], status[6]), (stat.S_IFREG | 0o666, 4 << 30), "mode and size")
    equal(by(test, who, read, mnt, 0, 4096), "00" * 4096, "what is read")
    equal(by(test, who, write, mnt, 10, "ffff"), 2, "bytes written")
    equal(by(test, who, read, mnt, 0, 4096), "00" * 4096, "what is read afterwards")
    equal(by(test, who, read, mnt, (4 << 30) - 2, 10), "0000", "what is read at the end")
    test.unmount(mnt)
    service.wait_end([0])
    equal(os.stat(mnt).st_size, 16, "the file below")


@case("null: a folder as mount point is refused")
def _(test):
    service = test.activate("null")
    mnt = test.directory("mnt")
    refused(test, service, test.helper(mnt, "-t", "null"), mnt)


@case("{}: a file as mount point is refused", *SINGLE_FILE)
def _(test, program):
    service, home, _, _ = prepare(test, program, ROOT)
    point = f"{home}/file"
    test.image(point, 16)
    refused(test, service, test.helper(f"{home}/image", point, "-t", program), point)


@case("paths relative to the start directory work for {}", ROOT, USER)
def _(test, who):
    service, home, content, mnt = prepare(test, "service_ll", who)
    test.helper("image", "mnt", "-t", "fuse.service_ll", who=who, cwd=home).is_exit(0)
    equal(by(test, who, read, f"{mnt}/single_file"), content.hex(), "what is read")
    test.unmount(mnt)
    service.wait_end([0])


@case("names with blanks, commas, backslashes and bytes beyond ASCII work")
def _(test):
    service = test.activate("service_ll")
    home = test.directory("a b,c\\d\udcff\u00e4", USER_ID, 0o700)
    content = test.image(f"{home}/im,age", owner=USER_ID)
    mnt = f"{home}/m\\n,t"
    os.mkdir(mnt)
    os.chown(mnt, USER_ID, USER_ID)
    test.helper(f"{home}/im,age", mnt, "-t", "service_ll", who=USER).is_exit(0)
    equal(test.as_user(read, f"{mnt}/single_file"), content.hex(), "what is read")
    test.unmount(mnt)
    service.wait_end([0])


@case("the caller's mount options are on the mount")
def _(test):
    service, _, _, mnt = mount(test, "service_ll", USER, "-o", "noexec,noatime", "-osync")
    options = set(test.the_mount(mnt).options)
    check({"noexec", "noatime", "nosuid", "nodev"} <= options, f"options {options}")
    test.unmount(mnt)
    service.wait_end([0])


@case("suid and dev are root's to say: {}", ROOT, USER)
def _(test, who):
    service, _, _, mnt = mount(test, "service_ll", who, "-o", "suid,dev")
    options = set(test.the_mount(mnt).options)
    equal(options & {"nosuid", "nodev"}, set() if who == ROOT else {"nosuid", "nodev"}, "options")
    test.unmount(mnt)
    service.wait_end([0])


@case("allow_other by root lets others in")
def _(test):
    service = test.activate("service_ll")
    content = test.image(f"{test.folder}/image")
    mnt = test.directory("mnt")
    test.helper(f"{test.folder}/image", mnt, "-t", "service_ll", "-o", "allow_other").is_exit(0)
    equal(test.as_user(read, f"{mnt}/single_file"), content.hex(), "what another user reads")
    test.unmount(mnt)
    service.wait_end([0])


@case("allow_other by an ordinary user is refused without user_allow_other")
def _(test):
    service, home, _, mnt = prepare(test, "service_ll", USER)
    refused(test, service, test.helper(
        f"{home}/image", mnt, "-t", "service_ll", "-o", "allow_other", who=USER), "allow_other")


@case("allow_other by an ordinary user works with user_allow_other")
def _(test):
    test.configure("user_allow_other\n")
    service, _, content, mnt = mount(test, "service_ll", USER, "-o", "allow_other")
    equal(read(f"{mnt}/single_file"), content.hex(), "what root reads")
    check("allow_other" in test.the_mount(mnt).super_options, "allow_other is missing")
    test.unmount(mnt)
    service.wait_end([0])


@case("mount_max bounds the mounts of ordinary users")
def _(test):
    test.configure("mount_max = 0\n")
    service, home, _, mnt = prepare(test, "service_ll", USER)
    refused(test, service, test.helper(f"{home}/image", mnt, "-t", "service_ll", who=USER))


@case("an ordinary user unmounts with fusermount3")
def _(test):
    service, _, _, mnt = mount(test, "service_ll", USER)
    try:
        result = test.run(["fusermount3", "-u", mnt], USER)
    except FileNotFoundError as e:
        raise Skip("fusermount3 is not installed") from e
    result.is_exit(0)
    test.not_mounted()
    service.wait_end([0])


@case("{}: a lazy unmount lets open files go on, then the service ends", *SINGLE_FILE)
def _(test, program):
    service, _, content, mnt = mount(test, program, ROOT)
    fd = os.open(f"{mnt}/single_file", os.O_RDWR)
    try:
        test.unmount(mnt, MNT_DETACH)
        equal(os.pread(fd, 4096, 8192), content[8192:12288], "what is read after it")
        equal(len(service.instances()), 1, "instances")
    finally:
        os.close(fd)
    service.wait_end([0])


@case("a service that is killed leaves ENOTCONN and a mount that can be unmounted")
def _(test):
    service, _, _, mnt = mount(test, "service_ll", USER)
    [pid] = service.instances()
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not service.instances(), "the service to die")

    def answer():
        try:
            return test.as_user(os.listdir, mnt)
        except OSError as e:
            return e.errno
    # A request that was under way at its death ends with ECONNABORTED.
    wait_for(lambda: answer() == errno.ENOTCONN, "ENOTCONN")
    test.unmount(mnt)


@case("{}: SIGTERM ends it cleanly", *SINGLE_FILE)
def _(test, program):
    service, _, _, mnt = mount(test, program, ROOT)
    [pid] = service.instances()
    os.kill(pid, signal.SIGTERM)
    service.wait_end([0])
    test.unmount(mnt)


@case("two users' mounts of one type live side by side")
def _(test):
    service, home, content, mnt = mount(test, "service_ll", USER)
    other = test.image(f"{test.folder}/other", 8192)
    point = test.directory("point")
    test.helper(f"{test.folder}/other", point, "-t", "service_ll").is_exit(0)
    equal(len(service.instances()), 2, "instances")
    equal(read(f"{point}/single_file"), other.hex(), "root's content")
    equal(test.as_user(read, f"{mnt}/single_file"), content.hex(), "the user's content")
    test.unmount(point)
    wait_for(lambda: len(service.instances()) == 1, "one instance to end")
    equal(test.as_user(read, f"{mnt}/single_file"), content.hex(), "the user's content")
    test.unmount(mnt)
    service.wait_end([0, 0])


@case("20 mounts one after the other leave nothing")
def _(test):
    service, home, content, mnt = prepare(test, "service_ll", USER)
    for _ in range(20):
        test.helper(f"{home}/image", mnt, "-t", "service_ll", who=USER).is_exit(0)
        equal(test.as_user(read, f"{mnt}/single_file", 0, 16), content[:16].hex(), "content")
        test.unmount(mnt)
    service.wait_end([0] * 20)


BAD_LINES = {
    "an unknown option": ["{image}", "{mnt}", "-o", "nonsense"],
    "an unknown word": ["{image}", "{mnt}", "--nonsense"],
    "a third operand": ["{image}", "{mnt}", "{mnt}"],
    "no image": ["{mnt}"],
    "an image that is not there": ["{image}.none", "{mnt}"],
    "a mount point that is not there": ["{image}", "{mnt}.none"],
    "a folder as image": ["{mnt}", "{mnt}"],
    "a block size that is no power of two": ["{image}", "{mnt}", "-o", "blocksize=1000"],
    "a block size below 512": ["{image}", "{mnt}", "-o", "blocksize=256"],
    "a size that is no multiple of the block size": ["{image}", "{mnt}", "-o", "size=512"],
    "a size over the image's": ["{image}", "{mnt}", "-o", "size=1g"],
    "a size that overflows": ["{image}", "{mnt}", "-o", "size=99999999999t"],
    "a size with two suffixes": ["{image}", "{mnt}", "-o", "size=4kk"],
}


@case("{}: {} is refused, and nothing is mounted",
      *[(program, what) for program in SINGLE_FILE for what in BAD_LINES])
def _(test, program, what):
    service, home, content, mnt = prepare(test, program, ROOT)
    words = [w.format(image=f"{home}/image", mnt=mnt) for w in BAD_LINES[what]]
    refused(test, service, test.helper(*words, "-t", program))
    equal(read(f"{home}/image"), content.hex(), "the image")


@case("null: a second operand is refused")
def _(test):
    service = test.activate("null")
    test.image(f"{test.folder}/a", 16)
    test.image(f"{test.folder}/b", 16)
    refused(test, service,
            test.helper(f"{test.folder}/a", f"{test.folder}/b", "-t", "null"))


@case("{}: an empty image is refused", *SINGLE_FILE)
def _(test, program):
    service, home, _, mnt = prepare(test, program, ROOT, size=0)
    refused(test, service, test.helper(f"{home}/image", mnt, "-t", program))


@case("{}: {} prints its text on the service's side, and the helper exits 1",
      *[(program, option) for program in SINGLE_FILE for option in ("-h", "-V")])
def _(test, program, option):
    service = test.activate(program)
    test.helper("-t", program, option).is_exit(1)
    service.wait_end([0])
    contains(service.output(), program if option == "-h" else "version", "the service's text")
    test.not_mounted()


def forbidden(test, make, program="service_ll"):
    """A mount point that an ordinary user may not use."""
    service = test.activate(program)
    home = test.home()
    test.image(f"{home}/image", owner=USER_ID)
    mnt = make(test)
    source = [] if program == "null" else [f"{home}/image"]
    refused(test, service, test.helper(*source, mnt, "-t", program, who=USER), mnt)


@case("an ordinary user may not mount on a folder that he cannot write to")
def _(test):
    forbidden(test, lambda test: test.directory("mnt"))


@case("an ordinary user may not mount on another's sticky folder")
def _(test):
    forbidden(test, lambda test: test.directory("mnt", 0, 0o1777))


@case("an ordinary user may not mount on another's file")
def _(test):
    def make(test):
        test.image(f"{test.folder}/file", 16, mode=0o666)
        return f"{test.folder}/file"
    forbidden(test, make, "null")


@case("an ordinary user may not mount on proc")
def _(test):
    forbidden(test, lambda test: "/proc/self")


@case("a sticky folder of the user's own is a fine mount point")
def _(test):
    service, home, _, _ = prepare(test, "service_ll", USER)
    mnt = test.directory("sticky", USER_ID, 0o1777)
    test.helper(f"{home}/image", mnt, "-t", "service_ll", who=USER).is_exit(0)
    test.unmount(mnt)
    service.wait_end([0])


@case("without the set-user-id bit an ordinary user gets a clear error")
def _(test):
    service, home, _, mnt = prepare(test, "service_ll", USER)
    result = test.run([test.world.helper, f"{home}/image", mnt, "-t", "service_ll"], USER)
    result.is_exit(1)
    check(result.err.strip(), "a message is missing")
    test.not_mounted()


@case("{}: started by hand it refuses and touches nothing", *SINGLE_FILE)
def _(test, program):
    content = test.image(f"{test.folder}/image")
    mnt = test.directory("mnt")
    result = test.run([test.program(program), f"{test.folder}/image", mnt])
    check(result.status > 0, f"{result!r}")
    test.not_mounted()
    equal(read(f"{test.folder}/image"), content.hex(), "the image")


@case("null: started by hand it is an ordinary FUSE program")
def _(test):
    mnt = f"{test.folder}/file"
    test.image(mnt, 16)
    process = test.start([test.program("null"), "-f", mnt])
    wait_for(lambda: process.poll() is not None or test.mounts(mnt), "the mount")
    status = os.stat(mnt)
    equal((status.st_mode, status.st_size), (stat.S_IFREG | 0o644, 4 << 30), "mode and size")
    test.unmount(mnt)
    equal(process.wait(20), 0, "exit status")
    process.communicate()


if __name__ == "__main__":
    sys.exit(main())
