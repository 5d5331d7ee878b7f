# SPDX-License-Identifier: MIT
"""Packages as they are written for L4Re, copied into pkg/, build and run unchanged."""
import os
import shutil

from clone import Clone, Top

Packages = Top / "tests" / "mk" / "packages"
List = "modaddr 0x1100000\n\nentry pix\nroottask moe --init=rom/ex_pix_show\nmodule l4re\n" \
    "module ex_pix_show\n\nentry relay\nroottask moe --init=rom/relay\nmodule l4re\nmodule relay\n"


class Foreign(Clone):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for package in Packages.iterdir():
            if package.is_dir():
                shutil.copytree(package, cls.tree / "pkg" / package.name, dirs_exist_ok=True)
        (cls.tree / "foreign.list").write_text(List)

    def test_1_they_build(self):
        self.built("pkg/thermo", "pkg/pixlib", "pkg/relay")
        build = self.tree / "build"
        programs = build / "bin" / "amd64_gen" / "l4f"
        for name in ("thermo", "ex_thermo_poll", "ex_thermo_label", "ex_pix_show", "relay",
                     "relay.nofpu"):
            self.assertTrue((programs / name).is_file(), name)
        for name in ("ex_thermo_hidden", "relay_fw"):
            self.assertFalse((programs / name).exists(), name)
        self.assertTrue((build / "include/l4/thermo/sensor").is_file())
        self.assertTrue((build / "include/amd64/l4/pixlib/fill.h").is_file())
        self.assertTrue((build / "include/l4/pixlib/pix_version.h").is_file())
        self.assertTrue((build / "doc/pkg/thermo/thermo.md").is_file())
        self.assertIn("#define CONFIG_THERMO_SENSORS 3",
                      (build / "include/l4/bid_config.h").read_text())
        self.assertEqual(self.built("pkg/thermo", "pkg/pixlib", "pkg/relay").count("CC "), 0)
        self.built("all")

    def test_2_server_sessions_and_clients(self):
        self.booted("thermo", r"thermo +\| thermo is at work", r"poll-a +\| read: 0, value 20",
                    r"poll-a +\| read: 0, value 22", r"poll-b +\| read: 0, value 40",
                    r"thermo: a sensor is called 'kitchen' after 3 values", r"label +\| label: 0 -22",
                    r"too many:\s+false\s+.*-12", MODULES_LIST="thermo.list")

    def test_3_shared_library_and_assembler(self):
        self.booted("pix", r"width 7, sum 294, words 5 9, version 3",
                    MODULES_LIST=str(self.tree / "foreign.list"))

    def test_4_program_with_a_made_source(self):
        self.booted("relay", r"rom/relay relays 18", MODULES_LIST=str(self.tree / "foreign.list"))

    def test_5_test_of_a_package(self):
        output = self.built("test", "S=pkg/relay")
        self.assertIn("ok     pkg/relay/test_relay", output)

    def test_they_are_unchanged(self):
        for package in Packages.iterdir():
            for folder, _, files in os.walk(package):
                for name in files:
                    file = os.path.join(folder, name)
                    copy = self.tree / "pkg" / os.path.relpath(file, Packages)
                    with open(file, "rb") as one, open(copy, "rb") as other:
                        self.assertEqual(one.read(), other.read(), file)
