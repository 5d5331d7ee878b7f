# SPDX-License-Identifier: MIT
"""The package graph."""
from scratch import Scratch

from packages import Tree, TreeError, explain


class Packages(Scratch):
    def package(self, name, control):
        self.file(f"{name}/Control", control)
        self.file(f"{name}/Makefile")

    def tree(self):
        return Tree(self.dir)

    def mistake(self, call=None):
        with self.assertRaises(TreeError) as caught:
            (call or self.tree)()
        return str(caught.exception)

    def test_order(self):
        self.package("pkg/a", "requires: libb\n")
        self.package("pkg/b", "provides: libb\nrequires: c\noptional: d none\n")
        self.package("l4re/c", "")
        self.package("l4re/d", "requires: c\n")
        tree = self.tree()
        self.assertEqual(tree.requirements("pkg/b"), ["l4re/c", "l4re/d"])
        self.assertEqual(tree.closure("pkg/a"), ["l4re/c", "l4re/d", "pkg/b", "pkg/a"])
        self.assertEqual(tree.reach("pkg/a"), ["a", "c", "d", "libb"])

    def test_alias(self):
        self.file("mk/aliases.d/std", "stdlibs := c\n")
        self.package("pkg/a", "requires: stdlibs\n")
        self.package("l4re/c", "")
        self.assertEqual(self.tree().requirements("pkg/a"), ["l4re/c"])

    def test_own_names_are_no_dependency(self):
        self.package("pkg/a", "provides: x\nrequires: x\n")
        self.assertEqual(self.tree().requirements("pkg/a"), [])

    def test_projects(self):
        self.file("pkg/group/Makefile", "include $(L4DIR)/mk/project.mk\n")
        self.package("pkg/group/inner", "")
        self.assertEqual(list(self.tree().packages), ["pkg/group/inner"])

    def test_left_out(self):
        self.package("pkg/old", "")
        self.file("pkg/old/obsolete")
        self.file("pkg/half/broken")
        self.package("pkg/a", "requires: old\n")
        tree = self.tree()
        self.assertEqual(list(tree.packages), ["pkg/a"])
        self.assertIn(
            "pkg/old is left out because it has a file named 'obsolete'",
            self.mistake(lambda: tree.closure("pkg/a")),
        )

    def test_missing_files(self):
        self.file("pkg/a/Makefile")
        self.assertIn(
            "pkg/a: every folder here is a package and needs a file 'Control'", self.mistake()
        )
        self.file("pkg/a/Control")
        (self.dir / "pkg/a/Makefile").unlink()
        self.assertIn("needs a file 'Makefile'", self.mistake())

    def test_unknown_requirement(self):
        self.package("pkg/a", "\nrequires: libcc\n")
        self.package("pkg/b", "provides: libc\n")
        self.assertIn(
            "pkg/a/Control:2: requires 'libcc', which no package provides. Did you mean 'libc'?",
            self.mistake(lambda: self.tree().closure("pkg/a")),
        )

    def test_ring(self):
        self.package("pkg/a", "requires: b\n")
        self.package("pkg/b", "requires: a\n")
        self.assertIn("pkg/a -> pkg/b -> pkg/a", self.mistake(lambda: self.tree().closure("pkg/a")))

    def test_two_providers(self):
        self.package("pkg/a", "provides: x\n")
        self.package("pkg/b", "provides: x\n")
        self.assertIn("pkg/b/Control: 'x' is already provided by pkg/a", self.mistake())

    def test_explanations(self):
        self.package("pkg/a", "requires: libb\n")
        self.package("pkg/b", "provides: libb\n")
        self.package("pkg/c", "provides: libc\n")
        tree = self.tree()

        def text(name):
            return explain(tree, "pkg/a", "pkg/a/Makefile", self.dir / "pc", name)

        self.assertIn("which no package provides. Did you mean 'libb'", text("libbb"))
        self.assertIn("Add the line 'requires: libc' to pkg/a/Control", text("libc"))
        self.assertIn("Run 'make pkg/b'", text("libb"))
