# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Terminals and pipes that a helper writes to, and what arrives there."""

import fcntl
import os
import pty
import select
import termios
import time


class Terminal:
    """A pseudo-terminal: `theirs` is for the helper, what it writes there is read here."""

    def __enter__(self):
        self.ours, self.theirs = pty.openpty()
        os.chmod(os.ttyname(self.theirs), 0o666)
        self.seen = b""
        return self

    def __exit__(self, *_):
        for fd in (self.ours, self.theirs):
            try:
                os.close(fd)
            except OSError:
                pass

    def control(self):
        """Make it the controlling terminal of this process. For use in the child of a fork."""
        os.setsid()
        fcntl.ioctl(self.theirs, termios.TIOCSCTTY, 0)

    def type(self, data):
        os.write(self.ours, data)

    def hang_up(self):
        os.close(self.theirs)
        os.close(self.ours)

    def read(self, seconds=0.1):
        """What has arrived within this time."""
        end = time.monotonic() + seconds
        while True:
            ready, _, _ = select.select([self.ours], [], [], max(0, end - time.monotonic()))
            if not ready:
                return self.seen
            try:
                data = os.read(self.ours, 65536)
            except OSError:  # EIO: nobody holds the other side any more
                return self.seen
            if not data:
                return self.seen
            self.seen += data

    def read_until(self, what, seconds):
        end = time.monotonic() + seconds
        while what not in self.read(0.05):
            if time.monotonic() > end:
                raise AssertionError(f"no {what!r} on the terminal: {self.seen!r}")

    def is_clean(self):
        """Only text and line ends have arrived, and something has."""
        text = self.read(0.2).replace(b"\r\n", b"\n")
        if not text or not all(c == 10 or 32 <= c <= 126 for c in text):
            raise AssertionError(f"on the terminal: {text!r}")


class Blocked:
    """A pipe that is full, or a terminal that has been stopped: every write would wait."""

    def __init__(self, pipe):
        self.pipe = pipe

    def __enter__(self):
        if self.pipe:
            self.ours, self.theirs = os.pipe()
            fcntl.fcntl(self.theirs, fcntl.F_SETPIPE_SZ, 4096)
            os.write(self.theirs, bytes(4096))
        else:
            self.ours, self.theirs = pty.openpty()
            os.chmod(os.ttyname(self.theirs), 0o666)
            termios.tcflow(self.theirs, termios.TCOOFF)
        return self

    def __exit__(self, *_):
        os.close(self.ours)
        os.close(self.theirs)
