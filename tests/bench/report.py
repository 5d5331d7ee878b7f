# SPDX-License-Identifier: MIT
"""`make bench WRITE=y`: puts the figures of build/bench into docs/performance.md.

The page is written by hand but for what stands between `<!-- NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

ONE_IPC = "call + reply, two tasks, 0 words"


def table(rows: list[dict[str, object]]) -> str:
    """All operations as Markdown."""
    lines = ["| operation | instructions | goal | kernel | user | kernel lines, code + data | expensive |",
             "|---|---:|---:|---:|---:|---:|---|"]
    for row in rows:
        if row["p50"] is None:
            continue
        lines.append(f"| {row['name']} | {row['p50']:,} | {_number(row['goal'])} | "
                     f"{_number(row.get('kernel'))} | {_number(row.get('user'))} | {_lines(row)} | "
                     f"{_events(row)} |")
    return "\n".join(lines)


def _number(value: object) -> str:
    return f"{value:,}" if value else ""


def _lines(row: dict[str, object]) -> str:
    return f"{row['kernel_code_lines']} + {row['kernel_data_lines']}" if "kernel_code_lines" in row else ""


def _events(row: dict[str, object]) -> str:
    events: dict[str, int] = row.get("events", {})  # type: ignore[assignment]
    return ", ".join(f"{count} {name}" for name, count in events.items())


def account(text: str) -> str:
    """The lines of accounts.txt about one IPC, as Markdown."""
    block = re.search(rf"^{re.escape(ONE_IPC)}\n((?:  .*\n)*)", text, re.M)
    lines = ["| function | instructions of the round trip |", "|---|---:|"]
    for line in block[1].splitlines() if block else []:
        count, name = line.split(maxsplit=1)
        lines.append(f"| `{name}` | {float(count):.0f} |")
    return "\n".join(lines)


def fill(page: str, blocks: dict[str, str]) -> str:
    """The page with new blocks; one that it lacks is an error."""
    for name, text in blocks.items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        page, count = re.subn(pattern, lambda match, new=text: match[1] + new + "\n" + match[2], page,
                              flags=re.S)
        if count != 1:
            raise ValueError(f"docs/performance.md has no block '{name}', or several")
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--top", type=Path, required=True)
    parser.add_argument("--build", type=Path, required=True)
    options = parser.parse_args()
    work, page = options.build / "bench", options.top / "docs" / "performance.md"
    rows = json.loads((work / "results.json").read_text())
    accounts = (work / "accounts.txt").read_text()
    page.write_text(fill(page.read_text(), {"table": table(rows), "account": account(accounts)}))
    print(f"{page} is up to date")


if __name__ == "__main__":
    main()
