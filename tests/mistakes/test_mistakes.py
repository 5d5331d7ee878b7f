# SPDX-License-Identifier: MIT
"""Deliberate mistakes of a newcomer. Each gives a message that names the place and the cure."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "mk"))
from clone import Clone, clean_environment  # noqa: E402
import process  # noqa: E402
import tap  # noqa: E402

Package = "pkg/oops"
Main = f"{Package}/server/src/main.cc"
Makefile = f"{Package}/server/src/Makefile"
Script = f"{Package}/assets/oops.cfg"
Client = f"{Package}/examples/client.cc"

# (name, file, old text, new text, what the message must say), with the command `make pkg/oops`
Build = (
    ("control_key", f"{Package}/Control", "requires:", "require:",
     r"pkg/oops/Control:3: unknown key 'require'. Did you mean 'requires'"),
    ("control_name", f"{Package}/Control", "requires: libc", "requires: libcc",
     r"pkg/oops/Control:3: requires 'libcc', which no package provides. Did you mean 'libc'"),
    ("control_filter", f"{Package}/Control", "requires: libc", "requires: libc[amd64]",
     r"pkg/oops/Control:3: the filter \[amd64\] is not understood. Expected arch\(NAME\)"),
    ("library_not_in_control", Makefile, "= l4re-util", "= libpthread l4re-util",
     r"REQUIRES_LIBS names 'libpthread' of package l4re/libpthread, which pkg/oops does not "
     r"require. Add the line 'requires: libpthread' to pkg/oops/Control"),
    ("unknown_library", Makefile, "l4re-util", "l4re-utill",
     r"server/src/Makefile: REQUIRES_LIBS names 'l4re-utill', which no package provides. "
     r"Did you mean 'l4re-util'"),
    ("missing_source", Makefile, "main.cc", "mian.cc",
     r"server/src/Makefile: the source file 'mian.cc' does not exist in pkg/oops/server/src"),
    ("wrong_mode", Makefile, "TARGET ", "MODE = dynamic\nTARGET ",
     r"MODE is 'dynamic'. Programs are built with MODE = static"),
    ("no_target", Makefile, "TARGET ", "TARGETS ",
     r"server/src/Makefile: TARGET is empty. Say which program to build: TARGET = name"),
    ("nobody_has_it", Client, "int main()\n{",
     'extern "C" void nowhere();\nint main()\n{\n  nowhere();',
     r"examples/client.cc:\d+: undefined reference to .nowhere."),
    ("cxx_library", Client, "int main()\n{", "#include <vector>\nstd::vector<int> v;\n"
     "int main()\n{\n  v.push_back(1);",
     r"'std::__throw_length_error.*' is .*Add the line 'REQUIRES_LIBS \+= libstdc\+\+' "
     r"to pkg/oops/examples/Makefile, and the line 'requires: libstdc\+\+' to pkg/oops/Control"),
    ("cxx_header", Client, "#include <stdio.h>", "#include <stdio.h>\n#include <iostream>",
     r"<iostream> belongs to the C\+\+ standard library. Add the line 'REQUIRES_LIBS \+= libstdc"),
    ("other_library", Client, "int main()\n{", "#include <pthread.h>\nint main()\n{\n"
     "  pthread_create(nullptr, nullptr, nullptr, nullptr);",
     r"'pthread_create' is in the library libpthread .package l4re/libpthread.. Add the line "
     r"'REQUIRES_LIBS \+= libpthread' to pkg/oops/examples/Makefile, and the line "
     r"'requires: libpthread' to pkg/oops/Control"),
    ("missing_function", Client, "int main()\n{", "int abs2(int);\nint main()\n{\n  abs2(1);",
     r"No library has 'abs2\(int\)': is its source file missing in pkg/oops/examples/Makefile"),
    ("header_name", Main, "l4/re/util/br_manager>", "l4/re/util/br_manger>",
     r"There is no header <l4/re/util/br_manger>. Did you mean 'l4/re/util/br_manager'"),
    ("no_main", Client, "int main()", "int start()",
     r"There is no function 'main' in the sources that pkg/oops/examples/Makefile names"),
    ("answer_forgotten", Main, "op_reset", "op_rest", r"has no member named .op_reset."),
    ("asset_forgotten", f"{Package}/assets/Makefile", "oops.cfg", "ops.cfg",
     r"pkg/oops/assets/Makefile names the asset 'ops.cfg', which does not exist in pkg/oops/assets"),
    ("test_variable", f"{Package}/test/Makefile", "NED_CFG ", "TEST_TIMOUT = 5\nNED_CFG ",
     r"pkg/oops/test/Makefile: unknown variable TEST_TIMOUT. Known:"),
    ("test_library", f"{Package}/Control", "test-requires: libtap_l4re", "",
     r"Add the line 'test-requires: libtap_l4re' to pkg/oops/Control"),
)

# The same with the command `make qemu E=oops`
Boot = (
    ("missing_module_line", f"{Package}/modules.lst", "module ex_oops", "module ex_ops",
     r"pkg/oops/modules.lst:8: the module 'ex_ops' was not found. Did you mean 'ex_oops'"),
    ("wrong_word", f"{Package}/modules.lst", "module ned", "modul ned",
     r"pkg/oops/modules.lst:5: invalid type 'modul'. Did you mean 'module'"),
    ("entry_name", f"{Package}/modules.lst", "entry oops", "entry ops",
     r"modules.lst has no entry 'oops'. Did you mean 'ops'"),
    ("no_l4re", f"{Package}/modules.lst", "module l4re\n", "",
     r"no module 'l4re', which every program needs"),
    ("lua_syntax", Script, "local ld =", "local ld",
     r"rom/oops.cfg:\d+: syntax error near"),
    ("wrong_program", Script, '"rom/ex_oops"', '"rom/ex_ops"',
     r"rom/oops.cfg:\d+: there is no program 'rom/ex_ops': add the line 'module ex_ops'"),
    ("misspelt_key", Script, 'log = { "client"', 'logg = { "client"',
     r"rom/oops.cfg:\d+: an environment has no 'logg'; did you mean 'log'"),
    ("nobody_serves", Script, "channel:svr() }", "channel }",
     r"rom/oops.cfg:\d+: nobody serves the channel made here: .*Start a server with caps = "),
    ("capability_name", Script, '["oops"] = channel }', '["ops"] = channel }',
     r"There is no capability 'oops'; see assets/oops.cfg"),
    ("server_name", Script, '["oops"] = channel:svr() }', '["ops"] = channel:svr() }',
     r"There is no capability 'oops' with server rights; see assets/oops.cfg"),
    ("misspelt_method", Script, "ld:new_channel()", "ld:new_chanel()",
     r"rom/oops.cfg:\d+: a loader has no 'new_chanel'; did you mean 'new_channel'"),
    ("misspelt_start", Script, "ld:start(", "ld:stat(",
     r"rom/oops.cfg:\d+: a loader has no 'stat'; did you mean 'start'"),
    # (Asking the channel for its class would wait for the server that is to get it.)
    ("misspelt_svr", Script, '= channel:svr()', '= channel:srv()',
     r"rom/oops.cfg:\d+: a capability has no 'srv'; did you mean 'svr'"),
    ("misspelt_module_member", Script, "L4.default_loader", "L4.default_lodaer",
     r"rom/oops.cfg:\d+: L4 has no 'default_lodaer'; did you mean 'default_loader'"),
    ("misspelt_env", Script, "local ld =", 'print(L4.Env.kpi:m("r"))\nlocal ld =',
     r"rom/oops.cfg:\d+: L4.Env has no 'kpi'; did you mean 'kip'"),
    ("misspelt_variable", Script, "ld:start(", "dl:start(",
     r"rom/oops.cfg:\d+: there is no variable 'dl' to index; did you mean 'ld'"),
    ("misspelt_protocol", Script, "local ld =", "print(L4.Proto.Facotry)\nlocal ld =",
     r"rom/oops.cfg:\d+: L4.Proto has no 'Facotry'; did you mean 'Factory'"),
    ("missing_require", Script, 'local ld =', 'require "tools"\nlocal ld =',
     r"rom/oops.cfg:\d+: module 'tools' not found"),
    ("quota_too_small", Script, "log = { \"client\"",
     'mem = L4.Env.user_factory:create(L4.Proto.Factory, 40 * 1024):m("rws"), log = { "client"',
     r"the quota of factory 'oops.cfg:\d+' ran out: 40960 bytes, .* at least \d+ would do"),
    ("rights_do_not_suffice", Client, "service->add(2, &sum)", "service->reset()",
     r"oops does not count: .*(permi|allow|right).*\(-1\)"),
    ("out_of_range", Client, "service->add(2, &sum)", "service->add(2000, &sum)",
     r"oops does not count: .*\(-34\)"),
    ("null_pointer", Client, "l4_uint64_t sum = 0;",
     "l4_uint64_t sum = 0;\n    *static_cast<int volatile *>(nullptr) = 1;",
     r"write to address 0x0 \(null pointer\)"),
)


class Mistake(Clone):
    """One test for each line of the tables; the methods are made below."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        status, output = cls.run_make("new-pkg", "NAME=oops", "KIND=server")
        assert status == 0, output
        status, output = cls.run_make("all")
        assert status == 0, output

    @classmethod
    def run_make(cls, *words, seconds=300, pattern=None):
        """(status, output) of a make; it is ended when the pattern was seen."""
        wanted = tap.Patterns((pattern,) if pattern else ())

        def watch(line):
            wanted.feed(tap.strip_escapes(line))
            return bool(pattern) and wanted.complete

        result = process.run(["make", "-j2", *words], watch, seconds, cwd=cls.tree,
                             env=clean_environment())
        return result.status, "\n".join(tap.strip_escapes(line) for line in result.lines)

    def check(self, file, old, new, command, pattern):
        path = self.tree / file
        text = path.read_text()
        self.assertIn(old, text, f"{file} has changed: correct the table")
        path.write_text(text.replace(old, new, 1))
        try:
            _, output = self.run_make(*command, seconds=100, pattern=pattern)
        finally:
            path.write_text(text)
        self.assertRegex(output, pattern)


def add(name, file, old, new, pattern, command):
    setattr(Mistake, f"test_{name}",
            lambda self: self.check(file, old, new, command, pattern))


for entry in Build:
    add(*entry, ("test", f"S={Package}") if entry[0].startswith("test_") else (Package,))
for entry in Boot:
    add(*entry, ("qemu", "E=oops"))
