"""The programs that run in a node: beginning them, and waiting for what they bring about, as long as they live."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from devworld.node.containerd import environment
from devworld.node.programs import Programs
from devworld.node.sandbox import Sandbox
from tests.controlplane.deadlines import DeadlineError, until
from tests.controlplane.expected import ExpectedError
from tests.controlplane.processes import Process

Fact = TypeVar("Fact")
TAIL_LINES = 15
WITHIN_SECONDS = 90  # seven on a machine at rest, and a build beside it makes a minute of them


class NodeError(ExpectedError):
    """The node does not come up; the text holds the end of the log of the program that is to blame."""


class Daemons:
    """Of one node that is being started."""

    def __init__(self, sandbox: Sandbox, programs: Programs, *, logs: Path) -> None:
        self._sandbox = sandbox
        self._environment = environment(programs)
        self._logs = logs
        self._running: dict[str, Process] = {}

    def begin(self, name: str, command: tuple[str, ...]) -> None:
        """Returns at once."""
        self.watch(name, self._sandbox.begin(*command, environment=self._environment, log=self._log(name)))

    def watch(self, name: str, process: Process) -> None:
        """For one that was begun elsewhere, with its log beside the others."""
        self._running[name] = process

    def until(self, fact: Callable[[], Fact], *, what: str, of: str) -> Fact:
        """The first true answer of `fact`, for which `of` is to blame if it does not come.

        Raises:
            NodeError: it does not come, or a program ended.
        """

        def look() -> Fact:
            self._complain_of_the_dead()
            return fact()

        try:
            return until(look, what=what, within_seconds=WITHIN_SECONDS)
        except DeadlineError as error:
            raise NodeError(f"the node does not come up: {error}; {self._last_words(of)}") from None

    def _complain_of_the_dead(self) -> None:
        for name, process in self._running.items():
            if not process.alive:
                raise NodeError(f"the node does not come up: {name} ended; {self._last_words(name)}")

    def _last_words(self, name: str) -> str:
        log = self._log(name)
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
        return "\n".join([f"the end of its log {log}:", *(lines[-TAIL_LINES:] or ["(it said nothing)"])])

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"
