# SPDX-License-Identifier: MIT
"""Compile the bounded checks against the kernel's sources, run them, and run each against planted faults.

    bounded.py BUILD_FOLDER

A fault is a replacement in one source file; the changed file stands before the real one in the include
path, or is compiled in its place.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
KERNEL = TOP / "kernel" / "src"
SPACES = ["mem/kmem.cc", "mem/slab.cc", "space/map_space.cc", "space/map_pages.cc",
          "space/mapping_tree.cc", "space/mem_space.cc", "space/io_space.cc", "space/obj_space.cc",
          "space/tlb_batch.cc", "arch/host/host.cc", "arch/host/heap.cc"]
SOURCES = {"flexpages": [], "words": SPACES, "database": SPACES}


@dataclass
class Fault:
    """A planted fault: where, what is right, what is wrong."""
    program: str
    file: str
    right: str
    wrong: str


FAULTS = [
    Fault("flexpages", "space/map_item.h", "hot_spot & (large.size() - 1), small.order",
          "hot_spot & (large.size() - 1), large.order"),
    Fault("flexpages", "space/map_item.h", "trunc_to(item.control.hot_spot() >> shift, send.order)",
          "item.control.hot_spot() >> shift"),
    Fault("flexpages", "space/map_item.h", "narrows = to.order < from.order",
          "narrows = to.order + 1 < from.order"),
    Fault("flexpages", "space/map_item.h", "is_port && part != small.base", "false"),
    Fault("words", "types/timeout.h", "(_raw >> 10 & 31)", "(_raw >> 10 & 15)"),
    Fault("words", "types/timeout.h", "(_raw & 63) > 57", "(_raw & 63) > 58"),
    Fault("words", "ipc/system_call.h", "(selector & Special_bits) == Reply_bit", "selector & Reply_bit"),
    Fault("words", "space/obj_space.h", "if (selector >= Slot_count << 12)",
          "if (u32(selector) >= Slot_count << 12)"),
    Fault("words", "space/map_item.h", "(rights & Fpage::W ? Word{Page_entry::Write} : 0)",
          "Word{Page_entry::Write}"),
    Fault("database", "space/mapping_tree.h", "child->depth = parent->depth + 1;",
          "child->depth = parent->depth;"),
    Fault("database", "space/mapping_tree.h", "if (!is_leaf(node) ||", "if ("),
    Fault("database", "space/map_pages.cc", "rights & ~slot.page().rights();", "0;"),
    Fault("database", "space/mapping_tree.cc", "pieces->head[i] = node->next;", ""),
]


def overlay(work: Path, fault: Fault | None) -> Path:
    """The folder that holds the changed file, alone."""
    folder = work / "changed"
    for old in folder.rglob("*.*"):
        old.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    if fault:
        text = (KERNEL / fault.file).read_text()
        if text.count(fault.right) < 1:
            raise SystemExit(f"bounded.py: '{fault.right}' is no longer in {fault.file}: plant another fault")
        changed = folder / fault.file
        changed.parent.mkdir(parents=True, exist_ok=True)
        changed.write_text(text.replace(fault.right, fault.wrong))
    return folder


def passes(work: Path, program: str, fault: Fault | None) -> tuple[bool, str]:
    """Whether the program finds nothing wrong, and the last line it printed."""
    changed = overlay(work, fault)
    own = [HERE / f"{program}.cc"]
    if SOURCES[program]:
        own.append(TOP / "tests" / "host" / "kernel_space" / "fake_object.cc")
    kernel = [changed / name if (changed / name).exists() else KERNEL / name for name in SOURCES[program]]
    binary = work / program
    subprocess.run(["g++", "-std=c++20", "-O1", "-Wno-invalid-offsetof", f"-I{changed}", f"-I{KERNEL}",
                    f"-I{KERNEL / 'arch' / 'host' / 'inline'}",
                    f"-I{TOP / 'tests' / 'host' / 'kernel_space'}", f"-I{HERE}", "-o", binary,
                    *own, *kernel, "-lpthread"], check=True)
    try:
        run = subprocess.run([binary], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             check=False, timeout=200)
    except subprocess.TimeoutExpired:
        return False, "does not end"
    lines = run.stdout.strip().splitlines() or ["nothing printed"]
    return run.returncode == 0, "; ".join(lines) if run.returncode == 0 else lines[-1]


def main() -> int:
    work = Path(sys.argv[1]).resolve() / "tests" / "proof" / "bounded"
    number = 0
    print(f"1..{len(SOURCES) + len(FAULTS)}", flush=True)
    all_good = True
    for program in SOURCES:
        for fault in [None, *(f for f in FAULTS if f.program == program)]:
            good, said = passes(work, program, fault)
            name = program if not fault else f"{program} with '{fault.wrong}' in {fault.file} is refused"
            if fault:
                good = not good
            number += 1
            all_good &= good
            print(f"{'ok' if good else 'not ok'} {number} - {name}: {said}", flush=True)
    return 0 if all_good else 1


sys.exit(main())
