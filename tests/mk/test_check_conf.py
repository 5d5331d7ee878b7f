# SPDX-License-Identifier: MIT
"""make check-conf: mistakes of boot scripts are found with place and cure, good scripts pass."""
import os
import subprocess
import sys
from pathlib import Path

from scratch import Scratch, Top

Build = Path(os.environ.get("CHECK_CONF_BUILD") or Top / "build")
Lua = Build / "third-party/lua-host/bin/lua"
Head = 'local L4 = require "L4"\nlocal ld = L4.default_loader\n'


def setUpModule():
    make = os.environ.get("MAKE", "make")
    subprocess.run([make, "-C", str(Top), f"O={Build}", "lua-host"], check=True, stdout=sys.stderr)


class CheckConf(Scratch):
    def setUp(self):
        super().setUp()
        (self.dir / "l4re").symlink_to(Top / "l4re")
        (self.dir / "pkg").mkdir()

    def check(self, script, modules=("hello",), head=Head, roottask="moe rom/x.cfg"):
        """(status, output) for an entry with this script."""
        self.file("conf/x.cfg", head + script)
        lines = "".join(f"module {m}\n" for m in ("l4re", "ned", "x.cfg", *modules))
        self.file("modules.lst", f"entry x\nroottask {roottask}\n{lines}")
        return self.run_command(
            sys.executable, "-B", str(Top / "mk/tools/check_conf"), "--top", str(self.dir),
            "--build", str(Build), "--lua", str(Lua),
            env={"MODULES_LIST": str(self.dir / "modules.lst"),
                 "MODULE_SEARCH_PATH": f"{self.dir}/conf"})

    def good(self, script, **more):
        status, out = self.check(script, **more)
        self.assertEqual((status, out), (0, "check-conf: 1 scripts, 0 mistakes\n"))

    def mistake(self, text, script, **more):
        status, out = self.check(script, **more)
        self.assertEqual(status, 1, out)
        self.assertIn(text, out)


class Misspelt(CheckConf):
    """Names that do not exist: what was meant, and what there is."""

    def test_method_of_a_loader(self):
        self.mistake("x.cfg:3: a loader has no 'stat'; did you mean 'start'? Known are: check, "
                     "create_namespace, create_sched_proxy, fill_namespace, new, new_channel,",
                     'ld:stat({}, "rom/hello")')
        self.mistake("x.cfg:3: a loader has no 'new_chanel'; did you mean 'new_channel'?",
                     'local c = ld:new_chanel()')
        self.mistake("a loader has no 'fly'; Known are: check,", 'ld:fly()')

    def test_method_in_a_function_with_other_calls_between(self):
        self.mistake("x.cfg:3: a loader has no 'strat'; did you mean 'start'?",
                     'local function f() ld:strat({ caps = { r = L4.Env.rom:m("r") } }) end\nf()')

    def test_method_of_a_capability(self):
        self.mistake("a capability has no 'srv'; did you mean 'svr'? Known are: is_valid, m, mode, "
                     "rights, svr", 'ld:new_channel():srv()')
        self.mistake("an object of class L4::Factory has no 'creat'; did you mean 'create'?",
                     'L4.Env.factory:creat(0)')

    def test_method_of_a_task(self):
        self.mistake("a task has no 'wiat'; did you mean 'wait'?",
                     'ld:start({}, "rom/hello"):wiat()')

    def test_members_of_the_module(self):
        self.mistake("L4 has no 'default_lodaer'; did you mean 'default_loader'?",
                     'L4.default_lodaer:start({}, "rom/hello")')
        self.mistake("L4 has no 'slep'; did you mean 'sleep'?", "L4.slep(1)")
        self.mistake("x.cfg:4: attempt to index a nil value (local 'mine'); conf/x.cfg:3: L4 has no "
                     "'default_lodaer'; did you mean 'default_loader'?",
                     'local mine = L4.default_lodaer\nmine:start({}, "rom/hello")')
        self.mistake("L4.Env has no 'framebuffer'; Known are: dma_mgr,",
                     'L4.Env.framebuffer:m("rw")')

    def test_variables(self):
        self.mistake("x.cfg:3: there is no variable 'dl' to index; did you mean 'ld'?",
                     'dl:start({}, "rom/hello")')
        self.mistake("there is no variable 'prnt' to call; did you mean 'print'?", 'prnt("x")')

    def test_a_method_without_its_colon(self):
        self.mistake("start is a method: write loader:start(...)", 'ld.start({}, "rom/hello")')

    def test_backtracer(self):
        self.mistake("x.cfg:3: start_backtracer: there is no program 'backtracer' here",
                     'ld:start_backtracer()')
        self.good('ld:start_backtracer{ prog = "rom/hello" }\nld:start({}, "rom/hello")')

    def test_to_ask_is_no_mistake(self):
        self.good('assert(not ld.own and not L4.own and not L4.Env.none)\n'
                  'ld.own = function() return 7 end\nassert(ld.own() == 7)')


