# SPDX-License-Identifier: MIT
"""gdb commands for Furore: l4-threads, l4-caps, l4-bt, l4-break, l4-crashes, l4-log."""
import os
import sys
from pathlib import Path

import gdb

sys.path.insert(0, str(Path(__file__).resolve().parent))
import kernel  # noqa: E402
import machine  # noqa: E402
import symbols  # noqa: E402


class Command(gdb.Command):
    """A command whose name and help stand in the derived class; words() are its arguments."""

    name, completer = "", gdb.COMPLETE_NONE

    def __init__(self):
        super().__init__(self.name, gdb.COMMAND_USER, self.completer)

    def words(self, text, least, most):
        words = gdb.string_to_argv(text)
        if not least <= len(words) <= most:
            raise gdb.GdbError(f"usage: {self.__doc__.strip().splitlines()[0]}")
        return words


class Threads(Command):
    """l4-threads [TASK]

    All threads of the kernel: number, name, task, CPU, priority, state, instruction pointer.
    A star marks the threads that a CPU runs."""

    name = "l4-threads"

    def invoke(self, text, _from_tty):
        words = self.words(text, 0, 1)
        task = kernel.named(words[0], kernel.Task_type) if words else None
        running = kernel.current_threads()
        print("    id name            task            CPU prio state         ip")
        for t in kernel.threads():
            its = t.task
            if task and (not its or its.address != task.address):
                continue
            mark = "*" if t.address in running else " "
            print(f"{mark}{t.id:5} {t.name:15.15} {(its.name or its.id) if its else '-':15} "
                  f"{t.cpu:3} {t.prio:4} {t.state:12} {int(t.frame['rip']):12x}")


class Caps(Command):
    """l4-caps TASK

    The capabilities of a task: slot (hexadecimal), rights (w, s, d, ~ weak, ! server), object."""

    name = "l4-caps"

    def invoke(self, text, _from_tty):
        task = kernel.named(self.words(text, 1, 1)[0], kernel.Task_type)
        print(" slot rights  object")
        for slot, rights, target in kernel.caps(task):
            print(f"{slot:5x} {rights}   {target}")


class Backtrace(Command):
    """l4-bt THREAD | TASK [full]

    Where a thread is in its program, also when it does not run: its call stack. Of a task: all its
    threads. full: with the variables of each function."""

    name = "l4-bt"

    def invoke(self, text, _from_tty):
        wanted, *full = self.words(text, 1, 2)
        if full not in ([], ["full"]):
            raise gdb.GdbError(f"'{full[0]}' is not understood: l4-bt THREAD | TASK [full]")
        threads = [t for t in kernel.threads() if wanted in (t.name, str(t.id), hex(t.address))]
        tasks = [o for o in kernel.objects()
                 if o.type == kernel.Task_type and wanted in (o.name, str(o.id))]
        for task in tasks:
            known = {t.address for t in threads}
            threads += [t for t in kernel.threads()
                        if t.task and t.task.address == task.address and t.address not in known]
        if not threads:
            raise gdb.GdbError(f"there is no thread and no task '{wanted}': see l4-threads")
        for t in threads:
            self.show(t, *full)
        symbols.load_for(running_task())

    @staticmethod
    def show(thread, full=""):
        symbols.load_for(thread.task)
        print(f"{thread} of {thread.task or '-'}, {thread.state}:")
        cpu = kernel.current_threads().get(thread.address)
        if cpu is not None and Backtrace.select_running(cpu):
            symbols.load_libraries(thread.task)
            gdb.execute(f"bt {full} 40")
        elif thread.root_table():
            with machine.Context(thread):
                symbols.load_libraries(thread.task)
                gdb.execute(f"bt {full} 40")

    @staticmethod
    def select_running(cpu):
        """Select the CPU if it is in user mode, where its own registers are the thread's."""
        for inferior_thread in gdb.selected_inferior().threads():
            if inferior_thread.num == cpu + 1:
                inferior_thread.switch()
                return machine.in_user_mode()
        return False


