#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs from the list of the programming interface.

`rows/*.rows` name everything that the interface papers c-api.md and c-api-l4re.md name, and what there
is of POSIX. For each
file this makes a C and a C++ source in which every row is used the way a program would: functions
are called for by their exact type, members by a using-declaration, statements are compiled. What
is `absent` must stand in docs/compatibility.md with its reason, and nothing else may.

    generate.py ROWS OUT.c OUT.cc        writes the two sources
    generate.py --check TOP              compares all rows with docs/compatibility.md
    generate.py --count                  rows per file
"""
import re
import sys
from pathlib import Path

Here = Path(__file__).resolve().parent
Kinds = ("fn", "fn(u)", "defined", "macro", "const", "type", "member", "use", "code", "absent")


class Row:
    """One name of the interface: `code` uses it, or it is absent."""

    def __init__(self, where, header, languages, kind, name, code):
        self.where, self.header, self.languages = where, header, languages
        self.kind, self.name, self.code = kind, name, code


class Rows_error(Exception):
    pass


def logical_lines(path):
    """(line number, text) without comments; a line that begins with blanks continues the last."""
    lines = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text = re.sub(r"(^|\s)#.*", "", line).rstrip()
        if not text:
            continue
        if text[0].isspace() and lines:
            lines[-1] = (lines[-1][0], lines[-1][1] + " " + text.strip())
        else:
            lines.append((number, text))
    return lines


def with_utcb(signature):
    """The type of the twin `NAME_u`, which takes a UTCB as its last parameter."""
    head, arguments = signature.split("(", 1)
    arguments = arguments[:-1].strip()
    return f"{head}({'' if arguments == 'void' else arguments + ', '}l4_utcb_t *)"


def function(name, signature):
    return f"{{ __typeof__({signature}) *row = {name}; api_use((void const *)row); }}"


def rows_of_line(kind, rest):
    """Pairs of name and code."""
    if kind in ("fn", "fn(u)"):
        name, signature = (part.strip() for part in rest.split(":", 1))
        yield name, function(name, signature)
        if kind == "fn(u)":
            yield name + "_u", function(name + "_u", with_utcb(signature))
    elif kind == "defined":
        for name in rest.split():
            yield name, f"{{ api_use((void const *){name}); }}"
    elif kind == "macro":
        for name in rest.split():
            yield name, f"\n#ifndef {name}\n#error {name} is not defined\n#endif\n"
    elif kind == "const":
        for name in rest.split():
            yield name, f"{{ unsigned long row = (unsigned long)({name}); api_use(&row); }}"
    elif kind == "type":
        for name in rest.split(";"):
            yield name.strip(), f"{{ unsigned long row = sizeof({name.strip()}); api_use(&row); }}"
    elif kind == "member":
        scope, names = re.split(r":\s", rest, maxsplit=1)
        for name in names.split():
            yield f"{scope}::{name}", f"{{ struct Row : {scope} {{ using {scope}::{name}; }}; }}"
    elif kind == "code":
        yield None, rest
    elif kind == "use":
        name, parameters, code = re.fullmatch(r"(\S+)\s*\((.*?)\):\s(.*)", rest).groups()
        yield name, (parameters, code)


def read(path):
    header, languages = None, ()
    for number, text in logical_lines(path):
        where = f"{path.name}:{number}"
        kind, _, rest = text.partition(" ")
        rest = rest.strip()
        if kind == "header":
            header, *only = rest.split()
            languages = only or (["c", "c++"] if header.endswith(".h") else ["c++"])
            yield Row(where, header, languages, "header", None, "")
        elif kind == "absent":
            for name in rest.split():
                yield Row(where, header, (), kind, name, None)
        elif kind in Kinds and header:
            try:
                for name, code in rows_of_line(kind, rest):
                    yield Row(where, header, languages, kind, name, code)
            except (ValueError, AttributeError) as error:
                raise Rows_error(f"{where}: cannot read '{text}'") from error
        else:
            raise Rows_error(f"{where}: '{kind}' is none of header {' '.join(Kinds)}")


def source(rows, language, stem):
    """The text of one program part: a function for each row, and a table of all."""
    mine = [row for row in rows if language in row.languages]
    headers = dict.fromkeys(row.header for row in mine)
    out = ["/* Made by tests/guest/api/generate.py. */", '#include "rows.h"']
    out += [f"#include <{header}>" for header in headers]
    out += [row.code for row in mine if row.name is None]
    mine = [row for row in mine if row.name]
    for i, row in enumerate(mine):
        parameters, code = row.code if isinstance(row.code, tuple) else ("void", row.code)
        code = code if "\n#" in code or code.startswith("{") else f"{{ {code}; }}"
        out += [f'#line {row.where.split(":")[1]} "{row.where.split(":")[0]}"',
                f"static void row_{i}({parameters})", "{", code, "}"]
    name = re.sub(r"\W", "_", stem) + ("_c" if language == "c" else "_cc")
    out += [f"struct api_row const api_rows_{name}[] = {{"]
    out += [f'  {{"{row.header}", "{row.name}", (void (*)(void))row_{i}}},'
            for i, row in enumerate(mine)]
    out += ["  {0, 0, 0}", "};", f"API_ROWS(api_rows_{name})", ""]
    return "\n".join(out)


def absent_on_page(text):
    """Names in the first column of the tables of docs/compatibility.md below 'Not there'."""
    part = re.search(r"^## Not there\n(.*?)(?=^## |\Z)", text, re.S | re.M)
    names = set()
    for line in (part.group(1) if part else "").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) >= 3 and cells[-1]:
            names |= set(re.findall(r"`([^`]+)`", cells[1]))
    return names


def check(rows, page):
    """Sentences about what does not agree; none if all is well."""
    listed = absent_on_page(page)
    absent = {row.name: row for row in rows if row.kind == "absent"}
    for name in sorted(set(absent) - listed):
        yield f"{absent[name].where}: '{name}' is absent; docs/compatibility.md gives no reason"
    for name in sorted(listed - set(absent)):
        yield f"docs/compatibility.md: '{name}' is no absent row of tests/guest/api/rows"
    seen = {}
    for row in rows:
        key = (row.header, row.name, row.languages and tuple(row.languages))
        if row.kind not in ("use", "code", "header") and seen.setdefault(key, row) is not row:
            yield f"{row.where}: '{row.name}' of {row.header} stands at {seen[key].where}, too"


def all_rows():
    return [row for path in sorted((Here / "rows").glob("*.rows")) for row in read(path)]


def main(arguments):
    if arguments[:1] == ["--check"]:
        page = Path(arguments[1]) / "docs/compatibility.md"
        problems = list(check(all_rows(), page.read_text()))
        print("\n".join(problems) or f"{len(all_rows())} rows, each used or given a reason")
        return 1 if problems else 0
    if arguments == ["--count"]:
        for path in sorted((Here / "rows").glob("*.rows")):
            print(f"{sum(1 for _ in read(path)):5} {path.name}")
        return 0
    path, c, cc = (Path(argument) for argument in arguments)
    rows = list(read(path))
    c.write_text(source(rows, "c", path.stem))
    cc.write_text(source(rows, "c++", path.stem))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Rows_error as error:
        sys.exit(str(error))
