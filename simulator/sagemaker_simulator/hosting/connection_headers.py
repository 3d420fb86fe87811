"""Headers that describe one connection and not the message on it (RFC 9110, 7.6.1)."""

from collections.abc import Mapping

CONNECTION_HEADERS = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding", "upgrade"})


def without_connection_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that go on with the message."""
    return {name: value for name, value in headers.items() if name.lower() not in CONNECTION_HEADERS}
