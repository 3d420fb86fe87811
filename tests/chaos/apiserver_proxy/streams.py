"""The watches that go through the proxy: each can be delayed, stalled, ended with an ERROR event, or cut."""

import asyncio
import json
import time
from collections.abc import Callable

import aiohttp
from aiohttp import web

from tests.chaos.apiserver_proxy.rules import Answer

Due = tuple[float, bytes]


class WatchStream:
    """One watch under way. What arrives is passed on in order, each part `delay` seconds after it arrived."""

    def __init__(self, request: web.Request, response: web.StreamResponse, *, delay: Callable[[], float]) -> None:
        self._request = request
        self._response = response
        self._delay = delay
        self._stalled = False
        self._ended = asyncio.Event()
        self._parts: asyncio.Queue[Due | None] = asyncio.Queue()

    async def pass_on(self, upstream: aiohttp.ClientResponse) -> None:
        """Returns when either side ended it, or a command did."""
        reading = asyncio.create_task(self._read(upstream))
        writing = asyncio.create_task(self._write())
        ending = asyncio.create_task(self._ended.wait())
        tasks = (reading, writing, ending)
        try:
            await asyncio.wait((writing, ending), return_when=asyncio.FIRST_COMPLETED)
        finally:  # the operator hung up, and this is cancelled
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def stall(self) -> None:
        """Nothing more is passed on, and the connection stays."""
        self._stalled = True

    def cut(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()
        self._ended.set()

    async def end_with(self, answer: Answer) -> None:
        """An ERROR event, and an orderly end."""
        await self._response.write(json.dumps({"type": "ERROR", "object": answer.body()}).encode() + b"\n")
        self._ended.set()

    async def _read(self, upstream: aiohttp.ClientResponse) -> None:
        try:
            async for part in upstream.content.iter_any():
                self._parts.put_nowait((time.monotonic() + self._delay(), part))
        except aiohttp.ClientError:
            self.cut()  # as it was cut on the other side
        self._parts.put_nowait(None)

    async def _write(self) -> None:
        while (due := await self._parts.get()) is not None or self._stalled:
            if due is None or self._stalled:
                await asyncio.Event().wait()  # until the other side gives up, or a command comes
                continue
            await asyncio.sleep(max(0.0, due[0] - time.monotonic()))
            if not self._stalled:
                await self._response.write(due[1])
