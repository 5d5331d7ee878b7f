# SPDX-License-Identifier: MIT
"""Check the spin models in this folder: each exhaustively, and each with its mutant, which must fail.

    check.py BUILD_FOLDER
"""
import pathlib
import re
import subprocess
import sys

# Model, and its mutants with the search that finds them: "safety" (assertions, ends without a way on) or "live" (the
# model's ltl formula under weak fairness).
MODELS = {
    "hold": {"MUTANT_TURN": "live", "MUTANT_BED": "live"},
    "wake": {"MUTANT_WAKE": "safety", "MUTANT_REST": "live"},
    "flush": {"MUTANT_FLUSH": "safety"},
    "ipc": {"MUTANT_TIMEOUT": "safety"},
    "death": {"MUTANT_DEATH": "safety"},
    "move": {"MUTANT_MOVE": "safety"},
}
SEARCH = {"safety": (["-DSAFETY"], ["-noclaim"]), "live": (["-DNFAIR=3"], ["-a", "-f"])}
HERE = pathlib.Path(__file__).resolve().parent


def verify(work: pathlib.Path, model: str, search: str, define: str = "") -> tuple[int, int, bool]:
    """Errors found, states stored, and whether the search was complete."""
    compiler_options, options = SEARCH[search]
    work.mkdir(parents=True, exist_ok=True)
    subprocess.run(["spin", *([f"-D{define}"] if define else []), "-a", HERE / f"{model}.pml"],
                   cwd=work, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["gcc", "-O2", "-w", *compiler_options, "-DCOLLAPSE", "-DVECTORSZ=2048",
                    "-DMEMLIM=2000", "-o", "pan", "pan.c"], cwd=work, check=True)
    text = subprocess.run(["./pan", "-m1000000", *options], cwd=work, stdout=subprocess.PIPE,
                          text=True, check=False).stdout
    errors = int(re.search(r"errors: (\d+)", text).group(1))
    states = int(float(re.search(r"([\d.e+]+) states, stored", text).group(1)))
    cut = re.search("max search depth too small|out of memory|reached -DMEMLIM|not completed", text)
    return errors, states, not cut


def main() -> int:
    build = pathlib.Path(sys.argv[1]).resolve() / "tests" / "proof"
    cases = []
    for model, mutants in MODELS.items():
        searches = ["safety"] + ["live"] * ("ltl" in (HERE / f"{model}.pml").read_text())
        for search in searches:
            errors, states, complete = verify(build / model, model, search)
            cases.append((errors == 0 and complete,
                          f"{model}, {search}: no error in {states} states, search "
                          f"{'complete' if complete else 'incomplete'}"))
        for mutant, search in mutants.items():
            found, _, _ = verify(build / f"{model}-mutant", model, search, mutant)
            cases.append((found > 0, f"{model} with {mutant} is refused"))
    print(f"1..{len(cases)}")
    for number, (good, text) in enumerate(cases, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}")
    return 0 if all(good for good, _ in cases) else 1


sys.exit(main())
