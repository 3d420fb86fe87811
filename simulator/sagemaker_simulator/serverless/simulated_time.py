"""Waiting in simulated time."""

import asyncio

from sagemaker_simulator.clock import Clock


async def simulated_seconds(clock: Clock, seconds: float) -> None:
    """Wait until the simulated time has passed, however fast it runs."""
    passed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    timer = clock.call_after(seconds, lambda: None if passed.done() else passed.set_result(None))
    try:
        await passed
    finally:
        timer.cancel()
