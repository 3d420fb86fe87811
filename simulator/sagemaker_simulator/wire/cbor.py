"""CBOR as Smithy's RPC v2 uses it (RFC 8949): botocore reads requests for us, answers are written here."""

import struct
from datetime import datetime
from typing import Any

from botocore.parsers import BaseCBORParser

from .errors import AwsError

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)
_EPOCH_TAG = 1
_SIMPLE = {False: b"\xf4", True: b"\xf5", None: b"\xf6"}
_LENGTHS = ((1 << 8, 24, "B"), (1 << 16, 25, ">H"), (1 << 32, 26, ">I"), (1 << 64, 27, ">Q"))


def decode_map(body: bytes) -> dict[str, Any]:
    """Return the map in a body, empty for an empty body. Raises AwsError when it is none."""
    if not body:
        return {}
    parser = BaseCBORParser()
    try:
        value = parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
    except Exception as problem:  # noqa: BLE001 - botocore's parser raises many kinds on bad input
        raise AwsError("SerializationException", f"the body is not CBOR: {problem}") from None
    if not isinstance(value, dict):
        raise AwsError("SerializationException", "the body is not a CBOR map")
    return value


def encode(value: Any) -> bytes:
    """Return the value as CBOR: dicts, lists, strings, bytes, numbers, booleans, None and datetimes."""
    if value is None or isinstance(value, bool):
        return _SIMPLE[value]
    if isinstance(value, int):
        return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, datetime):
        return _head(_TAG, _EPOCH_TAG) + encode(value.timestamp())
    return _encode_long(value)


def _encode_long(value: Any) -> bytes:
    if isinstance(value, str):
        text = value.encode()
        return _head(_TEXT, len(text)) + text
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, dict):
        return _head(_MAP, len(value)) + b"".join(encode(key) + encode(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return _head(_ARRAY, len(value)) + b"".join(map(encode, value))
    raise TypeError(f"no CBOR for {type(value).__name__}")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for limit, code, layout in _LENGTHS:
        if number < limit:
            return bytes([major << 5 | code]) + struct.pack(layout, number)
    raise OverflowError(f"{number} does not fit into 64 bits")
