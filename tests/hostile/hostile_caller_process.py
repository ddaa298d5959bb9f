#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""A hostile caller starts the helper in a state of his choice, and reaches for its processes."""

import ctypes
import errno
import os
import resource
import shutil
import signal
import socket
import stat
import sys
import threading
import time

import terminal
from stage import (ALL, BOTH, MNT_DETACH, MS_BIND, PR_SET_NO_NEW_PRIVS, ROOT, SOON, USER, USER_ID,
                   USERS, NoConnection, Skip, Talk, TinyFuse, attack, check, contains, end, equal,
                   execute, is_utab, libc, main, must, open_files, processes, refused, status_of, visible,
                   wait_for, wire)

CLONE_NEWUSER, CLONE_NEWNS = 0x10000000, 0x00020000
PTRACE_TRACEME, PTRACE_CONT, PTRACE_ATTACH, PTRACE_SEIZE = 0, 7, 16, 0x4206
PR_SET_DUMPABLE = 4
SYS_PIDFD_OPEN, SYS_PIDFD_GETFD = 434, 438
FS_ROOT_CAPS = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
CAP_SYS_ADMIN = 1 << 21


# Open files


@attack("every file descriptor from 3 to 255 is open, and {}", "the root folder", "a secret",
        "the image for writing", who=ALL)
def _(a, what):
    path = {"the root folder": "/", "a secret": a.file(f"{a.folder}/secret"),
            "the image for writing": a.image_path}[what]
    fd = os.open(path, os.O_RDWR if "writing" in what else os.O_RDONLY)

    def fill():
        for number in range(3, 256):
            if number != fd:
                os.dup2(fd, number)
        os.set_inheritable(fd, True)
    try:
        talk = a.talk(preexec_fn=fill, close_fds=False, operands=["missing", a.mnt])
    finally:
        os.close(fd)
    for pid in talk.settled():
        files = open_files(pid)
        check(path not in files.values(), f"inherited by {pid}: {files}")
        check(len(files) < 24, f"process {pid} holds {files}")
    talk.still_works()
    a.image_untouched()


CLOSED = [tuple(n for n in range(3) if bits >> n & 1) for bits in range(8)]


@attack("standard files {} are closed", *[(c,) for c in CLOSED])
def _(a, closed):
    def shut():
        for fd in closed:
            os.close(fd)
    talk = a.talk("-o", f"log={a.file(f'{a.home_dir}/log', owner=a.id)}", preexec_fn=shut)
    for path in (a.image_path, f"{a.home_dir}/log"):
        equal(talk.service.open(path, os.O_RDWR)[0], 0, "OPEN")
    for pid in talk.settled():
        for fd in closed:
            check(open_files(pid).get(fd) in ("/dev/null", "/dev/full"),  # the C library's choice
                  f"process {pid}: {open_files(pid)}")
    for value in ("\x1b", "a\nb", "/x"):
        refused(talk.service.source(value), "SOURCE")
    talk.describe()
    equal(talk.service.mount(), 0, "MOUNT")
    talk.service.bye(1)
    equal(talk.wait()[0], 1, "exit status")
    a.nothing_mounted()
    a.image_untouched()
    equal(open(f"{a.home_dir}/log", encoding="utf-8").read(), "secret\n", "the log")


@attack("all standard files are closed, and the image is a block device", who=(ROOT,))
def _(a):
    content = a.image(f"{a.folder}/disk", 1 << 20)
    device = a.loop(f"{a.folder}/disk")
    talk = a.talk(operands=[device, a.mnt], preexec_fn=lambda: [os.close(n) for n in range(3)])
    equal(talk.service.open_bdev(device, os.O_RDWR)[0], 0, "OPEN_BDEV")
    for _ in range(5):
        refused(talk.service.source("\x1b"), "SOURCE")
    talk.service.bye(1)
    equal(talk.wait()[0], 1, "exit status")
    with open(device, "rb") as f:
        check(f.read(1 << 20) == content, "the device was written to")


@attack("all standard files are closed, and it refuses to start", who=ALL)
def _(a):
    process = a.spawn("--nonsense", preexec_fn=lambda: [os.close(n) for n in range(3)])
    equal(process.wait(SOON), 1, "exit status")
    end(process)


# Command line


def run_with(a, argv, environment=()):
    """The helper with this argv, and nothing else."""
    program = a.helper_words([], a.who)[0]
    return a.attempt(preexec_fn=lambda: execute(program, argv, list(environment)))


@attack("argv is {}", ("nothing at all", []), ("an empty name", [""]),
        ("a name only", ["fuservicemount3"]), ("an escape as name", ["\x1b[2J\x1b]0;x\a"]),
        ("-t as name", ["-t"]), ("--help as name", ["--help"]), ("--version as name", ["--version"]),
        ("a long name", ["x" * 100000]), ("a name of another program", ["fusermount3", "-u", "/"]),
        who=ALL)
