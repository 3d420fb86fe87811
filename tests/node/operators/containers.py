"""The process of a Pod's container and what it takes of memory, as the machine's kernel sees it.

The image has no shell and no tools, and asking inside would change what is measured.
"""

import dataclasses
from pathlib import Path
from typing import Any

from devworld.node import cgroups
from devworld.node.node import Node

MIB = 1024 * 1024


@dataclasses.dataclass(frozen=True, kw_only=True)
class Memory:
    """In MiB."""

    rss: float
    """Of the process: VmRSS (proc(5))."""
    working_set: float
    """Of the container: what a kubelet measures it by, usage without the file cache that is not in use."""
    peak: float
    """The most that its control group has had, file cache included."""


def container_pid(node: Node, pod: Any) -> int:
    """Of the first process of its one container, as this machine numbers it."""
    return int((_group(node, pod) / "cgroup.procs").read_text(encoding="ascii").split()[0])


def memory_of(node: Node, pod: Any) -> Memory:
    """Of its one container, now."""
    group = _group(node, pod)
    stat = dict(line.split() for line in (group / "memory.stat").read_text(encoding="ascii").splitlines())
    usage, peak = (int((group / f"memory.{name}").read_text(encoding="ascii")) for name in _COUNTERS)
    status = Path(f"/proc/{container_pid(node, pod)}/status").read_text(encoding="utf-8")
    [resident] = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return Memory(
        rss=int(resident) / 1024, working_set=(usage - int(stat["total_inactive_file"])) / MIB, peak=peak / MIB
    )


_COUNTERS = ("usage_in_bytes", "max_usage_in_bytes")


def _group(node: Node, pod: Any) -> Path:
    """The container's in the memory hierarchy (control groups of version 1, as the node needs them)."""
    [status] = pod.status.container_statuses
    identifier = status.container_id.rpartition("/")[2]
    [group] = (cgroups.ROOT / "memory" / node.slot.cgroup).rglob(identifier)
    return group
