# SPDX-License-Identifier: MIT
"""The checker of pages finds what it shall find, and nothing else."""
import sys
from pathlib import Path

Here = Path(__file__).resolve().parent
sys.path[:0] = [str(Here), str(Here.parent / "mk")]
import check_pages  # noqa: E402
from pages import Page  # noqa: E402
from scratch import Scratch  # noqa: E402


class Pages(Scratch):
    def setUp(self):
        super().setUp()
        self.run_command("git", "init", "-q")
        self.file("Makefile", ".PHONY: all \\\n  clean\nall clean:\n\t@:\nqemu: all\n")
        self.file("modules.lst", "entry hello\nmodule hello\n\nentry[arch=amd64] other\n")
        self.file("pkg/hello/Control", "requires: libc\n")
        self.file("docs/other.md",
                  "# Other\n\n## A `code` heading, twice\n\n## A code heading twice\n")

    def tree(self):
        self.run_command("git", "add", "-A")
        return check_pages.Tree(self.dir)

    def problems(self, text, name="docs/page.md"):
        self.file(name, text)
        tree = self.tree()
        page = Page(Path(name), text)
        return [f"{line}: {problem}" for line, problem in check_pages.problems_of(tree, page)
                if problem]

    def test_good_page(self):
        self.assertEqual(self.problems(
            "# Page\n[a](other.md) [b](#page) [c](../Makefile) [d](https://example.org/x)\n`make clean` "
            "[e](other.md#a-code-heading-twice) [f](other.md#a-code-heading-twice-1) `pkg/hello`\n"
            "```sh\nmake qemu E=hello V=1   # comment\nmake pkg/hello\n```\n"
            "`make O=dir`, `make pkg/NAME`, `make [clean]`, `[not](a link)`\n"), [])

    def test_links(self):
        self.assertEqual(self.problems("[a](none.md)\n\n[b](other.md#none)\n[c](#none)\n"), [
            "1: 'none.md' leads nowhere",
            "3: 'other.md#none': other.md has no heading of that name",
            "4: '#none': this page has no heading of that name"])

    def test_commands(self):
        self.assertEqual(self.problems(
            "`make qumu`\n```sh\ncd x\nmake qemu E=helo\nmake S=pkg/none\n"
            "make pkg/none\n```\n```\nmake nothing\n```\n"), [
            "1: there is no target 'qumu'", "4: modules.lst has no entry 'helo'",
            "5: there is no package 'pkg/none'", "6: there is no target 'pkg/none'"])

    def test_what_the_page_makes_itself(self):
        self.assertEqual(self.problems(
            "```sh\ncp -r pkg/hello pkg/mine\nmake pkg/mine\nmake qemu E=mine\n```\n"
            "```\nentry mine\nmodule mine\n```\n`pkg/mine/main.c`\n"), [])

    def test_what_a_tutorial_makes(self):
        self.assertEqual(self.problems(
            "```sh\nmake new-pkg NAME=abc KIND=lib\nmake qemu E=abc\nmake pkg/abc\n```\n"
            "```cpp pkg/other/x.cc\nint x;\n```\n`pkg/other/x.cc` `pkg/abc/README.md`\n"
            "`pkg/none/x.cc`\n"), ["10: there is no 'pkg/none/x.cc'", "2: there is no target 'new-pkg'"])

    def test_shell_syntax(self):
        self.assertIn("yntax", "".join(self.problems("```sh\nif true\n```\n")))

    def test_unclosed_block(self):
        self.assertEqual(self.problems("text\n```\nmake x\n"), ["2: a block ``` is not closed"])

    def test_file_names(self):
        self.assertEqual(
            self.problems("`pkg/hello/Control` `pkg/*/Control` `pkg/hello/{Control,none}`\n"),
            ["1: there is no 'pkg/hello/none'"])

    def test_folders(self):
        self.file("pkg/README.md", "`named/src` is described\n")
        self.file("pkg/named/src/a.c")
        self.file("pkg/unnamed/src/a.c")
        self.file("pkg/own/README.md")
        self.file("pkg/own/a.cc")
        self.run_command("git", "add", "-A")
        self.file("pkg/mine/a.c")  # not tracked: none of our business
        tree = check_pages.Tree(self.dir)
        self.assertEqual([str(f) for f in check_pages.undescribed_folders(tree)],
                         ["pkg/unnamed/src"])

    def test_third_party(self):
        self.file("README.md", "| Zlib | 1.2 | zlib | compression |\n")
        self.file("mk/third-party/zlib/recipe.sh")
        self.file("mk/third-party/zlib-host/recipe.sh")
        self.file("mk/third-party/lua/recipe.sh")
        self.assertEqual(check_pages.undeclared_parts(self.tree()), ["lua"])
