# SPDX-License-Identifier: MIT
"""Guest tests: boots a system description in QEMU and judges what it prints."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

import process
import tap
from description import Module, Test
from outcome import Context, Outcome, Setup_error

sys.path.append(str(Path(__file__).parents[2] / "mk" / "tools" / "boot"))
import elf  # noqa: E402  (of the boot tool)

# What our kernel and programs print when they give up. A line of a test's own TAP never counts.
PANIC = re.compile(r"\bpanic\b|\bPANIC\b|KERNEL BUG|[Aa]ssertion .*failed|double fault",
                   re.IGNORECASE)
LAST_LINES = 20


def run(test: Test, ctx: Context) -> Outcome:
    """Boot the test's system and return its outcome."""
    command = command_line(test, ctx)
    judge = _Tap_judge(test) if test.expect is None else _Pattern_judge(test)
    script = _Input(test)
    limit = test.timeout * ctx.scale
    result = process.run(command, judge.line, limit, on_output=script.output)
    outcome = Outcome(output=result.lines, command=shlex.join(command))
    outcome.cases = judge.cases()
    outcome.problems = judge.problems()
    _judge_end(test, result, judge, outcome, limit)
    return outcome


def _judge_end(test: Test, result: process.Run, judge: "_Judge", outcome: Outcome,
               limit: float) -> None:
    if judge.panic and not test.allow_panic:
        outcome.problems.insert(0, f"the system panicked: {judge.panic.strip()}")
    elif judge.ended and not judge.complete:
        outcome.problems.insert(0, f"the program ended before the test was finished: {judge.ended}")
    elif result.timed_out:
        outcome.problems.insert(0, f"hang: nothing more to see after {limit:g} s; "
                                   "QEMU was ended")
    elif result.status is not None and not judge.complete:
        # isa-debug-exit makes the status odd; 0 is a reset with -no-reboot.
        reason = ("the machine reset itself (triple fault?)" if result.status == 0
                  else f"QEMU ended with status {result.status}")
        outcome.problems.insert(0, f"{reason} before the test was finished")
    if test.exit is not None and result.status != (test.exit << 1 | 1):
        outcome.problems.append(f"exit: expected isa-debug-exit code {test.exit} (status "
                                f"{test.exit << 1 | 1}), QEMU's status is {result.status}")


def command_line(test: Test, ctx: Context) -> list[str]:
    """The QEMU command that boots the description."""
    if not shutil.which(ctx.qemu):
        raise Setup_error(f"'{ctx.qemu}' is not installed; run `make setup`, or set QEMU=")
    # With virtual time one host thread runs all CPUs in turn.
    virtual_time = test.cpus == 1 if test.icount is None else test.icount
    accelerator = "tcg,thread=single" if virtual_time else "tcg"
    # With an x2APIC, which later QEMUs emulate, a timer set by WRMSR ends them: "Bad icount read".
    cpu = f"{test.cpu},-x2apic" if virtual_time else test.cpu
    command = [ctx.qemu, "-accel", accelerator, "-M", "q35", "-cpu", cpu, "-m", str(test.memory),
               "-smp", str(test.cpus), "-nodefaults", "-display", "none", "-no-reboot",
               "-serial", "stdio", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]
    if virtual_time:
        # Virtual time counts instructions and skips idle time: exact and independent of load.
        command += ["-icount", "shift=0,sleep=off"]
    bootstrap = _prepare(test.bootstrap, test, ctx)
    command += ["-kernel", str(bootstrap)]
    if test.bootstrap.args:
        command += ["-append", test.bootstrap.args]
    modules = boot_modules(test)
    if test.libraries:
        modules += _shared_libraries(modules, test, ctx)
    if modules:
        command += ["-initrd", ",".join(_initrd(m, test, ctx) for m in modules)]
    return command + list(test.qemu)


def boot_modules(test: Test) -> list[Module]:
    """The modules in boot order: kernel, sigma0, root task, then the others."""
    if test.kind == "image":
        return list(test.modules)
    others = list(test.modules)
    if test.roottask:
        root = test.roottask
    elif test.kind == "raw":
        root = Module(test.program, test.args)
    elif test.script:
        script = Path(test.script).name
        root = Module("moe", f"rom/{script}")
        others = [Module("l4re"), Module("ned"), Module(test.script)] + others
    else:
        root = Module("moe", f"--init=rom/{test.program} {test.args}".strip())
        others = [Module("l4re"), Module(test.program)] + others
    return [test.kernel, test.sigma0, root] + others


