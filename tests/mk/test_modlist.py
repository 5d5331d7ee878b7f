# SPDX-License-Identifier: MIT
"""The language of module lists: every command and option, every mistake."""
import os

from scratch import Scratch

from boot.errors import BootError
from boot.lines import Reader
from boot.modlist import entries, entry_names, find_entry


class ListCase(Scratch):
    def setUp(self):
        super().setUp()
        old = os.getcwd()
        self.addCleanup(os.chdir, old)
        os.chdir(self.dir)

    def entry(self, text, name="hello", **kinds):
        self.file("modules.lst", text)
        return find_entry("modules.lst", name, Reader(**kinds))

    def mistake(self, text, name="hello"):
        with self.assertRaises(BootError) as caught:
            self.entry(text, name)
        return str(caught.exception)

    def modules(self, text, **kinds):
        return [m.text for m in self.entry(text, **kinds).modules]


class Grammar(ListCase):
    def test_today(self):
        entry = self.entry(
            "default-kernel fiasco -serial_esc\n"
            "entry[arch=amd64] hello\nroottask moe --debug=info rom/demo.lua\n"
            "module l4re\n  module ned   # comment\nmodule[fname=data.bin] some/blob_v3 x\n"
        )
        self.assertEqual(entry.base["kernel"].text, "fiasco -serial_esc")
        self.assertEqual(entry.base["roottask"].text, "moe --debug=info rom/demo.lua")
        self.assertEqual(entry.base["sigma0"].text, "sigma0")
        self.assertEqual(entry.base["bootstrap"].text, "bootstrap")
        self.assertEqual([m.text for m in entry.modules], ["l4re", "ned", "some/blob_v3 x"])
        self.assertEqual(entry.modules[2].options, {"fname": "data.bin"})

    def test_2012(self):
        entry = self.entry(
            "modaddr 0x01100000\n\nentry hello\nkernel fiasco -serial_esc\n"
            "bootstrap bootstrap -modaddr %modaddr%\n"
            "roottask moe --init=rom/hello\nmodule l4re\nbin hello\ndata x.cfg\n"
        )
        self.assertEqual(entry.modaddr, 0x1100000)
        self.assertEqual(entry.base["bootstrap"].text, "bootstrap -modaddr %modaddr%")
        self.assertEqual([m.text for m in entry.modules], ["l4re", "hello", "x.cfg"])

    def test_title_is_entry_and_case_does_not_matter(self):
        self.assertEqual(self.entry("title Hello\nmodule a\n").name, "Hello")

    def test_names_may_contain_blanks(self):
        self.assertEqual(self.entry("entry hello world\n", "Hello World").name, "hello world")

    def test_first_entry_of_a_name_counts(self):
        self.assertEqual(self.modules("entry hello\nmodule a\nentry hello\nmodule b\n"), ["a"])

    def test_own_defaults(self):
        self.assertEqual(self.entry("entry hello\nmodule a\n").base["kernel"].text, "furore")

    def test_no_defaults(self):
        entry = self.entry("entry[no-defaults] hello\nroottask x\n")
        self.assertEqual(sorted(entry.base), ["bootstrap", "roottask"])

    def test_moe_line(self):
        entry = self.entry("entry hello\nmodule a\nmoe cfg/x.cfg\nmodule b\n")
        self.assertEqual(entry.base["roottask"].text, "moe rom/x.cfg")
        self.assertEqual([m.text for m in entry.modules], ["a", "cfg/x.cfg", "b"])

    def test_groups(self):
        text = "group net\nmodule a\nbin b\ngroup io\nmodule c\nentry hello\nmodule-group net io\n"
        self.assertEqual(self.modules(text), ["a", "b", "c"])

    def test_group_between_entries(self):
        text = "entry x\nmodule q\ngroup g\nmodule a\nentry hello\nmodule-group g\n"
        self.assertEqual(self.modules(text), ["a"])
        self.assertEqual([m.text for m in find_entry("modules.lst", "x").modules], ["q"])

    def test_filters(self):
        text = (
            "entry[arch=arm] hello\nmodule wrong\nentry[arch=arm|amd64] hello\nmodule[arch=x86] a\n"
            "module[bits=64] b\nmodule[bits=32] c\n"
        )
        self.assertEqual(self.modules(text), ["b"])
        self.assertEqual(self.modules(text, arch="arm", bits="32"), ["wrong"])

    def test_filtered_group_is_empty(self):
        text = "group[arch=arm] g\nmodule a\ngroup g\nmodule b\nentry hello\nmodule-group g\n"
        self.assertEqual(self.modules(text), ["b"])

    def test_deprecated_words(self):
        entry = self.entry("entry hello\nmodule-nostrip a\nbin-nostrip b\ndata-nostrip c\n")
        self.assertTrue(all(m.options == {"nostrip": True} for m in entry.modules))

    def test_options(self):
        entry = self.entry("entry hello\nmodule[ perl, attr:nodes=1 ,uncompress] code\n")
        self.assertEqual(
            entry.modules[0].options, {"perl": True, "attr:nodes": "1", "uncompress": True}
        )

    def test_modaddr_in_entry(self):
        self.assertEqual(self.entry("modaddr 1\nentry hello\nmodaddr 0x2000\n").modaddr, 0x2000)

    def test_searchpath(self):
        self.assertEqual(self.entry("searchpath a/b\nentry hello\n").searchpath, ["a/b"])

    def test_linux(self):
        entry = self.entry("entry hello\nset mode linux\nkernel vmlinuz root=x\ninitrd i.gz\n")
        self.assertTrue(entry.linux)
        self.assertEqual(entry.initrd.text, "i.gz")
        self.assertEqual(list(entry.base), ["kernel"])

    def test_reading_stops_after_the_entry(self):
        self.assertEqual(self.modules("entry hello\nmodule a\nentry b\nnonsense\n"), ["a"])

    def test_descriptions(self):
        self.file("modules.lst", "# About the file.\n\n# Shows a. Much\n# more.\nentry a\nmodule x\n"
                  "#  of the module\nmodule y\n# Wide,\n# wider\nentry b\nentry c # none\n")
        self.assertEqual(entries("modules.lst"), [("a", "Shows a"), ("b", "Wide, wider"), ("c", "")])

    def test_names(self):
        self.file("modules.lst", "entry a\nentry[arch=arm] b\ntitle c\nentry a\n")
        self.assertEqual(entry_names("modules.lst"), ["a", "c", "a"])


