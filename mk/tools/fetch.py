# SPDX-License-Identifier: MIT
"""Fetching of pinned files: lock file, content-addressed cache, mirrors.

A file is looked for in the cache, in a folder of already downloaded files, and then on the
mirrors of this machine's own package configuration. Nothing is used before its hash was checked.
"""
import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from suggest import did_you_mean

Apt_helper = "/usr/lib/apt/apt-helper"


class FetchError(Exception):
    """A file cannot be had; the text says which, and how to supply it."""


@dataclass(frozen=True)
class Locked:
    """One line of the lock file."""

    name: str
    suite: str
    version: str
    path: str
    size: int
    sha256: str

    @property
    def file_name(self):
        return self.path.rsplit("/", 1)[-1]

    def text(self):
        return f"{self.name} {self.version} {self.path} {self.size} {self.sha256}"


def cache_folder():
    """The user's cache folder of this project."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "furore"


def read_lock(path):
    """All entries of a lock file, by name."""
    entries = {}
    for number, raw in enumerate(Path(path).read_text().splitlines(), 1):
        words = raw.split("#", 1)[0].split()
        if not words:
            continue
        if len(words) != 6 or not words[4].isdigit() or len(words[5]) != 64:
            raise FetchError(f"{path}:{number}: expected 'name suite version path size sha256'; "
                             f"found '{raw.strip()}'.")
        entries[words[0]] = Locked(*words[:4], int(words[4]), words[5].lower())
    return entries


def locked(entries, name):
    if name not in entries:
        raise FetchError(f"mk/third-party/lock has no line for '{name}'."
                         + did_you_mean(name, entries))
    return entries[name]


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def mirrors():
    """Sites of this machine's package configuration, the main archive first."""
    chosen = os.environ.get("MIRROR")
    if chosen:
        return [chosen.rstrip("/")]
    try:
        result = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE)"], check=True,
                                capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    sites = list(dict.fromkeys(s.rstrip("/") for s in result.stdout.split()))
    return sorted(sites, key=lambda s: "security" in s)


def download(url, target, sha256):
    """Tries to get one URL. Returns None, or one line that says why not."""
    if os.access(Apt_helper, os.X_OK):
        command = [Apt_helper, "-q=2", "download-file", url, str(target), f"SHA256:{sha256}"]
    elif shutil.which("curl"):
        command = ["curl", "-fsSL", "--retry", "2", "-o", str(target), url]
    elif shutil.which("wget"):
        command = ["wget", "-q", "-O", str(target), url]
    else:
        return "neither apt-helper nor curl nor wget is installed"
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0 and target.is_file():
        return None
    lines = [x for x in (result.stderr + result.stdout).splitlines() if x.strip()]
    return lines[-1].strip() if lines else f"{command[0]} failed"


def by_hand(entry):
    """How to supply a file without the network."""
    return (f"To supply it by hand: get '{entry.path}' of any Debian archive ({entry.name} "
            f"{entry.version}, {entry.size} bytes, SHA-256 {entry.sha256}), put it into a folder "
            "and run make THIRD_PARTY_FILES=folder.")


def check(entry, path, origin):
    found = sha256_of(path)
    if found != entry.sha256:
        raise FetchError(f"{entry.file_name} from {origin} is not the file that the lock pins: "
                         f"SHA-256 is {found}, expected {entry.sha256} (mk/third-party/lock). "
                         + by_hand(entry))


def fetch(entry, say=print):
    """Path of a verified file in the cache."""
    folder = cache_folder() / "files" / entry.sha256
    kept = folder / entry.file_name
    if kept.is_file() and kept.stat().st_size == entry.size:
        check(entry, kept, f"the cache ({folder}; remove that folder)")
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{entry.file_name}.{os.getpid()}"
    try:
        get(entry, part, say)
        part.replace(kept)
    finally:
        part.unlink(missing_ok=True)
    return kept


def get(entry, target, say):
    """Fills `target` with the verified file from a given folder or a mirror."""
    given = os.environ.get("THIRD_PARTY_FILES")
    if given and (Path(given) / entry.file_name).is_file():
        source = Path(given) / entry.file_name
        check(entry, source, str(source))
        shutil.copyfile(source, target)
        return
    say(f"  FETCH   {entry.file_name} ({(entry.size + 524288) >> 20} MB)")
    tried = []
    for site in mirrors():
        why = download(f"{site}/{entry.path}", target, entry.sha256)
        if why is None:
            check(entry, target, site)
            return
        tried.append(f"  {site}: {why}")
    if not tried:
        tried = ["  no mirror known: apt is not configured here; say MIRROR=url of a Debian "
                 "archive"]
    raise FetchError(f"{entry.file_name} could not be fetched:\n" + "\n".join(tried)
                     + "\n" + by_hand(entry))
