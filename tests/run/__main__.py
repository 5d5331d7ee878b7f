# SPDX-License-Identifier: MIT
"""Furore's test runner: `python3 tests/run --top . --build build [-p PATTERN] [--quick]`.

`make test` and `make check` call it; tests/README.md explains how to write a test.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

import guest
import local
from description import Description_error, Test, load_all, load_generated
from outcome import Context, Outcome, Setup_error
from report import Report

_RUNNERS = {"host": local.run_host, "command": local.run_command,
            "raw": guest.run, "l4re": guest.run, "image": guest.run}


def main() -> int:
    options = _options()
    context = Context(top=options.top.resolve(), build=options.build.resolve(),
                      scale=options.timeout_scale, qemu=options.qemu,
                      make=os.environ.get("MAKE", "make"))
    root = (options.tests or options.top / "tests").resolve()
    try:
        every = load_all(root)
        if options.tests is None:
            every += load_generated(context.build / "test" / "t" / "amd64_gen" / "l4f")
    except Description_error as error:
        print(f"error: {error}", file=sys.stderr)
        print("0 passed, 1 failed")
        return 1
    tests = [test for test in every if _wanted(test, options)]
    if options.list:
        print("\n".join(test.name for test in tests))
        return 0
    if not tests:
        print(_no_match(options, len(every)), file=sys.stderr)
        print("0 passed, 1 failed")
        return 1
    report = Report(context, len(tests), options.verbose)
    _run_all(tests, context, options.jobs, report)
    return report.finish()


def _no_match(options: argparse.Namespace, count: int) -> str:
    if options.package and not options.pattern:
        return (f"error: {' '.join(options.package)} has no tests. A folder test/ with a makefile "
                "of role test.mk holds them: see docs/testing.md")
    what = f"'{options.name or options.pattern}'"
    return f"error: no test matches {what}; `make test-list` names all {count}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/run", description=__doc__.splitlines()[0])
    parser.add_argument("--top", type=Path, default=Path("."), help="the source tree")
    parser.add_argument("--build", type=Path, default=Path("build"), help="the build tree")
    parser.add_argument("--tests", type=Path, help="folder with descriptions (default TOP/tests)")
    parser.add_argument("-p", "--pattern", default="", help="words or globs; all of one suffice")
    parser.add_argument("--package", action="append", default=[],
                        help="only tests of this package (may be repeated)")
    parser.add_argument("--name", default="", help="only the test of exactly this name")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="only tests with quick = true")
    parser.add_argument("--list", action="store_true", help="names only")
    parser.add_argument("-v", "--verbose", action="store_true", help="all output of all tests")
    parser.add_argument("--qemu", default=os.environ.get("QEMU", "qemu-system-x86_64"))
    parser.add_argument("--timeout-scale", type=float, default=1.0)
    return parser.parse_args()


def _wanted(test: Test, options: argparse.Namespace) -> bool:
    if options.quick and not (test.quick and test.cpus == 1):
        return False
    if options.name and test.name.split("@")[0] != options.name:
        return False
    if options.package and not any(test.name.startswith(p + "/") for p in options.package):
        return False
    words = options.pattern.split()
    return not words or any(word in test.name or fnmatch.fnmatch(test.name, word)
                            for word in words)


def _run_all(tests: list[Test], context: Context, jobs: int, report: Report) -> None:
    # Long ones first, so that no long test runs alone at the end.
    order = sorted(tests, key=lambda test: -test.timeout)
    with ThreadPoolExecutor(max_workers=max(jobs, 1)) as pool:
        runs: dict[Future[Outcome], Test] = {pool.submit(_run, t, context): t for t in order}
        for done in as_completed(runs):
            report.add(runs[done], done.result())


def _run(test: Test, context: Context) -> Outcome:
    start = time.monotonic()
    reason = _skip_reason(test)
    if reason:
        outcome = Outcome(skipped=reason)
    else:
        try:
            outcome = _set_up(test) or _RUNNERS[test.kind](test, context)
        except Setup_error as error:
            outcome = Outcome(problems=[str(error)])
    outcome.seconds = time.monotonic() - start
    return outcome


def _skip_reason(test: Test) -> str:
    """Why a test cannot or shall not run here; empty if it runs."""
    missing = [need for need in test.needs if not shutil.which(need)]
    if missing:
        return f"needs {', '.join(missing)}"
    given = dict(word.partition("=")[::2] for word in
                 re.split(r"[,\s]+", os.environ.get("TEST_RUN_TAGS", "")) if word)
    for tag in test.tags:
        value = given.get(tag.lstrip("!+-"), None)
        on = value in ("1", "")  # `tag` alone means tag=1
        wanted = {"!": not on, "+": on or value is None, "-": not on and value is not None}
        if not wanted.get(tag[0], on):
            return f"tag {tag} (TEST_RUN_TAGS)"
    return test.skip


def _set_up(test: Test) -> Outcome | None:
    """Run the command that a test wants before; an outcome if the test cannot go on."""
    if not test.setup:
        return None
    result = subprocess.run(["/bin/sh", "-c", test.setup], cwd=test.directory, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=test.timeout, check=False)
    if result.returncode == 69:
        return Outcome(skipped="its TEST_SETUP says so (status 69)")
    if result.returncode != 0:
        return Outcome(problems=[f"TEST_SETUP ended with status {result.returncode}"],
                       output=result.stdout.splitlines(), command=test.setup)
    return None


if __name__ == "__main__":
    sys.exit(main())
