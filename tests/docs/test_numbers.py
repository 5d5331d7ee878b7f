# SPDX-License-Identifier: MIT
"""The counting behind `make kernel-size` and `make numbers`."""
import subprocess
import sys
import unittest
from pathlib import Path

Top = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(Top / "mk/tools/numbers"))
import report  # noqa: E402
import source  # noqa: E402

Text = """// comment
namespace a {
struct X : Y<Z> {
  X(int v) : _a{0}, _b(v) {
    f();
  }
  int g() const { return 1; }
  enum E { A, B };
};
int const t[] = {
  1, 2
};
/* { */
#define MACRO() \\
  {

int h(int a,
      int b)
{
  auto l = [&](int x) { return x; };
  if (a) { b = '"'; }
  struct S { int q; } s{1};
  // }
  return b;
}
}
extern "C" void k() { }
[[noreturn]] void m(char const *f = "{")
{
}
#  if 1
"""


class Counting(unittest.TestCase):
    def test_function_lengths(self):
        self.assertEqual(source.function_lengths(Text), [3, 1, 9, 1, 3])

    def test_source_lines(self):
        text = "int a; // b\n\n/* c\n d */ int e;\n  \n// f\nint g;\n"
        self.assertEqual(source.source_lines(text), 3)

    def test_percentile(self):
        self.assertEqual(source.percentile(range(1, 101), 0.95), 95)
        self.assertEqual(source.percentile([7], 0.95), 7)
        self.assertEqual(source.percentile([], 0.95), 0)

    def test_conditionals(self):
        self.assertEqual(len(source.Conditional.findall(Text)), 1)

    def test_same_as_with_ordinary_tools(self):
        """The rule written as a pipeline of sed and perl gives the same number for the kernel."""
        pipeline = (r"git ls-files kernel | grep -E '\.(cc|h|S)$'"
                    r" | grep -v -E '/(jdb|debugger|host|test)/' | xargs cat | sed 's://.*$::'"
                    r" | perl -0pe 's{/\*.*?\*/}{}gs' | grep -c '[^[:space:]]'")
        counted = subprocess.run(pipeline, shell=True, cwd=Top, text=True, check=True,
                                 stdout=subprocess.PIPE).stdout
        self.assertEqual(report.kernel_by_folder(Top)[1].source_lines, int(counted))
