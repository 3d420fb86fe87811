"""Asks a server's /ping until it may take traffic, by SageMaker's rules and in real seconds."""

import asyncio
from enum import Enum, auto

import aiohttp

from sagemaker_simulator.hosting.server_process import ServerProcess

# SageMaker asks every 5 s; a laptop's user should not wait for that.
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5


class Health(Enum):
    """How a start ended."""

    HEALTHY = auto()
    EXITED = auto()
    TOO_LATE = auto()


async def wait_until_healthy(
    server: ServerProcess, *, session: aiohttp.ClientSession, startup_seconds: float, ping_seconds: float
) -> Health:
    """Ask until the answer is 200, the server has exited (starting it again would end the same) or time is up."""
    exited = asyncio.ensure_future(server.wait())
    healthy = asyncio.ensure_future(_ping_until_healthy(server, session, ping_seconds))
    try:
        done, _ = await asyncio.wait({exited, healthy}, timeout=startup_seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        healthy.cancel()
        exited.cancel()
        await asyncio.gather(healthy, exited, return_exceptions=True)
    if exited in done:
        return Health.EXITED
    return Health.HEALTHY if healthy in done else Health.TOO_LATE


async def _ping_until_healthy(server: ServerProcess, session: aiohttp.ClientSession, ping_seconds: float) -> None:
    pause = _FIRST_PAUSE_SECONDS
    while not await _answers_ping(server, session, ping_seconds):
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


async def _answers_ping(server: ServerProcess, session: aiohttp.ClientSession, ping_seconds: float) -> bool:
    try:
        async with session.get(
            f"{server.url}/ping", timeout=aiohttp.ClientTimeout(total=ping_seconds), allow_redirects=False
        ) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
