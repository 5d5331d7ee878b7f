# SPDX-License-Identifier: MIT
"""The meaning of a module list: which files an entry boots, with which command lines.

Nothing is looked for on disk here and no code of the list is run; that is resolve.py.
"""
import re
from dataclasses import dataclass, field

from boot.errors import BootError, Where
from boot.lines import Module_words, Reader, display
from suggest import did_you_mean

Base_roles = ("kernel", "sigma0", "roottask", "bootstrap")
Defaults = {"kernel": "furore", "sigma0": "sigma0", "roottask": "moe", "bootstrap": "bootstrap"}
Entry_only = ("kernel", "sigma0", "roottask", "bootstrap", "moe", "initrd", "set", "module-group",
              *Module_words)


@dataclass
class Module:
    """One file with its command line; `text` is 'FILE [ARGUMENTS]' or the code of a perl line."""

    where: Where
    text: str
    options: dict = field(default_factory=dict)
    role: str = "module"


@dataclass
class Entry:
    name: str
    where: Where
    base: dict = field(default_factory=dict)
    modules: list = field(default_factory=list)
    modaddr: int | None = None
    searchpath: list = field(default_factory=list)
    linux: bool = False
    initrd: Module | None = None
    no_defaults: bool = False
    attrs: dict = field(default_factory=dict)


class Parser:
    """Reads a list up to the entry after the wanted one."""

    def __init__(self, path, wanted, reader=None):
        self.path, self.wanted = path, wanted
        self.reader = reader or Reader()
        self.groups, self.defaults = {}, {}
        self.modaddr, self.searchpath = None, []
        self.entry, self.group = None, None
        self.mode = "global"          # global, group, wanted, other
        self.names = []

    def parse(self):
        """The wanted Entry. Raises BootError with the available names when there is none."""
        for line in self.reader.lines(self.path):
            if line.command in ("entry", "title"):
                if self.reader.selected(line):
                    if self._begin_entry(line):
                        break
                elif self.entry:
                    break
                else:
                    self.mode = "other"
            elif line.command == "group" and self.entry:
                break
            elif self.mode == "other" and line.command != "group":
                continue
            elif self.reader.selected(line):
                self._command(line)
            elif line.command == "group":
                self.mode = "other"
        if self.entry is None:
            raise unknown_entry(self.path, self.wanted, self.names)
        return self._finished()

    def _begin_entry(self, line):
        """True when the wanted entry is complete."""
        if self.entry:
            return True
        self.group = None
        self.names.append(line.rest)
        if line.rest.lower() != self.wanted.lower():
            self.mode = "other"
            return False
        self.mode = "wanted"
        attrs = {k[len("attr:"):]: v for k, v in line.options.items() if k.startswith("attr:")}
        self.entry = Entry(line.rest, line.where, no_defaults=bool(line.options.get("no-defaults")),
                           attrs=attrs)
        return False

    def _command(self, line):
        command = line.command
        if command == "group":
            self._begin_group(line)
        elif command == "modaddr":
            self._modaddr(line)
        elif command == "searchpath":
            self.searchpath.append(line.rest)
        elif command.startswith("default-"):
            role = command[len("default-"):]
            self.defaults[role] = Module(line.where, line.rest, line.options, role)
        elif self.mode == "group":
            self._group_line(line)
        elif self.mode == "wanted":
            self._entry_line(line)
        elif command in Entry_only:
            raise line.where.error(f"'{command}' stands before the first entry. It belongs after a "
                                   "line 'entry NAME'"
                                   + (f"; for all entries write 'default-{command} ...'."
                                      if command in Base_roles else "."))

    def _begin_group(self, line):
        if line.rest in self.groups:
            raise line.where.error(f"group '{line.rest}' is already defined at "
                                   f"{self.groups[line.rest][0]}.")
        self.mode = "group"
        self.group = []
        self.groups[line.rest] = (line.where, self.group)

    def _group_line(self, line):
        if line.command not in Module_words:
            raise line.where.error(f"a group holds only module, bin and data lines; found "
                                   f"'{line.command}'.")
        self.group.append(Module(line.where, line.rest, line.options))

    def _modaddr(self, line):
        try:
            address = int(line.rest, 0)
        except ValueError:
            raise line.where.error(f"modaddr needs an address such as 0x01100000; found "
                                   f"'{line.rest}'.") from None
        if self.entry:
            self.entry.modaddr = address
        else:
            self.modaddr = address

    def _entry_line(self, line):
        command, entry = line.command, self.entry
        if command in Module_words:
            entry.modules.append(Module(line.where, line.rest, line.options))
        elif command == "module-group":
            self._use_groups(line)
        elif command in Base_roles:
            entry.base[command] = Module(line.where, line.rest, line.options, command)
        elif command == "moe":
            name = line.rest.split()[0].rsplit("/", 1)[-1]
            entry.base["roottask"] = Module(line.where, f"moe rom/{name}", {}, "roottask")
            entry.modules.append(Module(line.where, line.rest, line.options))
        elif command == "initrd":
            entry.initrd = Module(line.where, line.rest, line.options, "initrd")
        elif re.fullmatch(r"mode\s+linux", line.rest):
            entry.linux = True
        else:
            raise line.where.error(f"expected 'set mode linux'; found 'set {line.rest}'.")

    def _use_groups(self, line):
        for name in line.rest.split():
            if name not in self.groups:
                raise line.where.error(f"group '{name}' is not defined above this line."
                                       + (did_you_mean(name, self.groups)
                                          or f" Groups: {', '.join(self.groups) or 'none'}."))
            self.entry.modules += self.groups[name][1]

    def _finished(self):
        entry = self.entry
        entry.searchpath = self.searchpath
        if entry.modaddr is None:
            entry.modaddr = self.modaddr
        if entry.linux:
            if "kernel" not in entry.base:
                raise entry.where.error("an entry with 'set mode linux' needs a kernel line.")
            return entry
        for role in Base_roles:
            if role in entry.base or (entry.no_defaults and role != "bootstrap"):
                continue
            default = Module(entry.where, Defaults[role], {}, role)
            entry.base[role] = self.defaults.get(role, default)
        return entry


def unknown_entry(path, wanted, names):
    listed = "".join(f"\n    {n}" for n in dict.fromkeys(names)) or " none"
    return BootError(f"{display(path)} has no entry '{wanted}'." + did_you_mean(wanted, names)
                     + f"\n  Entries:{listed}")


def entries(path, reader=None):
    """(name, description) of all entries for this architecture, in the order of the list."""
    reader = reader or Reader()
    return [(line.rest, first_sentence(line.comment)) for line in reader.lines(path)
            if line.command in ("entry", "title") and reader.selected(line)]


def entry_names(path, reader=None):
    """Names of all entries for this architecture, in the order of the list."""
    return [name for name, _ in entries(path, reader)]


def first_sentence(text):
    """The first sentence of a comment, without its full stop."""
    return re.split(r"\.(?:\s|$)", text, maxsplit=1)[0].strip()


def find_entry(path, wanted, reader=None):
    return Parser(path, wanted, reader).parse()