def _(a, _what, argv):
    result = run_with(a, argv).is_exit(1)
    check(result.err.strip() and not result.out, f"{result!r}")
    a.nothing_mounted()


@attack("argv has no name, but words behind it", who=ALL)
def _(a):
    program = a.helper_words([], a.who)[0]
    talk = a.talk(start=lambda *words: a.spawn(
        preexec_fn=lambda: execute(program, ["", *words], [])))
    equal(talk.service.args, ["scripted", a.image_path, a.mnt], "arguments")
    talk.still_works()


TYPES = {"nothing": "", "a dot": ".", "two dots": "..", "a way out": "../../etc/passwd",
         "an absolute path": "/tmp/socket", "a slash": "a/b", "a hidden name": ".hidden",
         "an option": "-x", "a newline": "x\ny", "an escape": "\x1b[31m", "only a prefix": "fuse.",
         "another prefix": "fuseblk.", "a path behind a prefix": "fuse./x", "two prefixes and a path":
         "fuse.fuse./x", "a high byte": "x\udcff", "101 characters": "x" * 101,
         "100000 characters": "x" * 100000, "an option behind a prefix": "fuse.-x",
         "a blank": "a b", "percent signs": "%s%n"}


@attack("-t is {}", *TYPES)
def _(a, what):
    result = a.attempt(a.image_path, a.mnt, "-t", TYPES[what]).is_exit(1)
    check(result.err.strip(), "a message is missing")
    check(len(result.err) < 4096, "an endless message")
    a.nothing_mounted()


@attack("a command line of 100000 words", who=ALL)
def _(a):
    talk = a.talk(operands=[*["a"] * 100000, a.mnt])
    equal(len(talk.service.args), 100002, "arguments")
    talk.still_works()


@attack("a command line of {}", "12 words of 100 KB", "130000 words", "200000 empty words")
def _(a, what):
    words = {"12 words of 100 KB": ["w" * 100000] * 12, "130000 words": ["x"] * 130000,
             "200000 empty words": [""] * 200000}[what]
    a.listen()
    result = a.attempt(*words, a.mnt, "-t", "scripted").is_exit(1)
    contains(result.err, "1 MiB", "message")
    a.nothing_mounted()


@attack("-o with 100000 options and one of 120 KB")
def _(a):
    talk = a.talk("-o", "x," * 50000 + "ro", "-o", "y" * 120000)
    check("ro" in talk.still_works().options, "ro was lost")


@attack("operands and options with escapes reach messages", who=ALL)
def _(a):
    odd = f"{a.home_dir}/\x1b[31m\n\x9b\udcff"
    talk = a.talk("-o", "x=\x1b", operands=[odd, a.mnt])
    refused(talk.service.open(odd)[0], "OPEN")
    contains(talk.dies(), "\\x1b[31m\\x0a", "message")


@attack("the mount point's name holds escapes and looks like lines of mountinfo", who=ALL)
def _(a):
    a.configure("mount_max = 1\n")
    odd = a.make(f"{a.home_dir}/x - fuse.y z rw\n99 1 0:1 . . rw - fuse.q \x1b[2J")
    talk = a.talk(operands=[a.image_path, odd])
    equal(talk.service.source("s"), 0, "SOURCE")
    equal(talk.service.mntpt(odd), 0, "MNTPT")
    equal(talk.service.mount(), 0, "MOUNT")
    talk.service.bye(0)
    talk.ends(0)
    second = Talk(a, [a.image_path, a.mnt], listener=talk.listener).describe()
    equal(second.service.mount() != 0, a.is_user, "MOUNT of one more")
    second.service.close()
    equal(second.wait()[0], 1, "exit status")
    found = [m for m in a.fuse_mounts()]
    equal(len(found), 1, "mounts")
    a.unmount(odd, MNT_DETACH)


# Environment


VARIABLES = {"LD_PRELOAD": "/nonexistent.so", "LD_AUDIT": "/nonexistent.so", "LD_DEBUG": "all",
             "LD_DEBUG_OUTPUT": "{}/out", "LD_LIBRARY_PATH": "{}", "GCONV_PATH": "{}",
             "LOCPATH": "{}", "LANGUAGE": "{}", "NLSPATH": "{}/%N", "MALLOC_TRACE": "{}/out",
             "MALLOC_CHECK_": "3", "MALLOC_PERTURB_": "255", "GLIBC_TUNABLES":
             "glibc.malloc.check=3:glibc.malloc.mxfast=x", "TZ": "{}/zone", "TMPDIR": "{}",
             "LISTEN_FDS": "4", "NOTIFY_SOCKET": "{}/socket", "LISTEN_PID": "1",
             "LIBMOUNT_DEBUG": "all", "LIBMOUNT_UTAB": "{}/utab", "LIBMOUNT_FSTAB": "{}/fstab",
             "PATH": "{}", "IFS": "x", "FUSE_KERN_DEVICE": "{}/device", "LC_ALL": "\x1b[31m"}


