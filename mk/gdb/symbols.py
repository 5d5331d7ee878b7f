# SPDX-License-Identifier: MIT
"""Symbols of programs that are linked to the same addresses: those of one program at a time.

gdb takes an address for that of the first file whose symbols cover it. Programs run in address spaces of their
own, and most of them begin at the same address: with the symbols of all of them a call stack would show functions
of another program. So of such programs only those of the task that is looked at are loaded.
"""
import os

import gdb

programs = {}  # name -> file, of programs that share addresses
_loaded = None


def add(path):
    programs[os.path.basename(path)] = path


def known():
    """Names of all programs, and of the kernel."""
    return sorted({os.path.basename(o.filename) for o in gdb.objfiles()} | set(programs))


def program_of(task):
    """The program that a task was named after; the kernel keeps the begin of a name."""
    name = task.name if task else ""
    found = [p for p in programs if name and (p == name or p.startswith(name) and len(name) >= 15)]
    return found[0] if found else None


def load(program):
    """Loads the symbols of a program, instead of those of another one. True if they were not there."""
    global _loaded
    if program not in programs or program == _loaded:
        return False
    if _loaded:
        gdb.execute(f'remove-symbol-file "{programs[_loaded]}"', to_string=True)
    gdb.execute(f'add-symbol-file "{programs[program]}" -o 0', to_string=True)
    _loaded = program
    return True


def load_for(task):
    return load(program_of(task))
