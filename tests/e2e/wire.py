# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The mount-service protocol, version 1, in Python, written from docs/protocol.md alone.

Nothing here is shared with the C code: that the two understand each other is what the tests that
use this module show. It can say things that the protocol forbids, which is what peers for tests are
for.
"""

import array
import os
import socket
import struct

PACKET_MAX = 65536
ARGS_MAX = 1 << 20

HELLO, HELLO_REPLY = 0x53414654, 0x4C415354
OPEN, OPEN_BDEV = 0x4F50454E, 0x42444556
FSOPEN, SOURCE, MNTOPTS, MTABOPTS = 0x54595045, 0x4E414D45, 0x4F505453, 0x4D544142
MNTPT, MOUNT, UNMOUNT, BYE = 0x4D4E5450, 0x444F4954, 0x554D4E54, 0x42594545
FILE, REPLY = 0x46494C45, 0x5245504C
ARGS = 0x41524753

HELLO_ALLOW_OTHER, HELLO_FUSEBLK = 1, 2
OPEN_QUIET = 1
FSOPEN_FUSEBLK = 1
S_IFDIR, S_IFREG = 0x4000, 0x8000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32


class Closed(Exception):
    """The other side ended the conversation."""


class Broken(Exception):
    """The other side broke the protocol."""


def u32(*values):
    return struct.pack(f">{len(values)}I", *values)


def text(value):
    return os.fsencode(value) + b"\0"


def packet(magic, body=b""):
    return u32(magic) + body


def hello(low=1, high=1, flags=0):
    return packet(HELLO, struct.pack(">HHI", low, high, flags))


def hello_reply(version=1, pad=0):
    return packet(HELLO_REPLY, struct.pack(">HH", version, pad))


def open_request(magic, path, flags, mode=0, request_flags=0, block_size=0):
    return packet(magic, u32(flags, mode, request_flags, block_size) + text(path))


def mntpt(path, expected=S_IFDIR, pad=0):
    return packet(MNTPT, struct.pack(">HH", expected, pad) + text(path))


def file_answer(error, path):
    return packet(FILE, u32(error) + text(path))


def reply(error=0):
    return packet(REPLY, u32(error))


def blob(words):
    """The argument blob for these byte strings."""
    at = 8 + 8 * len(words)
    head, tail = u32(ARGS, len(words)), b""
    for word in words:
        head += u32(at + len(tail), len(word) + 1)
        tail += word + b"\0"
    return head + tail


def parse_blob(data):
    """The words in an argument blob; Broken where it is not one."""
    if not 8 <= len(data) <= ARGS_MAX:
        raise Broken(f"argument blob of {len(data)} bytes")
    magic, count = struct.unpack_from(">II", data)
    table = 8 + 8 * count
    if magic != ARGS or count < 1 or table > len(data):
        raise Broken("argument blob: bad head")
    words = []
    for i in range(count):
        pos, size = struct.unpack_from(">II", data, 8 + 8 * i)
        if pos < table or size < 1 or pos + size > len(data):
            raise Broken(f"argument {i}: out of range")
        if data.index(b"\0", pos) != pos + size - 1:
            raise Broken(f"argument {i}: its only NUL must be its last byte")
        words.append(data[pos:pos + size - 1])
    return words


class Peer:
    """One end of a connection."""

    def __init__(self, sock, timeout=20):
        self.sock = sock
        sock.settimeout(timeout)

    def send(self, data, *fds):
        try:
            if fds:
                socket.send_fds(self.sock, [data], list(fds), socket.MSG_NOSIGNAL)
            else:
                self.sock.send(data, socket.MSG_NOSIGNAL)
        except (BrokenPipeError, ConnectionResetError) as e:
            raise Closed from e

    def receive(self):
        """One packet, as (bytes, [fds])."""
        try:
            data, control, flags, _ = self.sock.recvmsg(
                PACKET_MAX, socket.CMSG_SPACE(8 * 4), socket.MSG_CMSG_CLOEXEC)
        except ConnectionResetError as e:
            raise Closed from e
        fds = array.array("i")
        for level, kind, content in control:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(content[:len(content) - len(content) % fds.itemsize])
        if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
            raise Broken("truncated packet")
        if not data:
            raise Closed
        return data, list(fds)

    def expect(self, magic):
        """The body of the next packet, which has this magic, and its fds."""
        data, fds = self.receive()
        if data[:4] != u32(magic):
            raise Broken(f"expected {u32(magic)!r}, got {data[:40]!r}")
        return data[4:], fds

    def expect_file(self):
        """A FILE packet, as (error, path, fd or None)."""
        body, fds = self.expect(FILE)
        if len(body) < 6 or body.index(0, 4) != len(body) - 1:
            raise Broken(f"FILE: bad body {body!r}")
        error = struct.unpack_from(">I", body)[0]
        if error > 4095 or len(fds) != (0 if error else 1):
            raise Broken(f"FILE: error {error} with {len(fds)} fds")
        return error, os.fsdecode(body[4:-1]), fds[0] if fds else None

    def expect_reply(self):
        """A REPLY's errno, 0 = success."""
        body, fds = self.expect(REPLY)
        if len(body) != 4 or fds:
            raise Broken(f"REPLY: bad body {body!r}, {len(fds)} fds")
        return struct.unpack(">I", body)[0]

    def closed(self):
        """Wait for the end: True if it comes before any other packet."""
        try:
            self.receive()
        except Closed:
            return True
        return False

    def close(self):
        self.sock.close()


