#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Says what to do when compiling or linking failed; called by compile.mk and link.mk afterwards.

  explain_build.py compile FACTS -- PREPROCESSOR COMMAND
  explain_build.py link FACTS -- LINKER COMMAND

The command is run once more and its messages are read: a header that no folder has, a function that
no library has. FACTS name the package, its makefile, and the libraries that it uses (pc names).
Prints nothing when it knows no better than the compiler. Always succeeds.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from control import ControlError  # noqa: E402
from packages import Tree, TreeError, options_of  # noqa: E402
from suggest import did_you_mean  # noqa: E402

Most_told = 3  # functions; one missing library causes many messages
Time_limit = 60  # seconds
Cxx_library = "libstdc++"
Of_cxx_library = re.compile(r"(std|__gnu_cxx|__cxxabiv1)::|__cxa_|__gxx_|_Unwind_|"
                            r"operator (new|delete)|(vtable|typeinfo)( name)? for (std|__cxxabiv1)::")
# Headers that are of no use without it. (The compiler's own are found in any case.)
Cxx_headers = set("iostream istream ostream fstream sstream iomanip ios locale thread mutex regex "
                  "filesystem future condition_variable random".split())


class Library:
    """What using a pc name means: folders with headers, archives."""

    def __init__(self, path):
        text = path.read_text()
        self.name = path.stem
        self.package = self.value(text, "PACKAGE")
        self.folders = re.findall(r"-(?:isystem|I) ?(\S+)", self.value(text, "CFLAGS"))
        words = self.value(text, "LIBS")
        self.archives = [f"lib{n}.a" for n in re.findall(r"(?:^| )-l(\S+)", words)]
        self.places = re.findall(r"(?:^| )-L(\S+)", words)

    def value(self, text, variable):
        match = re.search(rf"^ *PC_{variable}_{re.escape(self.name)} := (.*)$", text, re.M)
        return match.group(1).strip() if match else ""

    def files(self, lib_dir):
        found = (Path(folder) / a for a in self.archives for folder in (lib_dir, *self.places))
        return [path for path in found if path.is_file()]


