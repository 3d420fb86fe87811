"""A door between one operator and the API server that knows writes: it can keep an answer back, and let none in.

Kills come from outside: what happens between two writes of the operator is decided here and in the simulator, never by
a hook in the product. Leases and Events go through untouched, for they are no points of the kill test.
"""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

import aiohttp
from aiohttp import web

from tests.chaos.kill.kube_writes import KubeWrite, is_lease_write, is_point, told_of

Answer = TypeVar("Answer")
# Of one connection only, or made anew on the other side (RFC 9110, 7.6.1).
_HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length", "host", "upgrade", "te", "trailer")

# As the API server words it when its storage does not answer.
_REFUSAL = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "InternalError", "code": 500}


class Ambush:
    """Waits for the nth write of one description about one object."""

    def __init__(self, *, what: str, about: str, nth: int, answered: bool, before_answer: Callable[[], None]) -> None:
        """`before_answer` runs when the write is done and before its answer, if `answered`, goes out."""
        self.what = what
        self.about = about
        self.answered = answered
        self.before_answer = before_answer
        self.sprung = threading.Event()
        self._left = nth

    def springs_at(self, write: KubeWrite) -> bool:
        if self.sprung.is_set() or write.what != self.what or write.about not in (self.about, ""):
            return False
        self._left -= 1
        return self._left == 0


class WriteProxy:
    """Plain HTTP to the operator, TLS to the API server; the operator's own credentials go through."""

    def __init__(self, *, upstream: str, authority: Path) -> None:
        self._upstream = upstream
        self._tls = ssl.create_default_context(cafile=str(authority))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="write proxy", daemon=True)
        self._ambush: Ambush | None = None
        self._thawed = asyncio.Event()
        self._thawed.set()
        self.stopped_write = threading.Event()
        """Set when a write came while everything is frozen."""
        self.writes: list[KubeWrite] = []
        """Those that the API server accepted, in order."""
        self.lease_writes = 0
        self.refuse_every_other = False
        """Of each kind of write the first, the third, and so on."""
        self._refused_last: set[str] = set()

    def start(self) -> str:
        """Its URL."""
        self._thread.start()
        return self._ask(self._start())

    def close(self) -> None:
        self._ask(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def lie_in_wait(self, ambush: Ambush | None) -> None:
        self._ambush = ambush

    def freeze(self) -> None:
        """From now on no write reaches the API server; it waits at the door until `thaw` cuts it off."""
        self.stopped_write.clear()
        self._call(self._thawed.clear)

    def thaw(self) -> None:
        """Writes go through again; answers and writes that were kept back are cut off."""
        self._ambush = None
        self._call(self._thawed.set)

    async def _start(self) -> str:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=self._tls, limit=0),
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
        )
        application = web.Application(client_max_size=16 * 2**20)
        application.router.add_route("*", "/{path:.*}", self._pass_on)
        # A killed operator's requests end with it: its watches must not pile up here.
        self._runner = web.AppRunner(application, handler_cancellation=True, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _close(self) -> None:
        self._thawed.set()
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        try:
            if is_point(request.method, request.path):
                return await self._point(request, body)
            async with self._asked(request, body) as answer:
                self.lease_writes += is_lease_write(request.method, request.path) and answer.status < 300
                return await _streamed(request, answer)
        except aiohttp.ClientConnectionError:
            return _cut(request)  # as the API server did

    async def _point(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if not self._thawed.is_set():
            self.stopped_write.set()
            await self._thawed.wait()
            return _cut(request)
        write = told_of(request.method, request.path, body)
        if self._refuses(write):
            return web.json_response(_REFUSAL, status=500)
        async with self._asked(request, body) as answer:
            if answer.status < 300:
                self.writes.append(write)
                if not await self._survives(write):
                    return _cut(request)
            return await _streamed(request, answer)

    def _refuses(self, write: KubeWrite) -> bool:
        if not self.refuse_every_other:
            return False
        self._refused_last ^= {write.what}
        return write.what in self._refused_last

    async def _survives(self, write: KubeWrite) -> bool:
        """Whether the operator gets the answer to a write that is done."""
        ambush = self._ambush
        if ambush is None or not ambush.springs_at(write):
            return True
        self._thawed.clear()
        self.stopped_write.clear()
        await asyncio.to_thread(ambush.before_answer)
        ambush.sprung.set()
        if not ambush.answered:
            await self._thawed.wait()
        return ambush.answered

    @asynccontextmanager
    async def _asked(self, request: web.Request, body: bytes) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP]
        url = f"{self._upstream}{request.raw_path}"
        asking = asyncio.ensure_future(self._send(request.method, url, headers, body))
        try:
            # What is on its way arrives, also when the operator that sent it is dead by then.
            answer = await asyncio.shield(asking)
        except asyncio.CancelledError:
            asking.add_done_callback(_dropped)
            raise
        try:
            yield answer
        finally:
            _drop(answer)

    async def _send(self, method: str, url: str, headers: list[tuple[str, str]], body: bytes) -> aiohttp.ClientResponse:
        return await self._session.request(method, url, headers=headers, data=body or None)

    def _ask(self, question: Awaitable[Answer]) -> Answer:
        async def asked() -> Answer:
            return await question

        return asyncio.run_coroutine_threadsafe(asked(), self._loop).result(timeout=30)

    def _call(self, function: Callable[[], None]) -> None:
        async def called() -> None:
            function()

        self._ask(called())


async def _streamed(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    """The answer as it comes: a watch has no end."""
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP]
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=dict(headers))
    await response.prepare(request)
    # The operator died in the middle of its answer, or the API server ended a watch without a last chunk.
    with suppress(ConnectionResetError, aiohttp.ClientPayloadError):
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
        await response.write_eof()
    return response


def _dropped(asking: "asyncio.Future[aiohttp.ClientResponse]") -> None:
    if not asking.cancelled() and asking.exception() is None:
        _drop(asking.result())


def _drop(answer: aiohttp.ClientResponse) -> None:
    """Forget what was not read of it; a TLS connection that is closed politely waits for a watch that never ends."""
    connection = answer.connection
    if connection is not None and connection.transport is not None:
        connection.transport.abort()
    answer.close()


def _cut(request: web.Request) -> web.StreamResponse:
    """No answer, and the connection closed: what a client sees of a server that died."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)
