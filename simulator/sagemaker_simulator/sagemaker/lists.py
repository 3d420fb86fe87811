"""Filters, order and pages of the List operations.

Defaults are those of the API reference: CreationTime, Descending, 10 a page, at most 100. A NextToken holds the place
of the last item, so that what is created or deleted between two pages neither repeats nor hides anything else.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sagemaker_simulator.wire.errors import validation_exception

T = TypeVar("T")
DEFAULT_PAGE = 10


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[T]):
    """How one kind is listed; `keys` are the sort keys beside Name and CreationTime."""

    result: str
    name: Callable[[T], str]
    created: Callable[[T], datetime]
    keys: Mapping[str, Callable[[T], str]]
    modified: Callable[[T], datetime] | None = None
    status: Callable[[T], str] | None = None

    def sort_value(self, key: str, item: T) -> str | float:
        if key == "Name":
            return self.name(item).lower()
        if key == "CreationTime":
            return self.created(item).timestamp()
        return self.keys[key](item)


def page(
    listing: Listing[T],
    items: Iterable[T],
    parameters: Mapping[str, Any],
    *,
    summary: Callable[[T], dict[str, Any]],
) -> dict[str, Any]:
    """Return one page of what the filters leave, with NextToken when there is more."""
    sort_key = parameters.get("SortBy", "CreationTime")
    descending = parameters.get("SortOrder", "Descending") == "Descending"

    def order(item: T) -> tuple[str | float, str]:
        return listing.sort_value(sort_key, item), listing.name(item).lower()

    left = sorted((item for item in items if _kept(listing, item, parameters)), key=order, reverse=descending)
    token = parameters.get("NextToken")
    if token:
        left = _after(token, left, order, descending=descending)
    size = parameters.get("MaxResults", DEFAULT_PAGE)
    answer: dict[str, Any] = {listing.result: [summary(item) for item in left[:size]]}
    if len(left) > size:
        answer["NextToken"] = _token(list(order(left[size - 1])))
    return answer


def _after(token: str, items: list[T], order: Callable[[T], tuple[str | float, str]], *, descending: bool) -> list[T]:
    last = _place(token)
    try:
        return [item for item in items if (list(order(item)) < last if descending else list(order(item)) > last)]
    except TypeError:  # the token is of a list in another order
        raise validation_exception("Invalid NextToken.") from None


def _kept(listing: Listing[T], item: T, parameters: Mapping[str, Any]) -> bool:
    contains = parameters.get("NameContains", "")
    status = parameters.get("StatusEquals")
    return (
        contains.lower() in listing.name(item).lower()
        and (status is None or listing.status is None or listing.status(item) == status)
        and _within(listing.created(item), parameters, "CreationTime")
        and (listing.modified is None or _within(listing.modified(item), parameters, "LastModifiedTime"))
    )


def _within(moment: datetime, parameters: Mapping[str, Any], member: str) -> bool:
    after, before = parameters.get(f"{member}After"), parameters.get(f"{member}Before")
    return (after is None or moment >= after) and (before is None or moment < before)


def _token(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _place(token: str) -> list[Any]:
    try:
        place = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError):
        raise validation_exception("Invalid NextToken.") from None
    if not isinstance(place, list) or len(place) != 2:
        raise validation_exception("Invalid NextToken.")
    return place
