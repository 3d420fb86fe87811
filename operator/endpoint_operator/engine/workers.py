"""Workers: take a key, make a pass, put the key back when the pass asks for it."""

import asyncio
import logging
import time
from typing import Protocol

from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.measures import PASS_SECONDS, PASSES
from endpoint_operator.engine.ports import ClusterUnavailable, NotLeading, StaleObject
from endpoint_operator.engine.queue import WorkQueue
from endpoint_operator.planning.plan import Look

log = logging.getLogger(__name__)

# The watch brings the newer object within this time as a rule; while it does not, the pass is made ever more rarely.
STALE_RETRY_SECONDS = 0.1
STALE_RETRY_AT_MOST_SECONDS = 30.0
# The Lease is renewed by then, or this process is ending.
NOT_LEADING_RETRY_SECONDS = 1.0
# A pass that raised is a bug of ours: tried again, but slowly.
BUG_RETRY_AT_MOST_SECONDS = 600.0


class Passes(Protocol):
    """What makes a pass over one kind's objects."""

    async def reconcile(self, key: ObjectKey) -> Look | None:
        """When to look at the object again; None: when something wakes it.

        Raises StaleObject, NotLeading and ClusterUnavailable.
        """
        ...


class Workers:
    """A fixed number of passes at once. `last_progress` (monotonic seconds) tells /healthz that none hangs."""

    def __init__(self, *, queue: WorkQueue, reconciler: Passes, count: int) -> None:
        self._queue = queue
        self._reconciler = reconciler
        self._count = count
        self._started: dict[ObjectKey, float] = {}

    async def run(self) -> None:
        """Work until the queue is closed, and finish the passes that are under way."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._count):
                group.create_task(self._work())

    def longest_pass_seconds(self) -> float:
        """For how long the oldest pass under way has been running."""
        return max((time.monotonic() - started for started in self._started.values()), default=0.0)

    async def _work(self) -> None:
        while (key := await self._queue.take()) is not None:
            self._started[key] = time.monotonic()
            try:
                await self._pass(key)
            finally:
                PASS_SECONDS.observe(time.monotonic() - self._started.pop(key))
                self._queue.done(key)
            # A pass that had nothing to wait for gave way to nobody: thousands of them would stop everything else.
            await asyncio.sleep(0)

    async def _pass(self, key: ObjectKey) -> None:
        try:
            look = await self._reconciler.reconcile(key)
        except StaleObject:
            PASSES.labels("stale").inc()
            self._queue.back_off(key, first_seconds=STALE_RETRY_SECONDS, at_most_seconds=STALE_RETRY_AT_MOST_SECONDS)
        except NotLeading:
            PASSES.labels("not leading").inc()
            self._queue.add_after(key, NOT_LEADING_RETRY_SECONDS)
        except ClusterUnavailable as error:
            PASSES.labels("cluster").inc()
            delay = self._queue.back_off(key, at_most_seconds=60.0, at_least_seconds=error.retry_after)
            log.warning(
                "the API server took no write: %s; tried again in %.0f s", error, delay, extra={"object": str(key)}
            )
        except Exception:
            PASSES.labels("bug").inc()
            self._queue.back_off(key, at_most_seconds=BUG_RETRY_AT_MOST_SECONDS)
            log.exception("a pass failed; this is a bug of the operator", extra={"object": str(key)})
        else:
            PASSES.labels("done").inc()
            self._look_again(key, look)

    def _look_again(self, key: ObjectKey, look: Look | None) -> None:
        if look is not None and look.back_off:
            self._queue.back_off(key, at_most_seconds=look.at_most_seconds)
            return
        self._queue.forget_failures(key)
        if look is not None:
            self._queue.add_after(key, look.seconds or 0.0)
