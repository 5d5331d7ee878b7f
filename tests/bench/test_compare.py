# SPDX-License-Identifier: MIT
"""`make bench BASE=revision`, with projects whose benchmark is a line of shell."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import compare

Row = '[{"name": "call", "p50": %d}]'
Makefile = """bench:
\t@test -z '$(BASE)$(ONLY)' || { echo 'BASE=$(BASE) has reached the other revision'; false; }
\t@mkdir -p build/bench && cp figures build/bench/results.json
"""


class Compare(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name) / "top"
        self.top.mkdir()
        self.work = Path(folder.name) / "work"
        (self.top / "Makefile").write_text(Makefile)
        (self.top / "figures").write_text(Row % 200)
        self.git("init", "--quiet")
        self.commit()

    def git(self, *words):
        subprocess.run(["git", "-C", self.top, "-c", "user.name=t", "-c", "user.email=t@t", *words],
                       check=True, capture_output=True)

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "figures")

    def test_other_revision_is_built_without_our_settings(self):
        ours = {"MAKEFLAGS": " -- BASE=HEAD ONLY=boot", "MAKEOVERRIDES": "BASE=HEAD", "BASE": "HEAD"}
        with mock.patch.dict(os.environ, ours):
            found = compare.measure(self.top, self.work, compare.commit_of(self.top, "HEAD"))
        self.assertEqual(json.loads(found.read_text())[0]["p50"], 200)

    def test_figures_are_those_of_the_revision_and_kept(self):
        first = compare.commit_of(self.top, "HEAD")
        (self.top / "figures").write_text(Row % 150)
        self.commit()
        found = compare.measure(self.top, self.work, first)
        self.assertEqual(json.loads(found.read_text())[0]["p50"], 200)
        stamp = found.stat().st_mtime_ns
        compare.measure(self.top, self.work, first)
        self.assertEqual(found.stat().st_mtime_ns, stamp)

    def test_unknown_revision_and_failing_build_are_told(self):
        with self.assertRaisesRegex(compare.Compare_error, "BASE=nope: no such revision"):
            compare.commit_of(self.top, "nope")
        (self.top / "Makefile").write_text("bench:\n\tfalse\n")
        self.commit()
        with self.assertRaisesRegex(compare.Compare_error, "failed: see .*log.txt"):
            compare.measure(self.top, self.work, compare.commit_of(self.top, "HEAD"))

    def test_table_has_both_and_the_change(self):
        text = compare.changes(json.loads(Row % 200), json.loads(Row % 150))
        self.assertRegex(text, r"call +200 +150 +-25.0%")


if __name__ == "__main__":
    unittest.main()
