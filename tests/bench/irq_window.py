# SPDX-License-Identifier: MIT
"""The longest stretch of kernel instructions with interrupts off, over the guest tests.

Runs the guest tests through a QEMU that carries the plugin of irq_window/, and says which functions the
longest stretches of all runs were spent in. Prints TAP; fails if the longest exceeds the goal.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from symbols import Symbols

TOP = Path(__file__).resolve().parents[2]
GOAL = 5_000
SHOWN = 8
TESTS = "guest/kernel/ guest/moe guest/libc guest/ned/clntsrv"


def wrapper(qemu: str, work: Path) -> Path:
    """A program that is QEMU with the plugin; each run leaves a file in work/windows."""
    path = work / "qemu-irq-window"
    path.write_text(f"#!/bin/sh\nexec {qemu} \"$@\" -plugin {work}/irq_window.so,out={work}/windows/$$\n")
    path.chmod(0o755)
    return path


@dataclass
class Stretch:
    """A stretch with interrupts off: work, and rounds of waiting for other CPUs that are not part of it."""
    run: str
    length: int
    start: int
    rounds: int
    profile: Counter[int] = field(default_factory=Counter)


def read(file: Path) -> list[Stretch]:
    """The long stretches of a run."""
    stretches: list[Stretch] = []
    for line in file.read_text().splitlines():
        kind, *words = line.split()
        if kind == "stretch":
            stretches.append(Stretch(file.name, int(words[0]), int(words[1], 16), int(words[2])))
        else:
            stretches[-1].profile[int(words[0], 16)] = int(words[1])
    return stretches


def report(work: Path, kernel: Path) -> list[str]:
    """Prints the longest stretches, each instruction being the most frequent of one at most; returns TAP lines."""
    symbols = Symbols([kernel])
    runs = list((work / "windows").iterdir())
    found: dict[str, Stretch] = {}
    for stretch in sorted((s for file in runs for s in read(file)), key=lambda s: -s.length):
        found.setdefault(symbols.name(stretch.profile.most_common(1)[0][0]), stretch)
    if not found:
        return ["not ok 1 - no run left a figure: did the guest tests run?"]
    longest = next(iter(found.values())).length
    print(f"# longest stretches with interrupts off, in {len(runs)} runs (goal: {GOAL} instructions):")
    for stretch in list(found.values())[:SHOWN]:
        account = ", ".join(f"{name.split('(')[0]} {count:.0f}"
                            for name, count in symbols.account(stretch.profile, 1)[:5])
        waits = f" and {stretch.rounds} rounds of waiting" if stretch.rounds else ""
        print(f"# {stretch.length:6}{waits} from {symbols.name(stretch.start)}: {account}")
    verdict = "ok" if longest <= GOAL else "not ok"
    return [f"{verdict} 1 - longest stretch with interrupts off: {longest} instructions (goal {GOAL})"]


def main() -> int:
    """Run the tests, then report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--tests", default=TESTS)
    arguments = parser.parse_args()
    work = arguments.build / "bench"
    windows = work / "windows"
    windows.mkdir(parents=True, exist_ok=True)
    for old in windows.iterdir():
        old.unlink()
    with (work / "irq-window.log").open("w", encoding="utf-8") as log:
        status = subprocess.run([sys.executable, "-B", str(TOP / "tests" / "run"), "--top", str(TOP), "--build",
                                 str(arguments.build), "--jobs", "2", "--qemu",
                                 str(wrapper(arguments.qemu, work)), "--timeout-scale", "5", "-p",
                                 arguments.tests], check=False, stdout=log, stderr=log).returncode
    if status:
        print(f"# not all guest tests passed under the plugin: {log.name}")
    lines = report(work, arguments.build / "bin" / "amd64_gen" / "furore")
    print("\n".join(["1..1", *lines]))
    return 0 if lines[0].startswith("ok") else 1


if __name__ == "__main__":
    sys.exit(main())
