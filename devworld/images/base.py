"""The image that the others are built on where no registry can be asked for `python:3.13-slim`.

Debian 13 with its own Python 3.13 and pip, in the shape of that image: Python is `python`. Nothing of the machine is in
it. It holds the versions of the day it was made, and is kept until it is asked for in another way.
"""

import functools
import os
from collections.abc import Mapping
from pathlib import Path

from devworld.images import debian_archive
from devworld.images.storage import Storage
from devworld.images.tools import Tools
from tests.controlplane.content_cache import kept, key_of
from tests.controlplane.progress import Progress

SUITE = "trixie"
PACKAGES = ("python3", "python3-pip", "ca-certificates")
NAME = "localhost/python:3.13-slim"
# In the new root; $1 is its path (mmdebstrap(1), HOOKS).
FINISHING = (
    'ln -s /usr/bin/python3 "$1/usr/local/bin/python"',
    'rm -f "$1/etc/apt/sources.list" "$1/etc/resolv.conf" "$1/etc/hostname"',
)
EPOCH = 0  # seconds since 1970: the date of what is made


def base_key() -> str:
    """Names what the base is made of."""
    return key_of(SUITE, *PACKAGES, *FINISHING, NAME, os.uname().machine)


def base_image(tools: Tools) -> Path:
    """A storage with the image in it, which builds only read; made now where it is not there yet: half a minute.

    Raises:
        PackagesError: apt has no archive to take Debian from.
        ToolError: Debian or buildah refuse.
    """
    return kept("node/image-base", base_key(), functools.partial(_make, tools=tools)) / "storage"


def _make(folder: Path, progress: Progress, *, tools: Tools) -> None:
    progress.say(f"making a base image from Debian {SUITE}: once, half a minute and 190 MB")
    root = folder.parent / "root.tar"
    hooks = [f"--customize-hook={hook}" for hook in FINISHING]
    tools.mmdebstrap(
        *("--quiet", "--mode=root", "--variant=minbase", f"--include={','.join(PACKAGES)}"),
        *(*hooks, SUITE, str(root), debian_archive.source_line(SUITE)),
        environment={"SOURCE_DATE_EPOCH": str(EPOCH), "DEBIAN_FRONTEND": "noninteractive"},
    )
    progress.say("importing it")
    _import(tools, root, Storage.make(folder / "storage", settings=folder.parent))


def _import(tools: Tools, root: Path, storage: Storage) -> None:
    environment: Mapping[str, str] = storage.environment
    container = tools.buildah("from", "scratch", environment=environment).strip()
    tools.buildah("add", "--quiet", container, str(root), "/", environment=environment)
    tools.buildah("config", "--cmd", "python3", container, environment=environment)
    tools.buildah(
        *("commit", "--quiet", "--rm", storage.policy_option, "--timestamp", str(EPOCH), container, NAME),
        environment=environment,
    )
