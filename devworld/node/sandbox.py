"""Namespaces with one process that holds them: starting it, entering it, ending it with everything inside."""

import contextlib
import dataclasses
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from devworld.node.sandbox_init import EMPTY
from tests.controlplane import proc
from tests.controlplane.expected import ExpectedError
from tests.controlplane.interrupts import uninterrupted
from tests.controlplane.processes import Process, Program, dying_with_parent

READY = b"ready"
INIT = Path(__file__).with_name("sandbox_init.py")
FURNISHED_WITHIN_SECONDS = 30
ENDED_WITHIN_SECONDS = 30
UNSHARE = (
    "unshare",
    "--net",
    "--mount",
    "--propagation=private",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--",
)


class SandboxError(ExpectedError):
    """The namespaces cannot be made, or do not end; the text says why."""


@dataclasses.dataclass(frozen=True)
class Sandbox:
    """One set of namespaces. `holder` waits outside for `init`, the first process inside."""

    holder: Process
    init: Process
    begun: list[Process] = dataclasses.field(default_factory=list)
    """What waits outside for programs inside, to be reaped; only those that this process began."""

    @classmethod
    def start(
        cls, *, log: Path, kubelet: Path | None = None, lock: int | None = None, dies_with_starter: bool = True
    ) -> "Sandbox":
        """Returns when it is furnished; `kubelet`, if any, is the folder that is sandbox_init.KUBELET inside.

        `lock`: a descriptor that it holds open as long as it lives. With `dies_with_starter` the kernel ends it with
        the thread that calls this, so call it from the main thread.

        Raises:
            SandboxError: it cannot be made.
        """
        with _ended_unless_kept() as keep, uninterrupted():
            reading, writing = os.pipe()
            inherited = (writing,) if lock is None else (writing, lock)
            command: tuple[str, ...] = (*UNSHARE, sys.executable, "-I", "-S", str(INIT), str(writing))
            command += (str(kubelet),) if kubelet else ()
            if dies_with_starter:
                command = dying_with_parent(command, death_signal=signal.SIGKILL)
            with log.open("ab") as output:
                child = subprocess.Popen(
                    command,
                    pass_fds=inherited,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            keep.append(child)
            os.close(writing)
            _await_furnished(reading, log=log)
            sandbox = cls(holder=_process(child.pid, child), init=_process(_child_of(child.pid)))
            keep.clear()
            return sandbox

    @property
    def alive(self) -> bool:
        return self.init.alive

    def run(self, *command: str, environment: Mapping[str, str], within_seconds: float = 60) -> str:
        """What the program prints that runs inside to its end.

        Raises:
            SandboxError: it ended with another code than 0, or not in time.
        """
        try:
            done = subprocess.run(
                self.entering(*command),
                env=dict(environment),
                capture_output=True,
                text=True,
                timeout=within_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SandboxError(f"{' '.join(command)} did not end within {within_seconds:g} s") from None
        if done.returncode:
            raise SandboxError(f"{' '.join(command)} failed ({done.returncode}): {done.stderr.strip()}")
        return done.stdout

    def begin(self, *command: str, environment: Mapping[str, str], log: Path) -> Process:
        """A program that goes on inside; what is returned is the nsenter that waits for it outside."""
        outer = Process.start(Program(command=self.entering(*command), environment=environment, log=log))
        self.begun.append(outer)
        return outer

    @staticmethod
    def inner(outer: Process) -> Process:
        """The program itself behind what `begin` returned: nsenter passes no signal on. Raises SandboxError."""
        return _process(_child_of(outer.pid))

    def entering(self, *command: str) -> tuple[str, ...]:
        """The command line that runs it inside."""
        return ("nsenter", "--target", str(self.init.pid), "--net", "--mount", "--pid", "--", *command)

    def end(self) -> None:
        """kill -9; returns when every process of it is gone.

        Raises:
            SandboxError: one is not, which takes a process that the kernel cannot kill.
        """
        self.init.send(signal.SIGKILL)
        # The first process of a pid namespace has ended only once all others in there have (pid_namespaces(7)).
        if not self.init.wait(within_seconds=ENDED_WITHIN_SECONDS):
            raise SandboxError(f"a process of the node is still there {ENDED_WITHIN_SECONDS} s after kill -9")
        for outside in (*self.begun, self.holder):
            outside.wait(within_seconds=ENDED_WITHIN_SECONDS)


def hidden(path: Path) -> str | None:
    """The folder that is empty inside, if `path` lies under one: then programs inside do not see it."""
    return next((folder for folder in EMPTY if path.resolve().is_relative_to(folder)), None)


@contextlib.contextmanager
def _ended_unless_kept() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Ends, when the block does, what is in the list then: a start that failed or was interrupted leaves nothing."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        yield started
    finally:
        for child in started:
            child.kill()
            child.wait()


def _await_furnished(reading: int, *, log: Path) -> None:
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        readable, _, _ = select.select([pipe], [], [], FURNISHED_WITHIN_SECONDS)
        if not readable or pipe.read(len(READY)) != READY:
            said = log.read_text(encoding="utf-8", errors="replace").strip()
            raise SandboxError(f"the node's namespaces cannot be made: {said or 'unshare said nothing'}")


def _process(pid: int, child: subprocess.Popen[bytes] | None = None) -> Process:
    found = proc.stat(pid)
    if found is None:
        raise SandboxError("a program of the node ended while it started")
    return Process(found.identity, child)


def _child_of(parent: int) -> int:
    """Of unshare or nsenter, which have one."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            text = (process / "stat").read_text(encoding="utf-8", errors="replace")
            if int(text[text.rindex(")") + 2 :].split()[1]) == parent:
                return int(process.name)
    raise SandboxError("a program of the node ended while it started")
