# SPDX-License-Identifier: MIT
"""Markdown pages: what in them can be checked by a program."""
import re
from dataclasses import dataclass
from pathlib import Path

Fence = re.compile(r"^\s*```\s*(\S*)")
Link = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
Code = re.compile(r"`([^`]+)`")
Heading = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")


@dataclass
class Piece:
    """A piece of a page with the line where it stands."""

    line: int
    text: str


class Page:
    """Links, headings, code words and `sh` blocks of a page."""

    def __init__(self, path: Path, text: str):
        self.path = path
        self.links: list[Piece] = []
        self.codes: list[Piece] = []
        self.blocks: list[Piece] = []
        self.anchors: set[str] = set()
        self.blocks_text = ""  # of all blocks, whatever their language
        self.made: set[str] = set()  # folders in pkg/ that the page makes
        language, block, start = None, [], 0
        for number, line in enumerate(text.splitlines(), 1):
            fence = Fence.match(line)
            if fence and language is None:
                language, block, start = fence[1], [], number + 1
                self.made |= set(re.findall(r"\bpkg/[\w-]+", line))
            elif fence:
                self.made |= {f"pkg/{name}" for line in block
                              for name in re.findall(r"make new-pkg NAME=([\w-]+)", line)}
                if language == "sh":
                    self.blocks.append(Piece(start, "\n".join(block) + "\n"))
                self.blocks_text += "\n".join(block) + "\n"
                language = None
            elif language is not None:
                block.append(line)
            else:
                self._prose(number, line)
        if language is not None:
            self.links.append(Piece(start - 1, "unclosed-block"))

    def _prose(self, number, line):
        heading = Heading.match(line)
        if heading:
            self._add_anchor(heading[1])
        self.codes += [Piece(number, code) for code in Code.findall(line)]
        self.links += [Piece(number, link) for link in Link.findall(Code.sub("x", line))]

    def _add_anchor(self, title):
        """The name that renderers give a heading: small letters, dashes for blanks, no signs."""
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
        anchor = re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")
        number = 1
        while anchor in self.anchors:
            anchor = f"{anchor.rstrip('0123456789').rstrip('-')}-{number}"
            number += 1
        self.anchors.add(anchor)
