# SPDX-License-Identifier: MIT
"""Counts of source files: lines, functions, preprocessor conditionals.

A source line is a line that still holds something after comments were removed. Comments to the
end of the line go first, then those between /* and */; string literals are not looked into. This is
the rule behind every line count in the project, so it stays as simple as it is.
"""
import math
import re
from dataclasses import dataclass, field
from pathlib import Path

Source_suffixes = {".cc", ".h", ".c", ".S", ""}  # C++ interface headers have no suffix
Conditional = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif)\b", re.M)
Function_tail = re.compile(r"\b(const|override|final|noexcept|mutable|&&?)$")


@dataclass
class Figures:
    """Counts of a set of files; all but the lists add up."""

    files: list[int] = field(default_factory=list)      # lines of each file, comments included
    functions: list[int] = field(default_factory=list)  # lines of each function, head included
    source_lines: int = 0
    conditionals: int = 0

    def add(self, other):
        self.files += other.files
        self.functions += other.functions
        self.source_lines += other.source_lines
        self.conditionals += other.conditionals


def percentile(values, share):
    """The smallest value that is not below `share` of all values (nearest rank); 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0


def source_lines(text):
    """Number of lines that are neither blank nor comment."""
    text = re.sub(r"//[^\n]*", "", text)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return sum(1 for line in text.split("\n") if line.strip())


def _blank(match):
    """Same number of lines, nothing in them; a string literal stays one token."""
    text = match.group(0)
    return '""' if text[0] in "\"'" else "\n" * text.count("\n")


def code_only(text):
    """The text without comments, literals and preprocessor lines, with all its line breaks."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
                  _blank, text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", _blank, text, flags=re.M)


def _scope_kind(head):
    """What the brace behind `head`, the text since the last declaration, opens."""
    head = head.strip()
    if re.match(r"(inline\s+)?namespace\b", head) or head in ('extern ""', ""):
        return "scope"
    if head.endswith(("=", ",", "return", "(")) or re.match(r"(typedef\s+)?enum\b", head):
        return "value"
    if re.search(r"\b(class|struct|union)\b[^()]*$", re.sub(r"\balignas\s*\([^)]*\)", "", head)):
        return "scope"
    if "(" not in head:
        return "value"
    initialisers = re.search(r"\)[^:()]*[^:]:[^:]", head)
    if initialisers and re.search(r"\w$", head) and not Function_tail.search(head):
        return "member"  # the brace belongs to a constructor's initialiser: the body is yet to come
    return "function"


def function_lengths(text):
    """Lines of each function with a body, from the first line of its head to the closing brace."""
    code = code_only(text)
    lengths, stack, head_start = [], [], 0
    for i, char in enumerate(code):
        if char not in "{};":
            continue
        inside = bool(stack) and stack[-1][0] in ("function", "value", "member")
        if char == "{":
            kind = "value" if inside else _scope_kind(code[head_start:i])
            stack.append((kind, head_start))
            if kind in ("member", "value"):
                continue
        elif char == "}" and stack:
            kind, start = stack.pop()
            if kind == "function":
                head = start + len(code[start:]) - len(code[start:].lstrip())
                lengths.append(code.count("\n", head, i) + 1)
            if kind == "member" or (kind == "value" and stack and stack[-1][0] != "scope"):
                continue
        elif inside:
            continue
        head_start = i + 1
    return lengths


def measure(path: Path):
    """The figures of one file."""
    text = path.read_text(errors="replace")
    functions = [] if path.suffix == ".S" else function_lengths(text)
    return Figures([text.count("\n")], functions, source_lines(text),
                   len(Conditional.findall(text)))