class Service(Peer):
    """The service's end, for talking to a helper."""

    fusedev = None
    argfile = None

    def __init__(self, sock, timeout=20):
        super().__init__(sock, timeout)
        self.files = []

    def greet(self):
        """Receive HELLO: (min_version, max_version, flags)."""
        body, fds = self.expect(HELLO)
        if len(body) != 8 or fds:
            raise Broken(f"HELLO: bad body {body!r}, {len(fds)} fds")
        self.hello = struct.unpack(">HHI", body)
        return self.hello

    def handshake(self):
        """HELLO, HELLO_REPLY, argv and fusedev."""
        self.greet()
        self.send(hello_reply(1))
        error, path, self.argfile = self.expect_file()
        if (error, path) != (0, "argv"):
            raise Broken(f"expected argv, got {path!r}, error {error}")
        size = os.fstat(self.argfile).st_size
        self.args = [os.fsdecode(w) for w in parse_blob(os.pread(self.argfile, size, 0))]
        error, path, self.fusedev = self.expect_file()
        if (error, path) != (0, "fusedev"):
            raise Broken(f"expected fusedev, got {path!r}, error {error}")
        return self

    def ask(self, data, *fds):
        """Send a command that is answered with REPLY: its errno."""
        self.send(data, *fds)
        return self.expect_reply()

    def open(self, path, flags=os.O_RDONLY, mode=0, request_flags=0, block_size=0, magic=OPEN):
        """OPEN: (errno, fd or None). The fd is closed with the connection."""
        self.send(open_request(magic, path, flags, mode, request_flags, block_size))
        error, answered, fd = self.expect_file()
        if answered != path:
            raise Broken(f"asked for {path!r}, answered for {answered!r}")
        if fd is not None:
            self.files.append(fd)
        return error, fd

    def open_bdev(self, path, flags=os.O_RDONLY, **rest):
        return self.open(path, flags, magic=OPEN_BDEV, **rest)

    def fsopen(self, flags=0):
        return self.ask(packet(FSOPEN, u32(flags)))

    def source(self, value):
        return self.ask(packet(SOURCE, text(value)))

    def mntopts(self, value):
        return self.ask(packet(MNTOPTS, text(value)))

    def mtabopts(self, value):
        return self.ask(packet(MTABOPTS, text(value)))

    def mntpt(self, path, expected=S_IFDIR):
        return self.ask(mntpt(path, expected))

    def mount(self, flags=MS_NOSUID | MS_NODEV):
        return self.ask(packet(MOUNT, u32(flags)))

    def unmount(self):
        return self.ask(packet(UNMOUNT))

    def bye(self, code=0):
        self.send(packet(BYE, u32(code)))

    def close(self):
        for fd in self.files + [self.argfile, self.fusedev]:
            if fd is not None:
                os.close(fd)
        self.files, self.argfile, self.fusedev = [], None, None
        super().close()


class Helper(Peer):
    """The helper's end, for talking to a service."""

    def greet(self, low=1, high=1, flags=0):
        """HELLO: the version that the service picked."""
        self.send(hello(low, high, flags))
        body, fds = self.expect(HELLO_REPLY)
        if len(body) != 4 or fds or body[2:] != b"\0\0":
            raise Broken(f"HELLO_REPLY: bad body {body!r}, {len(fds)} fds")
        return struct.unpack(">H", body[:2])[0]

    def send_args(self, words):
        """FILE "argv" with these words: the subtype first, then the rest."""
        fd = os.memfd_create("argv", os.MFD_CLOEXEC)
        try:
            os.write(fd, blob([os.fsencode(w) for w in words]))
            self.send(file_answer(0, "argv"), fd)
        finally:
            os.close(fd)

    def send_fusedev(self):
        """FILE "fusedev"."""
        fd = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        try:
            self.send(file_answer(0, "fusedev"), fd)
        finally:
            os.close(fd)

    def handshake(self, words, flags=0):
        self.greet(flags=flags)
        self.send_args(words)
        self.send_fusedev()
        return self

    def command(self):
        """The next command, as (magic, fields…, text where it has one)."""
        data, fds = self.receive()
        if fds:
            raise Broken("a command with an open file")
        magic, body = struct.unpack_from(">I", data)[0], data[4:]
        form = {OPEN: ">IIII", OPEN_BDEV: ">IIII", FSOPEN: ">I", MNTPT: ">HH", MOUNT: ">I",
                BYE: ">I", SOURCE: ">", MNTOPTS: ">", MTABOPTS: ">", UNMOUNT: ">"}.get(magic)
        if form is None:
            raise Broken(f"not a command: {data[:40]!r}")
        size = struct.calcsize(form)
        fields = struct.unpack_from(form, body)
        if magic in (FSOPEN, MOUNT, BYE, UNMOUNT):
            if len(body) != size:
                raise Broken(f"trailing bytes in {data!r}")
            return (magic, *fields)
        if len(body) < size + 2 or body.index(0, size) != len(body) - 1:
            raise Broken(f"bad string in {data!r}")
        return (magic, *fields, os.fsdecode(body[size:-1]))
