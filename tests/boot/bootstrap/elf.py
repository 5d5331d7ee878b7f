# SPDX-License-Identifier: MIT
"""ELF files made to measure: small programs, and programs that are wrong in exactly one way."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass, field

LOAD, DYNAMIC, KIP, OPTIONS = 1, 2, 0x10, 0x11
X, W, R = 1, 2, 4

_HEADER = struct.Struct("<4sBBBB8xHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")


@dataclass
class Segment:
    """A program header with its bytes; `memory` bytes are occupied, the rest behind `data` is 0."""

    address: int
    data: bytes = b""
    memory: int = 0
    flags: int = R | W | X
    type: int = LOAD

    def contents(self) -> bytes:
        """What the memory holds after loading."""
        return self.data + bytes(max(0, self.memory - len(self.data)))


@dataclass
class Program:
    """An ELF file. The fields are what the header says, true or not."""

    segments: list[Segment] = field(default_factory=list)
    entry: int = 0
    magic: bytes = b"\x7fELF"
    elf_class: int = 2
    byte_order: int = 1
    type: int = 2
    machine: int = 62
    tail: bytes = b""       # behind everything that is loaded, as debug information is

    def to_bytes(self) -> bytes:
        offset = _HEADER.size + len(self.segments) * _SEGMENT.size
        headers, contents = b"", b""
        for s in self.segments:
            padding = -(offset + len(contents)) % 16
            contents += bytes(padding) + s.data
            headers += _SEGMENT.pack(s.type, s.flags, offset + len(contents) - len(s.data),
                                     s.address, s.address, len(s.data),
                                     max(s.memory, len(s.data)), 16)
        header = _HEADER.pack(self.magic, self.elf_class, self.byte_order, 1, 0, self.type,
                              self.machine, 1, self.entry, _HEADER.size, 0, 0, _HEADER.size,
                              _SEGMENT.size, len(self.segments), 0, 0, 0)
        return header + headers + contents + self.tail


def random_bytes(seed: object, size: int) -> bytes:
    """The same bytes for the same seed."""
    return random.Random(str(seed)).randbytes(size)


def program(address: int, code: int = 0x3000, data: int = 0x1800, bss: int = 0x2800,
            tail: int = 0) -> Program:
    """A program with a code and a data segment at `address`, in pages of their own."""
    data_address = address + (code + 0xfff & ~0xfff)
    return Program([Segment(address, random_bytes(("code", address), code), 0, R | X),
                    Segment(data_address, random_bytes(("data", address), data), data + bss,
                            R | W)],
                   address + 0x10, tail=random_bytes("tail", tail))
