# SPDX-License-Identifier: MIT
"""Boot tools, called by the top makefile.

  boot list              names of all entries
  boot choose [ENTRY]    checks that ENTRY exists, or asks; prints the name
  boot show ENTRY        files of an entry with their command lines
  boot qemu ENTRY        boots it in QEMU
  boot debug ENTRY       boots it in QEMU, stopped, with gdb attached
  boot iso ENTRY         makes a bootable ISO image
  boot elfimage ENTRY    makes one ELF file of the loader and all modules
  boot efiimage ENTRY    makes one file for UEFI firmware
  boot rawimage ENTRY    makes one file that is memory as it shall be
  boot uimage ENTRY      makes the same for U-Boot

Settings come as environment variables from Makeconf.boot: MODULES_LIST, MODULE_SEARCH_PATH,
QEMU_PATH, QEMU_OPTIONS, QEMU_IMAGE_TYPE, ACCEL, KERNEL, KERNEL_OPTIONS, GDB_CMDS, GRUB_TIMEOUT,
GRUB_ENTRY_TITLE, ISONAME_SUFFIX, PLATFORM_TYPE.
"""
import argparse
import os
import re
import shlex
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from boot import chooser, debug, elfimage, iso, machine, qemu, rawimage, start_image  # noqa: E402
from boot.errors import BootError  # noqa: E402
from boot.lines import display  # noqa: E402
from boot.modlist import entries, entry_names, find_entry  # noqa: E402
from boot.resolve import Resolver, Settings  # noqa: E402


def modules_list(top, build):
    """The list to read: of the build's assets, else as given, else the tree's own."""
    name = os.environ.get("MODULES_LIST") or str(top / "modules.lst")
    asset = build / "assets" / "modlist" / name
    return str(asset if asset.is_file() else name)


def settings_of(args):
    search = [s for s in re.split(r"[:\s]+", os.environ.get("MODULE_SEARCH_PATH", "")) if s]
    return Settings(args.top, args.build, search, platform=os.environ.get("PLATFORM_TYPE") or "pc",
                    kernel=os.environ.get("KERNEL", ""),
                    kernel_options=os.environ.get("KERNEL_OPTIONS", ""))


def show_list(path):
    """Names, one a line behind a blank, with what the comment above an entry says about it."""
    print("Entries in modules file:")
    listed = entries(path)
    width = max((len(name) for name, _ in listed), default=0)
    for name, description in listed:
        print(f" {name:{width}}  {description}".rstrip())
    return 0


def choose(args, path):
    memory = args.build / "boot" / "last-entry"
    if args.entry:
        name = find_entry(path, args.entry).name
    else:
        last = memory.read_text() if memory.is_file() else None
        name = chooser.choose(entry_names(path), last, dict(entries(path)))
        find_entry(path, name)
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text(name)
    print(name)
    return 0


def prepare(args, path):
    """(entry, bootstrap file, files, resolver) of the wanted entry."""
    entry = find_entry(path, args.entry)
    if entry.linux:
        raise BootError(f"{entry.where}: entry '{entry.name}' boots a Linux kernel; this target "
                        "boots only systems with our loader.")
    resolver = Resolver(settings_of(args), entry)
    return entry, resolver.bootstrap(), resolver.files(), resolver


def show(args, path):
    _, bootstrap, files, _ = prepare(args, path)
    for file in [bootstrap, *files]:
        print(f"{file.role:10} {file.command_line()}    ({display(str(file.path))})")
    return 0


def start_linux(entry, args, path):
    """A Linux-type entry: QEMU's own loader takes kernel and initrd."""
    resolver = Resolver(settings_of(args), entry)
    kernel = resolver.file_of(entry.base["kernel"])
    options = shlex.split(os.environ.get("QEMU_OPTIONS") or qemu.Default_options)
    program = os.environ.get("QEMU_PATH") or "qemu-system-x86_64"
    command = [program, "-kernel", str(kernel.path), "-append", kernel.args]
    if entry.initrd:
        command += ["-initrd", str(resolver.file_of(entry.initrd).path)]
    return command + qemu.with_defaults(options, program, os.environ, print)


def boot(args, path):
    entry = find_entry(path, args.entry)
    if entry.linux:
        command = start_linux(entry, args, path)
    else:
        entry, bootstrap, files, resolver = prepare(args, path)
        wanted = machine.wishes(entry, os.environ, print)
        image = start_image.arguments(os.environ.get("QEMU_IMAGE_TYPE") or "multiboot", entry,
                                      bootstrap, files, args.build, os.environ, resolver.work)
        command = qemu.qemu_command(os.environ, bootstrap, files, resolver.work, wanted=wanted,
                                    image=image)
    print(f"  QEMU    {entry.name}", flush=True)
    if os.environ.get("V", "0") != "0":
        print(shlex.join(command), flush=True)
    return qemu.run(command)


def start_debugger(args, path):
    entry, bootstrap, files, resolver = prepare(args, path)
    wanted = machine.wishes(entry, os.environ, print)
    command = qemu.qemu_command(os.environ, bootstrap, files, resolver.work, wanted=wanted)
    return debug.run(command, files, resolver.work.resolve(), args.top,
                     os.environ.get("GDB_CMDS", ""))


def make_iso(args, path):
    entry, bootstrap, files, _ = prepare(args, path)
    image = iso.make_iso(entry, bootstrap, files, args.build, os.environ, args.multiboot, args.efi)
    print(f"  ISO     {display(str(image))}")
    return 0


Image_makers = {"elfimage": elfimage.make_elfimage, "efiimage": elfimage.make_efiimage,
                "rawimage": rawimage.make_rawimage, "uimage": rawimage.make_uimage}


def make_image(args, path):
    entry, bootstrap, files, _ = prepare(args, path)
    image = Image_makers[args.command](entry, bootstrap, files, args.build)
    print(f"  IMAGE   {display(str(image))}")
    return 0


def main():
    parser = argparse.ArgumentParser(prog="boot", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--top", type=Path, required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("command", choices=["list", "choose", "show", "qemu", "debug", "iso",
                                            *Image_makers])
    parser.add_argument("entry", nargs="?", default="")
    parser.add_argument("--multiboot", type=int, default=2, choices=[1, 2])
    parser.add_argument("--efi", action="store_true")
    args = parser.parse_args()
    path = modules_list(args.top, args.build)
    os.environ["BUILD"] = str(args.build)
    try:
        if args.command == "list":
            return show_list(path)
        action = {"choose": choose, "show": show, "qemu": boot, "debug": start_debugger,
                  "iso": make_iso, **dict.fromkeys(Image_makers, make_image)}[args.command]
        return action(args, path)
    except BootError as error:
        print(f"\n*** {error}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
