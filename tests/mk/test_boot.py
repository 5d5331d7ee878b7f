# SPDX-License-Identifier: MIT
"""Real boots through the boot tools: direct start, a list of 2012, an ISO image by GRUB."""
import gzip
import os
import pty
import select
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import time
import unittest
import zlib
from pathlib import Path

from scratch import Scratch, Top

Build = Path(os.environ.get("BUILD", Top / "build"))
Limit = 60.0
Hello = "Hello World!"
Ovmf = Path("/usr/share/ovmf/OVMF.fd")


@unittest.skipUnless((Build / "bin/amd64_gen/l4f/hello").is_file(), "hello is not built")
class Boot(Scratch):
    def setUp(self):
        super().setUp()
        # Entries boot what the build made; their own links and images stay in the scratch folder.
        (self.dir / "build").mkdir()
        for name in ("bin", "lib"):
            (self.dir / "build" / name).symlink_to(Build / name)

    def tool(self, *words):
        return [
            sys.executable,
            "-B",
            str(Top / "mk/tools/boot"),
            "--top",
            str(self.dir),
            "--build",
            str(self.dir / "build"),
            *words,
        ]

    def watch(self, command, wanted, **env):
        """Output lines of a command up to the one that contains `wanted`; then it is ended."""
        process = subprocess.Popen(
            command,
            cwd=self.dir,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        output, end = b"", time.monotonic() + Limit
        try:
            while time.monotonic() < end and wanted.encode() not in output:
                if not select.select([process.stdout], [], [], 0.5)[0]:
                    continue
                data = os.read(process.stdout.fileno(), 65536)
                if not data:
                    break
                output += data
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
        text = output.decode(errors="replace")
        self.assertIn(wanted, text)
        return text

    def list(self, text):
        return {"MODULES_LIST": str(self.file("list", text)), "QEMU_OPTIONS": ""}

    def test_entry(self):
        self.watch(self.tool("qemu", "hello"), Hello, MODULES_LIST=str(Top / "modules.lst"))

    def test_control_c_is_no_error(self):
        """In a terminal Ctrl-C ends QEMU only: make does not report an error. Ctrl-Z does nothing."""
        command = shlex.join(self.tool("qemu", "hello"))
        self.file("Makefile", f"all:\n\t@{command}\n\t@echo behind it\n")
        process, terminal = pty.fork()
        if not process:
            os.environ["MODULES_LIST"] = str(Top / "modules.lst")
            os.chdir(self.dir)
            os.execvp("make", ["make"])
        output, keys, end = b"", [b"\x1a", b"\x03"], time.monotonic() + Limit
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 0.5)[0]:
                continue
            try:
                output += os.read(terminal, 4096)
            except OSError:  # nobody has the terminal any more
                break
            if keys and output.count(Hello.encode()) > 3 - len(keys):
                os.write(terminal, keys.pop(0))
        else:
            os.killpg(os.tcgetpgrp(terminal), signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        text = output.decode(errors="replace")
        self.assertEqual(status, 0, text)
        self.assertIn("behind it", text)
        self.assertNotIn("***", text)

    def test_system_call_entry(self):
        self.watch(self.tool("qemu", "hello-sys"), Hello, MODULES_LIST=str(Top / "modules.lst"))

    def test_list_of_2012(self):
        text = self.watch(
            self.tool("qemu", "hello"),
            Hello,
            **self.list(
                "modaddr 0x01100000\n\nentry hello\nkernel fiasco -serial_esc\nbootstrap bootstrap\n"
                "sigma0 sigma0\nroottask moe --init=rom/hello\nmodule l4re\nmodule hello\n"
            ),
        )
        self.assertIn("'fiasco' is not here; booting the kernel 'furore'", text)

    def test_renamed_module(self):
        text = self.watch(
            self.tool("qemu", "hello"),
            Hello,
            **self.list(
                "entry hello\nroottask moe --init=rom/first\nmodule l4re\nmodule[fname=first] hello\n"
            ),
        )
        self.assertIn("rom/first", text)

    def machine(self, *options):
        """A PC without anything to boot."""
        return ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-M", "q35", "-m", "256",
                "-display", "none", "-serial", "stdio", "-no-reboot", "-net", "none", *options]

    def image(self, kind, *words):
        """Place of an image of the entry `my hello`."""
        settings = self.list(
            "modaddr 0x01100000\nentry My hello\nbootstrap bootstrap -comport=1\n"
            "roottask moe --init=rom/hello\nmodule l4re\nmodule hello\n"
        )
        status, text = self.run_command(*self.tool(kind, "my hello", *words), env=settings)
        self.assertEqual(status, 0, text)
        return self.dir / "build/images"

    def test_elfimage(self):
        images = self.image("elfimage")
        self.assertEqual(os.readlink(images / "bootstrap.elf"), "bootstrap_my_hello.elf")
        text = self.watch(self.machine("-kernel", str(images / "bootstrap.elf")), Hello)
        self.assertIn("rom/hello", text)

    def test_rawimage(self):
        images = self.image("rawimage")
        self.assertEqual(os.readlink(images / "bootstrap.raw"), "bootstrap_my_hello.raw")
        text = self.watch(self.machine("-kernel", str(images / "bootstrap.raw")), Hello)
        self.assertIn("rom/hello", text)

    def test_uimage(self):
        raw = (self.image("rawimage") / "bootstrap.raw").read_bytes()
        image = (self.image("uimage") / "bootstrap_my_hello.uimage").read_bytes()
        magic, check, _, size, load, entry, data_check = struct.unpack(">7I", image[:28])
        self.assertEqual((magic, size, data_check),
                         (0x27051956, len(image) - 64, zlib.crc32(image[64:])))
        self.assertEqual(check, zlib.crc32(image[:4] + bytes(4) + image[8:64]))
        self.assertEqual(image[28:41], bytes((5, 24, 2, 1)) + b"My hello\0")
        self.assertEqual(gzip.decompress(image[64:]), raw)
        # the multiboot header at its begin says the same: load address and entry
        self.assertEqual(struct.unpack_from("<4I", raw, 12)[1], load)
        self.assertEqual(struct.unpack_from("<I", raw, 28)[0], entry)

    def test_image_types(self):
        for kind in ("elfimage", "rawimage"):
            text = self.watch(self.tool("qemu", "hello"), Hello, QEMU_IMAGE_TYPE=kind,
                              MODULES_LIST=str(Top / "modules.lst"))
            self.assertIn("rom/hello", text)
        self.watch(self.tool("qemu", "hello"), "QEMU_IMAGE_TYPE is 'uimage'. QEMU boots: multiboot, "
                   "elfimage, rawimage, efiimage,", QEMU_IMAGE_TYPE="uimage",
                   MODULES_LIST=str(Top / "modules.lst"))

    @unittest.skipUnless(shutil.which("grub-mkrescue") and shutil.which("grub-mkstandalone")
                         and Ovmf.is_file(), "no GRUB and UEFI tools")
    def test_image_types_of_grub(self):
        for kind in ("grub2iso", "efiimage", "grub2efiiso"):
            text = self.watch(self.tool("qemu", "hello"), Hello, QEMU_IMAGE_TYPE=kind,
                              MODULES_LIST=str(Top / "modules.lst"))
            self.assertIn("multiboot 2", text)

    @unittest.skipUnless(shutil.which("grub-mkstandalone") and Ovmf.is_file(), "no UEFI tools")
    def test_efiimage(self):
        images = self.image("efiimage")
        disk = self.dir / "disk/EFI/BOOT"
        disk.mkdir(parents=True)
        shutil.copy(images / "bootstrap.efi", disk / "BOOTX64.EFI")
        text = self.watch(self.machine("-bios", str(Ovmf), "-drive",
                                       f"format=raw,file=fat:rw:{self.dir / 'disk'}"), Hello)
        self.assertIn("multiboot 2", text)

    @unittest.skipUnless(shutil.which("grub-mkrescue") and Ovmf.is_file(), "no UEFI tools")
    def test_efi_iso(self):
        image = self.image("iso", "--efi") / "my_hello.efi.iso"
        self.watch(self.machine("-bios", str(Ovmf), "-cdrom", str(image)), Hello)

    def test_machine_of_an_entry(self):
        text = self.watch(self.tool("qemu", "hello"), Hello, **self.list(
            "entry[attr:cpus=2,attr:memory=100] hello\nroottask moe --init=rom/hello\n"
            "module l4re\nmodule hello\n"))
        self.assertIn("2 CPUs at", text)
        self.assertIn("99 MiB RAM", text)

    @unittest.skipUnless(shutil.which("grub-mkrescue") and shutil.which("xorriso"), "no GRUB tools")
    def test_iso(self):
        settings = self.list(
            "modaddr 0x01100000\nentry My hello\nroottask moe --init=rom/hello\n"
            "module l4re\nmodule hello\n"
        )
        for version in ("1", "2"):
            status, text = self.run_command(
                *self.tool("iso", "my hello", "--multiboot", version), env=settings
            )
            self.assertEqual(status, 0, text)
            image = self.dir / "build/images/my_hello.iso"
            self.assertEqual(os.readlink(image.parent / ".current.iso"), image.name)
            text = self.watch(
                [
                    "qemu-system-x86_64",
                    "-accel",
                    "tcg",
                    "-cpu",
                    "max",
                    "-M",
                    "q35",
                    "-m",
                    "256",
                    "-display",
                    "none",
                    "-serial",
                    "stdio",
                    "-no-reboot",
                    "-cdrom",
                    str(image),
                ],
                Hello,
            )
            self.assertIn(f"multiboot {version}", text)
            self.assertIn("0x01100000-", text)
