"""buildah and mmdebstrap: fetched as Debian packages and unpacked, never installed.

They come through the machine's own apt configuration, of the machine's own release, and run in namespaces of their own:
what they mount and start is gone with them, however they end.
"""

import dataclasses
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from devworld.images import debian_archive
from devworld.node import debian
from tests.controlplane.content_cache import kept, key_of
from tests.controlplane.expected import ExpectedError
from tests.controlplane.progress import Progress

# With the libraries that a machine may not have; the rest of theirs apt and dpkg need too.
PACKAGES = ("buildah", "mmdebstrap", "libgpgme11", "libassuan0", "libdevmapper1.02.1")
NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
LINKER_CACHE = Path("/etc/ld.so.cache")
# buildah starts itself again with an empty environment, so LD_LIBRARY_PATH would not reach it.
WITH_LIBRARIES = f'mount --bind "$1" {LINKER_CACHE} && shift && exec "$@"'
CACHE_FILE = "ld.so.cache"
LAST_LINES = 30


class ToolError(ExpectedError):
    """A tool failed; the text is what it said last."""


@dataclasses.dataclass(frozen=True)
class Tools:
    """`packages` is laid out as the root of a file system; `scratch` is a folder to work in, the caller's."""

    packages: Path
    scratch: Path

    @classmethod
    def ready(cls, scratch: Path) -> "Tools":
        """Fetched now where they are not there yet: 15 MB.

        Raises:
            PackagesError: apt cannot fetch them.
        """
        tools = cls(kept("node/image-tools", key_of(debian.codename(), *PACKAGES), _fetch), scratch)
        tools._write_linker_cache()
        return tools

    def buildah(self, *arguments: str, environment: Mapping[str, str]) -> str:
        """What it prints. Raises ToolError."""
        return self._run(str(self.packages / "usr/bin/buildah"), *arguments, environment=environment)

    def mmdebstrap(self, *arguments: str, environment: Mapping[str, str]) -> str:
        """What it prints. Raises ToolError."""
        return self._run("perl", str(self.packages / "usr/bin/mmdebstrap"), *arguments, environment=environment)

    def _run(self, *command: str, environment: Mapping[str, str]) -> str:
        """Of this process's environment they see the search path, and proxies, which programs without it cannot do."""
        ours = {"PATH": os.environ["PATH"], "HOME": str(self.scratch), "TMPDIR": str(self.scratch), "LC_ALL": "C.UTF-8"}
        wrapped = (*NAMESPACES, "sh", "-c", WITH_LIBRARIES, "-", str(self.scratch / CACHE_FILE), *command)
        done = subprocess.run(
            wrapped,
            env={**ours, **_proxies(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = "\n".join((done.stderr + done.stdout).strip().splitlines()[-LAST_LINES:])
            name = Path(command[1] if command[0] == "perl" else command[0]).name
            raise ToolError(f"{name} failed ({done.returncode}):\n{said}")
        return done.stdout

    def _write_linker_cache(self) -> None:
        """The machine's own, and the libraries of the packages."""
        folders = sorted({path.parent for path in self.packages.glob("**/*-linux-gnu/*.so.*")})
        settings = self.scratch / "ld.so.conf"
        lines = ["include /etc/ld.so.conf", *(str(folder) for folder in folders)]
        settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = ("ldconfig", "-X", "-C", str(self.scratch / CACHE_FILE), "-f", str(settings))
        subprocess.run(command, check=True, capture_output=True)


def _proxies() -> dict[str, str]:
    """buildah gives them to the programs of a build and keeps them out of the image."""
    return {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}


def _fetch(folder: Path, progress: Progress) -> None:
    progress.say("fetching buildah and mmdebstrap from Debian: once, 15 MB")
    debian_archive.unpack(PACKAGES, folder, scratch=folder.parent)
