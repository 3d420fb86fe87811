"""Which Debian packages the image has files of, written where scanners look and with the licences that must go along.

/var/lib/dpkg/status.d/NAME is how images without dpkg tell of their packages (Distroless, Trivy, Syft and Grype).
"""

import os
from collections.abc import Iterator
from pathlib import Path

from image import Image
from interpreter import CA_BUNDLE

DPKG = Path("/var/lib/dpkg")
STATUS = "/var/lib/dpkg/status.d"


def describe(image: Image) -> None:
    """For the files that came until now. The bundle of authorities is made by its package's installation."""
    owners = {CA_BUNDLE: "ca-certificates", **dict(_owned())}
    names = {owners[path] for path in image.copied if path in owners}
    stanzas = dict(_stanzas())
    for name in sorted(names):
        package = name.partition(":")[0]  # libc6:amd64
        image.write(f"{STATUS}/{package}", stanzas[package])
        _bring_licence(image, Path("/usr/share/doc", package))


def _bring_licence(image: Image, documents: Path) -> None:
    """Packages of one source may share a folder: then theirs is a link."""
    licence = documents / "copyright"
    if not licence.exists():
        raise SystemExit(f"least_root: the base image has no {licence}, without which files may not be passed on")
    image.copy(licence)
    if documents.is_symlink():
        image.at(documents).symlink_to(documents.readlink())


def _owned() -> Iterator[tuple[Path, str]]:
    """Each file with its package. Packages may name /lib what is /usr/lib by now."""
    for listing in sorted((DPKG / "info").glob("*.list")):
        for line in listing.read_text(encoding="utf-8").splitlines():
            path = Path(line)
            if path.parent != Path("/"):
                yield Path(os.path.realpath(path.parent), path.name), listing.stem


def _stanzas() -> Iterator[tuple[str, str]]:
    for stanza in (DPKG / "status").read_text(encoding="utf-8").split("\n\n"):
        if stanza.strip():
            name = stanza.splitlines()[0].removeprefix("Package: ")
            yield name, stanza.strip("\n") + "\n"
