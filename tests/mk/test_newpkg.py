# SPDX-License-Identifier: MIT
"""`make new-pkg`: what it refuses, and that each kind of package builds, boots and passes its tests."""
from clone import Clone
from scratch import Tree


class Each_kind(Clone):
    def test_made_built_booted_and_tested(self):
        kinds = {"my-count": ("server", r"client .*the sum is 2"),
                 "my-ask": ("client", r"my-ask .*my-ask has \d+ bytes"),
                 "my-user": ("client", r"my-user .*1 \+ 2 \+ 3 is 6"),
                 "my-math": ("lib", r"of 12 and 18 is 6"),
                 "my-tests": ("test", None)}
        for name, (kind, _) in kinds.items():
            server = ["SERVER=my-count"] if name == "my-user" else []
            output = self.built("new-pkg", f"NAME={name}", f"KIND={kind}", *server)
            self.assertIn(f"make test S=pkg/{name}", output)
        output = self.built("test", "S=" + ":".join(f"pkg/{name}" for name in kinds))
        for name in kinds:
            self.assertRegex(output, rf"ok +pkg/{name}/test_{name}")
        self.assertIn(" my-math", self.built("listentries"))
        for name, (_, pattern) in kinds.items():
            if pattern:
                self.booted(name, pattern)


class Refused(Tree):
    def setUp(self):
        super().setUp()
        self.tiny_libc()
        self.program()

    def says(self, text, *args):
        self.assertIn(text, self.refused("new-pkg", *args))

    def test_mistakes(self):
        self.says("new-pkg needs a name. For example: make new-pkg NAME=counter KIND=server")
        self.says("new-pkg needs a kind; expected one of server, client, lib, test.", "NAME=x")
        self.says("KIND is 'libary'; expected one of server, client, lib, test. Did you mean 'lib'",
                  "NAME=x", "KIND=libary")
        self.says("NAME is 'My Pkg'; expected small letters", "NAME=My Pkg", "KIND=lib")
        self.says("at most 16 characters", "NAME=a-very-long-name-it-is", "KIND=lib")
        self.says("pkg/hello exists already", "NAME=hello", "KIND=lib")
        self.says("'libc' is already provided by l4re/libc", "NAME=libc", "KIND=lib")
        self.says("SERVER=hello is for KIND=client", "NAME=x", "KIND=lib", "SERVER=hello")
        self.says("SERVER=helo: there is no pkg/helo/include/helo.h. Did you mean 'hello'? Make the "
                  "server first: make new-pkg NAME=helo KIND=server", "NAME=x", "KIND=client",
                  "SERVER=helo")

    def test_words_are_all_replaced(self):
        for kind in ("server", "client", "lib", "test"):
            self.built("new-pkg", f"NAME=a-{kind}", f"KIND={kind}")
            for path in (self.dir / f"pkg/a-{kind}").rglob("*"):
                self.assertNotIn("@", path.name)
                if path.is_file():
                    self.assertNotIn("@", path.read_text(), path)
                    self.assertLessEqual(max(map(len, path.read_text().split("\n"))), 105, path)
