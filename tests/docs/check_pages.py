# SPDX-License-Identifier: MIT
"""Checks all Markdown pages of the tree and prints the result as TAP: check_pages.py TOP."""
import re
import shlex
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from pages import Page

Source = re.compile(r"\.(cc|h|c|S|py|mk|sh|lua|ld)$")
Tree_path = re.compile(r"(kernel|l4re|pkg|mk|conf|tests|docs)/[\w.,*+{}/-]*$")
Rule = re.compile(r"^([\w.][\w.%/ -]*?)\s*::?(?!=)", re.M)
Phony = re.compile(r"^\s*\.PHONY:\s*((?:[^\n]*\\\n)*[^\n]*)", re.M)
Foreign = Path("tests/mk/packages")
Add_readme = "add a README.md (5 to 30 lines), or name the folder in the one above"
Add_row = "add a row to the table of README.md: version, licence, what for"
Valued = {"-C", "-f", "-o", "-W", "-I"}


class Tree:
    """What git tracks of the tree: a user's own folders are left alone."""

    def __init__(self, top: Path):
        self.top = top
        listed = subprocess.run(["git", "-C", str(top), "ls-files", "-z"], check=True,
                                text=True, stdout=subprocess.PIPE).stdout
        self.files = sorted({Path(name) for name in listed.split("\0")
                             if name and (top / name).is_file()})

    def pages(self):
        return [Page(f, (self.top / f).read_text()) for f in self.files if f.suffix == ".md"]

    @lru_cache(None)
    def page(self, path):
        return Page(path, (self.top / path).read_text())

    @lru_cache(None)
    def targets(self, folder):
        """Goals of the makefile in a folder; of the top makefile also those of what it includes."""
        names = ["Makefile", "Makefile.inc"]
        makefiles = [self.top / folder / name for name in names]
        if folder == Path("."):
            makefiles += [*self.top.glob("mk/top/*.mk"), self.top / "tests/Makefile.inc"]
        found = set()
        for makefile in makefiles:
            text = makefile.read_text() if makefile.is_file() else ""
            for names in [*Rule.findall(text), *Phony.findall(text)]:
                found |= set(names.replace("\\\n", " ").split())
        return found

    @lru_cache(None)
    def entries(self):
        lists = [self.top / "modules.lst", *self.top.glob("pkg/*/modules.lst")]
        text = "\n".join(path.read_text() for path in lists)
        return set(re.findall(r"^\s*entry(?:\[[^\]]*\])?\s+(\S+)", text, re.M))

    def is_package(self, name):
        return (self.top / name / "Control").is_file()


def is_placeholder(word):
    """NAME, folder, ... : a word that the reader replaces."""
    return bool(re.search(r"[A-Z]{2,}|\.\.\.|[<>$*]", word))


def command_problem(tree, page, command):
    """Why a command line that begins with `make` is wrong, or None."""
    try:
        # brackets: words that may be left out
        words = shlex.split(re.sub(r"[\[\]]", "", command), comments=True)[1:]
    except ValueError as error:
        return str(error)
    folder, goals, i = Path("."), [], 0
    while i < len(words):
        word = words[i]
        if word == "-C":
            folder = Path(words[i + 1])
        if word in Valued:
            i += 1
        elif "=" in word:
            problem = setting_problem(tree, page, *word.split("=", 1))
            if problem:
                return problem
        elif not word.startswith("-"):
            goals.append(word)
        i += 1
    if not (tree.top / folder).is_dir():
        return None if is_placeholder(str(folder)) else f"there is no folder '{folder}'"
    for goal in goals:
        known = goal in tree.targets(folder) or tree.is_package(goal) or is_placeholder(goal)
        if not known and not is_made_on(page, goal):
            return f"there is no target '{goal}'"
    return None


def setting_problem(tree, page, name, value):
    """Why a setting of a command line is wrong, or None."""
    if name == "E" and not is_placeholder(value) and value not in tree.entries() \
            and f"entry {value}\n" not in page.blocks_text and f"pkg/{value}" not in page.made:
        return f"modules.lst has no entry '{value}'"
    if name == "S":
        for package in re.split("[:,]", value):
            known = tree.is_package(package) or is_made_on(page, package) or is_placeholder(package)
            if not known and len(package) > 5:
                return f"there is no package '{package}'"
    return None


