# SPDX-License-Identifier: MIT
"""The rows of test_variables.py: one package for each, and what it must give."""
from dataclasses import dataclass, field

Main = "int main(void) { return 0; }\n"
Bin = "bin/amd64_gen/l4f"
Lib = "lib/amd64_gen/std/l4f"


@dataclass
class Row:
    """A package with one role. In texts and file names `NAME` stands for the package's name."""
    name: str
    text: str
    check: object = lambda p: None
    role: str = "prog"
    files: dict = field(default_factory=dict)
    control: str = "requires: stdlibs\n"
    folder: str = "src"

    def __post_init__(self):
        self.package = self.name
        if self.role == "prog" and not self.text.lstrip().startswith("TARGET"):
            self.text = f"TARGET = {self.name}\nSRC_C = main.c\n{self.text}"
        if self.role == "prog":
            self.files = {"main.c": Main, **self.files}


def program(name, text, check, **more):
    return Row(name, text, check, **more)


def flags(name, text, has=(), lacks=(), object_file="main.o", **more):
    """A program whose object is compiled with the flags `has`, and without `lacks`."""
    def check(p):
        p.has(*has, object_file=object_file)
        p.lacks(*lacks, object_file=object_file)
    return Row(name, text, check, **more)


def base_of(path):
    """A check: the program begins at its link address. (_start lies in its first pages.)"""
    return lambda p: p.test.assertEqual(p.symbols(f"{Bin}/{p.row.name}")["_start"][0] & ~0xffff, path)


Programs = (
    program("target", "TARGET = target_a\nTARGET_amd64 = target_b\nTARGET_amd64-l4f = target_c\n"
            "TARGET_arm = target_d\nTARGET_x86-l4f = target_e\nSRC_C = main.c\n",
            lambda p: p.exists(*(f"{Bin}/target_{x}" for x in "abc"),
                               missing=[f"{Bin}/target_{x}" for x in "de"])),
    program("systems", "SYSTEMS = x86-l4f arm-l4f amd64-l4f\n", lambda p: p.exists(f"{Bin}/systems")),
    program("foreign", "TARGET = foreign\nSYSTEMS = arm-l4f arm64-l4f\nSRC_C = none.c\n",
            lambda p: p.exists(missing=[f"{Bin}/foreign"])),
    program("kinds", "SRC_CC = a.cc sub/b.cpp\nSRC_S = c.S d.s\n",
            lambda p: [p.test.assertIn(s, p.symbols(f"{Bin}/kinds")) for s in "abcd"],
            files={"main.c": "extern int a, b, c, d;\nint main(void) { return a + b + c + d; }\n",
                   "a.cc": "extern \"C\" { int a; }\n", "sub/b.cpp": "extern \"C\" { int b; }\n",
                   "c.S": ".data\n.globl c\nc: .long 0\n", "d.s": ".data\n.globl d\nd: .long 0\n"}),
    program("by_arch", "SRC_C_$(ARCH) = arch.c\nSRC_C_arm = none.c\nSRC_C-$(CONFIG_YES) += yes.c\n"
            "SRC_C-$(CONFIG_NO) += none.c\n",
            lambda p: [p.has("-O2", object_file=o) for o in ("arch.o", "yes.o")],
            files={"arch.c": "int arch;\n", "yes.c": "int yes;\n"}),
    program("data", "SRC_DATA = some-file.bin sub/x.y\nSRC_DATA_VPATH = further\n"
            "SRC_DATA_data = third\n", lambda p: (
                p.test.assertEqual(p.symbols(f"{Bin}/data")["_binary_some_file_bin_start"][0] % 8, 0),
                p.test.assertIn("_binary_sub_x_y_end", p.symbols(f"{Bin}/data")),
                p.test.assertIn("_binary_third_start", p.symbols(f"{Bin}/data"))),
            files={"some-file.bin": "12345", "sub/x.y": "x", "further/third": "3",
                   "main.c": "extern const char _binary_some_file_bin_start[], "
                             "_binary_sub_x_y_end[], _binary_third_start[];\nint main(void)\n"
                             "{ return *_binary_some_file_bin_start + *_binary_sub_x_y_end + "
                             "*_binary_third_start; }\n"}),
    program("objects", "OBJS = made.o\n\nmade.o: made.txt\n"
            "made.txt:\n\techo 1 >$@\nifneq ($(SYSTEM),)\n"
            "made.o:\n\techo 'int made;' | $(CC) -x c -c - -o $@\nendif\n",
            lambda p: p.test.assertIn("made.o", p.link("objects"))),
    program("vpath", "SRC_C_vpath = far.c\nVPATH_SRC_BASE = ../elsewhere $(PKGDIR)/third\n"
            "SRC_C_vpath += near.c\n", lambda p: p.exists(f"{Bin}/vpath"),
            files={"../elsewhere/far.c": "int far;\n", "../third/near.c": "int near;\n"}),
    program("variantless", "VARIANTS = std\n", lambda p: p.exists(f"{Bin}/variantless")),
)

