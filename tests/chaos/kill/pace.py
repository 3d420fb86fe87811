"""How fast the world of the kill test turns, and how the operator's periods are shortened to keep step."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Pace:
    """Real seconds, except `time_scale`: simulated seconds per second."""

    time_scale: float = 1200.0
    """A creation takes a quarter of a second."""
    lease: float = 3.0
    """A renewal is given a fraction of it, and this machine is busy."""
    transition: float = 0.2
    sweep: float = 20.0
    """So long that no sweep falls into a transition by chance: the writes are the same in every run."""
    consistency_window: float = 1.0
    stale_seconds: float = 0.0
    """Simulated: by how much SageMaker's reads lag behind its writes."""

    def operator_flags(self) -> tuple[str, ...]:
        return (
            *("--lease-seconds", f"{self.lease:g}"),
            *("--transition-seconds", f"{self.transition:g}"),
            *("--fleet-sweep-seconds", f"{self.sweep:g}"),
            *("--consistency-window-seconds", f"{self.consistency_window:g}"),
        )


FRESH = Pace()
# Reads lag by nine real seconds: an operator is started anew in a few, and looks while they still show the past.
LATE = Pace(time_scale=400.0, stale_seconds=3600.0, consistency_window=12.0)
