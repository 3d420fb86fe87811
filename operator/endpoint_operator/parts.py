"""The tasks that run as long as the process does: one that ends before its time is a bug, and the process ends."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class PartEnded(Exception):
    """Named by its part; the cause is what the part raised, if anything."""


class Parts:
    """A process that goes on without its watch of AWS, or without its workers, looks alive and does nothing."""

    def __init__(self) -> None:
        self._stop = asyncio.Event()
        self._parts: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """The process is asked to end."""
        self._stop.set()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    async def stopped_within(self, seconds: float) -> None:
        """Returns when the process is asked to end, or after so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return

    def begin(self, name: str, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        part = asyncio.create_task(work, name=name)
        self._parts.add(part)
        return part

    async def first(self, task: "asyncio.Task[Any]") -> bool:
        """Wait for the task or for the process being asked to end; whether the task came first.

        Raises PartEnded.
        """
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({task, stopping, *self._parts}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        ended = next((part for part in self._parts if part.done()), None)
        if ended is not None and not task.done() and not self.stopping:
            raise PartEnded(ended.get_name()) from ended.exception()
        return task.done()

    async def end(self, *parts: "asyncio.Task[None]") -> None:
        """Cancel them, and wait until they have ended."""
        self._parts.difference_update(parts)
        for part in parts:
            await cancelled(part)


async def cancelled(task: "asyncio.Task[None]") -> None:
    """Cancel a task and wait until it has ended; what it raised is its reader's."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
