"""Makes the root file system of an image: Python, an application in one folder, what they link to, and nothing else.

An application that is no Python program has it without Python.

It runs in the build stage of every Dockerfile here, on any Debian that has Python as `python`. No shell, no package
manager and no pip come along, so that there is nothing in the image to be used against it and little to be patched.
The same files give the same result, to the byte.
"""

import argparse
import os
import stat
import subprocess
import sys
from pathlib import Path

import application
import interpreter
import libraries
import packages
from image import Image

USERS = "root:x:0:0:root:/:/nonexistent\nnonroot:x:65532:65532:nonroot:/tmp:/nonexistent\n"
GROUP = "root:x:0:\nnonroot:x:65532:\n"
NSSWITCH = "hosts: files dns\n"
TEMPORARY = "/tmp"  # noqa: S108  a folder to mount over


def main() -> None:
    arguments = _parse_arguments()
    image = Image(arguments.image)
    image.make_skeleton()
    if arguments.without_python:
        interpreter.bring_certificates(image)
    else:
        interpreter.bring(image)
    application.bring(image, arguments.application, only=dict(arguments.only))
    libraries.bring(image)
    _write_accounts(image)
    packages.describe(image)
    if not arguments.without_python:
        _compile(image, arguments.application)
    _settle(image, date=int(os.environ["SOURCE_DATE_EPOCH"]))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="least_root", description=__doc__)
    parser.add_argument("image", type=Path, help="folder that becomes the root of the image")
    parser.add_argument("--application", type=Path, required=True, help="folder with it and what it imports")
    parser.add_argument("--without-python", action="store_true", help="of Python only the authorities that it trusts")
    parser.add_argument(
        "--only",
        type=_part,
        action="append",
        default=[],
        metavar="FOLDER=NAME,...",
        help="of a folder of the application only these entries: botocore/data=endpoints.json,s3",
    )
    return parser.parse_args()


def _part(text: str) -> tuple[Path, frozenset[str]]:
    folder, _, names = text.partition("=")
    return Path(folder), frozenset(names.split(","))


def _write_accounts(image: Image) -> None:
    """Programs ask for the name of the user they run as."""
    image.write("/etc/passwd", USERS)
    image.write("/etc/group", GROUP)
    image.write("/etc/nsswitch.conf", NSSWITCH)
    image.copy(Path("/etc/os-release"))  # by which scanners know whose packages these are
    image.at(TEMPORARY).mkdir()


def _compile(image: Image, app: Path) -> None:
    """Once for all: a read-only root could not keep what Python compiles.

    The files are never compared with their sources, so they hold no dates; and in a fixed order of hashes, without
    which sets of constants are written in another order every time.
    """
    folders = [str(image.at(folder)) for folder in (interpreter.standard_library(), app)]
    options = ("-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(image.root), "-p", "/")
    # Broken on purpose are files that packages bring for tests of syntax: they are left as they are.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run([sys.executable, "-m", "compileall", *options, *folders], env=environment, check=False)


def _settle(image: Image, *, date: int) -> None:
    """Everything is root's, readable by all, writable by root at most, of one date, and gives nobody rights."""
    for path in [*image.root.rglob("*"), image.root]:
        os.lchown(path, 0, 0)
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)
    image.at(TEMPORARY).chmod(0o1777)
    for path in [*image.root.rglob("*"), image.root]:
        os.utime(path, (date, date), follow_symlinks=False)


if __name__ == "__main__":
    main()
