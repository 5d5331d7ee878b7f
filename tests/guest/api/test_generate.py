# SPDX-License-Identifier: MIT
"""The lists are read as their README says, and the page is compared with them."""
import tempfile
import unittest
from pathlib import Path

import generate


class Generate(unittest.TestCase):
    def rows(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.rows"
            path.write_text(text)
            return [row for row in generate.read(path) if row.name]

    def test_functions_and_their_twins(self):
        rows = self.rows("header a.h\nfn(u) f: int (void)\nfn(u) g: int (long)\nfn h: void (int)\n")
        self.assertEqual([row.name for row in rows], ["f", "f_u", "g", "g_u", "h"])
        self.assertIn("__typeof__(int (l4_utcb_t *)) *row = f_u", rows[1].code)
        self.assertIn("__typeof__(int (long, l4_utcb_t *)) *row = g_u", rows[3].code)
        self.assertEqual(rows[0].languages, ["c", "c++"])

    def test_lines_go_on_and_comments_end(self):
        rows = self.rows("# a\nheader a\nmember A::B: c   # of it\n  d\ntype x; y z\n")
        self.assertEqual([row.name for row in rows], ["A::B::c", "A::B::d", "x", "y z"])
        self.assertEqual(rows[0].languages, ["c++"])

    def test_mistakes_are_named(self):
        for text, message in (("fn f: int (void)\n", "none of header"), ("header a\nwhat x\n", "what"),
                              ("header a\nfn f\n", "cannot read 'fn f'")):
            with self.assertRaisesRegex(generate.Rows_error, message):
                self.rows(text)

    def test_source_uses_each_row(self):
        rows = self.rows("header a.h\ncode int v;\nconst A\nuse n (int x): f(x)\nheader b\ntype T\n")
        text = generate.source(rows, "c", "x")
        self.assertIn("#include <a.h>", text)
        self.assertNotIn("sizeof(T)", text)
        self.assertIn("static void row_1(int x)", text)
        self.assertEqual(text.count('{"a.h"'), 2)

    def test_the_page_and_the_rows_agree(self):
        rows = self.rows("header a.h\nabsent f g\nmacro M\nmacro M\n")
        page = "## Not there\n\n| H | N | W |\n|---|---|---|\n| `a.h` | `f` `k` | why |\n" \
               "| `a.h` | `g` |  |\n\n## Other\n\n| a | `z` | b |\n"
        self.assertEqual(sorted(generate.check(rows, page)), sorted([
            "x.rows:2: 'g' is absent; docs/compatibility.md gives no reason",
            "docs/compatibility.md: 'k' is no absent row of tests/guest/api/rows",
            "x.rows:4: 'M' of a.h stands at x.rows:3, too"]))

    def test_all_rows_can_be_read(self):
        self.assertGreater(len([row for row in generate.all_rows() if row.name]), 1000)


if __name__ == "__main__":
    unittest.main()
