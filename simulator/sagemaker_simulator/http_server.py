"""One port for all of AWS and for the control API: HTTP in, answers out, connections cut when that is asked for."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from .control.routes import control_application
from .front import Front
from .simulator import Simulator
from .wire.request import BodyStream, Incoming, Reply, new_body_file

CONTROL_PREFIX: Final = "/_sim"
SHUTDOWN_SECONDS = 0.5  # what calls under way get to finish after SIGTERM
_CHUNK = 256 * 1024
# aiohttp adds these itself or they are about this connection only.
_NOT_OURS = frozenset({"connection", "transfer-encoding", "content-length"})


def application(simulator: Simulator) -> web.Application:
    """Return the application: /_sim is the control API, everything else is AWS."""
    app = web.Application(client_max_size=64 * 1024**3)
    app.add_subapp(CONTROL_PREFIX, control_application(simulator))

    async def aws(request: web.Request) -> web.StreamResponse:
        return await _aws(request, simulator.front)

    app.router.add_route("*", "/{path:.*}", aws)
    return app


async def listen(app: web.Application, *, hosts: Sequence[str], port: int) -> tuple[web.AppRunner, int]:
    """Start serving on one port of every host, which is an address of this machine; of an empty one, on all of them.

    Returns the runner, to be cleaned up, and the port: with 0 the first host's choice. Raises OSError where one cannot
    be listened on; then on none.
    """
    # Bodies stay as they were sent: S3 stores gzip as gzip, and signatures are of what was sent.
    runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        for host in hosts:
            await web.TCPSite(runner, host, port).start()
            port = runner.addresses[0][1]
    except BaseException:
        await runner.cleanup()
        raise
    return runner, port


async def _aws(request: web.Request, front: Front) -> web.StreamResponse:
    body_file = new_body_file()
    with body_file:
        length = 0
        async for chunk in request.content.iter_chunked(_CHUNK):
            length += body_file.write(chunk)
        path, _, query = request.raw_path.partition("?")
        outcome = await front.take(
            Incoming(
                method=request.method,
                raw_path=path,
                query_string=query,
                headers=request.headers,
                body_file=body_file,
                body_length=length,
            )
        )
    if outcome.cut and request.transport is not None:
        request.transport.abort()
        return web.Response()
    return await _send(request, outcome.reply)


async def _send(request: web.Request, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status)
    given = {name.lower(): value for name, value in reply.headers.items()}
    for name, value in reply.headers.items():
        if name.lower() not in _NOT_OURS:
            response.headers[name] = value
    is_head = request.method == "HEAD"
    if reply.stream is not None:
        return await _send_parts(request, response, reply.stream)
    response.content_length = int(given.get("content-length", 0)) if is_head else len(reply.body)
    await response.prepare(request)
    if reply.body and not is_head:
        await response.write(reply.body)
    await response.write_eof()
    return response


async def _send_parts(request: web.Request, response: web.StreamResponse, stream: BodyStream) -> web.StreamResponse:
    """Send each part as it comes; a client that has gone ends the stream where it comes from too."""
    try:
        await response.prepare(request)
        while part := await stream.next_part():
            await response.write(part)
        await response.write_eof()
    finally:
        await stream.close()
    return response