@attack("the environment has {}", *VARIABLES, who=USERS)
def _(a, name):
    trap = a.make(f"{a.home_dir}/trap", mode=0o777)
    device = a.file(f"{trap}/device", owner=a.id, mode=0o666)
    talk = a.talk("-o", "x-hostile.test", env={name: VARIABLES[name].format(trap)})
    equal(os.fstat(talk.service.fusedev).st_rdev, os.makedev(10, 229), "the fuse device")
    equal(talk.service.mtabopts("x-hostile.test"), 0, "MTABOPTS")
    equal(talk.still_works().err, "", "stderr")
    equal(os.listdir(trap), ["device"], "files in the trap")
    equal(open(device, encoding="utf-8").read(), "secret\n", "the device")


@attack("the environment is 1 MB of nonsense without any =", who=ALL)
def _(a):
    program, words = a.helper_words([], a.who)[0], ["x", "--version"]
    result = a.attempt(preexec_fn=lambda: execute(
        program, words, ["\x1b" + "A" * 100000] * 10 + ["", "="])).is_exit(0)
    check("\x1b" not in result.out + result.err, "it was printed")


@attack("FUSE_KERN_DEVICE of root's is {}", "no fuse device", "the image", "missing", "a folder",
        who=(ROOT,))
def _(a, what):
    device = {"no fuse device": "/dev/null", "the image": a.image_path, "missing": "/nonexistent",
              "a folder": "/etc"}[what]
    talk = a.talk(greet=False, env={"FUSE_KERN_DEVICE": device})
    try:
        talk.service.handshake()
        talk.describe()
        equal(talk.service.mount(), errno.EINVAL, "MOUNT")
        talk.service.close()
    except wire.Closed:
        pass
    talk.fails()
    a.image_untouched()


# Signals, masks, timers


def ignore_all():
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass


def block_all():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))


@attack("all signals are {0} on entry, then {1}", *[
    (how, name) for how in ("ignored", "blocked", "both") for name in ("SIGTERM", "SIGINT", "SIGHUP")])
def _(a, how, name):
    def prepare():
        if how != "blocked":
            ignore_all()
        if how != "ignored":
            block_all()
    talk = a.mounted(preexec_fn=prepare, restore_signals=False)
    before = talk.settled()
    a.as_caller(os.kill, talk.pid, signal.Signals[name])
    equal(talk.process.wait(SOON), 1, "exit status")
    a.nothing_mounted(SOON)
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)


@attack("all signals are ignored and blocked on entry, and the work goes on as ever", who=ALL)
def _(a):
    talk = a.talk("-o", "x-hostile.test", preexec_fn=lambda: (ignore_all(), block_all()),
                  restore_signals=False)
    equal(talk.service.mtabopts("x-hostile.test"), 0, "MTABOPTS")
    talk.still_works()


@attack("{} is blocked and pending on entry", "SIGTERM", "SIGKILL's neighbour SIGUSR1", "SIGXFSZ",
        "SIGALRM", "SIGPIPE", "SIGCHLD")
def _(a, name):
    number = signal.Signals[name.split()[-1]]

    def prepare():
        block_all()
        os.kill(os.getpid(), number)
    a.listen()
    process = a.spawn(a.image_path, a.mnt, "-t", "scripted", "--timeout", preexec_fn=prepare)
    a.cleanup.append(lambda: end(process))
    time.sleep(0.1)
    if process.poll() is None:
        process.kill()
    status = process.wait(SOON)
    check(status != 0, "exit status 0")
    a.nothing_mounted(SOON)


@attack("{} runs on entry", "an alarm of 1 s", "a virtual timer", "a profiling timer",
        "a repeating alarm", who=ALL)
def _(a, what):
    which = {"a virtual timer": signal.ITIMER_VIRTUAL, "a profiling timer": signal.ITIMER_PROF}.get(
        what, signal.ITIMER_REAL)
    # Time of its own for the two others: more than it takes to start (a sanitizer takes long),
    # less than what follows.
    first = 1 if which == signal.ITIMER_REAL else 0.5 if a.world.sanitized else 0.03

    talk = a.talk(preexec_fn=lambda: signal.setitimer(which, first, 0.001))
    time.sleep(1.2 if which == signal.ITIMER_REAL else 0.1)
    for _ in range(200 if which == signal.ITIMER_REAL else 3000):
        talk.service.open("/etc/x", request_flags=wire.OPEN_QUIET)
    talk.still_works()


