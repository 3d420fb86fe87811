"""How much of the kill test is run: all of it, or the rows that somebody looks into."""

import dataclasses
from collections.abc import Iterable

from tests.chaos.kill.phase import Phase
from tests.chaos.kill.phases import PHASES
from tests.chaos.kill.points import Meanwhile, Row

# Most of a row is waiting (for the Lease, for SageMaker), so two cores carry many.
_FRESH_SLOTS = 8
_LATE_SLOTS = 4


@dataclasses.dataclass(frozen=True, kw_only=True)
class Extent:
    """Empty or None: all. A write that an earlier phase had is told apart only where that phase is run too."""

    phases: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    """What the name of the write begins with."""
    meanwhile: Meanwhile | None = None
    answered: bool | None = None
    late: bool | None = None
    fresh_slots: int = _FRESH_SLOTS
    """Operators side by side."""
    late_slots: int = _LATE_SLOTS
    """Operators side by side whose reads lag."""

    def wanted_phases(self) -> tuple[Phase, ...]:
        return tuple(phase for phase in PHASES if phase.name in self.phases or not self.phases)

    def of(self, rows: Iterable[Row]) -> list[Row]:
        """Those of the rows that are wanted."""
        return [row for row in rows if self._wants(row)]

    def _wants(self, row: Row) -> bool:
        pairs = (self.meanwhile, row.meanwhile), (self.answered, row.answered), (self.late, row.late)
        named = not self.writes or row.point.what.startswith(self.writes)
        return named and all(wanted is None or wanted == found for wanted, found in pairs)


EVERYTHING = Extent()
