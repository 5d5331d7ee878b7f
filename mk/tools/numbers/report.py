# SPDX-License-Identifier: MIT
"""Collects the figures and writes them as text or as a page."""
import subprocess
from collections import defaultdict
from pathlib import Path

import image
import source

# Not part of the kernel that runs: the debugger and what is there for tests only.
Left_out = {"jdb", "debugger", "host", "test"}
Kernel_suffixes = {".cc", ".h", ".S"}

Classes = {
    "Thread": "a thread with its registers and IPC state; FPU registers come on top",
    "Task": "a task; tables, slots and nodes come on top",
    "Ipc_gate": "an IPC gate",
    "Irq": "an interrupt object",
    "Semaphore": "a semaphore",
    "Factory": "a factory",
    "Cap_slot": "a place for a capability",
    "Reply_slot": "a place for a caller that waits for an answer",
    "Node": "a mapping: one for each page or port range that a task holds",
    "Large_node": "a mapping of a 2 MiB page",
    "Cpu": "a CPU, with its queues",
}


def tracked(top, folder):
    """Source files of a folder that git knows, relative to the top."""
    names = subprocess.run(["git", "-C", str(top), "ls-files", "-z", folder], text=True, check=True,
                           stdout=subprocess.PIPE).stdout.split("\0")
    return [Path(name) for name in names if name and (top / name).is_file()]


def kernel_by_folder(top):
    """Figures of each folder of the kernel, and of all of it."""
    groups, total = defaultdict(source.Figures), source.Figures()
    for path in tracked(top, "kernel"):
        if path.suffix not in Kernel_suffixes or Left_out & set(path.parts[:-1]):
            continue
        figures = source.measure(top / path)
        groups[str(path.parent)].add(figures)
        total.add(figures)
    return groups, total


def packages(top):
    """Figures of each package of the runtime, and of all of them; no scripts."""
    groups, total = defaultdict(source.Figures), source.Figures()
    for root in ("l4re", "pkg"):
        for path in tracked(top, root):
            written = path.suffix in source.Source_suffixes and len(path.parts) > 2
            if not written or path.name in ("Makefile", "Control"):
                continue
            figures = source.measure(top / path)
            groups["/".join(path.parts[:2])].add(figures)
            total.add(figures)
    return groups, total


def rows_of(groups, total):
    """Table rows, in the order of Head."""
    rows = []
    for name, f in [*sorted(groups.items()), ("all", total)]:
        rows.append((name, f.source_lines,
                     len(f.files), source.percentile(f.files, 0.95), max(f.files, default=0),
                     len(f.functions), source.percentile(f.functions, 0.95),
                     max(f.functions, default=0)))
    return rows


Head = ("folder", "source lines", "files", "file p95", "longest", "functions", "function p95",
        "longest")


def as_text(head, rows):
    """Columns for the terminal."""
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    return "\n".join("  ".join(f"{cell:<{w}}" if i == 0 else f"{cell:>{w}}"
                               for i, (cell, w) in enumerate(zip(row, widths))).rstrip()
                     for row in [head, *rows])


def as_markdown(head, rows):
    """A table of a page."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(f"{c:,}" if isinstance(c, int) else str(c) for c in row) + " |"
              for row in rows]
    return "\n".join(lines)


def kernel_size(top, kernel):
    """What `make kernel-size` prints."""
    groups, total = kernel_by_folder(top)
    sizes = image.sections(kernel)
    return "\n".join([
        as_text(Head, rows_of(groups, total)), "",
        "image: " + ", ".join(f"{kind} {size:,} bytes" for kind, size in sizes.items()),
        f"preprocessor conditionals: {total.conditionals}",
        "Lines of comments and blank lines are not source lines; arch/host, which is there for "
        "tests, is left out."])


Intro = """# Numbers

Written by `make numbers`; do not edit. Everything here is counted by a program, and none of it
depends on the machine that counts.

## Kernel: source

A source line is a line that is neither blank nor comment. `arch/host`, which is there for tests,
and a debugger are left out. What operations cost stands in [performance.md](performance.md). p95: 95 of 100 files (functions) are at most so many lines long,
comments and head included.
"""

def page(top, kernel):
    """The text of docs/numbers.md."""
    parts = [Intro, as_markdown(Head, rows_of(*kernel_by_folder(top)))]
    sizes = image.sections(kernel)
    parts += ["\n## Kernel: image\n", "Release build; bytes.\n",
              as_markdown(("part", "bytes"), list(sizes.items()))]
    classes = image.class_sizes(kernel, Classes)
    parts += ["\n## Kernel: objects\n",
              "Bytes charged to the factory's quota for each.\n",
              as_markdown(("class", "bytes", "what it is"),
                          [(f"`{name}`", classes[name], text) for name, text in Classes.items()
                           if name in classes]).replace("---:|---:|", "---:|---|")]
    parts += ["\n## Runtime: source\n",
              as_markdown(("package", *Head[1:]), rows_of(*packages(top)))]
    return "\n".join(parts) + "\n"
