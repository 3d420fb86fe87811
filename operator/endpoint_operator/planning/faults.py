"""Whose fault a failure is, and what follows from it."""

from dataclasses import dataclass
from enum import StrEnum


class Blame(StrEnum):
    USER = "User"  # Stalled; not tried again until what caused it changes
    OPERATOR_SETUP = "OperatorSetup"  # Stalled, but tried again slowly: an administrator mends it outside the object
    WORLD = "World"  # Reconciling; tried again with back-off
    BUSY = "Busy"  # SageMaker is at work on the endpoint; looked at again soon
    OURS = "Ours"  # a bug: logged with its trace, counted, tried again slowly


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A failure as a user reads it: `reason` in CamelCase, `message` one sentence with field and remedy."""

    blame: Blame
    reason: str
    message: str
    about_inputs: bool = False
    """Whether preflight looks at what is wrong (artifact, role), so that a changed look may try again."""

    @property
    def stalls(self) -> bool:
        return self.blame in (Blame.USER, Blame.OPERATOR_SETUP)
