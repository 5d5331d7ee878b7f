# SPDX-License-Identifier: MIT
"""Symbols of programs that are linked to the same addresses: those of one program at a time.

gdb takes an address for that of the first file whose symbols cover it. Programs run in address spaces of their
own, and most of them begin at the same address: with the symbols of all of them a call stack would show functions
of another program. So of such programs only those of the task that is looked at are loaded, and with them those of
the shared libraries that it has loaded, at the addresses where they are.
"""
import os
import struct

import gdb

programs = {}  # name -> file, of programs that share addresses
_loaded = None
dynamic = {}  # name -> file, of programs with shared libraries
libraries = {}  # name -> file
_placed = {}  # file -> address, of libraries whose symbols are loaded


def add(path):
    programs[os.path.basename(path)] = path


def known():
    """Names of all programs, and of the kernel."""
    return sorted({os.path.basename(o.filename) for o in gdb.objfiles()} | set(programs))


def program_of(task, among=None):
    """The program that a task was named after; the kernel keeps the begin of a name."""
    name = task.name if task else ""
    found = [p for p in (programs if among is None else among)
             if name and (p == name or p.startswith(name) and len(name) >= 15)]
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


def add_dynamic(path):
    dynamic[os.path.basename(path)] = path


def add_library(path):
    libraries[os.path.basename(path)] = path


def load_libraries(task):
    """Loads the symbols of the libraries that a task's program has loaded. The selected CPU has its page tables.
    True if others were there."""
    program = program_of(task, dynamic)
    try:
        wanted = dict(_objects(dynamic[program])) if program else {}
    except gdb.error:
        wanted = {}  # the program has not come so far
    if wanted == _placed:
        return False
    for path in [p for p, address in _placed.items() if wanted.get(p) != address]:
        gdb.execute(f'remove-symbol-file "{path}"', to_string=True)
        del _placed[path]
    for path, address in wanted.items():
        if path not in _placed:
            gdb.execute(f'add-symbol-file "{path}" -o {address:#x}', to_string=True)
            _placed[path] = address
    return True


def _objects(program):
    """(file, address) of each library of a program, from the list that its dynamic linker keeps for debuggers."""
    end, debug = 0, 21
    at = _dynamic_section(program)
    record = None
    while (entry := _words(at, 2))[0] != end:
        if entry[0] == debug:
            record = entry[1]
        at += 16
    link = record and _words(record, 2)[1]
    while link:
        address, name, _, link = _words(link, 4)
        path = libraries.get(os.path.basename(_text(name)))
        if path:
            yield path, address


def _dynamic_section(program):
    """Its address."""
    wanted = 2
    with open(program, "rb") as file:
        head = file.read(64)
        place, size, count = *struct.unpack_from("<Q", head, 32), *struct.unpack_from("<HH", head, 54)
        file.seek(place)
        headers = [struct.unpack("<IIQQQQQQ", file.read(size)[:56]) for _ in range(count)]
    return next(address for kind, _, _, address, *_ in headers if kind == wanted)


def _words(address, count):
    memory = gdb.selected_inferior().read_memory(address, 8 * count)
    return struct.unpack(f"<{count}Q", memory.tobytes())


def _text(address):
    return gdb.Value(address).cast(gdb.lookup_type("char").pointer()).string(length=-1)
