#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes compile_commands.json from the .cmd files that the roles keep beside each object.

Usage: compile_commands.py BUILD OUTPUT. Entries of the kernel's own build, if it writes
BUILD/kernel/compile_commands.json, are added.
"""
import json
import re
import sys
from pathlib import Path


def entry_of(cmd_file):
    """The JSON entry of one object, or None for the .cmd file of a link step."""
    lines = cmd_file.read_text().splitlines()
    if len(lines) < 2 or not lines[1].startswith("# source "):
        return None
    command = lines[0].split(" := ", 1)[1].replace("$$", "$").replace("\\#", "#")
    source = lines[1][len("# source "):]
    # The remembered text begins with the compiler's version, which is no part of the command.
    command = re.sub(r"^\S+ ", "", command)
    return {"directory": str(cmd_file.parent), "file": source,
            "command": f"{command} -c {source} -o {cmd_file.name[:-len('.cmd')]}"}


def main():
    build, output = Path(sys.argv[1]), Path(sys.argv[2])
    entries = [e for e in map(entry_of, sorted(build.glob("pkg/**/*.o.cmd"))) if e]
    kernel = build / "kernel" / "compile_commands.json"
    if kernel.is_file():
        entries += json.loads(kernel.read_text())
    output.write_text(json.dumps(entries, indent=1) + "\n")


if __name__ == "__main__":
    main()
