# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""The smallest FUSE server that a mount can be asked about: INIT, STATFS, GETATTR of an empty root.

It lets a scripted service go on after MOUNT. Source: linux/fuse.h.
"""

import errno
import os
import struct
import threading

GETATTR, STATFS, INIT, DESTROY, FORGET, BATCH_FORGET, INTERRUPT = 3, 17, 26, 38, 2, 42, 36
NO_ANSWER = (FORGET, BATCH_FORGET, INTERRUPT)


class TinyFuse:
    """Serves a fuse fd in a thread, until the mount is gone. Owns a copy of the fd."""

    def __init__(self, fd, statfs_error=0, mode=0o040755):
        self.fd = os.dup(fd)
        self.statfs_error = statfs_error
        self.mode = mode
        self.seen = []
        self.request = b""
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        try:
            while True:
                try:
                    self.request = self._read()
                except OSError as e:
                    if e.errno == errno.EINTR:
                        continue
                    return
                _, opcode, unique = struct.unpack_from("=IIQ", self.request)
                self.seen.append(opcode)
                if opcode not in NO_ANSWER:
                    error, body = self._answer(opcode)
                    os.write(self.fd, struct.pack("=IiQ", 16 + len(body), -error, unique) + body)
        except OSError:
            pass
        finally:
            os.close(self.fd)

    def _read(self):
        return os.read(self.fd, 1 << 17)

    def _answer(self, opcode):
        if opcode == INIT:
            return 0, struct.pack("=IIIIHHIIHH32x", 7, 31, 0, 0, 0, 0, 4096, 1, 1, 0)
        if opcode == STATFS:
            if self.statfs_error:
                return self.statfs_error, b""
            return 0, struct.pack("=QQQQQIIII24x", 1, 0, 0, 1, 0, 4096, 255, 4096, 0)
        if opcode == GETATTR:
            return 0, struct.pack("=QII", 0, 0, 0) + struct.pack(
                "=QQQQQQIIIIIIIIII", 1, 0, 0, 0, 0, 0, 0, 0, 0, self.mode, 2, 0, 0, 0, 4096, 0)
        return errno.ENOSYS, b""

    def join(self):
        """Wait until the mount is gone."""
        self.thread.join(10)
        return not self.thread.is_alive()
