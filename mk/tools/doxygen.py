#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the API pages: doxygen.py TOP BUILD. Result: BUILD/doc/api/index.html.

Input are the public headers below TOP/l4re/*/include and what packages name in a file
doc/files.cfg (`INPUT = file or folder`, relative to the package). A warning is an error.
"""
import re
import subprocess
import sys
from pathlib import Path

Settings = """
PROJECT_NAME           = Furore
OUTPUT_DIRECTORY       = {out}
HTML_OUTPUT            = api
GENERATE_LATEX         = NO
HAVE_DOT               = NO
QUIET                  = YES
WARNINGS               = YES
WARN_IF_UNDOCUMENTED   = NO
WARN_IF_INCOMPLETE_DOC = NO
WARN_NO_PARAMDOC       = NO
WARN_LOGFILE           = {log}
RECURSIVE              = YES
JAVADOC_AUTOBRIEF      = YES
EXTRACT_ALL            = YES
EXTENSION_MAPPING      = no_extension=C++
FILE_PATTERNS          = * *.h
EXCLUDE_PATTERNS       = */Makefile */README.md
EXCLUDE_SYMBOLS        = *::__* L4::Typeid::Detail::*
MACRO_EXPANSION        = YES
EXPAND_ONLY_PREDEF     = YES
PREDEFINED             = "L4_RPC(r,n,a,...)=r n a" "L4_RPC_NF(r,n,a,...)=r n a" \\
                         "L4_INLINE_RPC(r,n,a,...)=r n a" "L4_INLINE_RPC_NF(r,n,a,...)=r n a" \\
                         "L4_RPC_OP(o,r,n,a,...)=r n a" "L4_INLINE_RPC_OP(o,r,n,a,...)=r n a" \\
                         "L4_INLINE_RPC_NF_OP(o,r,n,a,...)=r n a" "L4_RPC_NF_OP(o,r,n,a,...)=r n a" \\
                         "L4_DEFAULT_PARAM(x)== x" \\
                         L4_NOTHROW= L4_INLINE=inline L4_CV= L4_EXPORT= __attribute__(x)= __BEGIN_DECLS= \\
                         __END_DECLS= EXTERN_C_BEGIN= EXTERN_C_END= EXTERN_C=
STRIP_FROM_PATH        = {top}
SORT_MEMBER_DOCS       = NO
SHOW_FILES             = YES
INPUT                  = {inputs}
USE_MDFILE_AS_MAINPAGE = {out}/main.md
"""


Main_page = """# Furore: the API

Headers by package: *Files*. Classes of C++: *Classes*. The C functions begin with `l4_` (kernel, package
l4sys), `l4re_` (runtime, l4re_c) and `l4util_`. Guides and references for people are in the tree's
folder `docs`; the kernel's operations, rights and errors are in `docs/kernel.md`.
"""


def inputs(top):
    """Folders and files to describe."""
    found = sorted(path for path in (top / "l4re").glob("*/include") if path.is_dir())
    for listing in sorted([*top.glob("pkg/*/doc/files.cfg"), *top.glob("l4re/*/doc/files.cfg")]):
        package = listing.parent.parent
        for names in re.findall(r"^INPUT\s*\+?=\s*(.*)$", listing.read_text(), re.M):
            found += [package / name for name in names.split()]
    return found


def main():
    top, build = Path(sys.argv[1]), Path(sys.argv[2])
    out = build / "doc"
    out.mkdir(parents=True, exist_ok=True)
    log = out / "doxygen.log"
    missing = [path for path in inputs(top) if not path.exists()]
    if missing:
        print(f"\n*** files.cfg names {missing[0]}, which does not exist.\n", file=sys.stderr)
        return 1
    (out / "main.md").write_text(Main_page)
    text = Settings.format(out=out, log=log, top=top,
                           inputs=" ".join(map(str, [out / "main.md", *inputs(top)])))
    result = subprocess.run(["doxygen", "-"], input=text, text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = log.read_text().replace(f"{top}/", "").splitlines() if log.is_file() else []
    if result.returncode != 0 or lines:
        print("\n".join(lines[:40]) or result.stdout, file=sys.stderr)
        print(f"\n*** {len(lines)} warnings of Doxygen; correct the comments named above.\n",
              file=sys.stderr)
        return 1
    print("  DOC     build/doc/api/index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main())
