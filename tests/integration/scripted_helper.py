# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""A server with this program as its mount helper, over a socket pair, as systemd would start it.

The helper here does what the real one does, or what a case says instead; mounts are made with
mount(2) in the case's own namespace.
"""

import ctypes
import errno
import os
import select
import signal
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "e2e"))

import wire  # noqa: E402
from harness import Skip, check, equal, umount, wait_for  # noqa: E402

NAMES = {getattr(wire, n): n for n in (
    "OPEN", "OPEN_BDEV", "FSOPEN", "SOURCE", "MNTOPTS", "MTABOPTS", "MNTPT", "MOUNT", "UNMOUNT",
    "BYE")}
ALL_FLAGS = wire.HELLO_ALLOW_OTHER | wire.HELLO_FUSEBLK
DEFAULT_MS = wire.MS_NOSUID | wire.MS_NODEV
MS_SYNCHRONOUS = 16
MNT_DETACH = 2
MEMORY_MAX = 64 * 1024  # KiB, for a server that does nothing itself
CPU_MAX = 1.0  # seconds; one that spins while it waits has used them up long before its deadline
LIBC = ctypes.CDLL(None, use_errno=True)


class Server(wire.Helper):
    """A server process and the connection to it."""

    def __init__(self, test, program, *words, own=(), environment=None, close_stdio=False,
                 count=1, connection=None):
        """`words` is what the caller typed; `own` comes from the unit's ExecStart. `count` fds are
        passed as socket activation does it, the first of them `connection` or one of a pair."""
        self.test, self.program, self.words = test, program, words
        self.subtype = os.path.basename(program)
        self.out, self.err = f"{test.folder}/out.log", f"{test.folder}/err.log"
        self.status = self.usage = None
        self.commands = []
        self.mounted = None
        self.fuse = -1
        ours, theirs = connection or socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        super().__init__(ours)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.become(theirs.fileno(), own, environment or {}, close_stdio, count)
            finally:
                os._exit(127)
        theirs.close()
        test.cleanup.append(self.finish)

    def become(self, fd, own, environment, close_stdio, count):
        log = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        moved = os.dup(fd)
        for number, path in ((1, self.out), (2, self.err)):
            os.dup2(os.open(path, log, 0o600), number)
        for number in range(3, 3 + count):
            os.dup2(moved, number)
            os.set_inheritable(number, True)  # dup2() of a file to its own number leaves it
        os.closerange(3 + count, 4096)
        if close_stdio:
            os.closerange(0, 3)
        program = self.program if "/" in self.program else self.test.program(self.program)
        keep = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS") or k == "PATH"}
        os.execve(program, [program, *own], {
            **keep, "LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(count), **environment})

    # The handshake

    def send_words(self, *words):
        self.send_args([self.subtype, *words])

    def send_device(self):
        """As send_fusedev(), and keep the device for mounting."""
        self.fuse = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        self.send(wire.file_answer(0, "fusedev"), self.fuse)

    def begin(self, flags=ALL_FLAGS):
        """The whole handshake, with the caller's words."""
        equal(self.greet(flags=flags), 1, "version")
        self.send_words(*self.words)
        self.send_device()
        return self

    # Answers

    def hand_out(self, path, flags=os.O_RDWR):
        fd = os.open(path, flags | os.O_CLOEXEC)
        try:
            self.send(wire.file_answer(0, path), fd)
        finally:
            os.close(fd)

    def open_as_asked(self, command):
        """Answer OPEN or OPEN_BDEV as a helper that allows everything."""
        path = command[-1]
        try:
            self.hand_out(path, command[1])
        except OSError as e:
            self.send(wire.file_answer(e.errno, path))

    def mount(self, flags):
        """mount(2) as described by the commands so far."""
        path = self.said(wire.MNTPT)[-1]
        data = f"fd={self.fuse},rootmode={os.stat(path).st_mode & 0o170000:o},user_id=0,group_id=0"
        options = self.said(wire.MNTOPTS)
        if options:
            data += "," + options[1]
        if LIBC.mount(os.fsencode(self.said(wire.SOURCE)[1]), os.fsencode(path),
                      f"fuse.{self.subtype}".encode(), ctypes.c_ulong(flags), data.encode()):
            raise OSError(ctypes.get_errno(), f"mount {path}")
        self.mounted = path
        self.close_device()

    def close_device(self):
        """A helper that has ended holds the device no longer."""
        if self.fuse >= 0:
            os.close(self.fuse)
            self.fuse = -1

    def next(self):
        """The next command; it is kept."""
        command = self.command()
        self.commands.append(command)
        return command

    def converse(self, until=wire.BYE, refuse=None, opener=None, add_flags=0):
        """Answer commands, all with success but what `refuse` ({magic: errno}) says, up to and with
        `until` or BYE, which are not answered. That last command."""
        refuse = refuse or {}
        while True:
            command = self.next()
            if command[0] in (until, wire.BYE):
                return command
            if command[0] in (wire.OPEN, wire.OPEN_BDEV):
                (opener or self.open_as_asked)(command)
                continue
            number = refuse.get(command[0], 0)
            if command[0] == wire.MOUNT and not number:
                self.mount(command[1] | add_flags)
            self.send(wire.reply(number))

    def serve(self, **more):
        """The whole way to a server that is mounted and has said so."""
        self.begin()
        equal(self.converse(**more), (wire.BYE, 0), "BYE; it said: " + self.stderr())
        check(self.closed(), "the server keeps the connection")
        return self

    # What it did

    def said(self, magic):
        """The last command of this kind, None if there was none."""
        return next((c for c in reversed(self.commands) if c[0] == magic), None)

    def names(self):
        return [NAMES[c[0]] for c in self.commands]

    def stdout(self):
        return self.read_log(self.out)

    def stderr(self):
        return self.read_log(self.err)

    @staticmethod
    def read_log(path):
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()

    # Its end

    def running(self):
        if self.status is None:
            pid, status, self.usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is None

    def ends(self, *statuses, seconds=30):
        """It ends, with one of these statuses (negative: killed by that signal), and whatever the
        helper did has cost little memory and time."""
        wait_for(lambda: not self.running(), "the server to end", seconds)
        check(self.status in statuses,
              f"exit status {self.status}, not {statuses}; it said: {self.stderr()}")
        if self.test.world.sanitized:
            return
        check(self.usage.ru_maxrss < MEMORY_MAX, f"{self.usage.ru_maxrss} KiB of memory")
        spent = self.usage.ru_utime + self.usage.ru_stime
        check(spent < CPU_MAX, f"{spent} s of processor time")

    def gives_up(self, before=()):
        """BYE with something else than 0, exit 1, and none of these commands on the way."""
        command = self.converse()
        check(command[0] == wire.BYE and command[1] != 0, f"{command} instead of a BYE of failure")
        for magic in before:
            check(not self.said(magic), f"{NAMES[magic]} was sent")
        check(self.stderr().strip(), "no message")
        self.ends(1)

    def kill(self, number):
        os.kill(self.pid, number)

    def processor_time(self):
        """Seconds so far."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def waits(self):
        """Whether it waits for the helper: it sleeps, and has sent nothing that was not read."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as f:
            sleeps = f.read().rpartition(")")[2].split()[0] == "S"
        return sleeps and not self.speaks()

    def speaks(self):
        """Whether there is a packet of it, or its end."""
        return bool(select.select([self.sock], [], [], 0)[0])

    def unmount(self, flags=0):
        umount(self.mounted, flags)
        self.mounted = None

    def finish(self):
        if self.running():
            self.kill(signal.SIGKILL)
            wait_for(lambda: not self.running(), "a killed server to end")
        if self.mounted:
            umount(self.mounted, MNT_DETACH)
        self.close_device()
        self.close()


def open_files(pid):
    """{number: (target, flags)} of a process."""
    found = {}
    for number in os.listdir(f"/proc/{pid}/fd"):
        with open(f"/proc/{pid}/fdinfo/{number}", encoding="ascii") as f:
            flags = next(int(line.split()[1], 8) for line in f if line.startswith("flags:"))
        found[int(number)] = (os.readlink(f"/proc/{pid}/fd/{number}"), flags)
    return found


def device_is_here():
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR))
    except OSError as e:
        raise Skip(f"no FUSE device: {os.strerror(e.errno)}") from e


def limited(seconds, function, *args):
    """Call it; AssertionError where it takes longer than this."""
    start = time.monotonic()
    result = function(*args)
    spent = time.monotonic() - start
    check(spent <= seconds, f"took {spent:.1f} s, more than {seconds}")
    return result


def errno_name(number):
    return errno.errorcode.get(number, str(number))
