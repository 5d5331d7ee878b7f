# SPDX-License-Identifier: MIT
"""Images without an ELF header: memory as it shall be, for loaders that copy a file and jump there.

In front of the loader stands one page with a multiboot header that gives the addresses, so that any
multiboot loader starts the raw image as well. The U-Boot image is the raw image, compressed, behind
U-Boot's own header.
"""
import gzip
import struct
import zlib

from boot.elfimage import (Default_address, Elf_header, Page, Program_header, Pt_load, archive_of,
                           image_place, with_archive)

Multiboot_magic, Multiboot_flags = 0x1badb002, 0x10003  # pages, memory map; addresses are given
Uboot_magic = 0x27051956
Os_linux, Arch_x86_64, Type_kernel, Gzip = 5, 24, 2, 1  # U-Boot's numbers (include/image.h)


def memory_image(elf):
    """(address, bytes, entry) of an ELF file's segments, with the zeros between them."""
    fields = Elf_header.unpack_from(elf)
    entry, phoff, phentsize, phnum = fields[4], fields[5], fields[9], fields[10]
    headers = [Program_header.unpack_from(elf, phoff + phentsize * i) for i in range(phnum)]
    parts = [(place, elf[offset:offset + size], memory)
             for kind, offset, _, place, size, memory, *_ in headers if kind == Pt_load]
    begin = min(place for place, _, _ in parts)
    data = bytearray(max(place + memory for place, _, memory in parts) - begin)
    for place, content, _ in parts:
        data[place - begin:place - begin + len(content)] = content
    return begin, bytes(data), entry


def multiboot_page(address, size, entry):
    """The page at `address`, in front of the loader: `size` is that of the whole image."""
    check = -(Multiboot_magic + Multiboot_flags) & 0xffffffff
    end = address + size
    header = struct.pack("<8I", Multiboot_magic, Multiboot_flags, check, address, address, end, end,
                         entry)
    return header + bytes(Page - len(header))


def raw_image(bootstrap, entry, files):
    """(address, bytes, entry point) of loader and modules."""
    elf = with_archive(bootstrap.path.read_bytes(), archive_of(entry, bootstrap, files),
                       entry.modaddr or Default_address)
    begin, data, start = memory_image(elf)
    address = begin - Page
    return address, multiboot_page(address, Page + len(data), start) + data, start


def make_rawimage(entry, bootstrap, files, build):
    """Writes build/images/bootstrap_NAME.raw and returns its path."""
    image = image_place(entry, build, "raw")
    image.write_bytes(raw_image(bootstrap, entry, files)[1])
    return image


def uboot_image(name, load, entry, raw):
    """U-Boot's legacy image format. The time stays 0: the same system gives the same image."""
    data = gzip.compress(raw, mtime=0)
    kind = (Os_linux, Arch_x86_64, Type_kernel, Gzip)

    def header(check):
        return struct.pack(">7I4B32s", Uboot_magic, check, 0, len(data), load, entry,
                           zlib.crc32(data), *kind, name.encode()[:31])

    return header(zlib.crc32(header(0))) + data


def make_uimage(entry, bootstrap, files, build):
    """Writes build/images/bootstrap_NAME.uimage and returns its path."""
    address, raw, start = raw_image(bootstrap, entry, files)
    image = image_place(entry, build, "uimage")
    image.write_bytes(uboot_image(entry.name, address, start, raw))
    return image
