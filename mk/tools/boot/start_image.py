# SPDX-License-Identifier: MIT
"""QEMU_IMAGE_TYPE: `make qemu` boots an entry from an image, as other machines do."""
from pathlib import Path

from boot.elfimage import make_efiimage, make_elfimage
from boot.errors import BootError
from boot.iso import make_iso
from boot.rawimage import make_rawimage

Ovmf = Path("/usr/share/ovmf/OVMF.fd")
Types = ("multiboot", "elfimage", "rawimage", "efiimage", "grub1iso", "grub2iso", "grub2efiiso")


def firmware():
    if not Ovmf.is_file():
        raise BootError(f"there is no UEFI firmware for QEMU, {Ovmf}. Install it: "
                        "apt-get install ovmf")
    return ["-bios", str(Ovmf), "-net", "none"]


def efi_disk(image, work):
    """A folder that QEMU shows as a disk whose UEFI program is the image."""
    folder = work / "efi-disk" / "EFI" / "BOOT"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "BOOTX64.EFI"
    program.unlink(missing_ok=True)
    program.write_bytes(image.read_bytes())
    return ["-drive", f"format=raw,file=fat:rw:{work / 'efi-disk'}"]


def arguments(kind, entry, bootstrap, files, build, environment, work):
    """What QEMU gets instead of -kernel and -initrd; None for the direct start."""
    if kind not in Types:
        raise BootError(f"QEMU_IMAGE_TYPE is '{kind}'. QEMU boots: {', '.join(Types)}")
    if kind == "multiboot":
        return None
    if kind == "efiimage":
        return [*firmware(), *efi_disk(make_efiimage(entry, bootstrap, files, build), work)]
    if kind in ("elfimage", "rawimage"):
        make = make_elfimage if kind == "elfimage" else make_rawimage
        return ["-kernel", str(make(entry, bootstrap, files, build))]
    efi = kind == "grub2efiiso"
    version = 1 if kind == "grub1iso" else 2
    image = make_iso(entry, bootstrap, files, build, environment, version, efi)
    return [*(firmware() if efi else []), "-cdrom", str(image)]
