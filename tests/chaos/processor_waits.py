"""What a busy machine adds to the time that programs take: how long they could have run and had no processor."""

from collections.abc import Iterable
from pathlib import Path


class ProcessorWaits:
    """Of the main threads of some processes, from now on; in a replica of the operator that is the one that leads."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._before = {pid: _waited(pid) for pid in pids}
        self._now = dict(self._before)

    def look(self) -> None:
        """Of one that ends, the last look counts."""
        for pid in self._before:
            self._now[pid] = max(self._now[pid], _waited(pid))

    def seconds(self, *pids: int) -> float:
        """Theirs together, as far as the last look: they wait for each other."""
        return sum(self._now[pid] - self._before[pid] for pid in pids)


def _waited(pid: int) -> float:
    """Seconds on a run queue (sched-stats.rst of the kernel: the second field, nanoseconds); 0 where it is not told."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
