"""Hosting on this machine: starts fleets, knows which are there, and leaves nothing when it goes."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

from sagemaker_simulator.hosting import failure_reasons
from sagemaker_simulator.hosting.container import Container
from sagemaker_simulator.hosting.container_line import ContainerLine
from sagemaker_simulator.hosting.container_order import orders_of
from sagemaker_simulator.hosting.container_output import FollowOutput, follow_nothing
from sagemaker_simulator.hosting.container_start import ContainerStarter
from sagemaker_simulator.hosting.contract import Fleet, FleetFailed, FleetToRun
from sagemaker_simulator.hosting.limits import SAGEMAKER_LIMITS, Limits
from sagemaker_simulator.hosting.model_artifact import FetchObject
from sagemaker_simulator.hosting.model_download import ListObjects, ModelStore
from sagemaker_simulator.hosting.model_mount import mounts_allowed
from sagemaker_simulator.hosting.orphan_guard import OrphanGuard
from sagemaker_simulator.hosting.process_fleet import ProcessFleet
from sagemaker_simulator.hosting.server_command import ServerCommand
from sagemaker_simulator.multi_model.instance_limits import LimitsOf, of_the_type
from sagemaker_simulator.multi_model.model_event import TellModelEvent, tell_nobody

# Shorter than the shortest idle time-out of common servers (gunicorn: 2 s), so that a request is not sent on
# a connection that its server is just closing.
_KEEP_ALIVE_SECONDS = 1.0


class ProcessHosting:
    """See `wiring.build_hosting` for what the arguments are."""

    def __init__(
        self,
        *,
        fetch_object: FetchObject,
        list_objects: ListObjects,
        servers: Callable[[], Mapping[str, ServerCommand]],
        image_present: Callable[[str], bool],
        work_directory: Path,
        limits: Limits = SAGEMAKER_LIMITS,
        follow_output: FollowOutput = follow_nothing,
        instance_limits: LimitsOf = of_the_type,
        tell_model_event: TellModelEvent = tell_nobody,
    ) -> None:
        self._store = ModelStore(fetch_object=fetch_object, list_objects=list_objects)
        self._servers = servers
        self._image_present = image_present
        self._work_directory = work_directory
        self._limits = limits
        self._follow_output = follow_output
        self._instance_limits = instance_limits
        self._tell_model_event = tell_model_event
        self._fleets: set[ProcessFleet] = set()
        self._starting: set[asyncio.Task[Fleet]] = set()
        self._starter: ContainerStarter | None = None
        self._preparing = asyncio.Lock()
        self._closed = False

    async def start(self, fleet: FleetToRun) -> Fleet:
        start = asyncio.create_task(self._start(fleet))
        self._starting.add(start)
        start.add_done_callback(self._starting.discard)
        try:
            return await start
        except asyncio.CancelledError:
            if self._closed and not _caller_is_cancelled():
                raise FleetFailed(failure_reasons.shutting_down()) from None
            raise

    async def close(self) -> None:
        """Stop every fleet, and what is being started. Later starts are refused. Safe to call twice."""
        self._closed = True
        starting = list(self._starting)
        _cancel(starting)
        await asyncio.gather(*starting, return_exceptions=True)
        await asyncio.gather(*(fleet.stop() for fleet in self._fleets))
        if self._starter is not None:
            await self._starter.session.close()
            await self._starter.guard.close()

    async def _start(self, fleet: FleetToRun) -> Fleet:
        starter = await self._prepared_starter()
        orders = list(orders_of(fleet))
        containers = await _all_or_none([starter.start(order) for order in orders])
        variants: dict[str, list[Container]] = {}
        for order, container in zip(orders, containers, strict=True):
            variants.setdefault(order.variant.name, []).append(container)
        lines = {each.name: ContainerLine(variants[each.name], direct=each.direct) for each in fleet.variants}
        serving = ProcessFleet(lines, when_stopped=self._fleets.discard)
        self._fleets.add(serving)
        return serving

    async def _prepared_starter(self) -> ContainerStarter:
        """What needs an event loop and is made once: folders, the session, the look at what the machine allows."""
        async with self._preparing:
            if self._closed:
                raise FleetFailed(failure_reasons.shutting_down())
            if self._starter is None:
                self._starter = await self._prepare()
            return self._starter

    async def _prepare(self) -> ContainerStarter:
        models, logs = self._work_directory / "models", self._work_directory / "logs"
        models.mkdir(parents=True, exist_ok=True)
        mounts = await mounts_allowed(models)
        return ContainerStarter(
            store=self._store,
            servers=self._servers,
            image_present=self._image_present,
            guard=await OrphanGuard.start(),
            session=_open_session(),
            limits=self._limits,
            models=models,
            logs=logs,
            mounts=mounts,
            follow_output=self._follow_output,
            instance_limits=self._instance_limits,
            tell_model_event=self._tell_model_event,
        )


def _open_session() -> aiohttp.ClientSession:
    """Pooled connections without a bound: how many requests a container takes at once is for the container to say."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_SECONDS),
        auto_decompress=False,  # a body is the container's own, whatever its encoding
        skip_auto_headers=("Accept-Encoding", "User-Agent"),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def _all_or_none(starts: Sequence[Coroutine[None, None, Container]]) -> list[Container]:
    """All containers, started side by side; when one fails, the others are ended before its error is raised."""
    tasks = [asyncio.create_task(start) for start in starts]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        _cancel(tasks)
        for started in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(started, BaseException):
                await started.kill()
        raise


def _cancel(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Each once: a second time would interrupt a task that is ending its server."""
    for task in tasks:
        if not task.cancelling():
            task.cancel()


def _caller_is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
