"""What happens to one request: passed on as it is, or treated as the rule that it meets says."""

import asyncio
from collections.abc import Mapping

import aiohttp
from aiohttp import web

from tests.chaos.apiserver_proxy.rules import Cut, Effect, Rules, is_watch
from tests.chaos.apiserver_proxy.streams import WatchStream

# Of one connection, not of the message (RFC 9110, 7.6.1); lengths are computed anew.
_OF_THE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "te", "upgrade"}
_NOTHING = Effect()


class Handler:
    """Serves every path; `upstream` is the API server's origin."""

    def __init__(self, *, session: aiohttp.ClientSession, upstream: str) -> None:
        self._session = session
        self._upstream = upstream
        self.rules = Rules()
        self.streams: set[WatchStream] = set()
        self.watches_begun = 0
        self.stream_delay = 0.0
        """Of each part of each watch, in seconds."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        rule = self.rules.meet(request)
        effect = rule.effect if rule is not None else _NOTHING
        body = await request.read()
        await asyncio.sleep(effect.delay)
        if rule is not None and effect.hold:
            await rule.ended.wait()
        if effect.answer is not None:
            answer = effect.answer
            return web.json_response(answer.body(), status=answer.status, headers=answer.headers)
        if effect.cut is Cut.BEFORE:
            return _cut(request)
        try:
            return await self._pass_on(request, body, effect)
        except (aiohttp.ClientConnectionError, OSError):
            return _cut(request)

    async def _pass_on(self, request: web.Request, body: bytes, effect: Effect) -> web.StreamResponse:
        url = f"{self._upstream}{request.path_qs}"
        headers = _of_the_message(request.headers)
        async with self._session.request(request.method, url, headers=headers, data=body or None) as upstream:
            if is_watch(request) and upstream.status == 200:
                return await self._stream(request, upstream)
            answer = await upstream.read()
            await asyncio.sleep(effect.late)
            if effect.cut is Cut.IN_THE_ANSWER:
                return await _half(request, upstream, answer)
            return web.Response(body=answer, status=upstream.status, headers=_of_the_message(upstream.headers))

    async def _stream(self, request: web.Request, upstream: aiohttp.ClientResponse) -> web.StreamResponse:
        response = web.StreamResponse(status=upstream.status, headers=_of_the_message(upstream.headers))
        response.enable_chunked_encoding()
        await response.prepare(request)
        stream = WatchStream(request, response, delay=lambda: self.stream_delay)
        self.streams.add(stream)
        self.watches_begun += 1
        try:
            await stream.pass_on(upstream)
        finally:
            self.streams.discard(stream)
        return response


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, upstream: aiohttp.ClientResponse, answer: bytes) -> web.StreamResponse:
    response = web.StreamResponse(status=upstream.status, headers=_of_the_message(upstream.headers))
    response.content_length = len(answer)
    await response.prepare(request)
    await response.write(answer[: len(answer) // 2])
    return _cut(request)


def _of_the_message(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in dict(headers).items() if name.lower() not in _OF_THE_CONNECTION}
