# SPDX-License-Identifier: MIT
"""The set-up script, with a package manager that only pretends."""
from scratch import Scratch, Top


class Setup(Scratch):
    def setUp(self):
        super().setUp()
        for tool in ("cat", "mktemp", "rm", "env", "tail", "dirname"):
            self.link(tool)
        self.file(
            "table",
            "build here-tool here-pkg\nbuild gone-tool gone-pkg\n"
            "build one|two two-pkg\nqemu other other-pkg\n"
            f"build {self.dir}/some/header.h header-pkg\n",
        )
        self.program("here-tool", "")
        self.program("two", "")
        self.file("some/header.h")

    def link(self, tool):
        (self.dir / "bin").mkdir(exist_ok=True)
        target = next(p for p in (f"/usr/bin/{tool}", f"/bin/{tool}"))
        (self.dir / "bin" / tool).symlink_to(target)

    def program(self, name, body):
        self.file(f"bin/{name}", f"#!/bin/sh\n{body}\n").chmod(0o755)

    def setup(self, *sets, uid=1000, **env):
        self.program("id", f"echo {uid}")
        return self.run_command(
            "/bin/sh",
            str(Top / "mk/setup/setup.sh"),
            *sets,
            env={"PATH": str(self.dir / "bin"), "TOOLS_TABLE": str(self.dir / "table"), **env},
        )

    def apt(self, body):
        self.program("apt-get", f'echo "$*" >>{self.dir}/apt-calls\n{body}')

    def calls(self):
        return (self.dir / "apt-calls").read_text().splitlines()

    def test_everything_there(self):
        self.program("gone-tool", "")
        self.assertEqual(self.setup("build"), (0, ""))

    def test_no_apt(self):
        status, text = self.setup("build")
        self.assertEqual(status, 1)
        self.assertIn("Missing tools: gone-tool\n", text)
        self.assertIn("no apt-get", text)

    def test_no_rights_one_line_to_type(self):
        self.apt("")
        status, text = self.setup("build", "qemu")
        self.assertEqual(status, 1)
        self.assertIn("    sudo apt-get install --no-install-recommends gone-pkg other-pkg\n", text)
        self.assertFalse((self.dir / "apt-calls").exists())

    def test_root_installs(self):
        self.apt("")
        self.assertEqual(self.setup("build", uid=0)[0], 0)
        self.assertEqual(self.calls(), ["install -y -qq --no-install-recommends gone-pkg"])

    def test_sudo_without_password(self):
        self.apt("")
        self.program("sudo", 'shift; test "$1" = true && exit 0; exec "$@"')
        self.assertEqual(self.setup("build")[0], 0)
        self.assertEqual(len(self.calls()), 1)

    def test_updates_the_lists_once(self):
        self.apt(f'case "$1" in update) : >{self.dir}/fresh;; *) test -e {self.dir}/fresh;; esac')
        self.assertEqual(self.setup("build", uid=0)[0], 0)
        self.assertEqual([c.split()[0] for c in self.calls()], ["install", "update", "install"])

    def test_apt_fails(self):
        self.apt("echo E: disk full; exit 100")
        status, text = self.setup("build", uid=0)
        self.assertEqual(status, 1)
        self.assertIn("E: disk full", text)
        self.assertIn("apt-get could not install: gone-pkg", text)

    def test_switched_off(self):
        self.apt("")
        self.assertEqual(self.setup("build", uid=0, SETUP="no")[0], 1)
