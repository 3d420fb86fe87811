"""The requests of one endpoint: those that wait, oldest first, and those that are being worked on.

Each one that waits has one timer, its time to live. Nothing here knows how a request is worked on.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from sagemaker_simulator.clock import Clock, Timer

from .async_request import AsyncRequest


@dataclass(eq=False)
class Waiting:
    """A request that waits; `timer` ends its wait."""

    request: AsyncRequest
    timer: Timer


@dataclass(eq=False)
class RequestQueue:
    """Times are simulated seconds since the epoch."""

    clock: Clock
    expire: Callable[[AsyncRequest], None]
    waiting: dict[int, Waiting] = field(default_factory=dict)  # in order of arrival
    working: dict[asyncio.Task[None], AsyncRequest] = field(default_factory=dict)
    _first: int = 0
    _next: int = 0

    @property
    def backlog(self) -> int:
        """How many are queued or being worked on: what ApproximateBacklogSize counts."""
        return len(self.waiting) + len(self.working)

    @property
    def oldest(self) -> float | None:
        """When the oldest of them was received."""
        received = [each.received for each in self.working.values()]
        received += [each.request.received for each in list(self.waiting.values())[:1]]
        return min(received, default=None)

    def put(self, request: AsyncRequest) -> None:
        """Let a request wait behind all others."""
        self._next += 1
        self._wait(self._next, request)

    def put_back(self, request: AsyncRequest) -> None:
        """Let a request that could not be worked on wait before all others, for what is left of its time."""
        self._first -= 1
        self._wait(self._first, request)
        self.waiting = dict(sorted(self.waiting.items()))

    def take(self) -> AsyncRequest:
        """Return the request that has waited longest, which waits no more. Raises StopIteration when none does."""
        number = next(iter(self.waiting))
        taken = self.waiting.pop(number)
        taken.timer.cancel()
        return taken.request

    def drop(self) -> int:
        """Forget everything; returns how many were forgotten."""
        dropped = self.backlog
        for waiting in self.waiting.values():
            waiting.timer.cancel()
        self.waiting.clear()
        for task in self.working:
            task.cancel()
        self.working.clear()
        return dropped

    def _wait(self, number: int, request: AsyncRequest) -> None:
        def ring() -> None:
            self.expire(self.waiting.pop(number).request)

        left = request.received + request.ttl_seconds - self.clock.seconds()
        self.waiting[number] = Waiting(request, self.clock.call_after(left, ring))
