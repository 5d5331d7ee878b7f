# SPDX-License-Identifier: MIT
"""The roles, used as in a user's package: what is built, what is built again, what is refused."""
import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from scratch import Tree

Obj = "OBJ-amd64_gen-std-l4f"


class Roles(Tree):
    def setUp(self):
        super().setUp()
        self.tiny_libc()
        self.program()

    def compiled(self, output):
        """Source files that a make compiled."""
        return [
            w[-1].rsplit("/", 1)[-1]
            for w in (line.split() for line in output.splitlines())
            if w[:1] in (["CC"], ["CXX"], ["AS"])
        ]

    def edit(self, name, text):
        path = self.dir / name
        path.write_text(text)
        later = time.time() + 2
        os.utime(path, (later, later))

    def read(self, name):
        return (self.dir / "build" / name).read_text()


class Build(Roles):
    def test_places(self):
        self.built()
        for name in (
            "bin/amd64_gen/l4f/hello",
            "lib/amd64_gen/std/l4f/libc.a",
            "pc/libc.pc",
            f"pkg/hello/server/src/{Obj}/main.o",
            "lib/amd64_gen/std/l4f/crt0.o",
        ):
            self.assertTrue((self.dir / "build" / name).is_file(), name)
        self.assertTrue((self.dir / "build/include/l4/libc/answer.h").is_symlink())
        self.assertIn("Libs: -L", self.read("pc/libc.pc"))
        self.assertIn("\ncrt0=", self.read("pc/libc.pc"))

    def test_link_base(self):
        self.program(text="TARGET = hello\nSRC_C = main.c\nDEFAULT_RELOC_hello = 0x140000\n")
        self.built()
        _, text = self.run_command("readelf", "-hW", "build/bin/amd64_gen/l4f/hello")
        self.assertRegex(text, r"Entry point address: +0x14[01]")

    def test_nothing_to_do(self):
        self.built()
        self.assertEqual(self.compiled(self.built("packages")), [])
        self.assertNotIn("hello", self.built("packages"))

    def test_one_source(self):
        self.built()
        self.edit("pkg/hello/server/src/main.c", "int main(void) { return 1; }\n")
        self.assertEqual(self.compiled(self.built()), ["main.c"])

    def test_header_of_another_package(self):
        self.built()
        self.edit("l4re/libc/include/answer.h", "int answer(void);\n#define X\n")
        self.assertEqual(sorted(self.compiled(self.built())), ["answer.c", "main.c"])

    def test_library_relinks(self):
        self.built()
        self.edit(
            "l4re/libc/lib/src/answer.c",
            "#include <l4/libc/answer.h>\n" "int answer(void) { return 1; }\n",
        )
        output = self.built()
        self.assertEqual(self.compiled(output), ["answer.c"])
        self.assertIn("LINK    pkg/hello", output)

    def test_new_flags(self):
        self.built()
        self.role(
            "pkg/hello/server/src",
            "prog",
            "TARGET = hello\nSRC_C = main.c\nDEFINES = -DX='\"a b\"'\n",
        )
        self.edit(
            "pkg/hello/server/src/Makefile",
            (self.dir / "pkg/hello/server/src/Makefile").read_text(),
        )
        self.assertEqual(self.compiled(self.built()), ["main.c"])
        self.assertEqual(self.compiled(self.built()), [])

    def test_options_of_the_command_line(self):
        self.built()
        self.assertEqual(len(self.compiled(self.built("OPTS=-O1"))), 3)
        self.assertEqual(self.compiled(self.built("OPTS=-O1")), [])

    def test_failed_compile_is_tried_again(self):
        self.built()
        self.edit("pkg/hello/server/src/main.c", "int main(void) { return }\n")
        self.refused()
        self.refused()
        self.edit("pkg/hello/server/src/main.c", "int main(void) { return 0; }\n")
        self.assertEqual(self.compiled(self.built()), ["main.c"])

    def test_removed_header(self):
        self.file("l4re/libc/include/old.h", "\n")
        self.built()
        (self.dir / "l4re/libc/include/old.h").unlink()
        self.built()
        self.assertFalse((self.dir / "build/include/l4/libc/old.h").is_symlink())

    def test_other_build_directory(self):
        self.built("O=other")
        self.assertTrue((self.dir / "other/bin/amd64_gen/l4f/hello").is_file())
        self.assertFalse((self.dir / "build").exists())

    def test_compile_commands(self):
        self.built()
        entries = json.loads(self.read("compile_commands.json"))
        main = [e for e in entries if e["file"].endswith("hello/server/src/main.c")]
        self.assertEqual(len(main), 1)
        status, text = self.run_command(
            "sh", "-c", main[0]["command"] + " -fsyntax-only", cwd=main[0]["directory"]
        )
        self.assertEqual(status, 0, text)

    def test_in_the_package_directory(self):
        output = self.built(cwd=self.dir / "pkg/hello/server/src")
        self.assertEqual(sorted(self.compiled(output)), ["answer.c", "main.c", "start.c"])
        self.assertTrue((self.dir / "build/bin/amd64_gen/l4f/hello").is_file())
        self.built(cwd=self.dir / "pkg/hello")
        self.built("clean", cwd=self.dir / "pkg/hello")
        self.assertFalse((self.dir / f"build/pkg/hello/server/src/{Obj}").exists())

    def test_single_package_and_selection(self):
        self.program("other")
        output = self.built("pkg/hello")
        self.assertNotIn("other", output)
        self.edit(
            "l4re/libc/lib/src/answer.c", "int answer(void);\nint answer(void) { return 1; }\n"
        )
        self.edit("pkg/hello/server/src/main.c", "int main(void) { return 1; }\n")
        self.assertEqual(self.compiled(self.built("S=pkg/hello")), ["main.c"])
        output = self.built()
        self.assertEqual(sorted(self.compiled(output)), ["answer.c", "main.c", "main.c"])


