"""Whether this machine can have a node, and the sentence that says why not."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from devworld.node import cgroups, debian
from devworld.node.oci_archive import ARCHITECTURES
from devworld.node.sandbox import UNSHARE, hidden
from tests.controlplane.content_cache import cache_folder
from tests.controlplane.expected import ExpectedError
from tests.controlplane.goversion import NEEDED, GoMissingError, go_version

# unshare, nsenter and mount come with util-linux, which every Debian has.
PROGRAMS = {"unshare": "util-linux", "nsenter": "util-linux", "mount": "mount", "ip": "iproute2", "cp": "coreutils"}
KERNEL = {
    "/proc/sys/net/bridge": "the kernel module br_netfilter; load it with modprobe br_netfilter",
    "/proc/self/ns/pid": "pid namespaces",
    "/proc/self/ns/net": "network namespaces",
}


class NodeUnavailableError(ExpectedError):
    """There can be no node; the text says why."""


def available() -> str | None:
    """None, or the first reason why there can be no node here. Asks nothing of the network, starts nothing big."""
    checks: tuple[Callable[[], str | None], ...] = (
        _system,
        _root,
        _programs,
        _kernel,
        _groups,
        _namespaces,
        _packages,
        _go,
    )
    for check in checks:
        reason = check()
        if reason:
            return f"no Kubernetes node on this machine: {reason}"
    return None


def why_not_in(directory: Path) -> str | None:
    """None, or why a node cannot have its files in this folder; its caches are asked about too."""
    for path in (directory, cache_folder()):
        folder = hidden(path)
        if folder:
            return f"{path} lies under {folder}, which a node's programs see empty; set DEV_DIR or HOME elsewhere"
    return None


def _system() -> str | None:
    if sys.platform != "linux":
        return f"it needs Linux, this is {sys.platform}"
    machine = os.uname().machine
    return None if machine in ARCHITECTURES else f"it is made for {' and '.join(ARCHITECTURES)}, this is {machine}"


def _root() -> str | None:
    return None if os.geteuid() == 0 else "it needs root, for namespaces, control groups and mounts"


def _programs() -> str | None:
    return debian.lacking(PROGRAMS)


def _kernel() -> str | None:
    if "overlay" not in Path("/proc/filesystems").read_text(encoding="ascii").split():
        return "the kernel does not have overlayfs; load it with modprobe overlay"
    missing = [what for path, what in KERNEL.items() if not os.path.exists(path)]
    return f"it needs {missing[0]}" if missing else None


def _groups() -> str | None:
    missing = cgroups.missing()
    if not missing:
        return (
            None
            if cgroups.writable()
            else f"{cgroups.ROOT} is read-only; a container that runs this must be privileged"
        )
    if (cgroups.ROOT / "cgroup.controllers").is_file():
        return "this machine has control groups of version 2 only, with which the node has not been proven; use kind"
    return f"{cgroups.ROOT} lacks the control groups {', '.join(missing)} of version 1"


def _namespaces() -> str | None:
    tried = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode == 0:
        return None
    return f"namespaces cannot be made ({tried.stderr.strip()}); a container that runs this must be privileged"


def _packages() -> str | None:
    missing = debian.missing_programs()
    if missing:
        return f"there is no {' and no '.join(missing)}; containerd and runc are unpacked from Debian packages"
    return None if debian.codename() else f"{debian.OS_RELEASE} names no VERSION_CODENAME of a Debian"


def _go() -> str | None:
    try:
        go_version()
    except GoMissingError:
        needed = ".".join(str(number) for number in NEEDED)
        return f"its programs are built with Go {needed} or newer, which is not on PATH; install Go and try again"
    return None
