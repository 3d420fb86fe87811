"""The operations of CloudWatch Logs that read; groups and streams are written by SageMaker alone here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sagemaker_simulator.offset_tokens import offset_of, token_at
from sagemaker_simulator.wire.errors import AwsError
from sagemaker_simulator.wire.modelled import Operation
from sagemaker_simulator.wire.request import Caller

from .log_store import LogStore, LogStream
from .pages import page
from .search import search

Parameters = Mapping[str, Any]
Output = dict[str, Any]
Streams = Mapping[str, LogStream]
DEFAULT_PAGE = 50  # DescribeLogGroups and DescribeLogStreams: at most 50


class Logs:
    """Reading what SageMaker wrote. `catch_up` brings the store up to what has been printed until now."""

    def __init__(self, *, store: LogStore, catch_up: Callable[[], None]) -> None:
        self._store = store
        self._catch_up = catch_up

    def operations(self) -> Mapping[str, Operation]:
        """Return the operations by name."""
        return {
            "DescribeLogGroups": self._describe_log_groups,
            "DescribeLogStreams": self._describe_log_streams,
            "GetLogEvents": self._get_log_events,
            "FilterLogEvents": self._filter_log_events,
        }

    async def _describe_log_groups(self, caller: Caller, parameters: Parameters) -> Output:
        prefix, part = parameters.get("logGroupNamePrefix", ""), parameters.get("logGroupNamePattern", "")
        if prefix and part:
            raise _bad("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
        groups = [
            _group(name, streams, caller)
            for name, streams in self._groups(caller).items()
            if name.startswith(prefix) and part.lower() in name.lower()
        ]
        return _page("logGroups", groups, parameters)

    async def _describe_log_streams(self, caller: Caller, parameters: Parameters) -> Output:
        prefix = parameters.get("logStreamNamePrefix", "")
        by_time = parameters.get("orderBy") == "LastEventTime"
        if by_time and prefix:
            raise _bad("Cannot order by LastEventTime with a logStreamNamePrefix.")
        name, streams = self._streams(caller, parameters)
        chosen = sorted(
            (stream for stream in streams.values() if stream.name.startswith(prefix)),
            key=lambda stream: (stream.events[-1].timestamp if by_time else 0, stream.name),
            reverse=bool(parameters.get("descending", False)),
        )
        return _page("logStreams", [_stream(stream, name, caller) for stream in chosen], parameters)

    async def _get_log_events(self, caller: Caller, parameters: Parameters) -> Output:
        _, streams = self._streams(caller, parameters)
        stream = streams.get(parameters["logStreamName"])
        if stream is None:
            raise AwsError("ResourceNotFoundException", "The specified log stream does not exist.")
        return page(stream, parameters)

    async def _filter_log_events(self, caller: Caller, parameters: Parameters) -> Output:
        _, streams = self._streams(caller, parameters)
        return search(streams, parameters)

    def _streams(self, caller: Caller, parameters: Parameters) -> tuple[str, Streams]:
        """Return the group's name and its streams; the group is named, or identified by name or ARN."""
        given = [parameters[name] for name in ("logGroupName", "logGroupIdentifier") if name in parameters]
        if len(given) != 1:
            raise _bad("Exactly one of logGroupName and logGroupIdentifier must be specified.")
        name = str(given[0]).rpartition(":log-group:")[2].removesuffix(":*")
        group = self._groups(caller).get(name)
        if group is None:
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
        return name, group

    def _groups(self, caller: Caller) -> Mapping[str, Streams]:
        self._catch_up()
        return self._store.groups(account=caller.account, region=caller.region)


def _group(name: str, streams: Streams, caller: Caller) -> Output:
    arn = _arn(name, caller)
    return {
        "logGroupName": name,
        "creationTime": min(stream.created for stream in streams.values()),
        "metricFilterCount": 0,
        "arn": f"{arn}:*",
        "logGroupArn": arn,
        "storedBytes": sum(stream.stored_bytes for stream in streams.values()),
        "logGroupClass": "STANDARD",
    }


def _stream(stream: LogStream, group: str, caller: Caller) -> Output:
    last = stream.events[-1].timestamp
    return {
        "logStreamName": stream.name,
        "creationTime": stream.created,
        "firstEventTimestamp": stream.events[0].timestamp,
        "lastEventTimestamp": last,
        "lastIngestionTime": last,
        "arn": f"{_arn(group, caller)}:log-stream:{stream.name}",
        "storedBytes": 0,  # "no longer ... calculated" since 2019 (LogStream in the API reference)
    }


def _arn(group: str, caller: Caller) -> str:
    return f"arn:aws:logs:{caller.region}:{caller.account}:log-group:{group}"


def _bad(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)


def _page(member: str, items: Sequence[Output], parameters: Parameters) -> Output:
    try:
        start = offset_of(parameters.get("nextToken"))
    except ValueError:
        raise _bad("The specified nextToken is invalid.") from None
    end = start + parameters.get("limit", DEFAULT_PAGE)
    return {member: list(items[start:end])} | ({"nextToken": token_at(end)} if end < len(items) else {})
