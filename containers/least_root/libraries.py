"""The shared libraries that programs and extension modules of the image link to, as the dynamic linker finds them."""

import re
import shutil
import subprocess
from pathlib import Path

from image import Image

ELF = b"\x7fELF"
# Loaded by name when a thread is cancelled (glibc, pthread_cancel(3)), so no ELF header tells of it.
LOADED_LATER = "libgcc_s.so.1"
FOUND = re.compile(r"^\s*(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)$", re.MULTILINE)
NOT_FOUND = re.compile(r"^\s*(\S+) => not found$", re.MULTILINE)


def bring(image: Image) -> None:
    """Raises SystemExit where a library is missing."""
    programs = [path for path in sorted(image.root.rglob("*")) if _is_elf(path)]
    for program in programs:
        for library in _linked(program):
            if not library.is_relative_to(image.root):
                image.copy(library)
    for folder in sorted({path.parent for path in image.copied if path.name == "libc.so.6"}):
        image.copy(folder / LOADED_LATER)
    _write_cache(image)


def _linked(program: Path) -> list[Path]:
    told = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False)
    missing = NOT_FOUND.findall(told.stdout)
    if missing:
        raise SystemExit(f"least_root: {program} links to {', '.join(missing)}, which the base image lacks")
    return [Path(path) for path in FOUND.findall(told.stdout)]


def _is_elf(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(ELF)) == ELF


def _write_cache(image: Image) -> None:
    """For libraries outside the linker's own folders: /usr/local/lib, where Python is built from source."""
    for path in (Path("/etc/ld.so.conf"), *sorted(Path("/etc/ld.so.conf.d").glob("*.conf"))):
        if path.is_file():
            image.copy(path)
    subprocess.run(["/sbin/ldconfig", "-X", "-r", str(image.root)], check=True)
    shutil.rmtree(image.at("/var/cache/ldconfig"), ignore_errors=True)  # dates and inodes of the build