class Outside(Roles):
    def setUp(self):
        super().setUp()
        self.program("mine", control="requires: stdlibs\n")
        self.elsewhere = Path(tempfile.mkdtemp(prefix="mk-test-")).resolve() / "mine"
        self.addCleanup(shutil.rmtree, self.elsewhere.parent)
        shutil.move(self.dir / "pkg/mine", self.elsewhere)

    def test_package_outside_of_the_tree(self):
        self.built()
        self.built(f"L4DIR={self.dir}", cwd=self.elsewhere)
        self.assertTrue((self.dir / "build/bin/amd64_gen/l4f/mine").is_file())
        self.assertTrue((self.dir / "build/ext-pkg/mine").is_dir())

    def test_its_library_is_not_built(self):
        self.assertIn(
            "Run 'make l4re/libc' in the top directory first",
            self.refused(f"L4DIR={self.dir}", cwd=self.elsewhere),
        )


class Variables(Roles):
    def test_suffixes(self):
        self.program(
            text="TARGET = a b\nSRC_C = main.c\nSRC_C_a = a.c\nSRC_C_amd64 = arch.c\n"
            "SRC_C_arm = none.c\nSRC_C-y = yes.c\nSRC_C- = none.c\n"
            "SRC_CC_amd64-l4f = sys.cc\nCFLAGS_a.c = -DONLY_A\n"
            "CPPFLAGS_b.c = -DWRONG\n"
        )
        for name in ("arch.c", "yes.c"):
            self.file(
                f"pkg/hello/server/src/{name}",
                f"int f_{name[:3]};\n#ifdef ONLY_A\n#error\n#endif\n",
            )
        self.file("pkg/hello/server/src/sys.cc", "int sys;\n")
        self.file("pkg/hello/server/src/a.c", "#ifndef ONLY_A\n#error\n#endif\nint x_a;\n")
        self.assertEqual(
            sorted(self.compiled(self.built("pkg/hello"))),
            ["a.c", "answer.c", "arch.c", "main.c", "start.c", "sys.cc", "yes.c"],
        )
        for name in "ab":
            self.assertTrue((self.dir / f"build/bin/amd64_gen/l4f/{name}").is_file())

    def test_data(self):
        self.program(text="TARGET = hello\nSRC_C = main.c\nSRC_DATA = some-data.bin\n")
        self.file("pkg/hello/server/src/some-data.bin", "12345")
        self.edit(
            "pkg/hello/server/src/main.c",
            "extern const char _binary_some_data_bin_start[], _binary_some_data_bin_end[];\n"
            "int main(void) { return _binary_some_data_bin_end - _binary_some_data_bin_start; }\n",
        )
        self.built()

    def test_rules_of_the_package(self):
        self.program(
            text="TARGET = hello\nSRC_C = main.c\n\nifneq ($(SYSTEM),)\n"
            "all:: $(BIN_DIR)/copy\n$(BIN_DIR)/copy: hello\n\t@mkdir -p $(@D); cp $< $@\nendif\n"
        )
        self.role_with_rules()
        self.built()
        self.assertTrue((self.dir / "build/bin/amd64_gen/l4f/copy").is_file())

    def role_with_rules(self):
        """Moves the package's rules behind the include of the role, where a user writes them."""
        path = self.dir / "pkg/hello/server/src/Makefile"
        head, rules = path.read_text().split("ifneq", 1)
        rules, include = rules.split("endif\n", 1)
        path.write_text(f"{head}{include}\nifneq{rules}endif\n")

    def test_generated_source(self):
        self.program(
            text="TARGET = hello\nSRC_C = main.c made.c\n\nmain.o: made.h\n"
            "made.h:\n\techo 'int answer2(void);' >$@\n"
            "made.c:\n\techo 'int made;' >$@\n"
        )
        self.edit(
            "pkg/hello/server/src/main.c", '#include "made.h"\nint main(void) { return 0; }\n'
        )
        self.built()

    def test_folders_and_private_includes(self):
        self.program(
            text="TARGET = hello\nSRC_C = sub/main.c ../up.c\nPRIVATE_INCDIR = inc $(PKGDIR)/inc2\n"
        )
        self.file("pkg/hello/server/src/inc/one.h", "\n")
        self.file("pkg/hello/inc2/two.h", "\n")
        self.file("pkg/hello/server/up.c", "int up;\n")
        self.file(
            "pkg/hello/server/src/sub/main.c",
            '#include "one.h"\n#include "two.h"\n' "int main(void) { return 0; }\n",
        )
        self.built()

    def test_freestanding_cxx(self):
        self.program(text="TARGET = hello\nMODE = sigma0\nREQUIRES_LIBS = libc\nSRC_CC = main.cc\n")
        self.file(
            "pkg/hello/server/src/main.cc",
            "#include <type_traits>\n#include <new>\n#include <utility>\n#include <concepts>\n"
            "#include <bit>\n#include <atomic>\n#include <cstdint>\n#include <cstddef>\n"
            "#include <limits>\n#include <compare>\n#include <initializer_list>\n#include <array>\n"
            "#include <tuple>\n#include <optional>\n#include <span>\n"
            '#ifdef __linux__\n#error\n#endif\nextern "C" int main() { return std::bit_width(5u); }\n',
        )
        self.built()

    def test_plain(self):
        self.program(
            text="TARGET = hello\nSYSTEMS = amd64-plain\nSRC_S = start.S\nLDSCRIPT = x.ld\n"
        )
        self.file("pkg/hello/server/src/start.S", ".globl _start\n_start: hlt\n")
        self.file(
            "pkg/hello/server/src/x.ld",
            "ENTRY(_start)\nSECTIONS { . = 0x2d0000; .text : { *(.text*) } }\n",
        )
        self.built()
        self.assertTrue((self.dir / "build/bin/amd64_gen/plain/hello").is_file())

    def test_header_names(self):
        self.role(
            "l4re/libc/include", "include", "PKGNAME = c\nEXTRA_TARGET = plain new.h<sub/old.h\n"
        )
        self.file("l4re/libc/include/plain")
        self.file("l4re/libc/include/sub/old.h")
        self.file("l4re/libc/include/ARCH-amd64/arch.h")
        self.file("l4re/libc/include/ARCH-amd64/L4API-l4f/api.h")
        self.file("l4re/libc/include/ARCH-arm/arm.h")
        self.file("pkg/hello/server/src/main.c", "int main(void) { return 0; }\n")
        self.file(
            "l4re/libc/lib/src/answer.c", "int answer(void);\nint answer(void) { return 1; }\n"
        )
        self.built()
        found = sorted(
            str(p.relative_to(self.dir / "build/include"))
            for p in (self.dir / "build/include").rglob("*")
            if p.is_symlink()
        )
        self.assertEqual(
            found,
            [
                "amd64/l4/c/arch.h",
                "amd64/l4f/l4/c/api.h",
                "l4/c/answer.h",
                "l4/c/new.h",
                "l4/c/plain",
                "l4/c/sub/old.h",
            ],
        )

    def test_optional_package(self):
        self.program(
            text="TARGET = hello\nSRC_C = main.c\nREQUIRES_LIBS = none\nPKG_OPTIONAL = y\n"
        )
        self.assertIn("SKIP    pkg/hello/server/src (needs none", self.built())


