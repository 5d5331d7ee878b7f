# SPDX-License-Identifier: MIT
"""Systems that must not boot, and what the loader has to say about each."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from check import Report, System
from elf import DYNAMIC, Program, Segment, program
from loads import files, system
from machine import GUEST_PANIC, Module, Workshop


def patch(data: bytes, offset: int, new: bytes) -> bytes:
    return data[:offset] + new + data[offset + len(new):]


def patch_header(data: bytes, kind: int, field: int, value: bytes) -> bytes:
    """Change a field (offset in the program header) of the first header of type `kind`."""
    table, count = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<H", data, 56)[0]
    for i in range(count):
        at = table + 56 * i
        if struct.unpack_from("<I", data, at)[0] == kind:
            return patch(data, at + field, value)
    raise ValueError(f"no program header of type {kind:#x}")


def in_segment(data: bytes, kind: int, offset: int) -> int:
    """File offset of byte `offset` of the segment of type `kind`."""
    table, count = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<H", data, 56)[0]
    for i in range(count):
        at = table + 56 * i
        if struct.unpack_from("<I", data, at)[0] == kind:
            return struct.unpack_from("<Q", data, at + 8)[0] + offset
    raise ValueError(f"no program header of type {kind:#x}")


def dynamic(address: int) -> Program:
    result = program(address)
    result.segments.append(Segment(address, b"", 0, 6, DYNAMIC))
    return result


def broken_systems(shop: Workshop) -> list[tuple[str, list[Module], str, list[str], list[str]]]:
    """(name, modules, loader options, QEMU arguments, patterns that the message must contain)"""
    kernel = shop.kernel()
    result = []

    def add(name: str, change: Callable[[System], None] | list[Module], *patterns: str,
            options: str = "", qemu: list[str] | None = None) -> None:
        if callable(change):
            s = system(kernel, files(2, 1000))
            change(s)
            modules = s.modules()
        else:
            modules = change
        result.append((name, modules, options, qemu or [], list(patterns)))

    def kernel_file(data: bytes) -> Callable[[System], None]:
        def change(s: System) -> None:
            s.kernel = Module(data, "", "furore")
        return change

    def sigma0(p: Program) -> Callable[[System], None]:
        def change(s: System) -> None:
            s.sigma0 = p
        return change

    def root(p: Program) -> Callable[[System], None]:
        def change(s: System) -> None:
            s.root = p
        return change

    add("no modules", [], "found 0 modules, expected at least 3")
    add("two modules", system(kernel, []).modules()[:2], "found 2 modules, expected at least 3")
    add("a text file as kernel", kernel_file(b"#!/bin/sh\n" * 100), "module 0 'furore'", "no ELF",
        "found 0x23 0x21")
    add("an empty kernel", kernel_file(b""), "module 0 'furore'", "truncated: 0 bytes")
    add("a truncated kernel", kernel_file(kernel[:0x2800]), "module 0 'furore' \\(kernel\\)",
        r"truncated: segment 1 needs \d+ bytes at offset 0x00002000, the file has 10240")
    foreign = program(0x100000)
    foreign.machine = 183
    add("an Arm program as sigma0", sigma0(foreign), "module 1 'sigma0'",
        r"expected 62 \(amd64\), found 183 \(Arm, 64 bit\)")
    small = program(0x140000)
    small.elf_class = 1
    add("a 32-bit root task", root(small), "module 2 'moe'", r"expected 2 \(64 bit\), found 1")

    add("no kernel info page", kernel_file(patch_header(kernel, 0x10, 0, b"\7")),
        "no kernel info page", "type 0x10 is missing")
    at = in_segment(kernel, 0x10, 0)
    add("another magic", kernel_file(patch(kernel, at, b"XXXX")),
        "expected magic 0x4be6344c, found 0x58585858")
    add("another version", kernel_file(patch(kernel, at + 7, b"\x86")),
        "expected version 0x87004444 under mask 0xff00ffff, found 0x86034444")
    add("too few descriptors", kernel_file(patch(kernel, at + 0x58, b"\x08")),
        "8 memory descriptors, 1[5-9] are needed")
    at = in_segment(kernel, 0x11, 0)
    add("options of version 7", kernel_file(patch(kernel, at + 4, b"\7")),
        "expected version 5 or 6, found 7")

    add("sigma0 over the root task", sigma0(program(0x13f000)), "region overlap", "module 2 'moe'",
        "'sigma0' 0x0013f000-0x00141fff")
    add("a root task over bootstrap", root(program(0x2e0000)), "region overlap", "module 2 'moe'",
        "bootstrap 0x002d0000")
    add("a root task over the kernel", root(program(0x401000)), "region overlap", "'furore'")
    add("sigma0 at page 0", sigma0(program(0)), "region overlap", "BIOS data area")
    add("sigma0 in the video memory", sigma0(program(0x9e000)), "lies outside of RAM",
        "reserved by the firmware")
    add("a relocatable root task above RAM", root(dynamic(0x40000000)), "lies outside of RAM",
        "RAM ends at 0x07fe0000", "1026 MiB or more")
    add("a relocatable root task on sigma0", root(dynamic(0x101000)), "region overlap",
        "does not move relocatable programs")
    add("a root task above 4 GiB", root(program(0x100000000)), "lies above 4 GiB",
        qemu=["-m", "5G"])

    for memory in ("4", "5", "20"):
        add(f"{memory} MiB of RAM", lambda s: s.files.append(Module(bytes(2 << 20), "", "big")),
            "too little RAM", "QEMU: -m", qemu=["-m", memory])
    add("a modaddr above RAM", lambda s: None, "too little RAM: the modules",
        "modaddr 0x10000000; RAM ends at 0x07fe0000", "259 MiB|260 MiB", options="-modaddr=256M")
    add("a crashing kernel", kernel_file(shop.kernel("CRASH")), "CPU exception 1[34]", "rip 0x0040")
    add("a returning kernel", kernel_file(shop.kernel("RETURN")), "the kernel came back")
    return result


def run_refused(shop: Workshop, report: Report) -> None:
    for name, modules, options, qemu, patterns in broken_systems(shop):
        boot = shop.boot("refused", modules, options, qemu)
        text = "\n".join(boot.lines)
        problems = []
        if boot.status != GUEST_PANIC:
            problems.append(f"exit status {boot.status}, expected {GUEST_PANIC}")
        if len(re.findall("cannot boot", text)) != 1 or "what to do" not in text:
            problems.append("expected one message with 'cannot boot' and 'what to do'")
        problems += [f"the message lacks /{p}/" for p in patterns if not re.search(p, text)]
        report.case(f"refused: {name}", problems, boot.lines)
