# SPDX-License-Identifier: MIT
"""`make bench BASE=revision`: this tree's figures beside those of another revision.

The other revision is unpacked below build/bench/base, built and measured there with its own programs and its
own harness; its figures are kept, so that comparing again is quick.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path


class Compare_error(Exception):
    """The other revision cannot be measured; the text says why and what to do."""


def commit_of(top: Path, revision: str) -> str:
    """The full name of a revision."""
    found = subprocess.run(["git", "-C", str(top), "rev-parse", "--verify", "--quiet",
                            f"{revision}^{{commit}}"], capture_output=True, text=True, check=False)
    if found.returncode:
        raise Compare_error(f"BASE={revision}: no such revision; `git log` and `git branch` list some")
    return found.stdout.strip()


def environment() -> dict[str, str]:
    """That of this process without what `make` passes on: the variables of its command line, BASE
    among them, are not those of the other revision."""
    ours = {"MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "MAKELEVEL", "BASE", "ONLY", "WRITE", "O"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def measure(top: Path, work: Path, commit: str) -> Path:
    """Figures of a revision, measured if they are not there yet."""
    results = work / f"{commit}.json"
    if results.is_file():
        return results
    tree, log = work / "tree", work / "log.txt"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    print(f"building and measuring {commit[:12]}, which takes minutes; its output: {log}", flush=True)
    with subprocess.Popen(["git", "-C", str(top), "archive", commit],
                          stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", str(tree)], stdin=archive.stdout, check=True)
    with log.open("wb") as output:
        built = subprocess.run(["make", "-C", str(tree), "bench"], stdout=output, stderr=output,
                               env=environment(), check=False)
    found = tree / "build" / "bench" / "results.json"
    if built.returncode or not found.is_file():
        raise Compare_error(f"`make bench` of {commit[:12]} failed: see {log}")
    shutil.copy(found, results)
    shutil.rmtree(tree)
    return results


def changes(base: list[dict[str, object]], now: list[dict[str, object]]) -> str:
    """A table of both; operations that only one of them has are left blank on the other side."""
    before = {str(row["name"]): row["p50"] for row in base}
    lines = [f"{'operation':55} {'base':>9} {'now':>9} {'change':>8}"]
    for row in now:
        old, new = before.get(str(row["name"])), row["p50"]
        change = f"{(int(new) - int(old)) / int(old):+8.1%}" if old and new else ""  # type: ignore
        shown = ["" if value is None else str(value) for value in (old, new)]
        lines.append(f"{row['name']:55} {shown[0]:>9} {shown[1]:>9} {change}".rstrip())
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--top", type=Path, required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--base", required=True)
    options = parser.parse_args()
    work = options.build.resolve() / "bench"
    try:
        commit = commit_of(options.top, options.base)
        base = measure(options.top, work / "base", commit)
    except Compare_error as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(f"\nbase: {commit}")
    print(changes(json.loads(base.read_text()), json.loads((work / "results.json").read_text())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
