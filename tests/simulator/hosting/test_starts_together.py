"""Containers that are started side by side end side by side, and each gets the time to end what it has begun."""

import asyncio

import pytest

from sagemaker_simulator.hosting.container import Container
from sagemaker_simulator.hosting.process_hosting import _all_or_none

TURNS = 20  # of the loop: as many as a killed process takes to be seen gone, at the least


class Start:
    """One start under way; when it is cancelled it takes so many turns of the loop to end its server."""

    def __init__(self, *, turns: int) -> None:
        self._turns = turns
        self.under_way = asyncio.Event()
        self.server_ended = False

    async def run(self) -> Container:
        self.under_way.set()
        try:
            await asyncio.Event().wait()
        finally:
            for _ in range(self._turns):
                await asyncio.sleep(0)
            self.server_ended = True
        raise AssertionError("nobody sets the event")


async def test_a_start_that_is_slow_to_end_is_not_interrupted_by_the_end_of_another() -> None:
    quick, slow = Start(turns=0), Start(turns=TURNS)
    together = asyncio.create_task(_all_or_none([quick.run(), slow.run()]))
    await asyncio.gather(quick.under_way.wait(), slow.under_way.wait())
    together.cancel()
    with pytest.raises(asyncio.CancelledError):
        await together
    assert (quick.server_ended, slow.server_ended) == (True, True)
