"""The safety net under the watch: a list now and then finds missed events, ghosts, and a watch that is dead.

After a reconnection kopf reports only what exists, never what vanished meanwhile; and a stream that a proxy holds open
without passing anything on looks alive.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.engine.intake import Intake
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.ports import ClusterUnavailable
from endpoint_operator.kube.api import Body, KubeApi, endpoints_path
from endpoint_operator.kube.measures import MISSED_EVENTS
from endpoint_operator.kube.watch import Watch

log = logging.getLogger(__name__)

PAGE = 500
# What the list shows may still be on its way in the watch; after this it was missed.
GRACE_SECONDS = 5.0


class Resync:
    """Lists every InferenceEndpoint and compares it with what the watch brought."""

    def __init__(
        self,
        api: KubeApi,
        *,
        namespaces: tuple[str, ...],
        intake: Intake,
        watch: Watch,
        period: float,
        then: Callable[[], Awaitable[None]],
    ) -> None:
        """`then` looks at what else no watch tells of; it raises what `once` raises."""
        self._api = api
        self._namespaces = namespaces
        self._intake = intake
        self._watch = watch
        self._period = period
        self._then = then

    async def run(self) -> None:
        """Resync every `period` seconds, and soon after the watch began anew, until cancelled."""
        while True:
            await self._watch.begun_anew(within=self._period)
            try:
                await self.once()
                await self._then()
            except (TimeoutError, ApiException, ClusterUnavailable, aiohttp.ClientError, OSError) as error:
                log.warning("the resync could not be finished: %s", error)
                await asyncio.sleep(min(GRACE_SECONDS, self._period))

    async def once(self) -> None:
        """One comparison. Raises what the API client raises."""
        before = self._intake.versions()
        shown: dict[ObjectKey, int] = {}
        missed: list[int] = []
        async for body in self._pages():
            endpoint = InferenceEndpoint.parse(body)
            key, version = ObjectKey(endpoint.namespace, endpoint.name), int(endpoint.resource_version or 0)
            shown[key] = version
            if version > before.get(key, 0):
                missed.append(version)
            self._intake.seen(endpoint)
        self._bury_ghosts(before, shown)
        if missed:
            await self._suspect_the_watch(max(missed), count=len(missed))

    def _bury_ghosts(self, before: dict[ObjectKey, int], shown: dict[ObjectKey, int]) -> None:
        """What was known before the list began and is not in it is gone."""
        for key in before.keys() - shown.keys():
            MISSED_EVENTS.labels("deleted").inc()
            log.warning("the watch did not say that the object is gone", extra={"object": str(key)})
            self._intake.gone(key)

    async def _suspect_the_watch(self, version: int, *, count: int) -> None:
        await asyncio.sleep(GRACE_SECONDS)
        if self._watch.last_version < version:
            MISSED_EVENTS.labels("changed").inc(count)
            log.warning("the watch did not bring %d changes; it is begun anew", count)
            self._watch.begin_anew()

    async def _pages(self) -> AsyncIterator[Body]:
        for namespace in self._namespaces or (None,):
            query: dict[str, object] = {"limit": PAGE}
            while True:
                page = await self._api.get(endpoints_path(namespace), query=query)
                for item in page["items"]:
                    yield item
                if not page["metadata"].get("continue"):
                    break
                query["continue"] = page["metadata"]["continue"]
