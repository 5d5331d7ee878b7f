# SPDX-License-Identifier: MIT
"""From an entry of a module list to files on disk.

Runs the list's perl and shell lines, searches the files, expands globs, unpacks, strips debug
information, adds shared libraries, and gives every file the name under which it is booted.
"""
import glob
import gzip
import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from boot import elf
from boot.errors import BootError
from boot.modlist import Module
from suggest import did_you_mean

Kernel_name, Other_kernel = "furore", "fiasco"
Debug_kernel, Debug_options = "furore_debug", "-serial_esc"
Max_library_depth = 20


@dataclass
class BootFile:
    """A file as it is given to the loader: `path` is read, `name` is its boot name."""

    role: str
    path: Path
    name: str
    args: str
    attrs: dict = field(default_factory=dict)
    symbols: Path | None = None  # the file before it was stripped

    def command_line(self):
        return f"{self.name} {self.args}".strip()


@dataclass
class Settings:
    """Where things are. `search` comes first, then the build's own folders."""

    top: Path
    build: Path
    search: list
    arch: str = "amd64"
    bits: str = "64"
    platform: str = "pc"
    kernel: str = ""           # "debug": the debug kernel instead of the usual one
    kernel_options: str = ""   # further words for the kernel's command line

    def folders(self):
        programs = self.build / "bin" / f"{self.arch}_gen"
        libraries = self.build / "lib" / f"{self.arch}_gen" / "std" / "l4f"
        assets = sorted((self.build / "assets").glob("*"))
        return [*map(Path, self.search), programs / "l4f", programs / "plain", programs, libraries,
                *assets]

    def environment(self):
        """Variables that perl and shell lines see."""
        return dict(os.environ, ARCH=self.arch, BITS=self.bits, PLATFORM_TYPE=self.platform,
                    L4DIR=str(self.top), SRC_BASE_ABS=str(self.top))


