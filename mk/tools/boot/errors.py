# SPDX-License-Identifier: MIT
"""Errors of boot tools."""


class BootError(Exception):
    """Something the user has to correct. The text names it, its place and the remedy."""


class Where:
    """A place in a module list, printed as file:line."""

    def __init__(self, path, line):
        self.path, self.line = path, line

    def __str__(self):
        return f"{self.path}:{self.line}"

    def error(self, text):
        return BootError(f"{self}: {text}")