def output_of(command):
    return subprocess.run(command, text=True, errors="replace", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=Time_limit,
                          check=False, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


def libraries(build):
    return [Library(path) for path in sorted((build / "pc" / "mk").glob("*.mk"))]


def tree_of(args):
    """The packages of the tree; None if they cannot be read, which others complain of."""
    try:
        return Tree(args.tree, config=options_of(args.build / ".config.all"))
    except (TreeError, ControlError):
        return None


def add_library(args, name, tree):
    """How to use the library `name` in the package."""
    lines = []
    if name not in args.uses.split():
        lines.append(f"'REQUIRES_LIBS += {name}' to {args.file}")
    key = "test-requires" if args.tests else "requires"
    if tree and args.package in tree.packages:
        reach = tree.test_reach if args.tests else tree.reach
        if name not in reach(args.package):
            lines.append(f"'{key}: {name}' to {args.package}/Control")
    return "Add the line " + ", and the line ".join(lines) if lines else ""


# Headers ----------------------------------------------------------------------------------------

def explain_compile(text, args):
    missing = re.search(r"fatal error: (\S+): No such file or directory", text)
    if missing:
        return explain_header(missing.group(1), args)
    # (-H names the headers in the order in which they are read.)
    read = (Path(line.split()[-1]).name for line in text.splitlines()
            if re.match(r"\.+ .*/c\+\+/", line))
    header = next((name for name in read if name in Cxx_headers), None)
    if header and Cxx_library not in args.uses.split():
        return (f"<{header}> belongs to the C++ standard library. "
                f"{add_library(args, Cxx_library, tree_of(args))}.")
    return ""


def explain_header(header, args):
    tree = tree_of(args)
    for library in libraries(args.build):
        if any((Path(folder) / header).is_file() for folder in library.folders):
            advice = add_library(args, library.name, tree)
            return f"<{header}> belongs to {library.name} (package {library.package}). {advice}."
    return explain_l4_header(header, args, tree) if header.startswith("l4/") else ""


def explain_l4_header(header, args, tree):
    _, folder, *rest = header.split("/")
    for package in tree.packages if tree and rest else ():
        path = Path(args.tree) / package / "include" / "/".join(rest)
        if package.endswith("/" + folder) and path.is_file():
            name = (tree.packages[package].provides or [folder])[0]
            return (f"<{header}> belongs to package {package}, which is not built. Add the line "
                    f"'requires: {name}' to {args.package}/Control.")
    include = args.build / "include"
    known = {str(p.relative_to(include)) for root in ("l4", "amd64/l4", "amd64/l4f/l4")
             for p in (include / root).rglob("*") if not p.is_dir()}
    known = {re.sub("^amd64/(l4f/)?", "", name) for name in known}
    return f"There is no header <{header}>.{did_you_mean(header, known)}"


# Functions --------------------------------------------------------------------------------------

def undefined_names(text):
    """Names that the linker did not find, each once; they are not demangled."""
    return list(dict.fromkeys(re.findall(r"undefined reference to [`']([^']+)'", text)))


def demangled(names):
    if not names:
        return {}
    result = subprocess.run(["c++filt"], input="\n".join(names), text=True, capture_output=True,
                            check=False)
    lines = result.stdout.splitlines()
    return dict(zip(names, lines)) if len(lines) == len(names) else {n: n for n in names}


def definitions(args):
    """Name -> library that defines it, of all libraries that are built."""
    found = {}
    for library in libraries(args.build):
        files = [str(f) for f in library.files(args.lib_dir)]
        if not files:
            continue
        for line in output_of(["nm", "--defined-only", "-g", *files]).splitlines():
            words = line.split()
            if len(words) == 3:
                found.setdefault(words[2], library)
    return found


def explain_name(name, text, known, args, tree):
    """One sentence about a name that was not found, or ''."""
    if name == "main":
        return f"There is no function 'main' in the sources that {args.file} names."
    library = known.get(name)
    if library and library.name not in args.uses.split():
        return (f"'{text}' is in the library {library.name} (package {library.package}). "
                f"{add_library(args, library.name, tree)}.")
    if Of_cxx_library.match(text) and Cxx_library not in args.uses.split():
        return (f"'{text}' is part of the C++ standard library. "
                f"{add_library(args, Cxx_library, tree)}.")
    plain = text.split("(")[0]
    if plain != text and plain in known:
        return (f"'{text}' is a C++ function; the library {known[plain].name} has the C function "
                f"'{plain}'. Declare it inside extern \"C\" {{ }}.")
    return ""


def explain_link(text, args):
    tree, names = tree_of(args), undefined_names(text)
    known, texts = definitions(args), demangled(names)
    told = []
    for name in names:
        sentence = explain_name(name, texts[name], known, args, tree)
        advice = sentence.split("). ")[-1]
        if sentence and not any(advice in other for other in told):
            told.append(sentence)
    if not told and names:
        told.append(f"No library has '{texts[names[0]]}': is its source file missing in "
                    f"{args.file}, or is the name misspelt?")
    return "\n*** ".join(told[:Most_told])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["compile", "link"])
    parser.add_argument("--tree", required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--package", required=True)
    parser.add_argument("--file", required=True, help="the makefile, as it is called in messages")
    parser.add_argument("--uses", default="", help="pc names of the libraries in use")
    parser.add_argument("--lib-dir", type=Path, default=Path())
    parser.add_argument("--tests", action="store_true", help="it is a test of the package")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    try:
        text = output_of(args.command)
    except (OSError, subprocess.TimeoutExpired):
        return
    sentence = explain_link(text, args) if args.what == "link" else explain_compile(text, args)
    if sentence:
        print(f"\n*** {sentence}\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
