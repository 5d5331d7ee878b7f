# SPDX-License-Identifier: MIT
"""Module lists as a sequence of lines: comments, includes, options, filters.

What the commands mean is in modlist.py. The language is that of L4Re's modules.list:
`command[option,option=value] rest`, `#` begins a comment anywhere.
"""
import glob
import os
import re
from dataclasses import dataclass
from pathlib import Path

from boot.errors import BootError, Where
from suggest import did_you_mean

Module_words = ("module", "bin", "data")
Deprecated = {"module-nostrip": "module", "bin-nostrip": "bin", "data-nostrip": "data"}
Commands = ("entry", "title", "group", "modaddr", *Module_words, "module-group", "kernel", "sigma0",
            "roottask", "bootstrap", "moe", "initrd", "set", "default-kernel", "default-sigma0",
            "default-roottask", "default-bootstrap", "searchpath", "include", *Deprecated)
Flags = ("perl", "shell", "glob", "uncompress", "nostrip", "no-shlib-scan", "no-defaults")
Values = ("arch", "bits", "fname")
Max_include_depth = 32

Grammar = re.compile(r"([^\s\[\]]+)(?:\[([^\]]*)\])?(?:\s+(.*))?$")


@dataclass
class Line:
    """One command, as written; `options` maps each option to its value (flags to True), `comment`
    is the text of the comment lines directly above."""

    where: Where
    command: str
    options: dict
    rest: str
    comment: str = ""


def parse_options(text, where):
    """`perl,fname=x,attr:nodes=1` as a dict."""
    options = {}
    for part in text.split(","):
        part = part.strip()
        if not part:
            continue
        key, equals, value = part.partition("=")
        key = key.strip()
        if key.startswith("attr:"):
            pass
        elif key in Values:
            if not value:
                raise where.error(f"option '{key}' needs a value: {key}=...")
        elif key not in Flags:
            known = [*Flags, *(f"{v}=..." for v in Values), "attr:KEY=VALUE"]
            raise where.error(f"unknown option '{key}'." + did_you_mean(key, [*Flags, *Values])
                              + f" Known options: {', '.join(known)}.")
        elif equals:
            raise where.error(f"option '{key}' takes no value.")
        options[key] = value.strip() if equals else True
    return options


def parse_line(text, where):
    """A Line, or None for an empty one."""
    text = text.split("#", 1)[0].strip()
    if not text:
        return None
    match = Grammar.match(text)
    if not match:
        raise where.error("expected 'command[options] words', for example "
                          f"'module[nostrip] hello'; found '{text}'.")
    word, options, rest = match.group(1), match.group(2), (match.group(3) or "").strip()
    command = word if word in Commands else word.lower()
    # modaddr is the one word that exists only in lower case and without options.
    if command not in Commands or (command == "modaddr" and word != "modaddr"):
        raise where.error(f"invalid type '{word}'." + did_you_mean(word, Commands)
                          + " A line begins with one of: entry, group, module, module-group, "
                            "kernel, sigma0, roottask, bootstrap, moe, modaddr, searchpath, "
                            "include, default-*.")
    parsed = parse_options(options, where) if options is not None else {}
    if command == "modaddr" and options is not None:
        raise where.error("modaddr takes no options.")
    if command in Deprecated:
        command, parsed["nostrip"] = Deprecated[command], True
    if not rest:
        raise where.error(f"'{word}' needs something after it: {word} {usage(command)}")
    return Line(where, command, parsed, rest)


def usage(command):
    """What may follow a command, for messages."""
    return {"entry": "NAME", "title": "NAME", "group": "NAME", "modaddr": "ADDRESS",
            "module-group": "NAME...", "moe": "FILE", "searchpath": "DIRECTORY", "include": "FILE",
            "set": "mode linux", "initrd": "FILE"}.get(command, "FILE [ARGUMENTS]")


class Reader:
    """Yields the lines of a list and of what it includes, those of this architecture only."""

    def __init__(self, arch="amd64", bits="64", read=None):
        self.arch, self.bits = arch, bits
        self._seen = set()
        self._read = read or (lambda path: Path(path).read_text(errors="replace"))

    def lines(self, path, includer=None, depth=0):
        real = os.path.realpath(path)
        if real in self._seen:
            return
        self._seen.add(real)
        try:
            text = self._read(path)
        except OSError as error:
            raise self._unreadable(path, includer, error) from error
        comment = []
        for number, raw in enumerate(text.splitlines(), 1):
            where = Where(display(path), number)
            line = parse_line(raw, where)
            if line is None:
                is_comment = raw.strip().startswith("#")
                comment = [*comment, raw.strip().lstrip("#").strip()] if is_comment else []
                continue
            line.comment, comment = " ".join(comment), []
            if line.command == "include" and self.selected(line):
                yield from self._include(line, path, depth)
            else:
                yield line

    @staticmethod
    def _unreadable(path, includer, error):
        reason = error.strerror or str(error)
        if includer:
            return includer.error(f"cannot include '{path}': {reason}.")
        return BootError(f"The module list '{path}' cannot be read: {reason}. "
                         "Name another one with MODULES_LIST=file.")

    def _include(self, line, path, depth):
        if depth >= Max_include_depth:
            raise line.where.error("includes are nested too deeply.")
        for word in line.rest.split():
            name = re.sub(r"\$\{(\w+)\}", lambda m: self._variable(m.group(1), line), word)
            full = os.path.join(os.path.dirname(path), name)
            is_pattern = any(c in name for c in "*?[")
            for found in sorted(glob.glob(full)) if is_pattern else [full]:
                yield from self.lines(found, line.where, depth + 1)

    @staticmethod
    def _variable(name, line):
        if name not in os.environ:
            raise line.where.error(f"the environment has no variable '{name}', which this include "
                                   "uses.")
        return os.environ[name]

    def selected(self, line):
        """Whether the filters arch= and bits= let a line through."""
        arch, bits = line.options.get("arch"), line.options.get("bits")
        return ((arch is None or self.arch in re.split(r"\s*\|\s*", arch))
                and (bits is None or bits == self.bits))


def display(path):
    """A path as the user knows it: relative if it is below the current directory."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