class Resolver:
    def __init__(self, settings, entry, note=print):
        self.settings, self.entry, self.note = settings, entry, note
        self.folders = settings.folders() + [settings.top / d for d in entry.searchpath]
        self.work = settings.build / "boot" / safe_name(entry.name)

    # --- the whole entry ---------------------------------------------------------------------
    def bootstrap(self):
        return self.file_of(self.entry.base["bootstrap"])

    def file_of(self, module):
        """The one file of a kernel, sigma0, roottask, bootstrap or initrd line."""
        found = self._files(module)
        if len(found) != 1:
            raise module.where.error(f"the {module.role} line must give one file; it gives "
                                     f"{len(found)}.")
        return found[0]

    def files(self):
        """Kernel, sigma0, root task, then the modules in the order of the list, then libraries."""
        entry = self.entry
        wanted = [entry.base[r] for r in ("kernel", "sigma0", "roottask") if r in entry.base]
        result = []
        for module in wanted:
            result.append(self.file_of(module))
        for module in entry.modules:
            result += self._files(module)
        return result + self._libraries(result)

    # --- one line ------------------------------------------------------------------------------
    def _files(self, module):
        return [self._file(module, line) for line in self.expand(module)]

    def expand(self, module):
        """'FILE [ARGS]' texts of a line: itself, or what its code or pattern gives."""
        options, text = module.options, module.text
        if "perl" in options:
            code = f'my @r = do {{ {text} }}; print map {{ "$_\\n" }} @r;'
            return self._run(module, ["perl", "-e", code])
        if "shell" in options:
            return self._run(module, ["/bin/sh", "-c", text])
        if "glob" in options:
            pattern, _, args = text.partition(" ")
            return [f"{p} {args}".strip() for p in sorted(glob.glob(pattern))]
        return [text]

    def _run(self, module, command):
        result = subprocess.run(command, capture_output=True, text=True, check=False,
                                env=self.settings.environment(), stdin=subprocess.DEVNULL)
        if result.returncode != 0:
            kind = "perl code" if command[0] == "perl" else "shell command"
            last = (result.stderr.strip().splitlines() or ["no message"])[-1]
            raise module.where.error(f"the {kind} '{module.text}' failed with status "
                                     f"{result.returncode}: {last}")
        return [line.strip() for line in result.stdout.splitlines() if line.strip()]

    def _file(self, module, text):
        name, _, args = text.partition(" ")
        if module.role == "kernel":
            name, args = self._chosen_kernel(name, args)
        path = self._search(module, name)
        boot_name = module.options.get("fname", Path(name).name)
        if path.name != Path(name).name and "fname" not in module.options:
            boot_name = path.name
        attrs = {k[len("attr:"):]: v for k, v in module.options.items() if k.startswith("attr:")}
        if "uncompress" in module.options:
            path = self._unpack(module, path)
        symbols = path
        if "nostrip" not in module.options and module.role != "kernel":
            path = self._strip(path)
        result = BootFile(module.role, path, boot_name, args.strip(), attrs, symbols)
        result.scan = "no-shlib-scan" not in module.options
        return result

    def _chosen_kernel(self, name, args):
        """KERNEL=debug and KERNEL_OPTIONS of the command line."""
        kind = self.settings.kernel
        if kind not in ("", "debug"):
            raise BootError(f"KERNEL={kind}: the kernels are KERNEL=debug, with debugger and "
                            "checks, and the default without both.")
        if kind and name in (Kernel_name, Other_kernel):
            name, args = Debug_kernel, f"{args} {Debug_options}"
        return name, f"{args} {self.settings.kernel_options}".strip()

    # --- files -----------------------------------------------------------------------------------
    def find(self, name):
        """First match along the search path, or None."""
        if os.path.isabs(name):
            return Path(name) if os.path.isfile(name) else None
        for folder in self.folders:
            if (folder / name).is_file():
                return folder / name
        return None

    def _search(self, module, name):
        if name.startswith(("ssh://", "scp://", "http://", "https://")):
            return self._download(module, name)
        found = self.find(name)
        if found is None and module.role == "kernel" and Path(name).name == Other_kernel:
            found = self.find(Kernel_name)
            if found:
                self.note(f"  NOTE    {module.where}: '{name}' is not here; booting the kernel "
                          f"'{Kernel_name}', which has the same interface")
        if found is None:
            raise module.where.error(self._not_found(name, module.role))
        return found

    def _not_found(self, name, role):
        what = "module" if role == "module" else role
        if os.path.isabs(name):
            return f"the {what} '{name}' does not exist."
        known = [p.name for d in self.folders if d.is_dir() for p in d.iterdir() if p.is_file()]
        looked = "".join(f"\n    {d}{'' if d.is_dir() else '  (no such folder)'}"
                         for d in self.folders)
        return (f"the {what} '{name}' was not found." + did_you_mean(Path(name).name, known)
                + " If a package makes it, build that package; if it is elsewhere, add its folder "
                  f"to MODULE_SEARCH_PATH in Makeconf.boot.\n  Looked in:{looked}")

    def _download(self, module, url):
        self.work.mkdir(parents=True, exist_ok=True)
        target = self.work / "fetched" / url.rsplit("/", 1)[-1]
        target.parent.mkdir(exist_ok=True)
        if url.startswith(("ssh://", "scp://")):
            host, _, path = url.split("://", 1)[1].partition("/")
            command = ["scp", "-q", f"{host}:/{path}", str(target)]
        else:
            command = ["curl", "-fsSL", "-o", str(target), url]
        if not shutil.which(command[0]):
            raise module.where.error(f"'{url}' needs the program '{command[0]}', which is not "
                                     "installed.")
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            last = (result.stderr.strip().splitlines() or ["no message"])[-1]
            raise module.where.error(f"'{url}' could not be fetched: {last}")
        return target

    def _derived(self, kind, path):
        """Place of a file made from `path`; one folder per origin, so that names stay."""
        mark = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
        folder = self.settings.build / "boot" / kind / mark
        folder.mkdir(parents=True, exist_ok=True)
        return folder / path.name

    def _unpack(self, module, path):
        target = self._derived("unpacked", path)
        if not is_fresh(target, path):
            try:
                data = gzip.decompress(path.read_bytes())
            except (OSError, EOFError) as error:
                raise module.where.error(f"'{path}' cannot be uncompressed: {error}.") from None
            target.write_bytes(data)
        return target

    def _strip(self, path):
        """The file without debug information; the file itself if it has none or is no ELF file."""
        with open(path, "rb") as file:
            if file.read(5) != b"\x7fELF\x02":
                return path
        target = self._derived("stripped", path)
        if not is_fresh(target, path):
            result = subprocess.run(["strip", "--strip-debug", "-o", str(target), str(path)],
                                    capture_output=True, check=False)
            if result.returncode != 0:
                return path
        return target

    # --- shared libraries -----------------------------------------------------------------------
    def _libraries(self, files):
        """Shared libraries that the files need, by name, each once."""
        present = {f.name for f in files}
        found = {}
        level = [(f.path, f.name) for f in files if f.scan]
        for _ in range(Max_library_depth):
            following = []
            for path, user in level:
                for name in elf.needed(path.read_bytes()) if path.is_file() else []:
                    if name in present or name in found:
                        continue
                    library = self.find(name)
                    if library is None:
                        raise BootError(f"entry '{self.entry.name}': '{user}' needs the shared "
                                        f"library '{name}', which was not found. Build its "
                                        "package, or boot without it: module[no-shlib-scan] ...")
                    found[name] = BootFile("module", self._strip(library), name, "",
                                           symbols=library)
                    following.append((library, name))
            level = following
        return [found[n] for n in sorted(found)]


def is_fresh(target, source):
    """Whether a derived file is newer than its origin."""
    try:
        return target.stat().st_mtime_ns > source.stat().st_mtime_ns
    except OSError:
        return False


def safe_name(name):
    """An entry's name as a file name: lower-case, blanks to underscores."""
    return "".join(c if c.isalnum() or c in "-._+" else "_" for c in name.lower())