@attack("umask {:#o} on entry", 0, 0o777, 0o027, who=ALL)
def _(a, umask):
    talk = a.talk(umask=umask)
    talk.settled()
    for lock in [f for f in open_files(talk.mounter()).values() if "lock" in f]:
        found = os.stat(lock)
        equal((stat.S_IMODE(found.st_mode), found.st_uid), (0o600, 0), "the lock file")
    talk.still_works()


# Limits


LIMITS = {"NOFILE": (0, 3, 10, 64, 256, 600), "FSIZE": (0, 1000, 100000), "AS": (6 << 20, 15 << 20),
          "DATA": (0, 1 << 16, 1 << 21), "STACK": (1 << 16, 1 << 18), "CPU": (1,), "NPROC": (0, 1, 2),
          "CORE": (0,), "MEMLOCK": (0,), "SIGPENDING": (0,), "MSGQUEUE": (0,), "NICE": (0,),
          "RTPRIO": (0,), "RSS": (0,)}


def whole_or_nothing(a, words, **more):
    """It refuses clearly before it says a word, or all goes well. The exit status."""
    try:
        talk = Talk(a, [*words, a.mnt], **more)
    except NoConnection as e:
        check(e.result.status != 0, "exit status 0 without a connection")
        check(e.result.status < 0 or e.result.err.strip(), "a message is missing")
        a.nothing_mounted()
        return e.result.status
    for word in words:
        if word.startswith(a.home_dir):
            equal(talk.service.open(word)[0], 0, "OPEN")
    talk.still_works()
    return 0


def many_words(a):
    names = [a.file(f"{a.home_dir}/f{i}", owner=a.id) for i in range(250)]
    return [*names, *["-x" + "y" * 100000] * 3]


@attack("the hard limit {0} is {1}", *[(n, v) for n, values in LIMITS.items() for v in values],
        who=ALL)
def _(a, name, value):
    number = getattr(resource, f"RLIMIT_{name}")
    if a.world.sanitized and name in ("AS", "DATA", "STACK"):
        raise Skip("a sanitizer needs more memory")

    def limit():
        resource.setrlimit(number, (value, value))
    words = [a.image_path] if name == "STACK" else many_words(a)
    status = whole_or_nothing(a, words, preexec_fn=limit)
    check(status in (0, 1) or (name in ("AS", "DATA", "STACK") and status < 0) or name == "NOFILE",
          f"exit status {status}")
    a.image_untouched()


@attack("the soft limit {} is nearly nothing, the hard one is high", "NOFILE", "FSIZE", "CPU",
        "MEMLOCK", "NPROC", "CORE", who=ALL)
def _(a, name):
    number = getattr(resource, f"RLIMIT_{name}")
    soft = {"NOFILE": 6, "CPU": 1}.get(name, 0)

    def limit():
        _, hard = resource.getrlimit(number)
        resource.setrlimit(number, (soft, hard))
    equal(whole_or_nothing(a, many_words(a), preexec_fn=limit), 0, "exit status")


@attack("a limit that the helper refuses is named", who=ALL)
def _(a):
    result = a.refuses(a.image_path, a.mnt, preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_NOFILE, (20, 20)))
    contains(result.err, "open files", "message")


# Where it starts


@attack("the start directory is deleted", who=ALL)
def _(a):
    gone = a.make(f"{a.home_dir}/gone")
    talk = a.talk(operands=["rel", a.image_path, a.mnt], cwd=gone,
                  preexec_fn=lambda: os.rmdir(gone))
    refused(talk.service.open("rel")[0], "OPEN of a relative name")
    refused(talk.service.open("rel", os.O_RDWR | os.O_CREAT, 0o600)[0], "O_CREAT there")
    equal(talk.service.open(a.image_path)[0], 0, "OPEN of an absolute name")
    talk.still_works()


@attack("the start directory is one that the caller cannot search", who=USERS)
def _(a):
    locked = a.directory("locked", mode=0o700)
    a.file(f"{locked}/secret", mode=0o666)
    talk = a.talk(operands=["secret", a.image_path, a.mnt], cwd=locked)
    equal(talk.service.open("secret")[0], errno.EACCES, "OPEN of what he cannot reach")
    refused(talk.service.open("secret", os.O_RDWR | os.O_CREAT)[0], "O_CREAT there")
    equal(talk.service.open(a.image_path)[0], 0, "OPEN of an absolute name")
    talk.still_works()


@attack("the mount point is a relative name in a start directory that the caller cannot search",
        who=USERS)
