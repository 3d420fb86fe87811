"""Looks whether Python models can run before tritonserver starts.

When a stub cannot start, tritonserver waits for it for ever: POST /models does not answer, and /ping says 400.
"""

import ctypes
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sagemaker_simulator.servers.triton.cannot_serve import CannotServeError
from sagemaker_simulator.servers.triton.installation import PYTHON_VERSION, Installation, python_library

# Without arguments a stub complains of them and exits; this only guards against one that hangs.
_STUB_WITHIN_SECONDS = 20.0
_STUBS_ANSWER = "arguments, found 1"
_SUPPORTED = "3.11 and 3.12"  # a stub in the wheel, and a numpy below 2


def look(installation: Installation, environment: Mapping[str, str]) -> None:
    """Raises CannotServeError with what is wrong and what mends it."""
    for program in (installation.server, installation.stub):
        if not os.access(program, os.X_OK):
            raise CannotServeError(
                f"{program} is not there or is no program; delete {installation.folder}, the next start makes it anew"
            )
    refuse_other_library(python_library())
    _refuse_new_numpy(installation)
    _ask_stub(installation, environment)


def refuse_other_versions(installation: Installation) -> None:
    """Raises CannotServeError where the wheel has no stub for this version of Python."""
    if not installation.shipped_stub.exists():
        raise CannotServeError(
            f"nvidia-pytriton has no stub for Python {PYTHON_VERSION}; run the simulator with Python {_SUPPORTED}"
        )


def refuse_other_library(library: Path) -> None:
    """Raises CannotServeError when the library is of another Python than the standard library next to it.

    A stub with such a pair starts, and fails later in the middle of an import.
    """
    try:
        get_version = ctypes.CDLL(str(library)).Py_GetVersion
    except (OSError, AttributeError) as error:
        raise CannotServeError(f"{library} is no library of Python: {error}") from error
    get_version.restype = ctypes.c_char_p
    version = get_version().decode().split()[0]
    if version != platform.python_version():
        raise CannotServeError(
            f"{library} is of Python {version}, but the simulator runs on {platform.python_version()}: models would "
            "run with another version's standard library; install the two in one version"
        )


def _refuse_new_numpy(installation: Installation) -> None:
    for each in installation.packages.glob("numpy-*.dist-info"):
        version = each.name.removeprefix("numpy-").removesuffix(".dist-info")
        if int(version.partition(".")[0]) >= 2:
            raise CannotServeError(
                f"{installation.folder} has numpy {version}: the Python backend reads its tensors wrongly and says "
                "nothing; install numpy<2 there"
            )


def _ask_stub(installation: Installation, environment: Mapping[str, str]) -> None:
    try:
        done = subprocess.run(
            (str(installation.stub),),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_STUB_WITHIN_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotServeError(f"the stub for Python models does not run: {error}") from error
    if _STUBS_ANSWER not in done.stdout:
        raise CannotServeError(
            f"the stub for Python models does not run (exit code {done.returncode}): {done.stdout.strip()}; Triton "
            f"would wait for it for ever. Delete {installation.folder}, the next start makes it anew"
        )
