"""Where things are in an environment that holds tritonserver, and which Python library its models run in."""

import os
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sagemaker_simulator.servers.triton.cannot_serve import CannotServeError

PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHON_LIBRARY = f"libpython{PYTHON_VERSION}.so.1.0"  # what the stub of this version is linked to


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A virtual environment made by this very Python, with nvidia-pytriton in it."""

    folder: Path

    @property
    def programs(self) -> Path:
        return self.folder / "bin"

    @property
    def packages(self) -> Path:
        return self.folder / "lib" / f"python{PYTHON_VERSION}" / "site-packages"

    @property
    def server(self) -> Path:
        return self._triton / "bin" / "tritonserver"

    @property
    def backends(self) -> Path:
        return self._triton / "backends"

    @property
    def stub(self) -> Path:
        """The process that runs one Python model, where the Python backend looks for it."""
        return self.backends / "python" / "triton_python_backend_stub"

    @property
    def shipped_stub(self) -> Path:
        """The stub for this version of Python, where the wheel has it."""
        return self._triton / "python_backend_stubs" / PYTHON_VERSION / "triton_python_backend_stub"

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """The variables under which tritonserver's stubs find Python's library and this environment's packages.

        The stub ignores PYTHONPATH and VIRTUAL_ENV: it takes its prefix from the first `python3` on the PATH.

        Raises:
            CannotServeError: this Python has no shared library.
        """
        paths = (str(self.programs), inherited.get("PATH", os.defpath))
        libraries = filter(None, (str(python_library().parent), inherited.get("LD_LIBRARY_PATH")))
        return {**inherited, "PATH": os.pathsep.join(paths), "LD_LIBRARY_PATH": os.pathsep.join(libraries)}

    @property
    def _triton(self) -> Path:
        return self.packages / "pytriton" / "tritonserver"


def python_library() -> Path:
    """The shared library of the Python that runs this.

    Raises:
        CannotServeError: it has none, or it lies where nobody can tell that it is of the same build.
    """
    folder = Path(sysconfig.get_config_var("LIBDIR") or Path(sys.base_prefix, "lib"))
    multiarch = sysconfig.get_config_var("MULTIARCH") or ""
    for each in (folder, folder / multiarch, Path(sys.base_prefix, "lib")):
        if (each / PYTHON_LIBRARY).exists():
            return each / PYTHON_LIBRARY
    raise CannotServeError(
        f"this Python ({sys.base_prefix}) has no shared library {PYTHON_LIBRARY}, in which Triton runs Python models: "
        f"on Debian install libpython{PYTHON_VERSION}; a Python that was built here needs --enable-shared"
    )
