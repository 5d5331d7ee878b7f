# SPDX-License-Identifier: MIT
"""What a test run came to, and the context that every kind of run needs."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from tap import Case


class Setup_error(Exception):
    """A test that could not be started: something is missing; the text says what and the remedy."""


@dataclass
class Outcome:
    """The result of one run. It passed if nothing is listed in `problems` and no case failed."""

    cases: list[Case] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)  # all lines, for the log file
    seconds: float = 0.0
    skipped: str | None = None
    command: str = ""

    @property
    def failed_cases(self) -> list[Case]:
        return [case for case in self.cases if not case.passed]

    @property
    def passed(self) -> bool:
        return not self.problems and not self.failed_cases


@dataclass(frozen=True)
class Context:
    """Where things are, and how long to wait: the same for all tests of one `make test`."""

    top: Path        # the source tree
    build: Path      # the build tree (O=)
    scale: float     # factor on all time limits, for slow machines
    qemu: str        # the emulator program
    make: str        # the make that runs us

    @property
    def work(self) -> Path:
        return self.build / "tests"

    def find(self, name: str, directory: Path, search: tuple[str, ...] = ()) -> Path:
        """The file that a description names: beside it, in its own folders, in the build, in conf/."""
        programs = self.build / "bin" / "amd64_gen"
        places = [directory, *map(Path, search), self.work / "bin", programs / "l4f", programs / "plain", programs,
                  self.build / "lib" / "amd64_gen" / "std" / "l4f",
                  *sorted((self.build / "assets").glob("*")), self.top / "conf"]
        for place in places:
            if (place / name).is_file():
                return place / name
        looked = "\n    ".join(str(place) for place in places)
        raise Setup_error(f"boot file '{name}' does not exist. Looked in:\n    {looked}\n"
                          "  Build it with `make` (guest tests: `make -C tests guests`), "
                          "or correct the name in the test's test.toml.")


def environment(ctx: Context, extra: dict[str, str]) -> dict[str, str]:
    """The environment of a command or host test."""
    env = {**os.environ, "TOP": str(ctx.top), "BUILD": str(ctx.build), "MAKE": ctx.make,
           "PYTHONDONTWRITEBYTECODE": "1", **extra}
    # A make started by a test is a make of its own: no job server, no variables of ours.
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"):
        env.pop(name, None)
    return env
