"""Whether this machine lets a server see its model read-only at /opt/ml/model; looked up once, said in the log."""

import asyncio
import logging
import os
import sys
from pathlib import Path

from sagemaker_simulator.hosting import launcher
from sagemaker_simulator.hosting.model_folder import ModelFolder

_LOG = logging.getLogger(__name__)
_LAUNCHER = (sys.executable, "-I", "-S", launcher.__file__)


def launch_command(
    command: tuple[str, ...], *, mount_model: Path | None, at: Path = launcher.MODEL_PATH
) -> tuple[str, ...]:
    """The command line that becomes `command`, tied to this process, with the folder mounted there if given."""
    return (*_LAUNCHER, *_options(mount_model, at), "--", *command)


async def mounts_allowed(scratch: Path) -> bool:
    """Try a mount namespace in an empty folder under `scratch`, and log which of the two ways is taken."""
    folder = ModelFolder.make(under=scratch, prefix="probe.")
    try:
        probe = await asyncio.create_subprocess_exec(
            *_LAUNCHER,
            *_options(folder.model, launcher.MODEL_PATH),
            "--probe",
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, complaint = await probe.communicate()
    finally:
        folder.remove()
    if probe.returncode == 0:
        _LOG.info(
            "models are mounted read-only at %s, each server in a mount namespace of its own", launcher.MODEL_PATH
        )
        return True
    _LOG.warning(
        "this machine allows no mount namespace (%s): servers find their model through SM_MODEL_DIR, not at %s; "
        "a server that reads only %s will not find it",
        complaint.decode(errors="replace").strip(),
        launcher.MODEL_PATH,
        launcher.MODEL_PATH,
    )
    return False


def _options(mount_model: Path | None, at: Path) -> tuple[str, ...]:
    parent = ("--parent", str(os.getpid()))
    return parent if mount_model is None else (*parent, "--mount-model", str(mount_model), "--mount-at", str(at))
