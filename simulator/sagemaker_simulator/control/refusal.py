"""Reading a control request's JSON, and refusing what is wrong with a sentence."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web


class Refused(Exception):
    """A control request that cannot be carried out; the message is the answer."""

    def __init__(self, sentence: str, *, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


async def document_of(request: web.Request) -> Any:
    """Return the JSON of the body. Raises Refused."""
    try:
        return await request.json()
    except ValueError as problem:
        raise Refused(f"the body is not JSON: {problem}") from None


async def members_of(request: web.Request, known: Iterable[str]) -> dict[str, Any]:
    """Return the JSON object of the body, which may have only the known members. Raises Refused."""
    document = await document_of(request)
    names = list(known)
    if not isinstance(document, dict):
        raise Refused("the body must be a JSON object")
    unknown = sorted(set(document) - set(names))
    if unknown:
        raise Refused(f"unknown member {unknown[0]!r}; known are {', '.join(names)}")
    return document


def number(value: object, name: str, *, at_least: float = 0.0) -> float:
    """Return a number of a request. Raises Refused."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not at_least <= value < float("inf"):
        raise Refused(f"{name} must be a number of at least {at_least:g}, got {value!r}")
    return float(value)


def text(value: object, name: str) -> str:
    """Return a string of a request. Raises Refused."""
    if not isinstance(value, str) or not value:
        raise Refused(f"{name} must be a string that is not empty, got {value!r}")
    return value
