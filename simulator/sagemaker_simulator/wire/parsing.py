"""Members of a JSON or CBOR body turned into what their shapes mean; unknown members are ignored, as AWS does."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.utils import parse_timestamp

from .errors import AwsError


def parse(shape: Shape, value: Any) -> Any:
    """Return the value by its shape: null members dropped, timestamps as datetimes, blobs as bytes.

    Raises AwsError (SerializationException) when the value is of another type than the shape.
    """
    if isinstance(shape, StructureShape):
        return _structure(shape, _expect(value, dict))
    if isinstance(shape, ListShape):
        return [parse(shape.member, item) for item in _expect(value, list)]
    if isinstance(shape, MapShape):
        return {key: parse(shape.value, item) for key, item in _expect(value, dict).items()}
    return _SCALARS[shape.type_name](value)


def _structure(shape: StructureShape, value: dict[str, Any]) -> dict[str, Any]:
    members = shape.members
    return {name: parse(members[name], item) for name, item in value.items() if name in members and item is not None}


def _expect(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise _mismatch(value, kind.__name__)
    return value


def _mismatch(value: Any, wanted: str) -> AwsError:
    return AwsError("SerializationException", f"{type(value).__name__} can not be converted to {wanted}")


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise _mismatch(value, "a String")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _mismatch(value, "an Integer")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _mismatch(value, "a Float")
    return float(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _mismatch(value, "a Boolean")
    return value


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        parsed = parse_timestamp(value)
    except (ValueError, TypeError):
        raise _mismatch(value, "a Timestamp") from None
    return parsed.astimezone(UTC)


def _blob(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(_string(value), validate=True)
    except binascii.Error:
        raise _mismatch(value, "a Blob") from None


_SCALARS = {
    "string": _string,
    "character": _string,
    "integer": _whole,
    "long": _whole,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "timestamp": _moment,
    "blob": _blob,
}
