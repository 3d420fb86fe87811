"""Messages of an event stream (application/vnd.amazon.eventstream), as AWS streams answers over HTTP.

Format: "Event stream encoding" in the Amazon Transcribe Developer Guide and the Smithy specification
(amazon-eventstream). All numbers are unsigned and big-endian:

    total length 4 | length of headers 4 | CRC32 of these eight bytes 4 | headers | payload | CRC32 of all before it 4

A header is the length of its name (1), the name, its type (1; 7 is a string), the length of its value (2), the value.
"""

import json
import struct
from collections.abc import Mapping
from typing import Final
from zlib import crc32

CONTENT_TYPE: Final = "application/vnd.amazon.eventstream"
_STRING: Final = 7
_PRELUDE_BYTES: Final = 12
_CHECKSUM_BYTES: Final = 4


def event(kind: str, payload: bytes, *, content_type: str) -> bytes:
    """Return the message of an event whose one member is its payload."""
    return _message({":message-type": "event", ":event-type": kind, ":content-type": content_type}, payload)


def exception(kind: str, members: Mapping[str, str]) -> bytes:
    """Return the message of a modelled error, with which a stream ends."""
    headers = {":message-type": "exception", ":exception-type": kind, ":content-type": "application/json"}
    return _message(headers, json.dumps(members).encode())


def _message(headers: Mapping[str, str], payload: bytes) -> bytes:
    encoded = b"".join(_header(name, value) for name, value in headers.items())
    total = _PRELUDE_BYTES + len(encoded) + len(payload) + _CHECKSUM_BYTES
    lengths = struct.pack("!II", total, len(encoded))
    message = lengths + struct.pack("!I", crc32(lengths)) + encoded + payload
    return message + struct.pack("!I", crc32(message))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack("!B", len(key)) + key + struct.pack("!BH", _STRING, len(text)) + text
