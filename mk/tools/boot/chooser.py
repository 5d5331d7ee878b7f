# SPDX-License-Identifier: MIT
"""Asking the user which entry to boot: a menu, a numbered prompt, or only the list."""
import os
import shutil
import subprocess
import sys

from boot.errors import BootError


def menu(program, names, last, described={}):
    """A menu by dialog or whiptail on the terminal; None when the user left it."""
    height = min(len(names), 20)
    command = [program]
    if last in names:
        command += ["--default-item", last]
    command += ["--notags" if program.endswith("whiptail") else "--no-tags", "--title", "Furore",
                "--menu", "Entry to boot", str(height + 8), "76", str(height)]
    width = max(map(len, names))
    command += [word for name in names
                for word in (name, f"{name:{width}}  {described.get(name, '')}".rstrip())]
    with open("/dev/tty", "w", encoding="utf-8") as screen:
        result = subprocess.run(command, stdout=screen, stderr=subprocess.PIPE, text=True,
                                check=False)
    answer = result.stderr.strip()
    if result.returncode == 0 and answer in names:
        return answer
    if result.returncode in (1, 255) and not answer:
        return None
    raise OSError(answer)


def ask_terminal(question):
    """A line that the user types; '' at the end of the input."""
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline()


def prompt(names, last, ask=ask_terminal, show=None):
    """A numbered list; accepts a number or a name. None at the end of the input."""
    show = show or (lambda text: print(text, file=sys.stderr, flush=True))
    width = len(str(len(names)))
    for number, name in enumerate(names, 1):
        show(f"  {number:{width}}  {name}")
    while True:
        answer = ask(f"Entry to boot (number or name{', Enter: ' + last if last in names else ''}): ")
        if not answer:
            return None
        answer = answer.strip()
        if not answer and last in names:
            return last
        if answer.isdigit() and 1 <= int(answer) <= len(names):
            return names[int(answer) - 1]
        match = [n for n in names if n.lower() == answer.lower()]
        if match:
            return match[0]
        show(f"'{answer}' is none of them.")


def terminal():
    """Whether there is a terminal to ask on."""
    return sys.stdin.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != ""


def choose(names, last=None, described=None):
    """The entry to boot; `described` has texts for some. Raises BootError with the list when nobody can be asked."""
    if not names:
        raise BootError("The module list has no entries. Add one: a line 'entry NAME', then its "
                        "modules.")
    if not terminal():
        listed = "".join(f"\n    {n}" for n in names)
        raise BootError("Which entry? There is no terminal to ask on; say it: "
                        f"make qemu E={names[0]}\n  Entries:{listed}")
    names = list(dict.fromkeys(names))
    answer = None
    program = next((p for p in ("dialog", "whiptail") if shutil.which(p)), None)
    if program and os.environ.get("TERM", "dumb") != "dumb":
        try:
            answer = menu(program, names, last, described or {})
        except OSError:
            answer = prompt(names, last)
    else:
        answer = prompt(names, last)
    if answer is None:
        raise BootError("No entry chosen.")
    return answer
