# SPDX-License-Identifier: MIT
"""From module lines to files: search, code, globs, names, libraries."""
import gzip
import os
import struct

from scratch import Scratch

from boot.elf import needed
from boot.errors import BootError
from boot.lines import Reader
from boot.modlist import find_entry
from boot.resolve import Resolver, Settings


def shared_object(interp, libraries):
    """A minimal ELF64 file with an interpreter and NEEDED entries."""
    strings = b"\0" + b"".join(n.encode() + b"\0" for n in libraries)
    offsets, position = [], 1
    for name in libraries:
        offsets.append(position)
        position += len(name) + 1
    interp = interp.encode() + b"\0"
    headers_end = 64 + 3 * 56
    dynamic = b"".join(struct.pack("<QQ", 1, o) for o in offsets)
    strings_at = headers_end + len(interp)
    dynamic_at = strings_at + len(strings)
    dynamic += struct.pack("<QQ", 5, 0x1000 + strings_at) + bytes(16)
    size = dynamic_at + len(dynamic)

    def header(kind, offset, length):
        return struct.pack("<IIQQQQQQ", kind, 4, offset, 0x1000 + offset, 0, length, length, 1)

    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    main = struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 3, 0, 0, 0)
    return (
        ident
        + main
        + header(1, 0, size)
        + header(3, headers_end, len(interp))
        + header(2, dynamic_at, len(dynamic))
        + interp
        + strings
        + dynamic
    )


class ResolveCase(Scratch):
    def setUp(self):
        super().setUp()
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.dir)
        self.bin = self.dir / "build/bin/amd64_gen"
        for name in ("furore", "l4f/sigma0", "l4f/moe", "plain/bootstrap", "l4f/hello"):
            self.file(f"build/bin/amd64_gen/{name}", "x")
        self.notes = []

    def resolver(self, text, search=(), **settings):
        self.file("modules.lst", text)
        entry = find_entry("modules.lst", "hello", Reader())
        settings = Settings(self.dir, self.dir / "build", list(search), **settings)
        return Resolver(settings, entry, self.notes.append)

    def files(self, text, search=()):
        return self.resolver(text, search).files()

    def lines(self, text):
        """Command lines of the modules behind the three base modules."""
        return [f.command_line() for f in self.files(text)[3:]]

    def mistake(self, text):
        with self.assertRaises(BootError) as caught:
            self.files(text)
        return str(caught.exception)


class Files(ResolveCase):
    def test_order_and_places(self):
        files = self.files("entry hello\nmodule hello a,b  c\nroottask moe --init=rom/hello\n")
        self.assertEqual([f.role for f in files], ["kernel", "sigma0", "roottask", "module"])
        self.assertEqual(files[0].path, self.bin / "furore")
        self.assertEqual(files[2].args, "--init=rom/hello")
        self.assertEqual(files[3].command_line(), "hello a,b  c")

    def test_our_kernel_stands_in(self):
        files = self.files("entry hello\nkernel fiasco -serial_esc\n")
        self.assertEqual(files[0].command_line(), "furore -serial_esc")
        self.assertEqual(len(self.notes), 1)
        self.assertIn(
            "modules.lst:2: 'fiasco' is not here; booting the kernel 'furore'", self.notes[0]
        )

    def test_a_real_file_of_that_name_is_taken(self):
        self.file("k/fiasco", "x")
        files = self.files("entry hello\nkernel fiasco\n", search=[self.dir / "k"])
        self.assertEqual((files[0].name, self.notes), ("fiasco", []))

    def test_debug_kernel(self):
        self.file("build/bin/amd64_gen/furore_debug", "x")
        for line in ("", "kernel furore\n", "kernel fiasco -wait\n"):
            resolver = self.resolver(f"entry hello\n{line}", kernel="debug",
                                     kernel_options="-jdb_cmd=threads")
            kernel = resolver.files()[0].command_line()
            self.assertEqual(kernel.replace(" -wait", ""),
                             "furore_debug -serial_esc -jdb_cmd=threads")
        named = self.resolver("entry hello\nkernel furore -x\n", kernel_options="-wait")
        self.assertEqual(named.files()[0].command_line(), "furore -x -wait")

    def test_unknown_kind_of_kernel(self):
        with self.assertRaises(BootError) as caught:
            self.resolver("entry hello\n", kernel="debgu").files()
        self.assertIn("KERNEL=debgu: the kernels are KERNEL=debug", str(caught.exception))

    def test_search_order(self):
        self.file("first/hello", "1")
        self.file("last/only", "1")
        files = self.files(
            "searchpath last\nentry hello\nmodule hello\nmodule only\n", search=[self.dir / "first"]
        )
        self.assertEqual(files[3].path, self.dir / "first/hello")
        self.assertEqual(files[4].path, self.dir / "last/only")

    def test_fname(self):
        self.assertEqual(self.lines("entry hello\nmodule[fname=other] hello x\n"), ["other x"])

    def test_absolute(self):
        path = self.file("abs.bin", "1")
        self.assertEqual(self.lines(f"entry hello\nmodule {path}\n"), ["abs.bin"])
        self.assertIn(
            "the module '/none/x' does not exist", self.mistake("entry hello\nmodule /none/x\n")
        )

    def test_perl(self):
        text = 'entry hello\nmodule[perl] map { "hello $_ $ENV{ARCH}" } (1, 2)\n'
        self.assertEqual(self.lines(text), ["hello 1 amd64", "hello 2 amd64"])

    def test_shell(self):
        self.assertEqual(
            self.lines('entry hello\nmodule[shell] echo hello $BITS; echo hello\n'),
            ["hello 64", "hello"],
        )

    def test_glob(self):
        self.file("d/b.txt")
        self.file("d/a.txt")
        self.assertEqual(
            self.lines(f"entry hello\nmodule[glob] {self.dir}/d/*.txt\n"), ["a.txt", "b.txt"]
        )
        self.assertEqual(self.lines("entry hello\nmodule[glob] none/*\n"), [])

    def test_uncompress(self):
        self.file("x")
        (self.dir / "x.gz").write_bytes(gzip.compress(b"content"))
        file = self.files("searchpath .\nentry hello\nmodule[uncompress] x.gz arg\n")[3]
        self.assertEqual(file.command_line(), "x.gz arg")
        self.assertEqual(file.path.read_bytes(), b"content")

    def test_attributes(self):
        file = self.files("entry hello\nmodule[attr:nodes=2] hello\n")[3]
        self.assertEqual(file.attrs, {"nodes": "2"})


