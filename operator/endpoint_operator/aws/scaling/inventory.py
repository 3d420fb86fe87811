"""What is known of autoscaling without asking: the hourly lists, and what passes have seen since."""

import asyncio
import logging
from collections.abc import Callable, Iterable

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.scaling.calls import ScalingApi
from endpoint_operator.planning.scaling.live import NOT_REGISTERED, KnownScaling, LiveScaling
from endpoint_operator.planning.scaling.steps import ScalableResource

log = logging.getLogger(__name__)

# A list that failed is asked for again before the next period: until then a restarted operator sees no drift.
RETRY_SECONDS = 60.0


class ScalingInventory:
    """Scaling by variant. At rest three lists an hour for all endpoints, and no call for any of them."""

    def __init__(self, api: ScalingApi) -> None:
        self._api = api
        self._listed = False
        self._known: dict[ScalableResource, LiveScaling] = {}
        self._unsure: set[ScalableResource] = set()
        self._touched: set[ScalableResource] = set()

    async def run(self, *, period: float, wake: Callable[[Iterable[str]], None], known: Callable[[], set[str]]) -> None:
        """List at once and then every `period` seconds until cancelled; wakes all objects after each list.

        At once, for a process that died between a deregistration and its status write left no other trace.
        """
        while True:
            try:
                await self.take_stock()
            except CallFailed as error:
                log.warning("what is registered for autoscaling could not be listed: %s", error)
                await asyncio.sleep(min(period, RETRY_SECONDS))
                continue
            wake(known())
            await asyncio.sleep(period)

    async def take_stock(self) -> None:
        """Replace what is known by the lists. Raises CallFailed, and then everything stays as it was.

        What was changed or looked at meanwhile is known better than the lists know it.
        """
        self._touched = set()
        found = await self._api.all()
        newer = {resource: self._known[resource] for resource in self._touched if resource in self._known}
        self._known, self._listed = {**found, **newer}, True
        self._unsure &= self._touched

    async def known(
        self, wanted: Iterable[ScalableResource], *, look_at: Iterable[ScalableResource] = ()
    ) -> KnownScaling:
        """What is known of `wanted`; asked for, in three calls each: `look_at`, and what a call has changed since.

        What is not in the answer is not known. Raises CallFailed.
        """
        wanted = tuple(wanted)
        for resource in {*look_at, *self._unsure.intersection(wanted)}:
            self._known[resource] = await self._api.of(resource)
            self._touched.add(resource)
            self._unsure.discard(resource)
        return {resource: live for resource in wanted if (live := self._live(resource)) is not None}

    def remembered(self, wanted: Iterable[ScalableResource]) -> KnownScaling:
        """What is known of `wanted` without asking; not what a call may have changed since."""
        sure = set(wanted) - self._unsure
        return {resource: live for resource in sure if (live := self._live(resource)) is not None}

    def only_listed(self, wanted: Iterable[ScalableResource]) -> KnownScaling:
        """What is known of `wanted` from the last lists alone."""
        return self.remembered(set(wanted) - self._touched)

    def changed(self, resource: ScalableResource) -> None:
        """A call changes it, or may have: what was known of it is no longer so. To be told before the call."""
        self._touched.add(resource)
        self._unsure.add(resource)

    def _live(self, resource: ScalableResource) -> LiveScaling | None:
        return self._known.get(resource, NOT_REGISTERED if self._listed else None)
