"""The operator as a process that tests kill, start again and start otherwise."""

import contextlib
import dataclasses
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping

from devworld.world import World
from tests.controlplane.part import Ports, Recipe


class OperatorProcess:
    """The one operator of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._part = world.operator

    @property
    def alive(self) -> bool:
        return self._part.alive

    def start(self) -> None:
        """Returns when /healthz answers; nothing happens when it runs."""
        self._part.start()

    def stop(self) -> bool:
        """SIGTERM; True when it went by itself, in time."""
        return self._part.stop()

    def kill(self) -> None:
        """kill -9."""
        self._part.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    @contextlib.contextmanager
    def started_with(
        self, arguments: Mapping[str, str] | None = None, *, variables: Mapping[str, str | None] | None = None
    ) -> Iterator[None]:
        """Started anew with other flags and variables (None: not set) for the length of a block, and anew after it."""
        usual = self._part.recipe
        self.stop()
        self._part.recipe = _changed(usual, arguments or {}, variables or {})
        try:
            self.start()
            yield
        finally:
            self.stop()
            self._part.recipe = usual
            self.start()

    def readiness(self) -> tuple[int, str]:
        """Status and text of /readyz."""
        return self._get("/readyz")

    def health(self) -> tuple[int, str]:
        """Status and text of /healthz."""
        return self._get("/healthz")

    def metric(self, name: str) -> float:
        """A sample without labels of /metrics."""
        lines = self.metrics().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    def metrics(self) -> str:
        """The text of /metrics."""
        return self._get("/metrics")[1]

    def log_lines(self) -> list[str]:
        """Its log, over all its starts."""
        return self._part.log.read_text(encoding="utf-8", errors="replace").splitlines()

    def _get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self._world.operator_url + path, timeout=10) as answer:  # noqa: S310 - our own
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


def _changed(recipe: Recipe, arguments: Mapping[str, str], variables: Mapping[str, str | None]) -> Recipe:
    def command(ports: Ports) -> tuple[str, ...]:
        words = list(recipe.command(ports))
        for flag, value in arguments.items():
            if flag in words:
                words[words.index(flag) + 1] = value
            else:
                words += [flag, value]
        return tuple(words)

    def environment() -> Mapping[str, str]:
        merged = {**recipe.environment(), **variables}
        return {name: value for name, value in merged.items() if value is not None}

    return dataclasses.replace(recipe, command=command, environment=environment)
