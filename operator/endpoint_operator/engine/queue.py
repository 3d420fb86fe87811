"""The queue of keys: no key twice, none worked on by two at once, delays and a growing back-off for each.

The semantics are those of client-go's work queue: a key that is added while it is worked on is worked on again after.
"""

import asyncio
import random
from collections import deque

from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.measures import QUEUE_DEPTH

# The first retry comes soon, for most faults pass at once; doubling reaches five minutes after nine.
BACK_OFF_FIRST_SECONDS = 1.0
# Spread, so that a thousand keys that failed together do not come back together.
BACK_OFF_JITTER = 0.2


class WorkQueue:
    """For one event loop; not thread-safe."""

    def __init__(self, kind: str = "InferenceEndpoint") -> None:
        """`kind` is whose keys these are, as it is counted."""
        self._depth = QUEUE_DEPTH.labels(kind)
        self._waiting: deque[ObjectKey] = deque()
        self._queued: set[ObjectKey] = set()
        self._working: set[ObjectKey] = set()
        self._again: set[ObjectKey] = set()
        self._delayed: dict[ObjectKey, asyncio.TimerHandle] = {}
        self._failures: dict[ObjectKey, int] = {}
        self._arrival = asyncio.Event()
        self._closed = False

    def add(self, key: ObjectKey) -> None:
        """Work on the key as soon as a worker is free; a delay that it had is over."""
        self._cancel_delay(key)
        if self._closed or key in self._queued:
            return
        if key in self._working:
            self._again.add(key)
            return
        self._queued.add(key)
        self._waiting.append(key)
        self._depth.set(len(self._waiting))
        self._arrival.set()

    def add_after(self, key: ObjectKey, seconds: float) -> None:
        """Work on the key in so many seconds, instead of any earlier delay of it."""
        self._cancel_delay(key)
        if self._closed:
            return
        if seconds <= 0:
            self.add(key)
            return
        self._delayed[key] = asyncio.get_running_loop().call_later(seconds, self.add, key)

    def back_off(
        self,
        key: ObjectKey,
        *,
        at_most_seconds: float,
        first_seconds: float = BACK_OFF_FIRST_SECONDS,
        at_least_seconds: float = 0.0,
    ) -> float:
        """Work on the key after its own back-off, which doubles each time; answers the delay in seconds.

        `at_least_seconds` is what a server asked for.
        """
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        delay = min(first_seconds * 2.0 ** min(failures, 20), at_most_seconds)
        delay = max(delay, at_least_seconds / (1 - BACK_OFF_JITTER))
        delay *= 1 + random.uniform(-BACK_OFF_JITTER, BACK_OFF_JITTER)  # noqa: S311 - no secret
        self.add_after(key, delay)
        return delay

    def forget_failures(self, key: ObjectKey) -> None:
        """Begin the key's back-off anew: it went well, or a new edit came."""
        self._failures.pop(key, None)

    async def take(self) -> ObjectKey | None:
        """The next key, or None when the queue is closed."""
        while not self._waiting:
            if self._closed:
                return None
            self._arrival.clear()
            await self._arrival.wait()
        key = self._waiting.popleft()
        self._queued.discard(key)
        self._working.add(key)
        self._depth.set(len(self._waiting))
        return key

    def done(self, key: ObjectKey) -> None:
        """The worker is done with the key."""
        self._working.discard(key)
        if key in self._again:
            self._again.discard(key)
            self.add(key)

    def close(self) -> None:
        """No more keys; workers end after the pass that they are in."""
        self._closed = True
        for key in list(self._delayed):
            self._cancel_delay(key)
        self._waiting.clear()
        self._arrival.set()

    def _cancel_delay(self, key: ObjectKey) -> None:
        timer = self._delayed.pop(key, None)
        if timer is not None:
            timer.cancel()
