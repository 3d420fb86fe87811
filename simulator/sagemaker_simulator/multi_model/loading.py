"""How a model comes into the memory of an instance, and which ones make room for it.

"How multi-model endpoints work" in the SageMaker Developer Guide: a model is downloaded to the instance's volume and
loaded from there; when memory is full, unused models are unloaded and stay on the volume; when that is full, unused
models are deleted from it. "Custom containers contract for multi-model endpoints": a container that has no memory left
answers 507, and models are unloaded until it has. Which ones go first is not published: here the least recently used.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Final

from sagemaker_simulator.hosting.contract import ContainerGone, ContainerTimedOut
from sagemaker_simulator.hosting.model_artifact import BrokenArchiveError

from .instance_models import Copy, InstanceModels
from .model_event import Kind
from .model_server import ModelFiles, ModelServer, Said
from .refusals import not_downloaded, not_extracted
from .target import Target

_NO_MEMORY: Final = 507
_LOADED_ALREADY: Final = 409
log = logging.getLogger(__name__)


class Loading:
    """Loads and unloads. `tell` hears of each step and of its real seconds."""

    def __init__(self, server: ModelServer, files: ModelFiles, *, tell: Callable[[Kind, float], None]) -> None:
        self._server = server
        self._files = files
        self._tell = tell
        self._leaving: dict[str, asyncio.Task[None]] = {}
        self._freed = asyncio.Event()

    async def load(self, target: Target, instance: InstanceModels, *, others: Sequence[InstanceModels]) -> Said:
        """Have the model in the instance's memory; answers what the container said to it.

        `others` are the instances that the same server stands for. Raises AwsError for an object that is not there or
        is no archive, ContainerGone.
        """
        copy = await self._stored(target, instance)
        if isinstance(copy, Said):
            return copy
        while True:
            if not await self._has_memory(instance, copy):
                return Said(status=_NO_MEMORY, text=f"simulator: the instance's memory does not hold {target.key}")
            said = await self._say_load(target, instance, copy)
            if said.status != _NO_MEMORY or not await self._make_way((instance, *others)):
                return said

    async def unload(self, instance: InstanceModels, copy: Copy) -> None:
        """Have the model out of memory; its files stay."""
        instance.unload(copy)
        await self._leave(copy.name, self._say_unload(copy.name, copy.target))

    async def discard(self, instance: InstanceModels, copy: Copy) -> None:
        """Have the model's files off the disk."""
        instance.discard(copy)
        await self._leave(copy.name, self._files.remove(copy.name))

    def give_up(self, target: Target, instance: InstanceModels) -> None:
        """Tell the container to forget a model whose loading took too long; returns at once."""
        name = target.name_on(instance.number)
        self._begin_to_leave(name, self._say_unload(name, target))

    def something_is_free(self) -> None:
        """Have those who wait for memory look again."""
        self._freed.set()

    async def wait_until_something_is_free(self) -> None:
        self._freed.clear()
        await self._freed.wait()

    def close(self) -> None:
        """Give up what is under way."""
        for task in self._leaving.values():
            task.cancel()

    async def _stored(self, target: Target, instance: InstanceModels) -> Copy | Said:
        name = target.name_on(instance.number)
        while (leaving := self._leaving.get(name)) is not None:
            await asyncio.wait([leaving])
        copy = instance.stored(target.key)
        return copy if copy is not None else await self._bring(target, instance, name)

    async def _bring(self, target: Target, instance: InstanceModels, name: str) -> Copy | Said:
        begun = time.perf_counter()
        try:
            size = await self._files.bring(name, target)
        except KeyError:
            raise not_downloaded(target) from None
        except BrokenArchiveError as broken:
            raise not_extracted(target, why=str(broken)) from broken
        self._tell(Kind.DOWNLOADED, time.perf_counter() - begun)
        copy = Copy(target=target, name=name, size=size)
        instance.store(copy)
        while instance.disk_is_over_full():
            if not await self._delete_one(instance):
                await self.discard(instance, copy)
                return Said(status=_NO_MEMORY, text=f"simulator: the instance's volume does not hold {target.key}")
        return copy

    async def _delete_one(self, instance: InstanceModels) -> bool:
        """Delete an unused model from the disk, first from memory if all are in it; answers whether there was one."""
        unused = instance.discardable()
        if unused is None:
            unused = instance.unloadable()
            if unused is None:
                return False
            await self.unload(instance, unused)
        await self.discard(instance, unused)
        return True

    async def _has_memory(self, instance: InstanceModels, copy: Copy) -> bool:
        """Make room within the memory that the instance's type has; answers whether there is any for the model."""
        if instance.is_too_large(copy):
            return False
        while not instance.has_memory_for(copy):
            if not await self._make_way((instance,)):
                return False
        return True

    async def _make_way(self, instances: Sequence[InstanceModels]) -> bool:
        """Unload one model, or wait until one is unused; answers whether anything may be different now."""
        for instance in instances:
            unused = instance.unloadable()
            if unused is not None:
                await self.unload(instance, unused)
                return True
        if all(instance.is_empty() for instance in instances):
            return False
        await self.wait_until_something_is_free()
        return True

    async def _say_load(self, target: Target, instance: InstanceModels, copy: Copy) -> Said:
        begun = time.perf_counter()
        with instance.reserved(copy):
            said = await self._server.load(copy.name, target)
        if said.status < 300 or said.status == _LOADED_ALREADY:
            instance.load(copy)
            self._tell(Kind.LOADED, time.perf_counter() - begun)
        return said

    async def _say_unload(self, name: str, target: Target) -> None:
        begun = time.perf_counter()
        try:
            said = await self._server.unload(name, target)
        except (ContainerGone, ContainerTimedOut) as problem:
            log.warning("model %s was not unloaded: %s", target.url, problem)
            return
        if said.status >= 300:
            log.warning("model %s was not unloaded, the container answered %d: %s", target.url, said.status, said.text)
            return
        self._tell(Kind.UNLOADED, time.perf_counter() - begun)

    async def _leave(self, name: str, work: Coroutine[None, None, None]) -> None:
        await asyncio.shield(self._begin_to_leave(name, work))
        self.something_is_free()

    def _begin_to_leave(self, name: str, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        """Begin what whoever loads the model again must wait for, after what was begun of it before."""
        before = self._leaving.get(name)
        task = asyncio.create_task(_after(before, work))
        self._leaving[name] = task
        task.add_done_callback(lambda done: self._has_left(name, done))
        return task

    def _has_left(self, name: str, task: "asyncio.Task[None]") -> None:
        if self._leaving.get(name) is task:
            del self._leaving[name]


async def _after(before: "asyncio.Task[None] | None", work: Coroutine[None, None, None]) -> None:
    if before is not None:
        await asyncio.wait([before])
    await work
