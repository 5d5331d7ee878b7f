# SPDX-License-Identifier: MIT
"""Role test.mk: which tests are found, what their descriptions say, what `make test S=` runs."""
import shutil
import tomllib
from pathlib import Path

from scratch import Top, Tree

Passing = 'extern "C" int puts(char const *);\nint main() { puts("1..1\\nok 1 - fine"); }\n'
Guest = "int main() { return 0; }\n"
T_dir = "build/test/t/amd64_gen/l4f"


class Test_role(Tree):
    def setUp(self):
        super().setUp()
        self.tiny_libc()
        self.program()
        (self.dir / "tests").symlink_to(Top / "tests")

    def with_tests(self, text, sources=("test_one.cc",)):
        """A folder pkg/hello/test with these variables and sources."""
        self.role("pkg/hello/test", "test", text)
        for source in sources:
            self.file(f"pkg/hello/test/{source}", Passing if "host" in text else Guest)

    def description(self, name):
        path = self.dir / T_dir / "pkg/hello" / name / "test.toml"
        return tomllib.loads(path.read_text())["defaults"]

    def test_found_built_and_run(self):
        self.with_tests("MODE = host\n", ["test_one.cc", "test_two.cc"])
        output = self.built("test", "S=pkg/hello")
        self.assertIn("ok     pkg/hello/test_one (1 cases", output)
        self.assertIn("2 passed, 0 failed", output)
        self.assertNotIn("guest/", output)

    def test_failure_is_reported(self):
        self.with_tests("MODE = host\n")
        self.file("pkg/hello/test/test_one.cc", Passing.replace("ok 1", "not ok 1"))
        output = self.refused("test", "S=pkg/hello")
        self.assertIn("FAILED pkg/hello/test_one", output)
        self.assertIn("0 passed, 1 failed", output)

    def test_in_the_package_folder_and_alone(self):
        self.with_tests("MODE = host\n")
        self.assertIn("1 passed", self.built("test", cwd=self.dir / "pkg/hello"))
        status, output = self.run_command(str(self.dir / T_dir / "pkg/hello/test_one.t"))
        self.assertEqual((status, "1 passed, 0 failed" in output), (0, True), output)

    def test_outside_of_the_tree(self):
        self.built()
        self.with_tests("MODE = host\n")
        mine = self.dir.parent / (self.dir.name + "-mine")
        shutil.move(self.dir / "pkg/hello", mine)
        self.addCleanup(shutil.rmtree, mine)
        output = self.built("test", f"L4DIR={self.dir}", cwd=mine)
        self.assertIn(f"ok     ext-pkg/{mine.name}/test_one", output)

    def test_ordinary_build_leaves_tests_out(self):
        self.with_tests("SRC_C = broken.c\n")
        self.assertNotIn("test", self.built())
        self.assertIn("broken.c", self.refused("BUILD_TESTS=y"))

    def test_package_without_tests(self):
        self.assertIn("pkg/hello has no tests. A folder test/", self.refused("test", "S=pkg/hello"))

    def test_description(self):
        self.with_tests(
            "SRC_C = common.c\nTEST_TIMEOUT = 7\nTEST_TIMEOUT_test_two = 9\nTEST_ARGS = -v\n"
            "REQUIRED_MODULES = hello[nostrip] data.txt:rw\nTEST_EXPECTED = out.txt\n"
            "TEST_CPUS = 1 2\nTEST_MEMORY = 128\nQEMU_ARGS = -device x,a=b\n"
            "TEST_KERNEL_ARGS = -esc\nMOE_ARGS = --debug=info\nTEST_GROUP = grp\n"
        )
        for name in ("test_one", "test_two"):
            self.file(f"pkg/hello/test/{name}.c", "int main(void) { return 0; }\n")
        (self.dir / "pkg/hello/test/test_one.cc").unlink()
        self.file("pkg/hello/test/common.c", "int common;\n")
        self.file("pkg/hello/test/out.txt", "# order\nfirst\nsecond \\d\n")
        self.built("package-tests")
        one = self.description("grp/test_one")
        self.assertTrue(
            (self.dir / "build/test/bin/amd64_gen/l4f/pkg/hello/grp/test_one").is_file()
        )
        self.assertEqual(one["roottask"], "moe --debug=info --init=rom/test_one -v")
        self.assertEqual(one["modules"], ["l4re", "test_one", "hello", "data.txt"])
        self.assertEqual(one["expect"], ["first", "second \\d"])
        self.assertEqual((one["timeout"], one["cpus"], one["memory"]), (7, [1, 2], 128))
        self.assertEqual((one["kernel"], one["qemu"]), ("furore -esc", ["-device", "x,a=b"]))
        self.assertEqual(self.description("grp/test_two")["timeout"], 9)

    def test_scripts_and_extra_tests(self):
        self.with_tests(
            "NED_CFG_again = run.cfg\nEXTRA_TEST = again\nTEST_TARGET_again = test_one\n"
            "REQUIRED_MODULES = hello\nTEST_ARGS = -x\n"
        )
        self.file("pkg/hello/test/run.cfg", "\n")
        self.built("package-tests")
        again = self.description("again")
        self.assertEqual(
            again["modules"], ["l4re", "ned", "run.cfg", "test_env.lua", "test_one", "hello"]
        )
        self.assertEqual(again["roottask"], "moe rom/run.cfg")
        script = (self.dir / T_dir / "pkg/hello/again/test_env.lua").read_text()
        self.assertIn('TEST_PROG = "rom/test_one"', script)
        self.assertIn('REQUIRED_MODULES = { "hello" }', script)

    def test_removed_test(self):
        self.with_tests("MODE = host\n", ["test_one.cc", "test_two.cc"])
        self.built("test", "S=pkg/hello")
        (self.dir / "pkg/hello/test/test_two.cc").unlink()
        self.role("pkg/hello/test", "test", "MODE = host\n\n")
        self.assertIn("1 passed, 0 failed", self.built("test", "S=pkg/hello"))

    def test_tags_platform_and_setup(self):
        self.with_tests("MODE = host\nTEST_TAGS = slow\n")
        self.assertIn("skip", self.make("test", "S=pkg/hello")[1])
        status, output = self.make("test", "S=pkg/hello", env={"TEST_RUN_TAGS": "slow=1"})
        self.assertEqual(status, 0, output)
        for line, word in (
            ("TEST_TAGS = !slow", "ok     "),
            ("TEST_PLATFORM_DENY = pc", "skip"),
            ("TEST_PLATFORM_ALLOW = pc other", "ok     "),
            ("TEST_SETUP = exit 69", "skip"),
            ("TEST_SETUP = exit 3", "TEST_SETUP ended with status 3"),
        ):
            self.role("pkg/hello/test", "test", f"MODE = host\n{line}\n")
            self.assertIn(word, self.make("test", "S=pkg/hello")[1], line)

    def test_mistakes(self):
        for text, message in (
            ("TEST_TIMOUT = 3", "pkg/hello/test/Makefile: unknown variable TEST_TIMOUT. Known:"),
            ("TEST_EXPECTED = none.txt", "TEST_EXPECTED of 'test_one' names 'none.txt', which"),
            ("TEST_TIMEOUT = long", "TEST_TIMEOUT of 'test_one' is 'long'; expected a number"),
            ("REQUIRES_LIBS = libt", "names 'libt' of package l4re/libt, which pkg/hello does not "
             "require. Add the line 'test-requires: libt' to pkg/hello/Control."),
        ):
            self.file("l4re/libt/Control", "provides: libt\n")
            self.role("l4re/libt", "lib", "TARGET = libt.a\nSRC_C = t.c\n")
            self.file("l4re/libt/t.c", "int t;\n")
            self.with_tests(text + "\n")
            self.assertIn(message, self.refused("test", "S=pkg/hello"))
        self.file("pkg/hello/Control", "requires: stdlibs\ntest-requires: libt\n")
        self.built("package-tests")
        shutil.rmtree(self.dir / "pkg/hello/test")
        self.role("pkg/hello/test", "test")
        self.assertIn("there is no test_*.cc or test_*.c in pkg/hello/test",
                      self.refused("package-tests"))
