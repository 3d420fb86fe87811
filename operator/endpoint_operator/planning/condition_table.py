"""api.md's table of conditions, and nothing else."""

from datetime import datetime

from endpoint_operator.api.conditions import Condition, ConditionStatus, ConditionType
from endpoint_operator.planning.history import timestamp
from endpoint_operator.planning.plan import Situation

# Ready, Reconciling, Stalled; Available is a fact of its own.
_ROWS: dict[Situation, tuple[bool, bool, bool]] = {
    Situation.SERVING: (True, False, False),
    Situation.CREATING: (False, True, False),
    Situation.UPDATING: (False, True, False),
    Situation.ROLLED_BACK: (False, False, True),
    Situation.USER_FAULT: (False, False, True),
    Situation.WORLD_FAULT: (False, True, False),
    Situation.REMAKING: (False, True, False),
    Situation.STOPPED: (True, False, False),
    Situation.PAUSED_IN_STEP: (True, False, False),
    Situation.PAUSED_BEHIND: (False, False, False),
    Situation.DELETING: (False, True, False),
}


def conditions_of(
    situation: Situation, *, reason: str, message: str, available: bool, generation: int, now: datetime
) -> list[Condition]:
    """The four conditions of a situation; `reason` and `message` stand in each that the situation is about."""
    ready, reconciling, stalled = _ROWS[situation]

    def condition(kind: ConditionType, holds: bool, *, idle_reason: str, idle_message: str = "") -> Condition:  # noqa: FBT001
        told = holds or kind == ConditionType.READY
        return Condition(
            type=kind,
            status=ConditionStatus.TRUE if holds else ConditionStatus.FALSE,
            observed_generation=generation,
            last_transition_time=timestamp(now),
            reason=reason if told else idle_reason,
            message=message[:32768] if told else idle_message,
        )

    return [
        condition(ConditionType.READY, ready, idle_reason=reason),
        condition(ConditionType.RECONCILING, reconciling, idle_reason="Idle"),
        condition(ConditionType.STALLED, stalled, idle_reason="NotStalled"),
        Condition(
            type=ConditionType.AVAILABLE,
            status=ConditionStatus.TRUE if available else ConditionStatus.FALSE,
            observed_generation=generation,
            last_transition_time=timestamp(now),
            reason="EndpointAnswers" if available else "EndpointDoesNotAnswer",
            message="",
        ),
    ]
