#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Options of packages: from Kconfig files to make variables and a C header.

Usage: kconfig.py TOP BUILD COMMAND, where COMMAND is

  update     after a change of a Kconfig file or of BUILD/.kconfig: new options get their defaults
  GOAL       menuconfig, nconfig, config, oldconfig, olddefconfig, defconfig, allyesconfig, ...

The user's choices are BUILD/.kconfig. From them come BUILD/.config.all (for make) and
BUILD/include/l4/bid_config.h (for C). Without an option anywhere both are made without any tool.
The dialogues are Debian's kconfig-frontends.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from control import ControlError  # noqa: E402
from packages import Tree, TreeError  # noqa: E402

Fragment = "Kconfig.L4"
Assignment = re.compile(r"(CONFIG_\w+)=(.*)$")
Goals = {"menuconfig": ["kconfig-mconf"], "nconfig": ["kconfig-nconf"],
         "config": ["kconfig-conf", "--oldaskconfig"],
         "silentoldconfig": ["kconfig-conf", "--olddefconfig"],
         **{goal: ["kconfig-conf", f"--{goal}"] for goal in
            ("oldconfig", "olddefconfig", "allyesconfig", "allnoconfig", "randconfig",
             "alldefconfig")}}
Dialogues = ("menuconfig", "nconfig", "config", "oldconfig")
Install = "apt-get install --no-install-recommends kconfig-frontends-nox"


class ConfigError(Exception):
    """What the user has to correct; the text says where and how."""


def symbol_of(name):
    """The symbol that tells whether somebody provides `name`."""
    return "HAVE_BIDPC_" + re.sub(r"[^A-Z0-9]", "_", name.upper().replace("+", "PLUS"))


def write_if_changed(path, text):
    if not path.is_file() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Config:
    def __init__(self, top, build):
        self.top, self.build = top, build
        self.choices = build / ".kconfig"
        self.kconfig = build / "Kconfig"
        # Filters of Control files may ask for options, options may ask who is there: for the
        # latter all filters config(...) count as not set.
        self.tree = Tree(top)

    def fragments(self):
        return [(name, self.top / name / Fragment) for name in self.tree.packages
                if (self.top / name / Fragment).is_file()]

    def write_kconfig(self):
        """The file that joins all options."""
        lines = ["# written by mk/tools/kconfig.py", 'mainmenu "Furore"', "",
                 f'source "{self.top}/mk/Kconfig"', ""]
        for provided in sorted(self.tree.provider):
            lines += [f"config {symbol_of(provided)}", "\tdef_bool y", ""]
        for name, path in self.fragments():
            lines += [f'menu "{name}"', f'source "{path}"', "endmenu", ""]
        write_if_changed(self.kconfig, "\n".join(lines))

    def run(self, command):
        """A program of kconfig-frontends; its complaints about a file are the user's to correct."""
        if not shutil.which(command[0]):
            raise ConfigError(f"'{command[0]}' is needed for options of packages. Install it:\n"
                              f"    {Install}")
        quiet = command[-1] in ("--olddefconfig",)
        result = subprocess.run([*command, str(self.kconfig)], check=False, cwd=self.build,
                                env={**os.environ, "KCONFIG_CONFIG": str(self.choices)},
                                text=True, stdout=subprocess.PIPE if quiet else None,
                                stderr=subprocess.PIPE)
        text = self.shortened(result.stderr)
        # Its parser only warns about a line that it does not understand.
        if result.returncode != 0 or re.search(r"Kconfig\S*:\d+:", text):
            raise ConfigError(f"a Kconfig file is not understood:\n{text}")
        if text:
            print(text, file=sys.stderr)

    def shortened(self, text):
        return text.strip().replace(f"{self.top}/", "")

    def values(self):
        """{CONFIG_X: text as in the file} of all options that are set."""
        if not self.choices.is_file():
            return {}
        matches = map(Assignment.match, self.choices.read_text().splitlines())
        return {m[1]: m[2] for m in matches if m}

    def write_results(self):
        values = self.values()
        # Makefiles of packages say SRC_C_$(ARCH) in front of the role that they include.
        make = ["# written by mk/tools/kconfig.py", "ARCH := amd64", "BUILD_ARCH := amd64"]
        header = ["/* written by mk/tools/kconfig.py from the options of `make menuconfig` */",
                  "#pragma once", ""]
        for name, value in values.items():
            text = value[1:-1].replace('\\"', '"') if value.startswith('"') else value
            make.append(f"{name} := {text.replace('$', '$$').replace('#', chr(92) + '#')}")
            if not name.startswith("CONFIG_HAVE_BIDPC_"):
                header.append(f"#define {name} {'1' if value == 'y' else value}")
        write_if_changed(self.build / ".config.all", "\n".join(make) + "\n")
        (self.build / ".config.all").touch()
        write_if_changed(self.build / "include" / "l4" / "bid_config.h", "\n".join(header) + "\n")

    def update(self):
        if self.fragments() or self.choices.is_file():
            self.write_kconfig()
            self.run(Goals["olddefconfig"])
        self.write_results()

    def goal(self, name):
        self.write_kconfig()
        if name == "defconfig":
            self.choices.unlink(missing_ok=True)
            name = "olddefconfig"
        if name in Dialogues:
            if not (sys.stdin.isatty() and sys.stdout.isatty()):
                raise ConfigError(f"{name} needs a terminal. Without one: set options in "
                                  f"{self.choices}, then 'make olddefconfig'.")
            # The menus hang when they begin without a file of choices.
            if not self.choices.is_file():
                self.run(Goals["olddefconfig"])
        self.run(Goals[name])
        self.update()


def main():
    top, build, command = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    build.mkdir(parents=True, exist_ok=True)
    try:
        config = Config(top, build)
        if command == "update":
            config.update()
        else:
            config.goal(command)
    except (ConfigError, TreeError, ControlError) as error:
        print(f"\n*** {error}\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
