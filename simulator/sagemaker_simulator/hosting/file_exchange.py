"""Requests and answers too large for memory: both lie in files. Asynchronous inference speaks to containers so."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import IO, Final

import aiohttp

from sagemaker_simulator.hosting.connection_headers import CONNECTION_HEADERS, without_connection_headers

_PIECE_BYTES: Final = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class FileInvocation:
    """A request whose body is a whole file, and the empty file that takes the body of its answer.

    `seconds` (real) is how long the container may take for all of it.
    """

    body: IO[bytes]
    body_length: int
    content_type: str
    accept: str | None
    headers: Mapping[str, str]
    answer_body: IO[bytes]
    seconds: float


@dataclass(frozen=True, kw_only=True)
class FileAnswer:
    """What a container answered, beside its body, its status not yet judged."""

    status: int
    content_type: str
    headers: Mapping[str, str]
    body_length: int


async def exchange(session: aiohttp.ClientSession, url: str, invocation: FileInvocation) -> FileAnswer:
    """Post the file and write the answer into the other. Raises TimeoutError, aiohttp.ClientError."""
    async with session.post(
        f"{url}/invocations",
        data=_pieces(invocation.body),
        headers=_headers(invocation),
        timeout=aiohttp.ClientTimeout(total=invocation.seconds),
        allow_redirects=False,
    ) as answer:
        length = 0
        async for piece in answer.content.iter_any():
            length += invocation.answer_body.write(piece)
        return FileAnswer(
            status=answer.status,
            content_type=answer.headers.get("Content-Type", ""),
            headers=without_connection_headers(answer.headers),
            body_length=length,
        )


async def _pieces(body: IO[bytes]) -> AsyncIterator[bytes]:
    body.seek(0)
    while piece := body.read(_PIECE_BYTES):
        yield piece


def _headers(invocation: FileInvocation) -> dict[str, str]:
    """The length is said, for many servers do not read a body without one."""
    named = {"Content-Type": invocation.content_type, "Content-Length": str(invocation.body_length)}
    if invocation.accept is not None:
        named["Accept"] = invocation.accept
    taken = CONNECTION_HEADERS | {name.lower() for name in named}
    return {name: value for name, value in invocation.headers.items() if name.lower() not in taken} | named
