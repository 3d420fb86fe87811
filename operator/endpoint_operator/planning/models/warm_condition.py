"""The condition Warm: whether a caller of this target may expect an answer without a cold start."""

from collections.abc import Sequence

from endpoint_operator.api.conditions import Condition, ConditionStatus, find, merged
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.planning.history import timestamp
from endpoint_operator.planning.models.facts import ModelFacts

WARM = "Warm"


def with_warm(
    model: InferenceModel, conditions: Sequence[Condition], *, target_model: str | None, facts: ModelFacts
) -> list[Condition]:
    """With spec.warmUp alone. What is not known stays as it was said, for as long as the target is the same."""
    others = [condition for condition in conditions if condition.type != WARM]
    if model.spec.warm_up is None or target_model is None:
        return others
    before = find(model.status.conditions, WARM) if model.status.target_model == target_model else None
    verdict = facts.warm if model.status.target_model == target_model else None
    if verdict is None and before is not None:
        kept = before.model_copy(update={"observed_generation": model.generation})
        return [*others, kept]
    status, reason, message = _told(facts, warm=bool(verdict))
    told = Condition(
        type=WARM,
        status=status,
        observed_generation=model.generation,
        last_transition_time=timestamp(facts.now),
        reason=reason,
        message=message,
    )
    return merged(model.status.conditions, [*others, told])


def _told(facts: ModelFacts, *, warm: bool) -> tuple[ConditionStatus, str, str]:
    if warm:
        return ConditionStatus.TRUE, "AnswersWarm", ""
    fault = facts.warm_up_fault
    if fault is not None:
        return ConditionStatus.FALSE, fault.reason, fault.message
    return ConditionStatus.FALSE, "WarmingUp", "not every instance has yet answered without a cold start"
