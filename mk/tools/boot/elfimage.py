# SPDX-License-Identifier: MIT
"""Single images: the loader with all modules inside, as an ELF file (multiboot) or for UEFI.

The archive of modules becomes a segment of its own behind the loader's; the layout is that of
l4re/bootstrap/server/src/archive.h.
"""
import shutil
import struct
import subprocess

from boot.errors import BootError
from boot.iso import grub_quote, loader_arguments
from boot.resolve import safe_name

Magic = b"FurArchv"
Page = 0x1000
Default_address = 0x2000000
Elf_header, Program_header = struct.Struct("<16sHHIIIIIHHHHHH"), struct.Struct("<8I")
Pt_load, Readable, Writable = 1, 4, 2
Efi_modules = "/usr/lib/grub/x86_64-efi"


def page_aligned(data):
    return data + bytes(-len(data) % Page)


def archive(command_line, files):
    """Bytes of an archive; `files` are (content, command line)."""
    head_size = 16 + 24 * len(files)
    texts, places = b"", []
    for line in (command_line, *(line for _, line in files)):
        places.append(head_size + len(texts))
        texts += line.encode() + b"\0"
    position = -(-(head_size + len(texts)) // Page) * Page
    head = struct.pack("<8sII", Magic, len(files), places[0])
    for (content, _), place in zip(files, places[1:]):
        head += struct.pack("<3Q", position, len(content), place)
        position += len(page_aligned(content))
    return page_aligned(head + texts) + b"".join(page_aligned(content) for content, _ in files)


def with_archive(loader, data, address):
    """The loader's ELF file with the archive as a further segment at `address`."""
    slot = loader.find(Magic)
    if slot < 0 or loader[:5] != b"\x7fELF\x01":
        raise BootError("the loader has no place for modules: an image needs this tree's "
                        "'bootstrap', built by `make l4re/bootstrap`.")
    fields = list(Elf_header.unpack_from(loader))
    phoff, phentsize, phnum = fields[5], fields[9], fields[10]
    # Boot loaders look for program headers near the file's begin only: the new one goes behind the
    # others, where the linker has left the rest of a page.
    new_header = phoff + phentsize * phnum
    headers = [Program_header.unpack_from(loader, phoff + phentsize * i) for i in range(phnum)]
    first = min(offset for _, offset, _, _, size, *_ in headers if size)
    if new_header + phentsize > first or any(loader[new_header:new_header + phentsize]):
        raise BootError("the loader has no room for one more program header in front of its first "
                        "segment.")
    result = bytearray(page_aligned(loader))
    Program_header.pack_into(result, new_header, Pt_load, len(result), address, address, len(data),
                             len(data), Readable | Writable, Page)
    fields[10] = phnum + 1
    Elf_header.pack_into(result, 0, *fields)
    struct.pack_into("<Q", result, slot + len(Magic), address)
    return bytes(result + data)


def image_place(entry, build, suffix):
    """build/images/bootstrap_NAME.SUFFIX, and the link bootstrap.SUFFIX to it."""
    images = build / "images"
    images.mkdir(parents=True, exist_ok=True)
    image = images / f"bootstrap_{safe_name(entry.name)}.{suffix}"
    link = images / f"bootstrap.{suffix}"
    link.unlink(missing_ok=True)
    link.symlink_to(image.name)
    return image


def archive_of(entry, bootstrap, files):
    """The archive of an entry's files."""
    line = f"bootstrap {loader_arguments(entry, bootstrap)}".strip()
    return archive(line, [(f.path.read_bytes(), f.command_line()) for f in files])


def make_elfimage(entry, bootstrap, files, build):
    """Writes build/images/bootstrap_NAME.elf and returns its path."""
    data = archive_of(entry, bootstrap, files)
    image = image_place(entry, build, "elf")
    address = entry.modaddr or Default_address
    image.write_bytes(with_archive(bootstrap.path.read_bytes(), data, address))
    return image


def make_efiimage(entry, bootstrap, files, build):
    """Writes build/images/bootstrap_NAME.efi: GRUB with the ELF image inside."""
    if not shutil.which("grub-mkstandalone"):
        raise BootError("'grub-mkstandalone' is needed for UEFI images. Install it: "
                        "apt-get install grub-common grub-efi-amd64-bin")
    elf = make_elfimage(entry, bootstrap, files, build)
    work = build / "boot" / safe_name(entry.name)
    work.mkdir(parents=True, exist_ok=True)
    config = work / "efi-grub.cfg"
    config.write_text("set timeout=0\n"
                      f"multiboot2 (memdisk)/furore.elf {grub_quote('bootstrap')}\nboot\n")
    image = image_place(entry, build, "efi")
    command = ["grub-mkstandalone", "-d", Efi_modules, "-O", "x86_64-efi", "-o", str(image),
               "--install-modules=normal multiboot2 all_video test",
               "--fonts=", "--locales=", "--themes=",
               f"boot/grub/grub.cfg={config}", f"furore.elf={elf}"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        tail = "\n".join((result.stderr + result.stdout).strip().splitlines()[-8:])
        raise BootError(f"grub-mkstandalone failed:\n{tail}")
    return image