def _(a):
    locked = a.directory("locked", mode=0o700)
    a.make(f"{locked}/point", mode=0o777)
    talk = a.talk(operands=[a.image_path, "point"], cwd=locked)
    equal(talk.service.mntpt("point"), errno.EACCES, "MNTPT")
    talk.dies()


class Switch(TinyFuse):
    """Answers as long as `go` is set."""

    def __init__(self, fd):
        self.go = threading.Event()
        self.go.set()
        super().__init__(fd)

    def _answer(self, opcode):
        self.go.wait()
        return super()._answer(opcode)


@attack("the start directory lies on a FUSE mount that hangs", who=USERS)
def _(a):
    below = a.mounted()
    server = Switch(below.service.fusedev)
    below.service.bye(0)
    below.ends(0)
    other = a.make(f"{a.home_dir}/other")

    def enter():
        os.chdir(a.mnt)
        os.write(writer, b"x")
        os.read(reader, 1)
    (reader, to_child), (from_child, writer) = os.pipe(), os.pipe()
    hang = threading.Thread(target=lambda: (os.read(from_child, 1), server.go.clear(),
                                            os.write(to_child, b"x")))
    hang.start()
    try:
        talk = Talk(a, [a.image_path, other], listener=below.listener, preexec_fn=enter)
        equal(talk.service.open(a.image_path)[0], 0, "OPEN of an absolute name")
        talk.describe(other)
        equal(talk.service.mount(), 0, "MOUNT")
        talk.service.bye(0)
        talk.ends(0)
    finally:
        hang.join()
        for fd in (reader, writer, to_child, from_child):
            os.close(fd)
    a.unmount(other, MNT_DETACH)
    a.unmount(a.mnt, MNT_DETACH | 1)
    server.go.set()
    below.service.close()
    check(server.join(), "somebody still holds the mount")


def become_user():
    os.setgroups([])
    os.setresgid(USER_ID, USER_ID, USER_ID)
    os.setresuid(USER_ID, USER_ID, USER_ID)


@attack("chroot into a folder with {}", "nothing", "a forged /proc", "a forged fuse device", who=BOTH)
def _(a, what):
    root = a.directory("root")
    for name in ("bin", "dev", "proc", "run", "mnt", "etc"):
        os.mkdir(f"{root}/{name}")
    os.chown(f"{root}/mnt", a.id, a.id)
    for name in ("usr", "lib", "lib64"):  # a dynamic helper needs its libraries
        if os.path.isdir(f"/{name}"):
            os.mkdir(f"{root}/{name}")
            a.mount(f"/{name}", f"{root}/{name}", None, MS_BIND)
    helper = a.helper_words([], a.who)[0]
    shutil.copy(helper, f"{root}/bin/helper")
    os.chmod(f"{root}/bin/helper", stat.S_IMODE(os.stat(helper).st_mode))
    if what == "a forged /proc":
        os.makedirs(f"{root}/proc/self/fd")
        a.file(f"{root}/proc/self/mountinfo", "")
    if what == "a forged fuse device":
        os.mkdir(f"{root}/dev/pts")
        a.file(f"{root}/dev/fuse", mode=0o666)
    os.makedirs(root + a.world.socket_dir)
    listener = a.listen()
    os.link(f"{a.world.socket_dir}/scripted", f"{a.world.socket_dir}/other")
    a.cleanup.append(lambda: os.unlink(f"{a.world.socket_dir}/other"))
    a.mount(a.world.socket_dir, root + a.world.socket_dir, None, MS_BIND)

    def prepare():
        os.chroot(root)
        os.chdir("/")
        if a.is_user:
            become_user()
        execute("/bin/helper", ["helper", "/mnt", "-t", "scripted"], [])
    process = a.spawn(who=ROOT, preexec_fn=prepare)
    a.cleanup.append(lambda: end(process))
    equal(process.wait(5), 1, "exit status")
    visible(process.stderr.read().decode())
    listener.close()
    a.nothing_mounted()


# Without privilege, or pretending to have some


def no_new_privs():
    must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


@attack("no_new_privs is set on entry", who=USERS)
def _(a):
    a.refuses(a.image_path, a.mnt, preexec_fn=no_new_privs, says=["no_new_privs"])


@attack("no_new_privs is set on entry, and the caller is root", who=(ROOT,))
def _(a):
    a.talk(preexec_fn=no_new_privs).still_works()


def own_namespaces(flags, root=True):
    """For use in a child: a user namespace in which this user is root, or nobody."""
    must(libc.unshare(CLONE_NEWUSER | flags))
    must(libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {USER_ID} 1"),
                       ("gid_map", f"0 {USER_ID} 1")):
        if root:
            with open(f"/proc/self/{name}", "w", encoding="utf-8") as f:
                f.write(text)


