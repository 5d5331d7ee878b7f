# SPDX-License-Identifier: MIT
"""Names for addresses, from the ELF symbol tables of the kernel and the program."""

from __future__ import annotations

import bisect
import subprocess
from collections import Counter
from pathlib import Path


class Symbols:
    """Functions of one or several programs, looked up by address."""

    def __init__(self, files: list[Path]) -> None:
        found: list[tuple[int, str]] = []
        for file in files:
            listing = subprocess.run(["nm", "-C", "--defined-only", str(file)],
                                     capture_output=True, text=True, check=True).stdout
            for line in listing.splitlines():
                address, kind, name = line.split(" ", 2)
                if kind in "tTwW":
                    found.append((int(address, 16), name))
        found.sort()
        self._addresses = [address for address, _ in found]
        self._names = [name for _, name in found]

    def name(self, address: int) -> str:
        """The function that an address belongs to."""
        index = bisect.bisect_right(self._addresses, address) - 1
        return self._names[index] if index >= 0 else f"{address:#x}"

    def account(self, profile: Counter[int], passes: int) -> list[tuple[str, float]]:
        """Instructions per pass by function, most first."""
        by_name: Counter[str] = Counter()
        for address, count in profile.items():
            by_name[self.name(address)] += count
        return [(name, count / passes) for name, count in by_name.most_common()]


def entry_point(file: Path) -> int:
    """e_entry of an ELF64 file."""
    head = file.read_bytes()[:32]
    if head[:5] != b"\x7fELF\x02":
        raise ValueError(f"'{file}' is not a 64-bit ELF program")
    return int.from_bytes(head[24:32], "little")