class Good(CheckConf):
    def test_programs_and_channels(self):
        self.good('local c = ld:new_channel()\n'
                  'ld:start({ caps = { s = c:svr() }, restart = { max = 3 } }, "rom/hello")\n'
                  'local t = ld:start({ caps = { c = c }, log = { "x", "g" } }, "rom/hello a b")\n'
                  't:exit_handler(function(code) print("ended", code) end)\n'
                  'assert(t:wait() == 0)')

    def test_factories_namespaces_and_casts(self):
        self.good('local pool = L4.Env.user_factory:create(L4.Proto.Factory, 1 << 20)\n'
                  'local sub = pool:create(L4.Proto.Factory, 1 << 19)\n'
                  'ld:start({ mem = pool:m("rws"), caps = { dir = { r = L4.Env.rom, f = "rom/hello" },\n'
                  '  s = L4.cast(L4.Proto.Factory, L4.Env.sigma0):create(L4.Proto.Sigma0) } },\n'
                  '  "rom/hello")\n'
                  'ld:create_sched_proxy { prio_offset = 4, prio_limit = 20,\n'
                  '                        cpus = L4.Cpu_set:new("0-1") }\n'
                  'assert(L4.Env.rom:query("hello")())\nassert(not L4.Env.rom:query("no")())\n'
                  'assert(pool:info().quota == 1 << 20 and pool:m() == 4)')

    def test_a_server_of_the_script(self):
        self.good('local f = ld:new_channel()\n'
                  'ld:start({ caps = { f = f:svr() } }, "rom/hello")\n'
                  'local session = L4.cast(L4.Proto.Factory, f):create(0, "arg", 5)\n'
                  'ld:start({ caps = { s = session:m("rw") } }, "rom/hello")')

    def test_prompt_and_endless_loops_of_ned(self):
        self.good('local c = ld:new_channel()\n'
                  'ld:start({ caps = { svr = c }, log = L4.Env.log }, "rom/hello")\n'
                  'L4.server_loop(c)')

    def test_modules_files_and_arguments(self):
        self.file("conf/foo.lua", "return { answer = 42 }")
        self.good('assert(require("foo").answer == 42 and require("rom/foo"))\n'
                  'assert(io.open("rom/foo.lua"):read("a") == "return { answer = 42 }")\n'
                  'assert(arg[0] == "rom/x.cfg" and arg[1] == "one" and arg[2] == "two")',
                  modules=("hello", "foo.lua"), roottask="moe rom/x.cfg one two")

    def test_a_script_of_no_entry_may_use_any_module(self):
        self.file("conf/other.cfg", Head + 'ld:start({}, "rom/anything")')
        status, out = self.check('ld:start({}, "rom/hello")')
        self.assertEqual((status, out), (0, "check-conf: 2 scripts, 0 mistakes\n"))


class Mistakes(CheckConf):
    def test_misspelt_key(self):
        self.mistake("x.cfg:3: an environment has no 'cabs'; did you mean 'caps'?",
                     'ld:start({ cabs = {} }, "rom/hello")')

    def test_misspelt_member(self):
        self.mistake("x.cfg:3: L4.Proto has no 'Factroy'; did you mean 'Factory'?",
                     'L4.Env.user_factory:create(L4.Proto.Factroy, 1)')

    def test_misspelt_capability(self):
        self.mistake("x.cfg:3: ned has no capability 'sigma1'; did you mean 'sigma0'?",
                     'ld:start({ caps = { files = L4.Env.sigma1 } }, "rom/hello")')

    def test_program_that_is_not_booted(self):
        self.mistake("x.cfg:3: there is no program 'rom/helo': add the line 'module helo'",
                     'ld:start({}, "rom/helo")')

    def test_program_without_folder(self):
        self.mistake("x.cfg:3: 'hello' is no path", 'ld:start({}, "hello")')

    def test_missing_loader_program(self):
        self.mistake("there is no 'rom/other', which loads every program",
                     'ld:start({ l4re_loader = "rom/other" }, "rom/hello")')

    def test_channel_without_server(self):
        self.mistake("x.cfg:3: nobody serves the channel made here: 'rom/hello' (",
                     'local c = ld:new_channel()\n'
                     'ld:start({ caps = { c = c } }, "rom/hello")')

    def test_method_of_a_channel(self):
        self.mistake("use L4.cast(type, channel)", 'ld:new_channel():create(0)')

    def test_syntax(self):
        self.mistake("x.cfg:4: '}' expected", 'ld:start({ log = { "x"\n "rom/hello")')

    def test_dot_instead_of_colon(self):
        self.mistake("x.cfg:3: ", 'ld.start({}, "rom/hello")')

    def test_small_quota(self):
        self.mistake("the quota of 'mem' is 4096 bytes",
                     'local m = L4.Env.user_factory:create(L4.Proto.Factory, 4096)\n'
                     'ld:start({ mem = m:m("rws") }, "rom/hello")')

    def test_quota_larger_than_the_parents(self):
        self.mistake("x.cfg:4: create(-15) failed",
                     'local m = L4.Env.user_factory:create(L4.Proto.Factory, 4096)\n'
                     'm:create(L4.Proto.Factory, 8192)')

    def test_factory_without_rights(self):
        self.mistake("x.cfg:4: 'mem' is given without the right 's'",
                     'local m = L4.Env.user_factory:create(L4.Proto.Factory, 1 << 20)\n'
                     'ld:start({ mem = m }, "rom/hello")')

    def test_colour(self):
        self.mistake("x.cfg:3: 'purple' is no colour of a log",
                     'ld:start({ log = { "x", "purple" } }, "rom/hello")')

    def test_name_too_long(self):
        self.mistake("1 to 16 characters",
                     'ld:start({ caps = { seventeen_letters = L4.Env.rom } }, "rom/hello")')

    def test_wrong_factory(self):
        self.mistake("x.cfg:3: create(16384) failed",
                     'L4.Env.factory:create(L4.Proto.Dataspace, 4096)')

    def test_register_in_rom(self):
        self.mistake("x.cfg:3: register 'x'", 'L4.Env.rom:register("x", L4.Env.log)')

    def test_missing_module(self):
        self.mistake("no module 'foo.lua' in the entry", 'require "foo"')

    def test_script_that_is_not_there(self):
        self.mistake("entry 'x' runs 'rom/y.cfg', but no line 'module y.cfg'", "",
                     roottask="moe rom/y.cfg")

    def test_lua_error_with_the_way_to_it(self):
        self.mistake("oops",
                     'local function f() error("oops") end\nf()')
