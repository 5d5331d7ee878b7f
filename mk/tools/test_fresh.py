#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The first command of a new user, for real: an empty Debian, a clone, `make qemu E=hello`.

Makes a minimal Debian root with debootstrap (git, make, gcc, g++ and nothing else of what the build
needs), clones this tree's HEAD into it and works there as a new user would:

  1. `make qemu E=hello` must print Hello World! repeatedly, within the time limit;
  2. the same again must start QEMU within seconds;
  3. after touching hello's source only hello is compiled.

With --all-tests, `.ci/run` must pass there too.

Needs root. Usage: test_fresh.py TOP BUILD [--suite bookworm] [--all-tests] [--keep]
"""
import argparse
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from fetch import cache_folder, mirrors  # noqa: E402

First_limit = 240.0    # seconds from the clone to Hello World!
Second_limit = 3.0     # seconds to the start of QEMU when nothing changed
Packages = "git,make,gcc,g++"
Tree = "root/furore"


class Failed(Exception):
    """The test failed; the text says what was expected."""


def say(text):
    print(f"  FRESH   {text}", flush=True)


def check_call(command, what):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            stdin=subprocess.DEVNULL, check=False)
    if result.returncode != 0:
        raise Failed(f"{what} failed:\n" + "\n".join(result.stdout.splitlines()[-15:]))
    return result.stdout


def make_root(root, suite):
    """A minimal Debian root. Its packages are kept in the user's cache."""
    sites = mirrors()
    if not sites:
        raise Failed("no Debian mirror is known: apt is not configured here; say MIRROR=url")
    packages = cache_folder() / "debootstrap" / suite
    packages.mkdir(parents=True, exist_ok=True)
    say(f"debootstrap {suite} (about a minute)")
    # With mounts of its own: nothing stays mounted when it is interrupted.
    check_call(["unshare", "--mount", "debootstrap", "--variant=minbase", f"--include={Packages}",
                f"--cache-dir={packages}", suite, str(root), sites[0]], "debootstrap")
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    # What lets this machine's own apt reach its mirror holds for the root too.
    for path in Path("/etc/apt/apt.conf.d").glob("*proxy*"):
        shutil.copy(path, root / "etc/apt/apt.conf.d")


def in_root(root, command):
    """A command line that runs `command` in the root with its own mounts and processes."""
    script = ("mount -t proc proc proc && mount --rbind /dev dev && "
              f'exec chroot . /bin/sh -c "cd /{Tree} && {command}"')
    passed = {k: v for k, v in os.environ.items() if k.lower().endswith("_proxy")}
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "TERM": "dumb", **passed}
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", script], env


def run(root, command, stop, limit):
    """Runs until a line satisfies `stop`, the command ends, or `limit` seconds are over.

    Returns (lines with their times, exit status or None if it was stopped).
    """
    line, env = in_root(root, command)
    begin = time.monotonic()
    process = subprocess.Popen(line, cwd=root, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=True)
    lines, rest = [], b""
    try:
        while time.monotonic() - begin < limit:
            if not select.select([process.stdout], [], [], 0.5)[0]:
                continue
            data = os.read(process.stdout.fileno(), 65536)
            if not data:
                return lines, process.wait()
            *whole, rest = (rest + data).split(b"\n")
            for raw in whole:
                text = raw.decode(errors="replace").rstrip("\r")
                lines.append((time.monotonic() - begin, text))
                print(f"    | {text}", flush=True)
                if stop(lines):
                    return lines, None
        raise Failed(f"'{command}' did not get there within {limit:g} s; last lines:\n"
                     + "\n".join(t for _, t in lines[-15:]))
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def hello_seen(lines):
    return sum("Hello World!" in text for _, text in lines) >= 2


def qemu_started(lines):
    return any(re.match(r"  QEMU ", text) for _, text in lines)


def first_run(root):
    lines, status = run(root, "make qemu E=hello", hello_seen, 3 * First_limit)
    if status is not None:
        raise Failed(f"'make qemu E=hello' ended with status {status} before Hello World!")
    seconds = lines[-1][0]
    say(f"Hello World! after {seconds:.0f} s (limit {First_limit:.0f})")
    if seconds > First_limit:
        raise Failed("the first run took too long")


def second_run(root):
    lines, _ = run(root, "make qemu E=hello", qemu_started, 60)
    seconds = lines[-1][0]
    say(f"second run: QEMU starts after {seconds:.1f} s (limit {Second_limit:g})")
    built = [t for _, t in lines if re.match(r"  (CC|CXX|AS|C\+\+|LINK|AR) ", t)]
    if built:
        raise Failed("nothing had changed, but this was built:\n" + "\n".join(built))
    if seconds > Second_limit:
        raise Failed("the second run took too long to start QEMU")


def touch_one_file(root):
    sources = list((root / Tree / "pkg/hello").rglob("main.c"))
    if not sources:
        raise Failed("pkg/hello has no main.c")
    os.utime(sources[0])
    lines, _ = run(root, "make", lambda _: False, 60)
    built = [t for _, t in lines if re.match(r"  (CC|CXX|AS|C\+\+|LINK|AR|LD) ", t)]
    if not built or any("pkg/hello" not in t for t in built):
        raise Failed(f"after touching {sources[0].name} of hello this was built:\n"
                     + "\n".join(built))
    say("touching hello's source builds only hello")


def all_tests(root):
    """What continuous integration does, in the same root."""
    say("all tests (.ci/run)")
    lines, status = run(root, ".ci/run", lambda _: False, 2400)
    if status != 0:
        raise Failed(f".ci/run ended with status {status}: {lines[-1][1] if lines else ''}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("top", type=Path)
    parser.add_argument("build", type=Path)
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("--keep", action="store_true", help="leave the root for looking at it")
    parser.add_argument("--all-tests", action="store_true", help="also run all tests there")
    args = parser.parse_args()
    if os.geteuid() != 0:
        print("*** test-fresh makes a Debian root and changes into it: run it as root.",
              file=sys.stderr)
        return 1
    root = args.build / "fresh" / args.suite
    try:
        shutil.rmtree(root, ignore_errors=True)
        root.parent.mkdir(parents=True, exist_ok=True)
        make_root(root, args.suite)
        if check_call(["git", "-C", str(args.top), "status", "--porcelain"], "git status"):
            say("note: uncommitted changes are not part of the clone")
        check_call(["git", "clone", "-q", "--no-local", str(args.top), str(root / Tree)],
                   "git clone")
        steps = [first_run, second_run, touch_one_file]
        for step in steps + ([all_tests] if args.all_tests else []):
            step(root)
    except Failed as error:
        print(f"\n*** test-fresh: {error}\n", file=sys.stderr)
        return 1
    finally:
        if not args.keep:
            shutil.rmtree(root, ignore_errors=True)
    say("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
