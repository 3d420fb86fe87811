"""Log groups, their streams and events, bounded: what is oldest goes first."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

EVENTS_KEPT = 10_000  # a stream
STREAMS_KEPT = 2_000  # in all; a stream that nobody has written to for longest goes first


@dataclass(frozen=True, kw_only=True)
class LogEvent:
    """A line. `index` counts a stream's events from 0; `timestamp` is simulated milliseconds since the epoch."""

    index: int
    timestamp: int
    message: str


@dataclass(frozen=True, kw_only=True)
class StreamKey:
    """Where a stream lies."""

    account: str
    region: str
    group: str
    stream: str


@dataclass
class LogStream:
    """The last events of one stream."""

    name: str
    created: int
    written: int = 0
    stored_bytes: int = 0
    events: deque[LogEvent] = field(default_factory=deque)

    def append(self, message: str, *, timestamp: int) -> None:
        self.events.append(LogEvent(index=self.written, timestamp=timestamp, message=message))
        self.written += 1
        self.stored_bytes += size_of(message)
        if len(self.events) > EVENTS_KEPT:
            self.stored_bytes -= size_of(self.events.popleft().message)

    def between(self, first: int, end: int) -> Iterator[LogEvent]:
        """Yield the events whose index is from `first` to below `end`, as far as they are still kept."""
        kept_from = self.written - len(self.events)
        return islice(self.events, max(0, first - kept_from), max(0, end - kept_from))


class LogStore:
    """Every group of every account and region. A group is there from its first line on, as SageMaker makes it."""

    def __init__(self) -> None:
        self._streams: dict[StreamKey, LogStream] = {}  # the one written to last stands last

    def append(self, key: StreamKey, messages: Sequence[str], *, timestamp: int) -> None:
        """Add lines to a stream, which is made when it is not there."""
        stream = self._streams.pop(key, None) or LogStream(name=key.stream, created=timestamp)
        self._streams[key] = stream
        for message in messages:
            stream.append(message, timestamp=timestamp)
        while len(self._streams) > STREAMS_KEPT:
            del self._streams[next(iter(self._streams))]

    def groups(self, *, account: str, region: str) -> Mapping[str, Mapping[str, LogStream]]:
        """Return the streams by name of every group by name, in the order of the groups' names."""
        found: dict[str, dict[str, LogStream]] = {}
        for key, stream in self._streams.items():
            if (key.account, key.region) == (account, region):
                found.setdefault(key.group, {})[key.stream] = stream
        return dict(sorted(found.items()))

    def clear(self) -> None:
        self._streams.clear()


def size_of(message: str) -> int:
    """Return what an event counts for: its bytes and 26 more (PutLogEvents in the CloudWatch Logs API reference)."""
    return len(message.encode()) + 26
