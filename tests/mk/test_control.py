# SPDX-License-Identifier: MIT
"""Control and alias files."""
from scratch import Scratch

from control import ControlError, Filter, load_aliases, parse_control


class Control(Scratch):
    def control(self, text, arch="amd64", config=()):
        return parse_control(self.file("Control", text), "pkg/x", arch, frozenset(config))

    def requires(self, text, **kinds):
        return [r.name for r in self.control(text, **kinds).requires]

    def mistake(self, text):
        with self.assertRaises(ControlError) as caught:
            self.control(text)
        return str(caught.exception)

    def test_keys_in_any_case_and_continuation(self):
        control = self.control(
            "# c\nRequires: a b  # more\n\tc\nPROVIDES: x libx\noptional: o\n"
            "maintainer: me@here\nthird-party: newlib\n"
        )
        self.assertEqual([r.name for r in control.requires], ["a", "b", "c"])
        self.assertEqual(control.provides, ["x", "libx"])
        self.assertEqual([r.name for r in control.optional], ["o"])
        self.assertEqual(control.third_party, ["newlib"])

    def test_variants(self):
        control = self.control("variants: nofpu other[server/src] third[ lib/ ]\n")
        self.assertEqual([(v.name, v.folder) for v in control.variants],
                         [("nofpu", ""), ("other", "server/src"), ("third", "lib")])
        self.assertIn("pkg/x/Control:1: expected variants separated by blanks",
                      self.mistake("variants: nofpu[a b]\n"))

    def test_filters_on_names(self):
        text = (
            "requires: a[arch(x86) || arch(amd64)] b[arch(arm)] c[config(CONFIG_X)] d[build-only]\n"
        )
        self.assertEqual(self.requires(text), ["a", "d"])
        self.assertEqual(self.requires(text, arch="arm", config=["CONFIG_X"]), ["b", "c", "d"])

    def test_filter_on_the_key(self):
        self.assertEqual(self.requires("requires[arch(arm)]: a\nrequires[arch(amd64)]: b\n"), ["b"])

    def test_local_additions(self):
        self.file("Control.local", "requires: more\n")
        self.assertEqual(self.requires("requires: a\n"), ["a", "more"])

    def test_filter_language(self):
        def value(text):
            return Filter(text, "here", "amd64", {"CONFIG_A"}).value()

        self.assertTrue(value("arch(arm) || !(arch(x86) && config(CONFIG_A)) && arch(amd64)"))
        self.assertFalse(value("!arch(amd64)"))

    def test_mistakes(self):
        self.assertIn(
            "pkg/x/Control:2: unknown key 'require'. Did you mean 'requires' or 'test-requires'?",
            self.mistake("\nrequire: a\n"),
        )
        self.assertIn("pkg/x/Control:1: expected 'key: values'", self.mistake("requires libc\n"))
        self.assertIn(
            "the filter [arhc(x)] is not understood", self.mistake("requires: a[arhc(x)]\n")
        )
        self.assertIn(
            "on the key or on the names", self.mistake("requires[arch(amd64)]: a[arch(x86)]\n")
        )
        self.assertIn("expected names", self.mistake("requires: a ]\n"))

    def test_aliases(self):
        self.file("aliases.d/std", "stdlibs := libc libcxx[arch(arm)] \\\n".replace("\\", ""))
        self.assertEqual(load_aliases(self.dir / "aliases.d", "amd64", ()), {"stdlibs": ["libc"]})
        self.file("aliases.d/bad", "x = y\n")
        with self.assertRaises(ControlError) as caught:
            load_aliases(self.dir / "aliases.d", "amd64", ())
        self.assertIn("aliases.d/bad:1: expected 'name := names'", str(caught.exception))
