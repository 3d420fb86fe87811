"""FilterLogEvents: the events of a group's streams that fit a pattern and a time, in the order of their times."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.errors import AwsError

from .filter_pattern import Matches, filter_of
from .log_store import LogEvent, LogStream
from .pages import MOST_EVENTS, in_time

Place = tuple[int, str, int]  # timestamp, stream, index


def search(streams: Mapping[str, LogStream], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return one page. Raises AwsError for a bad pattern, a bad token, or names together with a prefix."""
    chosen = _chosen(streams, names=parameters.get("logStreamNames"), prefix=parameters.get("logStreamNamePrefix"))
    found = _found(chosen, parameters, fits=filter_of(parameters.get("filterPattern", "")))
    after = _after(parameters.get("nextToken"))
    left = sorted(place for place in found if after is None or place > after)
    limit = parameters.get("limit", MOST_EVENTS)
    shown = left[:limit]
    answer: dict[str, Any] = {"events": [_shown(place, found[place]) for place in shown]}
    return answer | ({"nextToken": _token(shown[-1])} if len(left) > limit else {})


def _chosen(streams: Mapping[str, LogStream], *, names: list[str] | None, prefix: str | None) -> list[LogStream]:
    if names is not None and prefix is not None:
        raise AwsError(
            "InvalidParameterException", "Only one of logStreamNames and logStreamNamePrefix can be specified."
        )
    return [
        stream for name, stream in streams.items() if (names is None or name in names) and name.startswith(prefix or "")
    ]


def _found(streams: list[LogStream], parameters: Mapping[str, Any], *, fits: Matches) -> dict[Place, LogEvent]:
    return {
        (event.timestamp, stream.name, event.index): event
        for stream in streams
        for event in stream.events
        if in_time(event, parameters) and fits(event.message)
    }


def _shown(place: Place, event: LogEvent) -> dict[str, Any]:
    timestamp, stream, _ = place
    return {
        "logStreamName": stream,
        "timestamp": timestamp,
        "message": event.message,
        "ingestionTime": timestamp,
        "eventId": _token(place),
    }


def _token(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _after(token: str | None) -> Place | None:
    if token is None:
        return None
    try:
        timestamp, stream, index = json.loads(base64.urlsafe_b64decode(token.encode()))
        return int(timestamp), str(stream), int(index)
    except (binascii.Error, ValueError, TypeError):
        raise AwsError("InvalidParameterException", "The specified nextToken is invalid.") from None
