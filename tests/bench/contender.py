"""What the benchmark asks of a controller that it measures: ours, or another one given on the command line."""

from dataclasses import dataclass
from typing import Protocol

from devworld.settings import Settings
from devworld.world import World
from tests.bench.counters import Counted, Counters
from tests.bench.fleet import Subject


@dataclass(frozen=True, kw_only=True)
class Rest:
    """A window in which nobody asked for anything."""

    seconds: float
    """Real ones."""
    speed: float
    """By how much the controller's own periods were divided in it."""
    counted: Counted


@dataclass(frozen=True, kw_only=True)
class Restart:
    """From the old process being told to go until the new one has seen every endpoint."""

    seen_after: float | None
    """Seconds; None when it had not after `limit`."""
    counted: Counted
    limit: float = 120.0


class Running(Protocol):
    """A controller at work in one world."""

    def counters(self) -> Counters:
        """Of the process that runs now."""

    def check(self) -> None:
        """Raises ExpectedError when it has ended, so that nobody waits for the figures of a dead process."""

    def last_words(self) -> str:
        """The end of its log, which goes with the world."""

    def stop(self) -> None:
        """Ends what `install` began."""

    async def rest(self) -> Rest:
        """With all endpoints Ready."""

    async def restart(self, names: list[str]) -> Restart:
        """`names` of the objects, as `names_of` makes them."""


class Contender(Protocol):
    """A controller that can be measured."""

    @property
    def subject(self) -> Subject:
        """What is made for one endpoint."""

    @property
    def settings(self) -> Settings:
        """Of its world; the clock runs at scale 1."""

    @property
    def conditions(self) -> str:
        """The sentence below the table that says how it rested and restarted."""

    def install(self, world: World) -> Running:
        """Start it in the world; returns when it can be given work. Raises ExpectedError."""
