"""Counters from both sides: the simulator's calls, the API server's audit log, and the process itself in /proc."""

import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from devworld.simulator_control import SimulatorControl
from tests.bench.processtree import cpu_seconds, peak_rss_mib, rss_mib


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A moment: everything after it is counted."""

    calls: int
    audit_bytes: int
    cpu_seconds: float


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What happened since a mark. Writes to Events and Leases are counted apart."""

    aws_calls: dict[str, int]
    kubernetes_writes: dict[str, int]
    cpu_seconds: float
    rss_mib: float
    """At the end."""
    peak_rss_mib: float
    """Since the process began."""


class Counters:
    """For one world and one process with its children. `user` is it to the API server, `access_key` to AWS."""

    def __init__(self, *, simulator: SimulatorControl, audit_log: Path, pid: int, user: str, access_key: str) -> None:
        self._simulator = simulator
        self._audit_log = audit_log
        self._pid = pid
        self._user = user
        self._access_key = access_key

    def mark(self) -> Mark:
        return dataclasses.replace(self.mark_of_next_process(), cpu_seconds=cpu_seconds(self._pid))

    def mark_of_next_process(self) -> Mark:
        """As `mark`, for the counters of the process that is started next: it has used no CPU."""
        calls = self._simulator.calls(since=0)
        return Mark(
            calls=calls[-1]["n"] if calls else 0,
            audit_bytes=self._audit_log.stat().st_size,
            cpu_seconds=0.0,
        )

    def since(self, mark: Mark) -> Counted:
        return Counted(
            aws_calls=dict(Counter(_operation(row) for row in self.calls_since(mark)).most_common()),
            kubernetes_writes=dict(Counter(self._writes(mark)).most_common()),
            cpu_seconds=cpu_seconds(self._pid) - mark.cpu_seconds,
            rss_mib=rss_mib(self._pid),
            peak_rss_mib=peak_rss_mib(self._pid),
        )

    def calls_since(self, mark: Mark) -> list[dict[str, Any]]:
        return self.calls_after(mark.calls)

    def calls_after(self, number: int) -> list[dict[str, Any]]:
        """Those of the process, as the simulator's rows; `number` is the `n` of a row and exclusive."""
        return [row for row in self._simulator.calls(since=number) if row["accessKey"] == self._access_key]

    def _writes(self, mark: Mark) -> Iterator[str]:
        with self._audit_log.open("rb") as log:
            log.seek(mark.audit_bytes)
            for line in log:
                entry = json.loads(line) if line.endswith(b"\n") else None
                if entry is not None and entry["user"]["username"] == self._user:
                    yield _write(entry)


def in_service_times(simulator: SimulatorControl) -> dict[str, float]:
    """When each endpoint became InService, in seconds since the epoch; for a clock that runs at scale 1."""
    last = simulator.calls(since=0)[-1]
    offset = _seconds(last["wallTime"]) - _seconds(last["time"])
    estates = simulator.state()["sagemaker"].values()
    return {
        name: _seconds(endpoint["LastModifiedTime"]) + offset
        for estate in estates
        for name, endpoint in estate["endpoints"].items()
        if endpoint["EndpointStatus"] == "InService"
    }


def _seconds(moment: Any) -> float:
    if isinstance(moment, int | float):
        return float(moment)
    return datetime.fromisoformat(str(moment)).timestamp()


def _operation(row: dict[str, Any]) -> str:
    return f"{row['service']}:{row['operation']}"


def _write(entry: dict[str, Any]) -> str:
    reference = entry["objectRef"]
    subresource = f"/{reference['subresource']}" if reference.get("subresource") else ""
    return f"{reference['resource']}{subresource}"
