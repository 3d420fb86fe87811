"""Keeps the memory of the fleet: sparse lists of everything at rest, dense ones of what is in transition."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.endpoints import EndpointApi, Summary
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.aws.fleet import Fleet
from endpoint_operator.aws.measures import SWEEPS
from endpoint_operator.aws.periods import WatchPeriods
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.faults import Fault

log = logging.getLogger(__name__)

# After a sweep that failed the next comes sooner, so that the operator is back soon after AWS is.
_AFTER_FAILURE_SECONDS = 5.0


class FleetWatcher:
    """Lists, compares, and wakes the names that changed. `fault` is why the last sweep failed."""

    def __init__(
        self,
        *,
        endpoints: EndpointApi,
        fleet: Fleet,
        periods: WatchPeriods,
        wake: Callable[[Iterable[str]], None],
        wake_all: Callable[[], None],
        begun: asyncio.Event,
    ) -> None:
        self._endpoints = endpoints
        self._fleet = fleet
        self._periods = periods
        self._wake = wake
        self._wake_all = wake_all
        self._begun = begun
        self.fault: Fault | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep_for_ever())
            group.create_task(self._follow_for_ever())

    async def sweep(self) -> None:
        """List every endpoint once.

        Raises CallFailed.
        """
        began = time.monotonic()
        summaries: list[Summary] = []
        async for page in self._endpoints.summaries():
            summaries.extend(page)
        self._wake(self._fleet.swept(summaries, began=began))

    async def _sweep_for_ever(self) -> None:
        while True:
            first_or_back = self._fleet.swept_at is None or self.fault is not None
            try:
                await self.sweep()
            except CallFailed as error:
                SWEEPS.labels("failed").inc()
                self._say(fault_of(error))
                self._begun.set()
                await asyncio.sleep(_AFTER_FAILURE_SECONDS)
                continue
            SWEEPS.labels("done").inc()
            self._say(None)
            self._begun.set()
            if first_or_back:
                self._wake_all()
            await asyncio.sleep(self._periods.sweep)

    async def _follow_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._periods.transition)
            for status in list(self._fleet.awaited()):
                try:
                    await self._follow(status)
                except CallFailed as error:
                    log.debug("endpoints in %s could not be listed: %s", status.value, error)

    async def _follow(self, status: LiveStatus) -> None:
        began = time.monotonic()
        shown: list[Summary] = []
        async for page in self._endpoints.summaries(status=status):
            shown.extend(page)
        self._wake(self._fleet.left_transition(status, shown, began=began))

    def _say(self, fault: Fault | None) -> None:
        if fault is not None and self.fault is None:
            log.warning("AWS cannot be asked: %s", fault.message, extra={"reason": fault.reason})
        if fault is None and self.fault is not None:
            log.info("AWS answers again")
        self.fault = fault
