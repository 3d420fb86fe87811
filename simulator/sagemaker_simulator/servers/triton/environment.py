"""The virtual environment that holds tritonserver: made on first use from hash-checked pins, kept in the user's cache.

It counts as made only once the server in it has loaded a Python model and answered for it.
"""

import contextlib
import fcntl
import hashlib
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sagemaker_simulator.servers.triton import preflight, rehearsal
from sagemaker_simulator.servers.triton.cannot_serve import CannotServeError
from sagemaker_simulator.servers.triton.installation import Installation

PINS = Path(__file__).parents[4] / "requirements" / "triton.txt"
READY = "ready"  # written last: a folder without it is what is left of an install that was killed
DIGITS = 16
INSTALL_WITHIN_SECONDS = 600.0  # 85 MB to fetch; seconds on a fast network

Say = Callable[[str], None]


def cache_folder() -> Path:
    """Where the environments are kept; safe to delete when no server of them runs."""
    return Path.home() / ".cache" / "sagemaker-endpoint-operator" / "triton"


def installed(*, say: Say, pins: Path = PINS, cache: Path | None = None) -> Installation:
    """The environment with what the pins name, made now if it is not there yet.

    Raises:
        CannotServeError: a package cannot be fetched or is not the pinned one, or what was installed does not work.
    """
    if not pins.exists():
        raise CannotServeError(
            f"{pins} is not there: outside a checkout of the project, make an environment with nvidia-pytriton and "
            "numpy below 2 yourself and start this server with --environment DIR"
        )
    folder = (cache or cache_folder()) / _key(pins)
    if _ready(folder):
        return Installation(folder=folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(folder, say):
        if not _ready(folder):  # else somebody made it while we waited
            _make(folder, pins, say)
    return Installation(folder=folder)


def put_stub(installation: Installation) -> None:
    """Copy the stub for this Python to where the Python backend looks for it; the wheel brings all versions beside it.

    Raises:
        CannotServeError: the wheel has no stub for this version of Python.
    """
    preflight.refuse_other_versions(installation)
    if not installation.stub.exists():
        shutil.copy(installation.shipped_stub, installation.stub)


def _key(pins: Path) -> str:
    digest = hashlib.sha256()
    for part in (pins.read_bytes(), platform.python_version().encode(), sys.base_prefix.encode()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:DIGITS]


def _ready(folder: Path) -> bool:
    return (folder / READY).exists()


@contextlib.contextmanager
def _only_one(folder: Path, say: Say) -> Iterator[None]:
    """Holds the folder's lock, which the kernel lets go of when its holder ends in whatever way."""
    with folder.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another install of it is under way; waiting for that one")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(folder: Path, pins: Path, say: Say) -> None:
    # At its final place, not renamed there: the scripts of a virtual environment hold its path.
    say(f"installing Triton from {pins.name} into an environment of its own (once; up to a minute, 210 MB)")
    begun = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    _uv("venv", "--python", sys.executable, str(folder))
    python = str(folder / "bin" / "python")
    _uv("pip", "install", "--python", python, "--no-deps", "--require-hashes", "-r", str(pins))
    installation = Installation(folder=folder)
    put_stub(installation)
    rehearsal.rehearse(installation)
    (folder / READY).touch()
    say(f"installed and tried out in {time.monotonic() - begun:.0f} s")


def _uv(*arguments: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    program = str(uv) if uv.exists() else shutil.which("uv")
    if program is None:
        raise CannotServeError(f"uv is neither next to {sys.executable} nor on the PATH; pip install uv")
    try:
        done = subprocess.run(
            (program, "--quiet", *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_WITHIN_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotServeError(
            f"uv {arguments[0]} did not end within {INSTALL_WITHIN_SECONDS:g} s; is the package index reachable?"
        ) from None
    if done.returncode:
        raise CannotServeError(f"uv {' '.join(arguments)} failed ({done.returncode}):\n{done.stderr.strip()}")
