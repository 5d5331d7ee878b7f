# SPDX-License-Identifier: MIT
"""Boots systems with bootstrap in QEMU: run.py BUILD loads|options|grub|refused...  (TAP)"""

from __future__ import annotations

import sys
from pathlib import Path

import loads
import refuses
from check import Report
from machine import Workshop

PARTS = {"loads": loads.run_plain, "options": loads.run_options, "grub": loads.run_grub,
         "refused": refuses.run_refused}


def main(arguments: list[str]) -> int:
    build = Path(arguments[0])
    bootstrap = build / "bin/amd64_gen/l4f/bootstrap"
    if not bootstrap.exists():
        print(f"Bail out! {bootstrap} is missing: build it with `make l4re/bootstrap`")
        return 1
    report = Report()
    for part in arguments[1:]:
        PARTS[part](Workshop(build / "tests/boot/bootstrap" / part, bootstrap), report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
