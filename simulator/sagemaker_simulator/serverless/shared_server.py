"""The one server process that stands for all environments of a variant: started when first needed, ended with the last.

As for instances, one process serves whatever the count.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine

from sagemaker_simulator.hosting.contract import Fleet, FleetFailed

log = logging.getLogger(__name__)


class SharedServer:
    """Real containers that come and go. `start` starts them and raises FleetFailed."""

    def __init__(self, first: Fleet, *, start: Callable[[], Coroutine[None, None, Fleet]]) -> None:
        self._start = start
        self._running: asyncio.Task[Fleet] | None = asyncio.create_task(_there(first))
        self._endings: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def now(self) -> Fleet | None:
        """The containers that run at this moment."""
        running = self._running
        if running is None or not running.done() or running.cancelled() or running.exception() is not None:
            return None
        return running.result()

    async def running(self) -> Fleet:
        """Return the containers, started first if they are not there. Raises FleetFailed, also once it is closed."""
        if self._closed:
            raise FleetFailed("the endpoint's containers have been stopped")
        if self._running is None:
            self._running = asyncio.create_task(self._start())
        running = self._running
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            if running.cancelled():
                raise FleetFailed("the container was given up before it had started") from None
            raise
        except Exception:
            if self._running is running:
                self._running = None  # whoever asks next tries again
            raise

    def end(self) -> None:
        """Begin to end the containers, if there are any."""
        running, self._running = self._running, None
        if running is not None:
            ending = asyncio.create_task(_end(running))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def close(self) -> None:
        """End the containers for good; returns when none is left."""
        self._closed = True
        self.end()
        await asyncio.gather(*self._endings)


async def _there(fleet: Fleet) -> Fleet:
    return fleet


async def _end(running: "asyncio.Task[Fleet]") -> None:
    if not running.done():
        running.cancel()
    try:
        fleet = await running
    except asyncio.CancelledError:
        return
    except Exception:
        log.info("a serverless container that was to end had not started", exc_info=True)
        return
    await fleet.stop()
