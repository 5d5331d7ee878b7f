# SPDX-License-Identifier: MIT
"""A service is small: server, client, interface, build file, script and test of the calculator."""
import re
import unittest
from pathlib import Path

Top = Path(__file__).resolve().parents[3]
Limit = 100


def code_lines(text, comment):
    """Lines that are neither empty nor only a comment."""
    lines = (line.strip() for line in text.splitlines())
    return sum(1 for line in lines if line and not line.startswith(comment))


class Size(unittest.TestCase):
    def test_calculator(self):
        folder = Top / "pkg/examples/clntsrv"
        total = sum(code_lines((folder / name).read_text(), ("//", "#include <", "#pragma"))
                    for name in ("shared.h", "server.cc", "client.cc"))
        total += code_lines((folder / "Makefile").read_text(), "#")
        total += code_lines((Top / "conf/clntsrv.cfg").read_text(), "--")
        tests = (Path(__file__).parent / "test.toml").read_text()
        total += code_lines(re.search(r'(?s)name = "clntsrv"\n.*?\n\n', tests).group(0), "#")
        self.assertLessEqual(total, Limit)
        self.assertGreater(total, 40)


if __name__ == "__main__":
    unittest.main()
