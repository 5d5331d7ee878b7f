# SPDX-License-Identifier: MIT
"""CPUs, as QEMU shows them to gdb: the memory that gdb sees is that of the selected CPU's page tables."""
import functools

import gdb

Registers = ("r15", "r14", "r13", "r12", "r11", "r10", "r9", "r8", "rdi", "rsi", "rbp", "rbx",
             "rdx", "rcx", "rax", "rip", "rsp")


def in_user_mode():
    return int(gdb.parse_and_eval("$cs")) & 3 == 3


def read_register(name):
    """As a number, whatever type gdb gives the register (code pointer, set of flags)."""
    return int(gdb.parse_and_eval(f"${name}").format_string(format="x"), 16)


@functools.lru_cache(None)
def remote_number(register):
    """QEMU's number of a register."""
    for line in gdb.execute("maintenance print remote-registers", to_string=True).splitlines():
        words = line.split()
        if words and words[0] == register:
            return int(words[-2])
    raise gdb.GdbError(f"this QEMU does not show the register {register} to gdb")


def load_page_tables(root):
    """Set CR3. gdb cannot assign to it, since it is a set of flags for it."""
    value = root.to_bytes(8, "little").hex()
    answer = gdb.execute(f"maintenance packet P{remote_number('cr3'):x}={value}", to_string=True)
    if '"OK"' not in answer:
        raise gdb.GdbError(f"QEMU refuses to change CR3: {answer.strip()}")
    gdb.execute("maintenance flush register-cache", to_string=True)


class Context:
    """While it is entered, the selected CPU has the registers and the page tables of a thread that does not run
    there, so that gdb's own commands show this thread. Afterwards the CPU is as it was."""

    def __init__(self, thread):
        self._root = thread.root_table()
        self._values = {r: int(thread.frame[r]) for r in Registers}

    def __enter__(self):
        self._saved = {r: read_register(r) for r in (*Registers, "cr3")}
        self._load(dict(self._values, cr3=self._root))

    def __exit__(self, *_):
        self._load(self._saved)

    @staticmethod
    def _load(values):
        for register, value in values.items():
            if register == "cr3":
                load_page_tables(value)
            else:
                gdb.execute(f"set ${register} = {value:#x}", to_string=True)
        gdb.execute("maintenance flush dcache", to_string=True)
