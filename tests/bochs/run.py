# SPDX-License-Identifier: MIT
"""Boots a guest test in Bochs and prints its serial line: run.py TOP BUILD PROGRAM MODEL CPUS.

Ends when the test's report is complete; the runner ends it when it is not in time."""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

End = "TAP TEST FINISHED"
Bios, Vga_bios = "/usr/share/bochs/BIOS-bochs-latest", "/usr/share/vgabios/vgabios.bin"
Entry = """entry {name}
kernel furore_debug -jdb_never_stop -jdb_cmd=cpus
roottask {program}
"""
# ips: instructions of a virtual second. Without a client the display (a VNC server) is only a
# port that nobody uses.
Configuration = """megs: 128
romimage: file={bios}
vgaromimage: file={vga_bios}
cpu: model={model}, count={cpus}, ips=100000000, reset_on_triple_fault=0
clock: sync=none
display_library: rfb, options="timeout=0"
sound: driver=dummy
speaker: enabled=0
ata0-master: type=cdrom, path="{image}", status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={serial}
log: {log}
panic: action=fatal
error: action=report
info: action=ignore
"""


def make_image(top, build, program, work):
    """An ISO image with kernel, sigma0 and the program as root task."""
    name = f"bochs-{program}"
    modules = work / "modules.lst"
    modules.write_text(Entry.format(name=name, program=program))
    environment = dict(os.environ, MODULES_LIST=str(modules), KERNEL="", KERNEL_OPTIONS="",
                       MODULE_SEARCH_PATH=str(build / "tests" / "bin"))
    subprocess.run([sys.executable, "-B", str(top / "mk/tools/boot"), "--top", str(top), "--build",
                    str(build), "iso", name], check=True, env=environment, stdout=subprocess.DEVNULL)
    image = work / "boot.iso"
    shutil.move(build / "images" / f"{name}.iso", image)
    return image


def follow(serial, bochs):
    """Print what comes on the serial line; True when the report is complete."""
    seen = 0
    while True:
        ended = bochs.poll() is not None
        text = serial.read_text(errors="replace").replace("\r", "") if serial.exists() else ""
        print(text[seen:], end="", flush=True)
        seen = len(text)
        if End in text:
            return True
        if ended:
            print(f"Bochs ended with status {bochs.returncode}")
            return False
        time.sleep(0.2)


def check_firmware():
    for path, package in ((Bios, "bochsbios"), (Vga_bios, "vgabios")):
        if not os.path.exists(path):
            sys.exit(f"Bochs needs '{path}' (Debian: apt-get install {package}); "
                     "`make test-bochs` installs it.")


def main():
    check_firmware()
    top, build, program, model, cpus = Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:6]
    with tempfile.TemporaryDirectory(prefix="bochs-", dir=build / "tests") as folder:
        work = Path(folder)
        image, serial = make_image(top, build, program, work), work / "serial.log"
        (work / "bochsrc").write_text(Configuration.format(
            bios=Bios, vga_bios=Vga_bios, model=model, cpus=cpus, image=image, serial=serial,
            log=work / "bochs.log"))
        with open(work / "out.log", "wb") as output:
            bochs = subprocess.Popen(["bochs", "-q", "-f", "bochsrc"], cwd=work, stdout=output,
                                     stderr=subprocess.STDOUT, stdin=subprocess.PIPE)
            try:
                bochs.stdin.write(b"c\n")  # a Bochs with a debugger waits for its command
                bochs.stdin.flush()
                return 0 if follow(serial, bochs) else 1
            finally:
                bochs.kill()
                bochs.wait()


if __name__ == "__main__":
    sys.exit(main())
