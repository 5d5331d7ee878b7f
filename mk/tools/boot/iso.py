# SPDX-License-Identifier: MIT
"""Bootable ISO images: GRUB loads the loader and the modules by multiboot 2 (or 1)."""
import shutil
import subprocess

from boot.errors import BootError
from boot.resolve import safe_name

Bios_modules = "/usr/lib/grub/i386-pc"


def grub_quote(text):
    """An argument string as GRUB's shell must see it."""
    return " ".join("'" + word.replace("'", "'\\''") + "'" for word in text.split())


def grub_config(title, loader_args, files, timeout, version):
    """Text of grub.cfg. GRUB passes a module's string without the file name: it is repeated."""
    suffix = "2" if version == 2 else ""
    lines = [f"set timeout={timeout}", "set default=0", "", f"menuentry '{title}' {{",
             f"  multiboot{suffix} /boot/00-bootstrap {grub_quote('bootstrap ' + loader_args)}"]
    for number, file in enumerate(files, 1):
        lines.append(f"  module{suffix} /boot/{number:02}-module {grub_quote(file.command_line())}")
    return "\n".join([*lines, "  boot", "}", ""])


def make_iso(entry, bootstrap, files, build, environment, version=2, efi=False):
    """Writes build/images/NAME.iso (or NAME.efi.iso) and returns its path."""
    for tool in ("grub-mkrescue", "xorriso"):
        if not shutil.which(tool):
            raise BootError(f"'{tool}' is needed for ISO images. Install it: "
                            "apt-get install grub-common grub-pc-bin xorriso mtools")
    name = safe_name(entry.name)
    tree = build / "boot" / name / "iso"
    shutil.rmtree(tree, ignore_errors=True)
    (tree / "boot" / "grub").mkdir(parents=True)
    shutil.copyfile(bootstrap.path, tree / "boot" / "00-bootstrap")
    for number, file in enumerate(files, 1):
        shutil.copyfile(file.path, tree / "boot" / f"{number:02}-module")
    title = environment.get("GRUB_ENTRY_TITLE") or entry.name
    config = grub_config(title.replace("'", ""), loader_arguments(entry, bootstrap), files,
                         environment.get("GRUB_TIMEOUT") or "0", version)
    (tree / "boot" / "grub" / "grub.cfg").write_text(config)

    images = build / "images"
    images.mkdir(parents=True, exist_ok=True)
    suffix = environment.get("ISONAME_SUFFIX") or ""
    image = images / f"{name}{suffix}{'.efi' if efi else ''}.iso"
    modules = "/usr/lib/grub/x86_64-efi" if efi else Bios_modules
    command = ["grub-mkrescue", "-d", modules, "-o", str(image), str(tree)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        tail = "\n".join((result.stderr + result.stdout).strip().splitlines()[-8:])
        raise BootError(f"grub-mkrescue failed:\n{tail}")
    link = images / ".current.iso"
    link.unlink(missing_ok=True)
    link.symlink_to(image.name)
    return image


def loader_arguments(entry, bootstrap):
    """The loader's arguments with the entry's load address hint."""
    args = bootstrap.args
    if entry.modaddr is None:
        return args
    address = f"{entry.modaddr:#x}"
    if "-modaddr" in args:
        return args.replace("%modaddr%", address)
    return f"{args} -modaddr={address}".strip()
