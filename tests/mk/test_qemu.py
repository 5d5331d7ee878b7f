# SPDX-License-Identifier: MIT
"""QEMU command lines, the chooser, GRUB configurations."""
import os
import struct
from pathlib import Path
from unittest import mock

from scratch import Scratch

from boot import chooser, elfimage, iso, machine, qemu
from boot.errors import BootError, Where
from boot.modlist import Entry
from boot.resolve import BootFile, safe_name


class Machine(Scratch):
    """What entries and the command line say about CPUs, memory and graphics."""

    def wishes(self, attrs, **environment):
        self.notes = []
        entry = Entry("x", Where("list", 3), attrs=attrs)
        return machine.wishes(entry, environment, self.notes.append)

    def test_the_command_line_counts_more(self):
        self.assertEqual(self.wishes({"cpus": "4", "memory": "1G"}, CPUS="2"),
                         {"cpus": "2", "memory": "1G"})

    def test_mistakes(self):
        for attrs, environment, message in (
            ({"cpus": "0"}, {}, "list:3: attr:cpus is '0'; expected a number from 1 to 255"),
            ({"memory": "big"}, {}, "list:3: attr:memory is 'big'; expected a size such as 256"),
            ({"graphics": True}, {}, "attr:graphics is ''; expected y or n"),
            ({}, {"MEMORY": "-1"}, "MEMORY is '-1'; expected a size"),
        ):
            with self.assertRaisesRegex(BootError, message):
                self.wishes(attrs, **environment)
        self.assertEqual(self.wishes({"cpu": "4"}), {})
        self.assertIn("list:3: 'attr:cpu' has no meaning for an entry. Did you mean 'cpus'",
                      self.notes[0])

    def test_options(self):
        options = ["-m", "512", "-smp", "1", "-m", "1", "-serial", "stdio", "-display", "gtk"]
        self.assertEqual(
            machine.with_machine(options, {"cpus": "4", "memory": "1G", "graphics": "n"}),
            ["-serial", "stdio", "-smp", "4", "-m", "1G", "-display", "none"])
        self.assertEqual(machine.with_machine(["-nographic"], {"graphics": "y"}), [])
        self.assertEqual(machine.with_machine(options, {}), options)


class Image(Scratch):
    """ELF images without booting them."""

    def test_archive(self):
        data = elfimage.archive("bootstrap -x", [(b"abc", "kernel -k"), (b"d" * 5000, "moe")])
        magic, count, line = struct.unpack_from("<8sII", data)
        self.assertEqual((magic, count), (b"FurArchv", 2))
        self.assertEqual(data[line:line + 13], b"bootstrap -x\0")
        start, size, line = struct.unpack_from("<3Q", data, 16 + 24)
        self.assertEqual((start % 4096, size, data[start:start + size]), (0, 5000, b"d" * 5000))
        self.assertEqual(data[line:line + 4], b"moe\0")
        self.assertEqual(len(data) % 4096, 0)

    def test_foreign_loader(self):
        with self.assertRaisesRegex(BootError, "the loader has no place for modules"):
            elfimage.with_archive(b"\x7fELF\x01" + bytes(100), b"", 0x2000000)


