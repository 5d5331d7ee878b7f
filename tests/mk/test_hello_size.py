# SPDX-License-Identifier: MIT
"""Who uses no files, no threads and no exceptions pays nothing for them: the size of hello."""
import os
import subprocess
import unittest
from pathlib import Path

Program = Path(os.environ["BUILD"]) / "bin/amd64_gen/l4f/hello"
Limit = 32 * 1024


class Hello_size(unittest.TestCase):
    def test_text(self):
        out = subprocess.run(["size", str(Program)], check=True, text=True, stdout=subprocess.PIPE)
        text = int(out.stdout.splitlines()[1].split()[0])
        self.assertLessEqual(text, Limit, f"{Program}: {text} bytes of text; `nm -S --size-sort` "
                                          "shows what was linked")
