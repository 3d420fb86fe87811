"""A virtual environment for each client, made on first use from hash-checked pins and kept in the user's cache.

A client has an environment of its own because two of them cannot share one: the SDK's 2.x and 3.x are the same package,
and the AWS CLI pins libraries that the project's own tools need newer.
"""

import contextlib
import fcntl
import hashlib
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from devworld.settings import PROJECT
from tests.controlplane.expected import ExpectedError
from tests.controlplane.progress import Progress

PINS = PROJECT / "requirements" / "clients"
READY = "ready"  # written last: a folder without it is what is left of an install that was killed
DIGITS = 16
INSTALL_WITHIN_SECONDS = 600.0  # the largest takes one minute on two cores; the rest is for a slow network


class InstallError(ExpectedError):
    """A client could not be installed; the text holds what uv said."""


def cache_folder() -> Path:
    """Where the environments are kept; safe to delete when none of them is in use."""
    return Path.home() / ".cache" / "sagemaker-endpoint-operator" / "clients"


def environment_of(client: str, *, pins: Path = PINS, cache: Path | None = None) -> Path:
    """The folder of an environment with what `CLIENT.txt` pins, made now if it is not there yet.

    Raises:
        InstallError: a package cannot be fetched, or is not the one that was pinned.
    """
    requirements = pins / f"{client}.txt"
    folder = (cache or cache_folder()) / _key(requirements)
    if _ready(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    progress = Progress(client)
    with _only_one(folder, progress):
        if not _ready(folder):  # else somebody made it while we waited
            _make(folder, requirements, progress)
    return folder


def _key(requirements: Path) -> str:
    digest = hashlib.sha256()
    for part in (requirements.read_bytes(), platform.python_version().encode(), sys.base_prefix.encode()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:DIGITS]


def _ready(folder: Path) -> bool:
    return (folder / READY).exists()


@contextlib.contextmanager
def _only_one(folder: Path, progress: Progress) -> Iterator[None]:
    """Holds the folder's lock, which the kernel lets go of when its holder ends in whatever way."""
    with folder.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("another install of it is under way; waiting for that one")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(folder: Path, requirements: Path, progress: Progress) -> None:
    # At its final place, not renamed there: the scripts of a virtual environment hold its path.
    progress.say(f"installing {requirements.name} into an environment of its own (once; up to a minute)")
    shutil.rmtree(folder, ignore_errors=True)
    _uv("venv", "--python", sys.executable, str(folder))
    _uv("pip", "install", "--python", str(folder / "bin" / "python"), "--require-hashes", "-r", str(requirements))
    (folder / READY).touch()
    progress.say(f"installed in {progress.elapsed()}")


def _uv(*arguments: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    try:
        done = subprocess.run(
            (str(uv), "--quiet", *arguments),
            capture_output=True,
            text=True,
            timeout=INSTALL_WITHIN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InstallError(
            f"uv {arguments[0]} did not end within {INSTALL_WITHIN_SECONDS:g} s; is the package index reachable?"
        ) from None
    if done.returncode:
        raise InstallError(f"uv {' '.join(arguments)} failed ({done.returncode}):\n{done.stderr.strip()}")
