"""Named things with a memory, so that reads can answer from the past while writes act on the truth.

SageMaker keeps its resources in an eventually consistent store (CreateEndpoint in the SageMaker API reference: "the
read operation ... might not reflect the results of a recently completed write"); `stale_seconds` makes that visible.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

MEMORY_SECONDS = 7200.0  # simulated; how far back a read may look at most


@dataclass(frozen=True)
class Snapshot(Generic[T]):
    """What a thing was from `since` on; None: it was not there."""

    since: float
    value: T | None


class Shelf(Generic[T]):
    """Records by name. Names differing only in case are one, as their ARNs are."""

    def __init__(self) -> None:
        self._now: dict[str, T] = {}
        self._past: dict[str, deque[Snapshot[T]]] = {}
        self._gone: deque[tuple[float, str]] = deque()

    def get(self, name: str) -> T | None:
        """Return the truth."""
        return self._now.get(name.lower())

    def all(self) -> Mapping[str, T]:
        """Return everything there is, by lower-case name."""
        return self._now

    def put(self, name: str, value: T, *, at: float) -> None:
        key = name.lower()
        self._now[key] = value
        self._remember(key, Snapshot(at, value))
        self._forget_the_gone(at)

    def remove(self, name: str, *, at: float) -> None:
        key = name.lower()
        del self._now[key]
        self._remember(key, Snapshot(at, None))
        self._gone.append((at, key))

    def seen(self, name: str, *, as_of: float | None) -> T | None:
        """Return what a read as of then sees; `as_of` None is the truth."""
        key = name.lower()
        if as_of is None:
            return self._now.get(key)
        past = self._past.get(key, ())
        return next((snapshot.value for snapshot in reversed(past) if snapshot.since <= as_of), None)

    def all_seen(self, *, as_of: float | None) -> Iterator[tuple[str, T]]:
        """Yield everything a list as of then sees."""
        if as_of is None:
            yield from self._now.items()
            return
        for key in self._past:
            value = self.seen(key, as_of=as_of)
            if value is not None:
                yield key, value

    def _remember(self, key: str, snapshot: Snapshot[T]) -> None:
        past = self._past.setdefault(key, deque())
        past.append(snapshot)
        while len(past) > 1 and past[1].since < snapshot.since - MEMORY_SECONDS:
            past.popleft()

    def _forget_the_gone(self, at: float) -> None:
        while self._gone and self._gone[0][0] < at - MEMORY_SECONDS:
            _, key = self._gone.popleft()
            if key not in self._now:
                self._past.pop(key, None)
