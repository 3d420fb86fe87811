"""Debian's archive as this machine's apt has it: packages unpacked from it, and the line by which others find it."""

from collections.abc import Sequence
from pathlib import Path

from devworld.node import debian


def unpack(packages: Sequence[str], folder: Path, *, scratch: Path) -> None:
    """Packages of the machine's own release, into a folder as the root of a file system.

    Raises:
        PackagesError: apt cannot fetch one.
    """
    apt = debian.Apt(scratch / "apt", sources=[debian.codename()])
    apt("update")
    files = scratch / "debs"
    files.mkdir()
    apt("download", *packages, cwd=files)
    for file in sorted(files.glob("*.deb")):
        debian.run("dpkg-deb", "--extract", str(file), str(folder))


def source_line(suite: str) -> str:
    """A line of sources.list for another suite than the machine's own. Raises PackagesError: apt knows no archive."""
    return f"deb {debian.signed_by()}{debian.archive_uri(debian.codename())} {suite} main"
