# SPDX-License-Identifier: MIT
"""The Test Anything Protocol as a guest prints it on the log.

Tests print TAP between a line with `TAP TEST START` and one with `TAP TEST FINISH`. The log puts a
tag and colours in front of each program's lines ("conf_ipc| ok 1 - ..."); whatever stands before
the start marker is that tag, and only lines with the same tag belong to the test.

The collector is strict: a missing plan, a gap in the numbers or an empty test is a failure,
because each of them means that a part of the test did not run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

START = "TAP TEST START"
FINISH = "TAP TEST FINISH"

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_POINT = re.compile(r"(not )?ok\b(?:\s+(\d+))?\s*(?:-\s*)?(.*)")
_PLAN = re.compile(r"1\.\.(\d+)\s*(?:#\s*[Ss][Kk][Ii][Pp]\S*\s*(.*))?$")
_DIRECTIVE = re.compile(r"\s+#\s*(skip|todo)\S*\s*(.*)$", re.IGNORECASE)


def strip_escapes(line: str) -> str:
    """The line without terminal control sequences and carriage returns."""
    return _ESCAPE.sub("", line).replace("\r", "")


def ends_report(line: str) -> bool:
    """Whether a line of the log is the last one of a report: its end, or the reason why there is none."""
    return FINISH in line or "Bail out!" in line


@dataclass
class Case:
    """One TAP point: a named check with its outcome and the diagnostics that followed it."""

    name: str
    passed: bool
    skipped: str | None = None
    notes: list[str] = field(default_factory=list)


class Collector:
    """Takes log lines one by one and holds the cases found between the markers.

    With framed=False the whole input is TAP (output of a command on the host).
    """

    def __init__(self, framed: bool = True) -> None:
        self.cases: list[Case] = []
        self.started = not framed
        self.finished = False
        self.errors: list[str] = []
        self._framed = framed
        self._tag = ""
        self._plan: int | None = None
        self._plan_skip: str | None = None

    def feed(self, raw: str) -> None:
        """Take one line, without its line feed."""
        line = strip_escapes(raw)
        if not self.started:
            if START in line:
                self.started = True
                self._tag = line[: line.index(START)]
            return
        if self.finished:
            return
        if not line.startswith(self._tag):
            return  # another program's line
        self._line(line[len(self._tag):].rstrip())

    def _line(self, line: str) -> None:
        if self._framed and FINISH in line:
            self.finished = True
            return
        if START in line:
            self.errors.append(f"a second '{START}': the test restarted half way")
            return
        if line.startswith("Bail out!"):
            self.errors.append(line)
            self.finished = True
            return
        if plan := _PLAN.match(line):
            if self._plan is not None:
                self.errors.append("a second plan line: " + line)
            self._plan, self._plan_skip = int(plan[1]), plan[2]
            return
        if point := _POINT.match(line):
            self._point(point)
            return
        if line.lstrip().startswith("#") and self.cases:
            self.cases[-1].notes.append(line.strip())

    def _point(self, point: re.Match[str]) -> None:
        failed, number, name = point[1], point[2], point[3]
        skipped = None
        passed = not failed
        if directive := _DIRECTIVE.search(" " + name):
            name = name[: max(directive.start() - 1, 0)]
            if directive[1].lower() == "skip":
                skipped, passed = directive[2] or "no reason given", True
            else:
                # A known defect is still a defect: it may not hide behind "todo".
                passed = False
                self.errors.append(f"'{name}' is marked TODO; say what is wrong in an issue")
        self.cases.append(Case(name.strip() or f"case {len(self.cases) + 1}", passed, skipped))
        if number is not None and int(number) != len(self.cases):
            self.errors.append(f"case {len(self.cases)} carries the number {number}: "
                               "output was lost or printed twice")

    def verdict(self) -> list[str]:
        """What is wrong with the report as a whole; empty if it can be trusted."""
        wrong = list(self.errors)
        if not self.started:
            wrong.append(f"the test never printed '{START}'")
            return wrong
        if self._framed and not self.finished:
            wrong.append(f"the test never printed '{FINISH}ED'")
        if self._plan is None:
            wrong.append("no plan line (1..N): nobody knows whether all cases ran")
        elif self._plan == 0:
            if self._plan_skip is None:
                wrong.append("the plan announces no case (1..0) and gives no reason")
        elif self._plan != len(self.cases):
            wrong.append(f"the plan announces {self._plan} cases, {len(self.cases)} ran")
        if self._plan is None and not self.cases:
            wrong.append("no case ran")
        return wrong


class Patterns:
    """Patterns that must appear in this order, each behind the one before it."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self._patterns = [re.compile(pattern) for pattern in patterns]
        self._matched = 0

    @property
    def complete(self) -> bool:
        return self._matched == len(self._patterns)

    def feed(self, line: str) -> None:
        """Take one line without escapes; several patterns may match in it."""
        position = 0
        while not self.complete:
            match = self._patterns[self._matched].search(line, position)
            if not match:
                return
            position = match.end()
            self._matched += 1

    def expects(self, line: str) -> bool:
        """Whether a line is what any of the patterns is about."""
        return any(pattern.search(line) for pattern in self._patterns)

    def cases(self) -> list[Case]:
        return [Case(f"prints /{pattern.pattern}/", index < self._matched)
                for index, pattern in enumerate(self._patterns)]
