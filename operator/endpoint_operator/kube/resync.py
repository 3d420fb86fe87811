"""The safety net under the watch: a list now and then finds missed events, ghosts, and a watch that is dead.

After a reconnection kopf reports only what exists, never what vanished meanwhile; and a stream that a proxy holds open
without passing anything on looks alive.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import aiohttp
from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.api.kinds import ClusterObject, Kind
from endpoint_operator.engine.intake import Intake
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.ports import ClusterUnavailable
from endpoint_operator.kube.api import Body, KubeApi, objects_path
from endpoint_operator.kube.measures import MISSED_EVENTS
from endpoint_operator.kube.watch import Watch

log = logging.getLogger(__name__)

PAGE = 500
# What the list shows may still be on its way in the watch; after this it was missed.
GRACE_SECONDS = 5.0


T = TypeVar("T", bound=ClusterObject)


@dataclass(frozen=True, kw_only=True)
class Resynced(Generic[T]):
    """A kind, and where what the lists show of it goes."""

    kind: Kind[T]
    intake: Intake[T]


class Resync:
    """Lists every object of the kinds and compares them with what the watch brought."""

    def __init__(
        self,
        api: KubeApi,
        *,
        namespaces: tuple[str, ...],
        kinds: Sequence[Resynced[Any]],
        watch: Watch,
        period: float,
        listed: asyncio.Event,
        then: Callable[[], Awaitable[None]],
    ) -> None:
        """`listed` is set once every object of every kind was shown to its intake. `then` looks at what else no watch
        tells of; it raises what `once` raises."""
        self._api = api
        self._namespaces = namespaces
        self._kinds = kinds
        self._watch = watch
        self._period = period
        self._then = then
        self._listed = listed

    async def run(self) -> None:
        """List at once, then resync every `period` seconds, and soon after the watch began anew, until cancelled."""
        while not self._listed.is_set():
            await self._try(self._list_all())
        while True:
            await self._watch.begun_anew(within=self._period)
            await self._try(self.once())

    async def once(self) -> None:
        """One comparison, kind by kind. Raises what the API client raises."""
        missed = [(each.kind.plural, await self._list(each)) for each in self._kinds]
        for plural, versions in missed:
            if versions:
                await self._suspect_the_watch(plural, max(versions), count=len(versions))
        await self._then()

    async def _list_all(self) -> None:
        for each in self._kinds:
            await self._list(each)
        self._listed.set()

    async def _try(self, listing: Coroutine[Any, Any, None]) -> None:
        try:
            await listing
        except (TimeoutError, ApiException, ClusterUnavailable, aiohttp.ClientError, OSError) as error:
            log.warning("the cluster's objects could not be listed: %s", error)
            await asyncio.sleep(min(GRACE_SECONDS, self._period))

    async def _list(self, each: Resynced[T]) -> list[int]:
        """The versions of what the watch had not brought."""
        before = each.intake.versions()
        shown: dict[ObjectKey, int] = {}
        missed: list[int] = []
        async for body in self._pages(each.kind.plural):
            item = each.kind.parse(body)
            key, version = ObjectKey(item.namespace, item.name), int(item.resource_version or 0)
            shown[key] = version
            if version > before.get(key, 0):
                missed.append(version)
            each.intake.seen(item)
        self._bury_ghosts(each.intake, before, shown)
        return missed

    def _bury_ghosts(self, intake: Intake[T], before: dict[ObjectKey, int], shown: dict[ObjectKey, int]) -> None:
        """What was known before the list began and is not in it is gone."""
        for key in before.keys() - shown.keys():
            MISSED_EVENTS.labels("deleted").inc()
            log.warning("the watch did not say that the object is gone", extra={"object": str(key)})
            intake.gone(key)

    async def _suspect_the_watch(self, plural: str, version: int, *, count: int) -> None:
        await asyncio.sleep(GRACE_SECONDS)
        if self._watch.last_version(plural) < version:
            MISSED_EVENTS.labels("changed").inc(count)
            log.warning("the watch did not bring %d changes of %s; it is begun anew", count, plural)
            self._watch.begin_anew()

    async def _pages(self, plural: str) -> AsyncIterator[Body]:
        for namespace in self._namespaces or (None,):
            query: dict[str, object] = {"limit": PAGE}
            while True:
                page = await self._api.get(objects_path(plural, namespace), query=query)
                for item in page["items"]:
                    yield item
                if not page["metadata"].get("continue"):
                    break
                query["continue"] = page["metadata"]["continue"]
