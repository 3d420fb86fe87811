"""Whether images can be built on this machine, and the sentence that says why not."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from devworld.images.tools import LINKER_CACHE, NAMESPACES
from devworld.node import debian

PROGRAMS = {"unshare": "util-linux", "mount": "mount", "perl": "perl", "ldconfig": "libc-bin"}


def available() -> str | None:
    """None, or the first reason why no image can be built here. Asks nothing of the network."""
    checks: tuple[Callable[[], str | None], ...] = (_system, _root, _packages, _programs, _kernel, _namespaces)
    for check in checks:
        reason = check()
        if reason:
            return f"no images can be built on this machine: {reason}"
    return None


def _system() -> str | None:
    return None if sys.platform == "linux" else f"it needs Linux, this is {sys.platform}; use docker build"


def _root() -> str | None:
    return None if os.geteuid() == 0 else "it needs root, for namespaces and mounts; docker build does without"


def _packages() -> str | None:
    missing = debian.missing_programs()
    if missing:
        return f"there is no {' and no '.join(missing)}; buildah is unpacked from Debian packages. Use docker build"
    return None if debian.codename() else f"{debian.OS_RELEASE} names no VERSION_CODENAME of a Debian; use docker build"


def _programs() -> str | None:
    return debian.lacking(PROGRAMS)


def _kernel() -> str | None:
    if "overlay" not in Path("/proc/filesystems").read_text(encoding="ascii").split():
        return "the kernel does not have overlayfs; load it with modprobe overlay"
    return None if LINKER_CACHE.is_file() else f"there is no {LINKER_CACHE}; run ldconfig"


def _namespaces() -> str | None:
    tried = subprocess.run([*NAMESPACES, "true"], capture_output=True, text=True, check=False)
    if tried.returncode == 0:
        return None
    return f"namespaces cannot be made ({tried.stderr.strip()}); a container that runs this must be privileged"
