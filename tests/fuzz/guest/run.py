# SPDX-License-Identifier: MIT
"""`make fuzz`: boots the guest fuzzer again and again, each time with another seed, until the time is over.

The seed is written into a copy of the program, so that a finding is repeated by SEED=N TIME=1. Ends at
the first run that panics, fails a check, or says nothing any more; its log stays in build/tests/fuzz/guest.
"""

from __future__ import annotations

import argparse
import re
import struct
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "run"))
import process  # noqa: E402
import tap  # noqa: E402

FIGURES = re.compile(r"# fuzz: (\d+) system calls")
LIMIT = 300  # seconds for one boot


def find(build: Path, name: str) -> Path:
    """A boot file of the build tree."""
    programs = build / "bin" / "amd64_gen"
    for place in (build / "tests" / "bin", programs / "l4f", programs / "plain", programs):
        if (place / name).is_file():
            return place / name
    sys.exit(f"fuzz: '{name}' is not built; run `make guests` first")


def symbol(program: Path, name: str) -> int:
    """Offset in the file of a variable of an ELF64 program."""
    listing = subprocess.run(["nm", str(program)], capture_output=True, text=True, check=True).stdout
    address = next(int(line.split()[0], 16) for line in listing.splitlines() if line.endswith(f" {name}"))
    data = program.read_bytes()
    table, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for index in range(count):
        kind, _, offset, vaddr, _, bytes_in_file = struct.unpack_from("<IIQQQQ", data, table + index * size)
        if kind == 1 and vaddr <= address < vaddr + bytes_in_file:
            return offset + address - vaddr
    sys.exit(f"fuzz: '{name}' of '{program}' lies in no loaded part of the file")


class Fuzzer:
    """The system to boot, and where its variables lie."""

    def __init__(self, build: Path, qemu: str, cpus: int, count: int) -> None:
        self._work = build / "tests" / "fuzz" / "guest"
        self._work.mkdir(parents=True, exist_ok=True)
        self._program = find(build, "fuzz_guest")
        self._seed, self._count = symbol(self._program, "fuzz_seed"), symbol(self._program, "fuzz_count")
        self._calls = count
        modules = [f"{find(build, 'furore_debug')} -nojdb", find(build, "sigma0"), self._work / "fuzz_guest"]
        self._command = [qemu, "-accel", "tcg", "-M", "q35", "-cpu", "max", "-m", "256", "-smp", str(cpus),
                         "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
                         "-kernel", str(find(build, "bootstrap")), "-initrd", ",".join(map(str, modules))]
        if cpus == 1:
            self._command += ["-icount", "shift=0,sleep=off", "-cpu", "max,-x2apic"]  # tests/run/guest.py

    def boot(self, seed: int) -> int:
        """One run; returns the number of system calls, or ends the program with a report."""
        image = bytearray(self._program.read_bytes())
        struct.pack_into("<Q", image, self._seed, seed)
        struct.pack_into("<Q", image, self._count, self._calls)
        (self._work / "fuzz_guest").write_bytes(image)
        output = "\n".join(process.run(self._command, tap.ends_report, LIMIT).lines)
        failed = "not ok" in output or "Bail out" in output or re.search(r"(?i)panic|assertion failed", output)
        if failed or "TAP TEST FINISHED" not in output:
            log = self._work / f"seed-{seed}.log"
            log.write_text(output)
            print("\n".join(output.splitlines()[-20:]))
            sys.exit(f"fuzz: FOUND something with seed {seed}: see {log}; again: make fuzz SEED={seed} TIME=1")
        return sum(int(figure) for figure in FIGURES.findall(output))


def main() -> None:
    """Boot with seed after seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time", type=float, default=60, help="seconds")
    parser.add_argument("--cpus", type=int, default=1)
    parser.add_argument("--count", type=int, default=100_000, help="system calls in a pass; a boot has two")
    arguments = parser.parse_args()
    fuzzer = Fuzzer(arguments.build, arguments.qemu, arguments.cpus, arguments.count)
    start, seed, calls = time.monotonic(), arguments.seed, 0
    while True:
        calls += fuzzer.boot(seed)
        seconds = time.monotonic() - start
        print(f"seed {seed}: {calls} system calls in {seconds:.0f} s, nothing found", flush=True)
        seed += 1
        if seconds >= arguments.time:
            break


if __name__ == "__main__":
    main()
