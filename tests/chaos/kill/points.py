"""What a row of the kill test is: a phase, a write in it, whether its answer came, what people did meanwhile."""

import dataclasses
import enum
from collections import Counter
from collections.abc import Iterable, Iterator

from tests.chaos.kill.versions import Version


@dataclasses.dataclass(frozen=True)
class Phase:
    """A part of an object's life: what was settled before, and what is asked then (None: to be deleted)."""

    name: str
    before: tuple[Version, ...]
    asks: Version | None

    @property
    def edit(self) -> Version:
        """What somebody edits the spec to while the operator is dead."""
        return Version(1 + max(version.number for version in (*self.before, self.asks) if version is not None))


# Two versions before the update: then it has to clear away the first. Another phase is another line.
PHASES = (
    Phase("create", before=(), asks=Version(1)),
    Phase("update", before=(Version(1), Version(2)), asks=Version(3)),
    Phase("delete", before=(Version(1), Version(2)), asks=None),
)


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


def points_of(phase: Phase, writes: Iterable[tuple[Side, str]]) -> Iterator[Point]:
    """The points of a phase from its writes in order."""
    times: Counter[tuple[Side, str]] = Counter()
    for position, (side, what) in enumerate(writes, start=1):
        times[side, what] += 1
        yield Point(phase=phase, position=position, side=side, what=what, again=times[side, what])


def rows_of(points: Iterable[Point]) -> list[Row]:
    """Every point with and without its answer; those in AWS also with an edit and with a deletion meanwhile."""
    return [
        Row(point=point, answered=answered, meanwhile=meanwhile)
        for point in points
        for answered in (True, False)
        for meanwhile in (Meanwhile if point.side is Side.AWS else (Meanwhile.NOTHING,))
    ]


# What begins a transition of the endpoint: SageMaker took it, and its reads may deny it for a while.
_TRANSITIONS = ("CreateEndpoint", "DeleteEndpoint", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities")


def late_rows_of(rows: Iterable[Row]) -> list[Row]:
    """The rows once more in which what the next operator reads of the endpoint is the past."""
    return [dataclasses.replace(row, late=True) for row in rows if row.point.what in _TRANSITIONS]
