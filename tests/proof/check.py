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
    cases = []
    for model, mutant in MODELS.items():
        errors, states, complete = verify(build / model, model)
        cases.append((errors == 0 and complete, f"{model}: no error in {states} states, search "
                      f"{'complete' if complete else 'incomplete'}"))
        found, _, _ = verify(build / f"{model}-mutant", model, mutant)
        cases.append((found > 0, f"{model} with {mutant} is refused"))
    print(f"1..{len(cases)}")
    for number, (good, text) in enumerate(cases, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}")
    return 0 if all(good for good, _ in cases) else 1


sys.exit(main())