class Refused(Roles):
    def test_library_not_in_control(self):
        self.file("l4re/libz/Control", "provides: libz\n")
        self.role("l4re/libz", "lib", "TARGET = libz.a\nSRC_C = z.c\n")
        self.file("l4re/libz/z.c", "int z;\n")
        self.program(text="TARGET = hello\nSRC_C = main.c\nREQUIRES_LIBS = libz\n")
        self.assertIn(
            "pkg/hello/server/src/Makefile: REQUIRES_LIBS names 'libz' of package l4re/libz, which "
            "pkg/hello does not require. Add the line 'requires: libz' to pkg/hello/Control.",
            self.refused(),
        )

    def test_libc_itself_not_in_control(self):
        self.program(control="maintainer: me\n")
        self.assertIn("Add the line 'requires: libc' to pkg/hello/Control", self.refused())

    def test_unknown_library(self):
        self.program(text="TARGET = hello\nSRC_C = main.c\nREQUIRES_LIBS = libcc\n")
        self.assertIn(
            "names 'libcc', which no package provides. Did you mean 'libc'?", self.refused()
        )

    def test_missing_source(self):
        self.program(text="TARGET = hello\nSRC_C = mian.c\n")
        self.assertIn(
            "pkg/hello/server/src/Makefile: the source file 'mian.c' does not exist", self.refused()
        )

    def test_missing_subdirectory(self):
        self.role("pkg/hello/server", "subdir", "TARGET = src test")
        self.assertIn(
            "pkg/hello/server/Makefile names the sub-directory 'test', but there is no",
            self.refused(),
        )

    def test_missing_header(self):
        self.role("l4re/libc/include", "include", "TARGET = answer.h nothing.h")
        self.assertIn("names nothing.h, which does not exist", self.refused())

    def test_no_target(self):
        self.role("pkg/hello/server/src", "prog", "SRC_C = main.c")
        self.assertIn("TARGET is empty", self.refused())

    def test_mode_systems_and_library_names(self):
        self.program(text="TARGET = hello\nMODE = statik\nSRC_C = main.c\n")
        self.assertIn("MODE is 'statik'", self.refused())
        self.program(text="TARGET = hello\nSYSTEMS = amd64\nSRC_C = main.c\n")
        self.assertIn("Write amd64-l4f", self.refused())
        self.program()
        self.role("pkg/hello/server/src", "lib", "TARGET = libx\nSRC_C = main.c")
        self.assertIn("TARGET names 'libx'", self.refused())

    def test_compiler_in_the_environment(self):
        text = self.refused(env={"CC": "clang"})
        self.assertIn("The environment sets CC", text)

    def test_other_variables_of_the_environment_do_not_count(self):
        status, output = self.make(
            env={
                "CFLAGS": "-DBROKEN=(",
                "MODE": "shared",
                "LIBS": "-lnone",
                "CPATH": "/usr/include",
                "TARGET": "x",
                "ARCH": "x86",
            }
        )
        self.assertEqual(status, 0, output)

    def test_compiler_missing(self):
        self.assertIn("The C compiler 'none-gcc' was not found", self.refused("CC=none-gcc"))

    def test_package_without_control(self):
        (self.dir / "pkg/hello/Control").unlink()
        self.assertIn(
            "pkg/hello: every folder here is a package and needs a file 'Control'", self.refused()
        )
