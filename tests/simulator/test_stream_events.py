"""The event stream encoding, held against botocore's decoder and against a message worked out by hand."""

import json
from typing import Any
from zlib import crc32

import pytest
from botocore.eventstream import ChecksumMismatch, EventStreamBuffer

from sagemaker_simulator.wire.event_stream import event, exception


def decoded(data: bytes) -> list[tuple[Any, bytes]]:
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    return [(message.headers, message.payload) for message in buffer]


def test_botocore_reads_back_what_was_encoded() -> None:
    parts = [b"", b"x", bytes(range(256)) * 300]
    stream = b"".join(event("PayloadPart", part, content_type="application/octet-stream") for part in parts)
    headers = {
        ":message-type": "event",
        ":event-type": "PayloadPart",
        ":content-type": "application/octet-stream",
    }
    assert decoded(stream) == [(headers, part) for part in parts]


def test_an_exception_carries_its_members_as_json() -> None:
    [(headers, payload)] = decoded(exception("ModelStreamError", {"Message": "älter", "ErrorCode": "StreamBroken"}))
    assert (headers[":message-type"], headers[":exception-type"]) == ("exception", "ModelStreamError")
    assert json.loads(payload) == {"Message": "älter", "ErrorCode": "StreamBroken"}


def test_the_bytes_are_where_the_format_has_them() -> None:
    message = event("E", b"ab", content_type="t")
    headers = b"\x0d:message-type\x07\x00\x05event" + b"\x0b:event-type\x07\x00\x01E"
    headers += b"\x0d:content-type\x07\x00\x01t"
    lengths = (12 + len(headers) + 2 + 4).to_bytes(4, "big") + len(headers).to_bytes(4, "big")
    whole = lengths + crc32(lengths).to_bytes(4, "big") + headers + b"ab"
    assert message == whole + crc32(whole).to_bytes(4, "big")


@pytest.mark.parametrize("place", [2, 20, -6])
def test_a_byte_that_is_wrong_does_not_pass(place: int) -> None:
    damaged = bytearray(event("PayloadPart", b"abcdef", content_type="t"))
    damaged[place] ^= 1
    with pytest.raises(ChecksumMismatch):
        decoded(bytes(damaged))