def _shared_libraries(modules: list[Module], test: Test, ctx: Context) -> list[Module]:
    """What programs with shared libraries need, and is no module yet; as `make qemu` does it."""
    names = {Path(m.name or m.file).name for m in modules}
    found: list[Module] = []
    queue = list(modules)
    while queue:
        path = ctx.find(queue.pop(0).file, test.directory, test.search)
        for name in elf.needed(path.read_bytes()):
            if name not in names:
                names.add(name)
                found.append(Module(name))
                queue.append(found[-1])
    return found


def _initrd(module: Module, test: Test, ctx: Context) -> str:
    path = _prepare(module, test, ctx)
    return f"{path} {module.args}".strip().replace(",", ",,")


def _prepare(module: Module, test: Test, ctx: Context) -> Path:
    """The file to boot: as built, or a copy under another name or with the damage asked for."""
    path = ctx.find(module.file, test.directory, test.search)
    if not (module.name or module.truncate is not None or module.patch):
        return path
    folder = ctx.work / "boot" / test.name
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / (module.name or Path(module.file).name)
    data = bytearray(path.read_bytes())
    for where, what in module.patch:
        if where + len(what) > len(data):
            raise Setup_error(f"patch at {where:#x} lies outside of '{module.file}'")
        data[where:where + len(what)] = what
    copy.write_bytes(data[: module.truncate])
    return copy


class _Judge:
    """Sees each line of the serial log.

    complete: all was seen that the test shall print; the machine may then be ended, unless the
    description expects it to end by itself with an exit code.
    """

    def __init__(self, test: Test) -> None:
        self.complete = False
        self.panic = ""
        self.ended = ""  # moe's words about the end of the only program
        self._end = re.compile(rf"moe: rom/{re.escape(test.program)} ended") if (
            test.kind == "l4re" and not test.script) else None
        self._ends_itself = test.exit is not None
        self._forbid = [re.compile(pattern) for pattern in test.forbid]
        self._forbidden: list[str] = []

    def line(self, raw: str) -> bool:
        line = tap.strip_escapes(raw)
        if self.complete:
            return not self._ends_itself
        if not self.panic and PANIC.search(line) and not self._expected(line):
            self.panic = line
        self._forbidden += [line for pattern in self._forbid if pattern.search(line)]
        if self._end and self._end.search(line):
            self.ended = line.strip()
        self._take(raw, line)
        return bool(self.ended) or (self.complete and not self._ends_itself)

    def _expected(self, line: str) -> bool:
        raise NotImplementedError

    def _take(self, raw: str, line: str) -> None:
        raise NotImplementedError

    def cases(self) -> list[tap.Case]:
        raise NotImplementedError

    def problems(self) -> list[str]:
        return [f"forbidden output: {line}" for line in self._forbidden]


class _Tap_judge(_Judge):
    def __init__(self, test: Test) -> None:
        super().__init__(test)
        self._tap = tap.Collector()

    def _expected(self, line: str) -> bool:
        return self._tap.started and re.search(r"\b(not )?ok \d+|# ", line) is not None

    def _take(self, raw: str, line: str) -> None:
        self._tap.feed(raw)
        self.complete = self._tap.finished

    def cases(self) -> list[tap.Case]:
        return self._tap.cases

    def problems(self) -> list[str]:
        return self._tap.verdict() + super().problems()


class _Pattern_judge(_Judge):
    def __init__(self, test: Test) -> None:
        super().__init__(test)
        self._patterns = tap.Patterns(test.expect or ())

    def _expected(self, line: str) -> bool:
        return self._patterns.expects(line)

    def _take(self, raw: str, line: str) -> None:
        self._patterns.feed(line)
        self.complete = self._patterns.complete

    def cases(self) -> list[tap.Case]:
        return self._patterns.cases()


class _Input:
    """Types text on the serial line when a prompt appears: pairs of (pattern, text) in order."""

    def __init__(self, test: Test) -> None:
        self._steps = list(test.input)
        self._tail = ""

    def output(self, text: str) -> bytes:
        if not self._steps:
            return b""
        self._tail = tap.strip_escapes(self._tail + text)[-4096:]
        match = re.search(self._steps[0][0], self._tail)
        if not match:
            return b""
        self._tail = self._tail[match.end():]
        return self._steps.pop(0)[1].encode()
