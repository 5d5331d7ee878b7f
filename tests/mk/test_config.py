# SPDX-License-Identifier: MIT
"""Options (Kconfig.L4, menuconfig) and variants of packages."""
import fcntl
import pty
import os
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
import unittest

from scratch import Tree

Options = """config HELLO_LOUD
	bool "Shout"

config HELLO_NAME
	string "Whom to greet"
	default "you # 1"

config HELLO_TIMES
	int "How often"
	range 1 9
	default 3

config HELLO_EXTRA
	bool
	default y if HAVE_BIDPC_EXTRAPLUSPLUS
"""
Main = """#include <l4/bid_config.h>
#ifdef CONFIG_HELLO_LOUD
#error loud
#endif
int main(void) { return CONFIG_HELLO_TIMES + (int)sizeof(CONFIG_HELLO_NAME); }
"""


class Config(Tree):
    def setUp(self):
        super().setUp()
        self.tiny_libc()
        self.program(text="TARGET = hello\nSRC_C = main.c\nSRC_C-$(CONFIG_HELLO_LOUD) += loud.c\n")
        self.file("pkg/hello/server/src/loud.c", "int loud;\n")

    def options(self, text=Options):
        self.file("pkg/hello/Kconfig.L4", text)
        self.file("pkg/hello/server/src/main.c", Main)

    def choose(self, *lines):
        """What a user does in menuconfig."""
        path = self.dir / "build/.kconfig"
        wanted = {line.split("=")[0]: line for line in lines}
        old = path.read_text().splitlines() if path.is_file() else []
        keep = [line for line in old if not any(name in line.split("=")[0] for name in wanted)]
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([*keep, *lines]) + "\n")
        later = time.time() + 2
        os.utime(path, (later, later))


class Without_options(Config):
    def test_no_tool_is_needed(self):
        self.file("bin/none")
        status, output = self.make(env={"PATH": "/usr/bin:/bin"})
        self.assertEqual(status, 0, output)
        self.assertTrue((self.dir / "build/include/l4/bid_config.h").is_file())
        self.assertFalse((self.dir / "build/.kconfig").exists())


@unittest.skipUnless(shutil.which("kconfig-conf"), "no kconfig-frontends")
class With_options(Config):
    def test_defaults_reach_make_and_c(self):
        self.options()
        self.built()
        text = (self.dir / "build/.config.all").read_text()
        self.assertIn("CONFIG_HELLO_NAME := you \\# 1\n", text)
        self.assertNotIn("EXTRA", text)
        header = (self.dir / "build/include/l4/bid_config.h").read_text()
        self.assertIn("#define CONFIG_HELLO_TIMES 3\n", header)
        self.assertNotIn("BIDPC", header)

    def test_a_choice_builds_again(self):
        self.options()
        self.built()
        self.choose("CONFIG_HELLO_LOUD=y")
        output = self.refused()
        self.assertIn("#error loud", output)
        self.assertIn("CC      pkg/hello/server/src/loud.c", output)
        self.file("pkg/hello/server/src/main.c", "int main(void) { return 0; }\n")
        self.built()
        self.assertNotIn("CC ", self.built())

    def test_symbols_of_packages_and_filters(self):
        self.options()
        self.file("l4re/extra++/Control", "provides: extra++\n")
        self.role("l4re/extra++", "subdir", "TARGET =\nSUBDIRS =\n")
        self.file("pkg/hello/Control", "requires: stdlibs extra++[config(CONFIG_HELLO_LOUD)]\n")
        self.built()
        self.assertIn("CONFIG_HELLO_EXTRA := y", (self.dir / "build/.config.all").read_text())
        self.assertNotIn("extra", self.deps())
        self.choose("CONFIG_HELLO_LOUD=y")
        self.make()
        self.assertIn("extra", self.deps())

    def deps(self):
        text = (self.dir / "build/packages.mk").read_text()
        return next(line for line in text.splitlines() if line.startswith("PKG_DEPS_pkg/hello "))

    def test_options_of_the_tree(self):
        self.choose("CONFIG_OPTIMISE_SIZE=y", "CONFIG_NDEBUG=y")
        self.file("pkg/hello/server/src/main.c",
                  "#if !defined NDEBUG || !defined __OPTIMIZE_SIZE__\n#error\n#endif\n"
                  "int main(void) { return 0; }\n")
        self.built()

    def test_goals(self):
        self.options()
        for goal in ("defconfig", "olddefconfig", "allyesconfig", "silentoldconfig"):
            self.built(goal)
        self.assertIn("CONFIG_HELLO_LOUD=y", (self.dir / "build/.kconfig").read_text())
        self.built("allnoconfig")
        self.assertIn("# CONFIG_HELLO_LOUD is not set", (self.dir / "build/.kconfig").read_text())

    def test_menu_on_a_terminal(self):
        self.options()
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 40, 100, 0, 0))
        process = subprocess.Popen(
            ["make", "menuconfig"], cwd=self.dir, stdin=theirs, stdout=theirs, stderr=theirs,
            env={**os.environ, "TERM": "xterm", "SETUP": "no", "COLUMNS": "100"},
            start_new_session=True)
        os.close(theirs)
        shown, end = b"", time.monotonic() + 20
        # The first letter has a colour of its own.
        while b"kg/hello" not in shown and time.monotonic() < end:
            if select.select([ours], [], [], 0.5)[0]:
                shown += os.read(ours, 65536)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(ours)
        self.assertTrue(b"Furore" in shown and b"kg/hello" in shown)

    def test_menu_without_a_terminal(self):
        self.assertIn("menuconfig needs a terminal. Without one: set options in",
                      self.refused("menuconfig"))

    def test_mistakes(self):
        self.options("config X\n\tbool \"x\"\n\tdepnds on Y\n")
        self.assertIn("pkg/hello/Kconfig.L4:3", self.refused())
        self.options(Options)
        self.built()
        (self.dir / "pkg/hello/Kconfig.L4").unlink()
        self.assertIn("CONFIG_HELLO_TIMES", self.refused())


