# SPDX-License-Identifier: MIT
"""Control files and alias files.

`key: values`, keys in any case, continuation lines begin with white space, `#` starts a comment.
A value or a key may carry a filter: `libfdt[arch(arm)]`, `requires[arch(x86) || arch(amd64)]: x`.
"""
import re
from dataclasses import dataclass, field

from suggest import did_you_mean

Keys = ("requires", "optional", "provides", "source-pkg", "variants", "maintainer", "third-party",
        "test-requires")


class ControlError(Exception):
    """A mistake in a Control or alias file, with file and line."""


@dataclass
class Requirement:
    name: str
    where: str


@dataclass
class Control:
    provides: list = field(default_factory=list)
    requires: list = field(default_factory=list)
    optional: list = field(default_factory=list)
    third_party: list = field(default_factory=list)
    test_requires: list = field(default_factory=list)
    variants: list = field(default_factory=list)


@dataclass
class Variant:
    """Another way to compile the package, or only one of its folders."""
    name: str
    folder: str
    where: str


class Filter:
    """Evaluates `arch(a) || !config(B) && build-only`: the filters of the build's language."""

    Token = re.compile(r"\s*(\|\||&&|!|\(|\)|arch\(\s*[\w-]+\s*\)|config\(\s*\w+\s*\)|build-only)")

    def __init__(self, text, where, arch, config):
        self.where, self.text, self.arch, self.config = where, text, arch, config
        self.tokens, position = [], 0
        while text[position:].strip():
            match = self.Token.match(text, position)
            if not match:
                self._fail()
            self.tokens.append(match.group(1))
            position = match.end()

    def _fail(self):
        raise ControlError(f"{self.where}: the filter [{self.text}] is not understood. Expected "
                           "arch(NAME), config(CONFIG_NAME) or build-only, joined by || && ! ( ).")

    def value(self):
        result = self._either()
        if self.tokens:
            self._fail()
        return result

    def _either(self):
        result = self._both()
        while self.tokens[:1] == ["||"]:
            self.tokens.pop(0)
            result = self._both() or result
        return result

    def _both(self):
        result = self._one()
        while self.tokens[:1] == ["&&"]:
            self.tokens.pop(0)
            result = self._one() and result
        return result

    def _one(self):
        if not self.tokens:
            self._fail()
        token = self.tokens.pop(0)
        if token == "!":
            return not self._one()
        if token == "(":
            result = self._either()
            if self.tokens[:1] != [")"]:
                self._fail()
            self.tokens.pop(0)
            return result
        if token == "build-only":
            return True
        match = re.match(r"(arch|config)\(\s*([\w-]+)\s*\)", token)
        if not match:
            self._fail()
        return match.group(2) == self.arch if match.group(1) == "arch" \
            else match.group(2) in self.config


def logical_lines(path):
    """(line number, text) with comments cut and continuation lines joined."""
    result = []
    for number, raw in enumerate(path.read_text().splitlines(), 1):
        text = raw.split("#", 1)[0].rstrip()
        if not text.strip():
            continue
        if text[0].isspace() and result:
            result[-1][1] += " " + text.strip()
        else:
            result.append([number, text.strip()])
    return result


def split_names(text, where, arch, config):
    """Names whose filters hold. A filter may contain blanks."""
    names, position = [], 0
    pattern = re.compile(r"\s*([^\s\[\]]+)(?:\[([^\]]*)\])?")
    while text[position:].strip():
        match = pattern.match(text, position)
        if not match:
            raise ControlError(f"{where}: expected names separated by blanks, optionally with a "
                               "filter as in 'name[arch(amd64)]'; found "
                               f"'{text[position:].strip()}'.")
        if match.group(2) is None or Filter(match.group(2), where, arch, config).value():
            names.append(match.group(1))
        position = match.end()
    return names


def split_variants(text, where):
    """Variants: `nofpu` for the whole package, `nofpu[server/src]` for one folder of it."""
    pattern = r"\s*([^\s\[\]]+)(?:\[\s*([^\[\]\s]+)\s*\])?"
    if not re.fullmatch(f"(?:{pattern})*\\s*", text):
        raise ControlError(f"{where}: expected variants separated by blanks, each with a folder of "
                           f"the package if it is for that only: 'nofpu[server/src]'; found "
                           f"'{text}'.")
    return [Variant(name, folder.strip("/") if folder else "", where)
            for name, folder in re.findall(pattern, text)]


def parse_control(path, name, arch, config):
    """Reads Control and, if it exists, Control.local beside it."""
    control = Control()
    for part in (path, path.with_name("Control.local")):
        if part.is_file():
            for number, text in logical_lines(part):
                where = f"{name}/{part.name}:{number}"
                parse_line(control, text, where, arch, config)
    return control


def parse_line(control, text, where, arch, config):
    match = re.match(r"([\w-]+)\s*(?:\[([^\]]*)\])?\s*:\s*(.*)$", text)
    if not match:
        raise ControlError(f"{where}: expected 'key: values', for example 'requires: stdlibs'; "
                           f"found '{text}'.")
    key, key_filter, values = match.group(1).lower(), match.group(2), match.group(3)
    if key not in Keys:
        raise ControlError(f"{where}: unknown key '{match.group(1)}'."
                           + (did_you_mean(key, Keys) or f" Known keys: {', '.join(Keys)}."))
    if key in ("maintainer", "source-pkg"):
        return
    if key == "variants":
        control.variants += split_variants(values, where)
        return
    if key_filter is not None:
        if "[" in values:
            raise ControlError(f"{where}: a filter stands on the key or on the names, not on both.")
        if not Filter(key_filter, where, arch, config).value():
            return
    names = split_names(values, where, arch, config)
    if key in ("requires", "optional", "test-requires"):
        getattr(control, key.replace("-", "_")).extend(Requirement(n, where) for n in names)
    else:
        getattr(control, key.replace("-", "_")).extend(names)


def load_aliases(folder, arch, config):
    """`name := parts` lines of all files in an aliases.d folder."""
    aliases = {}
    if not folder.is_dir():
        return aliases
    for path in sorted(folder.iterdir()):
        if path.name == "README.md" or not path.is_file():
            continue
        for number, text in logical_lines(path):
            where = f"{folder.parent.name}/aliases.d/{path.name}:{number}"
            name, sign, parts = text.partition(":=")
            if not sign or len(name.split()) != 1:
                raise ControlError(f"{where}: expected 'name := names'; found '{text}'.")
            aliases[name.strip()] = split_names(parts, where, arch, config)
    return aliases