@attack("a user namespace of the caller's own, in which he is {}", "nobody", "root", who=USERS)
def _(a, what):
    a.refuses(a.image_path, a.mnt, preexec_fn=lambda: own_namespaces(0, what == "root"),
              says=["user namespace"])


@attack("a user and a mount namespace of the caller's own: nothing gets out of them", who=USERS)
def _(a):
    try:
        talk = a.described(preexec_fn=lambda: own_namespaces(CLONE_NEWNS))
    except NoConnection as e:
        e.result.is_exit(1)
        return
    talk.service.mount()
    a.nothing_mounted()
    talk.service.close()
    equal(talk.wait()[0], 1, "exit status")


def trace_start(helper, words, folder):
    """As an ordinary user: start the helper under ptrace, and let it run. Its exit status."""
    pid = os.fork()
    if pid == 0:
        log = os.open(f"{folder}/traced.err", os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(log, 2)
        libc.ptrace(PTRACE_TRACEME, 0, None, None)
        os.execv(helper, [helper, *words])
    while True:
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            return os.waitstatus_to_exitcode(status)
        libc.ptrace(PTRACE_CONT, pid, None, None)


@attack("a debugger runs it from its first instruction", who=USERS)
def _(a):
    listener = a.listen()
    helper = a.helper_words([], a.who)[0]
    status = a.as_user(trace_start, helper, [a.image_path, a.mnt, "-t", "scripted"], a.home_dir)
    equal(status, 1, "exit status")
    with open(f"{a.home_dir}/traced.err", encoding="utf-8") as f:
        contains(f.read(), "traced", "message")
    listener.setblocking(False)
    try:
        listener.accept()
        raise AssertionError("it connected")
    except BlockingIOError:
        a.nothing_mounted()


# Its processes


def ptrace_of(pid, request):
    ctypes.set_errno(0)
    if libc.ptrace(request, pid, None, None) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def steal_file(pid, fd):
    handle = must(libc.syscall(SYS_PIDFD_OPEN, pid, 0))
    return must(libc.syscall(SYS_PIDFD_GETFD, handle, fd, 0))


def read_memory(pid, address):
    """process_vm_readv(2) of 16 bytes."""
    class Vector(ctypes.Structure):
        _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))
    buffer = ctypes.create_string_buffer(16)
    ours = Vector(ctypes.cast(buffer, ctypes.c_void_p), 16)
    return must(libc.process_vm_readv(pid, ctypes.byref(ours), 1,
                                      ctypes.byref(Vector(address, 16)), 1, 0))


def list_of(pid, name):
    return os.listdir(f"/proc/{pid}/{name}")


def link_of(pid, name):
    return os.readlink(f"/proc/{pid}/{name}")


def bytes_of(pid, name):
    with open(f"/proc/{pid}/{name}", "rb", buffering=0) as f:
        return len(f.read(64) or b"")


def overwrite(pid, name, text):
    with open(f"/proc/{pid}/{name}", "wb", buffering=0) as f:
        return f.write(text)


REACHES = {"PTRACE_ATTACH": lambda pid: ptrace_of(pid, PTRACE_ATTACH),
           "PTRACE_SEIZE": lambda pid: ptrace_of(pid, PTRACE_SEIZE),
           "pidfd_getfd": lambda pid: steal_file(pid, 3),
           "process_vm_readv": lambda pid: read_memory(pid, 0x400000),
           "a look at its open files": lambda pid: list_of(pid, "fd"),
           "a look at its file positions": lambda pid: list_of(pid, "fdinfo"),
           "a look at its mapped files": lambda pid: list_of(pid, "map_files"),
           "its root": lambda pid: list_of(pid, "root/"), "its cwd": lambda pid: link_of(pid, "cwd"),
           "its program": lambda pid: link_of(pid, "exe"),
           "its namespaces": lambda pid: link_of(pid, "ns/mnt"),
           "its memory": lambda pid: bytes_of(pid, "mem"),
           "its memory, to write": lambda pid: overwrite(pid, "mem", b"x"),
           "its maps": lambda pid: bytes_of(pid, "maps"),
           "its environment": lambda pid: bytes_of(pid, "environ"),
           "its auxiliary vector": lambda pid: bytes_of(pid, "auxv"),
           "its stack": lambda pid: bytes_of(pid, "stack"),
           "its system call": lambda pid: bytes_of(pid, "syscall"),
           "its personality": lambda pid: bytes_of(pid, "personality"),
           "its pages": lambda pid: bytes_of(pid, "pagemap"),
           "its core filter": lambda pid: overwrite(pid, "coredump_filter", b"0xff")}


