# SPDX-License-Identifier: MIT
"""Every variable of the roles, with what it does: one package for each row, all built by one make.

`variables` lists the names that makefiles of packages may use; each of them has a row here, or is
named there with the test that has it.
"""
import re
import shutil
import unittest

from scratch import Top, Tree, write

import variable_rows

Listed = Top / "tests" / "mk" / "variables"
Obj = "OBJ-amd64_gen-std-l4f"


class Package:
    """The results of one row, as its check sees them."""

    def __init__(self, test, row):
        self.test, self.row, self.build = test, row, test.dir / "build"
        self.obj = self.build / "pkg" / row.package / row.folder / Obj

    def flags(self, object_file="main.o"):
        """The words of the command that made an object."""
        text = (self.obj / f"{object_file}.cmd").read_text()
        return text.split(" := ", 1)[1].splitlines()[0].split()

    def link(self, program="prog"):
        return (self.obj / f"{program}.cmd").read_text()

    def has(self, *words, object_file="main.o"):
        flags = self.flags(object_file)
        for word in words:
            self.test.assertIn(word, flags)

    def lacks(self, *words, object_file="main.o"):
        flags = self.flags(object_file)
        for word in words:
            self.test.assertNotIn(word, flags)

    def exists(self, *names, missing=()):
        """Files in the build directory; {} stands for the package's name."""
        for name in names:
            self.test.assertTrue((self.build / name).exists(), name)
        for name in missing:
            self.test.assertFalse((self.build / name).exists(), name)

    def symbols(self, path, *options):
        """Name -> (value, kind) of a file in the build directory."""
        text = self.test.run_command("nm", *options, str(self.build / path))[1]
        found = (line.split() for line in text.splitlines())
        return {w[2]: (int(w[0], 16), w[1]) for w in found if len(w) == 3}

    def read(self, path):
        return (self.build / path).read_text()

    def printed(self, text):
        self.test.assertIn(text, self.test.output)


@unittest.skipUnless(shutil.which("nm"), "no binutils")
class Variables(Tree):
    maxDiff = None

    def test_rows(self):
        self.tiny_libc()
        self.file("Makeconf.boot", "BOOT_SETTING = from_boot\n")
        for row in variable_rows.Rows:
            self.write_package(row)
        status, self.output = self.make("-k", "CONFIG_YES=y")
        failed = [line for line in self.output.splitlines() if re.search(r"\*\*\*|rror:|^ld:", line)]
        self.assertEqual((status, failed), (0, []))
        for row in variable_rows.Rows:
            with self.subTest(row.name):
                row.check(Package(self, row))

    def write_package(self, row):
        top = self.dir / "pkg" / row.package
        write(top / "Control", row.control)
        if row.folder:
            self.role(f"pkg/{row.package}", "subdir", f"TARGET = {row.folder}")
        folder = f"pkg/{row.package}/{row.folder}".rstrip("/")
        self.role(folder, row.role, row.text)
        for name, text in row.files.items():
            write(self.dir / folder / name, text)

    def test_refused(self):
        """What cannot be done here is said, not left out."""
        self.tiny_libc()
        for text, message in variable_rows.Refused:
            with self.subTest(text):
                self.program(text=f"TARGET = hello\nSRC_C = main.c\n{text}\n")
                self.assertIn(message, self.refused("pkg/hello"))


class Listing(unittest.TestCase):
    def test_every_listed_variable_has_a_row(self):
        used = set()
        for row in variable_rows.Rows:
            used |= set(re.findall(r"^([A-Z][A-Z0-9_]*)", row.text, re.M))
        used |= {re.match(r"\w+", text).group() for text, _ in variable_rows.Refused}
        for line in Listed.read_text().splitlines():
            if not line or line.startswith("#"):
                continue
            name, _, elsewhere = line.partition(" ")
            with self.subTest(name):
                if elsewhere:
                    file, _, test = elsewhere.strip().partition(":")
                    self.assertIn(f"def {test}(", (Listed.parent / file).read_text())
                else:
                    self.assertTrue(any(u == name or u.startswith(name + "_") for u in used), name)
