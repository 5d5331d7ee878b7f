# SPDX-License-Identifier: MIT
"""Proves that the test runner tells the truth: prints TAP itself.

A test that cannot fail is a bug. So each way in which a test can go wrong is played by a small
multiboot guest (guest.c) or command, run through the real runner, and the runner's exit status and
words are compared. Usage: selftest.py TOP BUILD
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable

TOP, BUILD = Path(sys.argv[1]), Path(sys.argv[2])
OUT = BUILD / "tests" / "selftest"
PASS_TEXT = "1 passed, 0 failed"
HANG = 6  # seconds for a case that must hang: enough to boot on a busy machine


def image(text: str, more: str = "", timeout: int = 30) -> str:
    """A description that boots the scripted guest with this text."""
    return (f'[defaults]\nkind = "image"\ntimeout = {timeout}\n'
            f'bootstrap = {{file = "{OUT}/guest", args = "{text}"}}\n{more}\n')


def tap(body: str) -> str:
    return f"TAP TEST START;{body}TAP TEST FINISHED;"


def command(words: str, more: str = "") -> str:
    return f'[defaults]\nkind = "command"\ntimeout = 3\ncommand = {words}\n{more}\n'


GTEST = "#include <gtest/gtest.h>\nTEST(Self, case_one) { %s }\n"


def host(body: str) -> dict[str, str]:
    """A host test folder with one GoogleTest case."""
    return {"test.toml": '[defaults]\nkind = "host"\ntimeout = 30\n',
            "Makefile": f"include {TOP}/tests/host/host.mk\n",
            "self_test.cc": body if "#include" in body else GTEST % body}


# name, description (or the folder's files), exit status of the runner, words of its report
CASES: list[tuple[str, str | dict[str, str] | None, int, list[str]]] = [
    ("a passing guest passes", image(tap("1..2;ok 1 - a;ok 2 - b;")), 0, ["2 passed, 0 failed"]),
    ("log tags and colours are stripped",
     image("cn | TAP TEST START;x | not ok 1 - stranger;cn | ok 1 - a;cn | 1..1;"
           "cn | TAP TEST FINISHED;"), 0, [PASS_TEXT]),
    ("a failing point fails", image(tap("1..2;ok 1 - a;not ok 2 - b;# value 7;")), 1,
     ["not ok: b", "# value 7", "1 passed, 1 failed"]),
    ("a missing plan fails", image(tap("ok 1 - a;")), 1, ["no plan line", "1 failed"]),
    ("a short run fails", image(tap("1..3;ok 1 - a;")), 1, ["announces 3 cases, 1 ran"]),
    ("an empty report fails", image(tap("")), 1, ["no plan line", "no case ran"]),
    ("a plan of zero cases fails", image(tap("1..0;")), 1, ["announces no case"]),
    ("a gap in the numbers fails", image(tap("1..2;ok 1 - a;ok 3 - b;")), 1, ["lost or printed"]),
    ("a restarted test fails", image("TAP TEST START;ok 1 - a;" + tap("1..1;ok 1 - a;")), 1,
     ["restarted"]),
    ("a bail-out fails", image(tap("1..1;Bail out! no memory;")), 1, ["Bail out! no memory"]),
    ("a known defect is a failure", image(tap("1..1;not ok 1 - a # TODO later;")), 1, ["TODO"]),
    ("a skipped point is not counted as passed", image(tap("1..2;ok 1 - a # SKIP no ACPI;ok 2;")),
     0, [PASS_TEXT, "1 skipped"]),
    ("a hang in the middle is reported",
     image("TAP TEST START;1..2;ok 1 - a;@h", timeout=HANG), 1,
     ["hang:", "| ok 1 - a", "1 passed, 1 failed"]),
    ("a guest that prints nothing is reported", image("@h", timeout=HANG), 1,
     ["hang:", "never printed"]),
    ("a panic fails even with a good report after it",
     image("PANIC: page fault in the kernel at 0x1234;" + tap("1..1;ok 1 - a;")), 1,
     ["the system panicked: PANIC: page fault in the kernel at 0x1234"]),
    ("a panic in the middle is named",
     image("TAP TEST START;1..1;furore: assertion x > 0 failed;@h", timeout=HANG), 1,
     ["the system panicked: furore: assertion x > 0 failed"]),
    ("a case may have panic in its name", image(tap("1..1;ok 1 - no panic on empty slot;")), 0,
     [PASS_TEXT]),
    ("a reset is reported", image("TAP TEST START;1..1;@r"), 1, ["reset itself", "| 1..1"]),
    ("an early end of QEMU is reported", image("TAP TEST START;@x3"), 1, ["ended with status 7"]),
    ("the end of the program before the end of its report is noticed at once",
     {"test.toml": '[defaults]\nkind = "l4re"\ntimeout = 30\nprogram = "prog"\n'
      f'bootstrap = {{file = "{OUT}/guest", args = "TAP TEST START;1..2;ok 1 - a;'
      'moe: rom/prog ended with exit status 1;@h"}\n',
      **{name: "any" for name in ("furore", "sigma0", "moe", "l4re", "prog")}}, 1,
     ["the program ended before", "exit status 1", "1 passed, 1 failed"]),
    ("patterns in order pass", image("one;two;three;@h", 'expect = ["one", "t.*o", "three"]'), 0,
     ["3 passed, 0 failed"]),
    ("patterns in the wrong order fail", image("two;one;@h", 'expect = ["one", "two"]', HANG), 1,
     ["not ok: prints /two/"]),
    ("forbidden output fails", image("bad;one;@h", 'expect = ["one"]\nforbid = ["bad"]'), 1,
     ["forbidden output: bad"]),
    ("the exit code is compared", image("one;@x3", 'expect = ["one"]\nexit = 3'), 0, [PASS_TEXT]),
    ("a wrong exit code fails", image("one;@x3", 'expect = ["one"]\nexit = 4'), 1,
     ["exit: expected"]),
    ("an expected panic passes", image("PANIC: corrupt ELF;@h",
     'expect = ["PANIC: corrupt ELF"]'), 0, [PASS_TEXT]),
    ("input is typed at the prompt", image("name? @i!;@h", 'expect = ["name\\\\? K!"]\n'
     'input = [["name\\\\? ", "K"]]'), 0, [PASS_TEXT]),
    ("a missing boot file is explained",
     '[defaults]\nkind = "image"\nbootstrap = "no-such-file"\n', 1,
     ["boot file 'no-such-file' does not exist", "Build it with"]),
    ("an unknown key is explained", '[defaults]\nkind = "image"\nbootstrp = "x"\n', 1,
     ["unknown key `bootstrp`; did you mean `bootstrap`?"]),
    ("an empty pattern list is refused", image("x", "expect = []"), 1, ["could not fail"]),
    ("no test at all is a failure", None, 1, ["no test matches", "0 passed, 1 failed"]),
    ("a command's TAP is read", command('["printf", "1..1\\\\nok 1 - a\\\\n"]'), 0, [PASS_TEXT]),
    ("a command's exit status counts", command('["sh", "-c", "echo hi; exit 2"]', 'expect = "hi"'),
     1, ["status 2, expected 0"]),
    ("a command that hangs is ended", command('["sleep", "60"]', 'expect = "hi"'), 1, ["hang:"]),
    ("an endless command is ended when all was seen",
     command('["sh", "-c", "echo hi; sleep 60"]', 'expect = "hi"\nendless = true'), 0, [PASS_TEXT]),
    ("a skipped run alone is no success", command('["true"]', 'needs = ["no-such-program"]'), 1,
     ["needs no-such-program", "not one case ran"]),
    ("a passing host test passes", host("EXPECT_EQ(1, 1);"), 0, [PASS_TEXT]),
    ("a failing host test fails", host("EXPECT_EQ(1, 2);"), 1,
     ["not ok: Self.case_one", "Expected equality"]),
    ("a memory error fails", host("int volatile *volatile p = new int; delete p; *p = 1;"), 1,
     ["heap-use-after-free", "1 cases were announced, 0 ended"]),
    ("undefined behaviour fails", host("int volatile x = 0x7fffffff; x = x + 1;"), 1,
     ["signed integer overflow"]),
    ("a host test without a case fails", host("#include <gtest/gtest.h>\n"), 1, ["no case ran"]),
    ("a host test that does not compile fails", host("int x = nonsense;"), 1,
     ["does not compile", "nonsense"]),
]


def main() -> int:
    shutil.rmtree(OUT, ignore_errors=True)  # the folders of earlier cases are gone: start afresh
    OUT.mkdir(parents=True)
    source = Path(__file__).parent / "guest.c"
    subprocess.run(["gcc", "-m32", "-O1", "-Wall", "-ffreestanding", "-fno-pic", "-no-pie",
                    "-fno-stack-protector", "-fcf-protection=none", "-nostdlib", "-static",
                    "-Wl,-T," + str(source.with_suffix(".ld")), "-Wl,--build-id=none",
                    "-Wl,-z,noexecstack,--no-warn-rwx-segments", "-o",
                    str(OUT / "guest"), str(source)], check=True)
    print(f"1..{len(CASES) + 1}")
    failed = 0
    pool = ThreadPoolExecutor(max_workers=2)
    results = [pool.submit(check, number, *case[1:]) for number, case in enumerate(CASES, 1)]
    for number, ((name, *_), result) in enumerate(zip(CASES, results), 1):
        wrong = result.result()
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}", flush=True)
        for line in wrong:
            print("# " + line)
        failed += bool(wrong)
    wrong = killed_runner()
    print(f"{'not ok' if wrong else 'ok'} {len(CASES) + 1} - what a killed runner started ends with it")
    print("".join(f"# {line}\n" for line in wrong), end="")
    return 1 if failed or wrong else 0


def check(number: int, what: str | dict[str, str] | None, status: int,
          words: list[str]) -> list[str]:
    """Run one description; returns what differs from the expectation, with the report."""
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        case = Path(folder) / f"case{number}"  # also names the program of a host test
        files = {"test.toml": what} if isinstance(what, str) else what or {}
        for name, text in files.items():
            case.mkdir(exist_ok=True)
            (case / name).write_text(text)
        run = subprocess.run([sys.executable, "-B", str(TOP / "tests" / "run"), "--top", str(TOP),
                              "--build", str(OUT / "build"), "--tests", folder],
                             capture_output=True, text=True, check=False)
    report = run.stdout + run.stderr
    wrong = [f"the report lacks: {word}" for word in words if word not in report]
    if run.returncode != status:
        wrong.append(f"the runner's status is {run.returncode}, expected {status}")
    return wrong + report.splitlines() if wrong else []


def killed_runner() -> list[str]:
    """Kill a runner in the middle of a test that would go on for ever; returns what is wrong then."""
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        case, told = Path(folder) / "endless", Path(folder) / "pid"
        case.mkdir()
        script = f"echo $$ > {told}.new; mv {told}.new {told}; exec sleep 1000"
        description = command(f'["sh", "-c", "{script}"]').replace("timeout = 3", "timeout = 900")
        (case / "test.toml").write_text(description)
        runner = subprocess.Popen([sys.executable, "-B", str(TOP / "tests" / "run"), "--top", str(TOP), "--build",
                                   str(OUT / "build"), "--tests", folder], stdout=subprocess.DEVNULL)
        if not soon(told.is_file):
            runner.kill()
            return ["the test did not start"]
        pid = int(told.read_text())
        runner.send_signal(signal.SIGKILL)
        runner.wait()
        if soon(lambda: not is_running(pid)):
            return []
        os.kill(pid, signal.SIGKILL)
        return ["the test's program still runs"]


def is_running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def soon(condition: Callable[[], bool]) -> bool:
    """Whether it becomes true within 30 seconds."""
    end = time.monotonic() + 30
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


if __name__ == "__main__":
    sys.exit(main())