Flags = (
    flags("defines", "DEFINES = -DALL\nDEFINES_amd64 = -DARCH64\nDEFINES_main.c = -DFILE\n"
          "DEFINES_other.c = -DOTHER\nDEFINES_defines = -DTGT\nDEFINES-y = -DYES\nDEFINES_arm = -DARM\n",
          ("-DALL", "-DARCH64", "-DFILE", "-DTGT", "-DYES"), ("-DOTHER", "-DARM")),
    flags("cppflags", "CPPFLAGS = -DALL\nCPPFLAGS_main.c = -DFILE\nCPPFLAGS_cppflags = -DTGT\n"
          "CPPFLAGS_amd64-l4f = -DSYS\nCPPFLAGS-n = -DNO\n", ("-DALL", "-DFILE", "-DTGT", "-DSYS"),
          ("-DNO",)),
    flags("cflags", "CFLAGS = -DALL\nCFLAGS_main.c = -DFILE\nCFLAGS_x.c = -DX\nCFLAGS-y += -DYES\n"
          "CXXFLAGS = -DCXX\n", ("-DALL", "-DFILE", "-DYES"), ("-DCXX", "-DX")),
    flags("cxxflags", "SRC_CC = sub/x.cc\nCXXFLAGS = -DALL\nCXXFLAGS_sub/x.cc = -DFILE\nCFLAGS = -DC\n",
          ("-DALL", "-DFILE"), ("-DC",), "sub/x.o", files={"sub/x.cc": "int x;\n"}),
    flags("asflags", "SRC_S = x.S\nASFLAGS = -DALL\nASFLAGS_x.S = -DFILE\n",
          ("-DALL", "-DFILE", "-D__ASSEMBLY__"), (), "x.o", files={"x.S": ".data\n"}),
    flags("full", "WARNINGS = $(WARNINGS_FULL)\n", ("-Wall", "-Wextra")),
    flags("medium", "WARNINGS = $(WARNINGS_MEDIUM)\n", ("-Wall",), ("-Wextra",)),
    flags("minimal", "WARNINGS = $(WARNINGS_MINIMAL)\n", ("-Wreturn-type",), ("-Wall",)),
    flags("warnings", "WARNINGS = -Wshadow\n", ("-Wshadow",), ("-Wall", "-Wextra")),
    flags("own_levels", "WARNINGS_MINIMAL = -Wa1\nWARNINGS_MEDIUM = -Wa2\nWARNINGS_FULL = -Wundef\n",
          ("-Wundef",), ("-Wall",)),
    flags("opts", "OPTS = -O1\n", ("-O1",), ("-O2",)),
    flags("opts_debug", "OPTS_DEBUG = -g1\n", ("-g1",), ("-g",)),
    flags("standard", "CFLAGS_C99 = -std=c99\n", ("-std=c99",), ("-std=gnu11",)),
    flags("ndebug", "DEBUG = n\n", ("-DNDEBUG",)),
    flags("debug_mode", "DEBUG_MODE = y\nBID_CAN_PIE = y\n", ("-O2",)),
    flags("private", "PRIVATE_INCDIR = inc $(SRC_DIR)/own $(PKGDIR)/top\nPRIVATE_INCDIR_amd64 = arch\n"
          "PRIVATE_INCDIR_private = tgt\nPRIVATE_INCDIR_arm = none\n", files={
              "main.c": "#include <i.h>\n#include <o.h>\n#include <t.h>\n#include <a.h>\n"
                        "#include <g.h>\n" + Main, "inc/i.h": "\n", "own/o.h": "\n",
              "../top/t.h": "\n", "arch/a.h": "\n", "tgt/g.h": "\n"}),
    flags("contrib", "CONTRIB_INCDIR = freebits\n", files={"main.c": "#include <bits1.h>\n" + Main},
          control="requires: stdlibs freebits\n"),
    Row("freebits", "CONTRIB_HEADERS = y\nTARGET = bits1.h\n", lambda p: p.exists(
        "include/contrib/freebits/bits1.h"), role="include", files={"bits1.h": "\n"}),
    flags("cflags_only", "REQUIRES_CFLAGS = pc_two\n", ("-DTWO",),
          control="requires: stdlibs pcs\n"),
    flags("boot", "INCLUDE_BOOT_CONFIG = y\nDEFINES = -D$(BOOT_SETTING)\n", ("-Dfrom_boot",)),
    flags("no_boot", "DEFINES = -DX$(BOOT_SETTING)\n", ("-DX",)),
    flags("places", "DEFINES = -DA=$(L4DIR_ABS) -DB=$(PKGDIR_ABS) -DC=$(OBJ_BASE) -DD=$(BUILD_ARCH) "
          "-DE=$(SRC_BASE_ABS) -DF=$(notdir $(OBJ_DIR)) -DG=$(notdir $(PKGDIR_OBJ))\n",
          ("-DD=amd64", "-DF=OBJ-amd64_gen-std-l4f", "-DG=places")),
    Row("macros", "", files={"main.c": """
#if !defined SYSTEM_amd64_l4f || !defined ARCH_amd64 || !defined CPUTYPE_gen || !defined L4API_l4f
#error names of the system
#endif
#if _POSIX_C_SOURCE != 200809L || _XOPEN_SOURCE != 700 || _FILE_OFFSET_BITS != 64
#error standards
#endif
#if defined _GNU_SOURCE || defined __linux__ || defined L4SYS_USE_UTCB_WRAP
#error what must not be there
#endif
""" + Main}),
)

