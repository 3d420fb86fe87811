"""Python itself: the program, the names it goes by, and of its standard library what a server can use."""

import shutil
import ssl
import sysconfig
from pathlib import Path

from image import Image

# Windows on a screen, terminals, installers, and the tests of all that.
LEFT_OUT = frozenset(
    {
        "__pycache__",
        "curses",
        "dist-packages",
        "ensurepip",
        "idlelib",
        "lib2to3",
        "site-packages",
        "sitecustomize.py",
        "test",
        "tests",
        "tkinter",
        "turtle.py",
        "turtledemo",
        "venv",
    }
)
LEFT_OUT_BEGINNINGS = ("config-", "_curses", "_dbm", "_gdbm", "_test", "_tkinter", "_xxtest", "readline", "xx")
CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
OPENSSL_SETTINGS = Path("/etc/ssl/openssl.cnf")


def standard_library() -> Path:
    return Path(sysconfig.get_path("stdlib"))


def bring(image: Image) -> None:
    for name in ("python", "python3"):
        found = shutil.which(name)
        if found is not None:
            image.copy(Path(found))
    _bring_folder(image, standard_library())
    bring_certificates(image)


def bring_certificates(image: Image) -> None:
    """The authorities of the base image, where OpenSSL looks without being told."""
    expected = Path(ssl.get_default_verify_paths().openssl_cafile)
    image.copy(CA_BUNDLE)
    place = image.at(Path(expected.parent.resolve(), expected.name))
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(CA_BUNDLE)
    image.copy(OPENSSL_SETTINGS)


def _bring_folder(image: Image, folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.name in LEFT_OUT or path.name.startswith(LEFT_OUT_BEGINNINGS):
            continue
        if path.is_dir() and not path.is_symlink():
            _bring_folder(image, path)
        elif path.exists():
            image.copy(path)