class Include(ListCase):
    def test_relative_to_the_includer_once(self):
        self.file("sub/one.inc", "include two.inc\ninclude two.inc\n")
        self.file("sub/two.inc", "group g\nmodule a\n")
        self.assertEqual(self.modules("include sub/one.inc\nentry hello\nmodule-group g\n"), ["a"])

    def test_pattern_and_variable(self):
        self.file("x/a.inc", "entry one\n")
        self.file("x/b.inc", "entry hello\nmodule m\n")
        os.environ["MK_TEST_DIR"] = "x"
        self.addCleanup(os.environ.pop, "MK_TEST_DIR")
        self.assertEqual(self.modules("include ${MK_TEST_DIR}/*.inc\n"), ["m"])

    def test_missing_file(self):
        self.assertIn(
            "modules.lst:2: cannot include 'none.inc'",
            self.mistake("# x\ninclude none.inc\nentry hello\n"),
        )

    def test_unknown_variable(self):
        self.assertIn("no variable 'MK_NONE'", self.mistake("include ${MK_NONE}/x\n"))

    def test_place_in_an_included_file(self):
        self.file("a.inc", "\nentry hello\nmodul x\n")
        self.assertIn(
            "a.inc:3: invalid type 'modul'. Did you mean 'module'", self.mistake("include a.inc\n")
        )


class Mistakes(ListCase):
    def test_no_list(self):
        with self.assertRaises(BootError) as caught:
            find_entry("none.lst", "hello")
        self.assertIn("The module list 'none.lst' cannot be read", str(caught.exception))

    def test_unknown_entry(self):
        text = self.mistake("entry hello-sys\nentry other\n", "helo-sys")
        self.assertIn("has no entry 'helo-sys'. Did you mean 'hello-sys'?", text)
        self.assertIn("\n    other", text)

    def test_invalid_word(self):
        self.assertIn(
            "modules.lst:2: invalid type 'rootask'. Did you mean 'roottask'",
            self.mistake("entry hello\nrootask moe\n"),
        )

    def test_malformed_line(self):
        self.assertIn(
            "modules.lst:2: expected 'command[options] words'",
            self.mistake("entry hello\nmodule[perl foo\n"),
        )

    def test_nothing_after_the_word(self):
        self.assertIn(
            "modules.lst:2: 'module' needs something after it: module FILE [ARGUMENTS]",
            self.mistake("entry hello\nmodule\n"),
        )

    def test_unknown_option(self):
        text = self.mistake("entry hello\nmodule[nostripp] a\n")
        self.assertIn("unknown option 'nostripp'. Did you mean 'nostrip'?", text)
        self.assertIn("fname=...", text)

    def test_option_values(self):
        self.assertIn("needs a value", self.mistake("entry hello\nmodule[fname] a\n"))
        self.assertIn("takes no value", self.mistake("entry hello\nmodule[perl=1] a\n"))

    def test_modaddr(self):
        self.assertIn("needs an address", self.mistake("modaddr high\nentry hello\n"))
        self.assertIn("takes no options", self.mistake("modaddr[arch=x] 1\nentry hello\n"))
        self.assertIn("invalid type 'Modaddr'", self.mistake("Modaddr 1\nentry hello\n"))

    def test_module_before_the_first_entry(self):
        self.assertIn("stands before the first entry", self.mistake("module a\nentry hello\n"))
        self.assertIn("default-kernel", self.mistake("kernel a\nentry hello\n"))

    def test_groups(self):
        self.assertIn(
            "group 'nte' is not defined above this line. Did you mean 'net'?",
            self.mistake("group net\nmodule a\nentry hello\nmodule-group nte\n"),
        )
        self.assertIn(
            "already defined at modules.lst:1", self.mistake("group g\ngroup g\nentry hello\n")
        )
        self.assertIn("a group holds only", self.mistake("group g\nkernel x\nentry hello\n"))

    def test_linux_without_kernel(self):
        self.assertIn("needs a kernel line", self.mistake("entry hello\nset mode linux\n"))
        self.assertIn("expected 'set mode linux'", self.mistake("entry hello\nset mode dos\n"))
