"""Simulated time: runs `scale` times as fast as real time, and can be pushed forward.

Timers fall due in simulated time. Nothing here knows what they are for.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(order=True)
class Timer:
    """Something to be done at a simulated time (seconds since the epoch)."""

    due: float
    order: int
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """A clock in simulated seconds; every method must be called in the loop's thread."""

    def __init__(self, *, scale: float, start: datetime | None = None) -> None:
        self._scale = _positive(scale)
        self._simulated = (start or datetime.now(UTC)).timestamp()
        self._real = asyncio.get_running_loop().time()
        self._timers: list[Timer] = []
        self._order = itertools.count()
        self._wake: asyncio.TimerHandle | None = None

    @property
    def scale(self) -> float:
        return self._scale

    def seconds(self) -> float:
        """Return the simulated time as seconds since the epoch."""
        return self._simulated + (asyncio.get_running_loop().time() - self._real) * self._scale

    def now(self) -> datetime:
        """Return the simulated time, to the millisecond as SageMaker answers it."""
        return datetime.fromtimestamp(round(self.seconds(), 3), UTC)

    def call_after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Have `action` called once `seconds` simulated seconds from now."""
        timer = Timer(due=self.seconds() + max(0.0, seconds), order=next(self._order), action=action)
        heapq.heappush(self._timers, timer)
        self._arm()
        return timer

    def advance(self, seconds: float) -> None:
        """Jump forward, calling every timer in between at its own simulated time."""
        target = self.seconds() + seconds
        while (timer := self._next()) is not None and timer.due <= target:
            heapq.heappop(self._timers)
            self._set(max(timer.due, self.seconds()))
            timer.action()
        self._set(max(target, self.seconds()))
        self._arm()

    def set_scale(self, scale: float) -> None:
        """Run faster or slower from now on."""
        self._set(self.seconds())
        self._scale = _positive(scale)
        self._arm()

    def clear(self) -> None:
        """Forget every timer."""
        self._timers.clear()
        self._arm()

    def _set(self, simulated: float) -> None:
        self._simulated = simulated
        self._real = asyncio.get_running_loop().time()

    def _next(self) -> Timer | None:
        while self._timers and self._timers[0].cancelled:
            heapq.heappop(self._timers)
        return self._timers[0] if self._timers else None

    def _arm(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        timer = self._next()
        if timer is not None:
            delay = max(0.0, (timer.due - self.seconds()) / self._scale)
            self._wake = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        while (timer := self._next()) is not None and timer.due <= self.seconds():
            heapq.heappop(self._timers)
            timer.action()
        self._arm()


def ago(moment: datetime, seconds: float) -> datetime:
    """Return the moment `seconds` before."""
    return moment - timedelta(seconds=seconds)


def _positive(scale: float) -> float:
    if not scale > 0:
        raise ValueError(f"the time scale must be above 0, got {scale}")
    return scale