@attack("the caller reaches for a process of the helper: {}", *REACHES, who=USERS)
def _(a, what):
    talk = a.mounted("-o", "x-hostile.test")
    for pid in talk.settled():
        try:
            a.as_user(REACHES[what], pid)
        except OSError as e:
            check(e.errno in (errno.EPERM, errno.EACCES, errno.EFAULT) or
                  (what == "its core filter" and e.errno == errno.ENOENT), f"unexpected {e}")
            check(e.errno != errno.EFAULT, "it got in")
        else:
            raise AssertionError(f"process {pid} was open to that")
    talk.succeeds()


def limit_of(pid):
    resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1))


CONTROLS = {"SIGKILL": lambda pid: os.kill(pid, signal.SIGKILL),
            "SIGSTOP": lambda pid: os.kill(pid, signal.SIGSTOP),
            "SIGTERM": lambda pid: os.kill(pid, signal.SIGTERM),
            "SIGALRM": lambda pid: os.kill(pid, signal.SIGALRM),
            "signal 0": lambda pid: os.kill(pid, 0), "SIGRTMIN": lambda pid: os.kill(pid, 34),
            "prlimit": limit_of}


@attack("the caller wants to control the mounter: {}", *CONTROLS, who=(USER,))
def _(a, what):
    talk = a.mounted("-o", "x-hostile.test")
    others = [pid for pid in talk.settled() if status_of(pid)["Uid"].split()[0] == "0"]
    check(talk.mounter() in others, "the mounter belongs to the caller")
    for pid in others:
        try:
            a.as_user(CONTROLS[what], pid)
        except PermissionError:
            continue
        raise AssertionError(f"process {pid} took it")
    talk.succeeds()


@attack("the caller kills all that he can", who=(USER,))
def _(a):
    talk = a.mounted()
    before = talk.settled()
    a.as_user(lambda: os.kill(-1, signal.SIGKILL))
    equal(talk.process.wait(SOON), -9, "exit status")
    a.nothing_mounted(SOON)
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)


@attack("the caller stops all that he can, and kills it then", who=(USER,))
def _(a):
    talk = a.mounted()
    before = talk.settled()
    mounter = talk.mounter()
    a.as_user(lambda: os.kill(-1, signal.SIGSTOP))
    check(not status_of(mounter)["State"].startswith("T"), "the mounter was stopped")
    a.as_user(lambda: os.kill(talk.pid, signal.SIGKILL))
    equal(talk.process.wait(SOON), -9, "exit status")
    a.nothing_mounted(SOON)
    a.as_user(lambda: os.kill(-1, signal.SIGKILL))
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)


@attack("{} makes a core file", "SIGSEGV", "SIGABRT", "SIGQUIT", who=ALL)
def _(a, name):
    talk = a.mounted(cwd=a.home_dir, preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))
    for pid in talk.settled():
        with open(f"/proc/{pid}/limits", encoding="utf-8") as f:
            [line] = [line for line in f if line.startswith("Max core file size")]
        equal(line.split()[4:6], ["0", "0"], "core limit")
    os.kill(talk.pid, signal.Signals[name])
    talk.process.wait(SOON)
    a.nothing_mounted(SOON)
    equal(sorted(os.listdir(a.home_dir)), ["image", "mnt"], "files")


@attack("personality {:#x} on entry", 0x0040000, 0x0400000, 0x0100000, 0x4000000, 0x7FC0000,
        who=ALL)
def _(a, value):
    talk = a.talk(preexec_fn=lambda: must(libc.personality(value)))
    for pid in talk.settled():
        with open(f"/proc/{pid}/personality", encoding="utf-8") as f:
            equal(int(f.read(), 16), 0, f"personality of process {pid}")
    talk.still_works()


@attack("what each process has left when the service first speaks", who=ALL)
def _(a):
    talk = a.talk("-o", "x-hostile.test")
    mounter = talk.mounter()
    for pid in talk.settled():
        found = status_of(pid)
        rights = {name: int(found[f"Cap{name}"], 16) for name in ("Inh", "Prm", "Eff", "Amb")}
        equal((rights["Inh"], rights["Amb"]), (0, 0), "inheritable and ambient capabilities")
        equal(rights["Prm"], rights["Eff"], "permitted and effective capabilities")
        equal(found["NoNewPrivs"], "1", f"no_new_privs of {pid}")
        # Who may be debugged belongs to his user; this belongs to root.
        equal(os.stat(f"/proc/{pid}/environ").st_uid, 0, f"owner of the memory of {pid}")
        uids = found["Uid"].split()
        if pid == mounter:
            equal(rights["Prm"], CAP_SYS_ADMIN, "capabilities of the mounter")
            wanted = {USER: ["0", str(USER_ID), "0", str(USER_ID)]}.get(a.who, [str(a.id)] * 4)
            equal(uids, wanted, "uids of the mounter")
            equal({open_files(pid)[fd] for fd in range(3)}, {"/dev/null"}, "its standard files")
            equal(os.getsid(pid), pid, "its session")
        else:
            allowed = FS_ROOT_CAPS if a.who == ROOT else 0
            check(not rights["Prm"] & ~allowed, f"capabilities {rights['Prm']:#x} of {pid}")
        check(found["Seccomp"] == "2" or is_utab(found), f"process {pid} is not confined")
    session = status_of(talk.pid)
    equal(session["Uid"].split(), [str(a.id)] * 4, "uids of the session")
    equal(session["Gid"].split(), [str(a.id)] * 4, "gids of the session")
    talk.still_works()


