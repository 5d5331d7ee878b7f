#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""From the variables of a test.mk directory to descriptions that the test runner reads.

Usage: test_description.py LIST. LIST is written by mk/test.mk: settings of the directory, then for
each test a line [NAME] and its variables. For each test T_DIR/NAME/test.toml and the program
T_DIR/NAME.t are written; those of tests that are no longer in the list are removed.
"""
import json
import shlex
import shutil
import sys
from pathlib import Path


class MistakeError(Exception):
    """A value that the user has to correct; the text says where and how."""


def read_list(path):
    """(settings, {test: variables}) of a list."""
    settings, tests, current = {}, {}, None
    for line in path.read_text().splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            current = tests.setdefault(line[1:-1], {})
        elif "=" in line:
            key, value = line.split("=", 1)
            (settings if current is None else current)[key] = value
    return settings, tests


def patterns(settings, name, value):
    """The lines of a TEST_EXPECTED file."""
    path = Path(settings["SRC_DIR"]) / value
    if not path.is_file():
        raise MistakeError(f"{settings['WHERE']}: TEST_EXPECTED of '{name}' names '{value}', "
                           f"which does not exist in {settings['SRC_DIR']}. "
                           "It is a file with one pattern a line, in the order of the output.")
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def module(text):
    """A word of REQUIRED_MODULES as a module: options of the module list are left out."""
    return text.split("[", 1)[0].removesuffix(":rw")


def number(settings, name, key, value):
    try:
        return float(value) if "." in value else int(value)
    except ValueError:
        raise MistakeError(f"{settings['WHERE']}: {key} of '{name}' is '{value}'; "
                           "expected a number.") from None


def description(settings, name, variables):
    """The keys of a test.toml for one test."""
    result = {"search": [settings["BIN_DIR"], settings["SRC_DIR"],
                         str(Path(settings["T_DIR"]) / name)],
              "makefile": str(Path(settings["SRC_DIR"]) / "Makefile")}
    if settings["MODE"] == "host":
        program = str(Path(settings["BIN_DIR"]) / variables.get("TEST_TARGET", name))
        result |= {"kind": "command",
                   "command": [program, *shlex.split(variables.get("TEST_ARGS", ""))]}
    else:
        result |= guest(settings, name, variables)
    if "TEST_TIMEOUT" in variables:
        result["timeout"] = number(settings, name, "TEST_TIMEOUT", variables["TEST_TIMEOUT"])
    if "TEST_EXPECTED" in variables:
        repeat = int(variables.get("TEST_EXPECTED_REPEAT", "1"))
        result["expect"] = patterns(settings, name, variables["TEST_EXPECTED"]) * repeat
    for key, variable in (("forbid", "TEST_FORBID"), ("tags", "TEST_TAGS")):
        if variable in variables:
            result[key] = variables[variable].replace(",", " ").split()
    if "TEST_SETUP" in variables:
        result["setup"] = variables["TEST_SETUP"]
    if not platform_fits(settings, variables):
        result["skip"] = f"not for platform {settings['PLATFORM']}"
    return result


def platform_fits(settings, variables):
    here = settings["PLATFORM"]
    allowed = variables.get("TEST_PLATFORM_ALLOW", "").split()
    return (not allowed or here in allowed) and \
        here not in variables.get("TEST_PLATFORM_DENY", "").split()


def guest(settings, name, variables):
    """The keys that say what to boot."""
    program = variables.get("TEST_TARGET", name).split()[0]
    args = variables.get("TEST_ARGS", "")
    modules = [module(m) for m in variables.get("REQUIRED_MODULES", "").split()]
    result = {"kind": "l4re", "program": program}
    root = variables.get("TEST_ROOT_TASK", "moe")
    root_args = [variables.get("TEST_ROOT_TASK_ARGS", ""), variables.get("MOE_ARGS", "")]
    if root != "moe":
        result["modules"] = modules
    elif "NED_CFG" in variables:
        script = Path(variables["NED_CFG"]).name
        result |= {"script": script,
                   "modules": ["l4re", "ned", script, "test_env.lua", program, *modules]}
        root_args.append(f"rom/{script}")
    else:
        result["modules"] = ["l4re", program, *modules]
        root_args.append(f"--init=rom/{program} {args}")
    result["modules"] = list(dict.fromkeys(result["modules"]))
    result["roottask"] = " ".join(" ".join([root, *root_args]).split())
    for key, variable in (("kernel", "TEST_KERNEL_ARGS"), ("bootstrap", "BOOTSTRAP_ARGS")):
        if variable in variables:
            result[key] = ("furore " if key == "kernel" else "bootstrap ") + variables[variable]
    if "SIGMA0" in variables:
        result["sigma0"] = variables["SIGMA0"]
    if "QEMU_ARGS" in variables:
        result["qemu"] = shlex.split(variables["QEMU_ARGS"])
    if "TEST_MEMORY" in variables:
        result["memory"] = number(settings, name, "TEST_MEMORY", variables["TEST_MEMORY"])
    if "TEST_CPUS" in variables:
        result["cpus"] = [number(settings, name, "TEST_CPUS", c)
                          for c in variables["TEST_CPUS"].split()]
    return result


def lua_environment(name, variables):
    """The module test_env.lua, which scripts of L4Re's tests require."""
    def quoted(text):
        return json.dumps(text)
    modules = ", ".join(quoted(module(m)) for m in variables.get("REQUIRED_MODULES", "").split())
    program = variables.get("TEST_TARGET", name).split()[0]
    return ("-- written by mk/tools/test_description.py\nreturn {\n"
            f"  TEST_PROG = {quoted('rom/' + program)},\n  TEST_TARGET = {quoted(program)},\n"
            f"  TEST_ARGS = {quoted(variables.get('TEST_ARGS', ''))},\n  FULLCONFIG = {{}},\n"
            f"  REQUIRED_MODULES = {{ {modules} }},\n}}\n")


def write_test(settings, name, variables):
    """All files of a test; returns their places."""
    folder = Path(settings["T_DIR"]) / name
    folder.mkdir(parents=True, exist_ok=True)
    keys = description(settings, name, variables)
    lines = [f"# {variables.get('TEST_DESCRIPTION', name)}", "[defaults]"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    (folder / "test.toml").write_text("\n".join(lines) + "\n")
    (folder / "test_env.lua").write_text(lua_environment(name, variables))
    starter = folder.with_name(name + ".t")
    root = Path(settings["T_DIR"]).parents
    base = next(p for p in root if p.name == "l4f")
    test_name = folder.relative_to(base).as_posix()
    starter.write_text(f"#!/bin/sh\n# Runs this test alone, as `make test` does.\n"
                       f"exec {sys.executable} -B {settings['L4DIR']}/tests/run "
                       f"--top {settings['L4DIR']} --build {settings['BUILD']} "
                       f"--name {test_name} \"$@\"\n")
    starter.chmod(0o755)
    return [str(folder), str(starter)]


def main():
    path = Path(sys.argv[1])
    settings, tests = read_list(path)
    record = path.with_name("tests.files")
    old = record.read_text().splitlines() if record.is_file() else []
    try:
        new = [file for name, variables in tests.items()
               for file in write_test(settings, name, variables)]
    except MistakeError as error:
        print(f"\n*** {error}\n", file=sys.stderr)
        return 1
    for file in set(old) - set(new):
        shutil.rmtree(file) if Path(file).is_dir() else Path(file).unlink(missing_ok=True)
    record.write_text("\n".join(new) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
