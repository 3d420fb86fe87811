"""Why nothing can be done for a model for now: a spec that cannot be read, a look that failed."""

from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.case import ModelCase
from endpoint_operator.planning.models.plan import BACK_OFF, SLOW_BACK_OFF, ModelMemory, ModelPhase, ModelPlan
from endpoint_operator.planning.plan import Situation


def spec_is_not_understood(case: ModelCase) -> ModelPlan | None:
    error = case.model.spec_error
    if error is None:
        return None
    message = f"{error}; correct it, or run the release of the operator that the CRD belongs to"
    fault = Fault(blame=Blame.USER, reason="SpecNotUnderstood", message=message)
    return plan_for_fault(fault, retry=False)


def is_not_allowed(case: ModelCase) -> ModelPlan | None:
    fault = case.facts.not_allowed
    return plan_for_fault(fault) if fault is not None else None


def plan_for_fault(fault: Fault, *, retry: bool = True, memory: ModelMemory | None = None) -> ModelPlan:
    """A plan that only says what is wrong. `retry`: somebody may mend it without touching the object."""
    if fault.stalls:
        return ModelPlan(
            situation=Situation.USER_FAULT,
            reason=fault.reason,
            message=fault.message,
            phase=ModelPhase.STALLED,
            memory=memory,
            next_look=SLOW_BACK_OFF if retry else None,
        )
    return ModelPlan(
        situation=Situation.WORLD_FAULT,
        reason=fault.reason,
        message=fault.message,
        phase=ModelPhase.PENDING,
        memory=memory,
        next_look=BACK_OFF,
    )
