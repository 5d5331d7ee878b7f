# SPDX-License-Identifier: MIT
"""Tests that run on this machine: GoogleTest programs (kind host) and commands (kind command)."""

from __future__ import annotations

import os
import re
import shlex
import shutil

import process
import tap
from description import Test
from outcome import Context, Outcome, Setup_error, environment
from tap import Patterns

_GTEST = re.compile(r"\[\s+(OK|FAILED|SKIPPED)\s+\] ([^ ,]+)(?:, where .*)? \(\d+ ms\)")
_SANITIZER = re.compile(r"ERROR: \w+Sanitizer|runtime error:|^SUMMARY: ")
_GTEST_PLAN = re.compile(r"\[==========\] Running (\d+) tests?")


def run_host(test: Test, ctx: Context) -> Outcome:
    """Build the folder's GoogleTest program with sanitizers and run it."""
    build = process.run([ctx.make, "--no-print-directory", "-s", "-C", str(test.directory),
                         f"O={ctx.build}"], lambda line: False, 600 * ctx.scale,
                        env=environment(ctx, test.env))
    if build.status != 0:
        return Outcome(problems=["does not compile"], output=build.lines)
    program = ctx.work / "host" / test.directory.name / "test"
    command = [str(program), "--gtest_color=no", *shlex.split(test.args)]
    # Leaks count only where the program can be traced at all (not below ptrace).
    sanitizers = {"ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
                  "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}
    result = process.run(command, lambda line: False, test.timeout * ctx.scale,
                         cwd=test.directory, env=environment(ctx, {**sanitizers, **test.env}))
    outcome = Outcome(output=build.lines + result.lines, command=shlex.join(command))
    _read_gtest(result, outcome)
    if result.timed_out:
        outcome.problems.append(f"hang: still running after {test.timeout * ctx.scale:g} s")
    elif result.status != 0 and not outcome.failed_cases:
        outcome.problems.append(f"ended with status {result.status}"
                                + (" (killed by a signal)" if (result.status or 0) < 0 else ""))
    return outcome


def _read_gtest(result: process.Run, outcome: Outcome) -> None:
    planned = None
    notes: list[str] = []
    for line in result.lines:
        if plan := _GTEST_PLAN.match(line):
            planned = int(plan[1])
        if line.startswith("[ RUN"):
            notes = []
        elif case := _GTEST.match(line):
            skipped = "by the test" if case[1] == "SKIPPED" else None
            outcome.cases.append(tap.Case(case[2], case[1] != "FAILED", skipped,
                                          notes if case[1] == "FAILED" else []))
            notes = []
        else:
            notes.append(line)
    outcome.problems += [line for line in result.lines if _SANITIZER.search(line)]
    if not planned:
        outcome.problems.append("no case ran: the program has no TEST()")
    elif planned != len(outcome.cases):
        # A crash or a sanitizer report ends the program in the middle of a case.
        outcome.problems.append(f"{planned} cases were announced, {len(outcome.cases)} ended; "
                                "the last lines tell why")


def run_command(test: Test, ctx: Context) -> Outcome:
    """Run the command and compare its output (patterns in order, or TAP) and exit status."""
    names = {"$TOP": str(ctx.top), "$BUILD": str(ctx.build), "$MAKE": ctx.make,
             "$PYTHON": "/usr/bin/python3"}
    command = [_substitute(word, names) for word in test.command]
    if not shutil.which(command[0], path=os.environ.get("PATH")):
        raise Setup_error(f"the command '{command[0]}' does not exist on this machine")
    collector = tap.Collector(framed=False)
    patterns = Patterns(test.expect or ())

    def watch(line: str) -> bool:
        collector.feed(line)
        patterns.feed(tap.strip_escapes(line))
        return test.endless and patterns.complete

    result = process.run(command, watch, test.timeout * ctx.scale, cwd=test.directory,
                         env=environment(ctx, test.env))
    outcome = Outcome(output=result.lines, command=shlex.join(command))
    if test.expect is None and any(_GTEST_PLAN.match(line) for line in result.lines):
        _read_gtest(result, outcome)
    elif test.expect is None:
        outcome.cases, outcome.problems = collector.cases, collector.verdict()
    else:
        outcome.cases = patterns.cases()
    for pattern in test.forbid:
        outcome.problems += [f"forbidden output: {line}" for line in result.lines
                             if re.search(pattern, line)]
    wanted = test.exit or 0
    if result.timed_out:
        outcome.problems.append(f"hang: still running after {test.timeout * ctx.scale:g} s")
    elif result.status != wanted and not result.stopped and not outcome.failed_cases:
        outcome.problems.append(f"ended with status {result.status}, expected {wanted}")
    return outcome


def _substitute(word: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        word = word.replace(name, value)
    return word
