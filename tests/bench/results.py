# SPDX-License-Identifier: MIT
"""Reads what the counting plugin wrote, and turns samples into figures."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Window:
    """All samples of one operation; the columns of `samples` are named in COLUMNS + events."""

    samples: list[list[int]] = field(default_factory=list)
    profile: Counter[int] = field(default_factory=Counter)
    shared_written: int = 0


COLUMNS = ("user", "kernel", "code_lines", "kernel_code_lines", "data_lines", "kernel_data_lines")


@dataclass
class Counts:
    """The contents of one result file."""

    events: list[str] = field(default_factory=list)
    executed: int = 0
    points: dict[str, int] = field(default_factory=dict)
    characters: list[tuple[int, int]] = field(default_factory=list)
    windows: dict[int, Window] = field(default_factory=dict)


def read(path: Path) -> Counts:
    """Parse a result file; unknown lines are a version mismatch and raise ValueError."""
    counts = Counts()
    window = Window()
    for line in path.read_text().splitlines():
        kind, *words = line.split()
        if kind == "sample":
            window.samples.append([int(word) for word in words])
        elif kind == "pc":
            window.profile[int(words[0], 16)] = int(words[1])
        elif kind == "window":
            window = counts.windows[int(words[0])] = Window(shared_written=int(words[2]))
        elif kind == "char":
            counts.characters.append((int(words[0], 16), int(words[1])))
        elif kind == "point":
            counts.points[words[0]] = int(words[1])
        elif kind == "executed":
            counts.executed = int(words[0])
        elif kind == "events":
            counts.events = words
        else:
            raise ValueError(f"{path}: unknown line '{line}': plugin and reader do not match")
    return counts


def percentile(values: list[int], share: float) -> int:
    """The smallest value that is not below `share` of all values (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def figures(window: Window, events: list[str]) -> dict[str, object]:
    """One operation's figures: instructions, lines, and expensive instructions per pass."""
    columns = list(zip(*window.samples))
    totals = [user + kernel for user, kernel in zip(columns[0], columns[1])]
    result: dict[str, object] = {
        "samples": len(totals), "p50": percentile(totals, 0.5), "p99": percentile(totals, 0.99),
        "max": max(totals)}
    for index, name in enumerate(COLUMNS):
        result[name] = percentile(list(columns[index]), 0.5)
    # The first pass found nothing in any cache: its lines are the cold figure.
    result["cold_lines"] = window.samples[0][2] + window.samples[0][4]
    medians = {name: percentile(list(columns[len(COLUMNS) + i]), 0.5)
               for i, name in enumerate(events)}
    result["events"] = {name: n for name, n in medians.items() if n and name != "none"}
    result["shared_written_lines"] = window.shared_written
    return result


def last_byte_of(text: bytes, output: bytes, counts: Counts, since: int) -> int | None:
    """Instructions executed until `text` was first written to the serial line completely.

    Which port a character goes to is not visible in the guest's instructions. But the site that
    wrote most bytes after `since` is the kernel's console, and it wrote the tail of the output:
    count from the end.
    """
    where = output.find(text)
    sites = Counter(place for place, count in counts.characters if count > since)
    if where < 0 or not sites:
        return None
    site = sites.most_common(1)[0][0]
    written = [count for place, count in counts.characters if place == site]
    behind = len(output) - (where + len(text))
    return written[-1 - behind] if behind < len(written) else None
