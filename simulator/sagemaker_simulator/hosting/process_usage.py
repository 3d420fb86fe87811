"""What process groups use of this machine, as Linux tells it in /proc. Elsewhere nothing is known of it."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
# Fields of /proc/PID/stat after the command's closing parenthesis (proc_pid_stat(5)): pgrp, utime, stime, rss.
_GROUP, _USER, _SYSTEM, _PAGES = 2, 11, 12, 21


@dataclass(frozen=True)
class Usage:
    """Processor seconds used since the start, and bytes of memory held now, by all processes of a group."""

    cpu_seconds: float
    resident_bytes: int


def is_known() -> bool:
    """Tell whether this machine has /proc."""
    return (_PROC / "self" / "stat").exists()


def usage_by_group(groups: Collection[int]) -> Mapping[int, Usage]:
    """Return the use of each group that still has a process."""
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    found: dict[int, Usage] = {}
    for folder in _PROC.iterdir():
        fields = _fields(folder) if folder.name.isdecimal() else None
        if fields is None or int(fields[_GROUP]) not in groups:
            continue
        group = int(fields[_GROUP])
        before = found.get(group, Usage(0.0, 0))
        seconds = (int(fields[_USER]) + int(fields[_SYSTEM])) / ticks
        found[group] = Usage(before.cpu_seconds + seconds, before.resident_bytes + int(fields[_PAGES]) * page)
    return found


def memory_bytes() -> int:
    """Return how much memory this machine has."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _fields(folder: Path) -> list[str] | None:
    try:
        return (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:  # the process has ended since the folder was listed
        return None
