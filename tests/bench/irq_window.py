# SPDX-License-Identifier: MIT
"""`make irq-window`: the longest stretch of kernel instructions with interrupts off, over all guest tests.

Runs the guest tests through a QEMU that carries the plugin of irq_window/, and says which functions the
longest stretches of all runs were spent in. Fails if the longest exceeds the goal.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path

from symbols import Symbols

TOP = Path(__file__).resolve().parents[2]
GOAL = 5_000
SHOWN = 5


def wrapper(qemu: str, work: Path) -> Path:
    """A program that is QEMU with the plugin; each run leaves a file in work/windows."""
    path = work / "qemu-irq-window"
    path.write_text(f"#!/bin/sh\nexec {qemu} \"$@\" -plugin {work}/irq_window.so,out={work}/windows/$$\n")
    path.chmod(0o755)
    return path


def read(file: Path) -> tuple[int, int, Counter[int]]:
    """Length, first address and profile of a run's longest stretch."""
    length, start, profile = 0, 0, Counter()
    for line in file.read_text().splitlines():
        words = line.split()
        if words[0] == "longest":
            length, start = int(words[1]), int(words[2], 16)
        else:
            profile[int(words[1], 16)] = int(words[2])
    return length, start, profile


def report(work: Path, kernel: Path) -> int:
    """Print the longest stretches; returns the exit status."""
    symbols = Symbols([kernel])
    stretches = sorted((read(file) for file in (work / "windows").iterdir()), key=lambda s: -s[0])
    if not stretches:
        print("irq-window: no run left a figure: did the guest tests run?")
        return 1
    print(f"longest stretches with interrupts off, in {len(stretches)} runs (goal: {GOAL} instructions)")
    for length, start, profile in stretches[:SHOWN]:
        account = ", ".join(f"{name.split('(')[0]} {count:.0f}"
                            for name, count in symbols.account(profile, 1)[:4])
        print(f"  {length:6}  from {symbols.name(start)}: {account}")
    return 0 if stretches[0][0] <= GOAL else 1


def main() -> int:
    """Run the tests, then report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--tests", default="guest/")
    arguments = parser.parse_args()
    work = arguments.build / "bench"
    windows = work / "windows"
    windows.mkdir(parents=True, exist_ok=True)
    for old in windows.iterdir():
        old.unlink()
    subprocess.run([sys.executable, "-B", str(TOP / "tests" / "run"), "--top", str(TOP), "--build",
                    str(arguments.build), "--jobs", "2", "--qemu", str(wrapper(arguments.qemu, work)),
                    "--timeout-scale", "5", "-p", arguments.tests], check=False)
    return report(work, arguments.build / "bin" / "amd64_gen" / "furore")


if __name__ == "__main__":
    sys.exit(main())
