# SPDX-License-Identifier: MIT
"""Compares what the fake kernel found with what was given to the loader (boot.md)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from elf import LOAD, Program, Segment
from machine import GUEST_DONE, Boot, Module

PAGE = 0x1000
CONVENTIONAL, RESERVED, DEDICATED, INFO, BOOTLOADER, ARCH = 1, 2, 3, 0xd, 0xe, 0xf
LOADER = (0x2d0000, 0x400000)


@dataclass
class System:
    """What was booted: the kernel's command line arguments and file, the rest as programs."""

    kernel: Module
    sigma0: Program
    root: Program
    files: list[Module]

    def modules(self, sigma0_args: str = "", root_args: str = "") -> list[Module]:
        sums = ",".join(f"{s.address:x}+{len(s.contents()):x}" for s in self.segments())
        kernel = Module(self.kernel.data, f"{self.kernel.args} -jdb_cmd={sums}".strip(),
                        self.kernel.name)
        return [kernel, Module(self.sigma0.to_bytes(), sigma0_args, "sigma0"),
                Module(self.root.to_bytes(), root_args, "moe"), *self.files]

    def segments(self) -> list[Segment]:
        return [s for s in self.sigma0.segments + self.root.segments if s.type == LOAD]


class Report:
    """TAP points of one run of this program."""

    def __init__(self) -> None:
        self.count = 0
        self.failed = 0

    def case(self, name: str, problems: list[str], lines: list[str] = []) -> None:
        self.count += 1
        self.failed += bool(problems)
        print(f"{'not ' if problems else ''}ok {self.count} - {name}")
        for problem in problems:
            print(f"# {problem}")
        if problems:
            for line in lines[-40:]:
                print(f"#   | {line}")

    def skip(self, name: str, reason: str) -> None:
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}")

    def finish(self) -> int:
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def pages(start: int, end: int) -> tuple[int, int]:
    return start & -PAGE, (end + PAGE - 1) & -PAGE


def descriptors(boot: Boot) -> list[tuple[int, int, int, int]]:
    """(type, sub type, start, exclusive end) in the KIP's order."""
    return [(low & 0xf, low >> 4 & 0xf, low & ~0x3ff, (high | 0x3ff) + 1)
            for low, high in boot.numbers("descriptor")]


def check_loaded(boot: Boot, system: System, modules: list[Module],
                 modaddr: int = 32 << 20) -> list[str]:
    """Problems with a system that was to reach the kernel; an empty list is success."""
    if boot.status != GUEST_DONE or "end" not in boot.facts:
        return [f"the kernel did not report: exit status {boot.status}, expected {GUEST_DONE}"]
    problems: list[str] = []

    def expect(what: str, found: object, wanted: object) -> None:
        if found != wanted:
            problems.append(f"{what}: found {found!r}, expected {wanted!r}")

    _check_machine(boot, expect)
    expect("sigma0_ip", boot.number("sigma0_ip"), system.sigma0.entry)
    expect("root_ip", boot.number("root_ip"), system.root.entry)
    expect("platform", boot.facts["platform"], ["pc"])
    expect("RSDP was found", boot.number("rsdp") != 0, True)
    wanted_sums = [[s.address, zlib.adler32(s.contents())] for s in system.segments()]
    expect("segments in memory", boot.numbers("sum"), wanted_sums)
    area = _check_modules(boot, modules, modaddr, expect)
    _check_descriptors(boot, system, area, expect)
    return problems


def _check_machine(boot: Boot, expect) -> None:
    expect("paging and protection in CR0", boot.number("cr0") & 0x80000001, 0x80000001)
    expect("CR4.PAE on, OSFXSR off", boot.number("cr4") & 0x220, 0x20)
    expect("interrupt flag", boot.number("rflags") & 0x200, 0)
    expect("CPL", boot.number("cpl"), 0)
    expect("kernel's data and bss damaged", boot.number("dirty"), 0)
    expect("stack inside the loader", LOADER[0] < boot.number("rsp") < LOADER[1], True)


def _check_modules(boot: Boot, modules: list[Module], modaddr: int, expect) -> tuple[int, int]:
    found = [value.split(" ", 4) for value in boot.facts.get("module", [])]
    expect("number of modules", len(found), len(modules))
    if len(found) != len(modules):
        return 0, 0
    start_of_area, end_of_area = 0, 0
    for index, (entry, module) in enumerate(zip(found, modules)):
        flags, start, end, checksum = (int(word, 16) for word in entry[:4])
        name = f"module {index}"
        expect(f"{name} flags", flags, index + 1 if index < 3 else 0)
        line = entry[4].split(" ", 1)
        expect(f"{name} name", line[0].rsplit("/")[-1], module.name or f"module{index}")
        expect(f"{name} arguments", line[1] if len(line) > 1 else "", module.args)
        if index < 3:
            continue
        expect(f"{name} size", end - start, len(module.data))
        expect(f"{name} checksum", checksum, zlib.adler32(module.data))
        expect(f"{name} page aligned", start % PAGE, 0)
        if index == 3:
            start_of_area = end_of_area = start
            expect(f"{name} at or above modaddr", start >= modaddr, True)
        expect(f"{name} follows its predecessor", start, end_of_area)
        end_of_area = pages(start, end)[1]
    return start_of_area, end_of_area


def _check_descriptors(boot: Boot, system: System, area: tuple[int, int], expect) -> None:
    found = descriptors(boot)
    types = [d[0] for d in found]
    ram = [d[2:] for d in found if d[0] == CONVENTIONAL]
    expect("conventional memory comes first", types[:len(ram)], [CONVENTIONAL] * len(ram))
    expect("conventional ranges are sorted", ram, sorted(ram))

    def has(kind: int, sub: int, start: int, end: int) -> bool:
        return any(d[0] == kind and d[1] == sub and d[2] <= start and d[3] >= end for d in found)

    for segment in system.sigma0.segments:
        if segment.type == LOAD:
            span = pages(segment.address, segment.address + len(segment.contents()))
            expect(f"sigma0 {segment.address:#x} dedicated", has(DEDICATED, 0, *span), True)
    for segment in system.root.segments:
        if segment.type == LOAD:
            span = pages(segment.address, segment.address + len(segment.contents()))
            expect(f"root task {segment.address:#x} is bootloader memory with its rights",
                   has(BOOTLOADER, segment.flags & 7, *span), True)
    expect("kernel memory reserved", has(RESERVED, 0, 0x400000, 0x401000), True)
    info = boot.number("user_ptr")
    expect("module list has a descriptor", has(BOOTLOADER, 7, info, info + 0x30), True)
    if area[0] != area[1]:
        expect("modules are one region", (BOOTLOADER, 0, *area) in found, True)
    rsdp = boot.number("rsdp")
    expect("RSDP has a descriptor", has(INFO, 0, rsdp, rsdp + 20), True)
    expect("RSDP is not given away as RAM",
           has(ARCH, 2, rsdp, rsdp + 20) or has(BOOTLOADER, 7, rsdp, rsdp + 20), True)
    used = [d for d in found if d[0] in (RESERVED, DEDICATED, BOOTLOADER)]
    for index, one in enumerate(used):
        for other in used[index + 1:]:
            expect(f"overlap of {one} and {other}", one[2] < other[3] and other[2] < one[3], False)
