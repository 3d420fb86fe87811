"""The log of calls: one row for every request to an AWS service, retries and cut-off answers included."""

import itertools
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .clock import Clock

KEPT = 1_000_000


@dataclass(slots=True)
class Row:
    """One call. `status` and `error` are None until it is answered; a cut-off one has the status of the work done."""

    n: int
    time: float
    wall_time: float
    service: str
    operation: str
    resource: str | None
    user_agent: str | None
    access_key: str | None
    region: str | None
    status: int | None = None
    error: str | None = None

    def shown(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "time": _iso(self.time),
            "wallTime": _iso(self.wall_time),
            "service": self.service,
            "operation": self.operation,
            "resource": self.resource,
            "status": self.status,
            "error": self.error,
            "userAgent": self.user_agent,
            "accessKey": self.access_key,
            "region": self.region,
        }


class CallLog:
    """The last calls in order of arrival."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self._rows: deque[Row] = deque(maxlen=KEPT)

    def arrived(
        self,
        *,
        service: str,
        operation: str,
        resource: str | None,
        user_agent: str | None,
        access_key: str | None,
        region: str | None,
    ) -> Row:
        """Return a new row; whoever answers fills in status and error."""
        row = Row(
            n=next(self._numbers),
            time=self._clock.seconds(),
            wall_time=datetime.now(UTC).timestamp(),
            service=service,
            operation=operation,
            resource=resource,
            user_agent=user_agent,
            access_key=access_key,
            region=region,
        )
        self._rows.append(row)
        return row

    def since(self, n: int) -> list[Row]:
        """Return the rows after number `n`."""
        if not self._rows:
            return []
        skipped = max(0, n + 1 - self._rows[0].n)
        return list(itertools.islice(self._rows, skipped, None))

    def clear(self) -> None:
        self._rows.clear()
        self._numbers = itertools.count(1)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
