"""A container of many models: each request names one, which is loaded first if it is not in memory.

"Invoke a multi-model endpoint" in the SageMaker Developer Guide: a request is answered within 60 s; a model that is not
loaded by then is told as ModelNotReadyException, and its loading goes on for up to 360 s.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Final

from sagemaker_simulator.hosting.contract import Answer, AnswerStream, ContainerGone, Invocation
from sagemaker_simulator.hosting.file_exchange import FileAnswer, FileInvocation
from sagemaker_simulator.hosting.limits import Limits

from .instance_limits import InstanceLimits
from .instance_models import Copy, InstanceModels
from .loading import Loading
from .model_event import Kind
from .model_server import ModelFiles, ModelServer, Said
from .placement import place
from .refusals import not_ready
from .target import Target

_LEAST_SECONDS: Final = 0.1  # for an invocation whose model was ready at the last moment
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How a container is to keep its models: under which prefix, whether in memory, in what time, in how much room."""

    prefix: str
    caches: bool
    limits: Limits
    of_an_instance: InstanceLimits


class MultiModelContainer:
    """See `hosting.container.Container`. `tell` hears of what is done with models, and its real seconds."""

    def __init__(
        self,
        server: ModelServer,
        files: ModelFiles,
        *,
        name: str,
        manners: Manners,
        tell: Callable[[Kind, float], None],
    ) -> None:
        self.name = name
        self._server = server
        self._manners = manners
        self._tell = tell
        self._loading = Loading(server, files, tell=tell)
        self._loads: dict[str, asyncio.Task[Said]] = {}
        self._chores: set[asyncio.Task[None]] = set()
        self._instances: list[InstanceModels] = []
        self._numbers_given = 0

    @property
    def process_group(self) -> int | None:
        return self._server.process_group

    def loaded_models(self, instances: int) -> list[int]:
        """Return how many models each of the variant's instances has in memory."""
        return [each.loaded_count for each in self._as_many(instances)]

    async def invoke(self, invocation: Invocation) -> Answer:
        """Send the request to its model. What the container says to a model that it cannot load is the answer too.

        Raises AwsError for a model that cannot be had (yet), ContainerTimedOut, ContainerGone; ValueError without a
        target model.
        """
        if invocation.target_model is None:
            raise ValueError("a container of many models is asked for one of them")
        target = Target(prefix=self._manners.prefix, key=invocation.target_model)
        begun = asyncio.get_running_loop().time()
        until = begun + self._manners.limits.invocation_seconds
        instance = place(self._as_many(invocation.instances), target.key)
        try:
            with instance.using(target.key):
                return await self._invoke_on(instance, target, invocation, begun=begun, until=until)
        finally:
            self._loading.something_is_free()
            self._unload_if_not_cached(instance, target)

    async def stream(self, invocation: Invocation) -> AnswerStream:
        del invocation
        raise ValueError("requests for streams name no target model")

    async def exchange(self, invocation: FileInvocation) -> FileAnswer:
        del invocation
        raise ValueError("a multi-model endpoint is never asynchronous")

    async def stop(self) -> None:
        await self._give_everything_up()
        await self._server.stop()

    async def kill(self) -> None:
        await self._give_everything_up()
        await self._server.kill()

    async def _invoke_on(
        self, instance: InstanceModels, target: Target, invocation: Invocation, *, begun: float, until: float
    ) -> Answer:
        """`begun` and `until` are readings of the event loop's clock."""
        clock = asyncio.get_running_loop().time
        was_loaded = instance.loaded(target.key) is not None
        self._tell(Kind.HIT if was_loaded else Kind.MISS, 0.0)
        copy = await self._ready(instance, target, until=until)
        waited = 0.0 if was_loaded else clock() - begun
        if isinstance(copy, Said):
            return _refusal(copy, container=self.name, waited=waited)
        if not was_loaded:
            self._tell(Kind.WAITED, waited)
        seconds = max(until - clock(), _LEAST_SECONDS)
        answer = await self._server.invoke(copy.name, target, invocation, seconds=seconds)
        return replace(answer, waited_seconds=waited, setup_seconds=waited)

    async def _ready(self, instance: InstanceModels, target: Target, *, until: float) -> Copy | Said:
        """Return the model once it is in memory, or what the container said to loading it."""
        while (copy := instance.loaded(target.key)) is None:
            name = target.name_on(instance.number)
            load = self._loads.get(name) or self._begin_load(instance, target, name)
            try:
                async with asyncio.timeout_at(until):
                    said = await asyncio.shield(load)
            except TimeoutError:
                raise not_ready(target) from None
            except asyncio.CancelledError:
                if load.cancelled():
                    raise ContainerGone("the endpoint's containers have been stopped", container=self.name) from None
                raise
            if instance.loaded(target.key) is None:
                return said
        return copy

    def _begin_load(self, instance: InstanceModels, target: Target, name: str) -> "asyncio.Task[Said]":
        load = asyncio.create_task(self._load(instance, target))
        self._loads[name] = load
        load.add_done_callback(lambda done: self._load_ended(name, target, done))
        return load

    async def _load(self, instance: InstanceModels, target: Target) -> Said:
        others = [each for each in self._instances if each is not instance]
        try:
            async with asyncio.timeout(self._manners.limits.model_loading_seconds):
                return await self._loading.load(target, instance, others=others)
        except TimeoutError:
            log.warning("model %s was not loaded in time; the next request tries again", target.url)
            self._loading.give_up(target, instance)
            raise not_ready(target) from None

    def _load_ended(self, name: str, target: Target, load: "asyncio.Task[Said]") -> None:
        del self._loads[name]
        self._loading.something_is_free()
        if not load.cancelled() and (problem := load.exception()) is not None:
            log.info("model %s was not loaded: %s", target.url, problem)  # also where nobody waits for it any more

    def _unload_if_not_cached(self, instance: InstanceModels, target: Target) -> None:
        copy = instance.loaded(target.key)
        if not self._manners.caches and copy is not None and not instance.uses(target.key):
            self._do_beside(self._loading.unload(instance, copy))

    def _as_many(self, count: int) -> list[InstanceModels]:
        """Return the books of as many instances as the variant has now; a variant that serves has at least one."""
        while len(self._instances) < max(count, 1):
            self._instances.append(InstanceModels(self._numbers_given, self._manners.of_an_instance))
            self._numbers_given += 1
        while len(self._instances) > max(count, 1):
            self._do_beside(self._retire(self._instances.pop()))
        return self._instances

    async def _retire(self, instance: InstanceModels) -> None:
        """Let an instance go once its requests are answered, and everything on it."""
        while not instance.is_idle:
            await self._loading.wait_until_something_is_free()
        for copy in instance.everything_loaded():
            await self._loading.unload(instance, copy)
        for copy in instance.everything_stored():
            await self._loading.discard(instance, copy)

    def _do_beside(self, work: Coroutine[Any, Any, None]) -> None:
        chore = asyncio.create_task(work)
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)

    async def _give_everything_up(self) -> None:
        under_way = [*self._loads.values(), *self._chores]
        for task in under_way:
            task.cancel()
        self._loading.close()
        await asyncio.gather(*under_way, return_exceptions=True)


def _refusal(said: Said, *, container: str, waited: float) -> Answer:
    return Answer(
        status=said.status,
        body=said.text.encode(),
        content_type="text/plain",
        headers={},
        container=container,
        waited_seconds=waited,
        setup_seconds=waited,
    )
