# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""A mount helper in a script: it starts a server as systemd would, over a socket pair, and speaks the
protocol with it, rightly or wrongly, packet by packet. Mounts are made with mount(2) in a private
mount namespace.
"""
import array
import ctypes
import errno
import os
import select
import signal
import socket
import stat
import struct
import sys
import tempfile
import time
import traceback

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS = 0x20000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_SYNCHRONOUS = 1, 2, 4, 8, 16
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
MNT_DETACH = 2
DEFAULT_MS = MS_NOSUID | MS_NODEV
HELLO_ALL = 3

KINDS = {
    b'SAFT': 'HELLO', b'LAST': 'HELLO_REPLY', b'OPEN': 'OPEN', b'BDEV': 'OPEN_BDEV', b'TYPE': 'FSOPEN',
    b'NAME': 'SOURCE', b'OPTS': 'MNTOPTS', b'MTAB': 'MTABOPTS', b'MNTP': 'MNTPT', b'DOIT': 'MOUNT',
    b'UMNT': 'UNMOUNT', b'BYEE': 'BYE', b'FILE': 'FILE', b'REPL': 'REPLY',
}


class Skip(Exception):
    """Something that the case needs is not here."""


# Packets

def hello(low=1, high=1, flags=HELLO_ALL):
    return b'SAFT' + struct.pack('>HHI', low, high, flags)


def file_answer(path, error=0):
    return b'FILE' + struct.pack('>I', error) + os.fsencode(path) + b'\0'


def reply(error=0):
    return b'REPL' + struct.pack('>I', error)


def blob(words):
    """The argument blob for these words, as bytes."""
    words = [os.fsencode(w) + b'\0' for w in words]
    pos = 8 + 8 * len(words)
    table = b''
    for w in words:
        table += struct.pack('>II', pos, len(w))
        pos += len(w)
    return b'ARGS' + struct.pack('>I', len(words)) + table + b''.join(words)


def memfd(data):
    fd = os.memfd_create('args', os.MFD_CLOEXEC)
    os.write(fd, data)
    return fd


class Packet:
    """What the server sent, strictly decoded."""

    def __init__(self, data, fds):
        self.data, self.fds = data, fds
        self.kind = KINDS.get(data[:4], '?')
        body = data[4:]
        if self.kind in ('OPEN', 'OPEN_BDEV'):
            self.flags, self.mode, self.request_flags, self.block_size = struct.unpack('>IIII', body[:16])
            self.path = self.string(body[16:])
        elif self.kind in ('SOURCE', 'MNTOPTS', 'MTABOPTS'):
            self.text = self.string(body)
        elif self.kind == 'MNTPT':
            self.format, pad = struct.unpack('>HH', body[:4])
            assert pad == 0, 'padding'
            self.path = self.string(body[4:])
        elif self.kind in ('FSOPEN', 'MOUNT', 'BYE'):
            self.value, = struct.unpack('>I', body)
        elif self.kind == 'HELLO_REPLY':
            self.version, pad = struct.unpack('>HH', body)
            assert pad == 0, 'padding'
        elif self.kind == 'UNMOUNT':
            assert body == b''
        else:
            raise AssertionError(f'not a packet of a service: {data!r}')

    @staticmethod
    def string(data):
        assert len(data) > 1 and data[-1] == 0 and data.count(0) == 1, f'bad string {data!r}'
        return os.fsdecode(data[:-1])

    def __repr__(self):
        return f'<{self.kind} {self.data[4:]!r}>'


# Mounts

def private_mounts():
    """Mount in a namespace of this process; nothing can stay behind."""
    if os.geteuid() != 0:
        raise Skip('needs root for mounts')
    if LIBC.unshare(CLONE_NEWNS) or LIBC.mount(None, b'/', None, MS_REC | MS_PRIVATE, None):
        raise Skip(f'no private mount namespace: {os.strerror(ctypes.get_errno())}')


def open_fuse():
    try:
        return os.open('/dev/fuse', os.O_RDWR | os.O_CLOEXEC)
    except OSError as e:
        raise Skip(f'no /dev/fuse: {e.strerror}') from e


def mount(source, target, fstype, flags, data):
    if LIBC.mount(os.fsencode(source), os.fsencode(target), fstype.encode(), flags, data.encode()):
        raise OSError(ctypes.get_errno(), f'mount {target}')


def umount(target, flags=0):
    if LIBC.umount2(os.fsencode(target), flags):
        raise OSError(ctypes.get_errno(), f'umount {target}')


class Server:
    """A server process with this script as its mount helper."""

    def __init__(self, program, words, own=(), subtype='test', env=None, closed_stdio=False,
                 listen_fds='1', extra_fd=None, connection=None):
        self.words, self.subtype = [subtype, *words], subtype
        self.out = tempfile.TemporaryFile()
        self.err = tempfile.TemporaryFile()
        self.status = None
        self.target = None
        self.fuse = -1
        self.commands = []
        if connection:
            self.sock, theirs = connection
        else:
            self.sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self.exec(program, own, theirs, env or {}, closed_stdio, listen_fds, extra_fd)
            finally:
                os._exit(127)
        theirs.close()

    def exec(self, program, own, theirs, env, closed_stdio, listen_fds, extra_fd):
        fd = os.dup(theirs.fileno())
        extra = os.dup(extra_fd) if extra_fd is not None else -1
        os.dup2(os.open('/dev/null', os.O_RDONLY), 0)
        os.dup2(self.out.fileno(), 1)
        os.dup2(self.err.fileno(), 2)
        os.dup2(fd, 3)
        if extra >= 0:
            os.dup2(extra, 4)
        os.closerange(4 if extra < 0 else 5, 4096)
        if closed_stdio:
            os.closerange(0, 3)
        environ = {'PATH': os.environ['PATH'], **{k: v for k, v in os.environ.items() if 'SAN_OPTIONS' in k},
                   'LISTEN_PID': str(os.getpid()), 'LISTEN_FDS': listen_fds, **env}
        os.execve(program, [program, *own], environ)

    # one packet

    def send(self, data, fds=()):
        self.sock.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else [])

    def recv(self, timeout=10):
        """The next packet; None at the end of the connection."""
        if not select.select([self.sock], [], [], timeout)[0]:
            raise AssertionError(f'no packet within {timeout} s')
        data, fds, flags, _ = socket.recv_fds(self.sock, 65537, 8)
        assert not flags & socket.MSG_TRUNC
        assert not fds, 'a service never sends a file'
        return Packet(data, fds) if data else None

    def expect(self, kind, timeout=10):
        p = self.recv(timeout)
        assert p and p.kind == kind, f'wanted {kind}, got {p}'
        return p

    # the course of things

    def greet(self, flags=HELLO_ALL):
        self.send(hello(flags=flags))
        assert self.expect('HELLO_REPLY').version == 1

    def send_argv(self, data=None):
        fd = memfd(blob(self.words) if data is None else data)
        self.send(file_answer('argv'), [fd])
        os.close(fd)

    def send_fusedev(self):
        self.fuse = open_fuse()
        self.send(file_answer('fusedev'), [self.fuse])

    def handshake(self, flags=HELLO_ALL):
        self.greet(flags)
        self.send_argv()
        self.send_fusedev()

    def open_as_asked(self, p):
        """Answer an OPEN as a helper does that allows everything."""
        try:
            fd = os.open(p.path, p.flags | os.O_CLOEXEC, p.mode)
        except OSError as e:
            self.send(file_answer(p.path, e.errno))
            return
        self.send(file_answer(p.path), [fd])
        os.close(fd)

    def mount(self, ms_flags, add_flags=0):
        said = {c.kind: c for c in self.commands}
        path = said['MNTPT'].path
        data = f'fd={self.fuse},rootmode={os.stat(path).st_mode & 0o170000:o},user_id=0,group_id=0'
        if 'MNTOPTS' in said:
            data += ',' + said['MNTOPTS'].text
        mount(said['SOURCE'].text, path, f'fuse.{self.subtype}', ms_flags | add_flags, data)
        self.target = path
        # As a helper that has ended: the connection's last copy here would keep it alive.
        os.close(self.fuse)
        self.fuse = -1

    def converse(self, refuse=None, opener=None, add_flags=0, until=None):
        """Answer everything until BYE or the end; `refuse` maps kinds to error numbers. The packets."""
        refuse = refuse or {}
        while True:
            p = self.recv()
            if p is None:
                return self.commands
            self.commands.append(p)
            if p.kind == 'BYE' or p.kind == until:
                return self.commands
            if p.kind in ('OPEN', 'OPEN_BDEV'):
                (opener or self.open_as_asked)(p)
                continue
            error = refuse.get(p.kind, 0)
            if p.kind == 'MOUNT' and not error:
                self.mount(p.value, add_flags)
            self.send(reply(error))

    def kinds(self):
        return [p.kind for p in self.commands]

    def last(self, kind):
        return [p for p in self.commands if p.kind == kind][-1]

    def wait(self, timeout=10):
        """Its exit status, as in subprocess: negative for a signal."""
        end = time.monotonic() + timeout
        while self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise AssertionError(f'still running after {timeout} s\n{self.stderr()}')
            else:
                time.sleep(0.002)
        return self.status

    def running(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is None

    def kill(self, sig):
        os.kill(self.pid, sig)

    @staticmethod
    def text(file):
        file.seek(0)
        return file.read().decode(errors='replace')

    def stdout(self):
        return self.text(self.out)

    def stderr(self):
        return self.text(self.err)

    def close(self):
        if self.running():
            self.kill(signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = -signal.SIGKILL
        if self.target:
            try:
                umount(self.target, MNT_DETACH)
            except OSError:
                pass
        if self.fuse >= 0:
            os.close(self.fuse)
        self.sock.close()
        self.out.close()
        self.err.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind and not issubclass(kind, Skip):
            err = self.stderr()
            if err:
                print('# the server said:\n' + ''.join(f'#   {line}\n' for line in err.splitlines()), end='')
        self.close()


# Cases

CASES = []


def case(name, *params):
    """A named case, or one for each tuple of `params`, whose first member is added to the name."""
    def add(function):
        for p in params or [()]:
            CASES.append((f'{name}: {p[0]}' if p else name, function, p))
        return function
    return add


def on_alarm(signum, frame):
    raise AssertionError('the case took too long')


def run(setup=None, limit=30):
    """Run all cases and print TAP."""
    signal.signal(signal.SIGALRM, on_alarm)
    sys.stdout.reconfigure(line_buffering=True)
    print(f'1..{len(CASES)}')
    reason = None
    try:
        if setup:
            setup()
    except Skip as e:
        reason = str(e)
    failed = 0
    for number, (name, function, params) in enumerate(CASES, 1):
        name = name.replace('#', '')
        if reason:
            print(f'ok {number} - {name} # SKIP {reason}')
            continue
        signal.alarm(limit)
        try:
            function(*params)
            print(f'ok {number} - {name}')
        except Skip as e:
            print(f'ok {number} - {name} # SKIP {e}')
        except Exception:
            failed += 1
            print(''.join(f'# {line}\n' for line in traceback.format_exc().splitlines()), end='')
            print(f'not ok {number} - {name}')
        finally:
            signal.alarm(0)
    sys.exit(1 if failed else 0)


def raises(number, function, *args, **kwargs):
    """The call fails with exactly this errno."""
    try:
        function(*args, **kwargs)
    except OSError as e:
        assert e.errno == number, f'{errno.errorcode.get(e.errno, e.errno)}, not {errno.errorcode[number]}'
        return
    raise AssertionError(f'no error, not {errno.errorcode[number]}')


def same(got, wanted):
    assert got == wanted, f'{got!r}, not {wanted!r}'


def is_mounted(path):
    with open('/proc/self/mounts') as f:
        return any(line.split()[1] == path for line in f)


def format_of(mode):
    return stat.S_IFMT(mode)
