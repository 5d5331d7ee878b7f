# SPDX-License-Identifier: MIT
"""What a user's build lives through: interruptions, two makes at once, odd places, full disks."""
import os
import signal
import stat
import subprocess
import time
from pathlib import Path

from scratch import Tree

Obj = "OBJ-amd64_gen-std-l4f"

# A compiler that, while a file `slow` exists, leaves half an object and does not come to an end.
Compiler = """#!/bin/sh
if [ -e {flag} ]; then
  for word; do [ "$last" = -o ] && echo half >"$word"; last=$word; done
  : >{flag}.reached
  sleep 60
fi
exec /usr/bin/gcc "$@"
"""


class Experience(Tree):
    def setUp(self):
        super().setUp()
        self.tiny_libc()
        self.program()

    def start(self, *words, **env):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
        process = subprocess.Popen(
            ["make", "-j2", *words], cwd=self.dir, text=True, start_new_session=True,
            env={**clean, "SETUP": "no", "USE_CCACHE": "n", **env}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            # a test run in the background of a shell script has it ignored, and hands that on
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(process.stdout.close)
        return process

    def wait_for(self, path):
        end = time.monotonic() + 60
        while not path.exists():
            self.assertLess(time.monotonic(), end, path)
            time.sleep(0.05)

    def program_is_whole(self):
        status, _ = self.run_command("readelf", "-h", "build/bin/amd64_gen/l4f/hello")
        self.assertEqual(status, 0)

    def interrupted(self, number):
        """Builds, changes a source, and stops the second build in the middle of a compilation."""
        flag = self.dir / "slow"
        compiler = self.file("bin/gcc", Compiler.format(flag=flag))
        compiler.chmod(compiler.stat().st_mode | stat.S_IXUSR)
        path = {"PATH": f"{self.dir}/bin:{os.environ['PATH']}"}
        status, output = self.make(env=path)
        self.assertEqual(status, 0, output)
        self.file("pkg/hello/server/src/main.c", "int main(void) { return 1; }\n")
        flag.touch()
        process = self.start(**path)
        self.wait_for(flag.with_name("slow.reached"))
        os.killpg(process.pid, number)
        process.wait(30)
        flag.unlink()
        status, output = self.make(env=path)
        self.assertEqual(status, 0, output)
        self.assertIn("CC      pkg/hello/server/src/main.c", output)
        self.program_is_whole()
        self.assertNotIn("CC  ", self.make(env=path)[1])

    def test_interrupted_by_the_user(self):
        self.interrupted(signal.SIGINT)

    def test_killed(self):
        self.interrupted(signal.SIGKILL)

    def slow_package(self):
        """A package whose build takes a while."""
        self.program("slow", text="TARGET = slow\nSRC_C = main.c made.c\n\nmade.c:\n"
                     "\ttouch $(BUILD)/begun; sleep 3; echo 'int made;' >$@\n")

    def test_two_at_once(self):
        self.slow_package()
        first = self.start()
        self.wait_for(self.dir / "build" / "begun")
        output = self.built()
        self.assertIn(f"WAIT    another make (process {first.pid}) is building in "
                      f"{self.dir}/build; O=folder builds elsewhere", output)
        self.assertNotIn("CC  ", output)
        self.assertEqual(first.wait(30), 0)

    def test_what_a_make_that_is_gone_has_left(self):
        self.slow_package()
        first = self.start()
        self.wait_for(self.dir / "build" / "begun")
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        self.assertNotIn("WAIT", self.built())

    def test_another_build_directory_at_the_same_time(self):
        self.slow_package()
        first = self.start()
        self.wait_for(self.dir / "build" / "begun")
        self.assertNotIn("WAIT", self.built("pkg/hello", "O=other"))
        self.assertEqual(first.wait(30), 0)

    def test_many_jobs(self):
        self.built("-j8")
        self.program_is_whole()

    def test_nothing_to_do_is_fast(self):
        self.built()
        began = time.monotonic()
        self.assertNotIn("LINK", self.built())
        self.assertLess(time.monotonic() - began, 3)

    def test_clean_and_again(self):
        self.built()
        self.built("clean")
        self.assertFalse((self.dir / "build/bin").exists())
        self.assertIn("LINK    pkg/hello", self.built())

    def test_blank_in_the_name_of_the_build_directory(self):
        self.assertIn("O='a b' has a blank in its name", self.refused("O=a b"))

    def test_copy_with_a_blank_in_its_name(self):
        tree = self.dir / "a b"
        tree.mkdir()
        for name in ("mk", "l4re", "pkg", "Makefile"):
            (tree / name).symlink_to(self.dir / name)
        self.assertIn(f"The folder '{tree}' has a blank in its name, which make cannot cope with. "
                      "Move the tree to a folder without", self.refused(cwd=tree))

    def test_build_directory_that_cannot_be(self):
        self.file("file", "")
        self.assertIn(f"The build directory {self.dir}/file/build cannot be written: ",
                      self.refused("O=file/build"))
        self.assertIn("Build elsewhere with O=folder", self.refused("O=file/build"))

    def test_full_disk(self):
        small = self.dir / "small"
        small.mkdir()
        if self.run_command("mount", "-t", "tmpfs", "-o", "size=64k", "none", str(small))[0]:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(self.run_command, "umount", str(small), cwd="/")
        self.assertRegex(self.refused("O=small"), "No space left on device")
        # with space again it goes on
        self.run_command("mount", "-o", "remount,size=64m", str(small))
        self.built("O=small")
        self.assertTrue((small / "bin/amd64_gen/l4f/hello").is_file())

    def test_missing_tool(self):
        tools = self.dir / "tools"
        tools.mkdir()
        for folder in ("/usr/bin", "/bin"):
            for path in Path(folder).iterdir():
                if path.name not in ("xz", "patch") and not (tools / path.name).is_symlink():
                    (tools / path.name).symlink_to(path)
        self.assertRegex(self.refused(env={"PATH": str(tools)}),
                         r"Missing tools: xz patch\n +Install them with this line, then run make again")
