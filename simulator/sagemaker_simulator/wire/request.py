"""One request as it came in, and who sent it."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any
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


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What goes back: `error` is the error code for the log of calls, None when it went well."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None


def new_body_file() -> IO[bytes]:
    """Return a file for a body: in memory while small, else on disk."""
    return tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)