Linking = (
    program("reloc", "DEFAULT_RELOC = 0x600000\n", base_of(0x600000)),
    program("reloc_arch", "DEFAULT_RELOC_amd64 = 0x700000\nDEFAULT_RELOC_arm = 0x1000\n",
            base_of(0x700000)),
    program("reloc_target", "DEFAULT_RELOC_reloc_target = 0x800000\n", base_of(0x800000)),
    program("reloc_phys", "RELOC_PHYS = y\nRAM_BASE = 0x10000000\nDEFAULT_RELOC = 0x200000\n",
            base_of(0x10200000)),
    program("sizes", "DEFAULT_HEAP_SIZE = 0x20000\nDEFAULT_STACK_SIZE_sizes = 0x3000\n"
            "LDFLAGS = --undefined=__heap_size -Wl,--undefined=__stack_size\n", lambda p: (
                p.test.assertEqual(p.symbols(f"{Bin}/sizes")["__heap_size"][0], 0x20000),
                p.test.assertEqual(p.symbols(f"{Bin}/sizes")["__stack_size"][0], 0x3000))),
    program("ldflags", "LDFLAGS = -Wl,--defsym=one=1\nLDFLAGS_ldflags = --defsym=two=2\n"
            "LDFLAGS_other = --defsym=three=3\n", lambda p: (
                p.test.assertEqual(p.symbols(f"{Bin}/ldflags")["one"][0], 1),
                p.test.assertEqual(p.symbols(f"{Bin}/ldflags")["two"][0], 2),
                p.test.assertNotIn("three", p.symbols(f"{Bin}/ldflags")))),
    program("libs", "PRIVATE_LIBDIR = $(OBJ_BASE)/" + Lib + "\nLIBS = -lplain\nEXTRA_LIBS = -lo.o\n",
            lambda p: p.test.assertIn("-lplain -lo.o", p.link("libs")),
            control="requires: stdlibs libkinds\n",
            files={"main.c": "extern int plain, one;\nint main(void) { return plain + one; }\n"}),
    program("script", "LDSCRIPT = my.ld\n", lambda p: p.test.assertIn(
        "own_script", p.symbols(f"{Bin}/script")),
            files={"my.ld": "ENTRY(_start)\nown_script = 7;\nSECTIONS { . = 0x500000; "
                            ".text : { *(.text*) } .data : { *(.data*) *(.bss*) } }\n"}),
    program("crt", "CRT0 = start.o\nCRTN = end.o\n"
            "\nifneq ($(SYSTEM),)\nstart.o end.o: %.o: $(SRC_DIR)/%.c\n\t$(CC) -c $< -o $@\nendif\n",
            lambda p: p.test.assertIn("own_start", p.symbols(f"{Bin}/crt")),
            files={"start.c": "void own_start(void) {}\nvoid _start(void) { own_start(); }\n",
                   "end.c": "int own_end;\n"}),
)

