# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 fuse-service
"""Writes BitLocker volumes: as Windows 7 and newer make them, but no larger than a test needs.

The numbers are those of the format's public descriptions. The volume's key (FVEK) is not wrapped
into any other: whoever opens the volume has it in a file.
"""

import os
import struct
import zlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SECTOR = 512
METADATA = (0x40000, 0x50000, 0x60000)  # three copies; these, and what is behind, read as zeros
MOVED, MOVED_SIZE = 0x70000, 0x2000     # where the volume's first sectors are instead
SIZE = MOVED + MOVED_SIZE
AES_128_CBC = 0x8002
ENCRYPTED = 4
VOLUME = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")


def sectors(key, start, data):
    """Encrypted as for this place of the volume."""
    out = []
    for offset in range(0, len(data), SECTOR):
        place = (start + offset).to_bytes(16, "little")
        iv = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(place)
        out.append(Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor().update(
            data[offset:offset + SECTOR]))
    return b"".join(out)


def header():
    block = bytearray(SECTOR)
    block[0:11] = b"\xeb\x58\x90-FVE-FS-"
    struct.pack_into("<HB", block, 0x0B, SECTOR, 8)
    block[0x15] = 0xF8
    struct.pack_into("<Q", block, 0x28, SIZE // SECTOR)
    block[0xA0:0xB0] = VOLUME
    struct.pack_into("<3Q", block, 0xB0, *METADATA)
    block[0x1FE:] = b"\x55\xaa"
    return bytes(block)


def metadata():
    moved = struct.pack("<4H2Q", 24, 0xF, 0xF, 1, MOVED, MOVED_SIZE)
    size = 48 + len(moved)
    dataset = struct.pack("<4I16sIHHQ", size, 1, 48, size, bytes(16), 1, AES_128_CBC, 0, 0)
    whole = (64 + size + 15) // 16
    block = b"-FVE-FS-" + struct.pack("<4HQ2I3QQ", whole, 2, ENCRYPTED, ENCRYPTED, SIZE, 0,
                                      MOVED_SIZE // SECTOR, *METADATA, MOVED) + dataset + moved
    block = block.ljust(whole * 16, b"\0")
    return block + struct.pack("<HHI", 8, 2, zlib.crc32(block))


def write(image, key_file, content):
    """A volume with this content at its beginning, and the file that opens it: what it shows."""
    key, volume = os.urandom(16), bytearray(SIZE)
    content = content.ljust(METADATA[0], b"\0")
    assert len(content) == METADATA[0]
    volume[:METADATA[0]] = sectors(key, 0, content)
    volume[:MOVED_SIZE] = header().ljust(MOVED_SIZE, b"\0")
    volume[MOVED:MOVED + MOVED_SIZE] = sectors(key, MOVED, content[:MOVED_SIZE])
    for place in METADATA:
        block = metadata()
        volume[place:place + len(block)] = block
    with open(image, "wb") as f:
        f.write(volume)
    with open(key_file, "wb") as f:
        f.write(struct.pack("<H", AES_128_CBC) + key.ljust(64, b"\0"))
    return content.ljust(SIZE, b"\0")