@attack("no page of a process can be written and executed", who=ALL)
def _(a):
    talk = a.talk(preexec_fn=lambda: must(libc.personality(0x0400000)))
    for pid in talk.settled():
        with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
            for line in f:
                check("wx" not in line.split()[1], f"process {pid}: {line}")
    talk.still_works()


@attack("supplementary groups: {}", "none", "one that may write to the mount point", who=USERS)
def _(a, what):
    group = 54400
    shared = a.directory("shared", mode=0o775)
    os.chown(shared, 0, group)
    groups = [group] if what != "none" else []

    talk = a.talk(operands=[a.image_path, shared], extra_groups=groups).describe(shared)
    error = talk.service.mount()
    equal(error, 0 if groups else errno.EACCES, "MOUNT")
    for pid in talk.family():
        if status_of(pid)["Uid"].split()[1] == str(USER_ID):
            equal(status_of(pid)["Groups"].split(), [str(g) for g in groups], "groups")
    talk.dies()


# The terminal


@attack("{} on the terminal", "^C", "^\\", "hang-up", who=ALL)
def _(a, what):
    with terminal.Terminal() as tty:
        talk = a.mounted(stdin=tty.theirs, stderr=tty.theirs, preexec_fn=tty.control)
        before = talk.settled()
        if what == "hang-up":
            tty.hang_up()
        else:
            tty.type(b"\x03" if what == "^C" else b"\x1c")
        status = talk.process.wait(SOON)
        equal(status, -signal.SIGQUIT if what == "^\\" else 1, "exit status")
        a.nothing_mounted(SOON)
        wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)


@attack("{} to the whole group, {}", *[(n, w) for n in ("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL")
                                      for w in ("before MOUNT", "after MOUNT")], who=ALL)
def _(a, name, when):
    start = a.mounted if when == "after MOUNT" else a.described
    talk = start(preexec_fn=lambda: os.setpgid(0, 0))
    before = talk.settled()
    number = signal.Signals[name]
    os.killpg(talk.pid, number)
    equal(talk.process.wait(SOON), -9 if name == "SIGKILL" else 1, "exit status")
    a.nothing_mounted(SOON)
    wait_for(lambda: not set(before) & set(processes()), "the processes to end", SOON)


@attack("^Z to the whole group after MOUNT, then {}", "it goes on", "it is killed", who=ALL)
def _(a, what):
    talk = a.mounted(preexec_fn=lambda: os.setpgid(0, 0))
    mounter = talk.mounter()
    os.killpg(talk.pid, signal.SIGTSTP)
    wait_for(lambda: status_of(talk.pid)["State"].startswith("T"), "the session to stop")
    check(not status_of(mounter)["State"].startswith("T"), "the mounter was stopped")
    if what == "it is killed":
        os.killpg(talk.pid, signal.SIGKILL)
        equal(talk.process.wait(SOON), -9, "exit status")
        a.nothing_mounted(SOON)
        return
    os.killpg(talk.pid, signal.SIGCONT)
    talk.succeeds()


# The socket


@attack("the service's socket is {0}", "missing", "without a listener", "a plain file",
        "of another kind", "not for this caller", who=USERS)
def _(a, what):
    path = f"{a.world.socket_dir}/odd"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET if what != "of another kind"
                       else socket.SOCK_STREAM) as sock:
        if what == "a plain file":
            a.file(path, mode=0o666)
        elif what != "missing":
            sock.bind(path)
            os.chmod(path, 0o600 if what == "not for this caller" else 0o666)
        if what in ("of another kind", "not for this caller"):
            sock.listen(1)
        result = a.attempt(a.image_path, a.mnt, "-t", "odd")
    result.is_exit(2 if what in ("missing", "without a listener", "a plain file") else 1)
    check(result.err.strip(), "a message is missing")
    a.nothing_mounted()


if __name__ == "__main__":
    sys.exit(main())
