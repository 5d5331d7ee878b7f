# SPDX-License-Identifier: MIT
"""Booting an entry in QEMU: the loader as multiboot kernel, the files as its modules."""
import os
import shlex
import shutil
import signal
import struct
import subprocess
import sys
from pathlib import Path

from boot.errors import BootError
from boot.machine import with_machine

Default_options = "-serial stdio -m 512 -M q35"
Exit_device = "isa-debug-exit,iobase=0xf4,iosize=4"


def qemu_command(environment, bootstrap, files, work, note=print, wanted=None, image=None):
    """The whole command line as a list. `image`: arguments that boot an image of the same."""
    qemu = environment.get("QEMU_PATH") or "qemu-system-x86_64"
    if not shutil.which(qemu):
        raise BootError(f"QEMU ('{qemu}') was not found. Install it (Debian: apt-get install "
                        "qemu-system-x86), or set QEMU_PATH in Makeconf.boot.")
    command = [qemu, *(image or direct_start(bootstrap, files, work))]
    options = shlex.split(environment.get("QEMU_OPTIONS") or Default_options)
    options = with_machine(options, wanted or {})
    return command + with_defaults(options, qemu, environment, note)


def direct_start(bootstrap, files, work):
    """QEMU's own multiboot loader takes the files as they are."""
    append = ["-append", bootstrap.args] if bootstrap.args else []
    return ["-kernel", plain_path(bootstrap, work), *append,
            "-initrd", ",".join(initrd_item(f, work) for f in files)]


def initrd_item(file, work):
    """'FILE ARGS'; QEMU separates items by commas, a comma of the text is doubled."""
    return f"{plain_path(file, work)} {file.args}".strip().replace(",", ",,")


def plain_path(file, work):
    """A path whose last part is the boot name and that QEMU can split: no blanks."""
    path = str(file.path)
    if file.path.name == file.name and " " not in path and "," not in path:
        return path
    folder = work / "names"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / file.name.replace(" ", "_")
    link.unlink(missing_ok=True)
    link.symlink_to(file.path.resolve())
    return str(link)


def has(options, *names):
    return any(o in names for o in options)


def with_defaults(options, qemu, environment, note):
    """The user's options and what every run needs, unless the user has decided it."""
    options, wants_kvm = without_kvm(options)
    wants_kvm = wants_kvm or environment.get("ACCEL") == "kvm"
    if not has(options, "-accel") and not any("accel=" in o for o in options):
        if wants_kvm:
            why = kvm_problem(qemu)
            if why:
                note(f"  NOTE    KVM does not work here ({why}); using TCG")
            options += ["-accel", "tcg" if why else "kvm"]
        else:
            options += ["-accel", "tcg"]
    if not has(options, "-cpu"):
        options += ["-cpu", "host" if options[-1] == "kvm" else "max"]
    if not has(options, "-display", "-nographic", "-vnc", "-spice") and not (
            os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        options += ["-display", "none"]
    if not has(options, "-no-reboot"):
        options += ["-no-reboot"]
    if not any("isa-debug-exit" in o for o in options):
        options += ["-device", Exit_device]
    return options


def without_kvm(options):
    """Takes requests for KVM out; (options, whether there were any)."""
    result, wanted, i = [], False, 0
    while i < len(options):
        if options[i] in ("-enable-kvm", "--enable-kvm"):
            wanted = True
        elif options[i] in ("-accel", "--accel") and options[i + 1:i + 2] \
                and options[i + 1].startswith("kvm"):
            wanted = True
            i += 1
        else:
            result.append(options[i])
        i += 1
    return result, wanted


def probe_image():
    """A multiboot image of one page that writes 0x2a to the exit device."""
    base = 0x100000
    code = b"\xb0\x2a\xe6\xf4\xf4"          # mov $0x2a,%al; out %al,$0xf4; hlt
    magic, flags = 0x1badb002, 0x10000      # address fields are given
    header = struct.pack("<8I", magic, flags, -(magic + flags) & 0xffffffff, base, base,
                         base + 32 + len(code), base + 32 + len(code), base + 32)
    return header + code


def kvm_problem(qemu):
    """None if a guest really runs under KVM, else why not. The device node alone proves nothing."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "/dev/kvm cannot be opened"
    image = Path(os.environ.get("BUILD", ".")) / "boot" / "kvm-probe"
    image.parent.mkdir(parents=True, exist_ok=True)
    image.write_bytes(probe_image())
    command = [qemu, "-accel", "kvm", "-M", "q35", "-m", "32", "-nodefaults", "-display", "none",
               "-no-reboot", "-device", Exit_device, "-kernel", str(image)]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False,
                                stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "a test guest hangs"
    if result.returncode == 0x2a << 1 | 1:
        return None
    lines = result.stderr.strip().splitlines()
    return lines[0].split(": ", 1)[-1] if lines else f"a test guest ended with {result.returncode}"


def run(command):
    """Runs QEMU on this terminal and returns an exit status: 0, or what says that the guest failed.

    A guest ends QEMU through the exit device: QEMU's status is then 2 * code + 1. Code 0 cannot be
    told from an error of QEMU itself, so guests report success by ending in another way.
    """
    if sys.stdin.isatty() and os.tcgetpgrp(0) == os.getpgrp():
        status = run_with_terminal(command)
    else:
        process = subprocess.Popen(command)
        end_with_us(process)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # QEMU gets it as well, and ends
        status = process.wait()
    if status == 0 or -status in (signal.SIGINT, signal.SIGTERM):
        return 0
    if status > 1 and status & 1:
        print(f"\nThe guest ended QEMU with code {status >> 1}.")
    else:
        print(f"\nQEMU ended with status {status}.")
    return status


def end_with_us(process):
    """Who ends this program ends QEMU."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: process.terminate())


def run_with_terminal(command):
    """QEMU's exit status. It gets the terminal for itself: Ctrl-C ends it and nobody else, least of all
    make, which would report an error. Ctrl-Z is of no use there: nobody could wake it up."""
    def take_terminal():
        os.setpgrp()
        os.tcsetpgrp(0, os.getpgrp())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)

    ours = os.tcgetpgrp(0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # or taking it from the background would stop us
    process = subprocess.Popen(command, preexec_fn=take_terminal)
    end_with_us(process)
    try:
        while True:
            _, status = os.waitpid(process.pid, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                return os.waitstatus_to_exitcode(status)
            os.kill(process.pid, signal.SIGCONT)
    finally:
        os.tcsetpgrp(0, ours)
