# SPDX-License-Identifier: MIT
"""Scratch trees for the tests of the build system."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

Top = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(Top / "mk" / "tools"))


def write(path, text):
    """Writes a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


class Scratch(unittest.TestCase):
    """A test with an empty folder of its own, `self.dir`."""

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="mk-test-")).resolve()
        self.addCleanup(shutil.rmtree, self.dir)

    def file(self, name, text=""):
        return write(self.dir / name, text)

    def run_command(self, *command, env=None, cwd=None, timeout=100):
        """(status, output) of a command; the output is stdout and stderr together."""
        clean = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("MAKE", "MFLAGS")) and k not in ("O", "V", "T", "BUILD")
        }
        result = subprocess.run(
            command,
            cwd=cwd or self.dir,
            env={**clean, **(env or {})},
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
        return result.returncode, result.stdout


class Tree(Scratch):
    """A tree with the build system of this one and packages of its own."""

    def setUp(self):
        super().setUp()
        (self.dir / "mk").symlink_to(Top / "mk")
        shutil.copy(Top / "Makefile", self.dir)
        for folder in ("l4re", "pkg"):
            (self.dir / folder).mkdir()

    def make(self, *args, cwd=None, env=None):
        return self.run_command(
            "make", "-j2", *args, cwd=cwd, env={"SETUP": "no", "USE_CCACHE": "n", **(env or {})}
        )

    def built(self, *args, cwd=None):
        """Output of a make that must succeed."""
        status, output = self.make(*args, cwd=cwd)
        self.assertEqual(status, 0, output)
        return output

    def refused(self, *args, cwd=None, env=None):
        """Output of a make that must fail."""
        status, output = self.make(*args, cwd=cwd, env=env)
        self.assertNotEqual(status, 0, output)
        return output

    def role(self, path, role, text=""):
        """A makefile as a user writes it."""
        parts = len(Path(path).parts) - 2
        up = "/".join([".."] * parts) or "."
        self.file(
            f"{path}/Makefile",
            f"PKGDIR ?= {up}\nL4DIR  ?= $(PKGDIR)/../..\n\n{text}\n"
            f"include $(L4DIR)/mk/{role}.mk\n",
        )

    def tiny_libc(self):
        """A package that provides libc: start code, one function, one header."""
        self.file("l4re/libc/Control", "provides: libc\n")
        self.role("l4re/libc", "subdir")
        self.role("l4re/libc/lib", "subdir")
        self.role("l4re/libc/include", "include")
        self.file("l4re/libc/include/answer.h", "int answer(void);\n")
        self.role(
            "l4re/libc/lib/src",
            "lib",
            "TARGET = libc.a crt0.o\nSRC_C_libc.a = answer.c\n"
            "SRC_C_crt0.o = start.c\nPC_FILENAME = libc\nPC_EXTRA = crt0=$(LIB_DIR)/crt0.o\n",
        )
        self.file(
            "l4re/libc/lib/src/answer.c",
            "#include <l4/libc/answer.h>\n" "int answer(void) { return 42; }\n",
        )
        self.file(
            "l4re/libc/lib/src/start.c",
            "int main(void);\nvoid _start(void);\nvoid _start(void) { main(); for (;;) ; }\n",
        )

    def program(self, name="hello", control="requires: stdlibs\n", text=""):
        """A program package with one source."""
        self.file(f"pkg/{name}/Control", control)
        self.role(f"pkg/{name}", "subdir")
        self.role(f"pkg/{name}/server", "subdir")
        self.role(f"pkg/{name}/server/src", "prog", text or f"TARGET = {name}\nSRC_C = main.c\n")
        self.file(
            f"pkg/{name}/server/src/main.c",
            "#include <l4/libc/answer.h>\n" "int main(void) { return answer(); }\n",
        )
