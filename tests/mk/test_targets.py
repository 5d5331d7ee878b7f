# SPDX-License-Identifier: MIT
"""Goals of the top makefile that need no kernel and no QEMU."""
import os
import subprocess
import time

from scratch import Tree


class Targets(Tree):
    def setUp(self):
        super().setUp()
        self.tiny_libc()
        self.program()
        self.file("modules.lst", "entry Hello\nmodule hello\nentry second\n")

    def test_never_reads_the_terminal(self):
        """A first make in a terminal does not wait for somebody to type."""
        ours, theirs = os.pipe()
        try:
            result = subprocess.run(["make", "-j2"], cwd=self.dir, stdin=ours, timeout=60,
                                    stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
                                    env={**os.environ, "SETUP": "no"}, check=False)
        finally:
            os.close(ours)
            os.close(theirs)
        self.assertEqual(result.returncode, 0)

    def test_help(self):
        output = self.built("help")
        for goal in ("make qemu E=hello", "make test", "make listentries", "grub2iso"):
            self.assertIn(goal, output)
        self.assertFalse((self.dir / "build").exists())

    def test_goals_that_nobody_knows(self):
        for goal, text in (
                ("qemmu", "There is no goal 'qemmu'. Did you mean 'qemu'? 'make help' lists them."),
                ("secnd", "There is no goal 'secnd'. Did you mean 'qemu E=second'"),
                ("Hello", "'Hello' is a boot entry: make qemu E=Hello"),
                ("libc", "'libc' is a package: make l4re/libc"),
                ("pkg/helo", "There is no package 'pkg/helo'. Did you mean 'pkg/hello'"),
                ("pkg/hello/none.c", "The file 'pkg/hello/none.c' is needed and is not there"),
                ("disasm", "There is no goal 'disasm': objdump -dC "),
                ("itb", "'make itb' is for boards with ARM processors, and Furore runs on PCs")):
            with self.subTest(goal):
                self.assertIn(text, self.refused(goal))
        self.assertIn("Build directories need not be created: 'make' builds into build/, 'make "
                      "O=x' into x/", self.refused("B=x"))

    def test_list_of_entries(self):
        self.assertIn("Entries in modules file:\n Hello\n second\n", self.built("listentries"))

    def test_another_list(self):
        self.file("other.lst", "entry third\n")
        self.assertIn("\n third\n", self.built("listentries", "MODULES_LIST=other.lst"))
        self.assertIn(
            "The module list 'none.lst' cannot be read",
            self.refused("listentries", "MODULES_LIST=none.lst"),
        )

    def test_unknown_entry_is_refused_before_building(self):
        output = self.refused("qemu", "E=secnod")
        self.assertIn("modules.lst has no entry 'secnod'. Did you mean 'second'?", output)
        self.assertNotIn("LINK", output)

    def test_no_entry_and_no_terminal(self):
        output = self.refused("qemu")
        self.assertIn("make qemu E=Hello", output)
        self.assertIn("\n    second", output)

    def test_missing_module(self):
        self.file(
            "modules.lst",
            "entry Hello\nbootstrap hello\nkernel hello\nsigma0 hello\nroottask hello\n"
            "module helo\n",
        )
        self.assertIn(
            "modules.lst:6: the module 'helo' was not found. Did you mean 'hello'",
            self.refused("qemu", "E=hello"),
        )

    def test_settings_of_makeconf_boot(self):
        qemu = self.file("my-qemu", f'#!/bin/sh\nprintf "%s\\n" "$@" >{self.dir}/words\n')
        qemu.chmod(0o755)
        self.file("extra/data.txt", "x")
        self.file(
            "Makeconf.boot",
            "MODULE_SEARCH_PATH = $(L4DIR)/extra\n"
            f"QEMU_PATH = {qemu}\nQEMU_OPTIONS = -m 99 $(QEMU_OPTIONS-$(ARCH))\n"
            "QEMU_OPTIONS-amd64 = -smp 3\n",
        )
        self.file(
            "modules.lst",
            "entry Hello\nbootstrap hello -b\nkernel hello\nsigma0 hello\n"
            "roottask hello --init=x,y\nmodule data.txt a\n",
        )
        self.built("qemu", "E=hello")
        words = (self.dir / "words").read_text().splitlines()
        initrd = words[words.index("-initrd") + 1]
        self.assertEqual(words[words.index("-append") + 1], "-b")
        self.assertTrue(initrd.endswith(f"/hello --init=x,,y,{self.dir}/extra/data.txt a"), initrd)
        self.assertIn("99 -smp 3", " ".join(words))

    def test_qemu_fails(self):
        qemu = self.file("my-qemu", "#!/bin/sh\nexit 67\n")
        qemu.chmod(0o755)
        self.file(
            "modules.lst",
            "entry Hello\nbootstrap hello\nkernel hello\nsigma0 hello\nroottask hello\n",
        )
        self.assertIn(
            "The guest ended QEMU with code 33",
            self.refused("qemu", "E=hello", f"QEMU_PATH={qemu}"),
        )

    def test_packages(self):
        self.assertIn("pkg/hello\n    requires: stdlibs\n", self.built("listpackages"))
        self.assertIn("S= names pkg/none, which is no package", self.refused("S=pkg/none"))

    def test_unknown_third_party(self):
        self.file("pkg/hello/Control", "requires: stdlibs\nthird-party: oldlib\n")
        self.assertIn(
            "pkg/hello/Control: third-party names a part without a recipe", self.refused()
        )

    def test_clean(self):
        self.built()
        self.built("clean")
        self.assertFalse((self.dir / "build/bin").exists())
        self.built()
        self.built("cleanall")
        self.assertFalse((self.dir / "build").exists())

    def test_cleanall_spares_other_folders(self):
        self.file("mine/file")
        self.assertIn("is not a build directory", self.refused("cleanall", "O=mine"))
        self.assertTrue((self.dir / "mine/file").is_file())

    def test_tools_missing(self):
        table = self.file("table", "build no-such-tool no-such-package\n")
        output = self.refused(env={"TOOLS_TABLE": str(table)})
        self.assertIn("sudo apt-get install --no-install-recommends no-such-package", output)

    def test_second_run_is_quick(self):
        self.built()
        begin = time.monotonic()
        self.built()
        self.assertLess(time.monotonic() - begin, 1.5)
