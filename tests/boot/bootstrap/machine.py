# SPDX-License-Identifier: MIT
"""Boots bootstrap with given modules in QEMU and reads the facts that the fake kernel prints."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
GUEST_DONE, GUEST_PANIC = 33, 3     # QEMU's exit status for the fake kernel's end and for a panic


@dataclass
class Module:
    data: bytes
    args: str = ""
    name: str = ""


@dataclass
class Boot:
    """What happened: QEMU's exit status, all serial lines, and the facts among them."""

    status: int | None
    lines: list[str]
    facts: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line in self.lines:
            name, _, value = line.partition(" ")
            self.facts.setdefault(name, []).append(value)

    def number(self, name: str) -> int:
        return int(self.facts[name][0], 16)

    def numbers(self, name: str) -> list[list[int]]:
        return [[int(word, 16) for word in value.split()] for value in self.facts.get(name, [])]


class Workshop:
    """A folder for built kernels and boot modules, and the tools that fill it."""

    def __init__(self, folder: Path, bootstrap: Path) -> None:
        self.folder = folder
        self.bootstrap = bootstrap
        self.qemu = os.environ.get("QEMU", "qemu-system-x86_64")
        folder.mkdir(parents=True, exist_ok=True)

    def kernel(self, *defines: str, version: int = 5) -> bytes:
        """The fake kernel's ELF file, built once for each set of macros."""
        name = "_".join(["kernel", str(version), *defines])
        file = self.folder / name
        sources = [HERE / "fake_kernel.c", HERE / "fake_kernel.ld"]
        if not file.exists() or any(s.stat().st_mtime > file.stat().st_mtime for s in sources):
            subprocess.run(
                ["gcc", "-O2", "-Wall", "-Wextra", "-ffreestanding", "-fno-pic", "-mno-red-zone",
                 "-mgeneral-regs-only", "-fno-stack-protector", "-fcf-protection=none",
                 "-fno-asynchronous-unwind-tables", f"-DOPTIONS_VERSION={version}",
                 *[f"-D{d}" for d in defines], "-nostdlib", "-static", "-s",
                 "-Wl,--build-id=none,-z,max-page-size=4096,-z,noexecstack",
                 "-T", str(sources[1]), "-o", str(file), str(sources[0])], check=True)
        return file.read_bytes()

    def write_modules(self, case: str, modules: list[Module]) -> list[str]:
        """The modules as files; returns one "FILE ARGS" each."""
        folder = self.folder / case
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        lines = []
        for index, module in enumerate(modules):
            file = folder / (module.name or f"module{index}")
            file.write_bytes(module.data)
            lines.append(f"{file} {module.args}".rstrip())
        return lines

    def boot(self, case: str, modules: list[Module], options: str = "",
             qemu: list[str] | None = None) -> Boot:
        """Multiboot 1, by QEMU itself."""
        lines = self.write_modules(case, modules)
        initrd = ",".join(line.replace(",", ",,") for line in lines)
        load = ["-kernel", str(self.bootstrap), "-append", f"-exit-on-panic {options}"]
        return self.run(case, load + (["-initrd", initrd] if lines else []), qemu)

    def boot_iso(self, case: str, modules: list[Module], options: str, command: str,
                 qemu: list[str] | None = None) -> Boot:
        """By GRUB from a CD: `command` is multiboot or multiboot2."""
        lines = self.write_modules(case, modules)
        root = self.folder / f"{case}.iso.d"
        shutil.rmtree(root, ignore_errors=True)
        (root / "boot/grub").mkdir(parents=True)
        shutil.copy(self.bootstrap, root / "boot/bootstrap")
        loader = "module2" if command == "multiboot2" else "module"
        script = ["set timeout=0", "menuentry test {",
                  f"  {command} /boot/bootstrap bootstrap -exit-on-panic {options}"]
        for index, line in enumerate(lines):
            shutil.copy(line.split()[0], root / f"boot/m{index}")
            quoted = " ".join(f'"{word}"' for word in line.split())
            script.append(f"  {loader} /boot/m{index} {quoted}")
        (root / "boot/grub/grub.cfg").write_text("\n".join([*script, "}", ""]))
        iso = self.folder / f"{case}.iso"
        subprocess.run(["grub-mkrescue", "-o", str(iso), str(root)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self.run(case, ["-cdrom", str(iso), "-boot", "d"], qemu)

    def run(self, case: str, load: list[str], qemu: list[str] | None) -> Boot:
        log = self.folder / f"{case}.log"
        log.unlink(missing_ok=True)
        command = [self.qemu, "-accel", "tcg", "-M", "q35", "-cpu", "max", "-m", "128",
                   "-display", "none", "-monitor", "none", "-no-reboot", "-nodefaults",
                   "-vga", "std", "-serial", f"file:{log}",
                   "-device", "isa-debug-exit,iobase=0xf4,iosize=4", *load, *(qemu or [])]
        try:
            status = subprocess.run(command, timeout=60, stderr=sys.stdout).returncode
        except subprocess.TimeoutExpired:
            status = None
        text = log.read_text("latin-1") if log.exists() else ""
        return Boot(status, [line.rstrip("\r") for line in text.split("\n")])