class Command(Scratch):
    def command(self, options=None, files=(), bootstrap_args="", **environment):
        program = self.file("qemu", "#!/bin/sh\nexit 1\n")
        program.chmod(0o755)
        environment["QEMU_PATH"] = str(program)
        if options is not None:
            environment["QEMU_OPTIONS"] = options
        self.notes = []
        bootstrap = BootFile("bootstrap", Path("/b/bootstrap"), "bootstrap", bootstrap_args)
        return qemu.qemu_command(
            environment, bootstrap, files, self.dir / "work", self.notes.append
        )

    def module(self, path, args="", name=None):
        return BootFile("module", Path(path), name or Path(path).name, args)

    def test_shape(self):
        command = self.command(
            None, [self.module("/x/furore"), self.module("/x/moe", "-a b,c")], "-x y"
        )
        self.assertEqual(
            command[1:7],
            ["-kernel", "/b/bootstrap", "-append", "-x y", "-initrd", "/x/furore,/x/moe -a b,,c"],
        )
        self.assertIn("-serial stdio -m 512 -M q35", " ".join(command))
        self.assertIn("-accel tcg -cpu max", " ".join(command))
        self.assertIn("isa-debug-exit,iobase=0xf4,iosize=4", command)

    def test_other_names_become_links(self):
        real = self.file("dir with blank/f,g", "x")
        command = self.command("", [self.module(real, "a", "data")])
        link = self.dir / "work/names/data"
        self.assertEqual(command[command.index("-initrd") + 1], f"{link} a")
        self.assertEqual(os.path.realpath(link), str(real))

    def test_user_decides(self):
        command = self.command("-m 64 -cpu qemu64 -accel tcg,thread=single -display gtk -no-reboot")
        self.assertEqual(command.count("-cpu"), 1)
        self.assertNotIn("none", command)
        self.assertNotIn("-M", command)
        self.assertEqual(command.count("-accel"), 1)

    def test_quoting(self):
        self.assertIn("a b", self.command("-name 'a b'"))

    def test_kvm_only_after_a_probe(self):
        for options in ("-enable-kvm", "-accel kvm"):
            command = self.command(options)
            self.assertIn("tcg", command)
            self.assertNotIn("kvm", command)
            self.assertIn("KVM does not work here", self.notes[0])
        with mock.patch.object(qemu, "kvm_problem", return_value=None):
            command = self.command("", ACCEL="kvm")
        self.assertIn("-accel kvm -cpu host", " ".join(command))
        self.assertEqual(self.notes, [])

    def test_no_qemu(self):
        with self.assertRaises(BootError) as caught:
            qemu.qemu_command({"QEMU_PATH": "/none/qemu"}, None, [], self.dir)
        self.assertIn("QEMU ('/none/qemu') was not found", str(caught.exception))

    def test_graphics_only_with_a_display(self):
        with mock.patch.dict(os.environ, {"DISPLAY": ":0"}):
            self.assertNotIn("-display", self.command(""))
        with mock.patch.dict(os.environ):
            os.environ.pop("DISPLAY", None)
            os.environ.pop("WAYLAND_DISPLAY", None)
            self.assertIn("-display", self.command(""))


class Chooser(Scratch):
    def answers(self, *given, last=None):
        shown, queue = [], list(given)
        result = chooser.prompt(
            ["hello", "Other"], last, lambda _: queue.pop(0) if queue else "", shown.append
        )
        return result, shown

    def test_number_and_name(self):
        self.assertEqual(self.answers("2\n")[0], "Other")
        self.assertEqual(self.answers("other\n")[0], "Other")

    def test_asks_again(self):
        result, shown = self.answers("7\n", "nix\n", "1\n")
        self.assertEqual(result, "hello")
        self.assertIn("'nix' is none of them.", shown)

    def test_enter_takes_the_last(self):
        self.assertEqual(self.answers("\n", last="Other")[0], "Other")

    def test_end_of_input(self):
        self.assertIsNone(self.answers()[0])

    def test_no_terminal(self):
        with mock.patch.object(chooser, "terminal", return_value=False):
            with self.assertRaises(BootError) as caught:
                chooser.choose(["hello", "x"])
        self.assertIn("make qemu E=hello", str(caught.exception))
        self.assertIn("\n    x", str(caught.exception))

    def test_dialog(self):
        program = self.file("dialog", "#!/bin/sh\nfor last; do :; done\necho \"$last\" >&2\n")
        program.chmod(0o755)
        with mock.patch("builtins.open", mock.mock_open()) as opened:
            opened.return_value.fileno.return_value = os.open(os.devnull, os.O_WRONLY)
            self.assertEqual(chooser.menu(str(program), ["a", "b"], "a"), "b")


class Iso(Scratch):
    def test_names(self):
        self.assertEqual(safe_name("Hello World/x"), "hello_world_x")

    def test_config(self):
        files = [BootFile("module", Path("/x/hello"), "hello", "it's $1")]
        text = iso.grub_config("hello", "-modaddr=0x1", files, "3", 2)
        self.assertIn("multiboot2 /boot/00-bootstrap 'bootstrap' '-modaddr=0x1'", text)
        self.assertIn("module2 /boot/01-module 'hello' 'it'\\''s' '$1'", text)
        self.assertIn("set timeout=3", text)
        self.assertIn("  multiboot /boot", iso.grub_config("h", "", files, "0", 1))

    def test_modaddr(self):
        def args(line, address):
            entry = Entry("e", None, modaddr=address)
            return iso.loader_arguments(entry, BootFile("bootstrap", None, "bootstrap", line))

        self.assertEqual(args("", None), "")
        self.assertEqual(args("", 0x1100000), "-modaddr=0x1100000")
        self.assertEqual(args("-x -modaddr %modaddr%", 0x20), "-x -modaddr 0x20")
        self.assertEqual(args("-modaddr 5", 0x20), "-modaddr 5")
