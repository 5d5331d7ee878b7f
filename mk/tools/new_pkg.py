#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the skeleton of a package from mk/templates: new_pkg.py TOP NAME KIND [SERVER].

KIND is server, client, lib or test. With SERVER, the name of a package that KIND=server made, the
client talks to that server.
"""
import re
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from control import ControlError  # noqa: E402
from packages import Tree, TreeError  # noqa: E402
from suggest import did_you_mean  # noqa: E402

Kinds = ("server", "client", "lib", "test")
Max_capability_name = 16


class MistakeError(Exception):
    """What the user has to say otherwise; the text says how."""


def check(top, name, kind, server):
    """Raises MistakeError for what cannot be made."""
    usage = "For example: make new-pkg NAME=counter KIND=server"
    if not name:
        raise MistakeError(f"new-pkg needs a name. {usage}")
    if kind not in Kinds:
        said = f"KIND is '{kind}'" if kind else "new-pkg needs a kind"
        raise MistakeError(f"{said}; expected one of {', '.join(Kinds)}."
                           f"{did_you_mean(kind, Kinds)} {usage}")
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", name) or len(name) > Max_capability_name:
        raise MistakeError(f"NAME is '{name}'; expected small letters, digits, '-' and '_', a letter "
                           f"first, at most {Max_capability_name} characters (it becomes the name "
                           "of programs and capabilities).")
    if (top / "pkg" / name).exists():
        raise MistakeError(f"pkg/{name} exists already. Take another name, or remove that folder.")
    tree = Tree(top)
    if name in tree.provider:
        raise MistakeError(f"'{name}' is already provided by {tree.provider[name]}. "
                           "Take another name.")
    check_server(top, tree, kind, server)


def check_server(top, tree, kind, server):
    if not server:
        return
    if kind != "client":
        raise MistakeError(f"SERVER={server} is for KIND=client, which shall talk to that server.")
    header = top / "pkg" / server / "include" / f"{identifier(server)}.h"
    if not header.is_file():
        raise MistakeError(f"SERVER={server}: there is no {header.relative_to(top)}."
                           + did_you_mean(server, tree.provider)
                           + f" Make the server first: make new-pkg NAME={server} KIND=server")


def identifier(name):
    return name.replace("-", "_")


def words(name, kind, server):
    """The replacements of a template."""
    protocol = 0x4000 + zlib.crc32(name.encode()) % 0x4000
    ident, server_ident = identifier(name), identifier(server)
    return {"@NAME@": name, "@ID@": ident, "@CLASS@": ident.capitalize(),
            "@PROTO@": f"{protocol:#x}", "@SERVER@": server, "@SERVER_ID@": server_ident,
            "@SERVER_CLASS@": server_ident.capitalize(),
            "@AND_SERVER@": f" {server}" if server else "",
            "@SERVER_MODULE@": f"\nmodule {server}" if server else "",
            "@DIRS@": {"client": "TARGET      = client assets\nTARGET_test = test\n\n",
                       "test": "TARGET_test = test\n\n"}.get(kind, "")}


def replaced(text, replacements):
    for word, value in replacements.items():
        text = text.replace(word, value)
    return text


def write(top, name, kind, server=""):
    """Writes pkg/NAME; returns its files."""
    templates = top / "mk" / "templates"
    replacements = words(name, kind, server)
    folders = ["common", kind, *(["client-of"] if server else [])]
    written = {}
    for folder in folders:
        for source in sorted((templates / folder).rglob("*.in")):
            place = replaced(str(source.relative_to(templates / folder))[:-len(".in")], replacements)
            written[place] = replaced(source.read_text(), replacements)
    for place, text in written.items():
        path = top / "pkg" / name / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return sorted(written)


def main():
    top, name, kind, server = (Path(sys.argv[1]), *sys.argv[2:], "")[:4]
    try:
        check(top, name, kind, server)
        files = write(top, name, kind, server)
    except (MistakeError, TreeError, ControlError) as error:
        print(f"\n*** {error}\n", file=sys.stderr)
        return 1
    print(f"  NEW     pkg/{name}: {len(files)} files, begin with pkg/{name}/README.md")
    if kind != "test":
        print(f"\n  make qemu E={name}".ljust(34) + "boots it")
    print(f"  make test S=pkg/{name}".ljust(33) + "tests it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
