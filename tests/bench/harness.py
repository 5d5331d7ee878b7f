# SPDX-License-Identifier: MIT
"""`make bench`: counts guest instructions of the operations in operations.toml and of booting.

Prints a table; writes results.json, results.svg and accounts.txt to build/bench. The figures are
exact and do not depend on the machine: instructions of the guest, counted in QEMU's TCG.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import chart
import results
from symbols import Symbols, entry_point

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
BOOT_GOALS = {"kernel entry to sigma0": 3_000_000, "sigma0 to Hello World!": 2_000_000,
              "sigma0 to Hello World!, started by ned": 0}


class Bench_error(Exception):
    """Something that a measurement needs is missing; the text names it and the remedy."""


class Machine:
    """Boots systems under the plugin."""

    def __init__(self, build: Path, qemu: str) -> None:
        self.build = build
        self.work = build / "bench"
        self._qemu = qemu
        self._stderr = self.work / "qemu-errors.txt"
        if not shutil.which(qemu):
            raise Bench_error(f"'{qemu}' is not installed; run `make setup`, or set QEMU=")

    def find(self, name: str) -> Path:
        """A boot file of the build tree."""
        programs = self.build / "bin" / "amd64_gen"
        for place in (self.build / "tests" / "bin", programs / "l4f", programs / "plain", programs,
                      TOP / "conf", HERE):
            if (place / name).is_file():
                return place / name
        raise Bench_error(f"'{name}' is not built; run `make` first")

    def boot(self, modules: list[str], options: str, until: bytes, cpus: int = 1,
             seconds: float = 150) -> tuple[results.Counts, bytes]:
        """Boot until a text was printed; returns the plugin's counts and the whole output."""
        out = self.work / "counts.txt"
        out.unlink(missing_ok=True)
        files = [" ".join([str(self.find(words[0])), *words[1:]])
                 for words in (module.split() for module in modules)]
        # without x2APIC: tests/run/guest.py
        command = [self._qemu, "-accel", "tcg", "-M", "q35", "-cpu", "max,-x2apic", "-m", "256",
                   "-smp", str(cpus),
                   "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
                   "-icount", "shift=0,sleep=off",
                   "-plugin", f"{self.work}/count.so,out={out}{options}",
                   "-kernel", str(self.find("bootstrap")), "-initrd", ",".join(files)]
        output = self._run(command, until, seconds)
        if until not in output:
            told = (output + self._stderr.read_bytes()).decode("utf-8", "replace")
            tail = told.splitlines()[-15:]
            raise Bench_error(f"'{until.decode()}' was not printed within {seconds:.0f} s. Last "
                              "lines:\n  " + "\n  ".join(tail))
        return results.read(out), output

    def _run(self, command: list[str], until: bytes, seconds: float) -> bytes:
        with self._stderr.open("wb") as errors:
            # `timeout` also ends what outlives this program
            child = subprocess.Popen(["timeout", str(int(seconds) + 30), *command],
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
        assert child.stdout
        output = b""
        deadline = time.monotonic() + seconds
        timer = signal.signal(signal.SIGALRM, lambda *_: child.terminate())
        signal.alarm(int(seconds) + 1)
        try:
            while until not in output and time.monotonic() < deadline:
                chunk = child.stdout.read1(65536)
                if not chunk:
                    break
                output += chunk
            child.terminate()  # the plugin writes its results when QEMU ends
            output += child.stdout.read()
            child.wait(timeout=30)
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, timer)
            if child.poll() is None:
                child.kill()
                child.wait()
        return output


def instructions_to_hello(machine: Machine, modules: list[str]) -> tuple[int, int | None]:
    """From kernel entry to sigma0's first instruction, and from there to "Hello World!"."""
    kernel, sigma0 = entry_point(machine.find("furore")), entry_point(machine.find("sigma0"))
    counts, output = machine.boot(
        modules, f",at=kernel:{kernel:x},at=sigma0:{sigma0:x},characters=on", b"Hello World!")
    start = counts.points["sigma0"]
    hello = results.last_byte_of(b"Hello World!", output, counts, start)
    return start - counts.points["kernel"], None if hello is None else hello - start


