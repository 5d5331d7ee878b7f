# SPDX-License-Identifier: MIT
"""Runs a program under a time limit and shows its output line by line to a watcher."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable

# A watcher gets each complete line. It returns True to end the program soon: all was seen.
Watcher = Callable[[str], bool]

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_US = os.getpid()

_FLUSH_SECONDS = 0.3   # how long a program may go on printing after the watcher had enough


class Run:
    """One finished program: its lines, its status, and why it ended."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.status: int | None = None    # None: we ended it
        self.timed_out = False
        self.stopped = False


def end_with_parent() -> None:
    """For preexec_fn: the new program gets SIGTERM when the thread that started it ends, however it does. Time
    limits end with who watches them: without this a QEMU would run for ever."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != _US:
        os._exit(1)  # we ended before that: nobody will send the signal


def run(command: list[str], watcher: Watcher, timeout: float, *, cwd: Path | None = None,
        env: dict[str, str] | None = None,
        on_output: Callable[[str], bytes] | None = None) -> Run:
    """Run command until it ends, the watcher has seen enough, or timeout seconds are over.

    on_output gets each piece of output as it comes and returns input for the program.
    """
    result = Run()
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, cwd=cwd, env=env, start_new_session=True,
                             preexec_fn=end_with_parent)
    try:
        _pump(child, result, watcher, time.monotonic() + timeout, on_output)
    finally:
        _end(child)
    if not (result.timed_out or result.stopped):
        result.status = child.returncode
    return result


def _pump(child: subprocess.Popen[bytes], result: Run, watcher: Watcher, deadline: float,
          on_output: Callable[[str], bytes] | None) -> None:
    assert child.stdout and child.stdin
    pending = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            result.timed_out = not result.stopped
            break
        if not select.select([child.stdout], [], [], left)[0]:
            continue
        chunk = os.read(child.stdout.fileno(), 65536)
        if not chunk:
            child.wait(timeout=max(1.0, deadline - time.monotonic()))
            break
        *lines, pending = (pending + chunk).split(b"\n")
        for raw in lines:
            line = raw.decode("utf-8", "replace").rstrip("\r")
            result.lines.append(line)
            if watcher(line) and not result.stopped:
                result.stopped = True
                deadline = min(deadline, time.monotonic() + _FLUSH_SECONDS)
        if on_output:
            _answer(child, on_output(chunk.decode("utf-8", "replace")))
    if pending:
        result.lines.append(pending.decode("utf-8", "replace"))
        if not result.stopped and watcher(result.lines[-1]):
            result.stopped = True


def _answer(child: subprocess.Popen[bytes], data: bytes) -> None:
    assert child.stdin
    if data:
        try:
            child.stdin.write(data)
            child.stdin.flush()
        except BrokenPipeError:
            pass  # the program ended before it read its input; its output tells the story


def _end(child: subprocess.Popen[bytes]) -> None:
    """End our own child and what it started: the process group that was made for it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
            child.wait(timeout=2)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass  # gone already, or it needs the stronger signal
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            try:
                pipe.close()
            except BrokenPipeError:
                pass  # unsent input of a program that is gone
