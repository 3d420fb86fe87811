"""Large requests need no more memory than small ones: what is long lies in files."""

import asyncio
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from aiohttp import web

from sagemaker_simulator.hosting.file_exchange import FileAnswer, FileInvocation, exchange
from tests.simulator.async_world import asynchronous
from tests.simulator.world import World

MEGABYTE = 1024 * 1024
LONG = 64 * MEGABYTE
BOUND = 24 * MEGABYTE  # 8 of a file before it goes to disk, 8 of a part on its way, and room


@contextmanager
def bounded() -> Iterator[None]:
    """Expect that no more than BOUND is allocated at any time meanwhile."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < BOUND, f"{(peak - before) / MEGABYTE:.0f} MB were allocated"


def test_a_long_input_is_read_from_s3_piece_by_piece(world: World) -> None:
    with asynchronous(world) as there:
        world.given_model()
        there.given_config()
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
        world.finish("e1", "InService")
        world.s3.put_object(Bucket="async", Key="long", Body=b"x" * LONG)
        with bounded():
            answer = there.ask_for("s3://async/long")
            told = there.object(answer["OutputLocation"])
        assert f'"receivedBytes": {LONG}'.encode() in told


async def test_a_long_request_and_a_long_answer_pass_piece_by_piece() -> None:
    with tempfile.TemporaryFile() as body, tempfile.TemporaryFile() as answer_body:
        body.truncate(LONG)
        with bounded():
            answer = await _echoed(
                FileInvocation(
                    body=body,
                    body_length=LONG,
                    content_type="a/b",
                    accept=None,
                    headers={},
                    answer_body=answer_body,
                    seconds=60,
                )
            )
        assert (answer.status, answer.body_length) == (200, LONG)
        assert answer_body.tell() == LONG


async def _echoed(invocation: FileInvocation) -> FileAnswer:
    """Exchange the files with a server that sends back what it gets while it gets it."""

    async def echo(request: web.Request) -> web.StreamResponse:
        assert request.content_length == LONG
        response = web.StreamResponse()
        response.content_length = LONG
        await response.prepare(request)
        async for piece in request.content.iter_any():
            await response.write(piece)
        return response

    application = web.Application()
    application.router.add_post("/invocations", echo)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        async with aiohttp.ClientSession() as session, asyncio.timeout(60):
            return await exchange(session, f"http://127.0.0.1:{runner.addresses[0][1]}", invocation)
    finally:
        await runner.cleanup()
