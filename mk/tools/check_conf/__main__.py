# SPDX-License-Identifier: MIT
"""Runs boot scripts against a model of ned's module L4 (make check-conf).

Every script that an entry of the module list boots is run once for each such entry, knowing what
else it boots; other scripts of conf/ and pkg/ are run as if every module was there.
"""
import argparse
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from boot.errors import BootError  # noqa: E402
from boot.lines import display  # noqa: E402
from boot.modlist import entry_names, find_entry  # noqa: E402
from boot.resolve import Resolver, Settings  # noqa: E402

Here = Path(__file__).resolve().parent
Time_limit = 20  # seconds for one script


@dataclass
class Job:
    """A script with what it can use; `modules` is None if that is not known."""

    script: Path
    context: str
    modules: dict | None
    arguments: list


def ned_files(top):
    """Folder and names of ned's Lua files, in the order in which they are loaded."""
    folder = top / "l4re/ned/server/src"
    text = (folder / "Makefile").read_text().replace("\\\n", " ")
    return folder, re.search(r"^SRC_DATA\s*=(.*)$", text, re.M).group(1).split()


def boot_modules(resolver, entry):
    """Boot name -> file for all modules; files that are not built yet have none."""
    modules = {}
    for module in entry.modules:
        for line in resolver.expand(module):
            name = line.split()[0]
            found = resolver.find(name)
            modules[module.options.get("fname", Path(name).name)] = found
    return modules


def script_of(entry):
    """Words of ned's command line, from the script on; empty if the entry runs no script."""
    if "roottask" not in entry.base:
        return []
    words = entry.base["roottask"].text.split()[1:]
    for word in words:
        if word.startswith("--init=") and word != "--init=rom/ned":
            return []
    while words and not (words[0].startswith("rom/") and not words[0].startswith("-")):
        words.pop(0)
    return words


def job_of_entry(entry, settings):
    words = script_of(entry)
    if entry.linux or not words:
        return None
    modules = boot_modules(Resolver(settings, entry, note=lambda _: None), entry)
    script = modules.get(words[0].split("/")[-1])
    if script is None:
        raise BootError(f"{entry.where}: entry '{entry.name}' runs '{words[0]}', but no line "
                        f"'module {words[0].split('/')[-1]}' names an existing file.")
    return Job(script, f"entry {entry.name}", modules, words[1:])


def jobs_of_list(path, settings, report):
    for name in dict.fromkeys(entry_names(path)):
        try:
            job = job_of_entry(find_entry(path, name), settings)
        except BootError as error:
            report(str(error))
            continue
        if job:
            yield job


def other_scripts(top, done):
    for folder in ("conf", "pkg"):
        for script in sorted((top / folder).rglob("*.cfg")):
            if script.resolve() not in done:
                yield Job(script, "no entry boots it", None, [])


def run(job, args):
    """Findings of one script as lines of text; none if it is all right."""
    folder, parts = ned_files(args.top)
    if job.modules is None:
        modules = "*"
    else:
        modules = "\n".join(f"{n}={p if p and p.suffix in ('.lua', '.cfg') else ''}"
                            for n, p in job.modules.items())
    command = [str(args.lua), str(Here / "run.lua"), str(folder), str(Here / "model.lua"),
               " ".join(parts), str(job.script), display(str(job.script)), modules, *job.arguments]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=Time_limit,
                                stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        return [f"{display(str(job.script))}: does not end within {Time_limit} s: a loop?"]
    lines = result.stdout.splitlines()
    if not lines or result.returncode != 0:
        return [f"{display(str(job.script))}: the check itself failed: {result.stderr.strip()}"]
    return lines[:-1]


def main():
    parser = argparse.ArgumentParser(prog="check-conf", description=__doc__)
    parser.add_argument("--top", type=Path, required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--lua", type=Path, required=True)
    args = parser.parse_args()

    search = [s for s in re.split(r"[:\s]+", os.environ.get("MODULE_SEARCH_PATH", "")) if s]
    settings = Settings(args.top, args.build, search or [str(args.top / "conf")])
    listed = os.environ.get("MODULES_LIST") or str(args.top / "modules.lst")
    mistakes = []

    done, checked = set(), 0
    jobs = list(jobs_of_list(listed, settings, mistakes.append))
    done = {job.script.resolve() for job in jobs}
    for job in [*jobs, *other_scripts(args.top, done)]:
        checked += 1
        for line in run(job, args):
            mistakes.append(f"{line}  ({job.context})" if not line.startswith(" ") else line)
    for mistake in mistakes:
        print(mistake)
    print(f"check-conf: {checked} scripts, {len(mistakes)} mistakes")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
