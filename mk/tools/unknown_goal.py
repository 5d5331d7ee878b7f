#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What to say about a goal that make has no rule for: unknown_goal.py GOAL HELP ENTRIES PACKAGES.

GOAL is what was asked for, HELP the text of `make help`, ENTRIES and PACKAGES are names. A goal may be
a misspelt one, a boot entry, a package that is not there, a file that is gone, or one of the goals that
builds of L4Re have and this one does otherwise.
"""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from suggest import did_you_mean  # noqa: E402

# Goals of L4Re's build system that are not here, and what serves the purpose.
Otherwise = {
    "cont": "'make' goes on where it was: what was built is not built again",
    "relink": "'make' links again whatever needs it; to force it: make clean, make",
    "scrub": "'make clean' removes what was built, 'make cleanall' the build directory",
    "cleanfast": "'make clean' removes what was built",
    "disasm": "objdump -dC build/bin/amd64_gen/l4f/PROGRAM shows the instructions",
    "install": "programs are in build/bin/amd64_gen/l4f; 'make elfimage E=NAME' makes one file to give "
               "away",
    "exportpack": "'make elfimage E=NAME' makes one file to give away, 'make grub2iso E=NAME' an ISO image",
    "vbox": "'make grub2iso E=NAME' makes an ISO image, which VirtualBox starts",
    "kexec": "'make elfimage E=NAME' makes one file; kexec -l takes it as a multiboot kernel",
    "sysroot": "headers are in build/include, libraries in build/lib, descriptions in build/pc",
    "check_build_tools": "tools are looked for at each make; 'make setup' installs them",
    "listplatforms": "there is one platform, pc",
    "listexternals": "'make listpackages' lists all packages",
    "report": "compiler and tools: 'make V=1' shows the commands",
    "checkbuild": "'make test' builds and runs all tests",
    "register": "'make L4DIR=folder' in a package outside of the tree builds it; nothing is registered",
    "xconfig": "'make menuconfig' or 'make nconfig'",
    "gconfig": "'make menuconfig' or 'make nconfig'",
    "shellcodeentry": "'make listentries' lists the entries, 'make showentry E=NAME' the files of one",
}


def goals_of(text):
    return set(re.findall(r"\bmake ([a-z][a-z0-9-]+)\b", text))


def explain(goal, help_text, entries, packages):
    if goal in Otherwise:
        return f"There is no goal '{goal}': {Otherwise[goal]}."
    if goal.lower() in (e.lower() for e in entries):
        return f"'{goal}' is a boot entry: make qemu E={goal}"
    if f"pkg/{goal}" in packages or f"l4re/{goal}" in packages:
        folder = "pkg" if f"pkg/{goal}" in packages else "l4re"
        return f"'{goal}' is a package: make {folder}/{goal}"
    in_package = any(goal.startswith(f"{p}/") for p in packages)
    if re.match(r"(pkg|l4re)/", goal) and not in_package:
        return (f"There is no package '{goal}'.{did_you_mean(goal, packages)} "
                "'make listpackages' lists them.")
    if "/" in goal or "." in goal:
        return (f"The file '{goal}' is needed and is not there, and no rule makes it. If it was removed "
                "on purpose: make clean, make.")
    known = goals_of(help_text) | {f"qemu E={e}" for e in entries}
    near = did_you_mean(goal, goals_of(help_text)) or did_you_mean(f"qemu E={goal}", known)
    return f"There is no goal '{goal}'.{near} 'make help' lists them."


def main():
    goal, help_text, entries, packages = sys.argv[1:5]
    print(f"\n*** {explain(goal, help_text, entries.split(), packages.split())}\n", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