class Variants(Config):
    def test_program_and_library(self):
        self.program(text="TARGET = hello\nSRC_C = main.c\nVARIANTS = std nofpu\n")
        self.built()
        programs = self.dir / "build/bin/amd64_gen"
        for name in ("l4f/hello", "l4f/hello.nofpu", "nofpu/l4f/hello"):
            self.assertTrue((programs / name).is_file(), name)
        commands = (self.dir / "build/compile_commands.json").read_text()
        self.assertEqual(commands.count("-mgeneral-regs-only"), 1)
        self.role("l4re/libc/lib/src", "lib",
                  "TARGET = libc.a crt0.o\nVARIANTS = nofpu\nSRC_C_libc.a = answer.c\n"
                  "SRC_C_crt0.o = start.c\nPC_FILENAME = libc\n"
                  "PC_EXTRA = crt0=$(BUILD)/lib/amd64_gen/std/l4f/crt0.o\n")
        self.built()
        self.assertTrue((self.dir / "build/lib/amd64_gen/nofpu/l4f/libc.a").is_file())

    def test_unknown(self):
        self.program(text="TARGET = hello\nSRC_C = main.c\nVARIANTS = nofpuu\n")
        self.assertIn("VARIANTS names 'nofpuu'. Known: std nofpu", self.refused())

    def test_variants_of_control(self):
        self.program(control="requires: stdlibs\nvariants: nofpu[server]\n")
        self.role("pkg/hello/lib/src", "lib", "TARGET = libh.a\nSRC_C = h.c\n")
        self.role("pkg/hello/lib", "subdir")
        self.file("pkg/hello/lib/src/h.c", "int h;\n")
        self.built()
        self.assertTrue((self.dir / "build/bin/amd64_gen/l4f/hello.nofpu").is_file())
        self.assertFalse((self.dir / "build/lib/amd64_gen/nofpu/l4f/libh.a").exists())
        self.file("pkg/hello/Control", "requires: stdlibs\nvariants: nofpu\n")
        self.built()
        self.assertTrue((self.dir / "build/lib/amd64_gen/nofpu/l4f/libh.a").is_file())

    def test_unknown_variants_of_control(self):
        self.program(control="requires: stdlibs\nvariants: nofpuu\n")
        self.assertIn("pkg/hello/Control:2: there is no variant 'nofpuu'. Known: std, nofpu",
                      self.refused())
        self.program(control="requires: stdlibs\nvariants: nofpu[serve]\n")
        self.assertIn("pkg/hello/Control:2: the variant 'nofpu' is for the folder 'serve', which "
                      "has no Makefile", self.refused())
