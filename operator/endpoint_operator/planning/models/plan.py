"""A model's plan: what to do next, why, what to remember of it, and when to look again. It prints as JSON."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from endpoint_operator.api.model_status import PublishedFrom, Publishing
from endpoint_operator.planning.faults import Blame
from endpoint_operator.planning.models.outcome import ModelOutcome
from endpoint_operator.planning.models.steps import ModelStep, as_json
from endpoint_operator.planning.plan import FinalizerChange, Look, Situation

__all__ = ["FinalizerChange", "Look", "ModelMemory", "ModelPhase", "ModelPlan", "Situation", "look_after"]

BACK_OFF = Look(back_off=True)
# What is wrong outside the object is looked at again at most every ten minutes (api.md, behaviour 11).
SLOW_BACK_OFF = Look(back_off=True, at_most_seconds=600.0)


class ModelPhase(StrEnum):
    """For people."""

    PENDING = "Pending"
    PACKING = "Packing"
    PUBLISHING = "Publishing"
    READY = "Ready"
    STALLED = "Stalled"
    DELETING = "Deleting"


@dataclass(frozen=True, kw_only=True)
class ModelMemory:
    """The part of a status that decisions read: where everything is that was made, or may have been.

    `etag` and `size_bytes` are None where only the steps can tell.
    """

    target_model: str | None = None
    artifact_s3_uri: str | None = None
    etag: str | None = None
    size_bytes: int | None = None
    published: PublishedFrom | None = None
    publishing: Publishing | None = None
    obsolete: tuple[str, ...] = ()
    former_prefix: str | None = None
    switched_at: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the model can be in S3."""
        return self.artifact_s3_uri is None and self.publishing is None and not self.obsolete


@dataclass(frozen=True, kw_only=True)
class ModelPlan:
    situation: Situation
    reason: str
    message: str
    phase: ModelPhase
    steps: tuple[ModelStep, ...] = ()
    memory: ModelMemory | None = None
    """What is true before the steps are made; None: as the status has it."""
    then: "ModelPlan | None" = None
    """What stands once every step is done, and has none of its own; None: this plan."""
    finalizer: FinalizerChange | None = None
    beside: bool = False
    """Whether a step that fails is trouble that leaves Ready as it is."""
    next_look: Look | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "situation": self.situation.value,
            "because": self.message,
            "calls": [as_json(step) for step in self.steps],
        }


_FAULT_LOOKS = {
    Blame.WORLD: BACK_OFF,
    Blame.BUSY: Look(seconds=5.0),
    Blame.OURS: SLOW_BACK_OFF,
    Blame.OPERATOR_SETUP: SLOW_BACK_OFF,
    # What a step of a model meets (S3's answer, the model's own) can be mended without touching the object.
    Blame.USER: SLOW_BACK_OFF,
}


def look_after(plan: ModelPlan, outcome: ModelOutcome) -> Look | None:
    """When to look again after the steps came out so; None: something wakes the key."""
    if outcome.fault is not None:
        return _FAULT_LOOKS[outcome.fault.blame]
    return (plan.then or plan).next_look
