"""What the operator asked AWS while a test looked on."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from devworld.environment import OPERATOR_KEY, REGION
from devworld.simulator_control import SimulatorControl

Row = dict[str, Any]
OPERATOR_AGENT = "sagemaker-endpoint-operator"
CHANGING = ("Create", "Update", "Delete", "Add", "Put", "Remove", "Register", "Deregister")


class CallLog:
    """The simulator's log of calls, read from where it was read last: it grows over a whole test run."""

    def __init__(self, simulator: SimulatorControl) -> None:
        self._simulator = simulator
        self._newest = 0

    def newest(self) -> int:
        """The number of the newest call; 0 before the first."""
        rows = self._simulator.calls(since=self._newest)
        self._newest = int(rows[-1]["n"]) if rows else self._newest
        return self._newest

    def of_operator(self, *, since: int, until: int | None = None) -> list[Row]:
        """`since` exclusive, `until` inclusive."""
        rows = self._simulator.calls(since=since)
        return [row for row in rows if _is_operators(row) and (until is None or row["n"] <= until)]


def _is_operators(row: Row) -> bool:
    """With its own key, or with one that it got for a role."""
    return row["accessKey"] == OPERATOR_KEY or OPERATOR_AGENT in (row["userAgent"] or "")


class RecordedCalls:
    """The operator's calls from a moment on; those about one test, and those about no single thing (lists)."""

    def __init__(self, log: CallLog, *, about: Callable[[str], bool]) -> None:
        self._log = log
        self._about = about
        self._since = log.newest()
        self._until: int | None = None

    def end(self) -> None:
        """Later calls are not counted."""
        self._until = self._log.newest()

    def all(self) -> list[Row]:
        """The test's own, in order of arrival; every try of one call has its row."""
        return [row for row in self.of_operator() if row["resource"] is not None and self._about(row["resource"])]

    def that_change_anything(self) -> list[str]:
        """Names of the operations, in order."""
        return [row["operation"] for row in self.all() if row["operation"].startswith(CHANGING)]

    def count(self, operation: str) -> int:
        return sum(row["operation"] == operation for row in self.all())

    def lists(self) -> Counter[str]:
        """How often the operator listed what in its own account and region, for all tests at once.

        Objects of other tests may name other regions and roles: there it lists as often.
        """
        own = [row for row in self.of_operator() if (row["accessKey"], row["region"]) == (OPERATOR_KEY, REGION)]
        return Counter(row["operation"] for row in own if row["resource"] is None)

    def of_operator(self) -> list[Row]:
        """All of them."""
        return self._log.of_operator(since=self._since, until=self._until)
