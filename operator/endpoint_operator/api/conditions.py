"""Conditions in kstatus's sense: Ready, Reconciling, Stalled and Available, told by time only when they flip."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict

from endpoint_operator.api.schema import ApiModel, text


class ConditionStatus(StrEnum):
    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class ConditionType(StrEnum):
    READY = "Ready"
    RECONCILING = "Reconciling"
    STALLED = "Stalled"
    AVAILABLE = "Available"


class Condition(ApiModel):
    """One condition, as meta/v1 has it."""

    model_config = ConfigDict(extra="ignore")

    type: Annotated[str, text(316)]
    """Ready, Reconciling, Stalled, Available or another."""
    status: ConditionStatus
    """True, False or Unknown."""
    observed_generation: int | None = None
    """Generation of the spec that it is about."""
    last_transition_time: Annotated[str, text(40)]
    """When its status last flipped."""
    reason: Annotated[str, text(1024)]
    """One word, for programs."""
    message: Annotated[str, text(32768, minimum=None)]
    """One sentence, for people."""


def find(conditions: Sequence[Condition], kind: str) -> Condition | None:
    return next((condition for condition in conditions if condition.type == kind), None)


def is_true(conditions: Sequence[Condition], kind: str) -> bool:
    condition = find(conditions, kind)
    return condition is not None and condition.status == ConditionStatus.TRUE


def merged(old: Sequence[Condition], new: Sequence[Condition]) -> list[Condition]:
    """`new` over `old`, each keeping its lastTransitionTime unless its status flipped; types not in `new` stay."""
    result = []
    for condition in new:
        before = find(old, condition.type)
        if before is not None and before.status == condition.status:
            condition = condition.model_copy(update={"last_transition_time": before.last_transition_time})
        result.append(condition)
    kept = [condition for condition in old if find(new, condition.type) is None]
    return [*result, *kept]
