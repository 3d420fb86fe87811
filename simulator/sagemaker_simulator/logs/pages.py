"""Which events of a stream one answer of GetLogEvents holds, and the tokens that lead forward and back.

A token holds a place in the stream, not a page: it stays good while lines are added ("nextForwardToken ... if you have
reached the end of the stream, it returns the same token you passed in", GetLogEvents in the API reference).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sagemaker_simulator.wire.errors import AwsError

from .log_store import LogEvent, LogStream, size_of

MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576  # "up to 10,000 log events or 1 MB"
_TOKEN = re.compile(r"([fb])/(\d{1,20})")


def page(stream: LogStream, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the events and both tokens. Raises AwsError for a token that nobody gave out."""
    forward, place = _place(stream, parameters)
    limit = int(parameters.get("limit", MOST_EVENTS))
    candidates = stream.between(place, stream.written) if forward else reversed(list(stream.between(0, place)))
    events = _as_many_as_fit((event for event in candidates if in_time(event, parameters)), limit)
    ordered = events if forward else events[::-1]
    return {
        "events": [
            {"timestamp": event.timestamp, "message": event.message, "ingestionTime": event.timestamp}
            for event in ordered
        ],
        "nextForwardToken": f"f/{ordered[-1].index + 1 if ordered else place}",
        "nextBackwardToken": f"b/{ordered[0].index if ordered else place}",
    }


def in_time(event: LogEvent, parameters: Mapping[str, Any]) -> bool:
    """Tell whether the event is not before startTime and before endTime (both may be missing)."""
    start, end = parameters.get("startTime"), parameters.get("endTime")
    return (start is None or event.timestamp >= start) and (end is None or event.timestamp < end)


def _place(stream: LogStream, parameters: Mapping[str, Any]) -> tuple[bool, int]:
    token = parameters.get("nextToken")
    if token is None:
        from_head = bool(parameters.get("startFromHead", False))
        return from_head, 0 if from_head else stream.written
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise AwsError("InvalidParameterException", "The specified nextToken is invalid.")
    return found[1] == "f", int(found[2])


def _as_many_as_fit(events: Iterable[LogEvent], limit: int) -> list[LogEvent]:
    taken: list[LogEvent] = []
    room = MOST_BYTES
    for event in events:
        room -= size_of(event.message)
        if len(taken) == limit or (taken and room < 0):
            break
        taken.append(event)
    return taken
