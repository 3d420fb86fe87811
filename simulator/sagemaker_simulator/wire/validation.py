"""Requests and answers held to botocore's service model, in the words that AWS uses.

Botocore itself checks only what is required, types and minima; the services check maxima, enums and patterns too.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from .errors import AwsError


def check_request(shape: Shape | None, value: dict[str, Any]) -> None:
    """Raise ValidationException naming every constraint that the request fails."""
    found = list(problems(shape, value)) if shape is not None else []
    if found:
        noun = "error" if len(found) == 1 else "errors"
        raise AwsError("ValidationException", f"{len(found)} validation {noun} detected: " + "; ".join(found))


def problems(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Yield one sentence for every constraint of the shape that the value fails."""
    if isinstance(shape, StructureShape):
        yield from _structure_problems(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _size_problems(shape, value, path)
        for index, item in enumerate(value, start=1):
            yield from problems(shape.member, item, f"{path}.{index}.member")
    elif isinstance(shape, MapShape):
        yield from _map_problems(shape, value, path)
    elif isinstance(shape, StringShape):
        yield from _string_problems(shape, value, path)
    elif isinstance(value, bytes):
        yield from _size_problems(shape, value, path)
    elif isinstance(value, int | float):
        yield from _range_problems(shape, value, path)


def _structure_problems(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if name not in value:
            yield f"Value null at '{_join(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, item in value.items():
        if name in shape.members:
            yield from problems(shape.members[name], item, _join(path, name))


def _map_problems(shape: MapShape, value: dict[str, Any], path: str) -> Iterator[str]:
    yield from _size_problems(shape, value, path)
    for key, item in value.items():
        yield from problems(shape.key, key, f"{path}.key")
        yield from problems(shape.value, item, f"{path}.{key}.member")


def _string_problems(shape: StringShape, value: str, path: str) -> Iterator[str]:
    yield from _size_problems(shape, value, path)
    if shape.enum and value not in shape.enum:
        yield _failed(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    compiled = _compiled(pattern) if pattern else None
    if compiled is not None and compiled.fullmatch(value) is None:
        yield _failed(value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _size_problems(shape: Shape, value: Any, path: str) -> Iterator[str]:
    yield from _bound_problems(shape, value, path, size=len(value), what="have length")


def _range_problems(shape: Shape, value: float, path: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield from _bound_problems(shape, value, path, size=value, what="have value")


def _bound_problems(shape: Shape, value: Any, path: str, *, size: float, what: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if high is not None and size > high:
        yield _failed(value, path, f"Member must {what} less than or equal to {high}")
    if low is not None and size < low:
        yield _failed(value, path, f"Member must {what} greater than or equal to {low}")


def _failed(value: Any, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def _join(path: str, name: str) -> str:
    lowered = name[:1].lower() + name[1:]
    return f"{path}.{lowered}" if path else lowered


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern for Python, or None for those of Java's that Python cannot say."""
    translated = pattern.replace(r"\p{Print}", r"[\x20-\x7e]").replace(r"\z", r"\Z")
    translated = translated.replace(r"\p{L}\p{Z}\p{N}", r"\w\s").replace(r"[[\x20-\x7e]", r"[\x20-\x7e")
    try:
        return re.compile(translated)
    except re.error:
        return None
