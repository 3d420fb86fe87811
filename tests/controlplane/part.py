"""A part of a world: a program with ports of its own that counts as started once it answers on them."""

import dataclasses
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.controlplane import proc
from tests.controlplane.deadlines import LOOK_EVERY_SECONDS
from tests.controlplane.expected import ExpectedError
from tests.controlplane.interrupts import uninterrupted
from tests.controlplane.ports import free_port
from tests.controlplane.processes import Process, Program

Ports = tuple[int, ...]
TRIES = 5
TAIL_LINES = 15
TAKEN = "address already in use"  # Go and Python both say it so


class PartError(ExpectedError):
    """A part did not start; the text holds the end of its log and where the whole of it is."""


class _PortTakenError(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How a part is made; all that is known before it has ports."""

    name: str
    port_count: int
    command: Callable[[Ports], tuple[str, ...]]
    environment: Callable[[], Mapping[str, str]]
    """Asked at every start: it may name the ports of parts that were started before."""
    log: Path
    answers: Callable[[Ports], bool]
    """Whether it is ready; asked only once the process itself listens on its ports."""
    ready_within_seconds: float = 60
    stop_within_seconds: float = 10
    death_signal: signal.Signals | None = None
    begin: Callable[[Program], Process] = Process.start


class Part:
    """One program of a world, to be started, stopped, killed and started again.

    It keeps its ports for life, so that whoever was told an address finds it there after a restart.
    """

    def __init__(self, recipe: Recipe, *, remember: Callable[[], None] = lambda: None) -> None:
        """`remember` is called whenever a process has been started, before anything can interrupt."""
        self.recipe = recipe
        self._remember = remember
        self.ports: Ports = ()
        self.process: Process | None = None
        self._settled = False  # has been ready on its ports once
        self._log_start = 0

    @property
    def name(self) -> str:
        return self.recipe.name

    @property
    def log(self) -> Path:
        return self.recipe.log

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.alive

    @property
    def pid(self) -> int:
        """Raises RuntimeError while it does not run."""
        return self._running().pid

    def start(self) -> None:
        """Starts it, if it does not run, and returns when it answers.

        Raises:
            PartError: it ended, or was not ready in time.
        """
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """The first half of `start`, so that several parts can start side by side."""
        if self.alive:
            return
        if self.process is not None:
            self.process.end(within_seconds=0)  # what a crash left of its session
        if not self._settled:
            self.ports = tuple(free_port() for _ in range(self.recipe.port_count))
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        program = Program(
            command=self.recipe.command(self.ports),
            environment=self.recipe.environment(),
            log=self.log,
            death_signal=self.recipe.death_signal,
        )
        with uninterrupted():
            self.process = self.recipe.begin(program)
            self._remember()

    def await_ready(self) -> None:
        """The second half of `start`; on ports that a stranger took meanwhile it starts again on others."""
        for attempt in range(1, TRIES + 1):
            try:
                self._await_answer()
            except _PortTakenError as taken:
                if self._settled:
                    raise PartError(
                        f"{self.name}: another program took its port meanwhile ({taken}); make dev-down, make dev-up"
                    ) from None
                if attempt == TRIES:
                    raise PartError(f"{self.name}: {TRIES} ports in a row were taken ({taken})") from None
                self.launch()
            else:
                self._settled = True
                self._remember()
                return

    def stop(self) -> bool:
        """True when it went by itself after SIGTERM, in time."""
        return self.process is None or self.process.stop(within_seconds=self.recipe.stop_within_seconds)

    def kill(self) -> None:
        """kill -9."""
        self._running().kill()

    def log_tail(self) -> str:
        """The last lines of its log, of the latest start only."""
        return "\n".join(self._log_of_this_start().splitlines()[-TAIL_LINES:])

    def as_state(self) -> dict[str, Any]:
        """What a later command needs to find it again."""
        identity = dataclasses.asdict(self.process.identity) if self.process else None
        return {"process": identity, "ports": list(self.ports), "settled": self._settled}

    def restore(self, state: Mapping[str, Any]) -> None:
        """The inverse of `as_state`."""
        self.ports = tuple(state["ports"])
        self._settled = state["settled"]
        self.process = Process(proc.Identity(**state["process"])) if state["process"] else None

    def _running(self) -> Process:
        if self.process is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self.process

    def _await_answer(self) -> None:
        deadline = time.monotonic() + self.recipe.ready_within_seconds
        process = self._running()
        while not (self._listens(process) and self.recipe.answers(self.ports)):
            if not process.alive:
                raise self._ended()
            if time.monotonic() >= deadline:
                process.kill()
                limit = f"{self.recipe.ready_within_seconds:g} s"
                raise PartError(f"{self.name} was not ready within {limit}; {self._last_words()}")
            time.sleep(LOOK_EVERY_SECONDS)

    def _listens(self, process: Process) -> bool:
        return all(proc.listens_on(process.pid, port) for port in self.ports)

    def _ended(self) -> Exception:
        if TAKEN in self._log_of_this_start().lower():
            return _PortTakenError(", ".join(str(port) for port in self.ports))
        return PartError(f"{self.name} ended while it started; {self._last_words()}")

    def _last_words(self) -> str:
        return f"the end of its log {self.log}:\n{self.log_tail() or '(it said nothing)'}"

    def _log_of_this_start(self) -> str:
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            return file.read().decode("utf-8", errors="replace")
