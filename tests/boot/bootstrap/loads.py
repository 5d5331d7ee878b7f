# SPDX-License-Identifier: MIT
"""Systems that have to boot: what they are made of, in all the ways a loader may find it."""

from __future__ import annotations

from pathlib import Path

from check import CONVENTIONAL, Report, System, check_loaded, descriptors
from elf import program, random_bytes
from machine import Module, Workshop


def files(count: int, size: int) -> list[Module]:
    """`count` modules of `size` bytes and some more, so that no two are alike."""
    return [Module(random_bytes(i, size + 37 * i), f"--number={i}", f"file{i}")
            for i in range(count)]


def system(kernel: bytes, modules: list[Module], args: str = "") -> System:
    return System(Module(kernel, args, "furore"), program(0x100000), program(0x140000), modules)


def expect_flags(boot, wanted: dict[str, int]) -> list[str]:
    if "flags" not in boot.facts:
        return []   # already a failure
    return [f"{name}: found {boot.number(name):#x}, expected {value:#x}"
            for name, value in wanted.items() if boot.number(name) != value]


def run_plain(shop: Workshop, report: Report) -> None:
    def load(name: str, s: System, options: str = "", modaddr: int = 32 << 20,
             qemu: list[str] | None = None, sigma0_args: str = "", root_args: str = ""):
        modules = s.modules(sigma0_args, root_args)
        boot = shop.boot(name.replace(" ", "_"), modules, options, qemu)
        return boot, check_loaded(boot, s, modules, modaddr)

    kernel = shop.kernel()
    boot, problems = load("a usual system", system(kernel, files(9, 50_000)))
    report.case("a usual system", problems, boot.lines)

    for text, address in (("-modaddr=0x01100000", 0x1100000), ("-modaddr 17M", 17 << 20),
                          ("-modaddr=0", 1 << 20), ("-modaddr=50000000", 50_000_000)):
        boot, problems = load("modaddr", system(kernel, files(3, 9000)), text, address)
        report.case(f"modules at {text}", problems, boot.lines)

    boot, problems = load("200 modules", system(kernel, files(200, 3000)))
    report.case("200 modules", problems, boot.lines)

    boot, problems = load("no file", system(kernel, []))
    report.case("no module but the three", problems, boot.lines)

    odd = [Module(b"x" * 5000, "a,b,,c  two blanks 'quoted' \"double\" k=v;#", "co,mma"),
           Module(b"", "", "empty"), Module(b"y", "last", "one_byte")]
    boot, problems = load("odd", system(kernel, odd), "-modaddr=40M", 40 << 20, None,
                          "--opt=a,b", "--init=rom/x rom/y.cfg -- 1, 2")
    report.case("commas, blanks and quotes in command lines, an empty file", problems, boot.lines)

    # QEMU puts the kernel's file right behind the loader: so long a tail reaches beyond the
    # kernel's own place, and the files behind it lie there too.
    tail = random_bytes("debug", 1 << 20)
    boot, problems = load("own place", system(kernel + tail, files(5, 300_000)))
    report.case("the kernel's file lies where the kernel goes", problems, boot.lines)

    s = system(kernel, files(4, 100_000))
    s.sigma0 = program(0x800000, 0x80000, 0x40000, 0x3000, tail=3 << 20)
    s.root = program(0x900000, 0x60000, 0x40000, 0x3000, tail=3 << 20)
    boot, problems = load("tangle", s, "-modaddr=5M", 5 << 20)
    report.case("files and targets in each other's places", problems, boot.lines)

    boot, problems = load("big", system(kernel, files(3, 10 << 20)), "", 32 << 20, ["-m", "5G"])
    report.case("RAM above 4 GiB", problems, boot.lines)
    high = [d for d in descriptors(boot) if d[0] == CONVENTIONAL and d[3] > 4 << 30]
    report.case("RAM above 4 GiB has a descriptor", [] if high else ["none"], boot.lines)

    boot, problems = load("cpu", system(kernel, files(2, 100)), "", 32 << 20,
                          ["-cpu", "qemu64", "-M", "pc", "-m", "40"])
    report.case("a CPU without 1 GiB pages, i440FX, 40 MiB", problems, boot.lines)


