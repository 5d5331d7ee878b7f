# SPDX-License-Identifier: MIT
"""Sizes and counts: `numbers kernel-size` prints them, `numbers write` makes docs/numbers.md."""
import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import image  # noqa: E402
import report  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--top", type=Path, required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("command", choices=("kernel-size", "write"))
    options = parser.parse_args()
    kernel = options.build / "kernel" / "furore"
    try:
        if options.command == "kernel-size":
            print(report.kernel_size(options.top, kernel))
            return 0
        target = options.top / "docs" / "numbers.md"
        target.write_text(report.page(options.top, kernel))
        print("  NUMBERS docs/numbers.md")
        return 0
    except image.ImageError as error:
        print(f"\n*** {error}\n", file=sys.stderr)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"\n*** The sources are listed with git, which failed: {error}. Counting works in "
              "a git working tree only.\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
