"""One process that can be started, stopped, killed and found again by a later command."""

import contextlib
import dataclasses
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.controlplane import proc
from tests.controlplane.interrupts import uninterrupted

LAUNCHER = Path(__file__).with_name("dies_with_parent.py")


@dataclasses.dataclass(frozen=True)
class Program:
    """What is run, and where its output goes."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    death_signal: signal.Signals | None = None
    """Sent to it when the thread that starts it ends, so start from the main thread; None: it outlives us."""


class Process:
    """A running or ended process, leader of a session of its own: a Ctrl-C at the terminal is ours alone."""

    def __init__(self, identity: proc.Identity, child: subprocess.Popen[bytes] | None = None) -> None:
        self.identity = identity
        self._child = child  # kept to be reaped; None when an earlier command started it

    @classmethod
    def start(cls, program: Program) -> "Process":
        """Raises OSError when the program is not there."""
        program.log.parent.mkdir(parents=True, exist_ok=True)
        with uninterrupted(), program.log.open("ab") as log:
            child = subprocess.Popen(
                _command(program),
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            started = proc.stat(child.pid)
        if started is None:  # impossible: an unreaped child keeps its row
            raise ProcessLookupError(f"{program.command[0]}: no /proc/{child.pid}/stat of a child just started")
        return cls(started.identity, child)

    @property
    def pid(self) -> int:
        return self.identity.pid

    @property
    def alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return proc.is_alive(self.identity)

    @property
    def exit_code(self) -> int | None:
        """Of one that has ended, -N after signal N; None while it runs, and where an earlier command started it."""
        return self._child.poll() if self._child is not None else None

    def send(self, number: signal.Signals) -> None:
        """Nothing happens when it has ended; another process that got its number is never hit."""
        _send(self.identity, number)

    def kill(self) -> None:
        """kill -9, and waits until it is gone; what it started itself is left as a crash would leave it."""
        self.send(signal.SIGKILL)
        self.wait(within_seconds=10)

    def stop(self, *, within_seconds: float) -> bool:
        """SIGTERM, after `within_seconds` SIGKILL; then whatever is left of its session. True: it went by itself."""
        self.send(signal.SIGTERM)
        return self.end(within_seconds=within_seconds)

    def end(self, *, within_seconds: float) -> bool:
        """As `stop`, for one that was sent its SIGTERM before."""
        polite = self.wait(within_seconds=within_seconds)
        if not polite:
            self.kill()
        for orphan in proc.session_of(self.identity):
            _send(orphan, signal.SIGKILL)
        return polite

    def wait(self, *, within_seconds: float) -> bool:
        """Whether it has ended by then."""
        with _descriptor(self.identity) as descriptor:
            if descriptor is not None:
                # Readable once its last thread has ended (pidfd_open(2)); /proc calls it a zombie when its first has,
                # and then it may still hold its ports.
                ended = select.poll()
                ended.register(descriptor, select.POLLIN)
                if not ended.poll(within_seconds * 1000):
                    return False
        if self._child is not None:
            self._child.wait()  # so that it is reaped
        return True


def dying_with_parent(command: tuple[str, ...], *, death_signal: signal.Signals) -> tuple[str, ...]:
    """The command under which the kernel sends it `death_signal` when the thread that starts it ends."""
    return (sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(death_signal)), *command)


def _command(program: Program) -> tuple[str, ...]:
    if program.death_signal is None:
        return program.command
    return dying_with_parent(program.command, death_signal=program.death_signal)


@contextlib.contextmanager
def _descriptor(identity: proc.Identity) -> Iterator[int | None]:
    """A descriptor of exactly this process, or None; its number cannot be used again behind a descriptor's back."""
    try:
        descriptor = os.pidfd_open(identity.pid)
    except ProcessLookupError:
        yield None
        return
    try:
        found = proc.stat(identity.pid)
        yield descriptor if found is not None and found.identity == identity else None
    finally:
        os.close(descriptor)


def _send(identity: proc.Identity, number: signal.Signals) -> None:
    with _descriptor(identity) as descriptor, contextlib.suppress(ProcessLookupError):
        if descriptor is not None:
            signal.pidfd_send_signal(descriptor, number)
