"""The control plane's binary, built once per content of its inputs and kept in the user's cache.

The Go module `binary/` is etcd and the programs of Kubernetes in one; the first build takes minutes, most of it in
Go's own compiler, and leaves Go's caches warm for the next.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.controlplane.expected import ExpectedError
from tests.controlplane.goversion import go_version
from tests.controlplane.processes import dying_with_parent
from tests.controlplane.progress import Progress

MODULE = Path(__file__).with_name("binary")
INPUTS = ("go.mod", "go.sum", "main.go")
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
KUBERNETES = "v1.36.1"  # as go.mod requires it; kubectl refuses a server that does not know its own version
STAMPED = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")  # the server's version; the user agent's
STAMPS = {"gitVersion": KUBERNETES, "gitMajor": KUBERNETES[1:].split(".")[0], "gitMinor": KUBERNETES.split(".")[1]}
LDFLAGS = ("-s", "-w", *(f"-X {package}.{name}={value}" for package in STAMPED for name, value in STAMPS.items()))
FLAGS = ("-trimpath", "-ldflags", " ".join(LDFLAGS))
LOCK = "lock"
UNFINISHED = "unfinished-"


class BuildError(ExpectedError):
    """Go could not build it; the text holds what Go said last."""


def cache_folder() -> Path:
    """Where everything that this project builds is kept; safe to delete when nothing of it runs."""
    return Path.home() / ".cache" / "sagemaker-endpoint-operator" / "controlplane"


def built_programs() -> Path:
    """The folder with PROGRAMS, built now if it is not there yet.

    Raises:
        GoMissingError: it must be built, and there is no Go for that.
        BuildError: the build failed.
    """
    cache = cache_folder()
    done = cache / _key(go_version())
    if done.is_dir():
        return done
    cache.mkdir(parents=True, exist_ok=True)
    progress = Progress("control plane")
    with _only_one(cache, progress):
        if not done.is_dir():  # else somebody built it while we waited
            _sweep(cache)
            _build(cache, done, progress)
    return done


def _key(version: str) -> str:
    digest = hashlib.sha256()
    for part in (version, *FLAGS, *PROGRAMS, *((MODULE / name).read_text(encoding="utf-8") for name in INPUTS)):
        digest.update(len(part).to_bytes(8, "big") + part.encode())
    return digest.hexdigest()[:16]


@contextlib.contextmanager
def _only_one(cache: Path, progress: Progress) -> Iterator[None]:
    """Holds the cache's lock, which the kernel lets go of when its holder ends in whatever way."""
    with (cache / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("another build of it is under way; waiting for that one")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(cache: Path) -> None:
    """Removes what builds left that were killed. Only with the lock: then none is under way."""
    for left in cache.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def _build(cache: Path, done: Path, progress: Progress) -> None:
    progress.say("building etcd and Kubernetes from Go modules: once, several minutes, 4 GB in Go's own caches")
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=cache) as scratch:
        programs = Path(scratch) / "programs"
        programs.mkdir()
        go = _Go(scratch=Path(scratch), progress=progress)
        missing = go.count_of_packages_to_compile()
        go.compile(into=programs / PROGRAMS[0], packages=missing)
        for name in PROGRAMS[1:]:
            (programs / name).symlink_to(PROGRAMS[0])
        programs.rename(done)
    progress.say(f"built in {progress.elapsed()}")


class _Go:
    """The go tool at work on the module, with its words turned into progress."""

    def __init__(self, *, scratch: Path, progress: Progress) -> None:
        self.progress = progress
        # The user's GOPROXY, GOFLAGS and so on stay as they are; GOTMPDIR so that nothing is left elsewhere.
        self.environment = {**os.environ, "CGO_ENABLED": "0", "GOTMPDIR": str(scratch), "GOWORK": "off"}

    def count_of_packages_to_compile(self) -> int:
        """Downloads the modules first where they are not there."""
        fetched = 0
        stale = 0
        for line in self._run("list", "-deps", *FLAGS, "-f", "{{if .Stale}}stale {{.ImportPath}}{{end}}", "."):
            fetched += line.startswith("go: downloading")
            stale += line.startswith("stale ")
            self.progress.show(f"downloading modules: {fetched}" if not stale else f"{stale} packages to compile")
        return stale

    def compile(self, *, into: Path, packages: int) -> None:
        for compiled, line in enumerate(self._run("build", "-v", *FLAGS, "-o", str(into), "."), start=1):
            last = compiled >= packages
            self.progress.show("linking" if last else f"compiled {compiled} of {packages} packages, now {line}")

    def _run(self, *arguments: str) -> Iterator[str]:
        """Its lines as they come; both streams, for go reports downloads and compiled packages on stderr."""
        last: list[str] = []
        process = subprocess.Popen(
            dying_with_parent(("go", *arguments), death_signal=signal.SIGINT),
            cwd=MODULE,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with _ended(process):
            assert process.stdout is not None
            for line in process.stdout:
                last = [*last[-19:], line.rstrip()]
                yield line.rstrip()
        if process.returncode:
            raise BuildError("\n".join([f"go {arguments[0]} failed ({process.returncode}) in {MODULE}:", *last]))


@contextlib.contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """Leaves neither go nor a compiler of its behind, whatever happens."""
    try:
        yield
        process.wait()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)  # go removes its own work folder then
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if process.stdout is not None:
            process.stdout.close()