def place_in(program, place):
    """Address of a function (`main`, `Server::op_add`) or line (`main.cc:12`) of a program."""
    symbols.load(program)
    if program not in symbols.known():
        raise gdb.GdbError(f"no symbols of '{program}' are loaded; there are: "
                           f"{', '.join(symbols.known())}")
    try:
        _, places = gdb.decode_line(place)
    except gdb.error:
        places = ()
    for p in places or ():
        if p.symtab and os.path.basename(p.symtab.objfile.filename) == program:
            return int(p.pc)
    raise gdb.GdbError(f"'{program}' has no function '{place}'; with the file and line: FILE:LINE; "
                       f"`info functions {place}` shows similar names of all programs")


class Break(Command):
    """l4-break PROGRAM PLACE

    Stop when the program enters a function (main, Server::op_add) or comes to a line (main.cc:12). Programs
    share addresses: the breakpoint counts only in a task with the program's name, or in one without a name."""

    name = "l4-break"

    def invoke(self, text, _from_tty):
        program, place = self.words(text, 2, 2)
        In_task(program, place_in(program, place))


def running_task():
    """The task of the thread that the selected CPU runs; None while there is no kernel yet."""
    cpu = gdb.selected_thread().num - 1
    try:
        thread = next((a for a, c in kernel.current_threads().items() if c == cpu), None)
        return thread and kernel.find(thread) and kernel.find(thread).task
    except gdb.error:
        return None


class In_task(gdb.Breakpoint):
    """Counts in tasks of one name only; without a name in all tasks."""

    def __init__(self, program, address):
        super().__init__(f"*{address:#x}", gdb.BP_HARDWARE_BREAKPOINT)
        self._program = program

    def stop(self):
        if not machine.in_user_mode():
            return False
        task = running_task()
        return not self._program or not task or task.name in ("", self._program)


class Crashes(Command):
    """l4-crashes [PROGRAM]

    Stop when a program (only this one) crashes, before it is ended, and show where. l4-bt PROGRAM full then shows
    its variables."""

    name = "l4-crashes"
    breakpoint = None

    def invoke(self, text, _from_tty):
        program = (self.words(text, 0, 1) or [""])[0]
        if Crashes.breakpoint and Crashes.breakpoint.is_valid():
            Crashes.breakpoint.delete()
        Crashes.breakpoint = In_task(program, place_in("l4re", "Itas::Crash_handler::report"))

    @staticmethod
    def show():
        """The program's part `l4re` is about to report: the thread that crashed waits for its answer."""
        address = int(gdb.parse_and_eval("regs.ip"))
        task = running_task()
        print(f"{task or 'a program'} crashed:")
        for t in kernel.threads():
            if task and t.task and t.task.address == task.address and \
                    int(t.frame["rip"]) == address:
                Backtrace.show(t)


class Log(Command):
    """l4-log

    What the system has printed on the serial line since it was shown last. Shown at each stop."""

    name = "l4-log"
    path, shown = None, 0

    def invoke(self, text, _from_tty):
        self.words(text, 0, 0)
        self.show()

    @classmethod
    def show(cls):
        if not cls.path or not cls.path.is_file():
            return
        with open(cls.path, "rb") as file:
            file.seek(cls.shown)
            new = file.read()
        cls.shown += len(new)
        if new:
            print(new.decode(errors="replace").replace("\r", ""), end="")


def stopped(event):
    """What gdb has printed about a stop may have been in words of another program."""
    Log.show()
    other = symbols.load_for(running_task())
    if machine.in_user_mode():
        other |= symbols.load_libraries(running_task())
    if Crashes.breakpoint in getattr(event, "breakpoints", ()):
        Crashes.show()
    elif other and machine.in_user_mode():
        gdb.execute("frame")


def end():
    """Ends the machine; that it is gone before it has answered is no error."""
    try:
        gdb.execute("kill")
    except gdb.error:
        pass


for command in (Threads, Caps, Backtrace, Break, Crashes, Log):
    command()
gdb.events.stop.connect(stopped)
