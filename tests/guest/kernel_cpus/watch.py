# SPDX-License-Identifier: MIT
"""Boots conf_cpus under the plugin of watch.cc and judges the interrupts of each CPU in each window.

Prints TAP: the cases of the guest, then a line for each rule. Virtual time counts instructions, so the counts do
not depend on the load of this machine.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]
sys.path.append(str(TOP / "tests" / "run"))
import process  # noqa: E402
import tap  # noqa: E402

LIMIT = 100  # seconds for the whole run
OTHERS = range(1, 64)
THIRD = range(2, 64)

# Window, CPUs, what is counted ("timer", "ipi", or "any" interrupt), the least and the most in one window.
RULES = [
    ("All_idle", [0], "any", 1, 3, "a sleeping CPU with one timeout a second"),
    ("All_idle", OTHERS, "any", 0, 0, "a sleeping CPU with nothing due"),
    ("One_loops", [1], "any", 0, 0, "a thread that has its CPU to itself"),
    ("One_loops", THIRD, "any", 0, 0, "a sleeping CPU beside it"),
    ("Two_share", [1], "timer", 9, 22, "quanta of 10 ms; a timer that fires early is set again"),
    ("Two_share", THIRD, "any", 0, 0, "a sleeping CPU beside them"),
    ("Delete_idle", OTHERS, "any", 0, 0, "a sleeping CPU while objects are deleted"),
    ("Delete_busy", OTHERS, "timer", 0, 0, "a CPU that runs user code: no tick for deletions"),
    ("Unmap_unused", OTHERS, "any", 0, 0, "a CPU that did not run the task"),
    ("Unmap_used", [1], "ipi", 1, 1, "the CPU that ran the task"),
    ("Unmap_used", THIRD, "any", 0, 0, "a third CPU"),
    ("Unmap_untouched", OTHERS, "any", 0, 0, "nobody can have kept a page that was not accessed"),
    ("Remote_calls", THIRD, "any", 0, 0, "a third CPU while two talk"),
]


@dataclass
class Window:
    """What the plugin counted between two markers."""
    number: int
    counts: Counter[tuple[int, int]]  # CPU and stub


def constants(header: Path) -> dict[str, int]:
    """The numbers that a header defines as macros."""
    return {name: int(value, 0)
            for name, value in re.findall(r"#define (\w+) (0x[0-9a-fA-F]+|\d+)\b", header.read_text())}


def numbers_of_windows() -> dict[str, int]:
    """Of windows.h."""
    text = (Path(__file__).parent / "windows.h").read_text()
    return {name: int(value) for name, value in re.findall(r"(\w+) = (\d+),", text)}


def symbol(program: Path, name: str) -> int:
    """Address of a symbol."""
    listing = subprocess.run(["nm", str(program)], capture_output=True, text=True, check=True).stdout
    return next(int(line.split()[0], 16) for line in listing.splitlines() if line.endswith(f" {name}"))


def boot(command: list[str]) -> list[str]:
    """Lines of the serial log until the report of the guest is complete; QEMU's end makes the plugin write."""
    return process.run(command, tap.ends_report, LIMIT).lines


def read(file: Path) -> list[Window]:
    """The plugin's results."""
    windows: list[Window] = []
    for line in file.read_text().splitlines():
        kind, *words = line.split()
        if kind == "window":
            windows.append(Window(int(words[0]), Counter()))
        elif kind == "interrupt":
            windows[-1].counts[int(words[0]), int(words[1])] = int(words[2])
    return windows


def judge(windows: list[Window], cpus: int, stubs: dict[str, int | None]) -> list[tuple[bool, str]]:
    """One verdict for each rule that this number of CPUs can show."""
    numbers = numbers_of_windows()
    verdicts = []
    for name, whom, what, least, most, text in RULES:
        chosen = [cpu for cpu in whom if cpu < cpus]
        seen = [sum(count for (cpu, stub), count in window.counts.items()
                    if cpu == one and stubs[what] in (None, stub))
                for window in windows if window.number == numbers[name] for one in chosen]
        if not chosen or (not seen and cpus == 1):
            continue
        good = bool(seen) and all(least <= count <= most for count in seen)
        figures = f"{min(seen)} to {max(seen)}" if seen else "none seen"
        verdicts.append((good, f"{name}: {text}: {what} interrupts {figures}, allowed {least} to {most}"))
    return verdicts


def main() -> int:
    """Boot, judge, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--cpus", type=int, default=4)
    arguments = parser.parse_args()
    binaries, work = arguments.build / "bin" / "amd64_gen", arguments.build / "tests" / "kernel_cpus"
    kernel, results = binaries / "furore", work / f"counts-{arguments.cpus}"
    results.unlink(missing_ok=True)
    layout = constants(TOP / "kernel" / "src" / "arch" / "amd64" / "offsets.h")
    modules = [kernel, binaries / "l4f" / "sigma0", arguments.build / "tests" / "bin" / "conf_cpus"]
    # There is a stub for each vector, also for those nobody raises (entry.S). Behind the IPI stand the devices
    # and the timer.
    first = symbol(kernel, "trap_stubs") + layout["VECTOR_IPI"] * layout["STUB_BYTES"]
    devices = layout["VECTOR_DEVICES"]
    stubs = {"any": None, "ipi": 0, "timer": 1 + devices}
    plugin = (f"{work}/watch.so,out={results},stubs={first:x},stub_bytes={layout['STUB_BYTES']},"
              f"count={layout['VECTORS'] - layout['VECTOR_IPI']}")
    lines = boot([arguments.qemu, "-accel", "tcg,thread=single", "-M", "q35", "-cpu", "max", "-m", "256",
                  "-smp", str(arguments.cpus), "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
                  "-icount", "shift=0,sleep=off", "-plugin", plugin,
                  "-kernel", str(binaries / "l4f" / "bootstrap"), "-initrd", ",".join(map(str, modules))])
    if not results.is_file():
        print("\n".join(f"# {line}" for line in lines[-20:]))
        print("1..1\nnot ok 1 - QEMU ended without figures of the plugin")
        return 1
    report(lines, judge(read(results), arguments.cpus, stubs))
    return 0


def report(lines: list[str], verdicts: list[tuple[bool, str]]) -> None:
    """The guest's points with what it says about them, then the verdicts."""
    first = next((i for i, line in enumerate(lines) if "TAP TEST START" in line), len(lines))
    points = [line for line in lines[first + 1:] if re.match(r"(not )?ok \d+|#|Bail out", line)]
    number = sum(not line.startswith("#") for line in points)
    print("\n".join(points))
    for number, (good, text) in enumerate(verdicts, number + 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}")
    complete = any("TAP TEST FINISHED" in line for line in lines)
    print(f"{'ok' if complete else 'not ok'} {number + 1} - the guest came to its end")
    print(f"1..{number + 1}")


if __name__ == "__main__":
    sys.exit(main())