def run_options(shop: Workshop, report: Report) -> None:
    words = ("-wait -serial_esc -nohlt -oneshot-timer -kmemsize=65536 -tbuf_entries=0x400 "
             "-out_buf=77 -waiting -kmemsize")
    uart = 1 << 20 | 1 << 21 | 1 << 22
    common = 1 << 0 | 1 << 1 | 1 << 7 | 1 << 25 | 1 << 17 | 1 << 18 | 1 << 19 | 1 << 23
    values = {"kmemsize": 65536, "tbuf_entries": 0x400, "out_buf": 77}
    com1 = {"uart_base": 0x3f8, "uart_irq": 4, "uart_baud": 115200, "uart_base_baud": 115200,
            "uart_access": 1, "uart_shift": 0}
    com2 = {**com1, "uart_base": 0x2f8, "uart_irq": 3}
    none = {**com1, "uart_base": 0, "uart_irq": 0, "uart_baud": 0, "uart_base_baud": 0,
            "uart_access": 0}

    for name, version, args, options, wanted in (
        ("version 5", 5, words + " -perf_profile=3", "", {"flags": common | uart, **com1}),
        ("version 6", 6, words + " -perf_profile=3", "-quiet",
         {"flags": common | uart | 1 << 26, "perf_profile": 3, **com1}),
        ("COM2", 5, words, "-comport=2", {"flags": common | uart, **com2}),
        ("a port and an interrupt", 6, words, "-comirq=9 -comport=0x3e8",
         {"flags": common | uart, **com1, "uart_base": 0x3e8, "uart_irq": 9}),
        ("no serial line", 5, words, "-noserial", {"flags": common | 1 << 2, **none}),
    ):
        s = system(shop.kernel(version=version), [], args)
        modules = s.modules()
        boot = shop.boot("options", modules, options)
        problems = check_loaded(boot, s, modules)
        problems += expect_flags(boot, {**wanted, **values})
        heard = any("Furore bootstrap" in line for line in boot.lines)
        if heard != (options == ""):
            problems.append(f"the loader {'is heard' if heard else 'says nothing'} on COM1")
        unknown = any("'-waiting' is unknown" in line for line in boot.lines)
        if unknown != ("-comport" not in options and options != "-noserial"):
            problems.append("the warning about the unknown word -waiting is wrong")
        report.case(f"kernel options: {name}", problems, boot.lines)


OVMF = Path("/usr/share/ovmf/OVMF.fd")
GRUB_EFI = Path("/usr/lib/grub/x86_64-efi")


def run_grub(shop: Workshop, report: Report) -> None:
    for name, command, protocol, qemu, needed in (
        ("GRUB's multiboot", "multiboot", "multiboot 1", [], []),
        ("GRUB's multiboot2", "multiboot2", "multiboot 2", [], []),
        ("GRUB's multiboot2 under UEFI", "multiboot2", "multiboot 2", ["-bios", str(OVMF)],
         [OVMF, GRUB_EFI]),
    ):
        missing = [str(path) for path in needed if not path.exists()]
        if missing:
            report.skip(name, f"{missing[0]} is missing")
            continue
        s = system(shop.kernel(), files(5, 200_000), "-serial_esc")
        modules = s.modules("--a=1", "--init=rom/x")
        boot = shop.boot_iso(name.replace(" ", "_"), modules, "", command, qemu)
        problems = check_loaded(boot, s, modules)
        if not any(protocol in line for line in boot.lines):
            problems.append(f"the log does not say {protocol}")
        report.case(name, problems, boot.lines)
