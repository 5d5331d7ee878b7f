# SPDX-License-Identifier: MIT
"""Functions of mk/functions.mk."""
from scratch import Scratch, Top


class Functions(Scratch):
    def same(self, left, right):
        """What the function `same` of mk/functions.mk says about two texts."""
        self.file("left", left)
        self.file("right", right)
        self.file(
            "Makefile",
            f"include {Top}/mk/functions.mk\n"
            "$(info [$(call same,$(file <left),$(file <right))])\nall:;@:\n",
        )
        return self.run_command("make")[1].strip() == "[y]"

    def test_equality(self):
        self.assertTrue(self.same("", ""))
        self.assertTrue(self.same("a b%c\n", "a b%c"))
        for left, right in (
            ("", "xx"),
            ("", "x"),
            ("ax", "a"),
            ("a", "ax"),
            ("a b", "a"),
            ("xa", "a"),
        ):
            self.assertFalse(self.same(left, right), (left, right))
            self.assertFalse(self.same(right, left), (right, left))
