# SPDX-License-Identifier: MIT
"""An entry in QEMU with gdb attached: the machine waits before its first instruction."""
import shutil
import signal
import struct
import subprocess
import time

from boot import elf
from boot.errors import BootError
from boot.qemu import end_with_us

Socket, Serial_log, Script = "gdb.sock", "serial.log", "start.gdb"
Loaded_segment = 1
Program, Library = 2, 3  # types of ELF files
Patience = 20  # seconds until QEMU listens


def run(command, files, work, top, commands):
    """Starts QEMU (its command line), then gdb; returns gdb's exit status. `commands`: what to do without a
    terminal, separated by `;`; empty: ask the user."""
    if not shutil.which("gdb"):
        raise BootError("gdb was not found. Install it (Debian: apt-get install gdb).")
    work.mkdir(parents=True, exist_ok=True)
    for name in (Socket, Serial_log):
        (work / name).unlink(missing_ok=True)
    script = work / Script
    script.write_text(start_script(files, work, top, commands))
    # the socket's name must be short: both programs run in its folder
    qemu = subprocess.Popen(for_gdb(command), cwd=work, stdin=subprocess.DEVNULL,
                            start_new_session=True)
    end_with_us(qemu)
    try:
        wait_for(work / Socket, qemu)
        arguments = ["gdb", "-q", "-nx", *(["-batch"] if commands else []), "-x", str(script)]
        if not commands:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is gdb's: it stops the machine
        return subprocess.call(arguments, cwd=work)
    finally:
        qemu.terminate()
        qemu.wait()


def for_gdb(command):
    """QEMU's command line with the serial line in a file, stopped, listening for gdb."""
    result, i = [], 0
    while i < len(command):
        if command[i] in ("-serial", "--serial"):
            i += 2
            continue
        result.append(command[i])
        i += 1
    return result + ["-serial", f"file:{Serial_log}", "-S", "-gdb",
                     f"unix:path={Socket},server=on,wait=off"]


def wait_for(socket, qemu):
    end = time.monotonic() + Patience
    while not socket.exists():
        if qemu.poll() is not None:
            raise BootError(f"QEMU ended with status {qemu.returncode} before gdb could be attached.")
        if time.monotonic() > end:
            raise BootError(f"QEMU did not listen for gdb within {Patience} seconds.")
        time.sleep(0.05)


def start_script(files, work, top, commands):
    """What gdb reads first: symbols of the kernel and of all programs, our commands, the connection."""
    lines = ["set pagination off", "set confirm off", "set print thread-events off",
             "set auto-load safe-path /", "set architecture i386:x86-64"]
    programs = [f for f in files if elf_type(f.symbols) == Program]
    libraries = [f.symbols for f in files if elf_type(f.symbols) == Library]
    shared = sharing_addresses([f.symbols for f in programs if f.role != "kernel"])
    for file in programs:
        if file.role == "kernel":
            lines.append(f'file "{file.symbols}"')
        elif file.symbols not in shared:
            lines.append(f'add-symbol-file "{file.symbols}" -o 0')
    lines += [f'source {top / "mk/gdb/furore.py"}',
              f'python Log.path = Path("{work / Serial_log}")',
              *(f'python symbols.add("{path}")' for path in shared),
              *(f'python symbols.add_dynamic("{f.symbols}")' for f in programs
                if elf.needed(f.symbols.read_bytes())),
              *(f'python symbols.add_library("{path}")' for path in libraries),
              f"target remote {Socket}"]
    if any(path.name == "l4re" for path in (f.symbols for f in programs)):
        lines.append("l4-crashes")
    if commands:
        lines += [c.strip() for c in commands.split(";")] + ["python end()"]
    else:
        lines.append('echo The machine waits: `continue` starts it, Ctrl-C stops it; `help user-defined`.\\n')
    return "\n".join(lines) + "\n"


def addresses(path):
    """(first, last + 1) of the addresses that a program is linked to."""
    with open(path, "rb") as file:
        head = file.read(64)
        place, size, count = *struct.unpack_from("<Q", head, 32), *struct.unpack_from("<HH", head, 54)
        file.seek(place)
        headers = [struct.unpack("<IIQQQQQQ", file.read(size)[:56]) for _ in range(count)]
    parts = [(address, address + length) for kind, _, _, address, _, _, length, _ in headers
             if kind == Loaded_segment]
    return min(begin for begin, _ in parts), max(end for _, end in parts)


def sharing_addresses(paths):
    """Those programs that have an address in common with another one."""
    ranges = {path: addresses(path) for path in paths}
    return [p for p, (begin, end) in ranges.items()
            if any(o != p and begin < other_end and other < end
                   for o, (other, other_end) in ranges.items())]


def elf_type(path):
    """Program: it has addresses of its own; Library: it gets them when it is loaded. None: something else."""
    with open(path, "rb") as file:
        head = file.read(64)
    return int.from_bytes(head[16:18], "little") if head[:5] == b"\x7fELF\x02" else None
