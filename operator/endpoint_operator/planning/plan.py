"""A plan: what to do next, why, and when to look again. It prints as JSON and is carried out as it stands."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from endpoint_operator.api.scaling_status import ScalingStatus
from endpoint_operator.api.status import RevisionStatus, RolloutStatus
from endpoint_operator.planning.steps import Step, as_json


class Situation(StrEnum):
    """The rows of api.md's table of conditions."""

    SERVING = "Serving"
    CREATING = "Creating"
    UPDATING = "Updating"
    ROLLED_BACK = "RolledBack"
    USER_FAULT = "UserFault"
    WORLD_FAULT = "WorldFault"
    REMAKING = "Remaking"
    STOPPED = "Stopped"
    PAUSED_IN_STEP = "PausedInStep"
    PAUSED_BEHIND = "PausedBehind"
    DELETING = "Deleting"
    UNKNOWN = "Unknown"  # AWS cannot be asked, or not be believed yet: the status stays as it is


class FinalizerChange(StrEnum):
    ADD = "Add"
    REMOVE = "Remove"


@dataclass(frozen=True, kw_only=True)
class Look:
    """When to look again: after so many seconds, or with the key's own growing back-off."""

    seconds: float | None = None
    back_off: bool = False
    at_most_seconds: float = 300.0


NEVER: "Look | None" = None  # the watches wake the key
AT_ONCE = Look(seconds=0.0)


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What the status must remember from this pass on, written before the steps of the next one."""

    revisions: tuple[RevisionStatus, ...]
    rollout: RolloutStatus | None = None
    scaling: tuple[ScalingStatus, ...] | None = None
    """None: as the status has it."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    situation: Situation
    reason: str
    message: str
    steps: tuple[Step, ...] = ()
    if_refused: tuple[Step, ...] = ()
    """What brings back what the steps let go, when one of them is refused."""
    memory: Memory | None = None
    """None: as the status has it."""
    finalizer: FinalizerChange | None = None
    forget_endpoint: bool = False
    """Whether the endpoint that the status knows is gone."""
    forget_tags: bool = False
    """Whether the tags on the endpoint are about to be others than the status knows."""
    held_back: tuple[Step, ...] = ()
    """While paused: what would be done."""
    reads_lag: bool = False
    """Whether the status knows better than what was read: SageMaker does not show yet what it accepted."""
    beside: bool = False
    """Whether what the operator may not, or AWS cannot, do of it is a condition of its own and stops nothing else."""
    log_lines: tuple[str, ...] = ()
    """The last lines that a failed container wrote."""
    next_look: Look | None = field(default=NEVER)

    def as_json(self) -> dict[str, Any]:
        return {
            "situation": self.situation.value,
            "because": self.message,
            "calls": [as_json(step) for step in self.steps],
        }