def is_made_on(page, path):
    """Whether the page itself tells the reader to make that folder."""
    if "/".join(path.split("/")[:2]) in page.made:
        return True
    return bool(re.search(rf"\b(mkdir|cp)\b.*\b{re.escape(path)}\b", page.blocks_text))


def link_problem(tree, page, target):
    """Why a link is wrong, or None."""
    if target == "unclosed-block":
        return "a block ``` is not closed"
    if re.match(r"[a-z]+:", target):
        return None
    name, _, anchor = target.partition("#")
    path = (tree.top / page.path).parent / name if name else tree.top / page.path
    if not path.exists():
        return f"'{target}' leads nowhere"
    if anchor and path.suffix == ".md":
        other = tree.page(path.resolve().relative_to(tree.top.resolve()))
        if anchor not in other.anchors:
            return f"'{target}': {name or 'this page'} has no heading of that name"
    return None


def path_problem(tree, page, text):
    """Why a name of a file or folder in backquotes is wrong, or None."""
    if not Tree_path.match(text) or is_placeholder(text.replace("*", "").replace("README", "")):
        return None
    for option in expand_braces(text):
        places = [tree.top, (tree.top / page.path).parent]
        if not any(list(place.glob(option.rstrip("/"))) for place in places) \
                and not is_made_on(page, "/".join(option.split("/")[:2])):
            return f"there is no '{option}'"
    return None


def expand_braces(text):
    match = re.search(r"\{([^}]*)\}", text)
    if not match:
        return [text]
    return [o for part in match[1].split(",")
            for o in expand_braces(text[:match.start()] + part + text[match.end():])]


def problems_of(tree, page):
    """All problems of a page as (line, text)."""
    for link in page.links:
        yield link.line, link_problem(tree, page, link.text)
    for code in page.codes:
        if code.text.startswith("make "):
            yield code.line, command_problem(tree, page, code.text)
        else:
            yield code.line, path_problem(tree, page, code.text)
    for block in page.blocks:
        shell = subprocess.run(["sh", "-n"], input=block.text, text=True, capture_output=True)
        yield block.line, shell.stderr.strip() or None
        for number, line in enumerate(block.text.splitlines()):
            if re.match(r"\s*make\b", line):
                yield block.line + number, command_problem(tree, page, line)


def undescribed_folders(tree):
    """Folders with sources that have no README.md and that the next one above does not name."""
    for folder in sorted({f.parent for f in tree.files if Source.search(f.name)}):
        # (Packages that stand there as somebody else has written them are described as a whole.)
        if folder.is_relative_to(Foreign) or (tree.top / folder / "README.md").is_file():
            continue
        for above in folder.parents:
            readme = tree.top / above / "README.md"
            if readme.is_file():
                name = folder.relative_to(above).as_posix()
                if above == Path(".") or not re.search(rf"(?<![\w/]){re.escape(name)}\b",
                                                       readme.read_text()):
                    yield folder
                break


def undeclared_parts(tree):
    """Parts of other projects that the build fetches and README.md does not name."""
    readme = (tree.top / "README.md").read_text()
    recipes = [f for f in tree.files if f.match("mk/third-party/*/recipe.sh")]
    declared = {name.lower().replace("+", "x") for name in re.findall(r"^\| ([\w+-]+)", readme, re.M)}
    # NAME-host is the part NAME once more, built for this machine
    return [f.parent.name for f in recipes
            if f.parent.name.removesuffix("-host") not in declared]


def report(number, problems, title):
    print(f"{'not ok' if problems else 'ok'} {number} {title}")
    for problem in problems:
        print(f"# {problem}")


def main():
    tree = Tree(Path(sys.argv[1]))
    pages = tree.pages()
    print(f"1..{len(pages) + 2}")
    for number, page in enumerate(pages, 1):
        problems = [f"{page.path}:{line}: {text}" for line, text in problems_of(tree, page) if text]
        report(number, problems, page.path)
    report(len(pages) + 1, [f"{folder}: {Add_readme}" for folder in undescribed_folders(tree)],
           "every folder with sources is described")
    report(len(pages) + 2, [f"mk/third-party/{part}: {Add_row}" for part in undeclared_parts(tree)],
           "every part of another project is in the table of README.md")


if __name__ == "__main__":
    main()
