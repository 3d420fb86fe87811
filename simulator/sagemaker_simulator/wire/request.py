"""One request as it came in, and who sent it."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import IO, Any, Protocol
from urllib.parse import parse_qsl

SPOOL_BYTES = 8 * 1024 * 1024  # bodies above this lie on disk until they are read


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A request: the path as sent (still percent-encoded), and the body in a file that may lie on disk."""

    method: str
    raw_path: str
    query_string: str
    headers: Mapping[str, str]  # case-insensitive
    body_file: IO[bytes]
    body_length: int

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    def body(self) -> bytes:
        self.body_file.seek(0)
        return self.body_file.read()


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose call it is: the account behind the key and the region of the credential scope."""

    account: str
    region: str
    access_key: str | None


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that is understood: the service as botocore names it, the operation, and what it is about."""

    service: str
    operation: str
    resource: str | None
    caller: Caller
    protocol: str
    parameters: Mapping[str, Any]


class BodyStream(Protocol):
    """A body that is still being made while it is sent."""

    async def next_part(self) -> bytes:
        """Return what is to be sent next, empty at the end."""
        ...

    async def close(self) -> None:
        """Let go of where it comes from, at the end or before. Safe to call twice."""
        ...


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What goes back: `error` is the error code for the log of calls, None when it went well.

    `stream` takes the place of `body`; whoever has the reply must close it.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None
    stream: BodyStream | None = None


async def gathered(reply: Reply) -> Reply:
    """Return the reply with the whole of its body in hand."""
    if reply.stream is None:
        return reply
    parts = []
    try:
        while part := await reply.stream.next_part():
            parts.append(part)
    finally:
        await reply.stream.close()
    return replace(reply, body=b"".join(parts), stream=None)


def new_body_file() -> IO[bytes]:
    """Return a file for a body: in memory while small, else on disk."""
    return tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)