def measure_boot(machine: Machine) -> list[dict[str, object]]:
    """The start, with `hello` as the first program and with ned as the one that starts it."""
    direct = ["furore", "sigma0", "moe --init=rom/hello", "l4re", "hello"]
    by_ned = ["furore", "sigma0", "moe rom/hello.cfg", "l4re", "ned", "hello", "hello.cfg"]
    kernel, hello = instructions_to_hello(machine, direct)
    _, through_ned = instructions_to_hello(machine, by_ned)
    counted = zip(BOOT_GOALS.items(), (kernel, hello, through_ned))
    _, output = machine.boot(["furore", "sigma0", "moe rom/footprint.cfg", "l4re", "ned", "hello",
                              "footprint.cfg"], "", b"footprints: all")
    return [{"name": name, "p50": count, "goal": goal} for (name, goal), count in counted] + footprints(output)


def footprints(output: bytes) -> list[dict[str, object]]:
    """Figures that a program measured itself: lines with `footprint:`, a name, and bytes. The last of each counts."""
    found = re.findall(r"footprint: (.*?) (\d+)\b", output.decode(errors="replace"))
    return [{"name": f"{name}, bytes", "p50": int(count), "goal": 0} for name, count in dict(found).items()]


# The systems whose operations are measured: boot modules and CPUs.
SYSTEMS = (
    (("furore", "sigma0", "bench_kernel"), 1),
    (("furore", "sigma0", "moe --init=rom/bench_moe", "l4re", "bench_moe"), 1),
    (("furore", "sigma0", "bench_smp"), 8),
)


def measure_operations(machine: Machine) -> tuple[list[dict[str, object]], str]:
    """The table's operations, and the account per function of each as text."""
    rows: list[dict[str, object]] = []
    rows_by_id: dict[int, dict[str, object]] = {}
    accounts: dict[int, list[str]] = {}
    for modules, cpus in SYSTEMS:
        counts, output = machine.boot(list(modules), "", b"TAP TEST FINISHED", cpus)
        rows += footprints(output)
        symbols = Symbols([machine.find(module.split()[0]) for module in modules])
        for number, window in counts.windows.items():
            if window.samples:
                rows_by_id[number] = results.figures(window, counts.events)
                accounts[number] = [f"  {share:9.1f}  {name}" for name, share
                                    in symbols.account(window.profile, len(window.samples))
                                    if share >= 0.5]
    text = []
    for operation in tomllib.loads((HERE / "operations.toml").read_text())["operation"]:
        number = operation["id"]
        rows.append({"name": operation["name"], "goal": operation["goal"],
                     **rows_by_id.get(number, {"p50": None})})
        text += [operation["name"], *accounts.get(number, [])]
    return rows, "\n".join(text) + "\n"


def table(rows: list[dict[str, object]]) -> str:
    """Rows as text: what was counted, the goal, and where the instructions were."""
    head = f"{'operation':50} {'p50':>9} {'goal':>9} {'user':>6} {'kernel':>7} {'lines':>9}  events"
    lines = [head, "-" * len(head)]
    for row in rows:
        if row["p50"] is None:
            lines.append(f"{row['name']:50} {'not run':>9}")
            continue
        goal = int(row["goal"])  # type: ignore[call-overload]
        mark = "" if not goal else " " if int(row["p50"]) <= goal else "!"  # type: ignore
        text = f"{row['name']:50} {row['p50']:9} {goal or '':>8}{mark or ' '}"
        if "user" in row:
            events = " ".join(f"{n}:{c}" for n, c in row["events"].items())  # type: ignore
            spread = f"{row['kernel_code_lines']}+{row['kernel_data_lines']}"
            text += f" {row['user']:6} {row['kernel']:7} {spread:>9}  {events}"
        lines.append(text.rstrip())
    lines.append("lines: the kernel's 64-byte code + data lines; !: more than the goal")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--only", choices=("boot", "operations"))
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    try:
        machine = Machine(options.build.resolve(), options.qemu)
        if options.only != "operations":
            try:
                rows += measure_boot(machine)
            except Bench_error as error:
                if options.only == "boot":
                    raise
                print(f"boot is not measured: {error}", file=sys.stderr)
        if options.only != "boot":
            operations, accounts = measure_operations(machine)
            rows += operations
            (machine.work / "accounts.txt").write_text(accounts)
            (machine.work / "results.svg").write_text(chart.bars(operations))
    except Bench_error as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    (machine.work / "results.json").write_text(json.dumps(rows, indent=1) + "\n")
    print(table(rows))
    print(f"JSON, chart and the account per function: {machine.work}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
