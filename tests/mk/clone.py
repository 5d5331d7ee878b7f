# SPDX-License-Identifier: MIT
"""A copy of this tree to try things in, as a user does in a fresh clone.

The copy, build/tests/clone, stays from run to run so that only changes are built again. What a test
added is removed when the next one begins. One test at a time uses it.
"""
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scratch import Scratch, Top

sys.path.insert(0, str(Top / "tests" / "run"))
import process  # noqa: E402
import tap  # noqa: E402

Build = Path(os.environ.get("BUILD") or Top / "build")


def tracked_files(top):
    """Files of the tree that are in version control or could be: nothing that was built."""
    listed = subprocess.run(
        ["git", "-C", str(top), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, text=True, stdout=subprocess.PIPE).stdout
    return {name for name in listed.split("\0") if name and (top / name).is_file()}


def same(one, other):
    a, b = one.stat(), other.stat()
    return (a.st_size, a.st_mtime_ns) == (b.st_size, b.st_mtime_ns)


def synchronise(source, copy):
    """Makes `copy` equal to `source`, with the times of its files, and leaves copy/build alone."""
    wanted = tracked_files(source)
    for name in wanted:
        target = copy / name
        if not target.is_file() or not same(source / name, target):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target)
    for folder, folders, files in os.walk(copy, topdown=False):
        here = Path(folder)
        if here.relative_to(copy).parts[:1] == ("build",):
            continue
        for name in files:
            if str((here / name).relative_to(copy)) not in wanted:
                (here / name).unlink()
        if here != copy and not any(here.iterdir()):
            here.rmdir()


class Clone(Scratch):
    """A test in the copy, `self.tree`."""

    @classmethod
    def setUpClass(cls):
        cls.tree = Build / "tests" / "clone"
        cls.tree.mkdir(parents=True, exist_ok=True)
        cls.lock = open(cls.tree.with_name("clone.lock"), "w")
        fcntl.flock(cls.lock, fcntl.LOCK_EX)
        synchronise(Top, cls.tree)

    @classmethod
    def tearDownClass(cls):
        synchronise(Top, cls.tree)
        cls.lock.close()

    def make(self, *args, timeout=500):
        return self.run_command("make", "-j2", *args, cwd=self.tree, env={"SETUP": "no"},
                                timeout=timeout)

    def built(self, *args):
        """Output of a make that must succeed."""
        status, output = self.make(*args)
        self.assertEqual(status, 0, output[-4000:])
        return output

    def booted(self, entry, *patterns, seconds=60, **settings):
        """Boots an entry until its output has the patterns, in this order. `settings`: make's."""
        wanted = tap.Patterns(patterns)

        def watch(line):
            wanted.feed(tap.strip_escapes(line))
            return wanted.complete

        words = [f"{name}={value}" for name, value in settings.items()]
        result = process.run(["make", "-C", str(self.tree), f"E={entry}", "qemu", *words], watch,
                             seconds, env=clean_environment())
        self.assertTrue(wanted.complete, "\n".join(result.lines[-40:]))


def clean_environment():
    return {**{k: v for k, v in os.environ.items()
               if not k.startswith(("MAKE", "MFLAGS")) and k not in ("O", "V", "T", "BUILD", "TOP")},
            "SETUP": "no"}
