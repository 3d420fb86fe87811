"""Programs from Go modules, built once per content of their inputs and kept in the user's cache.

The first build takes minutes, most of it in Go's own compiler, and leaves Go's caches warm for the next.
"""

import collections
import dataclasses
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.controlplane.content_cache import kept, key_of
from tests.controlplane.expected import ExpectedError
from tests.controlplane.goversion import go_version
from tests.controlplane.processes import dying_with_parent
from tests.controlplane.progress import Progress

INPUTS = ("go.mod", "go.sum", "main.go")
LAST_LINES = 20
BUILDS_KEPT = 4  # one of each branch that somebody works on


class GoBuildError(ExpectedError):
    """Go could not build it; the text holds what Go said last."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class GoProgram:
    """One Go module with one main package, and the names its binary is started under."""

    module: Path
    names: tuple[str, ...]
    kind: str
    """Where the cache keeps it."""
    flags: tuple[str, ...] = ("-trimpath", "-ldflags", "-s -w")

    def built(self) -> Path:
        """The folder with a file for each of `names`, built now if it is not there yet.

        Raises:
            GoMissingError: it must be built, and there is no Go for that.
            GoBuildError: the build failed.
        """
        return kept(self.kind, self._key(), self._build, at_most=BUILDS_KEPT)

    def _key(self) -> str:
        inputs = (self.module / name for name in INPUTS)
        contents = (path.read_bytes() for path in inputs if path.exists())
        return key_of(go_version(), *self.flags, *self.names, *contents)

    def _build(self, folder: Path, progress: Progress) -> None:
        progress.say(f"building {', '.join(self.names)} from Go modules: once, minutes, gigabytes in Go's own caches")
        binary = folder / self.names[0]
        stale = self._count_of_packages_to_compile(folder.parent, progress)
        arguments = ("build", "-v", *self.flags, "-o", str(binary), ".")
        for compiled, line in enumerate(self._go(*arguments, scratch=folder.parent), start=1):
            progress.show("linking" if compiled >= stale else f"compiled {compiled} of {stale} packages, now {line}")
        for name in self.names[1:]:
            (folder / name).symlink_to(binary.name)

    def _count_of_packages_to_compile(self, scratch: Path, progress: Progress) -> int:
        """Downloads the modules first where they are not there."""
        fetched = 0
        stale = 0
        asked = ("list", "-deps", *self.flags, "-f", "{{if .Stale}}stale {{.ImportPath}}{{end}}", ".")
        for line in self._go(*asked, scratch=scratch):
            fetched += line.startswith("go: downloading")
            stale += line.startswith("stale ")
            progress.show(f"downloading modules: {fetched}" if not stale else f"{stale} packages to compile")
        return stale

    def _go(self, *arguments: str, scratch: Path) -> Iterator[str]:
        """Its lines as they come; both streams, for go reports downloads and compiled packages on stderr."""
        last: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
        process = subprocess.Popen(
            dying_with_parent(("go", *arguments), death_signal=signal.SIGINT),
            cwd=self.module,
            # The user's GOPROXY, GOFLAGS and so on stay as they are; GOTMPDIR so that nothing is left elsewhere.
            env={**os.environ, "CGO_ENABLED": "0", "GOTMPDIR": str(scratch), "GOWORK": "off"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            for line in process.stdout or ():
                last.append(line.rstrip())
                yield line.rstrip()
            code = process.wait()
        finally:
            _end(process)
        if code:
            raise GoBuildError("\n".join([f"go {arguments[0]} failed ({code}) in {self.module}:", *last]))


def _end(process: subprocess.Popen[str]) -> None:
    """Leaves neither go nor a compiler of its behind."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
