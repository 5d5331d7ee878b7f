# SPDX-License-Identifier: MIT
"""Sizes in the kernel image: its sections, and its classes from the debug information."""
import re
import subprocess

Tag = re.compile(r"<\d+><[0-9a-f]+>: Abbrev Number: \d+ \(DW_TAG_(\w+)\)")
# What stands between attribute and value differs between versions of readelf.
Name = re.compile(r"DW_AT_name\s*:(?:.*:)?\s+(?:\(\w+\)\s+)?(\S+)\s*$")
Size = re.compile(r"DW_AT_byte_size\s*:\s*(?:\(\w+\)\s*)?(\d+)")
Section = re.compile(r"^\s*\[\s*\d+\]\s+(\S+)\s+(\S+)\s+[0-9a-f]+\s+[0-9a-f]+"
                     r"\s+([0-9a-f]+)\s+\S+\s+(\w*)")


class ImageError(Exception):
    """The image cannot be read; the text says what to do."""


def readelf(option, image):
    """Output of readelf, line by line."""
    try:
        result = subprocess.run(["readelf", "-W", option, str(image)], text=True, check=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ImageError(f"{image} cannot be read with readelf ({error}). "
                         "Build it: make kernel") from None
    return result.stdout.splitlines()


def sections(image):
    """Bytes of code, constants, data and zeroed data in the image."""
    sizes = {"code": 0, "constants": 0, "data": 0, "zeroed data": 0}
    for line in readelf("-S", image):
        match = Section.match(line)
        if not match or "A" not in match[4]:
            continue
        kind = ("zeroed data" if match[2] == "NOBITS" else "code" if "X" in match[4]
                else "data" if "W" in match[4] and match[1] != ".init_array" else "constants")
        sizes[kind] += int(match[3], 16)
    return sizes


def class_sizes(image, wanted):
    """Size in bytes of each wanted class or struct that the debug information describes."""
    sizes, name, in_class = {}, None, False
    for line in readelf("--debug-dump=info", image):
        tag = Tag.search(line)
        if tag:
            in_class, name = tag[1] in ("class_type", "structure_type"), None
        elif in_class and name is None and (match := Name.search(line)):
            name = match[1]
        elif in_class and name in wanted and (match := Size.search(line)):
            sizes[name] = max(sizes.get(name, 0), int(match[1]))
    return sizes
