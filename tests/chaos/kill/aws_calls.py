"""What the operators asked AWS, row by row: which calls change something, and which of them had an effect."""

import bisect
import dataclasses
import itertools
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from devworld.simulator_control import SimulatorControl
from tests.chaos.kill.estate import WAKE_UP_ALARM, is_about

CallRow = dict[str, Any]
# Globs of operations that change something; reads begin with other words.
_CHANGING_ENDPOINTS = ("Add*", "Create*", "Delete*", "Deregister*", "Put*", "Register*", "Remove*", "Stop*", "Update*")
_CHANGING_OBJECTS = ("Abort*", "Complete*", "Copy*", "Create*", "Delete*", "Upload*")
CHANGING = tuple(dict.fromkeys((*_CHANGING_ENDPOINTS, *_CHANGING_OBJECTS)))
# What operations of Application Auto Scaling end in.
_ON_TARGETS = ("ScalableTarget", "ScalingPolicy", "ScheduledAction")
_ON_ALARMS = ("PutMetricAlarm", "DeleteAlarms")
# S3 answers a deletion with 204.
_DONE = (200, 204)
_READING = ("Assume", "Describe", "Get", "Head", "List", "Simulate")


@dataclasses.dataclass(frozen=True)
class Calls:
    """Some calls, in order of arrival; an answer that was cut off is an effect all the same."""

    rows: Sequence[CallRow]

    def about(self, endpoint: str) -> "Calls":
        """Those on an endpoint and on what carries its name."""
        return Calls([row for row in self.rows if is_about(row["resource"], endpoint)])

    def changing(self) -> "Calls":
        return Calls([row for row in self.rows if not row["operation"].startswith(_READING)])

    def effective(self) -> "Calls":
        return Calls([row for row in self.rows if row["status"] in _DONE])

    def counted(self) -> Counter[tuple[str, str]]:
        """By operation and resource."""
        return Counter((row["operation"], row["resource"]) for row in self.rows)

    def operations(self) -> Counter[str]:
        return Counter(row["operation"] for row in self.rows)

    def as_text(self) -> list[str]:
        told = ("operation", "resource", "status", "error")
        return [" ".join([row["wallTime"][11:23], *(str(row[name] or "") for name in told)]) for row in self.rows]


class CallsKept:
    """What one simulator was asked, fetched once: everybody asks of it all the time, and it only grows."""

    def __init__(self, simulator: SimulatorControl) -> None:
        self.simulator = simulator
        self._one_at_a_time = threading.Lock()
        self._answered: dict[str | None, list[CallRow]] = defaultdict(list)
        self._settled = 0
        self._newest = 0

    def newest(self) -> int:
        """The number of the newest call of anybody."""
        with self._one_at_a_time:
            self._fetch()
            return self._newest

    def since(self, mark: int, *, access_key: str) -> list[CallRow]:
        """Those of one access key after that number."""
        with self._one_at_a_time:
            open_rows = self._fetch()
            answered = self._answered[access_key]
            first = bisect.bisect_right(answered, mark, key=_number)
            return [
                *answered[first:],
                *(row for row in open_rows if row["accessKey"] == access_key and _number(row) > mark),
            ]

    def _fetch(self) -> list[CallRow]:
        """Keeps what is new up to the first call that waits for its answer; the rest is fetched again next time."""
        rows = self.simulator.calls(since=self._settled)
        settled = list(itertools.takewhile(lambda row: row["status"] is not None, rows))
        for row in settled:
            self._answered[row["accessKey"]].append(row)
        if rows:
            self._newest = _number(rows[-1])
        if settled:
            self._settled = _number(settled[-1])
        return rows[len(settled) :]


class CallsOf:
    """The calls of one access key, read from where a row began."""

    def __init__(self, kept: CallsKept, *, access_key: str) -> None:
        self._kept = kept
        self._access_key = access_key

    def mark(self) -> int:
        """The number of the newest call of anybody."""
        return self._kept.newest()

    def since(self, mark: int) -> Calls:
        return Calls(self._kept.since(mark, access_key=self._access_key))


def _number(row: CallRow) -> int:
    return int(row["n"])


def glob_of(operation: str, endpoint: str) -> str:
    """The glob of the resources of an endpoint that an operation names: Application Auto Scaling names paths, and the
    alarm that wakes an endpoint has its name at the end."""
    if "/" in endpoint:  # a model's folder in S3
        return f"{endpoint}/*"
    if operation in _ON_ALARMS:
        return f"*{endpoint}*"
    return f"endpoint/{endpoint}/variant/*" if operation.endswith(_ON_TARGETS) else f"{endpoint}*"


def freezing_faults(simulator: SimulatorControl, *, names: str, folder: str) -> list[str]:
    """No call that changes anything of endpoints of these names, or of objects in this folder of S3, has an effect any
    more; ids of the faults."""
    refusal = {"code": "ServiceUnavailable", "message": "the kill test lets no write through now", "status": 503}
    globs = [
        *((operation, (names, f"endpoint/{names}", f"{WAKE_UP_ALARM}{names}")) for operation in _CHANGING_ENDPOINTS),
        *((operation, (f"{folder}/*",)) for operation in _CHANGING_OBJECTS),
    ]
    return [
        simulator.add_fault(match={"operation": operation, "resource": resource}, error=refusal)
        for operation, resources in globs
        for resource in resources
    ]


def fired(simulator: SimulatorControl, faults: Iterable[str]) -> bool:
    """Whether any of the faults met a call."""
    wanted = set(faults)
    return any(fault["id"] in wanted and fault["fired"] for fault in simulator.faults()["faults"])
