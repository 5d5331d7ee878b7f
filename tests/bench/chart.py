# SPDX-License-Identifier: MIT
"""Draws results: a bar for each operation (kernel and user part), and cost over message size."""

from __future__ import annotations

import re
from html import escape

_BAR, _LEFT, _WIDTH = 18, 380, 420
_KERNEL, _USER, _INK = "#3b6ea5", "#e0a458", "#222222"


def bars(rows: list[dict[str, object]]) -> str:
    """An SVG picture of the operations that were measured."""
    measured = [row for row in rows if row.get("p50") and int(row["p50"]) <= 10000]  # type: ignore
    largest = max((int(row["p50"]) for row in measured), default=1)  # type: ignore
    height = (len(measured) + 2) * _BAR
    parts = [_text(_LEFT, _BAR - 5, "guest instructions: kernel (blue) + user (orange)")]
    for index, row in enumerate(measured, 1):
        top = index * _BAR
        kernel, user = int(row["kernel"]), int(row["user"])  # type: ignore
        x = _LEFT + kernel * _WIDTH // largest
        end = x + user * _WIDTH // largest
        parts += [_text(_LEFT - 6, top + 12, str(row["name"]), "end"),
                  _rect(_LEFT, top, x - _LEFT, _KERNEL), _rect(x, top, end - x, _USER),
                  _text(end + 4, top + 12, str(row["p50"]))]
    sizes = _sizes(measured)
    return _svg(height + 220, parts + _curve(sizes, height + 20))


def _sizes(rows: list[dict[str, object]]) -> list[tuple[int, int]]:
    found = []
    for row in rows:
        if match := re.fullmatch(r"call \+ reply, two tasks, (\d+) words?", str(row["name"])):
            found.append((int(match[1]), int(row["p50"])))  # type: ignore[call-overload]
    return sorted(found)


def _curve(points: list[tuple[int, int]], top: int) -> list[str]:
    if len(points) < 2:
        return []
    most = max(cost for _, cost in points)
    place = [(_LEFT + words * _WIDTH // 63, top + 170 - cost * 150 // most)
             for words, cost in points]
    line = " ".join(f"{x},{y}" for x, y in place)
    parts = [_text(_LEFT, top + 10, "two-task round trip over message words"),
             f'<polyline points="{line}" fill="none" stroke="{_KERNEL}" stroke-width="2"/>']
    for (x, y), (words, cost) in zip(place, points):
        parts.append(f'<circle cx="{x}" cy="{y}" r="3" fill="{_KERNEL}"/>')
        parts.append(_text(x, y - 8, str(cost), "middle"))
        parts.append(_text(x, top + 188, str(words), "middle"))
    return parts


def _text(x: int, y: int, text: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{_INK}">{escape(text)}</text>'


def _rect(x: int, y: int, width: int, colour: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{_BAR - 4}" fill="{colour}"/>'


def _svg(height: int, parts: list[str]) -> str:
    body = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 80}" '
            f'height="{height}" font-family="sans-serif" font-size="12">\n'
            f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n')
