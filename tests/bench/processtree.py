"""What a process and the children in its session have used, as /proc says; a controller may be a wrapper's child."""

import contextlib
import os
from pathlib import Path

from tests.controlplane import proc
from tests.controlplane.expected import ExpectedError

_TICKS = os.sysconf("SC_CLK_TCK")


class EndedError(ExpectedError):
    """There is nothing to measure any more."""


def cpu_seconds(pid: int) -> float:
    """Of all of them, those that ended and were waited for included (proc(5), cutime and cstime). Raises EndedError."""
    ticks = 0
    for stat in _readings(pid, "stat"):
        fields = stat.rsplit(")", 1)[1].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICKS


def rss_mib(pid: int) -> float:
    """Of all of them; pages that they share count for each. Raises EndedError."""
    return _mib(pid, "VmRSS:")


def peak_rss_mib(pid: int) -> float:
    """The most since each began (proc(5), VmHWM), summed: more than they ever had at once. Raises EndedError."""
    return _mib(pid, "VmHWM:")


def _mib(pid: int, field: str) -> float:
    lines = [line for status in _readings(pid, "status") for line in status.splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def _readings(pid: int, file: str) -> list[str]:
    """One file of /proc for the process, and for each child that is still there when it is read.

    Raises EndedError when the process itself is not.
    """
    try:
        readings = [Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8", errors="replace")]
    except (FileNotFoundError, ProcessLookupError):
        raise EndedError(f"process {pid}, which was measured, has ended; look why and measure again") from None
    leader = proc.stat(pid)
    for child in proc.session_of(leader.identity) if leader else []:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            readings.append(Path(f"/proc/{child.pid}/{file}").read_text(encoding="utf-8", errors="replace"))
    return readings
