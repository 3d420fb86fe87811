"""The control groups of a node: one of its own under the root of each controller (version 1, cgroups(7))."""

import contextlib
import os
from pathlib import Path

from tests.controlplane.deadlines import until

ROOT = Path("/sys/fs/cgroup")
NEEDED = ("cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "pids")  # what the kubelet asks for
INHERITED_BY_HAND = ("cpuset.cpus", "cpuset.mems")  # empty in a new group, and then nothing may run in it
GONE_WITHIN_SECONDS = 20


def missing() -> list[str]:
    """The controllers that a kubelet needs and this machine does not have, mounted each by itself."""
    return [name for name in NEEDED if not (ROOT / name / "cgroup.procs").is_file()]


def writable() -> bool:
    """Whether groups can be made; a container has them read-only unless it is privileged."""
    return all(os.access(ROOT / name, os.W_OK) for name in NEEDED)


def make(name: str) -> None:
    """The group in every hierarchy, also in one of version 2 beside them, where the runtime would make it otherwise."""
    for hierarchy in _hierarchies():
        group = hierarchy / name
        group.mkdir(exist_ok=True)
        for setting in INHERITED_BY_HAND:
            if (group / setting).is_file():
                (group / setting).write_text((hierarchy / setting).read_text(encoding="ascii"), encoding="ascii")


def remove(name: str) -> None:
    """The group and all below it, once the kernel has seen their processes off.

    Raises:
        DeadlineError: a process is still in one.
    """
    until(
        lambda: not _remove_what_is_empty(name),
        what=f"the control groups of {name} to be empty",
        within_seconds=GONE_WITHIN_SECONDS,
        seen=lambda: [str(group) for group in groups(name)],
    )


def groups(name: str) -> list[Path]:
    """Those that are there, the deepest first."""
    tops = [hierarchy / name for hierarchy in _hierarchies() if (hierarchy / name).is_dir()]
    found = [path for top in tops for path in (top, *top.rglob("*")) if path.is_dir()]
    return sorted(found, key=lambda path: len(path.parts), reverse=True)


def _remove_what_is_empty(name: str) -> list[Path]:
    """What is left."""
    for group in groups(name):
        with contextlib.suppress(OSError):  # EBUSY while a process of it is ending; asked again
            group.rmdir()
    return groups(name)


def _hierarchies() -> list[Path]:
    if not ROOT.is_dir():
        return []
    return [path for path in ROOT.iterdir() if (path / "cgroup.procs").is_file() and not path.is_symlink()]
