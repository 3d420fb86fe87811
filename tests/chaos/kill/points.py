"""What a row of the kill test is: a phase, a write in it, whether its answer came, what people did meanwhile."""

import dataclasses
import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tests.chaos.kill.kube_writes import BESIDE
from tests.chaos.kill.phase import Phase


class Side(enum.StrEnum):
    """Who took the write."""

    AWS = "AWS"
    KUBERNETES = "Kubernetes"


class Meanwhile(enum.StrEnum):
    """What people did while the operator was dead."""

    NOTHING = "nothing"
    EDITED = "edited"
    DELETED = "deleted"


@dataclasses.dataclass(frozen=True)
class Point:
    """One write of an undisturbed run: the nth of that name (`again`) in its phase, `position` in all."""

    phase: Phase
    position: int
    side: Side
    what: str
    again: int
    repeated: bool = False
    """Whether an earlier phase had such a write."""

    @property
    def may_be_skipped(self) -> bool:
        """Whether the next run need not have it: what a pass finds under way, or a number that has moved, is written
        when a pass comes in time for it."""
        return self.side is Side.KUBERNETES and "status " in self.what

    def __str__(self) -> str:
        return self.what if self.again == 1 else f"{self.what} ({self.again})"


@dataclasses.dataclass(frozen=True)
class Row:
    """One kill."""

    point: Point
    answered: bool
    """Whether the operator got the answer, and died on its way to its next write; else it died waiting for it."""
    meanwhile: Meanwhile
    late: bool = False
    """Whether SageMaker's reads lag behind its writes for longer than the next operator takes to start."""


def writes_of(phase: Phase, writes: Iterable[tuple[Side, str]]) -> Iterator[Point]:
    """All writes of a phase from what was written, in order."""
    times: Counter[tuple[Side, str]] = Counter()
    for position, (side, what) in enumerate(writes, start=1):
        times[side, what] += 1
        yield Point(phase=phase, position=position, side=side, what=what, again=times[side, what])


def points_of(writes: Sequence[Sequence[Point]]) -> list[Point]:
    """Those at which the operator is killed, from all writes phase by phase."""
    points: list[Point] = []
    seen: set[str] = set()
    for phase_writes in writes:
        points += [
            dataclasses.replace(point, repeated=point.what in seen) for point in phase_writes if _is_point(point, seen)
        ]
        seen |= {point.what for point in phase_writes}
    return points


def _is_point(point: Point, seen: set[str]) -> bool:
    return point.phase.whole or point.what in point.phase.about or point.what not in seen


def rows_of(points: Iterable[Point]) -> list[Row]:
    """Every point with and without its answer, each with an edit and with a deletion meanwhile.

    Of writes to the object itself people see the next operator's only: nothing happens meanwhile. A write that an
    earlier phase had in all endings is killed at without its answer only, where the phase is not there to be whole.
    """
    return [
        Row(point=point, answered=answered, meanwhile=meanwhile)
        for point in points
        for answered in ((False,) if point.repeated and not point.phase.whole else (True, False))
        for meanwhile in (Meanwhile if point.side is Side.AWS or point.what in BESIDE else (Meanwhile.NOTHING,))
    ]


# What begins a transition of the endpoint: SageMaker took it, and its reads may deny it for a while.
_TRANSITIONS = ("CreateEndpoint", "DeleteEndpoint", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities")


def late_rows_of(rows: Iterable[Row]) -> list[Row]:
    """The rows once more in which what the next operator reads of the endpoint is the past."""
    return [dataclasses.replace(row, late=True) for row in rows if row.point.what in _TRANSITIONS]
