#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds parts of other projects from their recipes in mk/third-party.

Commands:
  build NAME BUILD   leaves BUILD/third-party/NAME, from the cache when it is there
  fetch              fetches all files that the recipes name, to build off line later
"""
import argparse
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from fetch import FetchError, cache_folder, fetch, locked, read_lock  # noqa: E402
from suggest import did_you_mean  # noqa: E402

Progress_seconds = 20  # how long a recipe may be silent
Folder = Path(__file__).resolve().parent.parent / "third-party"


class RecipeError(Exception):
    """A recipe is missing or failed."""


def compiler():
    return os.environ.get("CC") or "gcc"


def ask_compiler(question):
    command = [*compiler().split(), question]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def compiler_version():
    """Text that names the compiler exactly."""
    return ask_compiler("--version").splitlines()[0]


def compiler_major():
    return ask_compiler("-dumpversion").split(".")[0].strip()


class Recipe:
    """One folder of mk/third-party."""

    def __init__(self, name, lock):
        self.name = name
        self.folder = Folder / name
        self.script = self.folder / "recipe.sh"
        if not self.script.is_file():
            known = [p.parent.name for p in Folder.glob("*/recipe.sh")]
            raise RecipeError(f"There is no recipe for '{name}' (mk/third-party/{name}/recipe.sh)."
                              + (did_you_mean(name, known) or f" Known: {', '.join(known)}."))
        text = self.script.read_text().replace("%GCC_MAJOR%", compiler_major())
        self.files = [locked(lock, n) for n in self._words(text, "lock")]
        self.needs = [Recipe(n, lock) for n in self._words(text, "needs")]
        self.tree = [Folder.parent.parent / n for n in self._words(text, "tree")]

    @staticmethod
    def _words(text, key):
        return [w for line in re.findall(rf"^# {key}:(.*)$", text, re.M) for w in line.split()]

    def key(self):
        """Hash over everything that makes a difference to the result."""
        digest = hashlib.sha256(compiler_version().encode())
        for entry in self.files:
            digest.update(entry.text().encode())
        trees = [path for folder in self.tree for path in folder.rglob("*")]
        for path in sorted([Folder / "functions.sh", *self.folder.rglob("*"), *trees]):
            if path.is_file() and path.suffix != ".md":
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
        for need in self.needs:
            digest.update(need.key().encode())
        return digest.hexdigest()[:32]


def say(text):
    print(text, flush=True)


@contextlib.contextmanager
def locked_folder(path):
    """One build of a part at a time on this machine; a second one waits for the result."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"  WAIT    for {path.stem}, which is being built")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def result_of(recipe, build):
    """Folder of a finished result in the cache; built now if it is not there."""
    folder = cache_folder() / "built" / f"{recipe.name}-{recipe.key()}"
    if folder.is_dir():
        return folder
    with locked_folder(cache_folder() / "built" / f"{recipe.name}.lock"):
        if not folder.is_dir():
            needs = {n.name: result_of(n, build) for n in recipe.needs}
            run_recipe(recipe, needs, folder, build)
    return folder


def recipe_environment(recipe, needs, work, out):
    def variable(kind, name):
        return f"{kind}_{re.sub(r'[^A-Za-z0-9]', '_', name)}"

    env = dict(os.environ, NAME=recipe.name, RECIPE=str(recipe.folder), WORK=str(work),
               OUT=str(out), CC=compiler(), CXX=os.environ.get("CXX") or "g++", LC_ALL="C")
    for entry in recipe.files:
        env[variable("SOURCE", entry.name)] = str(fetch(entry, say))
    for name, path in needs.items():
        env[variable("RESULT", name)] = str(path)
    # Of our own make's flags only the job server may reach a foreign makefile.
    flags = [w for w in env.get("MAKEFLAGS", "").split() if re.match(r"-j\d*$|--jobserver", w)]
    for name in ("MAKELEVEL", "MFLAGS", "MAKEOVERRIDES"):
        env.pop(name, None)
    env["MAKEFLAGS"] = " ".join(flags)
    return env


def run_and_tell(command, name, work, env, every=Progress_seconds):
    """Exit status of a command; while it goes on for long, a line says how far it is."""
    began = time.monotonic()
    with subprocess.Popen(command, cwd=work, env=env, close_fds=False) as process:
        while True:
            try:
                return process.wait(every)
            except subprocess.TimeoutExpired:
                objects = sum(1 for _ in work.rglob("*.o"))
                say(f"  THIRD   {name}: {objects} files compiled, {time.monotonic() - began:.0f} s")


def run_recipe(recipe, needs, folder, build):
    """Runs a recipe in a work folder below `build`; `folder` appears only when it succeeded."""
    work = build / "third-party" / "work" / recipe.name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    out = folder.with_name(f"{folder.name}.{os.getpid()}")
    out.mkdir(parents=True)
    log = work.parent / f"{recipe.name}.log"
    try:
        env = recipe_environment(recipe, needs, work, out)
        script = f'exec 9>&1 >"{log}" 2>&1; . "{Folder}/functions.sh"; . "{recipe.script}"'
        status = run_and_tell(["/bin/sh", "-c", script], recipe.name, work, env)
        if status != 0:
            lines = log.read_text(errors="replace").splitlines()[-15:]
            tail = "\n".join(line[:200] for line in lines)
            raise RecipeError(f"Building {recipe.name} failed. The end of {log}:\n{tail}")
        out.rename(folder)
        shutil.rmtree(work)
    finally:
        shutil.rmtree(out, ignore_errors=True)


def build_part(name, build):
    recipe = Recipe(name, read_lock(Folder / "lock"))
    folder = result_of(recipe, build)
    target = build / "third-party" / name
    mark = target / ".key"
    if mark.is_file() and mark.read_text() == recipe.key():
        return
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder, target, symlinks=True)
    mark.write_text(recipe.key())


def fetch_all():
    lock = read_lock(Folder / "lock")
    for path in sorted(Folder.glob("*/recipe.sh")):
        for entry in Recipe(path.parent.name, lock).files:
            say(f"  HAVE    {fetch(entry, say).name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build")
    build.add_argument("name")
    build.add_argument("build", type=Path)
    commands.add_parser("fetch")
    args = parser.parse_args()
    try:
        if args.command == "build":
            build_part(args.name, args.build.resolve())
        else:
            fetch_all()
    except (FetchError, RecipeError) as error:
        print(f"\n*** {error}\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
