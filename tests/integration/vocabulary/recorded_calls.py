"""What the operator asked AWS while a test looked on."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from devworld.environment import OPERATOR_KEY
from devworld.simulator_control import SimulatorControl

Row = dict[str, Any]
CHANGING = ("Create", "Update", "Delete", "Add", "Put", "Remove")


class RecordedCalls:
    """The operator's calls from a moment on; those about one test, and those about no single thing (lists)."""

    def __init__(self, simulator: SimulatorControl, *, about: Callable[[str], bool]) -> None:
        self._simulator = simulator
        self._about = about
        self._since = last_call(simulator)
        self._until: int | None = None

    def end(self) -> None:
        """Later calls are not counted."""
        self._until = last_call(self._simulator)

    def all(self) -> list[Row]:
        """The test's own, in order of arrival; every try of one call has its row."""
        return [row for row in self.of_operator() if row["resource"] is not None and self._about(row["resource"])]

    def that_change_anything(self) -> list[str]:
        """Names of the operations, in order."""
        return [row["operation"] for row in self.all() if row["operation"].startswith(CHANGING)]

    def count(self, operation: str) -> int:
        return sum(row["operation"] == operation for row in self.all())

    def lists(self) -> Counter[str]:
        """How often the operator listed what, for all tests at once."""
        return Counter(row["operation"] for row in self.of_operator() if row["resource"] is None)

    def of_operator(self) -> list[Row]:
        rows = self._simulator.calls(since=self._since)
        return [
            row
            for row in rows
            if row["accessKey"] == OPERATOR_KEY and (self._until is None or row["n"] <= self._until)
        ]


def last_call(simulator: SimulatorControl) -> int:
    """The number of the newest call; 0 before the first."""
    rows = simulator.calls()
    return int(rows[-1]["n"]) if rows else 0