Installing = (
    program("nothing", "NOTARGETSTOINSTALL = y\n", lambda p: p.exists(missing=[f"{Bin}/nothing"])),
    program("two", "TARGET = two_a two_b\nSRC_C = main.c\nNOTARGETSTOINSTALL = two_a\n",
            lambda p: p.exists(f"{Bin}/two_b", missing=[f"{Bin}/two_a"])),
    program("chosen", "TARGET = chosen_a chosen_b\nSRC_C = main.c\nINSTALL_TARGET = chosen_a\n",
            lambda p: p.exists(f"{Bin}/chosen_a", missing=[f"{Bin}/chosen_b"])),
    program("elsewhere", "INSTALLDIR = $(OBJ_BASE)/my/place\n",
            lambda p: p.exists("my/place/elsewhere", missing=[f"{Bin}/elsewhere"])),
    program("local_place", "INSTALLDIR_LOCAL = $(OBJ_BASE)/my/local\nINSTALLDIR = /nowhere/at/all\n",
            lambda p: p.exists("my/local/local_place")),
    program("way", "INSTALLFILE = printf installed >$(OBJ_BASE)/way.log; cp\n",
            lambda p: (p.exists(f"{Bin}/way"), p.test.assertEqual(p.read("way.log"), "installed"))),
    program("tools", "REQUIRE_HOST_TOOLS = sh no-such-tool\nBAD = y\n", lambda p: (
        p.exists(missing=[f"{Bin}/tools"]),
        p.printed("SKIP    pkg/tools/src (needs the program no-such-tool, which is not installed)"))),
    program("have_tools", "REQUIRE_HOST_TOOLS = sh cp\n", lambda p: p.exists(f"{Bin}/have_tools")),
    program("depends", "DEPENDS_PKGS = no-such-package\n", lambda p: (
        p.exists(missing=[f"{Bin}/depends"]),
        p.printed("SKIP    pkg/depends/src (needs no-such-package, which is not built)"))),
    Row("subdirs", "SUBDIRS = one two\n", lambda p: p.exists(f"{Bin}/sub_one", f"{Bin}/sub_two"),
        role="subdir", folder="", files={
            **{f"{d}/Makefile": "PKGDIR ?= ..\nL4DIR ?= $(PKGDIR)/../..\n"
                                f"TARGET = sub_{d}\nSRC_C = main.c\ninclude $(L4DIR)/mk/prog.mk\n"
               for d in ("one", "two")}, "one/main.c": Main, "two/main.c": Main}),
)

