# SPDX-License-Identifier: MIT
"""Just enough of ELF64 to know which shared objects a program needs, and whether it has symbols."""
import struct

PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
DT_NEEDED, DT_STRTAB = 1, 5


def _headers(data):
    """Program headers as (type, offset, vaddr, filesz); empty when it is not a sound ELF64 file."""
    if data[:5] != b"\x7fELF\x02" or len(data) < 64:
        return []
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    if size < 56 or offset + size * count > len(data):
        return []
    result = []
    for i in range(count):
        kind, _, place, virt, _, filesz = struct.unpack_from("<IIQQQQ", data, offset + i * size)
        result.append((kind, place, virt, filesz))
    return result


def _text(data, offset):
    end = data.find(b"\0", offset)
    return data[offset:end].decode(errors="replace") if 0 <= offset < end else ""


def needed(data):
    """Names of the interpreter and the shared libraries that an ELF file asks for."""
    headers = _headers(data)
    names, table, wanted = [], None, []
    for kind, place, _, filesz in headers:
        if kind == PT_INTERP:
            names.append(_text(data, place).rsplit("/", 1)[-1])
        elif kind == PT_DYNAMIC:
            for entry in range(place, min(place + filesz, len(data) - 15), 16):
                tag, value = struct.unpack_from("<QQ", data, entry)
                if tag == 0:
                    break
                if tag == DT_NEEDED:
                    wanted.append(value)
                elif tag == DT_STRTAB:
                    table = value
    for kind, place, virt, filesz in headers:
        if kind == PT_LOAD and table is not None and virt <= table < virt + filesz:
            names += [_text(data, place + table - virt + offset) for offset in wanted]
    return [n for n in names if n]


def is_elf(data):
    return data[:4] == b"\x7fELF"
