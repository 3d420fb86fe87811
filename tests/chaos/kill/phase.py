"""One part of an object's life in which the operator is killed."""

import dataclasses

from tests.chaos.kill.asked import Asked


@dataclasses.dataclass(frozen=True, kw_only=True)
class Phase:
    """What was settled before, and what is asked then (None: to be deleted). A name is one word without a hyphen."""

    name: str
    before: tuple[Asked, ...] = ()
    asks: Asked | None
    edit: Asked
    """What somebody edits the spec to while the operator is dead."""
    about: tuple[str, ...] = ()
    """The writes that the phase is there for: points though an earlier phase had them. A run without one is wrong."""
    whole: bool = False
    """Whether every write of it is a point; else those that `about` names and those that no earlier phase had."""
    by_hand: bool = False
    """Whether somebody has made an endpoint of its name before."""
    keyless: bool = False
    """Whether the operator has lost the key by which revisions are named after values."""
