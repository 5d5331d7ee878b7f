# SPDX-License-Identifier: MIT
"""Test descriptions: the test.toml files, one or several tests in each.

A description says in one place what to boot (or to run), what to expect and how long to wait.
README.md in tests/ lists the keys. Every mistake in a file is reported with file and key.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "test.toml"
KINDS = ("host", "raw", "l4re", "image", "command")


class Description_error(Exception):
    """A test.toml that cannot be used; the text names file, key and remedy."""


@dataclass(frozen=True)
class Module:
    """A boot module: file name, its arguments, and damage done to the file on purpose."""

    file: str
    args: str = ""
    name: str = ""              # boot name, default: the file's base name
    truncate: int | None = None  # keep only that many bytes
    patch: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True)
class Test:
    """One test run: a description for one number of CPUs."""

    name: str
    kind: str
    directory: Path
    timeout: float = 20
    quick: bool = False
    cpus: int = 1
    program: str = ""
    args: str = ""
    modules: tuple[Module, ...] = ()
    kernel: Module = Module("furore")
    sigma0: Module = Module("sigma0")
    roottask: Module | None = None
    bootstrap: Module = Module("bootstrap")
    script: str = ""
    memory: int = 256            # MiB
    cpu: str = "max"
    icount: bool | None = None   # virtual time by instruction count; None: with 1 CPU
    qemu: tuple[str, ...] = ()
    expect: tuple[str, ...] | None = None   # None: TAP
    forbid: tuple[str, ...] = ()
    exit: int | None = None
    allow_panic: bool = False
    input: tuple[tuple[str, str], ...] = ()
    command: tuple[str, ...] = ()
    endless: bool = False        # the command is ended when all patterns were seen
    env: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()  # programs of the host; a missing one skips the test
    search: tuple[str, ...] = ()  # further folders with boot files
    libraries: bool = True       # shared libraries that programs need become modules
    tags: tuple[str, ...] = ()   # what TEST_RUN_TAGS must say for the test to run
    setup: str = ""              # command before the test; exit status 69 skips the test
    skip: str = ""               # why this test cannot run here
    makefile: str = ""           # whose test.mk wrote this description


_KEYS: dict[str, type | tuple[type, ...]] = {
    "name": str, "kind": str, "timeout": (int, float), "quick": bool, "cpus": (int, list),
    "program": str, "args": str, "modules": list, "kernel": (str, dict), "sigma0": (str, dict),
    "roottask": (str, dict), "bootstrap": (str, dict), "script": str, "memory": int, "cpu": str,
    "icount": bool, "qemu": list, "expect": (str, list), "forbid": list, "exit": int,
    "allow_panic": bool, "input": list, "command": list, "endless": bool, "env": dict, "needs": list,
    "search": list, "libraries": bool, "tags": list, "setup": str, "skip": str, "makefile": str,
}
_MODULE_KEYS = ("file", "args", "name", "truncate", "patch")


def load_all(root: Path) -> list[Test]:
    """Every test below root, in the order of the folders' names."""
    tests: list[Test] = []
    for file in sorted(root.rglob(FILE_NAME)):
        tests.extend(load(file, root))
    seen: set[str] = set()
    for test in tests:
        if test.name in seen:
            raise Description_error(f"{test.directory / FILE_NAME}: two tests are called "
                                    f"'{test.name}'; give one another `name`")
        seen.add(test.name)
    return tests


def load_generated(root: Path) -> list[Test]:
    """Tests that packages brought (role test.mk), without those whose package is gone."""
    return [test for test in load_all(root) if Path(test.makefile).is_file()]


def load(file: Path, root: Path) -> list[Test]:
    """The tests of one file. [defaults] holds for each [[test]]; alone it is the one test."""
    try:
        data = tomllib.loads(file.read_text())
    except tomllib.TOMLDecodeError as error:
        raise Description_error(f"{file}: {error}") from None
    for key in data:
        if key not in ("defaults", "test"):
            raise Description_error(f"{file}: unknown table [{key}]; "
                                    "expected [defaults] and [[test]]")
    defaults = data.get("defaults", {})
    base = file.parent.relative_to(root).as_posix()
    result = []
    for entry in data.get("test", [{}]):
        result.extend(_expand(file, base, {**defaults, **entry}))
    return result


def _expand(file: Path, base: str, keys: dict[str, Any]) -> list[Test]:
    _check_keys(file, keys)
    values = dict(keys)
    short = values.pop("name", "")
    name = f"{base}/{short}" if short else base
    cpus = values.pop("cpus", 1)
    values["expect"] = _patterns(file, "expect", values.get("expect", "tap"))
    values["forbid"] = _patterns(file, "forbid", values.get("forbid", [])) or ()
    values["modules"] = tuple(_module(file, m) for m in values.get("modules", []))
    for key in ("kernel", "sigma0", "roottask", "bootstrap"):
        if key in values:
            values[key] = _module(file, values[key])
    for key in ("qemu", "command", "needs", "search", "tags"):
        values[key] = tuple(values.get(key, ()))
    values["input"] = tuple((str(p), str(t)) for p, t in values.get("input", []))
    counts = cpus if isinstance(cpus, list) else [cpus]
    if not counts:
        raise Description_error(f"{file}: `cpus` of '{name}' is an empty list: nothing would run")
    return [Test(name=name if len(counts) == 1 else f"{name}@{count}cpu", cpus=count,
                 directory=file.parent, **values) for count in counts]


def _check_keys(file: Path, keys: dict[str, Any]) -> None:
    for key, value in keys.items():
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            hint = f"; did you mean `{near[0]}`?" if near else f"; keys are {', '.join(_KEYS)}"
            raise Description_error(f"{file}: unknown key `{key}`{hint}")
        if not isinstance(value, _KEYS[key]):
            raise Description_error(f"{file}: `{key}` has the wrong type: {value!r}")
    kind = keys.get("kind")
    if kind not in KINDS:
        raise Description_error(f"{file}: `kind` is {kind!r}; expected one of {', '.join(KINDS)}")
    required = {"raw": "program", "command": "command", "image": "bootstrap"}.get(kind)
    if kind == "l4re" and "script" not in keys:
        required = "program"
    if required and required not in keys:
        raise Description_error(f"{file}: kind '{kind}' needs the key `{required}`")


def _patterns(file: Path, key: str, value: Any) -> tuple[str, ...] | None:
    if value == "tap":
        return None
    patterns = [value] if isinstance(value, str) else value
    if key == "expect" and not patterns:
        raise Description_error(f"{file}: `expect` is an empty list: the test could not fail")
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise Description_error(f"{file}: `{key}`: bad pattern {pattern!r}: {error}") from None
    return tuple(patterns)


def _module(file: Path, value: Any) -> Module:
    if isinstance(value, str):
        name, _, args = value.partition(" ")
        return Module(name, args.strip())
    unknown = [key for key in value if key not in _MODULE_KEYS]
    if unknown or "file" not in value:
        raise Description_error(f"{file}: a module is 'FILE ARGS' or a table with the keys "
                                f"{', '.join(_MODULE_KEYS)}; got {value!r}")
    patch = tuple((int(where), bytes.fromhex(what)) for where, what in value.get("patch", []))
    return Module(value["file"], value.get("args", ""), value.get("name", ""),
                  value.get("truncate"), patch)