class Mistakes(ResolveCase):
    def test_missing_module(self):
        text = self.mistake("entry hello\n\nmodule helo\n")
        self.assertIn("modules.lst:3: the module 'helo' was not found. Did you mean 'hello'?", text)
        self.assertIn("MODULE_SEARCH_PATH", text)
        self.assertIn(str(self.bin / "l4f"), text)

    def test_missing_kernel(self):
        self.assertIn(
            "modules.lst:2: the kernel 'nova' was not found",
            self.mistake("entry hello\nkernel nova\n"),
        )

    def test_failing_code(self):
        self.assertIn(
            "modules.lst:2: the perl code 'die \"why\"' failed",
            self.mistake('entry hello\nmodule[perl] die "why"\n'),
        )
        self.assertIn(
            "modules.lst:2: the shell command 'exit 3' failed with status 3",
            self.mistake("entry hello\nmodule[shell] exit 3\n"),
        )

    def test_not_compressed(self):
        self.assertIn(
            "cannot be uncompressed", self.mistake("entry hello\nmodule[uncompress] hello\n")
        )

    def test_two_kernels(self):
        self.assertIn(
            "the kernel line must give one file; it gives 2",
            self.mistake("entry hello\nkernel[shell] echo furore; echo furore\n"),
        )


class Libraries(ResolveCase):
    def setUp(self):
        super().setUp()
        (self.bin / "l4f/dyn").write_bytes(shared_object("/rom/ld.so.1", ["libz.so", "liba.so"]))
        lib = self.dir / "build/lib/amd64_gen/std/l4f"
        lib.mkdir(parents=True)
        (lib / "ld.so.1").write_text("x")
        (lib / "libz.so").write_bytes(shared_object("/rom/ld.so.1", ["libdeep.so"]))
        (lib / "libdeep.so").write_text("x")

    def test_reader(self):
        self.assertEqual(needed(shared_object("/rom/ld", ["a", "b"])), ["ld", "a", "b"])
        self.assertEqual(needed(b"text"), [])
        self.assertEqual(needed(shared_object("/rom/ld", ["a"])[:100]), [])

    def test_added_once_sorted_behind_the_modules(self):
        self.file("build/lib/amd64_gen/std/l4f/liba.so", "x")
        self.assertEqual(
            self.lines("entry hello\nmodule dyn\nmodule ld.so.1\n"),
            ["dyn", "ld.so.1", "liba.so", "libdeep.so", "libz.so"],
        )

    def test_missing_library(self):
        text = self.mistake("entry hello\nmodule dyn\n")
        self.assertIn("'dyn' needs the shared library 'liba.so', which was not found", text)

    def test_not_asked_for(self):
        self.assertEqual(self.lines("entry hello\nmodule[no-shlib-scan] dyn\n"), ["dyn"])
