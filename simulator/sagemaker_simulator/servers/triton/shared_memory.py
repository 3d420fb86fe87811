"""Clears away what killed servers left in shared memory: at least 1 MiB for each model that they had.

A container has a /dev/shm of its own, which goes with it. Here all servers share the machine's, so each puts its
process into the names of what it makes there, and the next one to start removes what belongs to no process any more.
"""

import contextlib
import os
import re
from pathlib import Path

FOLDER = Path("/dev/shm")  # noqa: S108 - where POSIX shared memory lies on Linux (shm_overview(7))
_NAME = "sagemaker-simulator-triton-{process}-{started}-"
_PATTERN = re.compile(_NAME.format(process=r"(\d+)", started=r"(\d+)"))
_STARTED = 19  # of /proc/PID/stat after the command's closing parenthesis (proc_pid_stat(5))


def own_prefix() -> str:
    """The beginning of the names that this process uses, also after it has become another program."""
    process = os.getpid()
    return _NAME.format(process=process, started=_started(process))


def sweep(folder: Path = FOLDER) -> None:
    """Remove what processes left that have ended."""
    for each in folder.glob("sagemaker-simulator-triton-*"):
        found = _PATTERN.match(each.name)
        if found and _started(int(found[1])) != int(found[2]):
            with contextlib.suppress(FileNotFoundError, PermissionError):  # another sweep; another user's server
                each.unlink()


def _started(process: int) -> int | None:
    """In clock ticks since boot; a process id alone may be used again."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[_STARTED])
    except (FileNotFoundError, ProcessLookupError):
        return None
