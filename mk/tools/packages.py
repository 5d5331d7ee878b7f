#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Knows all packages of the tree: reads their Control files and orders them.

Commands:
  graph OUTPUT      writes the dependency graph as makefile variables for the top Makefile
                    and the roles
  explain NAME ...  prints why a pc name cannot be used by a package, and what to do
  list              prints every package with what it provides and requires
"""
import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from control import ControlError, load_aliases, parse_control  # noqa: E402
from suggest import did_you_mean  # noqa: E402

Roots = ("l4re", "pkg")
Project_marker = "project.mk"


class TreeError(Exception):
    """A mistake in the tree that the user has to correct; the text says where and how."""


class UnknownName(TreeError):
    """A package requires a name that nobody provides."""


class Tree:
    """All packages below the roots. Packages are named by their path: `l4re/libc`."""

    def __init__(self, top, roots=Roots, arch="amd64", config=frozenset()):
        self.top = Path(top)
        self.packages = {}
        self.provider = {}
        self.skipped = {}
        self.aliases = load_aliases(self.top / "mk" / "aliases.d", arch, config)
        for root in roots:
            self.aliases |= load_aliases(self.top / root / "aliases.d", arch, config)
            self._scan(self.top / root, arch, config)
        for name, control in self.packages.items():
            self._register(name, control)

    def _scan(self, folder, arch, config):
        if not folder.is_dir():
            return
        for path in sorted(folder.iterdir()):
            if not path.is_dir() or path.name.startswith(".") or path.name == "aliases.d":
                continue
            self.aliases |= load_aliases(path / "aliases.d", arch, config)
            name = str(path.relative_to(self.top))
            if self._is_project(path):
                self._scan(path, arch, config)
                continue
            why = next((w for w in ("broken", "obsolete") if (path / w).exists()), None)
            if why:
                self.skipped[name] = why
                continue
            for need in ("Control", "Makefile"):
                if not (path / need).is_file():
                    raise TreeError(missing_file_text(name, need))
            self.packages[name] = parse_control(path / "Control", name, arch, config)
            self._check_variants(path, self.packages[name])

    def _check_variants(self, path, control):
        known = sorted(p.stem for p in (self.top / "mk" / "variants").glob("*.inc"))
        for v in control.variants:
            if v.name not in ("std", *known):
                raise TreeError(f"{v.where}: there is no variant '{v.name}'. Known: std, "
                                f"{', '.join(known)} (mk/variants).")
            if not (path / v.folder / "Makefile").is_file():
                raise TreeError(f"{v.where}: the variant '{v.name}' is for the folder '{v.folder}', "
                                "which has no Makefile.")

    @staticmethod
    def _is_project(path):
        makefile = path / "Makefile"
        return (makefile.is_file() and not (path / "Control").exists()
                and Project_marker in makefile.read_text(errors="replace"))

    def _register(self, name, control):
        for provided in control.provides or [name.rsplit("/", 1)[-1]]:
            other = self.provider.get(provided)
            if other:
                raise TreeError(f"{name}/Control: '{provided}' is already provided by {other}. "
                                "Each name can have one provider; rename one of them.")
            self.provider[provided] = name

    def expand(self, name):
        """An alias stands for several names; any other name for itself."""
        if name not in self.aliases:
            return [name]
        return [n for part in self.aliases[name] for n in self.expand(part)]

    def requirements(self, package):
        """Packages that must be built before `package`, in a stable order."""
        control = self.packages[package]
        found = self._providers(control.requires)
        for optional in control.optional:
            found += [self.provider[n] for n in self.expand(optional.name) if n in self.provider]
        return [p for p in dict.fromkeys(found) if p != package]

    def _providers(self, requirements):
        """The packages behind names that are required."""
        found = []
        for requirement in requirements:
            for name in self.expand(requirement.name):
                if name not in self.provider:
                    raise UnknownName(self._unknown(requirement, name))
                found.append(self.provider[name])
        return found

    def test_requirements(self, package):
        """Packages that only the tests of `package` need."""
        return [p for p in dict.fromkeys(self._providers(self.packages[package].test_requires))
                if p != package]

    def _unknown(self, requirement, name):
        text = f"{requirement.where}: requires '{name}', which no package provides."
        for path, why in self.skipped.items():
            if path.endswith("/" + name):
                return text + f" {path} is left out because it has a file named '{why}'."
        return text + did_you_mean(name, [*self.provider, *self.aliases])

    def closure(self, package):
        """All packages that `package` needs, itself last. Raises on a cycle."""
        done, path = [], []

        def visit(node):
            if node in path:
                ring = " -> ".join([*path[path.index(node):], node])
                raise TreeError(f"{node}/Control: the packages require each other in a ring: "
                                f"{ring}. Remove one of these requirements.")
            if node in done:
                return
            path.append(node)
            for need in self.requirements(node):
                visit(need)
            path.pop()
            done.append(node)

        visit(package)
        return done

    def reach(self, package):
        """Names whose pc files `package` may use."""
        return self._names_of(self.closure(package))

    def test_reach(self, package):
        """The same for the tests of `package`."""
        return self._names_of([n for p in [package, *self.test_requirements(package)]
                               for n in self.closure(p)])

    def _names_of(self, packages):
        members = set(packages)
        return sorted(n for n, p in self.provider.items() if p in members)


def missing_file_text(name, need):
    sample = {"Control": "a file with the line 'requires: stdlibs' will do for a program",
              "Makefile": "two lines: 'L4DIR ?= ../..' and 'include $(L4DIR)/mk/subdir.mk'"}
    return (f"{name}: every folder here is a package and needs a file '{need}' ({sample[need]}). "
            "Add it, or put an empty file named 'broken' there to leave the folder out.")


def write_graph(tree, output):
    """Writes the graph as makefile variables, per package."""
    lines = ["# written by mk/tools/packages.py graph", "PACKAGES := " + " ".join(tree.packages)]
    for name, control in tree.packages.items():
        try:
            tree.closure(name)
            test_reach = tree.test_reach(name)
        except UnknownName as error:
            # Only who wants to build this package, or one that needs it, has to hear of it.
            lines.append(f"PKG_ERROR_{name} := {error}")
            continue
        lines.append(f"PKG_DEPS_{name} := {' '.join(tree.requirements(name))}")
        lines.append(f"PKG_REACH_{name} := {' '.join(tree.reach(name))}")
        if control.test_requires:
            lines.append(f"PKG_TEST_DEPS_{name} := {' '.join(tree.test_requirements(name))}")
            lines.append(f"PKG_TEST_REACH_{name} := {' '.join(test_reach)}")
        lines.append(f"PKG_THIRD_{name} := {' '.join(control.third_party)}")
        lines += [f"PKG_VARIANTS_{name}{'/' if v.folder else ''}{v.folder} += {v.name}"
                  for v in control.variants]
    for name, parts in sorted(tree.aliases.items()):
        lines.append(f"ALIAS_{name} := {' '.join(parts)}")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text("\n".join(lines) + "\n")


def explain(tree, package, makefile, pc_dir, name, key="requires"):
    """One sentence: why `name` is not usable in `package`, and the remedy."""
    provider = tree.provider.get(name)
    if provider is None:
        return (f"{makefile}: REQUIRES_LIBS names '{name}', which no package provides."
                + did_you_mean(name, tree.provider))
    reach = tree.reach if key == "requires" else tree.test_reach
    if package in tree.packages and name not in reach(package):
        return (f"{makefile}: REQUIRES_LIBS names '{name}' of package {provider}, which "
                f"{package} does not require. "
                f"Add the line '{key}: {name}' to {package}/Control.")
    if not (Path(pc_dir) / "mk" / f"{name}.mk").exists():
        return (f"{makefile}: '{name}' of package {provider} is not built yet, or no lib.mk or "
                f"include.mk directory there has PC_FILENAME = {name}. "
                f"Run 'make {provider}' in the top directory first.")
    return f"{makefile}: '{name}' was just built; run make again."


def show_list(tree):
    for name, control in tree.packages.items():
        print(name)
        for label, words in (("provides", control.provides),
                             ("requires", [r.name for r in control.requires]),
                             ("optional", [r.name for r in control.optional])):
            if words:
                print(f"    {label}: {' '.join(words)}")
    for name, why in tree.skipped.items():
        print(f"{name} (left out: {why})")


def options_of(path):
    """Names of the options that are y in a file of make variables."""
    if path is None or not path.is_file():
        return frozenset()
    pairs = (line.split(" := ", 1) for line in path.read_text().splitlines() if " := " in line)
    return frozenset(name for name, value in pairs if value == "y")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", default=".", help="top directory")
    parser.add_argument("--config", type=Path, help="file with the options that are set")
    parser.add_argument("--roots", default=" ".join(Roots), help="folders that hold packages")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("graph").add_argument("output", type=Path)
    commands.add_parser("list")
    why = commands.add_parser("explain")
    why.add_argument("--package", required=True)
    why.add_argument("--file", required=True)
    why.add_argument("--built", required=True)
    why.add_argument("--key", default="requires", help="the key of Control that is to be added")
    why.add_argument("name")
    args = parser.parse_args()
    try:
        tree = Tree(args.tree, args.roots.split(), config=options_of(args.config))
        if args.command == "graph":
            write_graph(tree, args.output)
        elif args.command == "list":
            show_list(tree)
        else:
            print(explain(tree, args.package, args.file, args.built, args.name,
                          args.key))
    except (TreeError, ControlError) as error:
        if args.command == "explain":
            print(error)
            return 0
        print(f"\n*** {error}\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
