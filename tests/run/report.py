# SPDX-License-Identifier: MIT
"""Prints progress, explains failures, and ends with the line `N passed, N failed`."""

from __future__ import annotations

import sys
import time

from description import Test
from guest import LAST_LINES
from outcome import Context, Outcome
from tap import strip_escapes


class Report:
    """Collects outcomes as they come. Counts are cases; a run that breaks counts as one more."""

    def __init__(self, context: Context, total: int, verbose: bool) -> None:
        self._context = context
        self._total = total
        self._verbose = verbose
        self._done = self._passed = self._failed = self._skipped = 0
        self._broken: list[str] = []
        self._start = time.monotonic()
        self._live = sys.stdout.isatty() and not verbose

    def add(self, test: Test, outcome: Outcome) -> None:
        """Take the outcome of one run, keep its log and print one line, more if it failed."""
        self._done += 1
        log = self._keep(test, outcome)
        if outcome.skipped:
            self._skipped += 1
            self._line(test, "skip", outcome.skipped)
            return
        skipped = sum(1 for case in outcome.cases if case.skipped)
        failed = len(outcome.failed_cases) + (1 if outcome.problems else 0)
        self._skipped += skipped
        self._failed += failed
        self._passed += sum(1 for case in outcome.cases if case.passed and not case.skipped)
        if outcome.passed:
            text = f"{len(outcome.cases)} cases, {outcome.seconds:.1f} s"
            self._line(test, "ok", text + (f", {skipped} skipped" if skipped else ""))
        else:
            self._broken.append(test.name)
            self._line(test, "FAILED", f"{outcome.seconds:.1f} s", stay=True)
            self._explain(test, outcome, log)
        if self._verbose:
            print("\n".join("    | " + line for line in outcome.output), flush=True)

    def _keep(self, test: Test, outcome: Outcome) -> str:
        path = self._context.work / "logs" / (test.name.replace("/", "-") + ".log")
        path.parent.mkdir(parents=True, exist_ok=True)
        head = [f"$ {outcome.command}"] if outcome.command else []
        path.write_text("\n".join(head + outcome.output) + "\n")
        try:
            return str(path.relative_to(self._context.top))
        except ValueError:
            return str(path)

    def _line(self, test: Test, word: str, text: str, stay: bool = False) -> None:
        width = len(str(self._total))
        line = f"[{self._done:{width}}/{self._total}] {word:6} {test.name} ({text})"
        if self._live:
            print("\r\x1b[K" + line, end="\n" if stay else "", flush=True)
        else:
            print(line, flush=True)

    def _explain(self, test: Test, outcome: Outcome, log: str) -> None:
        for problem in outcome.problems:
            print(f"    {problem}")
        for case in outcome.failed_cases:
            print(f"    not ok: {case.name}")
            for note in case.notes[-12:]:
                print(f"        {note}")
        if outcome.problems and outcome.output and not self._verbose:
            print(f"    last lines of {len(outcome.output)}:")
            for line in outcome.output[-LAST_LINES:]:
                print(f"    | {strip_escapes(line)}")
        print(f"    log: {log}; again: make test T={test.name}", flush=True)

    def finish(self) -> int:
        """The summary; returns the exit status of the whole run."""
        if self._live:
            print("\r\x1b[K", end="")
        if self._broken:
            print("failed: " + " ".join(sorted(self._broken)))
        seconds = time.monotonic() - self._start
        skipped = f", {self._skipped} skipped" if self._skipped else ""
        print(f"{self._total} tests in {seconds:.1f} s{skipped}")
        if self._passed + self._failed == 0:
            print("error: not one case ran; a run that checks nothing has not passed")
            self._failed = 1
        print(f"{self._passed} passed, {self._failed} failed", flush=True)
        return 1 if self._failed else 0
