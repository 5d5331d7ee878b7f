# SPDX-License-Identifier: MIT
"""Does what a page of docs/ tells the reader to do: tutorial.py PAGE. Prints TAP.

In the pages, by the words behind ```:
  sh            commands, run in a clone of the tree; each must succeed. `make qemu` is ended when the
                output that follows was seen. `sh skip`: shown only
  LANGUAGE FILE the text is written to FILE; LANGUAGE >>FILE: added to it
  output        lines that the commands above print, in this order; `...` stands for anything
"""
import re
import sys
import unittest
from pathlib import Path

Here = Path(__file__).resolve().parent
sys.path[:0] = [str(Here), str(Here.parent / "mk"), str(Here.parent / "run")]
import process  # noqa: E402
import tap  # noqa: E402
from clone import Clone, clean_environment  # noqa: E402
from scratch import Top  # noqa: E402

Fence = re.compile(r"^```\s*(.*)$")
Command_seconds = 400


def blocks(text):
    """(words behind the fence, line number, text) of all blocks."""
    result, words, lines, start = [], None, [], 0
    for number, line in enumerate(text.splitlines(), 1):
        fence = Fence.match(line)
        if fence and words is None:
            words, lines, start = fence[1].split(), [], number
        elif fence:
            result.append((words, start, "\n".join(lines) + "\n"))
            words = None
        elif words is not None:
            lines.append(line)
    return result


def patterns(text):
    """Regular expressions for the lines of an output block."""
    lines = [line.strip() for line in text.splitlines()]
    return tuple(re.escape(line).replace(r"\.\.\.", ".*").replace(r"\ ", r"\s+")
                 for line in lines if line and line != "...")


class Page(Clone):
    """One test for a page; which one stands in `name`."""

    name = ""

    def test_page(self):
        path = Top / "docs" / self.name
        found = blocks(path.read_text())
        self.assertTrue(any(words[:1] == ["sh"] for words, _, _ in found), "nothing to run")
        for index, (words, line, text) in enumerate(found):
            where = f"docs/{self.name}:{line}"
            following = found[index + 1] if index + 1 < len(found) else ([], 0, "")
            expected = patterns(following[2]) if following[0] == ["output"] else ()
            if words == ["sh"]:
                self.run_block(where, text, expected)
            elif len(words) == 2 and words[0] != "sh":
                self.write_file(words[1], text)

    def write_file(self, name, text):
        path = self.tree / name.removeprefix(">>")
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a" if name.startswith(">>") else "w", encoding="utf-8") as file:
            file.write(text)

    def run_block(self, where, text, expected):
        """Runs the lines of a block; the last one has to print what is expected."""
        commands = [line for line in text.replace("\\\n", " ").splitlines()
                    if line.strip() and not line.startswith("#")]
        for number, command in enumerate(commands, 1):
            last = number == len(commands)
            self.run_line(f"{where}: {command}", command, expected if last else ())

    def run_line(self, where, command, expected):
        wanted = tap.Patterns(expected)
        boots = re.match(r"make\b.*\bqemu\b", command)

        def watch(line):
            wanted.feed(tap.strip_escapes(line))
            return bool(boots) and wanted.complete

        result = process.run(["/bin/sh", "-c", command], watch,
                             Command_seconds, cwd=self.tree,
                             env=clean_environment())
        output = "\n".join(tap.strip_escapes(line) for line in result.lines[-40:])
        self.assertFalse(result.timed_out, f"{where}\n{output}")
        self.assertTrue(wanted.complete, f"{where}: does not print all that the page shows\n{output}")
        if not result.stopped:
            self.assertEqual(result.status, 0, f"{where}\n{output}")


def main():
    sys.argv[1:], names = [], sys.argv[1:]
    suite = unittest.TestSuite()
    for name in names:
        suite.addTest(type(Path(name).stem, (Page,), {"name": name})("test_page"))
    from tap_unittest import TapResult
    result = TapResult()
    suite.run(result)
    print(f"1..{result.number}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
