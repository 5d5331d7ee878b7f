# SPDX-License-Identifier: MIT
"""Runs unittest modules, of this folder or the current one, and prints the result as TAP: tap_unittest.py MODULE..."""
import sys
import unittest
from pathlib import Path

Here = Path(__file__).resolve().parent
sys.path[:0] = [str(Path.cwd()), str(Here), str(Here.parent.parent / "mk" / "tools")]


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.number = 0

    def line(self, test, status, note=""):
        self.number += 1
        print(f"{status} {self.number} {test.id()}{note}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.line(test, "ok")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.line(test, "ok", f" # SKIP {reason}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failed(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.failed(test, self.errors[-1][1])

    def failed(self, test, text):
        self.line(test, "not ok")
        for line in text.splitlines():
            print(f"# {line}")


def main():
    suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:])
    result = TapResult()
    suite.run(result)
    print(f"1..{result.number}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
