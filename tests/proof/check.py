# SPDX-License-Identifier: MIT
"""Check the spin models in this folder: each exhaustively, and each with its mutant, which must fail.

    check.py BUILD_FOLDER
"""
import pathlib
import re
import subprocess
import sys

MODELS = {"hold": "MUTANT_WAKE", "flush": "MUTANT_FLUSH", "ipc": "MUTANT_TIMEOUT",
          "death": "MUTANT_DEATH", "move": "MUTANT_MOVE"}
HERE = pathlib.Path(__file__).resolve().parent


def verify(work: pathlib.Path, model: str, define: str = "") -> tuple[int, int, bool]:
    """Errors found, states stored, and whether the search was complete."""
    work.mkdir(parents=True, exist_ok=True)
    options = [f"-D{define}"] if define else []
    subprocess.run(["spin", *options, "-a", HERE / f"{model}.pml"], cwd=work,
                   check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["gcc", "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-DVECTORSZ=2048", "-o", "pan",
                    "pan.c"], cwd=work, check=True)
    text = subprocess.run(["./pan", "-m1000000"], cwd=work, stdout=subprocess.PIPE, text=True,
                          check=False).stdout
    errors = int(re.search(r"errors: (\d+)", text).group(1))
    states = int(float(re.search(r"([\d.e+]+) states, stored", text).group(1)))
    cut = "max search depth too small" in text or "out of memory" in text
    return errors, states, not cut


def main() -> int:
    build = pathlib.Path(sys.argv[1]).resolve() / "tests" / "proof"
    failed = 0
    for model, mutant in MODELS.items():
        errors, states, complete = verify(build / model, model)
        good = errors == 0 and complete
        print(f"{'ok' if good else 'FAILED'}: {model}, {states} states, {errors} errors"
              f"{'' if complete else ', search incomplete'}")
        found, _, _ = verify(build / f"{model}-mutant", model, mutant)
        print(f"{'ok' if found else 'FAILED'}: {model} with {mutant} is refused")
        failed += (not good) + (not found)
    return 1 if failed else 0


sys.exit(main())
