# SPDX-License-Identifier: MIT
"""Roles assets.mk, doc.mk, project.mk, and MODE = host of prog.mk and lib.mk."""
import shutil

from scratch import Tree


class Other_roles(Tree):
    def setUp(self):
        super().setUp()
        self.tiny_libc()
        self.program()

    def test_assets(self):
        self.role("pkg/hello/assets", "assets",
                  "SRC_ASSETS_NED = run.cfg\nSRC_ASSETS_MODLIST = sub/my.list\n"
                  "SRC_ASSETS_MISC-y = data.bin\nSRC_ASSETS_IO_amd64 = x.io\n"
                  "SRC_ASSETS_IO_arm = none.io\n")
        for name in ("run.cfg", "sub/my.list", "data.bin", "x.io"):
            self.file(f"pkg/hello/assets/{name}", "entry Mine\nmodule run.cfg\n")
        self.built()
        for name in ("ned/run.cfg", "modlist/my.list", "misc/data.bin", "io/x.io"):
            self.assertTrue((self.dir / "build/assets" / name).is_file(), name)
        self.assertIn("\n Mine", self.built("listentries", "MODULES_LIST=my.list"))

    def test_device_tree(self):
        self.role("pkg/hello/assets", "assets", "SRC_DTS = board.dts\n")
        self.file("pkg/hello/assets/board.dts", "/dts-v1/;\n/ { model = \"x\"; };\n")
        if shutil.which("dtc"):
            self.built()
            self.assertTrue((self.dir / "build/assets/dtb/board.dtb").is_file())
        else:
            self.assertIn("apt-get install device-tree-compiler", self.refused())

    def test_assets_that_are_missing(self):
        self.role("pkg/hello/assets", "assets", "SRC_ASSETS_NED = none.cfg\n")
        self.assertIn("pkg/hello/assets/Makefile names the asset 'none.cfg', which does not exist",
                      self.refused())
        self.role("pkg/hello/assets", "assets")
        self.assertIn("no assets are named. Set SRC_ASSETS_NED", self.refused())

    def test_pages(self):
        self.role("pkg/hello/doc", "doc")
        self.file("pkg/hello/doc/guide.md", "# Guide\n")
        self.built()
        self.assertTrue((self.dir / "build/doc/pkg/hello/guide.md").is_file())
        self.role("pkg/hello/doc", "doc", "TARGET = none.md\n")
        self.assertIn("TARGET names 'none.md', which does not exist", self.refused())

    def test_project(self):
        self.file("pkg/group/Makefile", "L4DIR ?= ../..\ninclude $(L4DIR)/mk/project.mk\n")
        self.program("inner")
        shutil.move(self.dir / "pkg/inner", self.dir / "pkg/group/inner")
        for path in ("", "server/", "server/src/"):
            makefile = self.dir / f"pkg/group/inner/{path}Makefile"
            makefile.write_text(makefile.read_text().replace(
                "$(PKGDIR)/../..", "$(PKGDIR)/../../.."))
        output = self.built("pkg/group")
        self.assertIn("LINK    pkg/group/inner/server/src/inner", output)
        self.assertNotIn("pkg/hello", output)
        self.built("clean")
        self.built(cwd=self.dir / "pkg/group")
        self.assertTrue((self.dir / "build/bin/amd64_gen/l4f/inner").is_file())
        self.built("pkg/group/inner")

    def test_host_program_and_library(self):
        self.role("pkg/hello/lib", "subdir", "TARGET = tool\n")
        self.role("pkg/hello/lib/tool", "lib",
                  "MODE = host\nTARGET = libtool.a\nSRC_CC = seven.cc\n")
        self.file("pkg/hello/lib/tool/seven.cc", "int seven() { return 7; }\n")
        self.role("pkg/hello/server/src", "prog",
                  "MODE = host\nTARGET = mytool\nSRC_CC = main.cc\nLIBS = -ltool\n"
                  "CPPFLAGS_main.cc = -DOK\n")
        self.file("pkg/hello/server/src/main.cc",
                  "#include <vector>\n#include <l4/libc/answer.h>\nint seven();\n#ifndef OK\n#error\n"
                  "#endif\nint main() { return int(std::vector<int>(seven()).size()); }\n")
        self.built()
        self.assertEqual(self.run_command("build/bin/host/mytool")[0], 7)
        self.assertNotIn("main.cc", self.built())
        self.file("pkg/hello/server/src/main.cc", "int main() { return 3; }\n")
        self.assertIn("HOSTCC  pkg/hello/server/src/main.cc", self.built())
        self.assertEqual(self.run_command("build/bin/host/mytool")[0], 3)

    def test_host_program_with_a_library_of_the_system(self):
        self.role("pkg/hello/server/src", "prog",
                  "MODE = host\nTARGET = x\nSRC_C = main.c\nREQUIRES_LIBS = libc\n")
        self.assertIn("cannot use. Name libraries of this machine in LIBS", self.refused())
