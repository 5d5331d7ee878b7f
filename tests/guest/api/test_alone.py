# SPDX-License-Identifier: MIT
"""Each C header can be included alone; each function that our headers declare has a row."""
import os
import re
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

import generate


def compiler():
    """How the build compiled the C part of the rows, up to the include folders."""
    objects = Path(os.environ["BUILD"]) / "pkg/tests/guest/api"
    words = shlex.split(next(objects.rglob("posix_c.o.cmd")).read_text())
    start = next(i for i, word in enumerate(words) if word.startswith("-"))
    end = next((i for i, word in enumerate(words) if word in ("-MD", "-c", "#")), len(words))
    return [os.environ.get("CC") or "gcc", *words[start:end]]


def declared_functions(text):
    """(header, name) of the functions that gcc's -aux-info found in the headers of packages."""
    for path, name in re.findall(r"^/\* (\S+?):\d+:\w+ \*/ .*?\b(\w+) \(", text, re.M):
        _, ours, header = path.partition("/include/l4/")
        if ours and "/arch/" not in header and not name.startswith("_"):
            yield header, name


class Alone(unittest.TestCase):
    def setUp(self):
        self.command = compiler()

    def run_on(self, text, *flags):
        """What the compiler writes, which must be no message."""
        done = subprocess.run([*self.command, *flags, "-x", "c", "-"], input=text,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_each_header(self):
        rows = generate.read(generate.Here / "rows/posix.rows")
        headers = dict.fromkeys(row.header for row in rows)
        self.assertGreater(len(headers), 60)
        for header in headers:
            text = f"#include <{header}>\n#include <errno.h>\nint now(void) {{ return errno; }}\n"
            with self.subTest(header=header):
                self.assertIn("_tls_errno", self.run_on(text, "-E", "-P").splitlines()[-1])
                self.run_on(text, "-fsyntax-only")

    def test_each_declared_function(self):
        """A row that is taken out of the lists is missed, as long as the header has the function."""
        lists = [path for path in (generate.Here / "rows").glob("*.rows") if path.stem != "posix"]
        words = set(re.findall(r"\w+", " ".join(path.read_text() for path in lists)))
        headers = dict.fromkeys(row.header for path in lists for row in generate.read(path)
                                if row.kind == "header" and "c" in row.languages)
        with tempfile.NamedTemporaryFile("r", suffix=".txt") as found:
            self.run_on("".join(f"#include <{header}>\n" for header in headers), "-w",
                        "-fsyntax-only", "-aux-info", found.name)
            functions = sorted(set(declared_functions(found.read())))
        self.assertGreater(len(functions), 500)
        missing = [f"{name} of {header}" for header, name in functions
                   if name not in words and name.removesuffix("_u") not in words]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
