# SPDX-License-Identifier: MIT
"""Boots all Lua snippets of docs/ned.md as one script: ned_snippets.py TOP BUILD MAKE."""
import os
import re
import sys
from pathlib import Path

Modules = ["l4re", "ned", "hello", "ex_calc_server", "ex_calc_client"]


def script_of(page):
    """The snippets, each in a block of its own; the first two lines of the first are for all."""
    blocks = re.findall(r"^```lua\n(.*?)^```", page, re.M | re.S)
    head = "".join(blocks[0].splitlines(keepends=True)[:2])
    parts = [head]
    for number, block in enumerate(blocks, 1):
        parts.append(f'print("SNIPPET {number} of {len(blocks)}")\ndo\n{block}end\n')
    return "".join(parts) + 'print("all snippets ran")\n'


def main():
    top, build, make = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    folder = build / "tests" / "ned-snippets"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "snippets.cfg").write_text(script_of((top / "docs/ned.md").read_text()))
    lines = "".join(f"module {name}\n" for name in [*Modules, "snippets.cfg"])
    entries = folder / "modules.lst"
    entries.write_text(f"entry snippets\nsearchpath {folder}\nroottask moe rom/snippets.cfg\n{lines}")
    os.execlp(make, make, "-C", str(top), f"O={build}", f"MODULES_LIST={entries}", "E=snippets",
              "qemu")


if __name__ == "__main__":
    main()
