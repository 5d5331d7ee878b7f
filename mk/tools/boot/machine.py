# SPDX-License-Identifier: MIT
"""The machine of an entry: CPUs, memory and graphics for `make qemu`.

    entry[attr:cpus=4,attr:memory=1G,attr:graphics=y] NAME

On make's command line CPUS=, MEMORY= and GRAPHICS= count more than the entry, and the entry more
than QEMU_OPTIONS.
"""
import re

from boot.errors import BootError
from suggest import did_you_mean

Keys = ("cpus", "memory", "graphics")
Max_cpus = 255


def wishes(entry, environment, note):
    """{key: value} of what the entry and the command line want."""
    result = {}
    for option, value in entry.attrs.items():
        if option not in Keys:
            note(f"  NOTE    {entry.where}: 'attr:{option}' has no meaning for an entry."
                 + (did_you_mean(option, Keys) or f" Known: {', '.join(Keys)}."))
            continue
        result[option] = checked(entry.where.error, f"attr:{option}", option, value)
    for key in Keys:
        value = environment.get(key.upper())
        if value:
            result[key] = checked(BootError, f"{key.upper()}", key, value)
    return result


def checked(error, name, key, value):
    """The value as it stands in a QEMU option."""
    text = "" if value is True else str(value)
    if key == "cpus" and text.isdigit() and 1 <= int(text) <= Max_cpus:
        return text
    if key == "memory" and re.fullmatch(r"[1-9]\d*[KMGkmg]?", text):
        return text
    if key == "graphics" and text in ("y", "n"):
        return text
    expected = {"cpus": f"a number from 1 to {Max_cpus}", "graphics": "y or n",
                "memory": "a size such as 256 (MiB) or 2G"}
    raise error(f"{name} is '{text}'; expected {expected[key]}.")


def without(options, name):
    """QEMU options without each `name VALUE`."""
    result, skip = [], False
    for option in options:
        if skip or option == name:
            skip = option == name and not skip
            continue
        result.append(option)
    return result


def with_machine(options, wanted):
    """QEMU options with what is wanted in place of what they said about it."""
    for key, option in (("cpus", "-smp"), ("memory", "-m")):
        if key in wanted:
            options = [*without(options, option), option, wanted[key]]
    if wanted.get("graphics") == "n":
        options = [*without(options, "-display"), "-display", "none"]
    elif wanted.get("graphics") == "y":
        options = [o for o in without(options, "-display") if o != "-nographic"]
    return options