Libraries = (
    Row("libkinds", "TARGET = libplain.a libplain.p.a libo.o.a\nSRC_C_libplain.a = plain.c\n"
        "SRC_C_libplain.p.a = plain.c\nSRC_C_libo.o.a = one.c two.c\n"
        "PC_FILENAME = libkinds\nPC_LIBS = -lplain\n", lambda p: (
            p.exists(f"{Lib}/libplain.a", f"{Lib}/libplain.p.a", f"{Lib}/libo.o.a", "pc/libkinds.pc"),
            p.has("-DL4SYS_USE_UTCB_WRAP=1", "-fPIC", object_file="plain.o")),
        role="lib", folder="lib", files={"plain.c": "int plain;\n", "one.c": "int one;\n",
                                         "two.c": "int two;\n"}),
    Row("incr", "TARGET = libincr.a libnarrow.a\nLINK_INCR = libincr.a libnarrow.a\n"
        "SRC_C = a.c b.c\nLINK_INCR_ONLYGLOBSYM_libnarrow.a = a\n", lambda p: (
            p.test.assertEqual(p.symbols(f"{Lib}/libincr.a")["b"][1], "B"),
            p.test.assertEqual(p.symbols(f"{Lib}/libnarrow.a")["a"][1], "B"),
            p.test.assertEqual(p.symbols(f"{Lib}/libnarrow.a")["b"][1], "b")),
        role="lib", folder="lib", files={"a.c": "int a;\n", "b.c": "int b;\n"}),
    Row("versioned", "TARGET = libversioned.so\nSRC_C = a.c\nSOVERSION = 3\n", lambda p: (
        p.exists(f"{Lib}/libversioned.so", f"{Lib}/libversioned.so.3"),
        p.test.assertIn("libversioned.so.3", p.test.run_command(
            "readelf", "-d", str(p.build / Lib / "libversioned.so"))[1])),
        role="lib", folder="lib", control="requires: libc ldso\n", files={"a.c": "int a;\n"}),
    Row("ldso", "TARGET = crts.o\nSRC_C = crts.c\n", lambda p: p.exists(f"{Lib}/crts.o"),
        role="lib", folder="lib", files={"crts.c": "int crts;\n"}),
    Row("pcs", "TARGET = libpcs.a\nSRC_C = a.c\nPC_FILENAMES = pc_one pc_two\nPC_CFLAGS_pc_two = -DTWO\n"
        "PC_LIBS = -lpcs\nPC_LIBS_pc_two = -ltwo\nPC_LINK_LIBS_pc_one = -lmore\nPC_EXTRA_pc_two = x=1\n"
        "PC_LIBS_PIC = -lpic\nPC_LINK_LIBS_PIC = -lpic2\n", lambda p: (
            p.test.assertRegex(p.read("pc/pc_one.pc"), r"(?m)^Libs: .*-lpcs -lmore$"),
            p.test.assertRegex(p.read("pc/pc_two.pc"), r"(?m)^Cflags: -DTWO$"),
            p.test.assertRegex(p.read("pc/pc_two.pc"), r"(?m)^Libs: .*-ltwo$"),
            p.test.assertIn("\nx=1", p.read("pc/pc_two.pc"))),
        role="lib", folder="lib", control="provides: pc_one pc_two\nrequires: libc\n".replace(
            "provides: ", "provides: pcs "), files={"a.c": "int a;\n"}),
    Row("wholelib", "TARGET = libwholelib.a\nSRC_C = a.c\nPC_FILENAME = wholelib\n"
        "PC_LIBS_WHOLELIB = y\n", lambda p: p.test.assertIn("unused", p.symbols(f"{Bin}/takes_all")),
        role="lib", folder="lib", files={"a.c": "int unused;\n"}),
    program("takes_all", "REQUIRES_LIBS = wholelib\nLDFLAGS = --no-gc-sections\n",
            lambda p: p.exists(f"{Bin}/takes_all"), control="requires: stdlibs wholelib\n"),
)

Headers = (
    Row("heads", "PKGNAME = renamed\nEXTRA_TARGET = plain new.h<sub/old.h\n", lambda p: p.exists(
        "include/l4/renamed/a.h", "include/l4/renamed/plain", "include/l4/renamed/new.h"),
        role="include", folder="include", files={"a.h": "\n", "plain": "\n", "sub/old.h": "\n"}),
    Row("prefixed", "INSTALL_INC_PREFIX = l4/other/place\nINCSRC_DIR = $(SRC_DIR)/real\n"
        "PC_FILENAME = prefixed\n", lambda p: p.exists("include/l4/other/place/h.h",
                                                      "pc/prefixed.pc"),
        role="include", folder="include", files={"real/h.h": "\n"}),
)

Rows = (*Programs, *Flags, *Linking, *Installing, *Libraries, *Headers)

# (lines of a makefile, what make says about them)
Refused = (
    ("SRC_F = x.f", "pkg/hello/server/src/Makefile: x.f: sources in Fortran and Ada (SRC_F, SRC_ADA)"),
    ("SRC_ADA_hello = x.adb", "x.adb: sources in Fortran and Ada"),
    ("DEPENDS_PKGS = nix\nBID_FAIL_ON_MISSING = y", "names 'nix', which no package provides"),
    ("BID_FAIL_ON_MISSING = y\nDEPENDS_PKGS = libcc", "Did you mean 'libc'"),
)
